//! Stories of settings: a command line and its surroundings in, what is in effect out.

mod environments;
mod files;
mod hostile;
mod levels;
mod others;
mod secrets;

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use clap::Parser;

use super::{Files, Platform, Row, Surroundings, rows, settle};
use crate::{args::Cli, settings::Settings};

/// Surroundings in memory: the working directory is `/home/ada/app`.
#[derive(Clone)]
pub(crate) struct World {
    variables: BTreeMap<String, String>,
    files: BTreeMap<PathBuf, String>,
    folder: PathBuf,
    platform: Platform,
}

pub(crate) fn world() -> World {
    World {
        variables: BTreeMap::new(),
        files: BTreeMap::new(),
        folder: "/home/ada/app".into(),
        platform: Platform::Unix,
    }
}

impl World {
    pub(super) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// A file, relative to the working directory.
    pub(crate) fn file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(self.folder.join(path), text.to_owned());
        self
    }

    pub(super) fn folder(mut self, folder: &str) -> Self {
        self.folder = folder.into();
        self
    }

    pub(super) fn platform(mut self, platform: Platform) -> Self {
        self.platform = platform;
        self
    }

    fn around(&self) -> Surroundings {
        Surroundings {
            variables: self.variables.clone(),
            not_unicode: Vec::new(),
            folder: self.folder.clone(),
            home: Some("/home/ada".into()),
            platform: self.platform,
            now: "2025-07-15T12:30:00Z".parse().unwrap(),
            stdout_is_terminal: false,
            stderr_is_terminal: false,
            files: Box::new(Memory(self.files.clone())),
        }
    }

    /// Settles `thoth advise` with these flags, separated by spaces.
    pub(super) fn try_settle(&self, flags: &str) -> Result<Settings, String> {
        let cli = Cli::try_parse_from(["thoth", "advise"].into_iter().chain(flags.split_whitespace()));
        settle(&cli.map_err(|error| error.to_string())?, &self.around()).map_err(|error| error.to_string())
    }

    pub(crate) fn settle(&self, flags: &str) -> Settings {
        self.try_settle(flags).unwrap_or_else(|error| panic!("{flags}: {error}"))
    }

    pub(super) fn error(&self, flags: &str) -> String {
        self.try_settle(flags).expect_err(flags)
    }

    /// The rows of some keys, a line each.
    pub(super) fn shown(&self, flags: &str, keys: &[&str]) -> String {
        lines(&rows(&self.settle(flags)), keys)
    }
}

pub(super) fn lines(rows: &[Row], keys: &[&str]) -> String {
    let rows = rows.iter().filter(|row| keys.contains(&row.key));
    rows.map(|row| format!("{} = {} # {}\n", row.key, row.value, row.origin)).collect()
}

struct Memory(BTreeMap<PathBuf, String>);

impl Files for Memory {
    fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.get(path).map(|text| text.clone().into_bytes()))
    }

    fn exists(&self, path: &Path) -> bool {
        self.0.keys().any(|file| file.starts_with(path))
    }
}
