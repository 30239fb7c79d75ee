//! What is kept of a release for a comparison: its files by hash, and what it says of itself.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use crate::{contents::Kind, member::Member, source::shown};

/// Metadata is read up to here, in bytes.
const MOST_METADATA: usize = 1 << 20;
/// Hosts where everybody has a place of their own: an address there names owner and repository first.
const REPOSITORIES: [&str; 5] = ["bitbucket.org", "codeberg.org", "git.sr.ht", "github.com", "gitlab.com"];
/// No more values are kept of one file.
const MOST_VALUES: usize = 1_000;
/// No more values are kept of a release; an archive may have any number of files that look like metadata.
pub(crate) const MOST_STATEMENTS: usize = 10_000;

/// The files of a release, and what it says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// What it comes as; nothing for a report of no release.
    pub kind: Option<Kind>,
    /// The first eight bytes of the SHA-256 of each file, by path.
    pub files: BTreeMap<String, u64>,
    /// What its metadata says of people, places and commands.
    pub said: BTreeSet<(Statement, String)>,
    /// Who published it. Nothing in its files tells that, so it is not kept with what they do.
    #[serde(skip)]
    pub publishers: Publishers,
}

/// Who published a release, as its index tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Publishers {
    /// No index was asked, or the one that was says so of no file of the package.
    #[default]
    Unasked,
    /// These; nobody where the index names none.
    Known(BTreeSet<String>),
    /// It was asked, and this is why it is not known, as a clause.
    Unknown(String),
}

/// What a value in the metadata of a release is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Statement {
    /// Who published it, by the word of its index (PEP 740).
    Publisher,
    /// Who wrote it.
    Author,
    /// Who looks after it.
    Maintainer,
    /// Where mail to its people goes: the part behind the `@`.
    EmailDomain,
    /// The repository that an address of it leads into, as host, owner and name.
    Repository,
    /// The host of its home page and other addresses.
    Host,
    /// A command that installing it adds.
    Command,
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Publisher => "publisher",
            Self::Author => "author",
            Self::Maintainer => "maintainer",
            Self::EmailDomain => "e-mail domain",
            Self::Repository => "repository",
            Self::Host => "host",
            Self::Command => "command",
        })
    }
}

impl Inventory {
    /// Where a file is, named the same in every version: without the folder that all of an sdist is in, and without the
    /// version in the folder of a wheel's metadata.
    pub fn place<'p>(&self, path: &'p str) -> &'p str {
        let Some((folder, rest)) = path.split_once('/') else { return path };
        let versioned = [".dist-info", ".data"].iter().any(|ending| folder.ends_with(ending));
        match self.kind {
            Some(Kind::Sdist) => rest,
            // From the dash before the version on: no package has two such folders.
            Some(Kind::Wheel) if versioned => {
                folder.find('-').and_then(|dash| path.get(dash + 1..)).map_or(path, after)
            }
            _ => path,
        }
    }
}

/// `dist-info/METADATA` of `3.0.dist-info/METADATA`.
fn after(path: &str) -> &str {
    let end = path.find('/').unwrap_or(path.len());
    let dot = path.get(..end).and_then(|folder| folder.rfind('.'));
    dot.and_then(|dot| path.get(dot + 1..)).unwrap_or(path)
}

/// What a file of metadata says; nothing where it is none.
pub(crate) fn said(kind: Kind, member: &Member<'_>) -> Option<Vec<(Statement, String)>> {
    let (folder, name) = member.path.split_once('/')?;
    let metadata = match kind {
        Kind::Wheel => folder.ends_with(".dist-info"),
        Kind::Sdist => true,
        Kind::Folder => false,
    };
    let read = match name {
        "METADATA" | "PKG-INFO" if metadata => headers,
        _ if metadata && member.file_name() == "entry_points.txt" => commands,
        _ => return None,
    };
    let bytes = member.bytes.get(..MOST_METADATA).unwrap_or(member.bytes);
    Some(read(&String::from_utf8_lossy(bytes)))
}

fn headers(text: &str) -> Vec<(Statement, String)> {
    let mut said = Vec::new();
    for line in text.lines().take_while(|line| !line.is_empty()).take(MOST_VALUES) {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = shown(value);
        let about = match name.to_ascii_lowercase().as_str() {
            "author" | "author-email" => Statement::Author,
            "maintainer" | "maintainer-email" => Statement::Maintainer,
            "home-page" | "project-url" | "download-url" => Statement::Host,
            _ => continue,
        };
        if value.is_empty() || value == "UNKNOWN" {
            continue;
        }
        if about == Statement::Host {
            said.extend(address(&value));
            continue;
        }
        let domains = value.split('@').skip(1).map(|rest| {
            let end = rest.find(|letter: char| !(letter.is_alphanumeric() || "-.".contains(letter)));
            rest.get(..end.unwrap_or(rest.len())).unwrap_or_default().to_ascii_lowercase()
        });
        said.extend(domains.map(|domain| (Statement::EmailDomain, domain)));
        // A name, its address, or both: `Ann <ann@one.example>, Bob`.
        let parts = value.split([',', '<', '>']).map(|part| part.trim().trim_matches('"').to_string());
        said.extend(parts.filter(|part| !part.is_empty()).map(|part| (about, part)));
    }
    said
}

/// Whose an address is: the repository that it leads into, or its host. Which page it is says nothing of who is behind it, and is
/// another one in every second release.
fn address(value: &str) -> Option<(Statement, String)> {
    // Behind its label.
    let address = value.split_once(',').map_or(value, |(_, address)| address).trim().to_ascii_lowercase();
    let place = address.split_once("://").map_or(address.as_str(), |(_, place)| place);
    let mut parts = place.split(['/', '?', '#']).filter(|part| !part.is_empty());
    let host = parts.next()?.rsplit('@').next()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    match (REPOSITORIES.contains(&host), parts.next(), parts.next()) {
        (true, Some(owner), Some(name)) => {
            Some((Statement::Repository, format!("{host}/{owner}/{}", name.trim_end_matches(".git"))))
        }
        _ => Some((Statement::Host, host.to_string())),
    }
}

/// The commands of `entry_points.txt`.
fn commands(text: &str) -> Vec<(Statement, String)> {
    let mut inside = false;
    let mut said = Vec::new();
    for line in text.lines().take(MOST_VALUES) {
        if line.starts_with('[') {
            inside = matches!(line.trim(), "[console_scripts]" | "[gui_scripts]");
        } else if let Some((name, _)) = line.split_once('=').filter(|_| inside) {
            said.push((Statement::Command, shown(name)));
        }
    }
    said
}
