//! What a prescription says: its units, each with a name, a place, when it applies and what it does.
//!
//! When conditions are met is decided in [`circumstances`](crate::circumstances); what a unit means to a search, by whoever
//! searches.

use std::{fmt, str::FromStr};

use packaging::{PackageName, Version};
use serde::{Deserialize, Serialize};

use crate::{matcher::Matcher, when::When};

/// One unit of a prescription. A unit that matches one of several things (a list under `match`) is several units of one name,
/// and what it says once a run it says once for all of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// `<prescription>.<unit>`.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// What must be so for it to take part in a run.
    pub when: When,
    /// What it does.
    pub act: Act,
    /// What it tells the user of a run in which it fires (`stack_info`).
    pub stack_info: Vec<Message>,
    /// What it writes to the log (`log`).
    pub log: Option<Box<Message>>,
}

/// Where something is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file, as its source names it.
    pub file: String,
    /// The line, counted from one.
    pub line: Option<u32>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// What a unit does when it fires.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Act {
    /// `boot`: once, before anything is resolved.
    Boot {
        /// Only when the project itself requires this package.
        package: Option<PackageName>,
        /// Whether the run ends.
        stop: Option<Stop>,
    },
    /// `pseudonym`: another release may stand for the matched one.
    Pseudonym {
        /// What it may stand for; always with a name.
        of: Matcher,
        /// What may stand in its place.
        by: Release,
        /// Whether it has to be of the matched version (`yield_matched_version`).
        same_version: bool,
    },
    /// `sieve`: the matched releases are left out.
    Sieve {
        /// What is left out.
        of: Matcher,
    },
    /// `sieve.SkipPackage`: a dependency is left out, with all that only it needs.
    SkipDependency {
        /// The dependency.
        package: PackageName,
    },
    /// `step`: a release is judged when it is part of a stack.
    Step {
        /// What is judged.
        of: Matcher,
        /// What else has to be in the stack.
        state: State,
        /// The judgement.
        effect: Effect,
        /// Whether it counts each time the release is reached (`multi_package_resolution`). Without meaning where releases are
        /// judged once a stack; kept for those who read the original's documents.
        again: bool,
    },
    /// `step.SkipPackage`: the package is left out of the stack.
    SkipPackage {
        /// What is left out.
        of: Matcher,
        /// What else has to be in the stack.
        state: State,
    },
    /// `step.AddPackage`: the stack needs one more release.
    AddPackage {
        /// What needs it.
        of: Matcher,
        /// What else has to be in the stack.
        state: State,
        /// What is added, unless the stack has a release of this package.
        adds: Release,
    },
    /// `step.Group`: releases are judged when they are in a stack together, in whatever order they came.
    Group {
        /// Two or more.
        members: Vec<Matcher>,
        /// The judgement.
        effect: Effect,
    },
    /// `stride`: whole stacks are looked at.
    Stride {
        /// What has to be in the stack.
        with: Vec<Matcher>,
        /// Whether the stack is thrown away, or the run ends.
        stop: Option<Stop>,
    },
    /// `wrap`: remarks on a finished stack.
    Wrap {
        /// What has to be in the stack; without any, every stack is meant.
        with: Vec<Matcher>,
        /// The remarks.
        justification: Vec<Message>,
        /// Changes of manifests that are advised, as they are written (RFC 6902 patches with the object they are for).
        #[serde(with = "as_text")]
        manifest_changes: Vec<serde_json::Value>,
    },
    /// `wrap.GHReleaseNotes`: links to the release notes of a release in a stack.
    ReleaseNotes {
        /// Of what; always with a name.
        of: Matcher,
        /// The owner of the repository on GitHub.
        organization: String,
        /// The repository.
        repository: String,
        /// What stands before the version in the names of tags.
        tag_prefix: String,
    },
}

/// What is said and lost where a step or a group matches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Points: more is better.
    pub score: Option<Score>,
    /// Remarks on the stack.
    pub justification: Vec<Message>,
    /// Whether the stack is refused.
    pub stop: Option<Stop>,
}

/// Why something must not go on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stop {
    /// `not_acceptable`: not this stack (of a boot: no stack at all).
    NotAcceptable(String),
    /// `eager_stop_pipeline`: the run ends with what was found so far.
    Eager(String),
}

/// What else has to be in a stack for a step to match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// All of these are in it, each with a name.
    pub with: Vec<Matcher>,
    /// All of these are in it and require the matched package (`package_version_from`), each with a name.
    pub from: Vec<Matcher>,
    /// Whether others may require it, too (`package_version_from_allow_other`); only asked where `from` names any.
    pub from_others: bool,
}

/// A release to add, or to take instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// The package.
    pub name: PackageName,
    /// Exactly this version (`locked_version`); any when there is none.
    pub version: Option<Version>,
    /// From this index only.
    pub index: Option<String>,
    /// For development only; without meaning for a lock, kept as it is written.
    pub develop: Option<bool>,
}

/// Points in thousandths, between -1000 and 1000: what the text says, without rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Score(pub i32);

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "+" };
        let points = self.0.unsigned_abs();
        let decimals = format!("{:03}", points % 1000);
        let decimals = decimals.trim_end_matches('0');
        write!(f, "{sign}{}.{}", points / 1000, if decimals.is_empty() { "0" } else { decimals })
    }
}

impl FromStr for Score {
    type Err = String;

    /// Reads a decimal between -1 and 1 with at most three decimals.
    fn from_str(text: &str) -> Result<Self, String> {
        let bare = text.trim();
        let points = thousandths(bare.strip_prefix('+').unwrap_or(bare));
        let points = points.filter(|points| (-1000..=1000).contains(points));
        points.map(Self).ok_or_else(|| format!("`{text}` is not a number from -1.0 to 1.0 with at most three decimals"))
    }
}

/// A decimal in thousandths; far out of bounds is as far out of bounds as it gets.
pub(crate) fn thousandths(text: &str) -> Option<i32> {
    let (negative, bare) = text.strip_prefix('-').map_or((false, text), |bare| (true, bare));
    let (whole, decimals) = bare.split_once('.').unwrap_or((bare, ""));
    let decimals = decimals.trim_end_matches('0');
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if decimals.len() > 3 || !digits(decimals) || !digits(whole) {
        return None;
    }
    let whole: i32 = if whole.len() > 4 { 10_000 } else { whole.parse().ok()? };
    let decimals: i32 = format!("{decimals:0<3}").parse().ok()?;
    let points = whole * 1000 + decimals;
    Some(if negative { -points } else { points })
}

/// How serious a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Tone {
    /// Good to know.
    Info,
    /// Better looked at.
    Warning,
    /// Something is wrong.
    Error,
}

impl Tone {
    /// All of them, the mildest first.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Error];

    /// As `type` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warning => "WARNING",
            Self::Error => "ERROR",
        }
    }
}

/// What a unit tells: one entry of `stack_info` or `justification`, or its `log`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// How serious it is.
    pub tone: Tone,
    /// One line, without anything a terminal would act on.
    pub text: String,
    /// Where more is told.
    pub link: Option<Link>,
    /// What a justification says besides.
    pub about: About,
}

/// What a justification is about, where it says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The package.
    pub package: Option<PackageName>,
    /// The text of an advisory.
    pub advisory: Option<String>,
    /// The identifier of a vulnerability.
    pub cve_id: Option<String>,
    /// The name of a vulnerability.
    pub cve_name: Option<String>,
    /// The versions meant, in words.
    pub version_range: Option<String>,
}

/// The text of a `link`: an address, several between blanks (as some real prescriptions have), or the name of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link(pub(crate) String);

impl Link {
    /// As it is written.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The addresses: those that are written, or that of the named page among the justifications of the original.
    pub fn addresses(&self) -> Vec<String> {
        if is_page(&self.0) {
            return vec![format!("https://thoth-station.ninja/j/{}", self.0)];
        }
        self.0.split_whitespace().filter(|word| is_address(word)).map(str::to_string).collect()
    }
}

fn is_page(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_');
    !text.is_empty() && text.bytes().all(plain)
}

fn is_address(text: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
}

/// The kinds of units, as `type` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// `boot`
    Boot,
    /// `pseudonym`
    Pseudonym,
    /// `sieve`
    Sieve,
    /// `sieve.SkipPackage`
    SkipDependency,
    /// `step`
    Step,
    /// `step.SkipPackage`
    SkipPackage,
    /// `step.AddPackage`
    AddPackage,
    /// `step.Group`
    Group,
    /// `stride`
    Stride,
    /// `wrap`
    Wrap,
    /// `wrap.GHReleaseNotes`
    ReleaseNotes,
}

impl Kind {
    /// All of them, in the order a pipeline runs them.
    pub const ALL: [Self; 11] = [
        Self::Boot,
        Self::Pseudonym,
        Self::Sieve,
        Self::SkipDependency,
        Self::Step,
        Self::SkipPackage,
        Self::AddPackage,
        Self::Group,
        Self::Stride,
        Self::Wrap,
        Self::ReleaseNotes,
    ];

    /// Its name, as `type` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Boot => "boot",
            Self::Pseudonym => "pseudonym",
            Self::Sieve => "sieve",
            Self::SkipDependency => "sieve.SkipPackage",
            Self::Step => "step",
            Self::SkipPackage => "step.SkipPackage",
            Self::AddPackage => "step.AddPackage",
            Self::Group => "step.Group",
            Self::Stride => "stride",
            Self::Wrap => "wrap",
            Self::ReleaseNotes => "wrap.GHReleaseNotes",
        }
    }

    /// The list under `units` it belongs to.
    pub fn section(self) -> &'static str {
        match self {
            Self::Boot => "boots",
            Self::Pseudonym => "pseudonyms",
            Self::Sieve | Self::SkipDependency => "sieves",
            Self::Step | Self::SkipPackage | Self::AddPackage | Self::Group => "steps",
            Self::Stride => "strides",
            Self::Wrap | Self::ReleaseNotes => "wraps",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl Act {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Boot { .. } => Kind::Boot,
            Self::Pseudonym { .. } => Kind::Pseudonym,
            Self::Sieve { .. } => Kind::Sieve,
            Self::SkipDependency { .. } => Kind::SkipDependency,
            Self::Step { .. } => Kind::Step,
            Self::SkipPackage { .. } => Kind::SkipPackage,
            Self::AddPackage { .. } => Kind::AddPackage,
            Self::Group { .. } => Kind::Group,
            Self::Stride { .. } => Kind::Stride,
            Self::Wrap { .. } => Kind::Wrap,
            Self::ReleaseNotes { .. } => Kind::ReleaseNotes,
        }
    }

    /// The matchers that must all find a release in the stack for it to fire; none for what needs no release.
    pub fn matchers(&self) -> Vec<&Matcher> {
        match self {
            Self::Boot { .. } | Self::SkipDependency { .. } => Vec::new(),
            Self::Pseudonym { of, .. } | Self::Sieve { of } | Self::ReleaseNotes { of, .. } => vec![of],
            Self::Step { of, state, .. } | Self::SkipPackage { of, state } | Self::AddPackage { of, state, .. } => {
                std::iter::once(of).chain(&state.with).chain(&state.from).collect()
            }
            Self::Group { members: list, .. } | Self::Stride { with: list, .. } | Self::Wrap { with: list, .. } => {
                list.iter().collect()
            }
        }
    }

    /// The matchers without which it has nothing to tell of a stack; none of what decides, which may tell what it left out.
    pub fn needs(&self) -> Vec<&Matcher> {
        if self.decides() { Vec::new() } else { self.matchers() }
    }

    /// The package without which it cannot fire, where it names one: the first it matches.
    pub fn package(&self) -> Option<&PackageName> {
        match self {
            Self::Boot { package, .. } => package.as_ref(),
            Self::SkipDependency { package } => Some(package),
            _ => self.matchers().into_iter().find_map(|matcher| matcher.name.as_ref()),
        }
    }

    /// Whether it can change which releases are chosen, or whether there is a stack at all; what cannot only tells.
    pub fn decides(&self) -> bool {
        match self {
            Self::Boot { stop, .. } | Self::Stride { stop, .. } => stop.is_some(),
            Self::Step { effect, .. } | Self::Group { effect, .. } => effect.stop.is_some() || effect.score.is_some(),
            Self::Wrap { .. } | Self::ReleaseNotes { .. } => false,
            _ => true,
        }
    }
}

/// JSON values as their text, because the form units are kept in has no types of its own.
mod as_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
    use serde_json::Value;

    pub(super) fn serialize<S: Serializer>(values: &[Value], serializer: S) -> Result<S::Ok, S::Error> {
        values.iter().map(ToString::to_string).collect::<Vec<_>>().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Value>, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        texts.iter().map(|text| serde_json::from_str(text).map_err(D::Error::custom)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_score_is_shown_as_it_was_written() {
        let shown: Vec<String> = [-100, 200, 1000, -5, 0].map(|points| Score(points).to_string()).to_vec();
        assert_eq!(shown, ["-0.1", "+0.2", "+1.0", "-0.005", "+0.0"]);
    }

    #[test]
    fn a_score_is_read_without_rounding() {
        let read: Vec<Option<i32>> =
            ["-0.1", "0.2", "1", "1.0", "-0.125", "0.0005", "1e300", "99999999999"].map(thousandths).to_vec();
        let expected = [Some(-100), Some(200), Some(1000), Some(1000), Some(-125), None, None, Some(10_000_000)];
        assert_eq!(read, expected);
        assert_eq!("+0.25".parse(), Ok(Score(250)));
        for text in ["", "+", "-", "1.001", "0,5", "nan", "--1"] {
            assert!(text.parse::<Score>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_link_is_an_address_several_of_them_or_a_page() {
        let addresses = |text: &str| Link(text.to_string()).addresses();
        assert_eq!(addresses("https://a.example/x"), ["https://a.example/x"]);
        assert_eq!(addresses("https://a.example/x https://b.example/"), ["https://a.example/x", "https://b.example/"]);
        assert_eq!(addresses("cve_warning"), ["https://thoth-station.ninja/j/cve_warning"]);
        assert!(addresses("javascript:alert(1)").is_empty());
        assert!(addresses("").is_empty());
    }

    #[test]
    fn kinds_are_found_by_their_names() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(kind));
            assert!(kind.section().starts_with(kind.name().split('.').next().unwrap_or_default()));
        }
        assert_eq!(Kind::named("Step"), None);
    }
}
