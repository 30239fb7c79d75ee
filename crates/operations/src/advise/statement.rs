//! What is decided, as a text that names it: anybody who has the same text has the same problem.
//!
//! The form is part of the interface (`certificate.statement` of a JSON report), so that a certificate can be checked
//! without this program: one fact a line, its kind first; SHA-256 over all lines, each with a line feed behind it, is the
//! problem's hash. Credentials are in no line, and which indexes were asked, and what they said, is not part of it.
//!
//! | line | |
//! |---|---|
//! | `thoth problem 1` | the form |
//! | `recommendation` | the recommendation type |
//! | `levels` | by what stacks are compared, the most important first |
//! | `direction` | which end of their candidates packages are drawn to |
//! | `environment` | implementation and version of Python, platform |
//! | `as-of` | only files uploaded before that instant count (RFC 3339); `unlimited` when all do |
//! | `advisories` | SHA-256 of the snapshot; `none` when there was none |
//! | `prescriptions` | SHA-256 over what they say; no line when there are none |
//! | `rules` | SHA-256 over those that take part; no line when there are none |
//! | `scan` | how far releases were looked into, and the state of the rules of analysis; no line where they were not |
//! | `prereleases` | when pre-releases may be chosen |
//! | `unit`, `without` | a unit that takes part on request, with what it is told; one that usually does and is left out |
//! | `unscored` | what a vulnerability counts that nobody scored: CVSS base score x 10 |
//! | `host`, `label` | what is known of the machine (`none`: it has none), a label of the run |
//! | `uses` | a symbol of a library in the project's own code, as far as prescriptions ask for it |
//! | `image` | an RPM or Python package of the base image (`none`: it has none of that name), as far as prescriptions ask for it |
//! | `require`, `constrain`, `override` | a requirement that applies in the environment; `override NAME: dropped` for one that none replaces |
//! | `hash`, `ignore`, `keep`, `no-binary`, `only-binary` | a demanded hash, an ignored vulnerability, a version of the existing lock, a package without wheels or source distributions |
//!
//! Lines of one kind are in the order of their bytes.

use packaging::{lock::scrubbed, project::FormatControl};
use prescriptions::Image;
use resolution::{Direction, catalogue::Want, policy::Prereleases, rule::Rule};
use sha2::{Digest as _, Sha256};

use super::{
    hex,
    question::{Case, Question},
};

impl Question {
    /// The lines.
    pub(crate) fn statement(&self) -> Vec<String> {
        let advisories = self.setting.evidence.advisories.as_ref().map(|used| used.id.as_str());
        let prescriptions = self.setting.evidence.prescriptions.as_ref().map(|used| used.id.as_str());
        let mut lines = statement(&self.case, advisories, prescriptions, &self.setting.ignores);
        let scans = self.setting.evidence.scans.as_ref();
        lines.extend(scans.map(|used| format!("scan {} {}", used.scan.name(), used.analysis)));
        lines
    }

    /// The hash of the problem, in hexadecimal digits.
    pub(crate) fn identity(&self) -> String {
        hash(&self.statement())
    }
}

/// The lines of a case, decided by a snapshot of advisories with some identifiers ignored.
fn statement(case: &Case, advisories: Option<&str>, prescriptions: Option<&str>, ignores: &[String]) -> Vec<String> {
    let Case { problem, policy, environment, host, labels, seen } = case;
    let objective = &problem.objective;
    let levels: Vec<&str> = objective.levels().iter().map(|level| level.name()).collect();
    let mut lines = vec![
        "thoth problem 1".to_string(),
        format!("recommendation {}", objective.recommendation),
        format!("levels {}", levels.join(", ")),
        format!("direction {}", direction(objective.direction)),
        format!("environment {}", environment.identity()),
        format!("as-of {}", instant(policy.exclude_newer)),
        format!("advisories {}", advisories.unwrap_or("none")),
        format!("prereleases {}", prereleases(policy.prereleases)),
        format!("unscored {}", policy.unscored),
    ];
    lines.extend(prescriptions.map(|id| format!("prescriptions {id}")));
    if !problem.rules.is_empty() {
        lines.push(format!("rules {}", rules(problem.rules.all())));
    }
    let wants = |kind: &str, wants: &[Want]| -> Vec<String> {
        wants.iter().map(|want| format!("{kind} {}", scrubbed(&want.text))).collect()
    };
    let overrides = problem.overrides.iter().flat_map(|(name, all)| match all.as_slice() {
        [] => vec![format!("override {name}: dropped")],
        all => wants("override", all),
    });
    let hashes = policy.hashes.iter();
    let known = host.facts().into_iter().filter(|(_, fact)| !fact.is_unknown());
    let symbols = seen.usage.iter().flat_map(|usage| usage.values().flatten());
    let kinds: [Vec<String>; 13] = [
        policy.pipeline.statement(),
        known.map(|(word, fact)| format!("host {word} {fact}")).collect(),
        labels.iter().map(|(label, value)| format!("label {label}={value}")).collect(),
        symbols.map(|symbol| format!("uses {symbol}")).collect(),
        seen.image.iter().flat_map(Image::facts).map(|fact| format!("image {fact}")).collect(),
        wants("require", &problem.wants),
        wants("constrain", &problem.constraints),
        overrides.collect(),
        hashes.flat_map(|(name, all)| all.iter().map(move |one| format!("hash {name} {one}"))).collect(),
        ignores.iter().map(|id| format!("ignore {}", id.trim().to_ascii_uppercase())).collect(),
        policy.locked.iter().map(|(name, version)| format!("keep {name} {version}")).collect(),
        formats("no-binary", &policy.formats.no_binary),
        formats("only-binary", &policy.formats.only_binary),
    ];
    for mut kind in kinds {
        kind.sort();
        kind.dedup();
        lines.extend(kind);
    }
    // A line stays one, whatever was written.
    lines.into_iter().map(|line| line.replace(['\n', '\r'], " ")).collect()
}

fn hash(statement: &[String]) -> String {
    let mut hash = Sha256::new();
    for line in statement {
        hash.update(line);
        hash.update("\n");
    }
    hex(&hash.finalize())
}

/// The hash of what rules say; where they are written is no part of it.
fn rules(rules: &[Rule]) -> String {
    let said = |rule: &Rule| format!("{} {}", rule.name, serde_json::json!(rule.effect));
    let said: Vec<String> = rules.iter().map(said).collect();
    hash(&said)
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Highest => "highest",
        Direction::Lowest => "lowest",
        Direction::LowestDirect => "lowest-direct",
    }
}

fn prereleases(prereleases: Prereleases) -> &'static str {
    match prereleases {
        Prereleases::Disallow => "disallow",
        Prereleases::Allow => "allow",
        Prereleases::IfNecessary => "if-necessary",
        Prereleases::Explicit => "explicit",
        Prereleases::IfNecessaryOrExplicit => "if-necessary-or-explicit",
    }
}

fn instant(micros: Option<i64>) -> String {
    let Some(micros) = micros else { return "unlimited".to_string() };
    jiff::Timestamp::from_microsecond(micros).map_or_else(|_| format!("{micros} us"), |time| time.to_string())
}

fn formats(kind: &str, control: &FormatControl) -> Vec<String> {
    let all = control.all.then(|| format!("{kind} :all:"));
    all.into_iter().chain(control.packages.iter().map(|name| format!("{kind} {name}"))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use packaging::{
        Origin, RuntimeEnvironment, VersionSpecifiers,
        environment::{Fact, Host, OperatingSystem},
    };
    use resolution::{Objective, Problem, Recommendation, policy::Policy};

    use super::*;
    use crate::seen::Seen;

    fn case() -> Case {
        let want = |text: &str| Want {
            package: text.split(['>', '@', ' ']).next().unwrap().parse().unwrap(),
            extras: Vec::new(),
            specifiers: VersionSpecifiers::empty(),
            origin: Origin::file("requirements.in"),
            text: text.to_string(),
            archive: false,
        };
        let objective = Objective::new(Recommendation::Latest, Direction::Highest);
        let mut policy = Policy::new(objective.clone());
        policy.exclude_newer = Some(1_751_328_000_000_000);
        policy.locked.insert("flask".parse().unwrap(), "3.0.3".parse().unwrap());
        policy.formats.no_binary.packages.push("lxml".parse().unwrap());
        let problem = Problem {
            wants: vec![want("werkzeug>=3"), want("app @ https://ada:s3cr3t@example.com/app-1.0-py3-none-any.whl")],
            constraints: vec![want("jinja2>=3.1")],
            overrides: BTreeMap::from([("colorama".parse().unwrap(), Vec::new())]),
            objective,
            rules: resolution::rule::Rules::default(),
        };
        let environment = RuntimeEnvironment::stated("3.11.7", "x86_64-manylinux_2_28", "cpython").unwrap();
        Case { problem, policy, environment, host: Host::default(), labels: BTreeMap::new(), seen: Seen::default() }
    }

    #[test]
    fn a_problem_is_stated_line_by_line_without_credentials() {
        let statement = statement(&case(), Some("0123abcd"), None, &["cve-2025-1".to_string()]);
        assert_eq!(
            statement.join("\n"),
            "thoth problem 1\n\
             recommendation latest\n\
             levels last resort, change, freshness of direct dependencies, freshness of transitive dependencies\n\
             direction highest\n\
             environment CPython 3.11.7, x86_64-manylinux_2_28\n\
             as-of 2025-07-01T00:00:00Z\n\
             advisories 0123abcd\n\
             prereleases if-necessary-or-explicit\n\
             unscored 50\n\
             require app @ https://example.com/app-1.0-py3-none-any.whl\n\
             require werkzeug>=3\n\
             constrain jinja2>=3.1\n\
             override colorama: dropped\n\
             ignore CVE-2025-1\n\
             keep flask 3.0.3\n\
             no-binary lxml"
        );
    }

    #[test]
    fn what_is_known_of_machine_code_and_image_is_stated() {
        let mut case = case();
        case.host.operating_system = Fact::Present(OperatingSystem { name: "rhel".into(), version: Some("9".into()) });
        case.host.cuda = Fact::Absent;
        case.labels.insert("team".into(), "core".into());
        case.seen.usage = Some([("flask".into(), ["flask.Flask".into(), "flask.g".into()].into())].into());
        let flask = ("1.1".parse().unwrap(), "/opt/lib".to_string());
        case.seen.image = Some(Image {
            rpm_packages: Some([("git".to_string(), Vec::new())].into()),
            python_packages: Some([("flask".parse().unwrap(), vec![flask])].into()),
        });
        let statement = statement(&case, None, None, &[]);
        let is_told = |line: &&String| ["host", "label", "uses", "image"].iter().any(|kind| line.starts_with(kind));
        let stated: Vec<&String> = statement.iter().filter(is_told).collect();
        assert_eq!(
            stated,
            [
                "host cuda_version none",
                "host operating_system rhel 9",
                "label team=core",
                "uses flask.Flask",
                "uses flask.g",
                "image python flask 1.1 /opt/lib",
                "image rpm git none"
            ]
        );
    }

    #[test]
    fn the_hash_is_that_of_the_lines_and_every_part_bears_on_it() {
        // printf '%s\n' LINES | sha256sum
        assert_eq!(hash(&["a".to_string()]), "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7");
        let known = hash(&statement(&case(), Some("0123abcd"), None, &[]));
        let changed: [fn(&mut Case); 4] = [
            |case| drop(case.problem.wants.pop()),
            |case| case.policy.exclude_newer = None,
            |case| case.policy.unscored = 70,
            |case| case.environment = case.environment.with_python("3.12").unwrap(),
        ];
        for change in changed {
            let mut other = case();
            change(&mut other);
            assert_ne!(hash(&statement(&other, Some("0123abcd"), None, &[])), known);
        }
        assert_ne!(hash(&statement(&case(), None, None, &[])), known);
        assert_ne!(hash(&statement(&case(), Some("0123abcd"), None, &["CVE-2025-1".to_string()])), known);
        let mut turned = case();
        turned.problem.wants.reverse();
        let turned = hash(&statement(&turned, Some("0123abcd"), None, &[]));
        assert_eq!(turned, known, "the order of requirements is no part of the problem");
    }
}
