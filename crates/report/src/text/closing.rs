//! What was proved, the counts, and what to do next.

use packaging::lock::Format;
use resolution::{
    Recommendation,
    certificate::{Certificate, Heuristic, ProvedLevel, Scope},
    outcome::{Decision, Effort, NextBest, Outcome},
};

use super::page::{Line, Page, Tone};
use crate::{
    Extras, LockFile,
    clean::clean,
    proof::{self, informed},
    words::{count, grouped, severities},
};

/// The end of a report about a stack.
pub(super) fn stack(page: &mut Page<'_>, outcome: &Outcome, decision: &Decision, extras: &Extras) {
    proved(page, outcome, &decision.certificate);
    let releases = count(decision.releases.len(), "release");
    let line = match &extras.lock {
        Some(lock) if lock.path == "-" => Line::new().plain(format!("Locked {releases}")),
        Some(lock) => Line::new().plain(format!("Locked {releases} in ")).then(Tone::Strong, clean(&lock.path)),
        None => Line::new().plain(format!("{releases}, no lock written")),
    };
    page.put(0, &counts(line, outcome, decision));
    if outcome.recommendation == Recommendation::Security && !decision.remaining.is_empty() && extras.exit_code == 1 {
        let line = "Vulnerabilities remain, which fails a `security` run: `-t\u{a0}stable` accepts them, in a private network \
                    say, and `--exit-zero` lets this run pass.";
        page.put(0, &Line::new().then(Tone::Bad, line));
    }
    if let Some(lock) = &extras.lock {
        next(page, lock);
    }
}

fn counts(line: Line, outcome: &Outcome, decision: &Decision) -> Line {
    let mut line = line;
    if !decision.avoided.is_empty() {
        line = line.plain(format!("; {} avoided", decision.avoided.len()));
    }
    line = line.plain("; ");
    line = match decision.remaining.as_slice() {
        remaining @ [_, ..] => {
            let found = severities(remaining.iter().map(|one| &one.finding.vulnerability));
            let verb = if remaining.len() == 1 { "remains" } else { "remain" };
            line.then(Tone::Bad, format!("{} {verb}", count(remaining.len(), "vulnerability")))
                .plain(format!(" ({found})"))
        }
        [] if !informed(&outcome.evidence) => line.then(Tone::Bad, "vulnerabilities are not known"),
        [] if decision.ignored.is_empty() => line.then(Tone::Good, "no known vulnerability"),
        [] => line.then(Tone::Good, "no other known vulnerability"),
    };
    if !decision.ignored.is_empty() {
        line = line.plain(format!("; {} ignored", decision.ignored.len()));
    }
    line.plain(".")
}

/// What the search proved: a sentence when it is all, a table of the levels when it is not.
fn proved(page: &mut Page<'_>, outcome: &Outcome, certificate: &Certificate) {
    let is_optimal = certificate.is_optimal();
    let (verdict, what) = proof::sentence(outcome, certificate);
    let tone = if is_optimal { Tone::Good } else { Tone::Warning };
    let line = Line::new().then(tone, verdict).plain(what);
    page.put(0, &line);
    if let Some(walked) = &certificate.heuristic {
        page.put(2, &Line::new().then(Tone::Faint, walks(walked)));
    }
    if certificate.scope.releases > 0 {
        page.put(2, &Line::new().then(Tone::Faint, scope(certificate.scope, is_optimal)));
    }
    if page.style.verbose || !is_optimal {
        let levels = &certificate.levels;
        let gap = levels.iter().position(|level| !level.is_optimal);
        let rows: Vec<Vec<Line>> =
            levels.iter().enumerate().map(|(at, proved)| level(proved, gap == Some(at))).collect();
        page.table(2, &rows);
    }
    if page.style.verbose && !certificate.problem.is_empty() {
        let line = Line::new().then(Tone::Faint, format!("problem {}", clean(&certificate.problem)));
        page.put(2, &line);
    }
    next_best(page, outcome, certificate);
}

/// The next best stacks, by what tells them from the chosen one.
fn next_best(page: &mut Page<'_>, outcome: &Outcome, certificate: &Certificate) {
    if outcome.next_best.is_empty() {
        return;
    }
    let title = match &certificate.heuristic {
        Some(walked) => format!("Next best of what {} found", walked.predictor),
        None => "Next best, each proved to be that".to_string(),
    };
    page.put(0, &Line::new().plain(title));
    for (place, NextBest { levels, differs, without }) in outcome.next_best.iter().enumerate() {
        let costs = levels.iter().zip(&certificate.levels).filter(|((_, cost), chosen)| *cost != chosen.value);
        let costs = costs.map(|((level, cost), chosen)| {
            format!("{} {} instead of {}", level.name(), level.amount(*cost), level.amount(chosen.value))
        });
        let costs: Vec<String> = costs.collect();
        let costs = if costs.is_empty() { "as good".to_string() } else { costs.join(", ") };
        let differs = differs.iter().map(|(name, version)| format!("{name} {version}"));
        let differs: Vec<String> = differs.chain(without.iter().map(|name| format!("no {name}"))).collect();
        page.put(2, &Line::new().plain(clean(&format!("{}. {}: {costs}", place + 2, differs.join(", ")))));
    }
}

/// How a predictor walked.
fn walks(walked: &Heuristic) -> String {
    let Heuristic { predictor, seed, stacks, rejected, world, .. } = walked;
    let counted = |number: u64, what: &str| count(usize::try_from(number).unwrap_or(usize::MAX), what);
    let all = match (walked.exhausted, stacks) {
        (false, _) => "",
        (true, 1) => ", the only one",
        (true, _) => ", which are all",
    };
    let pace = walked.pace().map(|pace| format!(" ({} a second)", grouped(pace as usize))).unwrap_or_default();
    format!(
        "{predictor}, seed {seed}: {} walked{all}{pace}, {} rejected; over {} of {}",
        counted(*stacks, "stack"),
        counted(*rejected, "choice"),
        count(world.releases, "release"),
        count(world.packages, "package"),
    )
}

/// What the proof is about.
fn scope(scope: Scope, is_proof: bool) -> String {
    let Scope { packages, releases, read } = scope;
    let (all, packages) = (count(releases, "release"), count(packages, "package"));
    match is_proof {
        true => format!("over {all} of {packages}, {} of them read", grouped(read)),
        false => format!("{} of {all} of {packages} read", grouped(read)),
    }
}

/// A level with what was found, and what is possible: on the first one that is not proved, a bound; on those after it the
/// best stack may lose more or less.
fn level(proved: &ProvedLevel, is_gap: bool) -> Vec<Line> {
    let proof = match (proved.is_optimal, is_gap) {
        (true, _) => Line::new().then(Tone::Faint, "proved"),
        (false, false) => Line::new().then(Tone::Warning, "not settled"),
        (false, true) => Line::new().then(Tone::Warning, format!("at least {}", proved.level.amount(proved.bound))),
    };
    let value = Line::new().plain(proved.level.amount(proved.value));
    vec![Line::new().plain(proved.level.name()), value, proof]
}

/// How to install what was locked, as far as the path can be typed.
fn next(page: &mut Page<'_>, lock: &LockFile) {
    let Some(path) = typed(&lock.path) else { return };
    let commands: Vec<(String, &str)> = match lock.format {
        Format::Requirements => vec![(format!("pip install --require-hashes -r {path}"), "")],
        // `uv pip sync` would remove everything else from the environment.
        Format::Pylock => {
            vec![(format!("uv pip install -r {path}"), ""), (format!("pip install -r {path}"), "from pip 26.1 on")]
        }
        Format::PipfileLock if lock.path.contains(['/', '\\']) => {
            vec![("pipenv sync".to_string(), "in the folder of the lock")]
        }
        Format::PipfileLock => vec![("pipenv sync".to_string(), "")],
    };
    page.put(0, &Line::new().plain("Install it with"));
    for (command, note) in commands {
        // A command is copied: it stays on its line.
        let line = Line::new().then(Tone::Strong, command.replace(' ', "\u{a0}"));
        let line = if note.is_empty() { line } else { line.then(Tone::Faint, format!("  ({note})")) };
        page.put(2, &line);
    }
}

/// A path as it can be typed into a shell; `None` for what is no file, or cannot be shown as it is.
fn typed(path: &str) -> Option<String> {
    let plain = |character: char| character.is_alphanumeric() || "._/~+-=:,@%\\".contains(character);
    if path == "-" || path.is_empty() || clean(path) != path {
        return None;
    }
    let path = if path.starts_with('-') { format!("./{path}") } else { path.to_string() };
    match path.chars().all(plain) {
        true => Some(path),
        false => Some(format!("'{}'", path.replace('\'', r"'\''"))),
    }
}

/// The end of a report about an impossible wish.
pub(super) fn impossible(page: &mut Page<'_>, extras: &Extras) {
    if extras.lock.is_none() {
        page.put(0, &Line::new().then(Tone::Bad, "No lock was written."));
    }
}

/// What the run took.
pub(super) fn effort(page: &mut Page<'_>, effort: &Effort) {
    let line = format!(
        "Looked at {}, read the metadata of {}, sent {}, took {} in {}.{:03} s.",
        count(effort.packages, "package"),
        count(effort.releases_read, "release"),
        count(effort.requests, "request"),
        count(effort.steps, "step"),
        effort.milliseconds / 1000,
        effort.milliseconds % 1000
    );
    page.put(0, &Line::new().then(Tone::Faint, line));
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn a_path_can_be_typed_as_it_is_shown() {
        assert_eq!(typed("a/b.txt").as_deref(), Some("a/b.txt"));
        assert_eq!(typed("my lock's.txt").as_deref(), Some(r"'my lock'\''s.txt'"));
        assert_eq!(typed("-r.txt").as_deref(), Some("./-r.txt"));
        assert_eq!(typed("-"), None);
        assert_eq!(typed("a\u{1b}.txt"), None);
    }
}
