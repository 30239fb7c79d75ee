//! Who published the file of a release, by the word of its index (PEP 740). It is asked for only where releases are compared.

use std::{collections::BTreeSet, sync::Arc};

use evidence::health;
use indicators::inventory::Publishers;
use packaging::{
    PackageName, Url,
    index::{FileRef, IndexPage},
    requirement::without_credentials,
};
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
            Address::At(place, address) => fetched(world, shared, place, &address).await.map(Publishers::Known),
            Address::None => Ok(Publishers::Known(BTreeSet::new())),
            Address::Untold => Ok(Publishers::Unasked),
        }
    };
    told.await.unwrap_or_else(|why: String| Publishers::Unknown(format!("{}: {why}", chosen.file.filename)))
}

/// Where an index tells who published a file.
enum Address {
    /// The index, and the address.
    At(usize, String),
    /// Nobody did; of other files of the package it tells who did.
    None,
    /// It tells that of no file of the package, and may be an index that never does.
    Untold,
}

/// Where the index that lists the file tells; a file that a lock names is looked for on all.
async fn address(shared: &Shared, package: &PackageName, chosen: &Chosen) -> Result<Address, String> {
    let file = &chosen.file;
    if let (Some(place), Some(address)) = (chosen.place, &file.provenance) {
        return Ok(Address::At(place, address.clone()));
    }
    let pages = fetch::pages(shared, package).await.map_err(|error| error.sentence())?;
    let same = |place: usize, one: &FileRef<'_>| {
        let promised = || one.digests().any(|digest| file.digests.contains(&digest));
        one.filename() == file.filename && (chosen.place == Some(place) || chosen.place.is_none() && promised())
    };
    let listed = |(place, page): &(usize, Arc<IndexPage>)| {
        let one = page.files().find(|one| same(*place, one))?;
        Some(match one.provenance() {
            Some(address) => Address::At(*place, address),
            None if page.tells_provenance() => Address::None,
            None => Address::Untold,
        })
    };
    pages.found.iter().find_map(listed).ok_or_else(|| "no index lists it".to_string())
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
