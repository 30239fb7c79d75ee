//! The indexes in effect, put in order from all that is said of them.

use packaging::{Origin, Url};

use super::{
    error::{SettingsError, masked},
    keys::Key,
    layer::{Item, Value},
    reader::Levels,
};
use crate::settings::{DEFAULT_INDEX, IndexRole, IndexSetting, SecretUrl, Setting};

/// The indexes, first asked first, and whether there is to be none (`--no-index`).
pub(super) fn indexes(levels: &Levels<'_>) -> Result<(Vec<IndexSetting>, Setting<bool>), SettingsError> {
    let mut named = described(levels)?;
    let no_index = no_index(levels)?;
    let mut found = Vec::new();
    let default = default(levels, &mut named)?;
    let (pages, named): (Vec<_>, Vec<_>) = named.into_iter().partition(|(_, index)| index.role == IndexRole::FindLinks);
    found.extend(named.into_iter().map(|(_, index)| index));
    for extra in addresses(levels, Key::ExtraIndexUrl)? {
        found.push(IndexSetting { name: None, url: extra.value, role: IndexRole::Extra, origin: extra.origin });
    }
    // An extra index that is the default as well would be asked twice.
    found.retain(|index| index.name.is_some() || index.url != default.url);
    found.push(default);
    if no_index.value {
        found.clear();
    }
    found.extend(pages.into_iter().map(|(_, index)| index));
    for page in addresses(levels, Key::FindLinks)? {
        found.push(IndexSetting { name: None, url: page.value, role: IndexRole::FindLinks, origin: page.origin });
    }
    for index in &mut found {
        add_credentials(levels, index);
    }
    Ok((found, no_index))
}

/// The indexes of `--index` and `[[index]]` with the rank of their level. Of two with one name the better level's counts.
fn described(levels: &Levels<'_>) -> Result<Vec<(usize, IndexSetting)>, SettingsError> {
    let mut found: Vec<(usize, IndexSetting)> = Vec::new();
    for said in levels.all(Key::Index) {
        for item in said.items {
            let index = describe(levels, item)?;
            let same = index.name.as_ref().and_then(|name| {
                found
                    .iter()
                    .find(|(_, other)| other.name.as_ref().is_some_and(|other| other.eq_ignore_ascii_case(name)))
            });
            match same {
                None => found.push((said.rank, index)),
                Some((rank, other))
                    if *rank == said.rank && other.url != index.url && other.origin.file == index.origin.file =>
                {
                    let name = index.name.unwrap_or_default();
                    let message = format!("there are two indexes of the name `{name}` (the other: {})", other.origin);
                    return Err(SettingsError::value(&item.origin, message));
                }
                Some(_) => {}
            }
        }
    }
    Ok(found)
}

fn describe(levels: &Levels<'_>, item: &Item) -> Result<IndexSetting, SettingsError> {
    let wrong = |why: String| SettingsError::value(&item.origin, why);
    let origin = item.origin.clone();
    let table = match &item.value {
        Value::Text(text) => {
            let (name, url) = split_name(text);
            let url = index_address(levels, url, item).map_err(wrong)?;
            let role = if name.is_some() { IndexRole::Named { explicit: false } } else { IndexRole::Extra };
            return Ok(IndexSetting { name: name.map(str::to_owned), url, role, origin });
        }
        Value::Table(table) => table,
    };
    let member = |name: &str| table.get(name).map(|(text, _)| text.as_str());
    let url = member("url").ok_or_else(|| wrong("an index needs a `url`".to_owned()))?;
    let url = index_address(levels, url, item).map_err(wrong)?;
    let name = member("name").map(str::to_owned);
    if let Some(name) = name.as_deref().filter(|name| !is_name(name)) {
        return Err(wrong(format!("`{}` cannot name an index: letters, digits, `-`, `_` and `.` can", masked(name))));
    }
    let explicit = member("explicit") == Some("true");
    if explicit && name.is_none() {
        return Err(wrong("an `explicit` index needs a `name`, for pins to call it by".to_owned()));
    }
    let role = match (member("format"), member("default")) {
        (Some("flat"), _) => IndexRole::FindLinks,
        (_, Some("true")) => IndexRole::Default,
        _ if name.is_some() => IndexRole::Named { explicit },
        _ => IndexRole::Extra,
    };
    Ok(IndexSetting { name, url, role, origin })
}

/// `NAME=URL`, or a URL alone (which may have `=` in it, past a character no name has).
fn split_name(text: &str) -> (Option<&str>, &str) {
    match text.split_once('=') {
        Some((name, url)) if is_name(name) => (Some(name), url),
        _ => (None, text),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 128
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// The index that is asked last: `index-url`, or an `[[index]]` with `default = true` of a better level. Other such indexes
/// keep their name and lose their role.
fn default(levels: &Levels<'_>, named: &mut Vec<(usize, IndexSetting)>) -> Result<IndexSetting, SettingsError> {
    let said = addresses(levels, Key::IndexUrl)?.pop();
    let rank = levels.rank(Key::IndexUrl);
    let place = named.iter().position(|(other, index)| index.role == IndexRole::Default && *other < rank);
    let chosen = place.map(|place| named.remove(place).1);
    named.retain(|(_, index)| index.role != IndexRole::Default || index.name.is_some());
    for (_, index) in named.iter_mut().filter(|(_, index)| index.role == IndexRole::Default) {
        index.role = IndexRole::Named { explicit: true };
    }
    if let Some(chosen) = chosen {
        return Ok(chosen);
    }
    let said = match said {
        Some(said) => said,
        None => {
            let url = Url::parse(DEFAULT_INDEX);
            let url = url.map_err(|why| SettingsError::value(&Origin::file("default"), why.to_string()))?;
            Setting::unsaid(SecretUrl::new(url))
        }
    };
    Ok(IndexSetting { name: None, url: said.value, role: IndexRole::Default, origin: said.origin })
}

/// `--no-index`, unless a better level names an index.
fn no_index(levels: &Levels<'_>) -> Result<Setting<bool>, SettingsError> {
    let mut said = levels.flag(Key::NoIndex)?;
    let rank = levels.rank(Key::NoIndex);
    let better = [Key::IndexUrl, Key::ExtraIndexUrl, Key::Index].into_iter().find_map(|key| {
        let said = levels.first(key).filter(|said| said.rank < rank && !said.items.is_empty());
        super::reader::place(said)
    });
    if let (true, Some(better)) = (said.value, better) {
        levels.note(&format!("{}: does not count, because {better} names an index", said.origin));
        said = Setting::new(false, better.clone());
    }
    Ok(said)
}

/// The addresses of a list's best level. Unlike other values, one that cannot be used is an error even in pip's and uv's
/// configuration.
fn addresses(levels: &Levels<'_>, key: Key) -> Result<Vec<Setting<SecretUrl>>, SettingsError> {
    let Some(said) = levels.first(key) else { return Ok(Vec::new()) };
    let mut found: Vec<Setting<SecretUrl>> = Vec::new();
    for item in said.items {
        let text = super::reader::text(item)?;
        let url = match key {
            Key::FindLinks => levels.address(text, item),
            _ => index_address(levels, text, item),
        };
        let url = url.map_err(|why| SettingsError::value(&item.origin, why))?;
        if !found.iter().any(|other| other.value == url) || key == Key::IndexUrl {
            found.push(Setting::new(url, item.origin.clone()));
        }
    }
    Ok(found)
}

/// The address of an index. A bare word would be a folder, and more often is a mistake, so a folder needs a sign of one.
fn index_address(levels: &Levels<'_>, text: &str, item: &Item) -> Result<SecretUrl, String> {
    let is_path = text.starts_with(['/', '.', '~']) || std::path::Path::new(text).is_absolute();
    if !is_path && !text.is_empty() && !text.contains("://") {
        return Err(format!("`{text}` is no URL; for a folder, write `./{text}`"));
    }
    levels.address(text, item)
}

/// Adds what `THOTH_INDEX_<NAME>_USERNAME` and `_PASSWORD`, or uv's variables of that form, say.
fn add_credentials(levels: &Levels<'_>, index: &mut IndexSetting) {
    let Some(name) = &index.name else { return };
    let name: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' })
        .collect();
    let variable = |what: &str| {
        let said = |tool: &str| levels.around.variable(&format!("{tool}_INDEX_{name}_{what}"));
        said("THOTH").or_else(|| said("UV"))
    };
    let mut url = index.url.expose().clone();
    let user = variable("USERNAME").is_none_or(|user| url.set_username(user).is_ok());
    let password = variable("PASSWORD").is_none_or(|password| url.set_password(Some(password)).is_ok());
    if !(user && password) {
        levels.note(&format!("{}: the index cannot take the credentials of the variables: it is a file", index.origin));
    }
    index.url = SecretUrl::new(url);
}
