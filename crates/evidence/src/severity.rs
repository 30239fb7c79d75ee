//! How bad a vulnerability is, from CVSS vectors or from a feed's word.
//!
//! What a severity costs in a decision is left to the policy, also for the ones nobody scored.

use std::{fmt, str::FromStr};

use cvss::Cvss;
use serde::{Deserialize, Serialize};

/// How bad a vulnerability is, as far as anybody said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Severity {
    /// A CVSS vector could be read.
    Scored(Score),
    /// No vector, but a word; the second is the record that says it.
    Label(Rating, String),
    /// Nobody said anything that can be read. This is not "harmless".
    #[default]
    Unscored,
}

/// The score of one CVSS vector. Ordered by preference: the newer CVSS, then the higher score.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Score {
    /// The CVSS version of the vector.
    pub version: CvssVersion,
    /// The base score in tenths, 0 to 100. Temporal, threat and environmental metrics are left out.
    pub tenths: u32,
    /// The vector as the record gives it.
    pub vector: String,
    /// The record that gives it.
    pub source: String,
}

/// A version of CVSS, the preferred last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum CvssVersion {
    /// CVSS 2.0.
    V20,
    /// CVSS 3.0.
    V30,
    /// CVSS 3.1.
    V31,
    /// CVSS 4.0.
    V40,
}

/// The qualitative scale of CVSS 3 and 4, mildest first; also what feeds write as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Rating {
    /// Score 0.0.
    None,
    /// 0.1 to 3.9.
    Low,
    /// 4.0 to 6.9; GitHub writes `MODERATE`.
    Medium,
    /// 7.0 to 8.9.
    High,
    /// 9.0 to 10.0.
    Critical,
}

/// Why a text is no severity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeverityError {
    /// Not a vector.
    #[error("`{0}` is not a CVSS vector: {1}")]
    Vector(String, String),
    /// Not a word of the scale.
    #[error("`{0}` is not a severity (LOW, MODERATE, HIGH or CRITICAL is expected)")]
    Rating(String),
}

impl Severity {
    /// The preferred of the scores, else the worst of the words.
    pub fn choose(scores: impl IntoIterator<Item = Score>, labels: impl IntoIterator<Item = (Rating, String)>) -> Self {
        if let Some(score) = scores.into_iter().max() {
            return Self::Scored(score);
        }
        labels.into_iter().max().map_or(Self::Unscored, |(rating, source)| Self::Label(rating, source))
    }

    /// The CVSS base score in tenths, 0 to 100, when there is a vector.
    pub fn score_tenths(&self) -> Option<u32> {
        match self {
            Self::Scored(score) => Some(score.tenths),
            Self::Label(..) | Self::Unscored => None,
        }
    }

    /// The vector the score comes from.
    pub fn vector(&self) -> Option<&str> {
        match self {
            Self::Scored(score) => Some(&score.vector),
            Self::Label(..) | Self::Unscored => None,
        }
    }

    /// The word for it, when anything is known.
    pub fn rating(&self) -> Option<Rating> {
        match self {
            Self::Scored(score) => Some(Rating::of(score.tenths)),
            Self::Label(rating, _) => Some(*rating),
            Self::Unscored => None,
        }
    }

    /// The record that says so.
    pub fn source(&self) -> Option<&str> {
        match self {
            Self::Scored(score) => Some(&score.source),
            Self::Label(_, source) => Some(source),
            Self::Unscored => None,
        }
    }

    /// A key for lists with the most severe first. Words count as the lowest score of their band, the unscored as medium;
    /// for order only.
    pub(crate) fn weight(&self) -> u32 {
        match self {
            Self::Scored(score) => score.tenths,
            Self::Label(rating, _) => rating.floor(),
            Self::Unscored => Rating::Medium.floor(),
        }
    }
}

impl Score {
    /// Scores a CVSS 2.0, 3.0, 3.1 or 4.0 vector by its base metrics.
    ///
    /// Blanks around it are tolerated, so are the parentheses that NVD put around CVSS 2 vectors.
    pub fn of_vector(vector: &str, source: &str) -> Result<Self, SeverityError> {
        let text = vector.trim().trim_start_matches('(').trim_end_matches(')');
        let shown = || packaging::text::one_line(vector, 80);
        if text.len() > 512 {
            return Err(SeverityError::Vector(shown(), "it is too long".to_string()));
        }
        let (version, base) = base_metrics(text).map_err(|reason| SeverityError::Vector(shown(), reason))?;
        let parsed = Cvss::from_str(&base).map_err(|error| SeverityError::Vector(shown(), error.to_string()))?;
        let tenths = (parsed.score() * 10.0).round().clamp(0.0, 100.0);
        // In range by the clamp above.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let tenths = tenths as u32;
        Ok(Self { version, tenths, vector: text.to_string(), source: source.to_string() })
    }
}

/// The vector with its base metrics only, each exactly once, in the order of the specification.
fn base_metrics(text: &str) -> Result<(CvssVersion, String), String> {
    let (version, prefix, names): (_, _, &[&str]) = match text.split_once('/') {
        Some(("CVSS:4.0", _)) => {
            (CvssVersion::V40, Some("CVSS:4.0"), &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"])
        }
        Some(("CVSS:3.1", _)) => (CvssVersion::V31, Some("CVSS:3.1"), &["AV", "AC", "PR", "UI", "S", "C", "I", "A"]),
        Some(("CVSS:3.0", _)) => (CvssVersion::V30, Some("CVSS:3.0"), &["AV", "AC", "PR", "UI", "S", "C", "I", "A"]),
        Some((first, _)) if first.starts_with("CVSS:") && first != "CVSS:2.0" => {
            return Err(format!(
                "`{}` is not a version of CVSS that Thoth knows",
                packaging::text::one_line(first, 20)
            ));
        }
        _ => (CvssVersion::V20, None, &["AV", "AC", "Au", "C", "I", "A"]),
    };
    let mut parts: Vec<String> = prefix.map(str::to_string).into_iter().collect();
    for name in names {
        let mut values = text.split('/').filter_map(|part| part.split_once(':')).filter(|(metric, _)| metric == name);
        let (_, value) = values.next().ok_or_else(|| format!("the metric {name} is missing"))?;
        if values.next().is_some() {
            return Err(format!("the metric {name} is given twice"));
        }
        parts.push(format!("{name}:{value}"));
    }
    Ok((version, parts.join("/")))
}

impl Rating {
    /// The band of a score in tenths.
    pub fn of(tenths: u32) -> Self {
        match tenths {
            0 => Self::None,
            1..40 => Self::Low,
            40..70 => Self::Medium,
            70..90 => Self::High,
            _ => Self::Critical,
        }
    }

    fn floor(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Low => 1,
            Self::Medium => 40,
            Self::High => 70,
            Self::Critical => 90,
        }
    }
}

impl FromStr for Rating {
    type Err = SeverityError;

    fn from_str(word: &str) -> Result<Self, SeverityError> {
        match word.trim().to_ascii_lowercase().as_str() {
            "none" => Ok(Self::None),
            "low" => Ok(Self::Low),
            "medium" | "moderate" => Ok(Self::Medium),
            "high" => Ok(Self::High),
            "critical" => Ok(Self::Critical),
            _ => Err(SeverityError::Rating(packaging::text::one_line(word, 40))),
        }
    }
}

impl fmt::Display for Rating {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

impl fmt::Display for CvssVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V20 => "2.0",
            Self::V30 => "3.0",
            Self::V31 => "3.1",
            Self::V40 => "4.0",
        })
    }
}

impl fmt::Display for Severity {
    /// Prints `critical (CVSS 3.1 9.8)`, `high`, or `not scored`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scored(score) => {
                let rating = Rating::of(score.tenths);
                write!(f, "{rating} (CVSS {} {}.{})", score.version, score.tenths / 10, score.tenths % 10)
            }
            Self::Label(rating, _) => rating.fmt(f),
            Self::Unscored => f.write_str("not scored"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tenths(vector: &str) -> u32 {
        Score::of_vector(vector, "X-1").unwrap().tenths
    }

    #[test]
    fn every_version_of_cvss_is_scored() {
        assert_eq!(tenths("AV:N/AC:L/Au:N/C:P/I:P/A:P"), 75);
        assert_eq!(tenths("(AV:N/AC:L/Au:N/C:P/I:P/A:P)"), 75);
        assert_eq!(tenths("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N"), 61);
        assert_eq!(tenths("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"), 98);
        assert_eq!(tenths("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"), 93);
        assert_eq!(tenths("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"), 0);
    }

    #[test]
    fn metrics_beyond_the_base_do_not_lower_the_score() {
        assert_eq!(tenths("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U"), 98);
        assert_eq!(tenths("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U"), 93);
    }

    #[test]
    fn a_broken_vector_is_an_error_and_not_a_zero() {
        for vector in ["", "7.5", "CVSS:5.0/AV:N", "CVSS:3.1/AV:N/AC:L", "CVSS:3.1/AV:Z/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]
        {
            assert!(Score::of_vector(vector, "X-1").is_err(), "{vector}");
        }
        assert!(Score::of_vector(&"AV:N/".repeat(10_000), "X-1").is_err());
        assert!(Score::of_vector("CVSS:3.1/AV:N/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "X-1").is_err());
    }

    #[test]
    fn a_newer_cvss_is_preferred_and_among_equals_the_higher_score() {
        let low = Score::of_vector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N", "A-1").unwrap();
        let high = Score::of_vector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "B-1").unwrap();
        let older = Score::of_vector("AV:N/AC:L/Au:N/C:C/I:C/A:C", "C-1").unwrap();
        let label = (Rating::Critical, "D-1".to_string());
        let chosen = Severity::choose([low, high.clone(), older], [label.clone()]);
        assert_eq!(chosen, Severity::Scored(high));
        assert_eq!(chosen.to_string(), "critical (CVSS 3.1 9.8)");
        assert_eq!(Severity::choose([], [(Rating::Low, "E-1".to_string()), label]).to_string(), "critical");
        assert_eq!(Severity::choose([], []), Severity::Unscored);
    }

    proptest! {
        #[test]
        fn no_vector_panics(text in "(CVSS:[234]\\.[01]/)?([A-Z]{1,3}:[A-Z]/){0,14}[A-Z]{1,2}:[A-Z]") {
            if let Ok(score) = Score::of_vector(&text, "X-1") {
                prop_assert!(score.tenths <= 100);
            }
        }

        #[test]
        fn every_valid_base_vector_of_cvss_4_is_scored(pick in proptest::collection::vec(0_usize..12, 11)) {
            let metrics: [(&str, &[&str]); 11] = [
                ("AV", &["N", "A", "L", "P"]), ("AC", &["L", "H"]), ("AT", &["N", "P"]), ("PR", &["N", "L", "H"]),
                ("UI", &["N", "P", "A"]), ("VC", &["H", "L", "N"]), ("VI", &["H", "L", "N"]), ("VA", &["H", "L", "N"]),
                ("SC", &["H", "L", "N"]), ("SI", &["H", "L", "N"]), ("SA", &["H", "L", "N"]),
            ];
            let parts: Vec<String> =
                metrics.iter().zip(&pick).map(|((name, values), pick)| format!("{name}:{}", values[pick % values.len()])).collect();
            let vector = format!("CVSS:4.0/{}", parts.join("/"));
            prop_assert!(Score::of_vector(&vector, "X-1").is_ok());
        }
    }
}
