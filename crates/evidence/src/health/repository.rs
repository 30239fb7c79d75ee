//! The repository that the source of a release is in: found in its links, as deps.dev does, and how sure that is.

use std::{cmp::Reverse, collections::BTreeMap, fmt};

use packaging::{
    Url,
    metadata::{Contacts, folded},
};

/// Hosts whose addresses begin with an owner and a name.
const HOSTS: [&str; 4] = ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];
/// Words that stand where an owner does and are none.
const NOT_OWNERS: [&str; 22] = [
    "about",
    "account",
    "apps",
    "collections",
    "contact",
    "customer-stories",
    "enterprise",
    "explore",
    "features",
    "groups",
    "help",
    "issues",
    "login",
    "marketplace",
    "notifications",
    "orgs",
    "pulls",
    "search",
    "settings",
    "sponsors",
    "topics",
    "users",
];
/// Words that begin what is inside a repository on hosts with groups within groups.
const INSIDE: [&str; 8] = ["-", "tree", "blob", "raw", "issues", "merge_requests", "wikis", "releases"];
/// The most parts of a path on hosts with groups within groups.
const DEEPEST: usize = 6;
/// The longest owner or name that is believed.
const LONGEST: usize = 100;
/// Labels of links to the source, as the packaging standards fold them: those that PEP 753 lists, and those of hosts.
const SOURCE: [&str; 15] = [
    "source",
    "repository",
    "sourcecode",
    "sourcerepo",
    "github",
    "gitlab",
    "bitbucket",
    "codeberg",
    "code",
    "repo",
    "git",
    "vcs",
    "sources",
    "githubrepository",
    "sourcerepository",
];
/// Labels of links to the home of a project.
const HOME: [&str; 3] = ["homepage", "home", "projectpage"];

/// A repository: its host and path in lower case, as deps.dev and Scorecard name it (`github.com/pallets/flask`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repository(String);

/// How sure it is that a repository is that of a release, the surest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sure {
    /// A link that is about something else leads there: its issues, its changes, its documentation.
    Guess,
    /// The link to the project's home leads there.
    Homepage,
    /// A link that says it is to the source leads there: anybody may write that.
    Labelled,
    /// Whoever published the release proved that it was built there.
    Attested,
}

/// A word that somebody says of where the source of a release is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// Where.
    pub repository: Repository,
    /// How sure.
    pub sure: Sure,
    /// What says so, for the reader (`the link Source`).
    pub from: String,
}

/// The repository of a release, as far as it can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// Where its source most likely is.
    pub repository: Repository,
    /// How sure that is.
    pub sure: Sure,
    /// What says so, for the reader.
    pub from: String,
    /// Others that are claimed as surely: then it is ambiguous.
    pub others: Vec<Repository>,
}

impl Repository {
    /// The repository that an address leads to or into; `None` when it leads to none on a host that is known.
    ///
    /// Web pages within a repository, its wiki and issues count, as do the forms of Git and SSH.
    pub fn of(address: &str) -> Option<Self> {
        let address = address.trim();
        let address = address.strip_prefix("scm:").unwrap_or(address);
        let address = address.strip_prefix("git:").filter(|rest| !rest.starts_with("//")).unwrap_or(address);
        let address = address.strip_prefix("git+").unwrap_or(address);
        match scp(address) {
            Some((host, path)) => Self::on(host, path),
            None => {
                let url = Url::parse(address).or_else(|_| Url::parse(&format!("https://{address}"))).ok()?;
                let known = ["http", "https", "git", "ssh"].contains(&url.scheme());
                Self::on(url.host_str().filter(|_| known)?, url.path())
            }
        }
    }

    fn on(host: &str, path: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let host = host.strip_prefix("www.").unwrap_or(&host);
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        if let Some(owner) = host.strip_suffix(".github.io") {
            return Self::named("github.com", &[owner, parts.first()?]);
        }
        let host = if host == "raw.githubusercontent.com" { "github.com" } else { host };
        if !HOSTS.contains(&host) {
            return None;
        }
        match host {
            "gitlab.com" => {
                let outside: Vec<&str> = parts.into_iter().take_while(|part| !INSIDE.contains(part)).collect();
                Self::named(host, outside.get(..outside.len().clamp(2, DEEPEST))?)
            }
            _ => Self::named(host, parts.get(..2)?),
        }
    }

    fn named(host: &str, path: &[&str]) -> Option<Self> {
        let plain = |part: &str| {
            let letters = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
            letters && part.len() <= LONGEST && part.bytes().any(|byte| byte != b'.')
        };
        let (name, owners) = path.split_last()?;
        let (name, owners) = (name.to_ascii_lowercase(), owners.join("/").to_ascii_lowercase());
        // A requirement may name a branch or tag behind the repository.
        let name = name.split('@').next().unwrap_or_default().trim_end_matches(".git");
        let is_owner = |part: &str| plain(part) && !NOT_OWNERS.contains(&part);
        (plain(name) && owners.split('/').all(is_owner)).then(|| Self(format!("{host}/{owners}/{name}")))
    }
}

/// Host and path of an address as SSH writes it (`git@github.com:pallets/flask.git`).
fn scp(address: &str) -> Option<(&str, &str)> {
    let (user, rest) = address.split_once('@')?;
    let (host, path) = rest.split_once(':')?;
    let plain = |text: &str| !text.is_empty() && !text.contains(['/', ':']);
    let is_port = path.split('/').next().is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    (plain(user) && plain(host) && !is_port).then_some((host, path))
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Repository {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::of(&text).ok_or_else(|| format!("`{}` is no repository", packaging::text::one_line(&text, LONGEST)))
    }
}

impl fmt::Display for Sure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Guess => "guess",
            Self::Homepage => "homepage",
            Self::Labelled => "labelled",
            Self::Attested => "attested",
        })
    }
}

impl Claim {
    /// What the links of a release claim.
    pub fn of_links(contacts: &Contacts) -> Vec<Self> {
        let claim = |(label, address): &(String, String)| {
            let sure = match folded(label).as_str() {
                word if SOURCE.contains(&word) => Sure::Labelled,
                word if HOME.contains(&word) => Sure::Homepage,
                _ => Sure::Guess,
            };
            let repository = Repository::of(address)?;
            // The pages that a host serves for a repository are made from it, or from another one.
            let is_page = address.to_ascii_lowercase().contains(".github.io");
            let sure = if is_page { Sure::Guess } else { sure };
            Some(Self { repository, sure, from: format!("the link {label}") })
        };
        contacts.links.iter().filter_map(claim).collect()
    }
}

impl Located {
    /// The surest of what is claimed; of several repositories claimed as surely, the one claimed most often, then the one
    /// claimed first. `None` where nothing is claimed.
    pub fn among(claims: &[Claim]) -> Option<Self> {
        let sure = claims.iter().map(|claim| claim.sure).max()?;
        let mut count: BTreeMap<&Repository, usize> = BTreeMap::new();
        claims.iter().for_each(|claim| *count.entry(&claim.repository).or_default() += 1);
        let surest = || claims.iter().enumerate().filter(|(_, claim)| claim.sure == sure);
        let often = |claim: &Claim| count.get(&claim.repository).copied().unwrap_or_default();
        let (_, best) = surest().min_by_key(|(at, claim)| (Reverse(often(claim)), *at))?;
        let mut others: Vec<Repository> = surest().map(|(_, claim)| claim.repository.clone()).collect();
        others.sort();
        others.dedup();
        others.retain(|other| *other != best.repository);
        Some(Self { repository: best.repository.clone(), sure, from: best.from.clone(), others })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(address: &str) -> Option<String> {
        Repository::of(address).map(|repository| repository.to_string())
    }

    #[test]
    fn every_way_to_write_a_repository_is_one() {
        for address in [
            "https://github.com/Pallets/Flask",
            "https://github.com/pallets/flask/",
            "http://www.github.com/pallets/flask.git",
            "https://github.com/pallets/flask/tree/main/src#readme",
            "https://github.com/pallets/flask/issues?q=open",
            "https://ada:secret@github.com/pallets/flask",
            "git+https://github.com/pallets/flask.git@main",
            "git://github.com/pallets/flask.git",
            "ssh://git@github.com/pallets/flask.git",
            "ssh://git@github.com:22/pallets/flask",
            "git@github.com:pallets/flask.git",
            "scm:git:git@github.com:pallets/flask.git",
            "github.com/pallets/flask",
            "https://raw.githubusercontent.com/pallets/flask/main/CHANGES",
            "https://pallets.github.io/flask/",
        ] {
            assert_eq!(of(address).as_deref(), Some("github.com/pallets/flask"), "{address}");
        }
        assert_eq!(of("https://gitlab.com/a/b/c/-/tree/main").as_deref(), Some("gitlab.com/a/b/c"));
        assert_eq!(of("https://codeberg.org/a/b/issues").as_deref(), Some("codeberg.org/a/b"));
    }

    #[test]
    fn what_leads_elsewhere_is_none() {
        for address in [
            "",
            "https://flask.example/",
            "https://github.com/",
            "https://github.com/pallets",
            "https://github.com/sponsors/ada",
            "https://github.com/a/..",
            "https://gist.github.com/ada/0123",
            "ftp://github.com/a/b",
            "https://github.com.evil.example/a/b",
            "https://github.com/a/b%2fc",
            "javascript:alert(1)",
        ] {
            assert_eq!(of(address), None, "{address}");
        }
    }

    fn contacts(links: &[(&str, &str)]) -> Contacts {
        let mut contacts = Contacts::default();
        links.iter().for_each(|(label, address)| contacts.link(label, address));
        contacts
    }

    fn located(links: &[(&str, &str)]) -> Option<String> {
        let located = Located::among(&Claim::of_links(&contacts(links)))?;
        Some(format!("{} {} {:?}", located.repository, located.sure, located.others.len()))
    }

    #[test]
    fn a_link_that_says_source_goes_before_a_homepage_and_that_before_the_rest() {
        let issues = ("Bug Tracker", "https://github.com/other/issues-of-all/issues");
        let home = ("Homepage", "https://github.com/a/home");
        let source = ("Source Code", "https://github.com/a/b");
        assert_eq!(located(&[issues, home, source]).as_deref(), Some("github.com/a/b labelled 0"));
        assert_eq!(located(&[issues, home]).as_deref(), Some("github.com/a/home homepage 0"));
        assert_eq!(located(&[issues]).as_deref(), Some("github.com/other/issues-of-all guess 0"));
        assert_eq!(located(&[("Homepage", "https://a.github.io/b")]).as_deref(), Some("github.com/a/b guess 0"));
        assert_eq!(located(&[("Docs", "https://docs.example/")]), None);
    }

    #[test]
    fn two_that_are_as_sure_are_ambiguous_and_what_more_links_say_is_believed() {
        let (one, other) = (("Source", "https://github.com/a/one"), ("Repository", "https://github.com/a/other"));
        let issues = ("Issues", "https://github.com/a/other/issues");
        assert_eq!(located(&[one, other]).as_deref(), Some("github.com/a/one labelled 1"));
        assert_eq!(located(&[one, other, issues]).as_deref(), Some("github.com/a/other labelled 1"));
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange_and_a_repository_is_one_of_itself(text in "\\PC{0,60}", path in "(https://|git@)?git(hub|lab).com[:/][a-zA-Z./@:%-]{0,40}") {
            for text in [text, path] {
                if let Some(repository) = Repository::of(&text) {
                    prop_assert_eq!(Repository::of(&repository.to_string()), Some(repository.clone()));
                }
            }
        }
    }
}
