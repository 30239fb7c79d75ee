//! What the project's own Python code uses of libraries, as far as prescriptions ask for it.
//!
//! How symbols are found in a file is in `indicators::usage`, what conditions make of them in `prescriptions::usage`. What was found
//! is kept, so that a run pays only for what changed since the one before.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use indicators::{
    Member,
    usage::{self, Mentions},
};
use prescriptions::{Asked, LibraryUsage, usage::meets};
use serde::{Deserialize, Serialize};
use sources::project::{self, Bounds, Folder, Look, Project};

use crate::{
    error::AdviseError,
    request::{Input, Request},
    world::World,
};

/// How far a project is looked into.
const BOUNDS: Bounds = Bounds { entries: 50_000, depth: 32 };
/// The most bytes of a file that is read.
const LARGEST: u64 = 4 << 20;
/// The most bytes of all files that are read.
const MOST_BYTES: u64 = 64 << 20;
/// What was modified so shortly before it was looked at is looked at again the next time: clocks of file systems are coarse.
const SETTLED: Duration = Duration::from_secs(2);
/// It is not worth writing down when no more than so many files and folders were looked at anew.
const FEW: usize = 4;
/// Changes whenever something else is found in the same file, or kept in another form.
const FORMAT: u32 = 1;

/// Symbols of libraries in use that `asked` means, one for each pattern, in the Python files of the project's folder; `None` when nothing is asked,
/// or there is no such folder: what is required came from elsewhere. What could not be read goes into `notes`.
///
/// # Errors
/// When the thread that reads ends before its time.
pub(super) async fn library_usage(
    asked: &Asked,
    request: &Request,
    world: &World<'_>,
    notes: &mut Vec<String>,
) -> Result<Option<LibraryUsage>, AdviseError> {
    let Some(folder) = folder(request).filter(|_| !asked.symbols.is_empty()) else { return Ok(None) };
    let kept = world.knowledge.project(&folder).unwrap_or_else(|error| {
        tracing::debug!("what was found in the project is not known any more: {error}");
        None
    });
    let known = kept.map(|kept| Known::of(&kept)).unwrap_or_default();
    let looked = SystemTime::now();
    let project = match Project::find(&folder, &known.folders, BOUNDS) {
        Ok(project) => project,
        Err(error) => {
            notes.push(format!("What the project's code uses is not known: its folder cannot be read ({error})."));
            return Ok(None);
        }
    };
    let found = if known.covers(&asked.symbols, &project) {
        Reader::read(&asked.symbols, &folder, project, &known, looked)
    } else {
        // Away from the thread that answers the search: what the network gives meanwhile is taken in.
        let (symbols, place) = (asked.symbols.clone(), folder.clone());
        let reading =
            tokio::task::spawn_blocking(move || Reader::read(&symbols, &place, project, &known, looked)).await;
        reading.map_err(|error| AdviseError::Bug(format!("the reader of the project's code died: {error}")))?
    };
    if let Some(known) = found.worth_keeping
        && let Ok(body) = postcard::to_stdvec(&known)
        && let Err(error) = world.knowledge.keep_project(&folder, world.seconds(), &body)
    {
        tracing::debug!("what was found in the project is not kept: {error}");
    }
    notes.extend(told(&found.unread));
    Ok(Some(found.used))
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

/// Patterns of symbols, by library.
type Symbols = BTreeMap<String, BTreeSet<String>>;

/// What is known of a project from an earlier run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Known {
    format: u32,
    /// What was asked.
    asked: Symbols,
    folders: Vec<Folder>,
    /// By path, as far as paths are text: others are read anew. Paths themselves are slow to compare.
    files: BTreeMap<String, Report>,
}

impl Known {
    /// What was kept; nothing where it is damaged, or of another version of Thoth.
    fn of(kept: &[u8]) -> Self {
        postcard::from_bytes(kept).ok().filter(|known: &Self| known.format == FORMAT).unwrap_or_default()
    }

    /// Whether all files look as they did when they were read for what is asked.
    fn covers(&self, asked: &Symbols, project: &Project) -> bool {
        let is_known = |(path, look): &(PathBuf, Look)| self.report(path).is_some_and(|file| file.look == *look);
        self.asked == *asked && project.files.iter().all(is_known)
    }

    fn report(&self, path: &Path) -> Option<&Report> {
        self.files.get(path.to_str()?)
    }
}

/// What was found in a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Report {
    /// How it looked.
    look: Look,
    /// The patterns all of whose names it mentions, by their numbers.
    mentioned: Vec<usize>,
    /// Those of them that were looked for: not any that was met elsewhere.
    sought: Vec<usize>,
    /// The symbols that they may mean, in the order in which they are used; or why the file could not be read.
    used: Result<Vec<Use>, String>,
}

/// A symbol that a pattern means, or may mean.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Use {
    pattern: usize,
    symbol: String,
    is_met: bool,
}

/// What a project uses.
struct Found {
    used: LibraryUsage,
    /// What could not be read, each as a clause with its path.
    unread: Vec<String>,
    /// What is known now, where that is much more than before.
    worth_keeping: Option<Known>,
}

/// The patterns that are looked for. One that is met is looked for no further.
struct Reader<'a> {
    patterns: Vec<Pattern<'a>>,
    /// The names that files have to mention.
    names: Vec<&'a str>,
    /// What finds them, once there is a file: many folders of projects have none.
    mentions: Option<Mentions>,
    used: LibraryUsage,
    unread: Vec<String>,
}

/// A pattern.
struct Pattern<'a> {
    library: &'a str,
    text: &'a str,
    /// The numbers of the names that a file has to mention to use it.
    names: Vec<usize>,
    is_met: bool,
}

impl<'a> Reader<'a> {
    fn new(asked: &'a Symbols) -> Self {
        let mut names: Vec<&str> = Vec::new();
        let mut number = |name: &'a str| {
            names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            })
        };
        let patterns = asked.iter().flat_map(|(library, patterns)| patterns.iter().map(move |one| (library, one)));
        let pattern = |(library, text): (&'a String, &'a String)| Pattern {
            library,
            text,
            names: words(text).map(&mut number).collect(),
            is_met: false,
        };
        let patterns = patterns.map(pattern).collect();
        Self { patterns, names, mentions: None, used: LibraryUsage::new(), unread: Vec::new() }
    }

    /// What the files of a folder, found when it was `looked` at, use of what is `asked`.
    fn read(asked: &Symbols, folder: &Path, project: Project, known: &Known, looked: SystemTime) -> Found {
        let settled = looked - SETTLED;
        let is_same = known.asked == *asked;
        let Project { mut folders, files, listed, unread } = project;
        let mut reader = Reader::new(asked);
        let (mut reports, mut anew, mut left) = (BTreeMap::new(), listed, MOST_BYTES);
        for (path, look) in files {
            let before = known.report(&path).filter(|before| is_same && before.look == look);
            let bytes = look.size.min(LARGEST);
            let Some(rest) = left.checked_sub(bytes) else {
                let beyond = format!("is beyond the {MOST_BYTES} bytes that are read of a project");
                reader.unread.push(format!("{} {beyond}", project::shown(&path)));
                break;
            };
            left = rest;
            let report = match before.filter(|before| reader.needs_no_more(before)) {
                Some(before) => Ok(before.clone()),
                None => {
                    anew += 1;
                    reader.file(&folder.join(&path), look)
                }
            };
            let why = match report {
                Ok(report) => {
                    let why = reader.take(&report).err();
                    reports.extend(path.to_str().map(|path| (path.to_string(), report)));
                    why
                }
                Err(why) => Some(why),
            };
            reader.unread.extend(why.map(|why| format!("{}: {why}", project::shown(&path))));
        }
        let (used, mut told) = (reader.used, reader.unread);
        told.extend(unread);
        folders.retain(|folder| folder.look.is_older_than(settled));
        reports.retain(|_, report| report.look.is_older_than(settled));
        let now = || Known { format: FORMAT, asked: asked.clone(), folders, files: reports };
        Found { used, unread: told, worth_keeping: (anew > FEW || !is_same).then(now) }
    }

    /// Whether a file was looked into for all that is not met elsewhere.
    fn needs_no_more(&self, report: &Report) -> bool {
        report.mentioned.iter().all(|number| self.is_met(*number) || report.sought.contains(number))
    }

    fn is_met(&self, number: usize) -> bool {
        self.patterns.get(number).is_some_and(|pattern| pattern.is_met)
    }

    /// Reads a file.
    fn file(&mut self, place: &Path, look: Look) -> Result<Report, String> {
        let mut bytes = Vec::new();
        let read = File::open(place).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        match read {
            Ok(_) if bytes.len() as u64 > LARGEST => Err(format!("it has more than {LARGEST} bytes")),
            Ok(_) => Ok(self.bytes(&bytes, look)),
            Err(cause) => Err(format!("it cannot be read: {cause}")),
        }
    }

    /// Looks for what is not known to be used yet.
    fn bytes(&mut self, bytes: &[u8], look: Look) -> Report {
        let mentions = self.mentions.get_or_insert_with(|| Mentions::of(&self.names));
        let found = mentions.within(bytes);
        let is_mentioned = |name: &usize| found.get(*name).is_some_and(|found| *found);
        let with_all = |(_, pattern): &(usize, &Pattern<'_>)| pattern.names.iter().all(is_mentioned);
        let mentioned = self.patterns.iter().enumerate().filter(with_all).map(|(number, _)| number);
        let mentioned: Vec<usize> = mentioned.collect();
        let sought: Vec<usize> = mentioned.iter().copied().filter(|number| !self.is_met(*number)).collect();
        let used = if sought.is_empty() { Ok(Vec::new()) } else { self.uses(bytes, &sought) };
        Report { look, mentioned, sought, used }
    }

    /// The symbols that some of the patterns may mean, until each is met.
    fn uses(&self, bytes: &[u8], sought: &[usize]) -> Result<Vec<Use>, String> {
        let mut open: Vec<(usize, &str)> = sought.iter().map(|number| (*number, self.patterns[*number].text)).collect();
        let mut uses = Vec::new();
        usage::symbols(&Member { path: "", bytes }, &mut |symbol| {
            open.retain(|(pattern, text)| {
                let answer = meets(text, symbol);
                if answer != Some(false) {
                    uses.push(Use { pattern: *pattern, symbol: symbol.to_string(), is_met: answer == Some(true) });
                }
                answer != Some(true)
            });
        })?;
        Ok(uses)
    }

    /// Takes in what was found in a file, now or earlier.
    ///
    /// # Errors
    /// Why it could not be read, where that matters.
    fn take(&mut self, report: &Report) -> Result<(), String> {
        let uses = match &report.used {
            Ok(uses) => uses,
            Err(_) if report.sought.iter().all(|number| self.is_met(*number)) => return Ok(()),
            Err(why) => return Err(why.clone()),
        };
        for one in uses {
            if let Some(pattern) = self.patterns.get_mut(one.pattern).filter(|pattern| !pattern.is_met) {
                pattern.is_met = one.is_met;
                self.used.entry(pattern.library.to_string()).or_default().insert(one.symbol.clone());
            }
        }
        Ok(())
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
    use std::fs;

    use super::*;

    fn asked(patterns: &[(&str, &[&str])]) -> Symbols {
        let set = |patterns: &[&str]| patterns.iter().map(ToString::to_string).collect();
        patterns.iter().map(|(library, patterns)| ((*library).to_string(), set(patterns))).collect()
    }

    /// A folder with files that are as old as they say, a day and more.
    struct Code(tempfile::TempDir);

    impl Code {
        fn of(files: &[&str]) -> Self {
            let code = Self(tempfile::tempdir().unwrap());
            files.iter().enumerate().for_each(|(number, text)| code.write(&format!("{number}.py"), text, 1));
            code
        }

        fn write(&self, name: &str, text: &str, days: u64) {
            fs::write(self.0.path().join(name), text).unwrap();
            let then = SystemTime::now() - Duration::from_secs(days * 86_400);
            File::options().write(true).open(self.0.path().join(name)).unwrap().set_modified(then).unwrap();
            File::open(self.0.path()).unwrap().set_modified(then).unwrap();
        }

        fn read(&self, patterns: &[(&str, &[&str])], known: &Known) -> Found {
            let project = Project::find(self.0.path(), &known.folders, BOUNDS).unwrap();
            Reader::read(&asked(patterns), self.0.path(), project, known, SystemTime::now())
        }
    }

    /// The symbols found in files, in the order in which they are read, and how many files could not be read.
    fn found(patterns: &[(&str, &[&str])], files: &[&str]) -> (Vec<String>, usize) {
        let found = Code::of(files).read(patterns, &Known::default());
        (symbols(&found), found.unread.len())
    }

    fn symbols(found: &Found) -> Vec<String> {
        found.used.values().flatten().cloned().collect()
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

    #[test]
    fn what_is_known_is_not_read_again_and_what_changed_is() {
        let patterns: [(&str, &[&str]); 1] = [("random", &["random.*", "random.randint"])];
        let code = Code::of(&["import random\nrandom.choice(a)\n", "import random\nrandom.seed(1)\n", "1", "2", "3"]);
        let first = code.read(&patterns, &Known::default());
        assert_eq!(symbols(&first), ["random.choice"]);
        let known = first.worth_keeping.clone().expect("much was read");
        assert_eq!(known.files.len(), 5);
        let again = code.read(&patterns, &known);
        assert_eq!((symbols(&again), again.worth_keeping.is_none()), (symbols(&first), true));
        // The first file does not meet the pattern any more: so the second counts, which was not asked for it before.
        code.write("0.py", "import random\nrandom.randint(1, 2)\n", 2);
        assert_eq!(symbols(&code.read(&patterns, &known)), ["random.randint"]);
        code.write("0.py", "", 3);
        assert_eq!(symbols(&code.read(&patterns, &known)), ["random.seed"]);
        assert_eq!(symbols(&code.read(&[("random", &["random.seed"])], &known)), ["random.seed"]);
    }

    #[test]
    fn what_was_just_written_is_not_taken_for_known() {
        let code = Code::of(&["1", "2", "3", "4", "5"]);
        let file = File::options().write(true).open(code.0.path().join("0.py")).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(86_400)).unwrap();
        let known = code.read(&[("random", &["random.*"])], &Known::default()).worth_keeping.expect("much was read");
        assert_eq!(known.files.keys().collect::<Vec<_>>(), ["1.py", "2.py", "3.py", "4.py"]);
    }

    #[test]
    fn what_another_version_of_thoth_kept_is_not_used() {
        let code = Code::of(&["import random\nrandom.choice(a)\n", "print 'random.x'", "1", "2", "3"]);
        let patterns: [(&str, &[&str]); 1] = [("random", &["random.*", "random.x"])];
        let first = code.read(&patterns, &Known::default());
        let known = first.worth_keeping.as_ref().expect("much was read");
        let kept = |known: &Known| postcard::to_stdvec(known).unwrap();
        let again = code.read(&patterns, &Known::of(&kept(known)));
        assert_eq!((&again.used, &again.unread), (&first.used, &first.unread));
        assert!(again.worth_keeping.is_none() && again.unread[0].starts_with("1.py: line 1: "), "{:?}", again.unread);
        let other = Known { format: FORMAT + 1, ..known.clone() };
        for kept in [kept(&other), kept(known)[..9].to_vec(), Vec::new()] {
            assert!(code.read(&patterns, &Known::of(&kept)).worth_keeping.is_some());
        }
    }
}
