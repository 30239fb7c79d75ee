//! What the project declares, read from disk, standard input or a server.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use packaging::{
    Url,
    project::{self, Files, Kind, NoFiles, Project, Selected, Selection},
    requirement::redacted,
};
use resolution::pipeline::{Pipeline, document};
use sources::http::Request as HttpRequest;
use tokio::runtime::Handle;

use super::locking;
use crate::{
    error::AdviseError,
    request::{Input, Request},
    world::World,
};

/// The largest project file, in bytes.
const LARGEST: u64 = 8 << 20;

/// The names under which requirements are looked for, in the order in which one is preferred.
const USUAL: [&str; 4] = ["pyproject.toml", "requirements.in", "requirements.txt", "Pipfile"];

/// A project with the texts of its files.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) project: Project,
    /// The text of the `Pipfile`, when one was read: its hash goes into the lock.
    pub(crate) pipfile: Option<String>,
    /// The files named by the user or found, on disk: a lock must not overwrite them.
    pub(crate) paths: Vec<PathBuf>,
    /// Whether the requirements came from standard input alone.
    pub(crate) from_stdin: bool,
    /// Which units take part.
    pub(crate) pipeline: Pipeline,
}

/// Reads everything that says what is required.
pub(crate) fn read(request: &Request, world: &World<'_>, handle: &Handle) -> Result<Inputs, AdviseError> {
    let mut inputs = none(request)?;
    let disk = Disk { folder: &request.folder, world, handle };
    let mut wanted = request.requirements.clone();
    let mut found = false;
    if wanted.is_empty() {
        wanted.push(usual(&disk, world, &request.selection)?);
        found = true;
    }
    let mut selection_used = (false, false);
    for input in &wanted {
        let text = disk.text(input)?;
        let name = input.to_string();
        let kind = Kind::of(&name, &text).ok_or_else(|| AdviseError::Kind { file: name.clone() })?;
        selection_used.0 |= kind.offers_extras();
        selection_used.1 |= kind.offers_groups();
        let nothing_selected = matches!(&request.selection.groups, Selected::Only(groups) if groups.is_empty());
        let selection = if kind == Kind::Pipfile && nothing_selected && locking::is_for_pipenv(request) {
            Selection { groups: Selected::All, ..request.selection.clone() }
        } else {
            request.selection.clone()
        };
        let declared = read_one(kind, &name, &text, &disk, world, &selection)?;
        if kind == Kind::Pipfile {
            inputs.pipfile = Some(text);
        }
        if let Input::File(path) = input {
            inputs.paths.push(request.folder.join(path));
        }
        inputs.project.join(declared);
    }
    refuse_unused(&request.selection, selection_used)?;
    for (kind, files) in [(Kind::Constraints, &request.constraints), (Kind::Overrides, &request.overrides)] {
        for input in files {
            let text = disk.text(input)?;
            let declared = read_one(kind, &input.to_string(), &text, &disk, world, &Selection::default())?;
            inputs.project.join(declared);
        }
    }
    inputs.from_stdin = !found && wanted.iter().all(|input| *input == Input::Stdin);
    Ok(inputs)
}

/// What is read where there is no project: which units take part.
pub(crate) fn none(request: &Request) -> Result<Inputs, AdviseError> {
    let written = request.pipeline.as_deref().map(|path| pipeline(path, &request.folder)).transpose()?;
    Ok(Inputs { pipeline: written.unwrap_or_default(), ..Inputs::default() })
}

/// Reads a pipeline that is written down.
pub(crate) fn pipeline(path: &Path, folder: &Path) -> Result<Pipeline, AdviseError> {
    let file = path.display().to_string();
    let bytes = bounded(&folder.join(path)).map_err(|source| AdviseError::Read { file: file.clone(), source })?;
    document::read(&bytes).map_err(|mistakes| AdviseError::Pipeline { file, mistakes })
}

fn read_one(
    kind: Kind,
    name: &str,
    text: &str,
    disk: &Disk<'_, '_>,
    world: &World<'_>,
    selection: &Selection,
) -> Result<Project, AdviseError> {
    let files: &dyn Files = if name == "-" { &NoFiles } else { disk };
    Ok(project::read(kind, name, text, files, &|variable| world.text(variable), selection)?)
}

/// The file that says what is required when the user names none. A `pyproject.toml` that is there for the sake of linters
/// gives way to the next; alone, it is what the error is about.
fn usual(disk: &Disk<'_, '_>, world: &World<'_>, selection: &Selection) -> Result<Input, AdviseError> {
    let mut there =
        USUAL.into_iter().filter(|name| disk.folder.join(name).is_file()).map(|name| Input::File(name.into()));
    let first = there.next().ok_or_else(|| AdviseError::NothingToResolve { folder: disk.folder.to_path_buf() })?;
    let Some(next) = there.next() else { return Ok(first) };
    let name = first.to_string();
    let declares_nothing = match Kind::of(&name, "") {
        Some(Kind::Pyproject) => {
            let read = read_one(Kind::Pyproject, &name, &disk.text(&first)?, disk, world, selection);
            matches!(read, Err(AdviseError::Project(error)) if error.declares_nothing())
        }
        _ => false,
    };
    Ok(if declares_nothing { next } else { first })
}

/// An extra or a group that no file could have is a mistake of the caller.
fn refuse_unused(selection: &Selection, (extras, groups): (bool, bool)) -> Result<(), AdviseError> {
    let named = |flag: &str, what: &str| {
        Err(AdviseError::Usage(format!("{flag} was given, but none of the files read can declare {what}")))
    };
    match (&selection.extras, &selection.groups) {
        (Selected::Only(names), _) if !names.is_empty() && !extras => named("--extra", "extras"),
        (_, Selected::Only(names)) if !names.is_empty() && !groups => named("--group", "dependency groups"),
        _ => Ok(()),
    }
}

/// Reads files for the readers of project files: from disk, or from a server where a URL says so.
struct Disk<'a, 'w> {
    folder: &'a Path,
    world: &'a World<'w>,
    handle: &'a Handle,
}

impl Disk<'_, '_> {
    fn text(&self, input: &Input) -> Result<String, AdviseError> {
        let read = |source| AdviseError::Read { file: input.to_string(), source };
        match input {
            Input::Stdin => {
                let bytes = (self.world.stdin)().map_err(read)?;
                decode(&bytes).map_err(|why| read(io::Error::new(io::ErrorKind::InvalidData, why)))
            }
            Input::File(path) => {
                let bytes = bounded(&self.folder.join(path)).map_err(read)?;
                decode(&bytes).map_err(|why| read(io::Error::new(io::ErrorKind::InvalidData, why)))
            }
            Input::Url(url) => self.fetch(url).map_err(|why| read(io::Error::other(why))),
        }
    }

    fn fetch(&self, url: &Url) -> Result<String, String> {
        let request = HttpRequest { compressed: true, ..HttpRequest::new(url.clone(), LARGEST) };
        let answer = self.handle.block_on(self.world.limits.within(self.world.http.get(&request)));
        let response = answer.map_err(|why| why.to_string())?.map_err(|error| error.to_string())?;
        if !response.head.is_whole() {
            return Err(format!("{} answers with status {}", redacted(url), response.head.status));
        }
        decode(&response.body)
    }
}

impl Files for Disk<'_, '_> {
    fn read(&self, path: &str) -> Result<String, String> {
        match Url::parse(path) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => self.fetch(&url),
            Ok(url) if url.scheme() == "file" => {
                let path = url.to_file_path().map_err(|()| "it is not a path of this machine".to_string())?;
                bounded(&path).map_err(|error| error.to_string()).and_then(|bytes| decode(&bytes))
            }
            _ => {
                let bytes = bounded(&self.folder.join(path)).map_err(|error| error.to_string())?;
                decode(&bytes)
            }
        }
    }
}

/// The bytes of a file, if there are not too many.
pub(crate) fn bounded(path: &Path) -> io::Result<Vec<u8>> {
    let file = fs::File::open(path)?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("it is larger than {} MiB", LARGEST >> 20)));
    }
    Ok(bytes)
}

/// Text as Python tools write it: UTF-8 with or without a byte order mark, or UTF-16 with one.
pub(crate) fn decode(bytes: &[u8]) -> Result<String, String> {
    let wide = |little: bool, bytes: &[u8]| {
        if !bytes.len().is_multiple_of(2) {
            return Err("it is not valid UTF-16: it ends in the middle of a letter".to_string());
        }
        let units = bytes.chunks_exact(2).map(|pair| {
            let pair = [pair[0], pair[1]];
            if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
        });
        char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| "it is not valid UTF-16".to_string())
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(true, rest),
        [0xfe, 0xff, rest @ ..] => wide(false, rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => text(rest),
        _ => text(bytes),
    }
}

fn text(bytes: &[u8]) -> Result<String, String> {
    std::str::from_utf8(bytes).map(str::to_string).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        format!("it is not text in UTF-8 (line {line}); save it as UTF-8")
    })
}
