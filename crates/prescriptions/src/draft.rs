//! New prescriptions: a note from a developer's own experience, and files to start from.
//!
//! Where they are written to is left to the caller.

use std::fmt::Write as _;

use packaging::VersionSpecifiers;
use packaging::text::one_line;
use sha2::{Digest as _, Sha256};

use crate::{
    matcher::{Matcher, Versions},
    unit::{Kind, Score, Tone},
};

/// A note that becomes a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The name of the unit: no blanks, no dots.
    pub name: String,
    /// What was experienced, one line.
    pub text: String,
    /// How serious it is.
    pub tone: Tone,
    /// The releases that have to be in a stack together; at least one, each with a name.
    pub packages: Vec<Matcher>,
    /// Whether such a stack is refused.
    pub forbid: bool,
    /// Points for such a stack, when it is not refused.
    pub score: Option<Score>,
    /// Where more is told.
    pub link: Option<String>,
    /// The versions of Python it counts for; `None` is for all.
    pub python: Option<VersionSpecifiers>,
}

impl Note {
    /// A note under a name made of what it is about and what it says, so that saying it twice is saying it once.
    pub fn new(text: &str, tone: Tone, packages: Vec<Matcher>, forbid: bool, score: Option<Score>) -> Self {
        let mut note = Self {
            name: String::new(),
            text: one_line(text, 2_000),
            tone,
            packages,
            forbid,
            score,
            link: None,
            python: None,
        };
        let digest = Sha256::digest(note.yaml().as_bytes());
        let names: Vec<&str> = note.packages.iter().filter_map(|one| one.name.as_ref()).map(AsRef::as_ref).collect();
        let names: String = names.join("-").replace('.', "-").chars().take(60).collect();
        let digits: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        note.name = format!("{names}-{digits}");
        note
    }

    /// The kind of unit it becomes: what decides something is a step or a group, what only tells is a wrap.
    pub fn kind(&self) -> Kind {
        match (self.forbid || self.score.is_some(), self.packages.len()) {
            (false, _) => Kind::Wrap,
            (true, 0 | 1) => Kind::Step,
            (true, _) => Kind::Group,
        }
    }

    /// The file that says it.
    pub fn yaml(&self) -> String {
        file("thoth note", std::slice::from_ref(self))
    }

    /// The unit that says it, as an item of a list.
    fn unit(&self) -> String {
        let kind = self.kind();
        let mut text = format!(
            "  - name: {}\n    type: {}\n    should_include:\n      adviser_pipeline: true\n",
            quoted(&self.name),
            kind.name()
        );
        if let Some(python) = &self.python {
            let _ =
                writeln!(text, "      runtime_environments:\n        python_version: {}", quoted(&python.to_string()));
        }
        text.push_str("    match:\n");
        match kind {
            Kind::Wrap => {
                text.push_str("      state:\n        resolved_dependencies:\n");
                self.packages.iter().for_each(|package| matched(&mut text, package, "        - ", "          "));
            }
            Kind::Group => {
                text.push_str("      group:\n");
                for package in &self.packages {
                    text.push_str("      - package_version:\n");
                    matched(&mut text, package, "          ", "          ");
                }
            }
            _ => {
                text.push_str("      package_version:\n");
                self.packages.iter().for_each(|package| matched(&mut text, package, "        ", "        "));
            }
        }
        text.push_str("    run:\n");
        let list = if self.forbid { "stack_info" } else { "justification" };
        if self.forbid {
            let _ = writeln!(text, "      not_acceptable: {}", quoted(&self.text));
        } else if let Some(score) = self.score {
            let _ = writeln!(text, "      score: {}", score.to_string().trim_start_matches('+'));
        }
        let _ = writeln!(
            text,
            "      {list}:\n      - type: {}\n        message: {}",
            self.tone.name(),
            quoted(&self.text)
        );
        if let Some(link) = &self.link {
            let _ = writeln!(text, "        link: {}", quoted(link));
        }
        if let (false, Some(name)) = (self.forbid, self.packages.first().and_then(|package| package.name.as_ref())) {
            let _ = writeln!(text, "        package_name: {}", quoted(name.as_ref()));
        }
        text
    }
}

/// A file that says all of these; `by` is who writes it.
pub fn file(by: &str, notes: &[Note]) -> String {
    let mut text = format!("# Written by `{by}`; `thoth prescription check` tells whether it is right.\nunits:\n");
    let mut sections: Vec<&str> = notes.iter().map(|note| note.kind().section()).collect();
    sections.sort_unstable();
    sections.dedup();
    for section in sections {
        let _ = writeln!(text, "  {section}:");
        notes.iter().filter(|note| note.kind().section() == section).for_each(|note| text.push_str(&note.unit()));
    }
    text
}

fn matched(text: &mut String, package: &Matcher, first: &str, further: &str) {
    if let Some(name) = &package.name {
        let _ = writeln!(text, "{first}name: {}", quoted(name.as_ref()));
    }
    if package.versions != Versions::Any {
        let _ = writeln!(text, "{further}version: {}", quoted(&package.versions.to_string()));
    }
}

/// A text in double quotes: what JSON writes, YAML reads.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A file to start from: one unit of `kind` with comments, which can be read as it is.
pub fn start(name: &str, kind: Kind) -> String {
    let (matched, run) = match kind {
        Kind::Boot => (
            "    # Only when the project itself requires this package; leave `match` out for every run.\n    match:\n      package_name: some-package\n",
            "      # Ends the run with this reason; leave it out to tell something only.\n      # not_acceptable: this environment does not work\n",
        ),
        Kind::Pseudonym => (
            "    # What may be replaced.\n    match:\n      package_version:\n        name: some-package\n        version: \">=1.0\"\n",
            "      yield:\n        # Of the version that is matched; or `locked_version: \"==1.0\"` under `package_version`.\n        yield_matched_version: true\n        package_version:\n          name: its-replacement\n",
        ),
        Kind::Sieve => (
            "    # What is left out; `index_url: {not: URL}` would leave it out from everywhere but there.\n    match:\n      package_version:\n        name: some-package\n        version: \">=1.0,<1.2\"\n",
            "",
        ),
        Kind::SkipDependency => (
            "    # Left out wherever it is required, with all that only it needs.\n    match:\n      package_name: some-package\n",
            "",
        ),
        Kind::Step => (
            "    # What is judged, and what else has to be in the stack (leave `state` out when nothing has to).\n    match:\n      package_version:\n        name: some-package\n        version: \"==1.0.*\"\n      state:\n        resolved_dependencies:\n        - name: another-package\n          version: \">=2\"\n",
            "      # Points between -1.0 and 1.0, or `not_acceptable: reason` to refuse such a stack.\n      score: -0.2\n",
        ),
        Kind::SkipPackage => (
            "    # What these require of it is dropped; what others require of it stays.\n    match:\n      package_version:\n        name: some-package\n      state:\n        package_version_from:\n        - name: another-package\n          version: \">=2\"\n",
            "",
        ),
        Kind::AddPackage => (
            "    # What needs more than it says.\n    match:\n      package_version:\n        name: some-package\n",
            "      package_version:\n        name: the-missing-package\n        locked_version: \"==1.0\"\n",
        ),
        Kind::Group => (
            "    # Two or more that do not work together, in whatever order they are resolved.\n    match:\n      group:\n      - package_version:\n          name: some-package\n          version: \">=1.0\"\n      - package_version:\n          name: another-package\n          version: \"<2\"\n",
            "      # Or `score: -0.2` where they work, but not well.\n      not_acceptable: they crash together\n",
        ),
        Kind::Stride => (
            "    # Stacks with all of these.\n    match:\n      state:\n        resolved_dependencies:\n        - name: some-package\n        - name: another-package\n          version: \">1\"\n",
            "      not_acceptable: not worth a look\n",
        ),
        Kind::Wrap => (
            "    # Stacks with all of these; leave `match` out for every stack.\n    match:\n      state:\n        resolved_dependencies:\n        - name: some-package\n          version: \">=1.0\"\n",
            "      justification:\n      - type: INFO\n        message: it wants to be configured\n        link: https://example.com/why\n        package_name: some-package\n",
        ),
        Kind::ReleaseNotes => (
            "    match:\n      state:\n        resolved_dependencies:\n        - name: some-package\n",
            "      # The link is https://github.com/ORGANIZATION/REPOSITORY/releases/tag/PREFIX + version.\n      release_notes:\n        organization: some-organization\n        repository: some-repository\n        tag_version_prefix: v\n",
        ),
    };
    let info = match kind {
        Kind::Wrap | Kind::ReleaseNotes => "",
        _ => {
            "      # Told once in the report of a run in which it fires.\n      stack_info:\n      - type: WARNING\n        message: say what the reader should know\n        link: https://example.com/why\n"
        }
    };
    format!(
        "# A prescription: `thoth prescription check FILE` tells whether it is right,\n\
         # `thoth prescription match PACKAGE==VERSION --prescriptions FILE` when it fires.\n\
         units:\n  {section}:\n  - name: {name}\n    type: {kind}\n\
         \x20   # All of these conditions have to be met.\n    should_include:\n      adviser_pipeline: true\n\
         \x20     # recommendation_types: [stable, security, performance]\n\
         \x20     # runtime_environments:\n\
         \x20     #   operating_systems: [{{name: fedora, version: \"40\"}}]\n\
         \x20     #   python_version: \">=3.11\"\n\
         \x20     #   cuda_version: null  # there must be no CUDA\n\
         {matched}    run:\n{info}{run}",
        section = kind.section(),
        name = quoted(name),
        kind = kind.name(),
    )
    .trim_end_matches("    run:\n")
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Builder, lint};

    fn read(text: &str) -> crate::Collection {
        let mut builder = Builder::new();
        builder.source("here").add("a.yaml", text.as_bytes());
        let collection = builder.finish();
        assert_eq!(collection.problems, [], "{text}");
        assert_eq!(lint::lint(&collection), [], "{text}");
        collection
    }

    #[test]
    fn a_file_to_start_from_is_right_as_it_is() {
        for kind in Kind::ALL {
            let collection = read(&start("MyUnit", kind));
            assert_eq!(collection.units[0].act.kind(), kind);
            assert_eq!(collection.units[0].name, "local.MyUnit");
        }
    }

    #[test]
    fn a_note_says_what_was_meant() {
        let numpy = Matcher {
            versions: Versions::Within("==1.24.*".parse().unwrap()),
            ..Matcher::package("numpy".parse().unwrap())
        };
        let scipy = Matcher::package("scipy".parse().unwrap());
        let note = |packages: &[&Matcher], forbid, score| Note {
            name: "numpy-1".to_string(),
            text: "breaks: \"np.int\" \\ # is gone\u{2028}".to_string(),
            tone: Tone::Warning,
            packages: packages.iter().map(|one| (*one).clone()).collect(),
            forbid,
            score,
            link: Some("https://example.com/a?b=c#d".to_string()),
            python: None,
        };
        for (note, told) in [
            (note(&[&numpy], false, None), "tells something about numpy==1.24.*"),
            (note(&[&numpy, &scipy], false, None), "tells something about numpy==1.24.* with scipy"),
            (note(&[&numpy], true, None), "refuses numpy==1.24.*"),
            (note(&[&numpy, &scipy], true, None), "refuses numpy==1.24.* together with scipy"),
            (note(&[&numpy], false, Some(Score(-200))), "scores -0.2 for numpy==1.24.*"),
            (note(&[&numpy, &scipy], false, Some(Score(50))), "scores +0.05 for numpy==1.24.* together with scipy"),
        ] {
            let collection = read(&note.yaml());
            let unit = &collection.units[0];
            assert_eq!(unit.act.to_string(), told);
            let message = match &unit.act {
                crate::Act::Wrap { justification, .. } => &justification[0],
                crate::Act::Step { effect, .. } | crate::Act::Group { effect, .. } => {
                    effect.justification.first().or(unit.stack_info.first()).unwrap()
                }
                other => panic!("{other:?}"),
            };
            assert_eq!(message.text, "breaks: \"np.int\" \\ # is gone");
            assert_eq!(message.link.as_ref().unwrap().text(), "https://example.com/a?b=c#d");
        }
    }

    #[test]
    fn several_notes_are_one_file_and_may_be_for_some_pythons() {
        let package = |name: &str| Matcher::package(name.parse().unwrap());
        let step = Note::new("it fails", Tone::Error, vec![package("a")], true, None);
        let step = Note { python: Some("==3.11.*".parse().unwrap()), ..step };
        let group = Note::new("they fail", Tone::Warning, vec![package("a"), package("b")], false, Some(Score(-500)));
        let told = Note::new("good to know", Tone::Info, vec![package("c")], false, None);
        let collection = read(&file("a test", &[step, told, group]));
        let acts: Vec<String> = collection.units.iter().map(|unit| unit.act.to_string()).collect();
        assert_eq!(acts.len(), 3, "{acts:?}");
        assert!(
            acts.iter().any(|act| act == "refuses a") && acts.iter().any(|act| act.starts_with("scores -0.5 for a"))
        );
    }
}
