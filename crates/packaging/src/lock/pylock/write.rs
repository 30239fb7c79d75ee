//! Writes `pylock.toml`.

use std::fmt::Write as _;

use crate::{
    PackageName, Url,
    index::FileKind,
    lock::{Lock, LockedFile, LockedPackage, LockedSource, WriteError, credentials, reading},
};

/// The longest line a list is kept on, in bytes.
const WIDTH: usize = 100;
/// The years 1 to 9999, which is what a TOML date can say, in microseconds since the Unix epoch.
const DATES: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

/// Writes a lock as `pylock.toml`; the same lock gives the same bytes.
///
/// Every file must have a strong hash and a URL. Of several source distributions the one every installer reads is kept.
pub fn write(lock: &Lock) -> Result<String, WriteError> {
    let mut text = String::from("lock-version = \"1.0\"\n");
    if let Some(environment) = lock.environment.and_then(crate::MarkerTree::try_to_string) {
        entry(&mut text, "environments", &list(&[string(&environment)]));
    }
    if let Some(requires_python) = lock.requires_python.as_ref().filter(|range| !range.is_empty()) {
        entry(&mut text, "requires-python", &string(&requires_python.to_string()));
    }
    let extras: Vec<String> = lock.extras.iter().map(|extra| string(extra.as_ref())).collect();
    let groups: Vec<String> = lock.groups.iter().map(|group| string(group)).collect();
    for (key, names) in [("extras", sorted(extras)), ("dependency-groups", sorted(groups))] {
        if !names.is_empty() {
            entry(&mut text, key, &list(&names));
        }
    }
    entry(&mut text, "created-by", "\"thoth\"");
    let mut packages: Vec<&LockedPackage> = lock.packages.iter().collect();
    packages.sort_by(|left, right| (&left.name, &left.version).cmp(&(&right.name, &right.version)));
    if packages.is_empty() {
        entry(&mut text, "packages", "[]");
    }
    for package in packages {
        write_package(&mut text, package)?;
    }
    if !lock.thoth.is_empty() {
        text.push('\n');
        text.push_str(&tool(&lock.thoth)?);
    }
    Ok(text)
}

fn write_package(text: &mut String, package: &LockedPackage) -> Result<(), WriteError> {
    text.push_str("\n[[packages]]\n");
    entry(text, "name", &string(package.name.as_ref()));
    if let Some(version) = &package.version {
        entry(text, "version", &string(&version.to_string()));
    }
    if let Some(marker) = package.marker.and_then(crate::MarkerTree::try_to_string) {
        entry(text, "marker", &string(&marker));
    }
    if let Some(requires_python) = package.requires_python.as_ref().filter(|range| !range.is_empty()) {
        entry(text, "requires-python", &string(&requires_python.to_string()));
    }
    if !package.dependencies.is_empty() {
        entry(text, "dependencies", &dependencies(&package.dependencies));
    }
    match &package.source {
        LockedSource::Index(index) => {
            if let Some(index) = index {
                entry(text, "index", &string(credentials::bare(index).as_str()));
            }
            write_files(text, package)
        }
        LockedSource::Archive(url) => write_archive(text, package, url),
    }
}

fn write_files(text: &mut String, package: &LockedPackage) -> Result<(), WriteError> {
    let mut wheels: Vec<&LockedFile> =
        package.files.iter().filter(|file| reading::kind(file) == FileKind::Wheel).collect();
    wheels.sort_by(|left, right| reading::place(left).cmp(&reading::place(right)));
    let sdist = package
        .files
        .iter()
        .filter(|file| reading::kind(file) == FileKind::Sdist)
        .filter_map(|file| rank(&file.filename).map(|rank| (rank, file)))
        .min_by(|(left, one), (right, other)| (left, &one.filename).cmp(&(right, &other.filename)));
    if wheels.is_empty() && sdist.is_none() {
        return Err(WriteError::NoFiles { package: package.name.clone() });
    }
    if let Some((_, sdist)) = sdist {
        entry(text, "sdist", &inline(&package.name, sdist)?);
    }
    if !wheels.is_empty() {
        text.push_str("wheels = [\n");
        for wheel in wheels {
            let _ = writeln!(text, "    {},", inline(&package.name, wheel)?);
        }
        text.push_str("]\n");
    }
    Ok(())
}

/// Which of several source distributions is kept, the least first; `None` for types that PEP 625 and installers do not know.
fn rank(filename: &str) -> Option<u8> {
    [".tar.gz", ".zip"].iter().zip(0..).find_map(|(extension, rank)| filename.ends_with(extension).then_some(rank))
}

fn inline(package: &PackageName, file: &LockedFile) -> Result<String, WriteError> {
    let Some(url) = &file.url else {
        return Err(WriteError::NoUrl { package: package.clone(), file: file.filename.clone() });
    };
    let mut fields = vec![format!("name = {}", string(&file.filename))];
    if let Some(time) = file.upload_time.and_then(date) {
        fields.push(format!("upload-time = {time}"));
    }
    let mut url = credentials::bare(url);
    url.set_fragment(None);
    fields.push(format!("url = {}", string(url.as_str())));
    fields.extend(file.size.filter(|size| i64::try_from(*size).is_ok()).map(|size| format!("size = {size}")));
    fields.push(format!("hashes = {}", hashes(package, file)?));
    Ok(format!("{{ {} }}", fields.join(", ")))
}

fn write_archive(text: &mut String, package: &LockedPackage, url: &Url) -> Result<(), WriteError> {
    let filename = credentials::filename(url);
    let Some(file) = package.files.iter().find(|file| file.filename == filename).or(package.files.first()) else {
        return Err(WriteError::NoStrongHash { package: package.name.clone(), file: filename });
    };
    let mut url = credentials::bare(url);
    let subdirectory =
        url.fragment().and_then(|fragment| fragment.strip_prefix("subdirectory=")).map(credentials::percent_decoded);
    url.set_fragment(None);
    let mut fields = vec![format!("url = {}", string(url.as_str()))];
    fields.extend(file.size.filter(|size| i64::try_from(*size).is_ok()).map(|size| format!("size = {size}")));
    fields.extend(file.upload_time.and_then(date).map(|time| format!("upload-time = {time}")));
    fields.push(format!("hashes = {}", hashes(&package.name, file)?));
    fields.extend(subdirectory.map(|subdirectory| format!("subdirectory = {}", string(&subdirectory))));
    entry(text, "archive", &format!("{{ {} }}", fields.join(", ")));
    Ok(())
}

fn hashes(package: &PackageName, file: &LockedFile) -> Result<String, WriteError> {
    let strong: std::collections::BTreeMap<_, _> =
        file.digests.iter().filter(|digest| digest.algorithm.is_strong()).map(|d| (d.algorithm, &d.hex)).collect();
    if strong.is_empty() {
        return Err(WriteError::NoStrongHash { package: package.clone(), file: file.filename.clone() });
    }
    let fields: Vec<String> =
        strong.iter().map(|(algorithm, hex)| format!("{} = {}", algorithm.name(), string(hex))).collect();
    Ok(format!("{{ {} }}", fields.join(", ")))
}

/// A TOML date-time in UTC, as PEP 751 demands.
fn date(microseconds: i64) -> Option<String> {
    let in_range = DATES.contains(&microseconds).then_some(microseconds)?;
    jiff::Timestamp::from_microsecond(in_range).ok().map(|time| time.to_string())
}

fn dependencies(names: &[PackageName]) -> String {
    let tables = names.iter().map(|name| format!("{{ name = {} }}", string(name.as_ref()))).collect();
    list(&sorted(tables))
}

fn sorted(mut values: Vec<String>) -> Vec<String> {
    values.sort();
    values.dedup();
    values
}

fn list(values: &[String]) -> String {
    let line = format!("[{}]", values.join(", "));
    if line.len() <= WIDTH {
        return line;
    }
    values.iter().fold(String::from("[\n"), |text, value| text + "    " + value + ",\n") + "]"
}

fn tool(thoth: &toml::Table) -> Result<String, WriteError> {
    let mut tool = toml::Table::new();
    tool.insert("thoth".to_string(), public(&toml::Value::Table(thoth.clone())));
    let mut whole = toml::Table::new();
    whole.insert("tool".to_string(), toml::Value::Table(tool));
    toml::to_string(&whole).map_err(WriteError::Tool)
}

/// The same value without credentials in its texts.
fn public(value: &toml::Value) -> toml::Value {
    match value {
        toml::Value::String(text) => toml::Value::String(credentials::scrubbed(text)),
        toml::Value::Array(values) => toml::Value::Array(values.iter().map(public).collect()),
        toml::Value::Table(table) => {
            toml::Value::Table(table.iter().map(|(key, value)| (credentials::scrubbed(key), public(value))).collect())
        }
        plain => plain.clone(),
    }
}

fn entry(text: &mut String, key: &str, value: &str) {
    let _ = writeln!(text, "{key} = {value}");
}

/// A TOML basic string.
fn string(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
