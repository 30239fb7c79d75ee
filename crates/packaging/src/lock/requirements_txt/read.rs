//! Reads the pins of a requirements file.

use crate::{
    Digest, Operator, Origin, Requirement, Wanted,
    lock::{Lock, LockedFile, LockedPackage, LockedSource, Note, ReadError, Reading, bounds, credentials, reading},
};

/// Reads the pins of a requirements file (`name==version`, `name @ url`) with their hashes and `# via` comments; `file` is
/// how messages name it.
///
/// Everything else is told in the notes: a range is not a lock, and an included file is not opened.
pub fn read(text: &str, file: &str) -> Result<Reading, ReadError> {
    let text = bounds::text(text, file)?;
    let mut reader = Reader { file, packages: Vec::new(), notes: Vec::new(), after_via: false };
    let mut lines = (1_u32..).zip(text.lines());
    while let Some((number, first)) = lines.next() {
        let mut whole = first.to_string();
        // A comment has no continuation, as in pip.
        while !whole.trim_start().starts_with('#') && whole.trim_end_matches('\r').ends_with('\\') {
            whole.truncate(whole.trim_end_matches('\r').len().saturating_sub(1));
            let Some((_, next)) = lines.next() else { break };
            whole.push(' ');
            whole.push_str(next.trim_start());
        }
        reader.line(number, &whole);
        if reader.packages.len() > bounds::PACKAGES {
            return Err(ReadError::TooMany { file: file.to_string(), limit: bounds::PACKAGES });
        }
    }
    let Reader { mut packages, notes, .. } = reader;
    reading::derive_dependencies(&mut packages);
    reading::sort(&mut packages);
    Ok(Reading { lock: Lock { packages, ..Lock::default() }, notes })
}

struct Reader<'a> {
    file: &'a str,
    packages: Vec<LockedPackage>,
    notes: Vec<Note>,
    /// The comments that follow belong to the last package.
    after_via: bool,
}

impl Reader<'_> {
    fn line(&mut self, number: u32, line: &str) {
        let (content, comment) = split_comment(line);
        let content = content.trim();
        if !content.is_empty() {
            self.after_via = false;
            self.requirement(number, content);
        }
        match comment {
            Some(comment) => self.comment(comment.trim()),
            None => self.after_via = false,
        }
    }

    fn comment(&mut self, comment: &str) {
        let named = match comment.strip_prefix("via") {
            Some(rest) if rest.is_empty() || rest.starts_with(char::is_whitespace) => {
                self.after_via = true;
                rest.trim()
            }
            _ if self.after_via => comment,
            _ => return,
        };
        let Some(package) = self.packages.last_mut() else { return };
        let room = bounds::FILES.saturating_sub(package.via.len());
        package.via.extend(named.split(',').map(str::trim).filter(|via| !via.is_empty()).take(room).map(bounds::plain));
    }

    fn requirement(&mut self, number: u32, content: &str) {
        // Comments after a line that is left out are not about the package before it.
        let option = content.split_whitespace().next().filter(|word| word.starts_with('-'));
        if let Some(option) = option {
            let option = bounds::plain(option.split('=').next().unwrap_or(option));
            let named = || content.split_whitespace().nth(1).map(|named| bounds::plain(&credentials::scrubbed(named)));
            let left_out = match option.as_str() {
                "-e" | "--editable" | "-r" | "--requirement" => Some(named().unwrap_or_else(|| option.clone())),
                _ => None,
            };
            let why = match option.as_str() {
                "-e" | "--editable" => "an editable requirement is not a pin",
                "-r" | "--requirement" => "an included file is not read as a part of the lock",
                _ => "options are not a part of the lock",
            };
            return self.note(number, format!("`{option}` was ignored: {why}"), left_out);
        }
        let (requirement, options) = split_options(content);
        match self.pin(number, requirement.trim(), options) {
            Ok(package) => self.packages.push(package),
            Err(why) => {
                let name = shown_name(requirement);
                self.note(number, format!("`{name}` was left out: {why}"), Some(name.clone()));
            }
        }
    }

    fn pin(&mut self, number: u32, requirement: &str, options: &str) -> Result<LockedPackage, String> {
        let requirement = bounds::requirement(requirement).map_err(|why| credentials::scrubbed(&why))?;
        let digests = self.hashes(number, options);
        let Requirement { name, extras, wanted, marker } = requirement;
        let (version, source, files) = match wanted {
            Wanted::Versions(specifiers) => {
                let mut pins = specifiers.iter();
                let version = match (pins.next(), pins.next()) {
                    (Some(pin), None) if matches!(pin.operator(), Operator::Equal | Operator::ExactEqual) => {
                        pin.version().clone()
                    }
                    _ => return Err("only `==` with a full version is a pin; resolve it first".to_string()),
                };
                let files = digests.into_iter().map(|digest| nameless(vec![digest])).collect();
                (Some(version), LockedSource::Index(None), files)
            }
            Wanted::Url(url) if !matches!(url.scheme(), "https" | "http") => {
                return Err("it is locked to a checkout or a local file, which has no released files".to_string());
            }
            Wanted::Url(url) => {
                let in_fragment = url.fragment().and_then(|fragment| fragment.split('&').find_map(|f| f.parse().ok()));
                let url = credentials::bare(&url);
                let filename = credentials::filename(&url);
                let mut bare = url.clone();
                bare.set_fragment(None);
                let mut digests: Vec<Digest> = digests.into_iter().chain(in_fragment).collect();
                digests.sort();
                digests.dedup();
                let kind = Some(reading::kind_of_name(&filename));
                let version = reading::version_of_wheel(&filename, &name);
                let file = LockedFile { filename, url: Some(bare), kind, digests, ..nameless(Vec::new()) };
                (version, LockedSource::Archive(url), vec![file])
            }
        };
        Ok(LockedPackage {
            name,
            version,
            source,
            files,
            marker: (!marker.is_true()).then_some(marker),
            requires_python: None,
            dependencies: Vec::new(),
            via: Vec::new(),
            extras,
        })
    }

    fn hashes(&mut self, number: u32, options: &str) -> Vec<Digest> {
        let mut digests: Vec<Digest> = Vec::new();
        let mut words = options.split_whitespace();
        while let Some(word) = words.next() {
            let hash = match word.split_once('=') {
                Some(("--hash", hash)) => hash,
                _ if word == "--hash" => words.next().unwrap_or_default(),
                _ => {
                    let option = bounds::plain(word.split('=').next().unwrap_or(word));
                    self.note(number, format!("`{}` was ignored", credentials::scrubbed(&option)), None);
                    continue;
                }
            };
            match bounds::digest(hash) {
                Ok(digest) if digests.len() < bounds::FILES => digests.push(digest),
                Ok(_) => {}
                Err(why) => self.note(number, format!("a hash was ignored: {why}"), None),
            }
        }
        digests.sort();
        digests.dedup();
        digests
    }

    fn note(&mut self, number: u32, message: String, left_out: Option<String>) {
        self.notes.push(Note { origin: Origin::line(self.file, number), message, left_out });
    }
}

/// The package that a line which is no pin seems to be about: its name, or else its first word.
fn shown_name(requirement: &str) -> String {
    let end = requirement.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_'));
    let name = end.map_or(requirement, |end| requirement.get(..end).unwrap_or_default());
    let word = match bounds::name(name) {
        // `https://…` begins with what could be a name.
        Ok(_) if !requirement.get(name.len()..).is_some_and(|rest| rest.starts_with("://")) => name,
        _ => requirement.split_whitespace().next().unwrap_or("?"),
    };
    bounds::plain(&credentials::scrubbed(word))
}

/// A file of which only hashes are known.
pub(in crate::lock) fn nameless(digests: Vec<Digest>) -> LockedFile {
    LockedFile { filename: String::new(), url: None, kind: None, size: None, upload_time: None, digests }
}

/// A comment begins at the start of a line or after white space, as in pip: `#` in a URL begins a fragment.
fn split_comment(line: &str) -> (&str, Option<&str>) {
    let mut space_before = true;
    for (offset, c) in line.char_indices() {
        if c == '#' && space_before {
            let (content, comment) = line.split_at(offset);
            return (content, comment.strip_prefix('#'));
        }
        space_before = c.is_whitespace();
    }
    (line, None)
}

/// Options begin at the first word that starts with `--`.
fn split_options(content: &str) -> (&str, &str) {
    match content
        .match_indices("--")
        .find(|(offset, _)| content.get(..*offset).is_some_and(|before| before.ends_with(char::is_whitespace)))
    {
        Some((offset, _)) => content.split_at(offset),
        None => (content, ""),
    }
}
