//! Observations as lines of JSON.
//!
//! ```json
//! {"stack": {"flask": "3.0.0", "jinja2": "3.1.2"}, "stage": "test", "outcome": "failed", "cause": "exit 1",
//!  "environment": {"python": "3.12", "platform": "linux-x86_64", "system": "debian 12"},
//!  "date": "2026-11-22T07:00:00Z", "source": "feedback"}
//! ```
//!
//! (in one line). Further fields are `figures`, each with `name`, `rate` and optionally `package` and `unit`; `output`, the end
//! of what was printed; `note`. `environment` also takes `cpu` and `gpu`. Unknown fields are skipped and not kept.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packaging::{PackageName, Version, text::one_line};
use serde::{Deserialize, Serialize};

use super::{Cause, Environment, Figure, Observation, Outcome};
use crate::text::microseconds;

/// The most bytes a line may have.
pub const LONGEST: usize = 256 << 10;
/// The most releases of one stack.
pub const MOST_RELEASES: usize = 4000;
/// The most figures of one observation.
pub const MOST_FIGURES: usize = 100;
/// How many bytes of output are kept, the last ones.
pub const OUTPUT: usize = 4 << 10;
/// How many characters of a note are kept.
pub const NOTE: usize = 500;
/// How many characters the name of a figure, a source, or a part of an environment may have.
pub const WORD: usize = 200;
/// Nothing was observed before (2000-01-01), in seconds since the Unix epoch.
const EARLIEST: i64 = 946_684_800;
/// How far the clock of another machine may be ahead, in seconds: a day.
const AHEAD: i64 = 86_400;

#[derive(Deserialize, Serialize)]
struct Raw {
    stack: BTreeMap<String, String>,
    stage: String,
    outcome: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    #[serde(default)]
    environment: RawEnvironment,
    date: String,
    #[serde(default)]
    source: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    figures: Vec<RawFigure>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    output: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    note: String,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct RawEnvironment {
    #[serde(skip_serializing_if = "Option::is_none")]
    python: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gpu: Option<String>,
}

#[derive(Deserialize, Serialize)]
struct RawFigure {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    package: Option<String>,
    rate: f64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    unit: String,
}

impl Observation {
    /// As one line of JSON, without the end of the line.
    pub fn to_line(&self) -> String {
        let Environment { python, platform, system, cpu, gpu } = self.environment.clone();
        let figure = |figure: &Figure| RawFigure {
            name: figure.name.clone(),
            package: figure.package.as_ref().map(ToString::to_string),
            rate: figure.rate,
            unit: figure.unit.clone(),
        };
        let (outcome, cause) = match self.outcome {
            Outcome::Ok => ("ok", None),
            Outcome::Failed(Cause::Unknown) => ("failed", None),
            Outcome::Failed(cause) => ("failed", Some(cause.to_string())),
        };
        let raw = Raw {
            stack: self.stack.iter().map(|(name, version)| (name.to_string(), version.to_string())).collect(),
            stage: self.stage.name().to_string(),
            outcome: outcome.to_string(),
            cause,
            environment: RawEnvironment { python, platform, system, cpu, gpu },
            date: instant(self.at, self.fraction),
            source: self.source.clone(),
            figures: self.figures.iter().map(figure).collect(),
            output: self.output.clone(),
            note: self.note.clone(),
        };
        // Texts and finite numbers only: this does not fail.
        serde_json::to_string(&raw).unwrap_or_default()
    }

    /// Reads a line. `now` is in seconds since the Unix epoch: what was observed later than a day after it is refused.
    ///
    /// # Errors
    /// What is wrong with it, as a clause.
    pub fn from_line(line: &str, now: i64) -> Result<Self, String> {
        if line.len() > LONGEST {
            return Err(format!("it has {} bytes; at most {LONGEST} are read", line.len()));
        }
        let raw: Raw = serde_json::from_str(line).map_err(|error| format!("it is no observation: {error}"))?;
        Self::from_raw(raw, now)
    }

    fn from_raw(raw: Raw, now: i64) -> Result<Self, String> {
        let outcome = match (raw.outcome.as_str(), raw.cause.as_deref()) {
            ("ok", None) => Outcome::Ok,
            ("ok", Some(_)) => return Err("its `outcome` is ok, and it has a `cause`".to_string()),
            ("failed", cause) => Outcome::Failed(cause.map_or(Ok(Cause::Unknown), str::parse)?),
            (other, _) => return Err(format!("`outcome` is ok or failed, not `{}`", one_line(other, 40))),
        };
        if raw.figures.len() > MOST_FIGURES {
            return Err(format!("it has {} figures; at most {MOST_FIGURES} are read", raw.figures.len()));
        }
        let (at, fraction) = date(&raw.date, now)?;
        let RawEnvironment { python, platform, system, cpu, gpu } = raw.environment;
        Ok(Self {
            stack: stack(raw.stack)?,
            stage: raw.stage.parse()?,
            outcome,
            environment: Environment {
                python: word("python", python)?,
                platform: word("platform", platform)?,
                system: word("system", system)?,
                cpu: word("cpu", cpu)?,
                gpu: word("gpu", gpu)?,
            },
            at,
            fraction,
            source: one_line(&raw.source, WORD),
            figures: raw.figures.into_iter().map(Figure::from_raw).collect::<Result<_, _>>()?,
            output: tail(&raw.output),
            note: one_line(&raw.note, NOTE),
        })
    }
}

impl Figure {
    /// A figure whose parts are within their limits.
    ///
    /// # Errors
    /// What is wrong with it, as a clause.
    pub fn new(name: &str, package: Option<PackageName>, rate: f64, unit: &str) -> Result<Self, String> {
        let name = one_line(name, WORD);
        if name.is_empty() {
            return Err("a figure has no name".to_string());
        }
        if !rate.is_finite() || rate <= 0.0 {
            return Err(format!("the rate of `{name}` is {rate}; it has to be a number above zero"));
        }
        Ok(Self { name, package, rate, unit: one_line(unit, WORD) })
    }

    fn from_raw(raw: RawFigure) -> Result<Self, String> {
        let package = raw.package.map(|name| package(&name)).transpose()?;
        Self::new(&raw.name, package, raw.rate, &raw.unit)
    }
}

fn stack(raw: BTreeMap<String, String>) -> Result<BTreeMap<PackageName, Version>, String> {
    if raw.is_empty() {
        return Err("its `stack` has no release".to_string());
    }
    if raw.len() > MOST_RELEASES {
        return Err(format!("its `stack` has {} releases; at most {MOST_RELEASES} are read", raw.len()));
    }
    let mut stack = BTreeMap::new();
    for (name, version) in raw {
        let package = package(&name)?;
        let version: Version =
            version.parse().map_err(|_| format!("`{}` is no version of `{package}`", one_line(&version, 60)))?;
        if stack.insert(package.clone(), version).is_some() {
            return Err(format!("its `stack` names `{package}` twice"));
        }
    }
    Ok(stack)
}

fn package(name: &str) -> Result<PackageName, String> {
    name.parse().map_err(|_| format!("`{}` is no name of a package", one_line(name, 60)))
}

fn word(field: &str, text: Option<String>) -> Result<Option<String>, String> {
    let Some(text) = text else { return Ok(None) };
    let kept = one_line(&text, WORD);
    if kept != text || kept.is_empty() {
        return Err(format!("`{field}` of its environment is not one line of 1 to {WORD} characters"));
    }
    Ok(Some(kept))
}

/// A time as it is written: without a fraction where it is the beginning of a second.
fn instant(at: i64, fraction: u32) -> String {
    let microseconds = at.saturating_mul(1_000_000).saturating_add(fraction.into());
    Timestamp::from_microsecond(microseconds).map(|at| at.to_string()).unwrap_or_default()
}

/// Seconds since the Unix epoch, and how far into the last one, in microseconds.
fn date(text: &str, now: i64) -> Result<(i64, u32), String> {
    let shown = || one_line(text, 60);
    let microseconds = microseconds(text)
        .ok_or_else(|| format!("`date` is a time such as 2026-01-31T12:00:00Z, not `{}`", shown()))?;
    let seconds = microseconds.div_euclid(1_000_000);
    match seconds {
        ..EARLIEST => Err(format!("its date, {}, is too long ago", shown())),
        _ if seconds > now.saturating_add(AHEAD) => Err(format!("its date, {}, is in the future", shown())),
        _ => Ok((seconds, u32::try_from(microseconds.rem_euclid(1_000_000)).unwrap_or_default())),
    }
}

/// The end of a longer text, as much as is kept of it; what a terminal would act on is left out.
pub fn tail(text: &str) -> String {
    let kept: String = text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t')).collect();
    let mut from = kept.len().saturating_sub(OUTPUT);
    while !kept.is_char_boundary(from) {
        from += 1;
    }
    kept[from..].to_string()
}
