//! Why settings could not be settled.

use std::{io, path::PathBuf};

use packaging::Origin;

/// A setting or a file of settings that cannot be used; always exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file is there but cannot be read.
    #[error("read the configuration file {}: {source} (--no-config leaves out all such files)", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file the user named is not there.
    #[error("{said}: there is no file {}", path.display())]
    Missing {
        /// The flag or variable that named it.
        said: String,
        /// The file.
        path: PathBuf,
    },
    /// A file is not TOML.
    #[error("{origin}: not valid TOML: {message} (--no-config leaves out all such files)")]
    Syntax {
        /// File and line.
        origin: Origin,
        /// What the parser met.
        message: String,
    },
    /// A key holds another type of value.
    #[error("{origin}: takes {expected}, not {found}")]
    Type {
        /// File, line and key.
        origin: Origin,
        /// What the key takes.
        expected: &'static str,
        /// What it holds.
        found: String,
    },
    /// The environments of a project cannot be used.
    #[error("{0}")]
    Environments(packaging::environments::EnvironmentsError),
    /// A value means nothing, or contradicts another.
    #[error("{origin}: {message}")]
    Value {
        /// The place of the value.
        origin: Origin,
        /// What is wrong with it and what would be right.
        message: String,
    },
}

impl SettingsError {
    /// A value that cannot be used; credentials in the message are masked.
    pub(crate) fn value(origin: &Origin, message: impl Into<String>) -> Self {
        Self::Value { origin: origin.clone(), message: masked(&message.into()) }
    }
}

/// A text as it may be shown: in each of its words, what looks like credentials before an `@` is replaced by `****`.
///
/// For texts that are not (yet) URLs; a parsed one masks itself. Rather too much is masked than too little.
pub(crate) fn masked(text: &str) -> String {
    let ends_word = |letter: char| letter.is_whitespace() || "`'\"<>".contains(letter);
    text.split_inclusive(ends_word).map(masked_word).collect()
}

fn masked_word(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else {
        let split = word.rsplit_once('@').filter(|(before, _)| before.contains(':'));
        return split.map_or_else(|| word.to_owned(), |(_, host)| format!("****@{host}"));
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    // A password with a slash in it moves the end of what looks like the authority; a port is all digits.
    let cut_short = authority.rsplit_once(':').is_some_and(|(_, port)| !port.bytes().all(|byte| byte.is_ascii_digit()));
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://****@{host}{tail}"),
        None if cut_short => {
            rest.rsplit_once('@').map_or_else(|| word.to_owned(), |(_, host)| format!("{scheme}://****@{host}"))
        }
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn credentials_in_a_text_are_masked() {
        for (text, shown) in [
            ("https://user:secret@index.example/simple", "https://****@index.example/simple"),
            ("corp=https://token@index.example:8080/", "corp=https://****@index.example:8080/"),
            ("https://user:sec/ret@index.example/simple", "https://****@index.example/simple"),
            ("https://user:se@cret@index.example", "https://****@index.example"),
            ("https://index.example/a@b", "https://index.example/a@b"),
            ("a://x:y@h b://z@h", "a://****@h b://****@h"),
            ("`user:secret@index.example/simple` is no URL", "`****@index.example/simple` is no URL"),
            ("./user:secret@index.example/simple", "****@index.example/simple"),
            ("https://index.example:8080/a@b", "https://index.example:8080/a@b"),
            ("no url", "no url"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}
