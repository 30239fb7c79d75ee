//! Whole reports as their readers see them.

mod samples;

use std::collections::BTreeMap;

use packaging::{Origin, lock::Format};
use report::{Extras, Style, text};
use resolution::outcome::{Decision, Explanation, Reason, Verdict};
use samples::{
    alternatives, conflict, decision, excluded, first_lock, hostile, looked, outcome, prescribed, python, remaining,
    uninformed, update, walked, written,
};

fn style(width: usize) -> Style {
    Style { width, ..Style::default() }
}

#[test]
fn a_first_lock_lists_the_stack_and_says_what_was_avoided() {
    let (outcome, extras) = first_lock();
    insta::assert_snapshot!(text(&outcome, &extras, &style(80)), @r"
    Read requirements.in for CPython 3.11.7, x86_64-manylinux_2_36 (`stable`).

    The stack: 6 releases
      package       version  behind newest  required by
      blinker       1.9.0                   flask
      flask         3.0.3                   requirements.in:3
      itsdangerous  2.2.0                   flask
      jinja2        3.1.5    by 1 (3.1.6)   flask
      markupsafe    3.0.2                   jinja2 and werkzeug
      werkzeug      3.0.6    by 4 (3.1.3)   requirements.in:4, pyproject.toml:9
                                            (project.dependencies) and flask

    Avoided: 1 release that a resolver blind to advisories would pick
      werkzeug 3.0.1 → 3.0.6
        high 7.5  CVE-2024-34069 (also GHSA-2g68-c3qc-8985 and PYSEC-2024-221)
          A page of an attacker can make the debugger of a developer run code when
            its pin is typed in or guessed
          fixed in 3.0.3, see https://advisories.example/CVE-2024-34069
        medium  GHSA-q34m-jh98-gwm2 (also CVE-2024-49767)
          Multipart forms take memory without a bound
          fixed in 3.0.6, see https://advisories.example/GHSA-q34m-jh98-gwm2

    Evidence
      18,204 advisory records, the newest of 2026-09-20, checked 3 hours ago
      from https://advisories.example/PyPI/all.zip, snapshot 0123456789ab

    Proved: no stack that satisfies these requirements is better.
      over 1,214 releases of 9 packages, 14 of them read
    Locked 6 releases in requirements.txt; 1 avoided; no known vulnerability.
    Install it with
      pip install --require-hashes -r requirements.txt
    ");
}

#[test]
fn a_wide_terminal_is_used() {
    let (outcome, extras) = first_lock();
    insta::assert_snapshot!(text(&outcome, &extras, &style(120)), @r"
    Read requirements.in for CPython 3.11.7, x86_64-manylinux_2_36 (`stable`).

    The stack: 6 releases
      package       version  behind newest  required by
      blinker       1.9.0                   flask
      flask         3.0.3                   requirements.in:3
      itsdangerous  2.2.0                   flask
      jinja2        3.1.5    by 1 (3.1.6)   flask
      markupsafe    3.0.2                   jinja2 and werkzeug
      werkzeug      3.0.6    by 4 (3.1.3)   requirements.in:4, pyproject.toml:9 (project.dependencies) and flask

    Avoided: 1 release that a resolver blind to advisories would pick
      werkzeug 3.0.1 → 3.0.6
        high 7.5  CVE-2024-34069 (also GHSA-2g68-c3qc-8985 and PYSEC-2024-221)
          A page of an attacker can make the debugger of a developer run code when its pin is typed in or guessed
          fixed in 3.0.3, see https://advisories.example/CVE-2024-34069
        medium  GHSA-q34m-jh98-gwm2 (also CVE-2024-49767)
          Multipart forms take memory without a bound
          fixed in 3.0.6, see https://advisories.example/GHSA-q34m-jh98-gwm2

    Evidence
      18,204 advisory records, the newest of 2026-09-20, checked 3 hours ago
      from https://advisories.example/PyPI/all.zip, snapshot 0123456789ab

    Proved: no stack that satisfies these requirements is better.
      over 1,214 releases of 9 packages, 14 of them read
    Locked 6 releases in requirements.txt; 1 avoided; no known vulnerability.
    Install it with
      pip install --require-hashes -r requirements.txt
    ");
}

#[test]
fn an_update_tells_what_moves_and_what_that_fixes() {
    let (outcome, extras) = update();
    insta::assert_snapshot!(text(&outcome, &extras, &style(80)), @r"
    Read requirements.in for CPython 3.11.7, x86_64-manylinux_2_36 (`stable`).

    5 changes against the existing lock
      blinker     new    →  1.9.0
      colorama    0.4.6  →  removed
      jinja2      3.1.6  →  3.1.5    older than before
      markupsafe  3.0.2  →  3.0.2    from another place
      werkzeug    3.0.1  →  3.0.6    fixes CVE-2024-34069 and GHSA-q34m-jh98-gwm2
      With jinja2 3.1.6 or newer the least exposure is 38.9 (markupsafe 2.0:
        CVE-2026-8 and CVE-2026-9); with 3.1.5, 0.

    Evidence
      18,204 advisory records, the newest of 2026-09-20, checked 3 hours ago
      from https://advisories.example/PyPI/all.zip, snapshot 0123456789ab

    Proved: no stack that satisfies these requirements is better.
      over 1,214 releases of 9 packages, 14 of them read
    Locked 6 releases in locks/pylock.toml; no known vulnerability.
    Install it with
      uv pip install -r locks/pylock.toml
      pip install -r locks/pylock.toml (from pip 26.1 on)
    ");
}

#[test]
fn a_terminal_without_unicode_gets_plain_arrows() {
    let (outcome, extras) = update();
    let style = Style { unicode: false, ..style(80) };
    assert!(text(&outcome, &extras, &style).is_ascii());
}

#[test]
fn one_vulnerability_that_remains_and_one_broken_record_are_spoken_of_as_one() {
    let (mut outcome, extras) = remaining();
    if let Verdict::Stack(decision) = &mut outcome.verdict {
        decision.remaining.truncate(1);
    }
    if let Some(advisories) = &mut outcome.evidence.advisories {
        advisories.rejected = vec!["a.json:1: it has no id".to_string()];
        advisories.rejected_count = 1;
    }
    let told = text(&outcome, &extras, &style(200));
    assert!(told.contains("No stack is without it, because"), "{told}");
    assert!(told.contains("\n  You can accept it with `--ignore ID`.\n"), "{told}");
    assert!(told.contains("1 record could not be used, so what it says is not known:"), "{told}");
}

#[test]
fn what_of_the_lock_is_too_young_is_told_in_one_line() {
    let (mut outcome, extras) = update();
    let Verdict::Stack(decision) = &mut outcome.verdict else { panic!("the sample has a stack") };
    let changes = decision.changes.as_mut().expect("the sample has a lock");
    for (name, before) in [("jinja2", "3.1.6"), ("werkzeug", "3.0.1")] {
        let change = changes.iter_mut().find(|one| one.name.as_ref() == name).expect("it changes");
        change.step_back = Some(samples::too_young(name, before));
    }
    let told = text(&outcome, &extras, &style(200));
    let line = "jinja2 3.1.6 and werkzeug 3.0.1 were not uploaded before the `--exclude-newer` date.";
    assert_eq!(told.matches("uploaded before").count(), 1, "{told}");
    assert!(told.contains(line), "{told}");
}

#[test]
fn observations_of_other_environments_alone_are_told_without_a_count_of_none() {
    let (mut outcome, extras) = first_lock();
    let used = resolution::outcome::ObservationsUsed { elsewhere: 6, ..Default::default() };
    outcome.evidence.observations = Some(used);
    let told = text(&outcome, &extras, &style(80));
    assert!(told.contains("\n  6 observations of other kinds of environments are not counted\n"), "{told}");
    assert!(!told.contains("0 observations"), "{told}");
}

#[test]
fn what_forces_several_releases_alike_is_told_once() {
    let (mut outcome, extras) = remaining();
    let Verdict::Stack(decision) = &mut outcome.verdict else { panic!("the sample has a stack") };
    let mut first = decision.remaining.swap_remove(0);
    let cause = first.cause.as_mut().expect("the sample tells why");
    let lead: Vec<_> = ["tensor>=2", "flask>=3"].map(samples::wanted).into();
    cause.facts.splice(0..0, lead);
    let mut second = first.clone();
    second.name = samples::name("markupsafe");
    let facts = &mut second.cause.as_mut().expect("a copy").facts;
    facts.pop();
    facts.push(samples::wanted("markupsafe<3"));
    decision.remaining = vec![first, second];
    let told = text(&outcome, &extras, &style(120));
    let from = told.find("  markupsafe").expect("the second one");
    let told: Vec<&str> = told[from..].lines().take_while(|line| !line.is_empty()).skip(1).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
      critical 9.8  CVE-2026-1 known to be exploited
        Remote code execution in the template engine
        fixed in 3.1.5 and 4.0.1, see https://advisories.example/CVE-2026-1
      No stack is without it, because
        - as for jinja2 3.1.4 above, your project requires `jinja2<3.1.5` (pyproject.toml:7, project.dependencies),
        - and your project requires `markupsafe<3` (requirements.in:1).
      The same would help as for jinja2 3.1.4.
    You can accept any with `--ignore ID`.
    ");
}

#[test]
fn what_another_type_accepts_is_said() {
    let (mut outcome, extras) = remaining();
    let Verdict::Stack(decision) = &mut outcome.verdict else { panic!("the sample has a stack") };
    decision.remaining.truncate(1);
    if let Some(cause) = &mut decision.remaining[0].cause {
        *cause = samples::slower();
    }
    let mut told = |recommendation| {
        outcome.recommendation = recommendation;
        text(&outcome, &extras, &style(200))
    };
    let performance = told(resolution::Recommendation::Performance);
    let slower = "Without it the best stack is slower by 300 performance points, for exposure 0 instead of 5.0.\n    `-t stable` puts exposure before performance.\n";
    assert!(performance.contains(slower), "{performance}");
    let accepted = "`performance` locks it all the same; `-t security` fails, unless `--ignore ID` accepts it.";
    assert!(performance.contains(accepted), "{performance}");
    let testing = told(resolution::Recommendation::Testing);
    let blind = "`testing` does not avoid vulnerabilities; `-t stable` does, where any stack can.";
    assert!(testing.contains(blind), "{testing}");
}

#[test]
fn releases_that_go_with_others_are_told_in_one_line() {
    let (mut outcome, extras) = first_lock();
    let Verdict::Stack(decision) = &mut outcome.verdict else { panic!("the sample has a stack") };
    let mut along = decision.avoided.first().expect("the sample avoids something").clone();
    along.findings.clear();
    along.step_back = None;
    for (name, chosen) in [("certifi", None), ("idna", Some(samples::version("3.9")))] {
        let (name, version) = (samples::name(name), samples::version("3.10"));
        decision.avoided.push(resolution::outcome::Avoided { name, version, chosen, ..along.clone() });
    }
    let told = text(&outcome, &extras, &style(120));
    let line = "\n  certifi 3.10 → none and idna 3.10 → 3.9: no advisory is about them, but they go with others that are avoided\n";
    assert!(told.contains(line), "{told}");
}

#[test]
fn a_step_back_with_nothing_wrong_says_what_it_bought() {
    let (mut outcome, extras) = first_lock();
    if let Verdict::Stack(decision) = &mut outcome.verdict {
        let Some(first) = decision.avoided.first_mut() else { panic!("the sample avoids something") };
        (first.version, first.chosen) = (samples::version("3.1.3"), Some(samples::version("3.0.6")));
        first.findings.clear();
        first.step_back = Some(samples::bought());
    }
    let told = text(&outcome, &extras, &style(200));
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = "With werkzeug 3.1.3 or newer the least exposure is 38.9 (markupsafe 2.0: CVE-2026-8 and CVE-2026-9); with 3.0.6, 0.";
    assert!(told.contains(line), "{told}");
}

#[test]
fn what_remains_is_named_with_the_way_to_it() {
    let (outcome, extras) = remaining();
    insta::assert_snapshot!(text(&outcome, &extras, &style(80)), @r"
    Read requirements.in for CPython 3.11.7, x86_64-manylinux_2_36 (`security`).

    Nothing changed against the existing lock.

    Remaining: 4 vulnerabilities (1 critical, 1 high, 1 medium, 1 not scored)
      jinja2 3.1.4, which the project itself requires (pyproject.toml:7,
        project.dependencies)
        critical 9.8  CVE-2026-1 known to be exploited
          Remote code execution in the template engine
          fixed in 3.1.5 and 4.0.1, see https://advisories.example/CVE-2026-1
        No stack is without it, because
          - your project requires `jinja2<3.1.5` (pyproject.toml:7,
            project.dependencies),
          - and jinja2 3.1.3 to 3.1.4 are affected by CVE-2026-1.
        What would help, as decided with it:
          - let `jinja2<3.1.5` (requirements.in:7) admit 3.1.6: exploited 1 → 0,
            exposure 22.3 → 12.5
          - drop `jinja2<3.1.5` (requirements.in:7): exploited 1 → 0, exposure 22.3
            → 12.5
      werkzeug 3.0.1, pulled in by flask (requirements.in:3) → werkzeug
        high 7.5  CVE-2024-34069 (also GHSA-2g68-c3qc-8985 and PYSEC-2024-221)
          A page of an attacker can make the debugger of a developer run code when
            its pin is typed in or guessed
          fixed in 3.0.3, see https://advisories.example/CVE-2024-34069
        not scored  PYSEC-2026-7
          no fixed release is known, see https://advisories.example/PYSEC-2026-7
        medium  GHSA-q34m-jh98-gwm2 (also CVE-2024-49767)
          Multipart forms take memory without a bound
          fixed in 3.0.6, see https://advisories.example/GHSA-q34m-jh98-gwm2
        Without it the best stack is worse: last resorts 1 instead of 0, exposure
          19.6 instead of 22.3 (markupsafe 2.0: CVE-2026-8); it takes
          werkzeug 3.2rc1, which you did not ask for.
        No fixed release exists. Nothing was found that helps before the search was
          ended: 24 decided cases.
      What forces CVE-2024-34069 and PYSEC-2026-7 was not looked into. You can
        accept any with `--ignore ID`.

    Ignored: 1 vulnerability
      CVE-2025-47278 in flask 3.0.3

    Warning: `--ignore PYSEC-2020-1` matched nothing: drop it, or check how it is
      written.

    Evidence
      18,204 advisory records, the newest of 2026-09-20, checked 3 hours ago
      from https://advisories.example/PyPI/all.zip, snapshot 0123456789ab

    Not known
      - each of flask 0.1, flask 0.2, flask 0.3, flask 0.4 and 3 more: it was left
        out because its metadata cannot be known without a build
      - flask 3.1.0: its metadata could not be read
        (https://index.example/flask-3.1.0.whl: 503)

    Best found, not proved to be the best: the time limit of 10 s was reached.
      14 of 1,214 releases of 9 packages read
      exploited                             1     proved
      exposure                              22.3  at least 9.8
      freshness of transitive dependencies  12    not settled
    Locked 6 releases in requirements.txt; 4 vulnerabilities remain (1 critical, 1
      high, 1 medium, 1 not scored); 1 ignored.
    Vulnerabilities remain, which fails a `security` run: `-t stable` accepts them,
      in a private network say, and `--exit-zero` lets this run pass.
    Install it with
      pip install --require-hashes -r requirements.txt
    ");
}

#[test]
fn a_verbose_report_tells_everything() {
    let (outcome, extras) = remaining();
    let style = Style { verbose: true, ..style(120) };
    insta::assert_snapshot!(text(&outcome, &extras, &style), @r"
    Read requirements.in for CPython 3.11.7, x86_64-manylinux_2_36 (`security`).

    Nothing changed against the existing lock.

    The stack: 6 releases
      package       version  behind newest  required by
      blinker       1.9.0                   flask
      flask         3.0.3                   requirements.in:3
      itsdangerous  2.2.0                   flask
      jinja2        3.1.4    by 1 (3.1.6)   flask
      markupsafe    3.0.2                   jinja2 and werkzeug
      werkzeug      3.0.1    by 4 (3.1.3)   requirements.in:4, pyproject.toml:9 (project.dependencies) and flask

    Remaining: 4 vulnerabilities (1 critical, 1 high, 1 medium, 1 not scored)
      jinja2 3.1.4, which the project itself requires (pyproject.toml:7, project.dependencies)
        critical 9.8  CVE-2026-1 known to be exploited
          Remote code execution in the template engine
          CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H by CVE-2026-1
          fixed in 3.1.5 and 4.0.1, see https://advisories.example/CVE-2026-1
        No stack is without it, because
          - your project requires `jinja2<3.1.5` (pyproject.toml:7, project.dependencies),
          - and jinja2 3.1.3 to 3.1.4 are affected by CVE-2026-1.
        What would help, as decided with it:
          - let `jinja2<3.1.5` (requirements.in:7) admit 3.1.6: exploited 1 → 0, exposure 22.3 → 12.5
          - drop `jinja2<3.1.5` (requirements.in:7): exploited 1 → 0, exposure 22.3 → 12.5
      werkzeug 3.0.1, pulled in by flask (requirements.in:3) → werkzeug
        high 7.5  CVE-2024-34069 (also GHSA-2g68-c3qc-8985 and PYSEC-2024-221)
          A page of an attacker can make the debugger of a developer run code when its pin is typed in or guessed
          CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:H by GHSA-2g68-c3qc-8985
          fixed in 3.0.3, see https://advisories.example/CVE-2024-34069
        not scored  PYSEC-2026-7
          no fixed release is known, see https://advisories.example/PYSEC-2026-7
        medium  GHSA-q34m-jh98-gwm2 (also CVE-2024-49767)
          Multipart forms take memory without a bound
          fixed in 3.0.6, see https://advisories.example/GHSA-q34m-jh98-gwm2
        Without it the best stack is worse: last resorts 1 instead of 0, exposure 19.6 instead of 22.3 (markupsafe 2.0:
          CVE-2026-8); it takes werkzeug 3.2rc1, which you did not ask for.
        No fixed release exists. Nothing was found that helps before the search was ended: 24 decided cases.
      What forces CVE-2024-34069 and PYSEC-2026-7 was not looked into. You can accept any with `--ignore ID`.

    Ignored: 1 vulnerability
      CVE-2025-47278 in flask 3.0.3
        not scored  CVE-2025-47278
          no fixed release is known, see https://advisories.example/CVE-2025-47278

    Warning: `--ignore PYSEC-2020-1` matched nothing: drop it, or check how it is written.

    Evidence
      18,204 advisory records, the newest of 2026-09-20, checked 3 hours ago
      from https://advisories.example/PyPI/all.zip, snapshot 0123456789ab

    Not known
      - each of flask 0.1, flask 0.2, flask 0.3, flask 0.4, flask 0.5, flask 0.6 and flask 0.7: it was left out because its
        metadata cannot be known without a build
      - flask 3.1.0: its metadata could not be read (https://index.example/flask-3.1.0.whl: 503)

    Best found, not proved to be the best: the time limit of 10 s was reached.
      14 of 1,214 releases of 9 packages read
      exploited                             1     proved
      exposure                              22.3  at least 9.8
      freshness of transitive dependencies  12    not settled
      problem fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210
    Locked 6 releases in requirements.txt; 4 vulnerabilities remain (1 critical, 1 high, 1 medium, 1 not scored); 1 ignored.
    Vulnerabilities remain, which fails a `security` run: `-t stable` accepts them, in a private network say, and
      `--exit-zero` lets this run pass.
    Install it with
      pip install --require-hashes -r requirements.txt
    Looked at 9 packages, read the metadata of 14 releases, sent 23 requests, took 61 steps in 1.284 s.
    ");
}

#[test]
fn without_advisories_nothing_is_called_clean() {
    let (outcome, extras) = uninformed();
    let style = Style { home_index: Some("https://index.example/simple".to_string()), ..style(80) };
    let report = text(&outcome, &extras, &style);
    assert!(!report.contains("no known vulnerability"));
    insta::assert_snapshot!(report, @r"
    Read requirements.in for CPython 3.11.7, x86_64-manylinux_2_36 (`stable`).

    The stack: 6 releases
      package              version  behind newest  required by
      blinker              1.9.0                   flask
      flask[async,dotenv]  3.0.3                   requirements.in:3
      itsdangerous         2.2.0                   flask
      jinja2               3.1.5    by 1 (3.1.6)   flask
      markupsafe           3.0.2                   jinja2 and werkzeug
      werkzeug             3.0.6    by 4 (3.1.3)   requirements.in:4,
                                                   pyproject.toml:9
                                                   (project.dependencies) and flask

    Warning: `--ignore CVE-2024-1` matched nothing, for want of advisories.

    Worth knowing
      - blinker 1.9.0 was yanked (it does not import on Windows); it is here because
        it is pinned.
      - flask is archived: its project expects no further releases, fixes included.
      - itsdangerous is deprecated: its project asks not to use it.
      - No wheel fits for jinja2 3.1.5: installing runs code of the package to build
        it.
      - The dependencies of jinja2 3.1.5 are those recorded when the source
        distribution was made; a build may find others.
      - markupsafe 3.0.2 comes from https://files.example/markupsafe-3.0.2.tar.gz
      - itsdangerous 2.2.0 comes from https://mirror.example/simple/
      - The platform is taken from the interpreter at /usr/bin/python3.

    Evidence
      No advisories were loaded: fetch https://advisories.example/PyPI/all.zip:
        timed out after 5 s. Nothing is known about vulnerabilities.
      Name a source with `--advisories PATH-OR-URL`, or load one while online with
        `thoth db update`.
      Only files uploaded up to 2026-09-20T12:00:00Z were considered.

    Proved: no stack that satisfies these requirements is better, vulnerabilities
      not being known.
      over 1,214 releases of 9 packages, 14 of them read
    Locked 6 releases in Pipfile.lock; vulnerabilities are not known.
    Install it with
      pipenv sync
    ");
}

#[test]
fn advisories_without_a_record_know_nothing_either() {
    let (mut outcome, extras) = first_lock();
    if let Some(used) = &mut outcome.evidence.advisories {
        used.records = 0;
    }
    let report = text(&outcome, &extras, &style(80));
    assert!(report.contains("vulnerabilities are not known") && !report.contains("no known vulnerability"), "{report}");
}

#[test]
fn old_advisories_are_said_to_be_old() {
    let (mut outcome, extras) = first_lock();
    if let Some(used) = &mut outcome.evidence.advisories {
        used.age = Some(45 * samples::DAY);
        used.checked = None;
    }
    let report = text(&outcome, &extras, &style(80));
    assert!(report.contains("checked 45 days ago") && report.contains("thoth db update"), "{report}");
}

#[test]
fn an_unchanged_lock_takes_few_lines() {
    let decision = Decision { changes: Some(Vec::new()), avoided: Vec::new(), ..decision() };
    let outcome = outcome(Verdict::Stack(decision));
    insta::assert_snapshot!(text(&outcome, &written("-", Format::Requirements), &style(80)), @r"
    Read requirements.in for CPython 3.11.7, x86_64-manylinux_2_36 (`stable`).

    Nothing changed against the existing lock.

    Evidence
      18,204 advisory records, the newest of 2026-09-20, checked 3 hours ago
      from https://advisories.example/PyPI/all.zip, snapshot 0123456789ab

    Proved: no stack that satisfies these requirements is better.
      over 1,214 releases of 9 packages, 14 of them read
    Locked 6 releases; no known vulnerability.
    ");
}

#[test]
fn a_conflict_names_the_lines_to_change() {
    let (outcome, extras) = conflict();
    insta::assert_snapshot!(text(&outcome, &extras, &style(80)), @r"
    Read requirements.in for CPython 3.11.7, x86_64-manylinux_2_36 (`stable`).

    There is no stack that satisfies your requirements, because
      - your project requires `flask>=3` (requirements.in:2),
      - your constraints demand `werkzeug<3` (constraints.txt:1),
      - and flask 3.1.0a1 to 3.1.2 require `werkzeug>=3.1`; flask 3.0.0 and 3.0.3
        require `werkzeug>=3.0.0`; flask 3.0.0rc1 requires `werkzeug`.
      That leaves no release of `werkzeug`.

    Hints (not decided with)
      - if you know better, replace what flask requires of `werkzeug` with
        `--override`

    Evidence
      18,204 advisory records, the newest of 2026-09-20, checked 3 hours ago
      from https://advisories.example/PyPI/all.zip, snapshot 0123456789ab

    No lock was written.
    ");
}

#[test]
fn releases_that_may_not_be_chosen_come_with_their_reasons() {
    let (outcome, extras) = excluded();
    insta::assert_snapshot!(text(&outcome, &extras, &style(120)), @r"
    Read 8 files: requirements/1.txt, requirements/2.txt, requirements/3.txt, requirements/4.txt, requirements/5.txt,
      requirements/6.txt and 2 more for CPython 3.11.7, x86_64-manylinux_2_36 (`latest`).

    There is no stack that satisfies your requirements, because
      - your project requires `tensor==2.*` (requirements.in:1),
      - every release of tensor (1.0 to 2.11) was yanked (it does not import on Windows) and is not pinned with `==`,
      - tensor 3.0 and 3.2 require Python >=3.12 or >=3.13, and the environment has Python 3.11.7,
      - tensor 4.0b1 is a pre-release, and `--prerelease` does not admit any,
      - tensor 5.0 to 5.1 were not uploaded before the `--exclude-newer` date (2026-09-20T12:00:00Z, thoth.toml:3,
        exclude-newer),
      - tensor requires `left-pad`,
      - and no index has a package `left-pad` (https://index.example/simple/: 404 Not Found; https://mirror.example/simple/:
        403 Forbidden).

    What would help (decided with each of these)
      - let `tensor[gpu]==2.*` (requirements.in:1) admit 3.1
      - set `--exclude-newer 2026-09-20T12:00:00Z`
      - do without `--exclude-newer`
      - admit every format of `tensor` (see `--no-binary`, `--only-binary`)
      and 12 other ways (see `--verbose`)

    Hints (not decided with)
      - check the spelling of `left-pad`; if another index has it, name that index with `--index-url` or `--extra-index-url`
      - if you know better, replace what tensor requires of `left-pad` with `--override`

    Evidence
      18,204 advisory records, the newest of 2026-09-20, checked 3 hours ago
      from https://advisories.example/PyPI/all.zip, snapshot 0123456789ab

    No lock was written.
    ");
}

#[test]
fn a_project_for_another_python_is_told_so() {
    let (outcome, extras) = python();
    insta::assert_snapshot!(text(&outcome, &extras, &style(80)), @r"
    Read requirements.in for CPython 3.11.7, x86_64-manylinux_2_36 (`stable`).

    There is no stack that satisfies your requirements, because
      - your project supports Python >=3.12, <4 only (pyproject.toml:4,
        project.requires-python), and the environment has Python 3.11.7.

    Evidence
      18,204 advisory records, the newest of 2026-09-20, checked 3 hours ago
      from https://advisories.example/PyPI/all.zip, snapshot 0123456789ab

    No lock was written.
    ");
}

#[test]
fn an_explanation_without_facts_is_still_an_answer() {
    let outcome = outcome(Verdict::Impossible(Explanation::default()));
    let report = text(&outcome, &Extras { exit_code: 1, ..Extras::default() }, &style(80));
    assert!(report.contains("There is no stack that satisfies your requirements.\n"), "{report}");
}

#[test]
fn what_looks_hostile_comes_first_and_upgrades_tell_what_they_bring() {
    let (outcome, extras) = looked();
    let report = text(&outcome, &extras, &style(80));
    let told: Vec<&str> = report.lines().skip(1).take_while(|line| !line.starts_with("The stack")).collect();
    insta::assert_snapshot!(told.join("\n"), @r"

    Do not install this before somebody has looked
      - jinja2 3.1.5 looks hostile: T110 jinja2/a.py:5: It runs what it decodes

    5 changes against the existing lock
      blinker     new    →  1.9.0
      colorama    0.4.6  →  removed
      jinja2      3.1.6  →  3.1.5    older than before
      markupsafe  3.0.2  →  3.0.2    from another place
      werkzeug    3.0.1  →  3.0.6    fixes CVE-2024-34069 and GHSA-q34m-jh98-gwm2
      With jinja2 3.1.6 or newer the least exposure is 38.9 (markupsafe 2.0:
        CVE-2026-8 and CVE-2026-9); with 3.1.5, 0.

    Inside the upgrades
      - jinja2 3.1.5: what is new is not known: the index does not answer
      - werkzeug 3.0.6: speaks to the network (werkzeug/serving.py:7) and starts
        programs, now when it is built or installed (werkzeug/serving.py:7); new
        maintainer Mallory

    Evidence
      18,204 advisory records, the newest of 2026-09-20, checked 3 hours ago
      from https://advisories.example/PyPI/all.zip, snapshot 0123456789ab
      Looked into 6 files (2 known from earlier runs), 0 rules take part in the
        decision
      1 file could not be looked into

    Proved: no stack that satisfies these requirements is better.
      over 1,214 releases of 9 packages, 14 of them read
    Locked 6 releases in locks/pylock.toml; no known vulnerability.
    Install it with
      uv pip install -r locks/pylock.toml
      pip install -r locks/pylock.toml (from pip 26.1 on)
    ");
    assert!(report.contains("Looked into 6 files (2 known from earlier runs), 0 rules take part"), "{report}");
    assert!(report.contains("1 file could not be looked into"), "{report}");
    assert_eq!(report.matches("looks hostile").count(), 1, "it is told once: {report}");
}

#[test]
fn texts_of_strangers_do_nothing_but_be_read() {
    let (outcome, extras) = hostile();
    let report = text(&outcome, &extras, &style(80));
    assert!(!report.chars().any(|letter| letter.is_control() && letter != '\n'));
    assert!(!report.contains("secret") && !report.contains('\u{202e}'));
    assert!(report.lines().count() < 60, "{report}");
    insta::assert_snapshot!(report, @r"
    Read a�[31m b.txt for CPython� 3.11 (`stable`).

    The stack: 2 releases
      package  version  required by
      blinker  1.9.0    parent-0, parent-1, parent-2 and 87 more
      flask    3.0.3    requirements.in:3

    Avoided: 1 release that a resolver blind to advisories would pick
      werkzeug 3.0.1; the stack does without werkzeug
        high 7.5  CVE-1�[2J (also GHSA-2g68-c3qc-8985, PYSEC-2024-221, X-0, X-1 and
          498 more)
          �]8;;https://evil.example�click�31m Fixed: yes
            �aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…
          fixed in 4.0, 4.1, 4.2, 4.3, 4.4 and 195 more, see
            https://advisories.example/��
        high 7.5  CVE-1�[2J (also GHSA-2g68-c3qc-8985, PYSEC-2024-221, X-0, X-1 and
          498 more)
          �]8;;https://evil.example�click�31m Fixed: yes
            �aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…
          fixed in 4.0, 4.1, 4.2, 4.3, 4.4 and 195 more, see
            https://advisories.example/��
        high 7.5  CVE-1�[2J (also GHSA-2g68-c3qc-8985, PYSEC-2024-221, X-0, X-1 and
          498 more)
          �]8;;https://evil.example�click�31m Fixed: yes
            �aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…
          fixed in 4.0, 4.1, 4.2, 4.3, 4.4 and 195 more, see
            https://advisories.example/��
        and 37 more: CVE-1�[2J, CVE-1�[2J, CVE-1�[2J, CVE-1�[2J, CVE-1�[2J,
          CVE-1�[2J, CVE-1�[2J, CVE-1�[2J and 29 more

    Warning: `--ignore �c` matched nothing: drop it, or check how it is written.

    Worth knowing
      - blinker 1.9.0 was yanked (�[1Anothing to see here); it is here because it is
        pinned.
      - Read https://index.example/simple/�.

    Evidence
      18,204 advisory records, checked at a time still to come (is the clock right?)
      from https://advisories.example/PyPI/all.zip, snapshot 0123456789ab
      70,000 records could not be used, so what they say is not known:
        - a0.json: �[5mlong long long long long long long long long long long long
          long long long long long long long long long long long long long long
          long…
        - a1.json: �[5mlong long long long long long long long long long long long
          long long long long long long long long long long long long long long
          long…
        - a2.json: �[5mlong long long long long long long long long long long long
          long long long long long long long long long long long long long long
          long…
        - and 69,997 more

    Not known
      - x�: y

    Proved: no stack that satisfies these requirements is better.
      over 1,214 releases of 9 packages, 14 of them read
    Locked 2 releases in it's�[2J.txt; 1 avoided; no known vulnerability.
    ");
}

#[test]
fn colours_are_paint_and_nothing_else() {
    let (outcome, extras) = remaining();
    let plain = text(&outcome, &extras, &style(80));
    let painted = text(&outcome, &extras, &Style { colour: true, ..style(80) });
    let stripped: String = painted
        .split('\u{1b}')
        .enumerate()
        .map(|(place, part)| if place == 0 { part } else { part.split_once('m').unwrap().1 })
        .collect();
    assert_eq!(stripped, plain);
    let (outcome, extras) = conflict();
    let painted = text(&outcome, &extras, &Style { colour: true, ..style(80) });
    insta::assert_snapshot!(painted.replace('\u{1b}', "ESC"), @r"
    Read ESC[1mrequirements.inESC[0m for ESC[1mCPython 3.11.7, x86_64-manylinux_2_36ESC[0m (`stable`).

    ESC[1mESC[31mThere is no stack that satisfies your requirements, becauseESC[0m
      - your project requires `flask>=3` (requirements.in:2),
      - your constraints demand `werkzeug<3` (constraints.txt:1),
      - and flask 3.1.0a1 to 3.1.2 require `werkzeug>=3.1`; flask 3.0.0 and 3.0.3
        require `werkzeug>=3.0.0`; flask 3.0.0rc1 requires `werkzeug`.
      That leaves no release of `werkzeug`.

    ESC[1mHints (not decided with)ESC[0m
      - if you know better, replace what flask requires of `werkzeug` with
        `--override`

    ESC[1mEvidenceESC[0m
      18,204 advisory records, the newest of 2026-09-20, checked 3 hours ago
      ESC[2mfrom https://advisories.example/PyPI/all.zip, snapshot 0123456789abESC[0m

    ESC[1mESC[31mNo lock was written.ESC[0m
    ");
}

#[test]
fn no_line_is_wider_than_the_terminal_but_for_what_cannot_be_broken() {
    for (outcome, extras) in [first_lock(), update(), remaining(), uninformed(), conflict(), excluded(), hostile()] {
        for width in [60, 80, 100, 120] {
            for line in text(&outcome, &extras, &style(width)).lines() {
                // A command is copied from its line; a word is a word.
                let breakable = line.trim_start().contains(' ') && !line.contains("pip install");
                assert!(line.chars().count() <= width || !breakable, "{width}: {line}");
            }
        }
    }
}

#[test]
fn an_index_that_has_everything_takes_one_line() {
    let (outcome, extras) = first_lock();
    let style = Style { home_index: Some("https://home.example/simple/".to_string()), ..style(80) };
    let report = text(&outcome, &extras, &style);
    assert!(report.contains("\n  - All releases come from https://index.example/simple/\n"), "{report}");
    assert!(!text(&outcome, &extras, &Style::default()).contains("come from"), "without a home, one index is no news");
}

#[test]
fn what_is_listed_as_not_known_is_not_said_twice() {
    let (mut outcome, extras) = uninformed();
    let why = "its requirements were recorded when its sdist was made".to_string();
    outcome.unknown.push(resolution::outcome::Unknown { about: "jinja2 3.1.5".to_string(), why });
    let report = text(&outcome, &extras, &style(80));
    assert!(
        report.contains("jinja2 3.1.5: its requirements were recorded") && !report.contains("dependencies of jinja2"),
        "{report}"
    );
    assert_eq!(report.matches("timed out").count(), 1, "{report}");
}

#[test]
fn a_pin_that_no_release_meets_is_said_to_leave_nothing() {
    let fact = |text: &str| Reason::Want { text: text.to_string(), origin: Origin::line("requirements.in", 1) };
    let told = |facts: Vec<Reason>| {
        let outcome = outcome(Verdict::Impossible(Explanation { facts, ..Explanation::default() }));
        text(&outcome, &Extras { exit_code: 1, ..Extras::default() }, &style(80))
    };
    let report = told(vec![fact("requests==2.99")]);
    assert!(report.contains("\n  That leaves no release of `requests`.\n"), "{report}");
    let gone = Reason::Missing { package: samples::name("requests"), answers: BTreeMap::new() };
    let report = told(vec![fact("requests==2.99"), gone]);
    assert!(!report.contains("That leaves") && !report.contains("loosen"), "{report}");
}

#[test]
fn advisories_that_stand_still_are_said_to_be_old_however_often_they_are_checked() {
    let (mut outcome, extras) = first_lock();
    if let Some(used) = &mut outcome.evidence.advisories {
        used.newest = Some(samples::SEPTEMBER - 800 * samples::DAY * 1_000_000);
    }
    let report = text(&outcome, &extras, &style(80));
    assert!(report.contains("the newest of 2024-07-12 (2 years ago)"), "{report}");
}

#[test]
fn of_many_different_bounds_the_ends_are_told() {
    let edges = (15..30).rev().map(|minor| {
        let version = format!("2.{minor}");
        (
            samples::edge("botocore", &format!(">=1.{minor},<1.{}", minor + 1)),
            samples::among(&["-3.0", &version, "-2.1"]),
        )
    });
    let facts = vec![
        Reason::Want { text: "aiobotocore>=2.15".to_string(), origin: Origin::line("requirements.in", 1) },
        Reason::Requires {
            package: samples::name("aiobotocore"),
            on: samples::name("botocore"),
            edges: edges.collect(),
        },
    ];
    let outcome = outcome(Verdict::Impossible(Explanation { facts, ..Explanation::default() }));
    let report = text(&outcome, &Extras { exit_code: 1, ..Extras::default() }, &style(200));
    let told = "15 releases of aiobotocore have 15 different bounds on `botocore`, from `botocore>=1.15,<1.16` of \
                aiobotocore\u{a0}2.15 to `botocore>=1.29,<1.30` of aiobotocore\u{a0}2.29.";
    assert!(report.replace("\n    ", " ").contains(&told.replace('\u{a0}', " ")), "{report}");
}

#[test]
fn other_stacks_are_told_with_what_they_cost() {
    let (outcome, extras) = alternatives();
    let told = text(&outcome, &extras, &Style { width: 100, ..Style::default() });
    let (_, section) = told.split_once("Alternatives").unwrap();
    let (section, _) = section.split_once("Evidence").unwrap();
    insta::assert_snapshot!(format!("Alternatives{section}"), @r#"
    Alternatives: 2 stacks between exposure and freshness
              exploited  exposure  own behind  others behind  differs in
      chosen  0          0.0       5           12
      1       0          7.5       3           12             1 release
      2       1          17.3      0           12             1 release
      1 is fresher and more exposed:
        werkzeug  3.0.3  →  3.0.6  brings CVE-2024-34069 (high 7.5)
      2 is fresher and more exposed:
        werkzeug  3.0.3  →  3.0.6  brings CVE-2026-1 (critical 9.8) and CVE-2024-34069 (high 7.5)
      2 of 4 are told; `--alternatives 4` tells all.
      Proved: each is the freshest stack of its exposure, and no stack is better than these on both.
    "#);
}

#[test]
fn prescriptions_and_observations_tell_what_is_wrong_and_count_the_rest() {
    let (outcome, extras) = prescribed();
    insta::assert_snapshot!(text(&outcome, &extras, &style(80)), @r#"
    Read requirements.in for CPython 3.11.7, x86_64-manylinux_2_36 (`stable`).

    There is no stack that satisfies your requirements, because
      - your project requires `flask>=3` (requirements.in:2),
      - and the prescription thoth.FlaskWerkzeug
        (prescriptions/fl_/flask/group.yaml:4) does not admit `flask>=3` and
        `werkzeug<3` together: it crashes.

    Prescriptions and observations
      - this base image is no longer cared for (https://example.com/why)
      - flask and jinja2: its maintainers do not sign releases
      - advised for a Deployment: add {"name":"THREADS"} at /spec/env/0
      - a change of a BuildConfig is advised; `--format json` has it
      1 note, which `-v` tells

    Evidence
      18,204 advisory records, the newest of 2026-09-20, checked 3 hours ago
      from https://advisories.example/PyPI/all.zip, snapshot 0123456789ab
      90,611 units of prescriptions, 66 rules take part in the decision
      thoth 0.24.0, from prescriptions.tar.zst, identity 0123456789ab
      1 file or unit could not be used; `thoth prescription check` tells why.
      1,234 observations with Python 3.11 on linux-x86_64 (16 failures), 1 rule
        takes part in the decision
      4 failures speak against no release in particular; 57 observations of other
        kinds of environments are not counted; 3 observations that do not say where
        are not counted
      The health of 12 projects, 1 rule takes part in the decision
      from index and deps.dev+https://api.example/; of 3, no Scorecard is known

    No lock was written.
    "#);
}

#[test]
fn what_a_predictor_found_is_told_with_the_gap_and_what_it_took() {
    let (outcome, extras) = walked();
    let text = text(&outcome, &extras, &Style { width: 100, ..Style::default() });
    let from = text.find("Best found,").expect("it is not proved");
    let told: Vec<&str> = text[from..].lines().take(7).map(str::trim_end).collect();
    assert_eq!(
        told,
        [
            "Best found, not proved to be the best: annealing found none better.",
            "  annealing, seed 7: 100,000 stacks walked (125,000 a second), 41 choices rejected; over 62 releases",
            "    of 9 packages",
            "  14 of 1,214 releases of 9 packages read",
            "  change  2  at least 1",
            "Next best of what annealing found",
            "  2. jinja2 3.1.3, no itsdangerous: change 3 instead of 2",
        ]
    );
}
