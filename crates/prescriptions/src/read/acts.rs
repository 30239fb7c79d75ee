//! `match` and `run`: what a unit is about and what it does, by kind.

use std::cell::Cell;

use packaging::text::one_line;
use serde_json::Value;

use super::{
    Entry,
    at::{At, Fields},
    conditions,
};
use crate::{
    matcher::{Index, Matcher, Versions},
    unit::{About, Act, Effect, Kind, Link, Message, Place, Release, Score, State, Stop, Tone, Unit, thousandths},
};

/// One entry of the list `section`; what is written out for it is taken from `copies`.
pub(super) fn entry(section: &str, at: &At<'_>, copies: &Cell<usize>) -> Option<Entry> {
    let fields = at.fields(&["name", "type", "should_include", "match", "run", "metadata"])?;
    let kind = fields.needed("type").and_then(|at| kind(section, &at));
    let name = fields.needed("name").and_then(|at| name(&at));
    let when = fields.needed("should_include").and_then(|at| conditions::when(&at));
    let kind = kind?;
    let run = Run { kind, at: fields.get("run") };
    let said = run.read();
    let acts = acts(kind, &fields, said.as_ref());
    let (name, when, said, acts) = (name?, when?, said?, acts?);
    let repeated: usize = ["should_include", "run"].iter().filter_map(|key| at.value().get(key)).map(super::size).sum();
    match copies.get().checked_sub(repeated.saturating_mul(acts.len().saturating_sub(1))) {
        Some(left) => copies.set(left),
        None => {
            return at
                .error("it matches too many things for conditions and messages that long: make several units of it");
        }
    }
    let unit = |act: Act| Unit {
        name: name.clone(),
        place: Place::default(),
        when: when.clone(),
        act,
        stack_info: said.stack_info.clone(),
        log: said.log.clone().map(Box::new),
    };
    Some(Entry { kind, units: acts.into_iter().map(unit).collect() })
}

fn kind(section: &str, at: &At<'_>) -> Option<Kind> {
    let text = at.text()?;
    let names: Vec<&str> = Kind::ALL.into_iter().filter(|kind| kind.section() == section).map(Kind::name).collect();
    match Kind::named(text) {
        Some(kind) if kind.section() == section => Some(kind),
        Some(kind) => at.error(format!("a `{text}` belongs into the list `{}`", kind.section())),
        None => at.error(format!("`{}` is none of {}", one_line(text, 40), names.join(", "))),
    }
}

fn name(at: &At<'_>) -> Option<String> {
    let name = at.line()?;
    if name.contains([' ', '.']) || name.len() > 200 {
        return at.error("the `name` of a unit has no blanks and no dots, and at most 200 bytes");
    }
    Some(name)
}

/// What `run` says, whatever the kind.
struct Said {
    stack_info: Vec<Message>,
    log: Option<Message>,
    effect: Effect,
    again: bool,
}

struct Run<'a> {
    kind: Kind,
    at: Option<At<'a>>,
}

impl Run<'_> {
    fn known(&self) -> Vec<&'static str> {
        let own: &[&str] = match self.kind {
            Kind::Boot | Kind::Stride => &["not_acceptable", "eager_stop_pipeline"],
            Kind::Pseudonym => &["yield"],
            Kind::Sieve | Kind::SkipDependency => &[],
            Kind::Step => {
                &["score", "justification", "not_acceptable", "eager_stop_pipeline", "multi_package_resolution"]
            }
            Kind::Group => &["score", "justification", "not_acceptable", "eager_stop_pipeline"],
            Kind::SkipPackage => &["multi_package_resolution"],
            Kind::AddPackage => &["package_version", "multi_package_resolution"],
            Kind::Wrap => &["justification", "advised_manifest_changes"],
            Kind::ReleaseNotes => &["release_notes"],
        };
        ["stack_info", "log"].iter().chain(own).copied().collect()
    }

    fn read(&self) -> Option<Said> {
        let Some(at) = &self.at else {
            return Some(Said { stack_info: Vec::new(), log: None, effect: Effect::default(), again: false });
        };
        let known = self.known();
        let fields = at.fields(&known)?;
        let stop = |key: &'static str| fields.maybe(key, At::line);
        let stop = match (stop("not_acceptable")?, stop("eager_stop_pipeline")?) {
            (Some(_), Some(_)) => return at.error("`not_acceptable` and `eager_stop_pipeline` exclude each other"),
            (Some(why), None) => Some(Stop::NotAcceptable(why)),
            (None, Some(why)) => Some(Stop::Eager(why)),
            (None, None) => None,
        };
        let stack_info = fields.maybe("stack_info", |at| at.list(message))?.unwrap_or_default();
        let justification = fields.maybe("justification", |at| at.list(justification))?.unwrap_or_default();
        Some(Said {
            stack_info,
            log: fields.maybe("log", log)?,
            effect: Effect { score: fields.maybe("score", score)?, justification, stop },
            again: fields.maybe("multi_package_resolution", At::boolean)?.unwrap_or(false),
        })
    }
}

/// What the unit does, once for each thing it matches.
fn acts(kind: Kind, unit: &Fields<'_>, said: Option<&Said>) -> Option<Vec<Act>> {
    let matched = unit.get("match");
    let needed = || unit.needed("match");
    let run = || unit.needed("run");
    let effect = said.map(|said| said.effect.clone()).unwrap_or_default();
    let again = said.is_some_and(|said| said.again);
    match kind {
        Kind::Boot => {
            let boot = |package| Act::Boot { package, stop: effect.stop.clone() };
            match matched {
                None => Some(vec![boot(None)]),
                Some(at) => alternatives(&at, |at| Some(boot(Some(package(at)?)))),
            }
        }
        Kind::SkipDependency => alternatives(&needed()?, |at| Some(Act::SkipDependency { package: package(at)? })),
        Kind::Sieve => alternatives(&needed()?, |at| Some(Act::Sieve { of: only_release(at, Need::Any, true)? })),
        Kind::Pseudonym => {
            let run = run()?;
            let run = run.fields(&["stack_info", "log", "yield"])?;
            let (by, same_version) = substitute(&run.needed("yield")?)?;
            alternatives(&needed()?, |at| {
                let of = only_release(at, Need::Name, true)?;
                Some(Act::Pseudonym { of, by: by.clone(), same_version })
            })
        }
        Kind::Step => alternatives(&needed()?, |at| {
            let (of, state) = release_in_state(at)?;
            Some(Act::Step { of, state, effect: effect.clone(), again })
        }),
        Kind::SkipPackage => alternatives(&needed()?, |at| {
            let (of, state) = release_in_state(at)?;
            Some(Act::SkipPackage { of, state })
        }),
        Kind::AddPackage => {
            let run = run()?;
            let run = run.fields(&["stack_info", "log", "package_version", "multi_package_resolution"])?;
            let adds = release(&run.needed("package_version")?)?;
            alternatives(&needed()?, |at| {
                let (of, state) = release_in_state(at)?;
                Some(Act::AddPackage { of, state, adds: adds.clone() })
            })
        }
        Kind::Group => alternatives(&needed()?, |at| Some(Act::Group { members: group(at)?, effect: effect.clone() })),
        Kind::Stride => {
            alternatives(&needed()?, |at| Some(Act::Stride { with: only_state(at)?, stop: effect.stop.clone() }))
        }
        Kind::Wrap => {
            let changes = match unit.get("run") {
                Some(run) => manifest_changes(&run)?,
                None => Vec::new(),
            };
            let wrap = |with| Act::Wrap {
                with,
                justification: effect.justification.clone(),
                manifest_changes: changes.clone(),
            };
            match matched {
                None => Some(vec![wrap(Vec::new())]),
                Some(at) => alternatives(&at, |at| only_state(at).map(wrap)),
            }
        }
        Kind::ReleaseNotes => {
            let run = run()?;
            let run = run.fields(&["stack_info", "log", "release_notes"])?;
            let notes = run.needed("release_notes")?;
            let notes = notes.fields(&["organization", "repository", "tag_version_prefix"])?;
            let organization = notes.needed("organization")?.line()?;
            let repository = notes.needed("repository")?.line()?;
            let tag_prefix = notes.maybe("tag_version_prefix", At::line)?.unwrap_or_default();
            alternatives(&needed()?, |at| {
                let mut with = only_state(at)?;
                let (Some(of), true) = (with.pop(), with.is_empty()) else {
                    return at.error("release notes are of exactly one package");
                };
                if of.name.is_none() {
                    return at.error("release notes need the `name` of a package");
                }
                Some(Act::ReleaseNotes {
                    of,
                    organization: organization.clone(),
                    repository: repository.clone(),
                    tag_prefix: tag_prefix.clone(),
                })
            })
        }
    }
}

fn alternatives(at: &At<'_>, read: impl Fn(&At<'_>) -> Option<Act>) -> Option<Vec<Act>> {
    let read: Vec<Option<Act>> = at.one_or_more()?.iter().map(read).collect();
    read.into_iter().collect()
}

/// `{package_name: ..}`
fn package(at: &At<'_>) -> Option<packaging::PackageName> {
    at.fields(&["package_name"])?.needed("package_name")?.package()
}

/// `{package_version: ..}`
fn only_release(at: &At<'_>, need: Need, prereleases: bool) -> Option<Matcher> {
    matcher(&at.fields(&["package_version"])?.needed("package_version")?, need, prereleases)
}

/// `{package_version: .., state: ..}`
fn release_in_state(at: &At<'_>) -> Option<(Matcher, State)> {
    let fields = at.fields(&["package_version", "state"])?;
    let of = matcher(&fields.needed("package_version")?, Need::Any, false)?;
    Some((of, fields.maybe("state", state)?.unwrap_or_default()))
}

fn state(at: &At<'_>) -> Option<State> {
    let fields = at.fields(&["resolved_dependencies", "package_version_from", "package_version_from_allow_other"])?;
    let matchers = |at: &At<'_>| at.list(|at| matcher(at, Need::Name, false));
    Some(State {
        with: fields.maybe("resolved_dependencies", matchers)?.unwrap_or_default(),
        from: fields.maybe("package_version_from", matchers)?.unwrap_or_default(),
        from_others: fields.maybe("package_version_from_allow_other", At::boolean)?.unwrap_or(false),
    })
}

/// `{state: {resolved_dependencies: [..]}}`
fn only_state(at: &At<'_>) -> Option<Vec<Matcher>> {
    let state = at.fields(&["state"])?.needed("state")?;
    let list = state.fields(&["resolved_dependencies"])?.needed("resolved_dependencies")?;
    list.some_items()?;
    list.list(|at| matcher(at, Need::Any, false))
}

/// `{group: [{package_version: ..}, ..]}`
fn group(at: &At<'_>) -> Option<Vec<Matcher>> {
    let list = at.fields(&["group"])?.needed("group")?;
    let members = list.list(|at| only_release(at, Need::Any, false))?;
    if members.len() < 2 { list.error("a group has two members or more") } else { Some(members) }
}

/// Whether a matcher needs the name of a package.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Name,
    Any,
}

fn matcher(at: &At<'_>, need: Need, prereleases: bool) -> Option<Matcher> {
    let fields = at.fields(&["name", "version", "index_url", "develop"])?;
    let name = fields.maybe("name", At::package)?;
    if name.is_none() && need == Need::Name {
        return at.error("the `name` of a package is needed here");
    }
    Some(Matcher {
        name,
        versions: fields.maybe("version", At::versions)?.unwrap_or(Versions::Any),
        index: fields.maybe("index_url", index)?.unwrap_or_default(),
        develop: fields.maybe("develop", At::boolean)?,
        prereleases,
    })
}

fn index(at: &At<'_>) -> Option<Index> {
    if at.value().is_object() {
        return Some(Index::IsNot(at.fields(&["not"])?.needed("not")?.line()?));
    }
    at.line().map(Index::Is)
}

/// `{name: .., locked_version: "==1.0", index_url: .., develop: ..}`
fn release(at: &At<'_>) -> Option<Release> {
    let fields = at.fields(&["name", "locked_version", "index_url", "develop"])?;
    Some(Release {
        name: fields.needed("name")?.package()?,
        version: fields.maybe("locked_version", pin)?,
        index: fields.maybe("index_url", At::line)?,
        develop: fields.maybe("develop", At::boolean)?,
    })
}

fn pin(at: &At<'_>) -> Option<packaging::Version> {
    let text = at.text()?;
    let bare = text.trim().trim_start_matches('=').trim();
    match bare.parse() {
        Ok(version) if bare != text.trim() => Some(version),
        _ => at.error(format!("`{}` is not one version: write `==1.0`", one_line(text, 60))),
    }
}

/// `yield` of a pseudonym.
fn substitute(at: &At<'_>) -> Option<(Release, bool)> {
    let fields = at.fields(&["yield_matched_version", "package_version"])?;
    let same_version = fields.maybe("yield_matched_version", At::boolean)?.unwrap_or(false);
    let release = release(&fields.needed("package_version")?)?;
    if same_version && release.version.is_some() {
        return at.error("`yield_matched_version` and `locked_version` exclude each other");
    }
    Some((release, same_version))
}

fn manifest_changes(run: &At<'_>) -> Option<Vec<Value>> {
    let fields = run.fields(&["stack_info", "log", "justification", "advised_manifest_changes"])?;
    let changes = fields.maybe("advised_manifest_changes", |at| {
        at.list(|at| {
            if at.value().is_object() { Some(at.value().clone()) } else { at.error("a change of a manifest is a map") }
        })
    })?;
    Some(changes.unwrap_or_default())
}

fn score(at: &At<'_>) -> Option<Score> {
    let Value::Number(number) = at.value() else {
        return at.error("a `score` is a number between -1.0 and 1.0");
    };
    let Some(points) = thousandths(&number.to_string()) else {
        return at.error(format!("the `score` {number} is not a number of at most three decimals"));
    };
    if !(-1000..=1000).contains(&points) {
        let bound = points.signum() * 1000;
        at.warn(format!("a `score` is between -1.0 and 1.0: {number} counts as {}", Score(bound)));
        return Some(Score(bound));
    }
    Some(Score(points))
}

fn tone(at: &At<'_>) -> Option<Tone> {
    let text = at.text()?;
    match Tone::ALL.into_iter().find(|tone| tone.name() == text) {
        Some(tone) => Some(tone),
        None => at.error(format!("`{}` is none of INFO, WARNING, ERROR", one_line(text, 40))),
    }
}

fn log(at: &At<'_>) -> Option<Message> {
    let fields = at.fields(&["message", "type"])?;
    said(&fields, About::default())
}

fn message(at: &At<'_>) -> Option<Message> {
    let fields = at.fields(&["type", "message", "link"])?;
    said(&fields, About::default())
}

fn justification(at: &At<'_>) -> Option<Message> {
    let fields =
        at.fields(&["type", "message", "link", "package_name", "advisory", "cve_id", "cve_name", "version_range"])?;
    let about = About {
        package: fields.maybe("package_name", At::package)?,
        advisory: fields.maybe("advisory", At::line)?,
        cve_id: fields.maybe("cve_id", At::line)?,
        cve_name: fields.maybe("cve_name", At::line)?,
        version_range: fields.maybe("version_range", At::line)?,
    };
    said(&fields, about)
}

fn said(fields: &Fields<'_>, about: About) -> Option<Message> {
    let (tone, text) =
        (fields.needed("type").and_then(|at| tone(&at)), fields.needed("message").and_then(|at| at.line()));
    let link = fields.get("link").and_then(|at| {
        let link = Link(at.line()?);
        if link.addresses().is_empty() {
            at.warn(format!(
                "`{}` is neither an address nor the name of a page (`[a-z0-9_-]+`)",
                one_line(&link.0, 80)
            ));
        }
        Some(link)
    });
    Some(Message { tone: tone?, text: text?, link, about })
}
