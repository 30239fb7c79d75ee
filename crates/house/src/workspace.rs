//! The workspace as `cargo metadata` tells it.

use std::{env, path::PathBuf, process::Command};

use serde::Deserialize;

/// The packages of the workspace and all they depend on, on any platform.
#[derive(Debug, Deserialize)]
pub struct Workspace {
    /// Our own crates and all others.
    pub packages: Vec<Package>,
    /// The identifiers of our own.
    pub workspace_members: Vec<String>,
}

/// One package.
#[derive(Debug, Deserialize)]
pub struct Package {
    /// Cargo's identifier.
    pub id: String,
    /// The name in its `Cargo.toml`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The licence expression, where it has one.
    pub license: Option<String>,
    /// What it declares to depend on.
    pub dependencies: Vec<Dependency>,
}

/// A declared dependency.
#[derive(Debug, Deserialize)]
pub struct Dependency {
    /// The name of the package.
    pub name: String,
    /// `None` for a normal one, else `dev` or `build`.
    pub kind: Option<String>,
}

impl Workspace {
    /// Asks the cargo that runs the tests.
    ///
    /// # Panics
    ///
    /// When cargo cannot be run or says something else than it documents: then no rule can be judged.
    pub fn load() -> Self {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["metadata", "--format-version", "1"])
            .current_dir(root())
            .output()
            .expect("cargo runs, as it runs these tests");
        assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("cargo metadata speaks format version 1")
    }

    /// Our own crates.
    pub fn ours(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }

    /// The packages of others.
    pub fn others(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| !self.workspace_members.contains(&package.id))
    }
}

/// The folder of the workspace.
pub fn root() -> PathBuf {
    let mut folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    folder.pop();
    folder.pop();
    folder
}
