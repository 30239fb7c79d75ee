//! PEP 508 requirements.

use std::{fmt, str::FromStr};

use url::Url;
use uv_normalize::{ExtraName, PackageName};
use uv_pep440::VersionSpecifiers;
use uv_pep508::{MarkerEnvironment, MarkerTree, VersionOrUrl};

use crate::marker::{Excess, bounded, printable};

/// What a requirement accepts of the package it names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// Releases of an index within these specifiers; none at all means any.
    Versions(VersionSpecifiers),
    /// The one archive behind this URL (PEP 440 direct reference). May carry credentials: show it with [`redacted`].
    Url(Url),
}

/// One PEP 508 requirement: `name[extras] specifiers ; marker` or `name[extras] @ url ; marker`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    /// The package it is about.
    pub name: PackageName,
    /// The extras asked for, as written.
    pub extras: Vec<ExtraName>,
    /// The releases it accepts.
    pub wanted: Wanted,
    /// When it applies; a decision diagram, so it prints in a normal form and not as written.
    pub marker: MarkerTree,
}

/// Why a text is not a requirement, or not a marker.
#[derive(Debug, thiserror::Error)]
pub enum RequirementError {
    /// The parser's sentence, with the place marked under the text.
    #[error("{0}")]
    Syntax(String),
    /// It would cost more than any real one to read.
    #[error(transparent)]
    Excess(#[from] Excess),
}

impl Requirement {
    /// Whether it applies in `environment` when exactly `extras` of the requiring package are active.
    pub fn applies(&self, environment: &MarkerEnvironment, extras: &[ExtraName]) -> bool {
        self.marker.evaluate(environment, extras)
    }

    /// The version specifiers; none for a URL.
    pub fn specifiers(&self) -> Option<&VersionSpecifiers> {
        match &self.wanted {
            Wanted::Versions(specifiers) => Some(specifiers),
            Wanted::Url(_) => None,
        }
    }
}

impl FromStr for Requirement {
    type Err = RequirementError;

    /// Reads PEP 508 text within the bounds of [`crate::marker`].
    fn from_str(text: &str) -> Result<Self, RequirementError> {
        bounded(text)?;
        let parsed = uv_pep508::Requirement::<Url>::from_str(text);
        let parsed = parsed.map_err(|error| RequirementError::Syntax(error.to_string()))?;
        printable(parsed.marker)?;
        let wanted = match parsed.version_or_url {
            None => Wanted::Versions(VersionSpecifiers::empty()),
            Some(VersionOrUrl::VersionSpecifier(specifiers)) => Wanted::Versions(specifiers),
            Some(VersionOrUrl::Url(url)) => Wanted::Url(url),
        };
        Ok(Self { name: parsed.name, extras: parsed.extras.into_vec(), wanted, marker: parsed.marker })
    }
}

impl fmt::Display for Requirement {
    /// Prints PEP 508 text, with credentials in a URL masked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if !self.extras.is_empty() {
            let extras: Vec<&str> = self.extras.iter().map(AsRef::as_ref).collect();
            write!(f, "[{}]", extras.join(","))?;
        }
        match &self.wanted {
            Wanted::Versions(specifiers) => {
                let parts: Vec<String> = specifiers.iter().map(ToString::to_string).collect();
                f.write_str(&parts.join(","))?;
            }
            Wanted::Url(url) => write!(f, " @ {}", redacted(url))?,
        }
        if let Some(marker) = self.marker.try_to_string() {
            write!(f, " ; {marker}")?;
        }
        Ok(())
    }
}

/// A URL as it may be shown: user name and password are replaced by `****`.
pub fn redacted(url: &Url) -> String {
    let mut shown = url.clone();
    if shown.password().is_some() {
        let _ = shown.set_password(Some("****"));
    } else if !shown.username().is_empty() {
        let _ = shown.set_username("****");
    }
    shown.to_string()
}

/// A URL as it may be written to a lock: without any credentials.
pub fn without_credentials(url: &Url) -> Url {
    let mut bare = url.clone();
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_survives_the_round_trip() {
        for text in
            ["flask", "requests[security,socks]>=2.8.1,!=2.9.*", "pip @ https://index.example/pip-1.0-py3-none-any.whl"]
        {
            let requirement: Requirement = text.parse().unwrap();
            assert_eq!(requirement.to_string(), text);
            assert_eq!(requirement.to_string().parse::<Requirement>().unwrap(), requirement);
        }
    }

    #[test]
    fn credentials_are_never_printed() {
        let requirement: Requirement = "a @ https://user:secret@index.example/a-1-py3-none-any.whl".parse().unwrap();
        assert!(!requirement.to_string().contains("secret"));
        let token = Url::parse("https://token@index.example/").unwrap();
        assert!(!redacted(&token).contains("token"));
        assert_eq!(without_credentials(&token).as_str(), "https://index.example/");
    }

    #[test]
    fn a_broken_requirement_shows_the_place() {
        let error = "flask >> 1".parse::<Requirement>().unwrap_err().to_string();
        assert!(error.contains('^'), "{error}");
    }
}
