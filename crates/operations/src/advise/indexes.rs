//! Which index is asked for which package, and in what order.

use std::{collections::BTreeMap, path::Path};

use knowledge::IndexKey;
use packaging::{Origin, PackageName, Url, lock::scrubbed, project::IndexOptions, requirement::redacted};
use sources::{
    credentials::Credentials,
    index::{Index, IndexKind},
};

use crate::{
    error::AdviseError,
    request::{IndexRole, Request},
    world::World,
};

/// A place that can be asked.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) index: Index,
    pub(crate) key: IndexKey,
    pub(crate) role: IndexRole,
}

/// All places, and the rules which of them is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routes {
    pub(crate) places: Vec<Place>,
    pins: BTreeMap<PackageName, usize>,
    pub(crate) best_match: bool,
}

impl Routes {
    /// Joins what the user settled with what the project's files say; the user's own default index goes before theirs.
    pub(crate) fn new(request: &Request, options: &IndexOptions, world: &World<'_>) -> Result<Self, AdviseError> {
        let mut routes = Self { best_match: request.best_match, ..Self::default() };
        let no_index = request.no_index || options.no_index;
        let replaced = options.index_url.is_some() || options.named.iter().any(|named| named.default);
        let settled = |role: IndexRole| request.indexes.iter().filter(move |source| source.role == role);
        for source in settled(IndexRole::Explicit).chain(settled(IndexRole::Extra)).filter(|_| !no_index) {
            routes.add(source.name.as_deref(), &source.url, source.role, world);
        }
        for named in options.named.iter().filter(|_| !no_index) {
            let url = parse_index(&named.url, &named.origin, &request.folder)?;
            let role = match (named.explicit, named.default) {
                (true, _) => IndexRole::Explicit,
                (false, true) => IndexRole::Default,
                (false, false) => IndexRole::Extra,
            };
            routes.add(Some(&named.name), &url, role, world);
        }
        for (text, origin) in options.extra_index_urls.iter().filter(|_| !no_index) {
            routes.add(None, &parse_index(text, origin, &request.folder)?, IndexRole::Extra, world);
        }
        if let Some((text, origin)) = options.index_url.as_ref().filter(|_| !no_index) {
            routes.add(None, &parse_index(text, origin, &request.folder)?, IndexRole::Default, world);
        }
        for source in settled(IndexRole::Default).filter(|_| !no_index && !replaced) {
            routes.add(source.name.as_deref(), &source.url, source.role, world);
        }
        for source in settled(IndexRole::FindLinks) {
            routes.add(source.name.as_deref(), &source.url, source.role, world);
        }
        for (text, origin) in &options.find_links {
            let beside = request.folder.join(&origin.file).parent().map(|folder| folder.join(text));
            let url = match beside.filter(|path| path.exists()).and_then(|path| Url::from_file_path(path).ok()) {
                Some(url) => url,
                None => parse(text, origin, &request.folder)?,
            };
            routes.add(None, &url, IndexRole::FindLinks, world);
        }
        // The default comes last of those that are asked in turn, wherever it was written.
        routes.places.sort_by_key(|place| match place.role {
            IndexRole::Explicit | IndexRole::Extra => 0,
            IndexRole::Default => 1,
            IndexRole::FindLinks => 2,
        });
        let pins = options.pins.iter().chain(&request.pins);
        for (package, (name, origin)) in pins {
            let position = routes.places.iter().position(|place| place.index.name.as_deref() == Some(name.as_str()));
            let Some(position) = position else {
                let known: Vec<&str> = routes.places.iter().filter_map(|place| place.index.name.as_deref()).collect();
                let known = if known.is_empty() { "none has a name".to_string() } else { known.join(", ") };
                return Err(AdviseError::Usage(format!(
                    "{origin}: `{package}` is to come from the index `{name}`, which is not among the indexes ({known})"
                )));
            };
            routes.pins.insert(package.clone(), position);
        }
        Ok(routes)
    }

    fn add(&mut self, name: Option<&str>, url: &Url, role: IndexRole, world: &World<'_>) {
        let key = IndexKey::new(url);
        if let Some(known) = self.places.iter_mut().find(|place| place.key == key && place.role == role) {
            // The same index said twice: once with the name is enough.
            if known.index.name.is_none()
                && let Some(name) = name
            {
                known.index = known.index.clone().named(name);
            }
            return;
        }
        let kind = if role == IndexRole::FindLinks { IndexKind::FindLinks } else { IndexKind::Simple };
        let mut index = Index::new(url, kind);
        if let Some(name) = name {
            index = index.named(name);
            if let Some(credentials) = Credentials::of_variables(name, |variable| world.text(variable)) {
                index = index.with_credentials(credentials);
            }
        }
        self.places.push(Place { index, key, role });
    }

    /// The places to ask for a package, by number, in order; find-links places, which are asked in any case, come last.
    pub(crate) fn of(&self, package: &PackageName) -> Vec<usize> {
        if let Some(pinned) = self.pins.get(package) {
            return vec![*pinned];
        }
        (0..self.places.len()).filter(|place| self.places[*place].role != IndexRole::Explicit).collect()
    }

    /// Whether the user says where a package comes from.
    pub(crate) fn is_pinned(&self, package: &PackageName) -> bool {
        self.pins.contains_key(package)
    }

    /// An index as reports name it.
    pub(crate) fn shown(&self, place: usize) -> String {
        redacted(self.places[place].index.url())
    }
}

/// A URL, or the path of a folder. The text may carry credentials, also where it cannot be read: it is shown without them.
fn parse(text: &str, origin: &Origin, folder: &Path) -> Result<Url, AdviseError> {
    let refuse = |why: String| Err(AdviseError::Usage(format!("{origin}: {why}")));
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https" | "file") => Ok(url),
        Ok(url) if url.scheme().len() > 1 => {
            refuse(format!("an index is asked over http, https or file, not `{}`", url.scheme()))
        }
        Err(error) if text.contains("://") => refuse(format!("`{}` is not a URL: {error}", scrubbed(text))),
        _ => match Url::from_file_path(folder.join(text)) {
            Ok(url) => Ok(url),
            Err(()) => refuse(format!("`{}` is neither a URL nor a path", scrubbed(text))),
        },
    }
}

/// An index; a folder must be there.
fn parse_index(text: &str, origin: &Origin, folder: &Path) -> Result<Url, AdviseError> {
    let url = parse(text, origin, folder)?;
    if url.scheme() == "file" && url.to_file_path().is_ok_and(|path| !path.exists()) {
        return Err(AdviseError::Usage(format!(
            "{origin}: the index `{}` is neither a URL nor a folder that is there",
            scrubbed(text)
        )));
    }
    Ok(url)
}
