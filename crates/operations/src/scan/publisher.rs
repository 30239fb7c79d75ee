//! Who published the file of a release, by the word of its index (PEP 740). It is asked for only where releases are compared.

use std::collections::BTreeSet;

use evidence::health;
use indicators::inventory::Publishers;
use packaging::{PackageName, Url, index::FileRef, requirement::without_credentials};
use sources::http::{FetchError, Request, shown};

use super::release::Chosen;
use crate::{
    advise::fetch::{self, Shared},
    world::World,
};

/// The most bytes of a provenance; usual ones have some ten thousand.
const LARGEST: u64 = 1 << 20;

/// Who published the file. What cannot be fetched or read is not known, and never nobody.
pub(super) async fn publishers(
    world: &World<'_>,
    shared: &Shared,
    package: &PackageName,
    chosen: &Chosen,
) -> Publishers {
    if !chosen.listed {
        return Publishers::Unasked;
    }
    let told = async {
        match address(shared, package, chosen).await? {
            Some((place, address)) => fetched(world, shared, place, &address).await,
            None => Ok(BTreeSet::new()),
        }
    };
    let unknown = |why: String| Publishers::Unknown(format!("{}: {why}", chosen.file.filename));
    told.await.map_or_else(unknown, Publishers::Known)
}

/// The index that lists the file, and where it tells; a file that a lock names is looked for on the indexes.
async fn address(shared: &Shared, package: &PackageName, chosen: &Chosen) -> Result<Option<(usize, String)>, String> {
    let file = &chosen.file;
    if let Some(place) = chosen.place {
        return Ok(file.provenance.clone().map(|address| (place, address)));
    }
    let pages = fetch::pages(shared, package).await.map_err(|error| error.sentence())?;
    let same = |one: &FileRef<'_>| {
        one.filename() == file.filename && one.digests().any(|digest| file.digests.contains(&digest))
    };
    let mut listed = pages.found.iter().flat_map(|(place, page)| page.files().map(|one| (*place, one)));
    let (place, one) = listed.find(|(_, one)| same(one)).ok_or("no index lists it")?;
    Ok(one.provenance().map(|address| (place, address)))
}

async fn fetched(world: &World<'_>, shared: &Shared, place: usize, address: &str) -> Result<BTreeSet<String>, String> {
    let url = Url::parse(address).map_err(|error| format!("the address of its provenance is no URL ({error})"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("the address of its provenance, {}, is of no server", shown(&url)));
    }
    let index = shared.routes.places.get(place).map(|place| &place.index);
    let credentials = index.and_then(|index| index.credentials_for(&url)).cloned();
    let request = Request { credentials, compressed: true, ..Request::new(without_credentials(&url), LARGEST) };
    let answer = world.http.get(&request).await.map_err(|error| error.to_string())?;
    if !answer.head.is_whole() {
        return Err(FetchError::Status { url: shown(&url), status: answer.head.status }.to_string());
    }
    health::publishers(&answer.body)
}
