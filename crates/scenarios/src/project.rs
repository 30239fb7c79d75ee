//! A story as a folder on disk, and the command line that tells it to the binary.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use packaging::{PackageName, Version};

use crate::{Advisory, Scenario, Universe};

/// A story written to a folder.
#[derive(Clone, Debug)]
pub struct Written {
    /// The arguments after `thoth`; file names are relative to the folder, which must be the working directory.
    pub arguments: Vec<String>,
    /// Environment variables that requirements files refer to.
    pub variables: BTreeMap<String, String>,
    /// The lock that the binary writes; there already when the story has one.
    pub lock: PathBuf,
}

/// The name of the lock, as the project's own files cannot have it.
const LOCK: &str = "locked.txt";

impl Scenario {
    /// Writes the project's files, a folder `advisories` with OSV JSON and the existing lock (requirements format) to `folder`.
    pub fn write_project(&self, folder: &Path, universe: &Universe) -> io::Result<Written> {
        let mut arguments = vec!["advise".to_string()];
        let write = |name: &str, text: &str| put(&folder.join(name), &universe.fill(text));
        for (name, text) in &self.project.files {
            write(name, text)?;
        }
        if self.project.files.is_empty() {
            write("requirements.in", &lines(&self.project.requires))?;
            arguments.extend(["-r".into(), "requirements.in".into()]);
        }
        for name in self.read() {
            arguments.extend(["-r".to_string(), name.to_string()]);
        }
        if !self.project.constraints.is_empty() {
            write("limits.txt", &lines(&self.project.constraints))?;
            arguments.extend(["-c".into(), "limits.txt".into()]);
        }
        if !self.project.overrides.is_empty() {
            write("overrides.txt", &lines(&self.project.overrides))?;
            arguments.extend(["--override".into(), "overrides.txt".into()]);
        }
        self.write_advisories(&folder.join("advisories"))?;
        arguments.extend(["--advisories".into(), "advisories".into()]);
        if !self.lock.is_empty() {
            write(LOCK, &self.existing_lock(universe))?;
        }
        arguments.extend(["-o".into(), LOCK.into()]);
        arguments.extend(self.flags(universe));
        let variables = self.project.variables.iter().map(|(name, text)| (name.clone(), universe.fill(text)));
        Ok(Written { arguments, variables: variables.collect(), lock: folder.join(LOCK) })
    }

    /// The story with the places filled that it leaves open in what the project declares ([`Universe::fill`]): what a test of
    /// the core reads.
    #[must_use]
    pub fn filled(&self, universe: &Universe) -> Self {
        let mut scenario = self.clone();
        let project = &mut scenario.project;
        let lists = [&mut project.requires, &mut project.constraints, &mut project.overrides];
        let texts = project.files.values_mut().chain(project.variables.values_mut());
        for text in lists.into_iter().flatten().chain(texts) {
            *text = universe.fill(text);
        }
        scenario
    }

    /// The records of the story as files of a folder: name to text.
    ///
    /// A story without any has one about a package that nobody requires: a source of advisories without a record is suspect
    /// and may be refused.
    pub fn advisory_records(&self) -> Vec<(String, String)> {
        let records = self.advisories.iter().map(|advisory| (format!("{}.json", advisory.id), advisory.osv()));
        let mut files: Vec<(String, String)> = records.map(|(name, record)| (name, format!("{record:#}\n"))).collect();
        files.extend(self.advisory_files.iter().map(|(name, text)| (name.clone(), text.clone())));
        if files.is_empty() {
            let bystander = Advisory {
                id: "PYSEC-1999-1".to_string(),
                package: Some("nobody-requires-this".to_string()),
                fixed: Some("1".to_string()),
                ..Advisory::default()
            };
            files.push(("PYSEC-1999-1.json".to_string(), format!("{:#}\n", bystander.osv())));
        }
        files
    }

    /// Writes the advisories of the story to `folder`.
    pub fn write_advisories(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        self.advisory_records().iter().try_for_each(|(name, text)| put(&folder.join(name), text))
    }

    /// The existing lock as a requirements file, with the hashes of the files that the universe has.
    fn existing_lock(&self, universe: &Universe) -> String {
        let mut text = String::new();
        for (name, version) in &self.lock {
            text.push_str(&format!("{name}=={version}"));
            let (Ok(package), Ok(number)) = (name.parse::<PackageName>(), version.parse::<Version>()) else {
                continue;
            };
            let mut hashes: Vec<&str> = universe
                .indexes()
                .filter_map(|index| universe.project_of(index, &package))
                .flat_map(|project| &project.files)
                .filter(|file| file.version.parse::<Version>().is_ok_and(|version| version == number))
                .map(|file| file.sha256.as_str())
                .collect();
            hashes.sort_unstable();
            for hash in hashes {
                text.push_str(&format!(" \\\n    --hash=sha256:{hash}"));
            }
            text.push('\n');
        }
        text
    }

    fn flags(&self, universe: &Universe) -> Vec<String> {
        let (environment, options) = (&self.environment, &self.options);
        let mut flags = Vec::new();
        let mut say = |flag: &str, value: &str| flags.extend([flag.to_string(), value.to_string()]);
        say("--python-version", &environment.python);
        say("--python-platform", &environment.platform);
        say("--implementation", &environment.implementation);
        say("--recommendation-type", options.recommendation.name());
        say("--index-url", &universe.index_url(crate::universe::DEFAULT_INDEX));
        for (index, _) in self.indexes.iter().filter(|(_, index)| !index.by_file) {
            say("--index", &format!("{index}={}", universe.index_url(index)));
        }
        for (package, index) in &options.pins {
            say("--index-pin", &format!("{package}={index}"));
        }
        let single = [
            ("--prerelease", &options.prerelease),
            ("--resolution", &options.resolution),
            ("--exclude-newer", &options.exclude_newer),
            ("--index-strategy", &options.index_strategy),
        ];
        for (flag, value) in single {
            if let Some(value) = value {
                say(flag, value);
            }
        }
        let repeated = [
            ("--only-binary", &options.only_binary),
            ("--no-binary", &options.no_binary),
            ("--ignore", &options.ignore),
            ("--upgrade-package", &options.upgrade_packages),
            ("--extra", &self.project.extras),
            ("--group", &self.project.groups),
        ];
        for (flag, values) in repeated {
            values.iter().for_each(|value| say(flag, value));
        }
        flags.extend(options.upgrade.then(|| "--upgrade".to_string()));
        flags.extend(options.exit_zero.then(|| "--exit-zero".to_string()));
        flags
    }
}

fn lines(items: &[String]) -> String {
    items.iter().map(|item| format!("{item}\n")).collect()
}

fn put(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_becomes_a_folder_and_a_command_line() {
        let text = r#"
            story = "A project with a lock, an advisory and an internal index is written to disk."
            [project]
            requires = ["a>=1"]
            constraints = ["b<2"]
            [options]
            recommendation = "security"
            pins = { a = "internal" }
            upgrade = true
            [lock]
            a = "1"
            [indexes.internal.packages.a]
            "1" = {}
            [[advisories]]
            id = "PYSEC-1"
            package = "a"
            fixed = "2"
            [expect]
            stack = { a = "1" }
            remaining = ["PYSEC-1"]
        "#;
        let scenario = Scenario::parse(Path::new("story.toml"), text).unwrap();
        assert_eq!(scenario.exit(), 1);
        let universe = Universe::offline(&scenario).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let written = scenario.write_project(folder.path(), &universe).unwrap();
        insta::assert_snapshot!(written.arguments.join(" "), @"advise -r requirements.in -c limits.txt --advisories advisories -o locked.txt --python-version 3.11 --python-platform x86_64-manylinux_2_28 --implementation cpython --recommendation-type security --index-url https://index.example/default/simple/ --index internal=https://index.example/internal/simple/ --index-pin a=internal --upgrade");
        assert!(fs::read_to_string(&written.lock).unwrap().starts_with("a==1 \\\n    --hash=sha256:"));
        assert!(folder.path().join("advisories/PYSEC-1.json").is_file());
        assert_eq!(fs::read_to_string(folder.path().join("limits.txt")).unwrap(), "b<2\n");
    }
}
