//! Requirements files, as pip documents and reads them.
//!
//! Splitting a file into logical lines is in `lines`, the words of options in `options`; here lines take effect. Reading
//! other files is the caller's, by [`Files`].

mod lines;
mod options;

use std::str::FromStr;

use lines::logical_lines;
use options::{Setting, Switch};

use super::{
    Declaration, Files, Kind,
    declaration::{self, masked},
    error::{Fault, reason},
    read::{MOST_OPTIONS, Reading, too_large},
};
use crate::{Digest, Origin, Url};

/// How many files may include one another in a chain.
const DEEPEST: usize = 32;
/// How many files one project may include.
const MOST_FILES: usize = 500;

/// Reads a requirements file and all it refers to into `reading`.
pub(super) fn read(
    reading: &mut Reading,
    kind: Kind,
    name: &str,
    text: &str,
    files: &dyn Files,
    variable: &dyn Fn(&str) -> Option<String>,
) {
    let mut reader = Reader { reading, files, variable, chain: vec![location_key(name)], done: Vec::new(), count: 0 };
    reader.read_text(kind, name, text);
}

struct Reader<'a> {
    reading: &'a mut Reading,
    files: &'a dyn Files,
    variable: &'a dyn Fn(&str) -> Option<String>,
    /// The files being read, outermost first, to see cycles.
    chain: Vec<String>,
    /// The files read to their end: a second time adds nothing.
    done: Vec<(Kind, String)>,
    count: usize,
}

impl Reader<'_> {
    fn read_text(&mut self, kind: Kind, name: &str, text: &str) {
        for (number, line) in logical_lines(text) {
            let origin = Origin::line(name, number);
            if self.reading.is_full(&origin) {
                return;
            }
            let (line, unset) = lines::expanded(&line, self.variable);
            for name in unset {
                self.reading.note(&origin, format!("`${{{name}}}` is not set and stays as it is"));
            }
            if let Err(fault) = self.read_line(kind, name, &line, &origin) {
                self.reading.fault(origin, fault);
            }
        }
    }

    fn read_line(&mut self, kind: Kind, name: &str, line: &str, origin: &Origin) -> Result<(), Fault> {
        let (requirement, words) = lines::split_options(line);
        let settings = options::parse(words)?;
        if requirement.is_empty() {
            for setting in settings {
                // One bad option of a line hides no other.
                if let Err(fault) = self.apply(kind, name, setting, origin) {
                    self.reading.fault(origin.clone(), fault);
                }
            }
            return Ok(());
        }
        self.require(kind, requirement, settings, origin)
    }

    /// A requirement with its own options.
    fn require(&mut self, kind: Kind, text: &str, settings: Vec<Setting>, origin: &Origin) -> Result<(), Fault> {
        let mut declared = declaration::line(text, origin.clone())?;
        for digest in &declared.hashes {
            if !digest.algorithm.is_strong() {
                let algorithm = digest.algorithm.name();
                self.reading
                    .note(origin, format!("the {algorithm} of the URL guards against accidents only; give its sha256"));
            }
        }
        for setting in settings {
            match setting {
                Setting::Hash(value) => declared.hashes.push(strong(&value)?),
                Setting::NoBinary(value) => self.apply_no_binary(&value)?,
                Setting::OnlyBinary(value) => self.apply_only_binary(&value)?,
                Setting::Build(option) => self.note_build(option, origin),
                Setting::Editable(value) => return Err(Fault::Editable(masked(&value))),
                Setting::Requirements(_) | Setting::Constraints(_) => {
                    return Err(Fault::Option {
                        option: setting.name().to_string(),
                        reason: "stands after a requirement, where pip ignores it; put it on its own line".to_string(),
                    });
                }
                other => {
                    let name = other.name();
                    self.reading.note(origin, format!("`{name}` stands after a requirement and is ignored, as by pip"));
                }
            }
        }
        declared.hashes.dedup();
        self.keep(kind, declared);
        Ok(())
    }

    fn keep(&mut self, kind: Kind, mut declared: Declaration) {
        let project = &mut self.reading.project;
        match kind {
            Kind::Constraints => {
                if !declared.requirement.extras.is_empty() {
                    declared.requirement.extras.clear();
                    let origin = declared.origin.clone();
                    self.reading.note(&origin, "extras have no meaning in a constraint and are ignored");
                }
                self.reading.project.constraints.push(declared);
            }
            Kind::Overrides => project.overrides.push(declared),
            _ => project.requirements.push(declared),
        }
    }

    /// An option on a line of its own.
    fn apply(&mut self, kind: Kind, name: &str, setting: Setting, origin: &Origin) -> Result<(), Fault> {
        let options = &mut self.reading.project.options;
        match setting {
            Setting::Requirements(path) => {
                // As for pip, `-r` in a constraints file brings requirements; in an overrides file, which pip does not
                // know, it brings overrides.
                let kind = if kind == Kind::Overrides { kind } else { Kind::Requirements };
                self.include(kind, name, &path, origin)?;
            }
            Setting::Constraints(path) => self.include(Kind::Constraints, name, &path, origin)?,
            Setting::Editable(value) => return Err(Fault::Editable(masked(&value))),
            Setting::IndexUrl(value) => options.index_url = Some((value, origin.clone())),
            Setting::ExtraIndexUrl(value) => options.extra_index_urls.push((value, origin.clone())),
            Setting::FindLinks(value) => options.find_links.push((value, origin.clone())),
            Setting::NoBinary(value) => self.apply_no_binary(&value)?,
            Setting::OnlyBinary(value) => self.apply_only_binary(&value)?,
            Setting::TrustedHost(value) => {
                if !options.trusted_hosts.contains(&value) {
                    options.trusted_hosts.push(value);
                }
            }
            Setting::Switch(Switch::NoIndex) => options.no_index = true,
            Setting::Switch(Switch::PreferBinary) => options.prefer_binary = true,
            Setting::Switch(Switch::RequireHashes) => options.require_hashes = true,
            Setting::Switch(Switch::Pre) => options.pre = true,
            Setting::UseFeature(value) => {
                self.reading.note(origin, format!("`--use-feature={}` is about pip and is ignored", masked(&value)));
            }
            Setting::Hash(value) => {
                strong(&value)?;
                self.reading.note(origin, "`--hash` without a requirement is ignored, as by pip");
            }
            Setting::Build(option) => self.note_build(option, origin),
        }
        Ok(())
    }

    fn apply_no_binary(&mut self, value: &str) -> Result<(), Fault> {
        few_names(value)?;
        let applied = self.reading.project.options.apply_no_binary(value);
        applied.map_err(|error| Fault::Option {
            option: "--no-binary".into(),
            reason: format!("names no package: {error}"),
        })
    }

    fn apply_only_binary(&mut self, value: &str) -> Result<(), Fault> {
        few_names(value)?;
        let applied = self.reading.project.options.apply_only_binary(value);
        applied.map_err(|error| Fault::Option {
            option: "--only-binary".into(),
            reason: format!("names no package: {error}"),
        })
    }

    fn note_build(&mut self, option: &str, origin: &Origin) {
        self.reading.note(origin, format!("`{option}` is about building and is ignored: nothing is built"));
    }

    fn include(&mut self, kind: Kind, from: &str, path: &str, origin: &Origin) -> Result<(), Fault> {
        let path = resolved(from, path)?;
        let key = location_key(&path);
        if self.chain.contains(&key) {
            let start = self.chain.iter().position(|link| *link == key).unwrap_or_default();
            let cycle = self.chain.iter().skip(start).chain([&key]).map(|link| masked(link)).collect();
            return Err(Fault::IncludeCycle(cycle));
        }
        if self.done.contains(&(kind, key.clone())) {
            return Ok(());
        }
        self.count += 1;
        if self.chain.len() >= DEEPEST {
            return Err(Fault::TooMuch { what: "files that include one another", limit: DEEPEST });
        }
        if self.count > MOST_FILES {
            return Err(Fault::TooMuch { what: "included files", limit: MOST_FILES });
        }
        let shown = masked(&path);
        let text = match self.files.read(&path) {
            Ok(text) => text,
            Err(reason) => return Err(Fault::Include { path: shown, reason }),
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        if let Some(fault) = too_large(text) {
            self.reading.fault(Origin::file(shown), fault);
            return Ok(());
        }
        if Kind::of(&path, text).is_some_and(|kind| kind != Kind::Requirements) {
            let reason = format!("only requirements files can be included; it is named from {origin}");
            return Err(Fault::Include { path: shown, reason });
        }
        if !self.reading.project.files.contains(&shown) {
            self.reading.project.files.push(shown);
        }
        self.chain.push(key.clone());
        self.read_text(kind, &path, text);
        self.chain.pop();
        self.done.push((kind, key));
        Ok(())
    }
}

/// Bounds the names in one value of `--no-binary` or `--only-binary`.
fn few_names(value: &str) -> Result<(), Fault> {
    if value.split(',').count() > MOST_OPTIONS {
        return Err(Fault::TooMuch { what: "packages in one option", limit: MOST_OPTIONS });
    }
    Ok(())
}

/// A `--hash`, which pip takes only by an algorithm that protects.
fn strong(value: &str) -> Result<Digest, Fault> {
    let digest = Digest::from_str(value)?;
    if digest.algorithm.is_strong() { Ok(digest) } else { Err(Fault::WeakHash(digest)) }
}

/// A path in the file `from`, as pip resolves it: relative to that file, be it a path or a URL.
fn resolved(from: &str, path: &str) -> Result<String, Fault> {
    let wrong = |error: url::ParseError| Fault::Include { path: masked(path), reason: reason(&error) };
    if is_url(from) {
        let joined = Url::parse(from).and_then(|base| base.join(path)).map_err(wrong)?;
        let is_local = |scheme: &str| !matches!(scheme, "http" | "https");
        let from_network = Url::parse(from).is_ok_and(|base| !is_local(base.scheme()));
        if from_network && is_local(joined.scheme()) {
            return Err(Fault::IncludeLocal(masked(path)));
        }
        return Ok(joined.to_string());
    }
    if is_url(path) || path.starts_with(['/', '\\']) || from == "-" {
        return Ok(path.strip_prefix("./").unwrap_or(path).to_string());
    }
    let path = path.strip_prefix("./").unwrap_or(path);
    Ok(match from.rfind('/').or_else(|| from.rfind('\\')) {
        Some(end) => format!("{}{path}", from.get(..=end).unwrap_or_default()),
        None => path.to_string(),
    })
}

fn is_url(path: &str) -> bool {
    path.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"))
        || path.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"))
        || path.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("file:"))
}

/// What two names of one file have in common: `.` and `..` are resolved in the text.
fn location_key(path: &str) -> String {
    if is_url(path) {
        return path.split('#').next().unwrap_or_default().to_string();
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

#[cfg(test)]
mod tests;
