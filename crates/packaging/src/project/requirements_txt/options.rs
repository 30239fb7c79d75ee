//! The options of a requirements file: words, names, values.
//!
//! Words are split as `shlex.split` does and options read as `optparse` does, which is what pip uses.

use crate::project::{
    declaration::masked,
    error::{Fault, excerpt},
};

/// An option with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    Requirements(String),
    Constraints(String),
    Editable(String),
    IndexUrl(String),
    ExtraIndexUrl(String),
    FindLinks(String),
    NoBinary(String),
    OnlyBinary(String),
    TrustedHost(String),
    UseFeature(String),
    Hash(String),
    /// An option that only a build would read, by its name.
    Build(&'static str),
    Switch(Switch),
}

/// An option without a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Switch {
    NoIndex,
    PreferBinary,
    RequireHashes,
    Pre,
}

impl Setting {
    /// The option's usual name.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Requirements(_) => "--requirement",
            Self::Constraints(_) => "--constraint",
            Self::Editable(_) => "--editable",
            Self::IndexUrl(_) => "--index-url",
            Self::ExtraIndexUrl(_) => "--extra-index-url",
            Self::FindLinks(_) => "--find-links",
            Self::NoBinary(_) => "--no-binary",
            Self::OnlyBinary(_) => "--only-binary",
            Self::TrustedHost(_) => "--trusted-host",
            Self::UseFeature(_) => "--use-feature",
            Self::Hash(_) => "--hash",
            Self::Build(name) => name,
            Self::Switch(Switch::NoIndex) => "--no-index",
            Self::Switch(Switch::PreferBinary) => "--prefer-binary",
            Self::Switch(Switch::RequireHashes) => "--require-hashes",
            Self::Switch(Switch::Pre) => "--pre",
        }
    }
}

enum Shape {
    Value(fn(String) -> Setting),
    Switch(Switch),
}

static LONG: [(&str, Shape); 20] = [
    ("--requirement", Shape::Value(Setting::Requirements)),
    ("--constraint", Shape::Value(Setting::Constraints)),
    ("--editable", Shape::Value(Setting::Editable)),
    ("--index-url", Shape::Value(Setting::IndexUrl)),
    ("--pypi-url", Shape::Value(Setting::IndexUrl)),
    ("--extra-index-url", Shape::Value(Setting::ExtraIndexUrl)),
    ("--find-links", Shape::Value(Setting::FindLinks)),
    ("--no-binary", Shape::Value(Setting::NoBinary)),
    ("--only-binary", Shape::Value(Setting::OnlyBinary)),
    ("--trusted-host", Shape::Value(Setting::TrustedHost)),
    ("--use-feature", Shape::Value(Setting::UseFeature)),
    ("--hash", Shape::Value(Setting::Hash)),
    ("--global-option", Shape::Value(|_| Setting::Build("--global-option"))),
    ("--install-option", Shape::Value(|_| Setting::Build("--install-option"))),
    ("--config-settings", Shape::Value(|_| Setting::Build("--config-settings"))),
    ("--config-setting", Shape::Value(|_| Setting::Build("--config-settings"))),
    ("--no-index", Shape::Switch(Switch::NoIndex)),
    ("--prefer-binary", Shape::Switch(Switch::PreferBinary)),
    ("--require-hashes", Shape::Switch(Switch::RequireHashes)),
    ("--pre", Shape::Switch(Switch::Pre)),
];

static SHORT: [(char, Shape); 6] = [
    ('r', Shape::Value(Setting::Requirements)),
    ('c', Shape::Value(Setting::Constraints)),
    ('e', Shape::Value(Setting::Editable)),
    ('i', Shape::Value(Setting::IndexUrl)),
    ('f', Shape::Value(Setting::FindLinks)),
    ('C', Shape::Value(|_| Setting::Build("--config-settings"))),
];

/// Reads the options of a line.
pub(super) fn parse(text: &str) -> Result<Vec<Setting>, Fault> {
    let mut words = split(text)?.into_iter();
    let mut settings = Vec::new();
    while let Some(word) = words.next() {
        if word.starts_with("--") {
            let (name, value) = match word.split_once('=') {
                Some((name, value)) => (name.to_string(), Some(value.to_string())),
                None => (word, None),
            };
            let (name, shape) = long(&name)?;
            settings.push(setting(name, shape, value, &mut words)?);
        } else if let Some(rest) = word.strip_prefix('-') {
            let mut letters = rest.chars();
            let letter = letters.next();
            let Some((letter, shape)) = SHORT.iter().find(|(short, _)| Some(*short) == letter) else {
                return Err(Fault::UnknownOption(excerpt(&word)));
            };
            let value = Some(letters.as_str().to_string()).filter(|value| !value.is_empty());
            settings.push(setting(&format!("-{letter}"), shape, value, &mut words)?);
        } else {
            return Err(Fault::AfterOption(masked(&word)));
        }
    }
    Ok(settings)
}

fn setting(
    name: &str,
    shape: &Shape,
    value: Option<String>,
    words: &mut impl Iterator<Item = String>,
) -> Result<Setting, Fault> {
    let wrong = |reason: &str| Fault::Option { option: name.to_string(), reason: reason.to_string() };
    match (shape, value) {
        (Shape::Value(make), Some(value)) => Ok(make(value)),
        (Shape::Value(make), None) => words.next().map(make).ok_or_else(|| wrong("needs a value")),
        (Shape::Switch(switch), None) => Ok(Setting::Switch(*switch)),
        (Shape::Switch(_), Some(_)) => Err(wrong("takes no value")),
    }
    .and_then(|setting| match &setting {
        Setting::Build(_) | Setting::Switch(_) => Ok(setting),
        Setting::Requirements(value)
        | Setting::Constraints(value)
        | Setting::Editable(value)
        | Setting::IndexUrl(value)
        | Setting::ExtraIndexUrl(value)
        | Setting::FindLinks(value)
        | Setting::NoBinary(value)
        | Setting::OnlyBinary(value)
        | Setting::TrustedHost(value)
        | Setting::UseFeature(value)
        | Setting::Hash(value) => {
            let value = value.trim();
            if value.is_empty() || value.starts_with('-') { Err(wrong("needs a value")) } else { Ok(setting) }
        }
    })
}

/// A long option by its name or by a start that no other has.
fn long(name: &str) -> Result<(&'static str, &'static Shape), Fault> {
    if let Some((name, shape)) = LONG.iter().find(|(known, _)| *known == name) {
        return Ok((name, shape));
    }
    let mut candidates = LONG.iter().filter(|(known, _)| name.len() > 2 && known.starts_with(name));
    match (candidates.next(), candidates.next()) {
        (Some((name, shape)), None) => Ok((name, shape)),
        (None, _) => Err(Fault::UnknownOption(excerpt(name))),
        (Some((first, _)), Some((second, _))) => {
            let rest = candidates.map(|(name, _)| *name);
            Err(Fault::AmbiguousOption {
                option: excerpt(name),
                candidates: [*first, *second].into_iter().chain(rest).collect(),
            })
        }
    }
}

/// Splits into words as a POSIX shell does: quotes, and `\` before a letter.
fn split(text: &str) -> Result<Vec<String>, Fault> {
    let wrong = |reason| Fault::Quotes { options: masked(text), reason };
    let (mut words, mut word): (Vec<String>, Option<String>) = (Vec::new(), None);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => {
                let next = letters.next().ok_or_else(|| wrong("nothing follows the `\\`"))?;
                word.get_or_insert_default().push(next);
            }
            '\'' | '"' => quoted(letter, &mut letters, word.get_or_insert_default())
                .ok_or_else(|| wrong("a quote does not end"))?,
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Ok(words)
}

/// Reads up to the closing quote; `None` if there is none.
fn quoted(quote: char, letters: &mut std::str::Chars<'_>, word: &mut String) -> Option<()> {
    loop {
        match letters.next()? {
            letter if letter == quote => return Some(()),
            '\\' if quote == '"' => {
                let next = letters.next()?;
                if !matches!(next, '"' | '\\') {
                    word.push('\\');
                }
                word.push(next);
            }
            letter => word.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_follow_an_equals_sign_or_a_blank_or_the_letter() {
        let expected = [Setting::IndexUrl("https://a.example/".into())];
        for text in [
            "--index-url=https://a.example/",
            "--index-url  https://a.example/",
            "-i https://a.example/",
            "-ihttps://a.example/",
            "--pypi-url 'https://a.example/'",
            "--index=https://a.example/",
        ] {
            assert_eq!(parse(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn words_are_split_as_a_shell_does() {
        assert_eq!(split(r#"a 'b c' "d \" \e" f\ g ''"#).unwrap(), ["a", "b c", "d \" \\e", "f g", ""]);
        assert!(split("'a").is_err());
        assert!(split("a\\").is_err());
    }

    #[test]
    fn an_unknown_or_ambiguous_or_incomplete_option_is_an_error() {
        let error = |text: &str| parse(text).unwrap_err().to_string();
        assert_eq!(error("--upgrade"), "`--upgrade` is not an option of requirements files");
        assert_eq!(error("-U"), "`-U` is not an option of requirements files");
        assert_eq!(error("--no"), "`--no` may be --no-binary or --no-index");
        assert_eq!(error("-r"), "`-r` needs a value");
        assert_eq!(error("--no-binary --pre"), "`--no-binary` needs a value");
        assert_eq!(error("--pre=yes"), "`--pre` takes no value");
        assert_eq!(error("--pre flask"), "`flask` stands after an option, where pip ignores it");
    }
}
