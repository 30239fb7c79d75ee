//! What the project's own Python code uses of libraries, as far as prescriptions ask for it.
//!
//! How symbols are found in a file is in `indicators::usage`, what conditions make of them in `prescriptions::usage`.

use std::path::{Path, PathBuf};

use indicators::{
    Member,
    usage::{self, Mentions},
};
use prescriptions::{Asked, LibraryUsage, usage::meets};
use sources::members::{self, Bounds};

use crate::{
    error::AdviseError,
    request::{Input, Request},
};

/// How much of a project is read.
const BOUNDS: Bounds = Bounds {
    entries: 50_000,
    member: 4 << 20,
    head: 0,
    total: 64 << 20,
    ratio: u64::MAX,
    floor: 0,
    nesting: 0,
    depth: 32,
};

/// Symbols of libraries in use that `asked` means, one for each pattern, in the Python files of the project's folder; `None` when nothing is asked,
/// or there is no such folder: what is required came from elsewhere. What could not be read goes into `notes`.
///
/// # Errors
/// When the thread that reads ends before its time.
pub(super) async fn library_usage(
    asked: &Asked,
    request: &Request,
    notes: &mut Vec<String>,
) -> Result<Option<LibraryUsage>, AdviseError> {
    let Some(folder) = folder(request).filter(|_| !asked.symbols.is_empty()) else { return Ok(None) };
    let asked = asked.clone();
    let reading = tokio::task::spawn_blocking(move || of_folder(&asked, &folder)).await;
    let read = reading.map_err(|error| AdviseError::Bug(format!("the reader of the project's code died: {error}")))?;
    match read {
        Ok((used, unread)) => {
            notes.extend(told(&unread));
            Ok(Some(used))
        }
        Err(error) => {
            notes.push(format!("What the project's code uses is not known: its folder cannot be read ({error})."));
            Ok(None)
        }
    }
}

/// The folder of the project: that in which Thoth runs, where a file that says what is required lies in it.
fn folder(request: &Request) -> Option<PathBuf> {
    let folder = request.folder.canonicalize().ok()?;
    let is_inside = |input: &Input| match input {
        Input::File(path) => request.folder.join(path).canonicalize().is_ok_and(|path| path.starts_with(&folder)),
        Input::Stdin | Input::Url(_) => false,
    };
    let is_project = request.requirements.is_empty() || request.requirements.iter().any(is_inside);
    is_project.then_some(folder)
}

/// What the files of a folder use, and what could not be read, each as a clause with its path.
fn of_folder(asked: &Asked, folder: &Path) -> std::io::Result<(LibraryUsage, Vec<String>)> {
    let mut hunt = Hunt::new(asked);
    let mut unread = Vec::new();
    let flaws = members::sources(folder, BOUNDS, &mut |member| {
        let read = match member.is_whole() {
            true => hunt.read(&Member { path: member.path, bytes: member.bytes }),
            false => Err(format!("it has more than {} bytes", BOUNDS.member)),
        };
        unread.extend(read.err().map(|why| format!("{}: {why}", member.path)));
    })?;
    unread.extend(flaws.iter().map(ToString::to_string));
    Ok((hunt.found, unread))
}

/// The patterns that are looked for, and what was found. One that is met is looked for no further.
struct Hunt<'a> {
    quarries: Vec<Quarry<'a>>,
    /// The names that files have to mention.
    names: Vec<&'a str>,
    /// What finds them, once there is a file: many folders of projects have none.
    mentions: Option<Mentions>,
    found: LibraryUsage,
}

/// A pattern.
struct Quarry<'a> {
    library: &'a str,
    pattern: &'a str,
    /// The numbers of the names that a file has to mention to use it.
    names: Vec<usize>,
    is_met: bool,
}

impl<'a> Hunt<'a> {
    fn new(asked: &'a Asked) -> Self {
        let mut names: Vec<&str> = Vec::new();
        let mut number = |name: &'a str| {
            names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            })
        };
        let patterns =
            asked.symbols.iter().flat_map(|(library, patterns)| patterns.iter().map(move |one| (library, one)));
        let quarry = |(library, pattern): (&'a String, &'a String)| Quarry {
            library,
            pattern,
            names: words(pattern).map(&mut number).collect(),
            is_met: false,
        };
        let quarries = patterns.map(quarry).collect();
        Self { quarries, names, mentions: None, found: LibraryUsage::new() }
    }

    /// Reads a file, if it may use what is not known to be used yet.
    fn read(&mut self, file: &Member<'_>) -> Result<(), String> {
        let mentions = self.mentions.get_or_insert_with(|| Mentions::of(&self.names));
        let mentioned = mentions.within(file.bytes);
        let is_mentioned = |number: &usize| mentioned.get(*number).is_some_and(|mentioned| *mentioned);
        let mut open: Vec<&mut Quarry<'_>> =
            self.quarries.iter_mut().filter(|one| !one.is_met && one.names.iter().all(is_mentioned)).collect();
        if open.is_empty() {
            return Ok(());
        }
        usage::symbols(file, &mut |symbol| {
            for quarry in &mut open {
                let answer = meets(quarry.pattern, symbol);
                if answer != Some(false) && !quarry.is_met {
                    self.found.entry(quarry.library.to_string()).or_default().insert(symbol.to_string());
                }
                quarry.is_met |= answer == Some(true);
            }
        })
    }
}

/// The names without which nothing can be what a pattern means.
fn words(pattern: &str) -> impl Iterator<Item = &str> {
    // What a star stands behind need not be a whole name.
    let whole =
        pattern.strip_suffix('*').map_or(pattern, |prefix| prefix.rsplit_once('.').map_or("", |(whole, _)| whole));
    whole.split('.').filter(|part| !part.is_empty() && *part != usage::BUILTINS)
}

/// A note on what could not be read.
fn told(unread: &[String]) -> Option<String> {
    let first = unread.first()?;
    let more = match unread.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Some(format!(
        "Prescriptions ask what the project's code uses, and of some of it that is not known ({first}{more})."
    ))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn asked(patterns: &[(&str, &[&str])]) -> Asked {
        let set = |patterns: &[&str]| patterns.iter().map(ToString::to_string).collect();
        let symbols = patterns.iter().map(|(library, patterns)| ((*library).to_string(), set(patterns)));
        Asked { symbols: symbols.collect::<BTreeMap<_, _>>(), ..Asked::default() }
    }

    /// The symbols found in files, in the order in which they are read, and how many files could not be read.
    fn found(patterns: &[(&str, &[&str])], files: &[&str]) -> (Vec<String>, usize) {
        let asked = asked(patterns);
        let mut hunt = Hunt::new(&asked);
        let read = |text: &&str| hunt.read(&Member { path: "app.py", bytes: text.as_bytes() }).is_err();
        let unread = files.iter().map(read).filter(|is_unread| *is_unread).count();
        (hunt.found.into_values().flatten().collect(), unread)
    }

    #[test]
    fn a_pattern_that_is_met_is_looked_for_no_further() {
        let files = ["import random\nrandom.choice(a)\n", "import random\nrandom.randint(1, 2)\n"];
        assert_eq!(found(&[("random", &["random.*"])], &files), (vec!["random.choice".to_string()], 0));
        let both: &[&str] = &["random.*", "random.randint"];
        assert_eq!(found(&[("random", both)], &files).0, ["random.choice", "random.randint"]);
    }

    #[test]
    fn a_file_is_read_only_where_it_mentions_every_part_of_a_pattern() {
        let broken = "import os\nprint 'popen2'\n";
        assert_eq!(found(&[("os", &["os.popen"])], &[broken]), (Vec::new(), 0));
        assert_eq!(found(&[("os", &["os.pop*"])], &[broken]), (Vec::new(), 1), "it may be a part of a name");
        let builtins: &[&str] = &["__builtins__.eval"];
        assert_eq!(found(&[("__builtins__", builtins)], &["eval('1')"]).0, ["__builtins__.eval"]);
    }
}
