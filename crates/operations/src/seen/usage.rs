//! What the project's own Python code uses of libraries, as far as prescriptions ask for it.
//!
//! How symbols are found in a file is in `indicators::usage`, what conditions make of them in `prescriptions::usage`.

use std::path::{Path, PathBuf};

use indicators::{Member, usage};
use prescriptions::{Asked, LibraryUsage};
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
/// The most symbols of a project that are told.
const MOST_SYMBOLS: usize = 10_000;

/// The symbols of libraries in use that `asked` means, in the Python files of the project's folder; `None` when nothing is asked,
/// or there is no such folder: what is required came from elsewhere. What could not be read goes into `notes`.
///
/// # Errors
/// When the thread that reads ends before its time.
pub(super) async fn library_usage(
    asked: &Asked,
    request: &Request,
    notes: &mut Vec<String>,
) -> Result<Option<LibraryUsage>, AdviseError> {
    let Some(folder) = folder(request).filter(|_| asked.is_about_code()) else { return Ok(None) };
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
    let (mut used, mut unread, mut symbols) = (LibraryUsage::new(), Vec::new(), 0);
    let flaws = members::sources(folder, BOUNDS, &mut |member| {
        if !member.is_whole() {
            unread.push(format!("{}: it has more than {} bytes", member.path, BOUNDS.member));
            return;
        }
        let file = Member { path: member.path, bytes: member.bytes };
        let read = usage::symbols(&file, &mut |symbol| {
            if symbols < MOST_SYMBOLS
                && let Some(library) = asked.library(symbol)
            {
                let of_library = used.entry(library.to_string()).or_default();
                symbols += usize::from(of_library.insert(symbol.to_string()));
            }
        });
        unread.extend(read.err().map(|why| format!("{}: {why}", member.path)));
    })?;
    unread.extend(flaws.iter().map(ToString::to_string));
    if symbols == MOST_SYMBOLS {
        unread.push(format!("more than {MOST_SYMBOLS} symbols are used"));
    }
    Ok((used, unread))
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
