//! What was proved, the counts, and what to do next.

use packaging::lock::Format;
use resolution::{
    Recommendation,
    outcome::{Certificate, Decision, Effort, Outcome},
};

use super::{
    evidence::informed,
    page::{Line, Page, Tone},
};
use crate::{
    Extras, LockFile,
    clean::clean,
    words::{amount, count, severities},
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
        let line = "Vulnerabilities remain, which fails a `security` run; `--exit-zero` accepts them.";
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

/// What the search proved, in one sentence.
fn proved(page: &mut Page<'_>, outcome: &Outcome, certificate: &Certificate) {
    let gap = certificate.levels.iter().find(|(_, value, bound)| value > bound);
    let line = match (certificate.optimal, gap) {
        (true, _) => Line::new()
            .then(Tone::Good, "Proved:")
            .plain(format!(" no stack that satisfies these requirements is better{}.", aside(outcome))),
        (false, gap) => {
            let why = certificate.stopped.as_ref().map(|why| format!(" ({})", clean(why))).unwrap_or_default();
            let bound = gap.map(|(level, value, bound)| {
                let (value, bound) = (amount(*level, *value), amount(*level, *bound));
                format!(" Its {} is {value}; no stack is below {bound}.", level.name())
            });
            Line::new()
                .then(Tone::Warning, "Best found,")
                .plain(format!(" not proved to be the best{}: the search ended early{why}.", aside(outcome)))
                .plain(bound.unwrap_or_default())
        }
    };
    page.put(0, &line);
    if page.style.verbose {
        for (level, value, bound) in &certificate.levels {
            let bound = match value == bound {
                true => String::new(),
                false => format!(", at least {}", amount(*level, *bound)),
            };
            page.put(2, &Line::new().then(Tone::Faint, format!("{}: {}{bound}", level.name(), amount(*level, *value))));
        }
        if !certificate.problem.is_empty() {
            page.put(2, &Line::new().then(Tone::Faint, format!("problem {}", clean(&certificate.problem))));
        }
    }
}

/// What "better" leaves out.
fn aside(outcome: &Outcome) -> &'static str {
    match outcome.recommendation {
        Recommendation::Latest => ", vulnerabilities not counted",
        Recommendation::Stable | Recommendation::Security if informed(&outcome.evidence) => "",
        Recommendation::Stable | Recommendation::Security => ", vulnerabilities not being known",
    }
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
