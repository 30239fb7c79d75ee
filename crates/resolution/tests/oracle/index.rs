//! Small random indexes: pages, metadata and advisories as texts, which go through the sieve as real ones do.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use evidence::{Ignores, PackageAdvisories, SnapshotBuilder};
use packaging::{
    ExtraName, Origin, PackageName, Requirement, RuntimeEnvironment, Version,
    environment::Host,
    index::{FileKind, IndexFile, MetadataHint, PageBuilder, Yanked},
    metadata::CoreMetadata,
};
use proptest::prelude::*;
use resolution::{
    Direction, Objective, Problem, Recommendation, Stack,
    catalogue::{Exclusion, Want},
    pipeline::{Beginning, Pipeline, document},
    policy::{Policy, Prereleases},
    sieve::Sieve,
};

use crate::drive::{PackageAnswer, RequiresAnswer, decide};

pub(crate) const PACKAGES: usize = 4;

/// The versions there may be, oldest first.
pub(crate) const VERSIONS: [&str; 8] = ["1.0", "1.1", "1.2.post1", "2.0a1", "2.0", "2.1.dev1", "2.1rc1", "3.0"];

/// The instant before which files must have been uploaded, where there is a cooldown.
pub(crate) const COOLDOWN: i64 = 1_000;

/// What stacks are chosen for.
static ENVIRONMENT: LazyLock<RuntimeEnvironment> =
    LazyLock::new(|| RuntimeEnvironment::stated("3.11", "x86_64-manylinux_2_28", "cpython").unwrap());

/// A requirement, as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) on: usize,
    pub(crate) extra: Option<u8>,
    pub(crate) specifiers: String,
    pub(crate) when: When,
}

/// When a requirement applies in CPython 3.11 on Linux.
#[derive(Clone, Copy, Debug)]
pub(crate) enum When {
    Always,
    Here,
    Elsewhere,
    Extra(u8),
    ExtraHere(u8),
    ExtraElsewhere(u8),
    Either,
    Both,
}

#[derive(Clone, Debug)]
pub(crate) struct Release {
    pub(crate) version: usize,
    pub(crate) files: Vec<File>,
    pub(crate) requires: Vec<Line>,
    pub(crate) metadata: Metadata,
}

/// What becomes known of a release when its metadata is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Metadata {
    Fine,
    /// It requires another Python, which the page did not say.
    OtherPython,
    Broken,
}

#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) form: Form,
    pub(crate) yanked: bool,
    pub(crate) python: Option<&'static str>,
    pub(crate) uploaded: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Sdist,
    Wheel,
    /// A wheel for Windows.
    ForeignWheel,
}

#[derive(Clone, Debug)]
pub(crate) struct Flaw {
    pub(crate) package: usize,
    /// Affected from this one on, as a position in [`VERSIONS`]; all when there is none.
    pub(crate) introduced: Option<usize>,
    /// No longer affected from this one on.
    pub(crate) fixed: Option<usize>,
    pub(crate) severity: Severity,
    pub(crate) exploited: bool,
    /// Whether a second record tells of it under another name.
    pub(crate) twice: bool,
    pub(crate) withdrawn: bool,
    pub(crate) malware: bool,
    pub(crate) ignored: bool,
}

/// CVSS base scores in tenths come from vectors.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Severity {
    Critical98,
    High75,
    Medium53,
    Label,
    Unscored,
}

/// A whole run.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    pub(crate) packages: Vec<Vec<Release>>,
    pub(crate) wants: Vec<Line>,
    pub(crate) constraints: Vec<Line>,
    /// What replaces all requirements on a package.
    pub(crate) overridden: Option<(usize, Vec<Line>)>,
    pub(crate) flaws: Vec<Flaw>,
    pub(crate) lock: Vec<Option<usize>>,
    pub(crate) prereleases: Prereleases,
    pub(crate) recommendation: Recommendation,
    pub(crate) direction: Direction,
    pub(crate) cooldown: bool,
    pub(crate) only_binary: bool,
    pub(crate) unscored: u32,
    pub(crate) units: Units,
}

/// What a pipeline has besides what nothing is chosen without.
#[derive(Clone, Debug)]
pub(crate) struct Units {
    /// Releases with a vulnerability of this score are left out.
    pub(crate) blocked_from: Option<u32>,
    /// Whether the lock counts.
    pub(crate) locked: bool,
    /// Whether a label ignores what is ignored, and not the policy itself.
    pub(crate) labelled: bool,
}

fn version() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&VERSIONS[..])
}

fn specifiers() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(String::new()),
        3 => version().prop_map(|it| format!("=={it}")),
        1 => version().prop_map(|it| format!("==={it}")),
        4 => version().prop_map(|it| format!(">={it}")),
        2 => version().prop_map(|it| format!("<{it}")),
        1 => version().prop_map(|it| format!("<={it}")),
        1 => version().prop_map(|it| format!(">{it}")),
        1 => version().prop_map(|it| format!("!={it}")),
        1 => version().prop_map(|it| format!("~={it}")),
        1 => prop::sample::select(&["==1.*", "==2.*", "!=1.*", "<3.0.dev0"][..]).prop_map(str::to_string),
        2 => (version(), version()).prop_map(|(low, high)| format!(">={low},<={high}")),
    ]
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![
        8 => Just(When::Always),
        1 => Just(When::Here),
        1 => Just(When::Elsewhere),
        2 => (0u8..2).prop_map(When::Extra),
        1 => (0u8..2).prop_map(When::ExtraHere),
        1 => (0u8..2).prop_map(When::ExtraElsewhere),
        1 => Just(When::Either),
        1 => Just(When::Both),
    ]
}

fn line() -> impl Strategy<Value = Line> {
    (0..PACKAGES, prop::option::weighted(0.2, 0u8..2), specifiers(), when())
        .prop_map(|(on, extra, specifiers, when)| Line { on, extra, specifiers, when })
}

fn file() -> impl Strategy<Value = File> {
    (
        prop_oneof![6 => Just(Form::Wheel), 2 => Just(Form::Sdist), 1 => Just(Form::ForeignWheel)],
        prop::bool::weighted(0.2),
        prop_oneof![6 => Just(None), 2 => Just(Some(">=3.8")), 1 => Just(Some(">=3.12")), 1 => Just(Some("any"))],
        prop_oneof![
            6 => Just(Some(COOLDOWN - 1)),
            1 => Just(Some(COOLDOWN)),
            1 => Just(Some(COOLDOWN + 1)),
            1 => Just(None),
        ],
    )
        .prop_map(|(form, yanked, python, uploaded)| File { form, yanked, python, uploaded })
}

fn releases() -> impl Strategy<Value = Vec<Release>> {
    let numbers: Vec<usize> = (0..VERSIONS.len()).collect();
    let told = (
        prop::collection::vec(file(), 1..3),
        prop::collection::vec(line(), 0..3),
        prop_oneof![10 => Just(Metadata::Fine), 1 => Just(Metadata::OtherPython), 1 => Just(Metadata::Broken)],
    );
    (prop::sample::subsequence(numbers, 1..=4), prop::collection::vec(told, 4)).prop_map(|(versions, told)| {
        let all = versions.into_iter().zip(told);
        all.map(|(version, (files, requires, metadata))| Release { version, files, requires, metadata }).collect()
    })
}

pub(crate) fn flaw() -> impl Strategy<Value = Flaw> {
    use Severity::{Critical98, High75, Label, Medium53, Unscored};
    (
        0..PACKAGES,
        (prop::option::of(0..VERSIONS.len()), prop::option::of(1..VERSIONS.len())),
        prop::sample::select(vec![Critical98, High75, Medium53, Label, Unscored]),
        (prop::bool::weighted(0.2), prop::bool::weighted(0.2), prop::bool::weighted(0.1)),
        (prop::bool::weighted(0.1), prop::bool::weighted(0.2)),
    )
        .prop_map(|(package, (introduced, fixed), severity, (exploited, twice, withdrawn), (malware, ignored))| {
            // No range ends before it begins.
            let fixed = fixed.filter(|fixed| introduced.is_none_or(|introduced| introduced < *fixed));
            Flaw { package, introduced, fixed, severity, exploited, twice, withdrawn, malware, ignored }
        })
}

fn units() -> impl Strategy<Value = Units> {
    let blocked_from = prop::option::weighted(0.4, prop::sample::select(vec![0u32, 30, 53, 80]));
    (blocked_from, prop::bool::weighted(0.7), any::<bool>()).prop_map(|(blocked_from, locked, labelled)| Units {
        blocked_from,
        locked,
        labelled,
    })
}

pub(crate) fn index() -> impl Strategy<Value = Index> {
    let mode = prop_oneof![
        4 => Just(Prereleases::IfNecessaryOrExplicit),
        1 => Just(Prereleases::IfNecessary),
        1 => Just(Prereleases::Explicit),
        1 => Just(Prereleases::Allow),
        1 => Just(Prereleases::Disallow),
    ];
    let direction =
        prop_oneof![3 => Just(Direction::Highest), 1 => Just(Direction::Lowest), 1 => Just(Direction::LowestDirect)];
    let recommendation =
        prop::sample::select(vec![Recommendation::Stable, Recommendation::Security, Recommendation::Latest]);
    (
        prop::collection::vec(releases(), PACKAGES),
        (prop::collection::vec(line(), 1..4), prop::collection::vec(line(), 0..2)),
        prop::option::weighted(0.2, (0..PACKAGES, prop::collection::vec(line(), 0..3))),
        prop::collection::vec(flaw(), 0..5),
        prop_oneof![
            1 => Just(vec![None; PACKAGES]),
            1 => prop::collection::vec(prop::option::of(0..VERSIONS.len()), PACKAGES),
        ],
        (mode, recommendation, direction),
        (prop::bool::weighted(0.3), prop::bool::weighted(0.1), prop::sample::select(vec![50u32, 20])),
        units(),
    )
        .prop_map(
            |(
                packages,
                (wants, constraints),
                overridden,
                flaws,
                lock,
                modes,
                (cooldown, only_binary, unscored),
                units,
            )| {
                let (prereleases, recommendation, direction) = modes;
                let overridden =
                    overridden.map(|(on, lines)| (on, lines.into_iter().map(|line| Line { on, ..line }).collect()));
                Index {
                    packages,
                    wants,
                    constraints,
                    overridden,
                    flaws,
                    lock,
                    prereleases,
                    recommendation,
                    direction,
                    cooldown,
                    only_binary,
                    unscored,
                    units,
                }
            },
        )
}

pub(crate) fn name(package: usize) -> PackageName {
    format!("p{package}").parse().unwrap()
}

pub(crate) fn number(name: &PackageName) -> usize {
    (0..PACKAGES).find(|package| self::name(*package) == *name).unwrap()
}

pub(crate) fn extra(number: u8) -> ExtraName {
    format!("x{number}").parse().unwrap()
}

impl Line {
    pub(crate) fn text(&self) -> String {
        let extra = self.extra.map(|number| format!("[x{number}]")).unwrap_or_default();
        let marker = match self.when {
            When::Always => String::new(),
            When::Here => " ; python_version >= '3.8'".to_string(),
            When::Elsewhere => " ; sys_platform == 'win32'".to_string(),
            When::Extra(one) => format!(" ; extra == 'x{one}'"),
            When::ExtraHere(one) => format!(" ; extra == 'x{one}' and sys_platform != 'win32'"),
            When::ExtraElsewhere(one) => format!(" ; python_version < '3' and extra == 'x{one}'"),
            When::Either => " ; extra == 'x0' or extra == 'x1'".to_string(),
            When::Both => " ; extra == 'x0' and extra == 'x1'".to_string(),
        };
        format!("p{}{extra}{}{marker}", self.on, self.specifiers)
    }
}

impl Release {
    fn metadata(&self, package: usize) -> String {
        let mut text = format!("Metadata-Version: 2.1\nName: p{package}\nVersion: {}\n", VERSIONS[self.version]);
        match self.metadata {
            Metadata::Fine => {}
            Metadata::OtherPython => text.push_str("Requires-Python: <3\n"),
            Metadata::Broken => text.push_str("Requires-Dist: ]\n"),
        }
        for line in &self.requires {
            text.push_str(&format!("Requires-Dist: {}\n", line.text()));
        }
        text
    }
}

impl Severity {
    fn members(self) -> &'static str {
        match self {
            Self::Critical98 => {
                r#""severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"#
            }
            Self::High75 => {
                r#""severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],"#
            }
            Self::Medium53 => {
                r#""severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"}],"#
            }
            Self::Label => r#""database_specific":{"severity":"CRITICAL"},"#,
            Self::Unscored => "",
        }
    }
}

impl Flaw {
    fn id(&self, number: usize) -> String {
        format!("{}-2024-{number}", if self.malware { "MAL" } else { "PYSEC" })
    }

    fn record(&self, id: &str, aliases: &[String], severity: &str) -> String {
        let introduced = self.introduced.map_or("0", |at| VERSIONS[at]);
        let fixed = self.fixed.map(|at| format!(r#",{{"fixed":"{}"}}"#, VERSIONS[at])).unwrap_or_default();
        let aliases: Vec<String> = aliases.iter().map(|alias| format!("{alias:?}")).collect();
        let withdrawn = if self.withdrawn { r#""withdrawn":"2024-06-01T00:00:00Z","# } else { "" };
        format!(
            r#"{{"id":{id:?},"modified":"2024-06-01T00:00:00Z",{severity}{withdrawn}"aliases":[{}],"affected":[{{"package":{{"ecosystem":"PyPI","name":"p{}"}},"ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"{introduced}"}}{fixed}]}}]}}]}}"#,
            aliases.join(","),
            self.package,
        )
    }
}

impl Index {
    fn page(&self, package: usize) -> packaging::index::IndexPage {
        let mut page = PageBuilder::new(name(package));
        for release in self.packages[package].iter().rev() {
            let version = VERSIONS[release.version];
            for (at, file) in release.files.iter().enumerate() {
                let filename = match file.form {
                    Form::Sdist => format!("p{package}-{version}.tar.gz"),
                    Form::Wheel => format!("p{package}-{version}-{at}-py3-none-any.whl"),
                    Form::ForeignWheel => format!("p{package}-{version}-{at}-cp311-cp311-win_amd64.whl"),
                };
                let file = IndexFile {
                    url: format!("https://index.example/files/{filename}"),
                    filename,
                    kind: if file.form == Form::Sdist { FileKind::Sdist } else { FileKind::Wheel },
                    digests: Vec::new(),
                    requires_python: file.python.map(str::to_string),
                    size: None,
                    upload_time: file.uploaded,
                    yanked: if file.yanked { Yanked::Yes(None) } else { Yanked::No },
                    core_metadata: MetadataHint::Unsaid,
                    provenance: None,
                };
                page.file(version, &file);
            }
        }
        page.finish()
    }

    fn advisories(&self) -> BTreeMap<PackageName, Arc<PackageAdvisories>> {
        let mut builder = SnapshotBuilder::new();
        let mut exploited = Vec::new();
        for (number, flaw) in self.flaws.iter().enumerate() {
            let (id, cve, other) =
                (flaw.id(number), format!("CVE-2024-{number}"), format!("GHSA-aaaa-aaaa-aaa{number}"));
            let record = flaw.record(&id, std::slice::from_ref(&cve), flaw.severity.members());
            builder.add(&format!("{id}.json"), record.as_bytes());
            if flaw.twice {
                let record = flaw.record(&other, &[id, cve.clone()], "");
                builder.add(&format!("{other}.json"), record.as_bytes());
            }
            if flaw.exploited {
                exploited.push(format!(r#"{{"cveID":{cve:?}}}"#));
            }
        }
        let catalogue = format!(r#"{{"catalogVersion":"1","vulnerabilities":[{}]}}"#, exploited.join(","));
        builder.add("known_exploited_vulnerabilities.json", catalogue.as_bytes());
        let snapshot = builder.finish();
        assert!(snapshot.rejected.is_empty() && snapshot.complaints.is_empty(), "{snapshot:?}");
        snapshot.packages.into_iter().map(|(name, found)| (name, Arc::new(found))).collect()
    }

    pub(crate) fn problem(&self) -> Problem {
        let markers = &ENVIRONMENT.markers;
        let wants = |lines: &[Line]| -> Vec<Want> {
            let read = lines.iter().map(|line| line.text().parse::<Requirement>().unwrap());
            let applying = read.filter(|requirement| requirement.applies(markers, &[]));
            let want = |requirement: Requirement| Want {
                text: requirement.to_string(),
                specifiers: requirement.specifiers().unwrap().clone(),
                package: requirement.name,
                extras: requirement.extras,
                origin: Origin::file("toy"),
                archive: false,
            };
            applying.map(want).collect()
        };
        Problem {
            wants: wants(&self.wants),
            constraints: wants(&self.constraints),
            overrides: self.overridden.iter().map(|(package, lines)| (name(*package), wants(lines))).collect(),
            objective: Objective::new(self.recommendation, self.direction),
            rules: resolution::rule::Rules::default(),
        }
    }

    fn policy(&self, problem: &Problem) -> Policy {
        let mut policy = Policy::new(problem.objective.clone());
        policy.prereleases = self.prereleases;
        policy.exclude_newer = self.cooldown.then_some(COOLDOWN);
        policy.formats.only_binary.all = self.only_binary;
        // Every other one is ignored by an alias, in another case.
        let ignored = self.flaws.iter().enumerate().filter(|(_, flaw)| flaw.ignored);
        let ignored: Vec<String> = ignored
            .map(|(number, flaw)| match number % 2 {
                0 => flaw.id(number),
                _ => format!("cve-2024-{number}"),
            })
            .collect();
        let (labelled, said) =
            if self.units.labelled { (ignored.join(", "), Vec::new()) } else { (String::new(), ignored) };
        let labels = BTreeMap::from([("allow-cve".to_string(), labelled)]);
        let pipeline = self.pipeline();
        let beginning = Beginning { ignores: said, ..Beginning::new(&labels, Host::default()) };
        policy.ignores = Ignores::new(beginning.run(&pipeline, self.recommendation).ignores);
        policy = policy.with_pipeline(pipeline);
        let locked = self.lock.iter().enumerate();
        policy.locked = locked
            .filter_map(|(package, at)| Some((name(package), VERSIONS[(*at)?].parse::<Version>().unwrap())))
            .collect();
        policy
    }

    /// The pipeline, through what would be written down of it.
    fn pipeline(&self) -> Pipeline {
        let mut text = format!(
            "boots: [{{name: LabelsBoot}}]\nsteps:\n- {{name: CvePenalizationStep, configuration: {{unscored: {}}}}}\n",
            self.unscored
        );
        if self.units.locked {
            text.push_str("- {name: LockedStep}\n");
        }
        if let Some(minimum) = self.units.blocked_from {
            text.push_str(&format!("sieves: [{{name: CveSieve, configuration: {{minimum: {minimum}}}}}]\n"));
        }
        document::read(text.as_bytes()).unwrap()
    }

    /// What the search decides on what the sieve lets through.
    pub(crate) fn search(&self) -> Option<Stack> {
        self.answering(&mut |problem, package, requires| decide(problem, package, requires))
    }

    /// Runs something that asks about what the sieve lets through.
    pub(crate) fn answering<T>(
        &self,
        run: &mut dyn FnMut(&Problem, &PackageAnswer<'_>, &RequiresAnswer<'_>) -> T,
    ) -> T {
        let problem = self.problem();
        let policy = self.policy(&problem);
        let advisories = self.advisories();
        let sieve = Sieve::new(&ENVIRONMENT, &policy, &problem);
        run(
            &problem,
            &|wanted| {
                sieve.package(wanted, vec![(0, Arc::new(self.page(number(wanted))))], advisories.get(wanted).cloned())
            },
            &|wanted, version| {
                let package = number(wanted);
                let mut releases = self.packages[package].iter();
                let release = releases.find(|one| VERSIONS[one.version].parse() == Ok(version.clone())).unwrap();
                let metadata = CoreMetadata::parse(release.metadata(package).as_bytes()).unwrap();
                match metadata.broken() {
                    true => Err(Exclusion::BrokenMetadata(metadata.unreadable.join("; "))),
                    false => sieve.requires(&metadata),
                }
            },
        )
    }
}
