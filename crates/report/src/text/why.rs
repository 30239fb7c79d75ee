//! Why a package is in the stack at its version, is not in it, or is not there as something else.

use packaging::{Requirement, Version};
use resolution::{
    Level,
    graph::{Graph, Way},
    outcome::{Explanation, Reason},
    why::{Bound, By, Mention, Presence, SUPPOSED, Supposed, There, Unless, Why, WhyNot, WhyNotFinding},
};

use super::{
    Style, cause, comparison,
    page::{Line, Page, Tone},
    tree::requirement_of,
};
use crate::{
    clean::clean,
    sentence::{self, sentence},
    words::{count, listed, place, release, severity},
};

/// How many bounds are told.
const MOST_BOUNDS: usize = 8;
/// How many mentions are told.
const MOST_MENTIONS: usize = 12;

/// Why a package is in the stack, for a terminal; ends in a line end.
pub fn why(why: &Why, style: &Style) -> String {
    let mut page = Page::new(style);
    match &why.presence {
        Presence::There(there) => present(&mut page, &why.graph, there),
        Presence::Absent(mentions) => absent(&mut page, why, mentions),
    }
    page.finish()
}

fn present(page: &mut Page<'_>, graph: &Graph, there: &There) {
    let Some(node) = graph.nodes.get(there.place) else { return };
    let mut line = Line::new().then(Tone::Strong, release(&node.name, &node.version)).plain(" is in the stack.");
    if !node.findings.is_empty() {
        let ids = node.findings.iter().map(|one| &one.vulnerability);
        let ids: Vec<String> = ids.map(|one| format!("{} ({})", clean(&one.id), severity(one))).collect();
        let most = if page.style.verbose { usize::MAX } else { 3 };
        line = line.then(Tone::Bad, format!(" It is vulnerable: {}.", listed(&ids, most)));
    }
    page.put(0, &line);
    page.section(Tone::Strong, "Required by");
    for way in &there.ways.shortest {
        let line = way_line(page, graph, way);
        page.point(2, &line);
    }
    let more = there.ways.count - there.ways.shortest.len().min(there.ways.count);
    if more > 0 {
        let least = if there.ways.complete { "" } else { "at least " };
        page.put(2, &Line::new().then(Tone::Faint, format!("and in {least}{}", count(more, "more way"))));
    }
    bounds(page, there);
    page.section(Tone::Strong, format!("Why {}", node.version));
    reasons(page, node.name.as_ref(), there);
}

/// `requirements.in:3 requires flask>=3 → flask 3.0.3 requires werkzeug>=3.0.0`.
fn way_line(page: &Page<'_>, graph: &Graph, way: &Way) -> Line {
    let mut line = Line::new();
    if let Some(root) = graph.roots.get(way.root) {
        line = line
            .then(Tone::Strong, clean(&root.origin.to_string()))
            .plain(format!(" requires `{}`", clean(&root.text)));
        if root.overridden {
            line = line.plain(" (overridden)");
        }
    }
    for (at, link) in &way.links {
        let Some(node) = graph.nodes.get(*at) else { continue };
        let Some(link) = node.requires.get(*link) else { continue };
        let with: Vec<&str> = link.when.iter().map(AsRef::as_ref).collect();
        let with = if with.is_empty() { String::new() } else { format!("[{}]", with.join(",")) };
        line = line
            .plain(format!(" {} ", page.arrow()))
            .then(Tone::Strong, format!("{}{with}\u{a0}{}", node.name, node.version))
            .plain(format!(" requires `{}`", requirement_of(graph, link)));
        if link.overridden {
            line = line.plain(" (overridden)");
        }
    }
    line
}

fn bounds(page: &mut Page<'_>, there: &There) {
    if there.bounds.is_empty() {
        return;
    }
    page.section(Tone::Strong, "Bounds");
    let most = if page.style.verbose { usize::MAX } else { MOST_BOUNDS };
    let row = |bound: &Bound| {
        let effect = match bound.admits || there.preferred.is_empty() {
            true => Line::new(),
            false => Line::new()
                .then(Tone::Warning, format!("admits nothing {}", if there.lowest { "older" } else { "newer" })),
        };
        vec![
            Line::new().plain(format!("`{}`", clean(&bound.requirement))),
            Line::new().then(Tone::Faint, by(&bound.by)),
            effect,
        ]
    };
    let rows: Vec<Vec<Line>> = there.bounds.iter().take(most).map(row).collect();
    page.table(2, &rows);
    let more = there.bounds.len().saturating_sub(most);
    if more > 0 {
        page.put(2, &Line::new().then(Tone::Faint, format!("and {}", count(more, "more bound"))));
    }
}

fn by(by: &By) -> String {
    match by {
        By::Project(origin) => place(origin),
        By::Constraint(origin) => format!("constraint, {}", place(origin)),
        By::Override(origin) => format!("override, {}", place(origin)),
        By::Release(name, version) => release(name, version),
    }
}

fn reasons(page: &mut Page<'_>, name: &str, there: &There) {
    let (end, direction, a) =
        if there.lowest { ("oldest", "older", "an older") } else { ("newest", "newer", "a newer") };
    match &there.supposed {
        None if there.left_out.is_empty() => {
            page.put(2, &Line::new().plain(format!("It is the {end} release of {name}.")));
        }
        None => {
            let line = format!("It is the {end} release that can be used. Of the {direction} ones,");
            page.put(2, &Line::new().plain(line));
            points(page, 4, &there.left_out);
        }
        Some(supposed) => {
            let range = range(&there.preferred);
            match supposed {
                Supposed::Impossible(explanation) => {
                    let line = format!("No stack satisfies your requirements with {a} one ({range}), because");
                    page.put(2, &Line::new().plain(line));
                    let told = |reason: &&Reason| !is_supposed(reason);
                    let facts: Vec<Reason> = explanation.facts.iter().filter(told).cloned().collect();
                    points(page, 4, &facts);
                }
                Supposed::Possible { version, comparison } => {
                    let line = format!("With {a} one ({range}) the stack would be ");
                    let with = if there.preferred.len() == 1 { String::new() } else { format!("with {version}, ") };
                    possible(page, 2, line, &with, comparison);
                }
            }
            if !there.left_out.is_empty() {
                page.put(2, &Line::new().plain(format!("Of the other {direction} ones,")));
                points(page, 4, &there.left_out);
            }
        }
    }
}

/// What a stack costs that was not chosen, and what differs in it.
fn possible(page: &mut Page<'_>, indent: usize, lead: String, with: &str, comparison: &resolution::why::Comparison) {
    match comparison::worse(comparison) {
        Some(worse) => {
            let line = Line::new().plain(lead).then(Tone::Warning, "worse").plain(format!(": {with}{worse}."));
            page.put(indent, &line);
        }
        None => {
            let line = format!(
                "{lead}no better and no worse: {with}every level is the same. Of equal stacks the one is chosen whose own \
                 dependencies are newer, then the others, in the order of their names."
            );
            page.put(indent, &Line::new().plain(line));
        }
    }
    comparison::changes(page, indent + 2, comparison);
    if matches!(comparison.decisive(), Some((Level::Change, ..))) {
        let line = "`--upgrade` chooses everything anew, `--upgrade-package NAME` one package.";
        page.put(indent, &Line::new().plain(line));
    }
}

fn is_supposed(reason: &Reason) -> bool {
    matches!(reason, Reason::Want { origin, .. } | Reason::Constraint { origin, .. } if origin.file == SUPPOSED)
}

/// Facts, each on a line, as the clauses of one sentence.
fn points(page: &mut Page<'_>, indent: usize, facts: &[Reason]) {
    for (place, fact) in facts.iter().enumerate() {
        let last = place + 1 == facts.len();
        let (lead, end) = match (last, facts.len()) {
            (true, 1) => ("", "."),
            (true, _) => ("and ", "."),
            (false, _) => ("", ","),
        };
        page.point(indent, &Line::new().plain(format!("{lead}{}{end}", sentence(fact))));
    }
}

/// `3.1`, `3.0 to 3.1`; the versions come newest first. Pre-releases count where there is nothing else.
fn range(versions: &[Version]) -> String {
    let finals: Vec<&Version> = versions.iter().filter(|version| !version.any_prerelease()).collect();
    match if finals.is_empty() { versions.iter().collect() } else { finals }.as_slice() {
        [] => String::new(),
        [one] => one.to_string(),
        [newest, .., oldest] => format!("{oldest} to {newest}"),
    }
}

fn absent(page: &mut Page<'_>, why: &Why, mentions: &[Mention]) {
    let line = Line::new().then(Tone::Strong, why.package.to_string()).plain(" is not in the stack.");
    if mentions.is_empty() {
        return page.put(0, &line.plain(" Nothing in the project or in the stack mentions it."));
    }
    page.put(0, &line);
    page.section(Tone::Strong, "It would be with");
    let most = if page.style.verbose { usize::MAX } else { MOST_MENTIONS };
    for mention in mentions.iter().take(most) {
        let who = by(&mention.by);
        let requirement = clean(&mention.requirement);
        let package = match &mention.by {
            By::Release(name, _) => name.to_string(),
            _ => "the project".to_string(),
        };
        let line = match &mention.unless {
            Unless::Extra(extra) => Line::new()
                .plain("the extra ")
                .then(Tone::Strong, format!("{package}[{extra}]"))
                .plain(format!(": {who} requires `{requirement}`")),
            Unless::Environment => {
                Line::new().plain(format!("another environment than this one: {who} requires `{requirement}`"))
            }
            Unless::Dropped => {
                Line::new().plain(format!("no override that drops what {who} requires: `{requirement}`"))
            }
        };
        page.point(2, &line);
    }
    let more = mentions.len().saturating_sub(most);
    if more > 0 {
        page.put(2, &Line::new().then(Tone::Faint, format!("and {}", count(more, "more way"))));
    }
}

/// Why something is not in the stack, for a terminal; ends in a line end.
pub fn why_not(answer: &WhyNot, style: &Style) -> String {
    let mut page = Page::new(style);
    let asked = clean(&answer.requirement);
    let stack = match &answer.chosen {
        Some(version) => format!("The stack has {}.", release(&answer.package, version)),
        None => format!("{} is not in the stack.", answer.package),
    };
    match &answer.finding {
        WhyNotFinding::Chosen => {
            let line = Line::new().plain(stack).then(Tone::Good, format!(" That is what `{asked}` asks for."));
            page.put(0, &line);
        }
        WhyNotFinding::Unusable { left_out, nearest, help } => {
            page.put(0, &Line::new().plain(stack));
            page.gap();
            if left_out.is_empty() {
                page.put(0, &Line::new().then(Tone::Bad, format!("There is no release that `{asked}` accepts.")));
            } else {
                let line = format!("No release that `{asked}` accepts can be used:");
                page.put(0, &Line::new().then(Tone::Bad, line));
                points(&mut page, 2, left_out);
            }
            let nearest: Vec<String> = nearest.iter().rev().map(ToString::to_string).collect();
            if !nearest.is_empty() {
                let (verb, noun) = if nearest.len() == 1 { ("is", "one") } else { ("are", "ones") };
                let line = format!("The nearest usable {noun} {verb} {}.", listed(&nearest, 2));
                page.put(0, &Line::new().plain(line));
            }
            if !left_out.is_empty() {
                cause::help(&mut page, help);
            }
        }
        WhyNotFinding::Supposed(Supposed::Impossible(explanation)) => {
            page.put(0, &Line::new().plain(stack));
            impossible(&mut page, &asked, explanation);
            // A package that no index has is not had by anything that gives.
            if !explanation.facts.iter().any(|fact| matches!(fact, Reason::Missing { .. })) {
                cause::help(&mut page, &explanation.help);
            }
        }
        WhyNotFinding::Supposed(Supposed::Possible { version, comparison }) => {
            page.put(0, &Line::new().plain(stack));
            page.gap();
            let there_is = format!("There is a stack with {}", release(&answer.package, version));
            let only_more = comparison.changes.iter().all(|change| change.before.is_none());
            if comparison.decisive().is_none() && only_more {
                let line = format!(
                    "{there_is}, as good as the chosen one; nothing in your project asks for it. It has in addition"
                );
                page.put(0, &Line::new().plain(line));
                comparison::changes(&mut page, 2, comparison);
            } else {
                possible(&mut page, 0, format!("{there_is}; it is "), "", comparison);
            }
        }
    }
    page.finish()
}

fn impossible(page: &mut Page<'_>, asked: &str, explanation: &Explanation) {
    page.section(Tone::Bad, format!("No stack that satisfies your requirements has `{asked}`, because"));
    points(page, 2, &explanation.facts);
    // A conflict about the one package that was asked for shows itself.
    let asked = asked.parse::<Requirement>().ok().map(|requirement| requirement.name);
    if let Some(package) = sentence::left_without(explanation).filter(|package| Some(package) != asked.as_ref()) {
        page.put(2, &Line::new().plain(format!("That leaves no release of `{package}`.")));
    }
}
