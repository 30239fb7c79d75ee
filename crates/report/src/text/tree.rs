//! The stack as a tree: what requires what, or who requires it.

use std::collections::{BTreeMap, BTreeSet};

use packaging::{ExtraName, PackageName, VersionSpecifiers};
use resolution::{
    graph::{Graph, Link, Node, Root},
    outcome::Outcome,
};

use super::{
    Style,
    page::{Line, Page, Tone},
};
use crate::{
    clean::clean,
    proof::informed,
    words::{count, listed, severity},
};

/// The most pieces of a tree, of which a line has one more than it is steps from the top: a tree that repeats every subtree
/// may be larger than anything.
const MOST_PIECES: usize = 1_000_000;

/// How a tree is to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeView {
    /// The packages to begin with; none at all means the project's requirements, or the packages that require nothing when
    /// it is inverted.
    pub packages: Vec<PackageName>,
    /// Whether branches lead to who requires a release instead of to what it requires.
    pub invert: bool,
    /// How many steps branches go; `None` for all.
    pub depth: Option<usize>,
    /// Whether what was drawn once is only named the next time.
    pub dedupe: bool,
}

impl Default for TreeView {
    /// All of it, from the project down, each subtree once.
    fn default() -> Self {
        Self { packages: Vec::new(), invert: false, depth: None, dedupe: true }
    }
}

/// The stack of an outcome as a tree for a terminal, ending in a line end.
pub fn tree(outcome: &Outcome, graph: &Graph, view: &TreeView, style: &Style) -> String {
    let mut page = Page::new(style);
    let (missing, known): (Vec<&PackageName>, Vec<&PackageName>) =
        view.packages.iter().partition(|package| graph.position(package).is_none());
    for package in &missing {
        page.put(0, &Line::new().then(Tone::Bad, format!("`{package}` is not in the stack.")));
    }
    if view.packages.is_empty() || !known.is_empty() {
        let mut drawing = Drawing {
            graph,
            view,
            dependents: graph.dependents(),
            drawn: BTreeSet::new(),
            repeated: false,
            pieces: 0,
            page: &mut page,
        };
        drawing.draw(outcome, &known);
        let Drawing { repeated, pieces, .. } = drawing;
        closing(&mut page, outcome, graph, repeated, pieces);
    }
    page.finish()
}

fn closing(page: &mut Page<'_>, outcome: &Outcome, graph: &Graph, repeated: bool, pieces: usize) {
    page.gap();
    if pieces >= MOST_PIECES {
        let line = "The tree is cut here: `--depth` and `--package` show parts of it.";
        page.put(0, &Line::new().then(Tone::Warning, line));
    }
    if repeated {
        page.put(0, &Line::new().then(Tone::Faint, "(*) what it leads to is drawn elsewhere"));
    }
    let vulnerable = graph.nodes.iter().filter(|node| !node.findings.is_empty()).count();
    let line = Line::new().plain(format!("{}, ", count(graph.nodes.len(), "release")));
    let line = match vulnerable {
        _ if !informed(&outcome.evidence) => line.then(Tone::Bad, "vulnerabilities are not known"),
        0 => line.then(Tone::Good, "none with a known vulnerability"),
        number => line.then(Tone::Bad, format!("{number} with known vulnerabilities")),
    };
    page.put(0, &line.plain("."));
}

/// A line of the tree and where it leads.
struct Branch {
    label: Line,
    to: Option<usize>,
}

struct Drawing<'a, 'p, 's> {
    graph: &'a Graph,
    view: &'a TreeView,
    dependents: Vec<Vec<(usize, usize)>>,
    /// Releases whose branches were drawn.
    drawn: BTreeSet<usize>,
    repeated: bool,
    pieces: usize,
    page: &'p mut Page<'s>,
}

impl Drawing<'_, '_, '_> {
    fn draw(&mut self, outcome: &Outcome, packages: &[&PackageName]) {
        let graph = self.graph;
        let headed = packages.is_empty() && !self.view.invert;
        let tops: Vec<Branch> = if headed {
            let inputs: Vec<String> = outcome.inputs.iter().map(|input| clean(input)).collect();
            self.page.row(&Line::new().then(Tone::Strong, listed(&inputs, 6)));
            self.roots()
        } else {
            let leaf = |(_, node): &(usize, &Node)| node.requires.is_empty();
            let chosen: Vec<usize> = match packages.is_empty() {
                true => graph.nodes.iter().enumerate().filter(leaf).map(|(place, _)| place).collect(),
                false => packages.iter().filter_map(|package| graph.position(package)).collect(),
            };
            // In a stack of cycles nothing is without requirements.
            let chosen = if chosen.is_empty() { (0..graph.nodes.len()).collect() } else { chosen };
            let top = |at: usize| {
                let node = graph.nodes.get(at)?;
                Some(Branch { label: self.label(node, &node.extras, &[]), to: Some(at) })
            };
            chosen.into_iter().filter_map(top).collect()
        };
        self.walk(tops, headed);
    }

    /// Draws branches and what they lead to, without recursion: a chain may be as long as the stack.
    fn walk(&mut self, tops: Vec<Branch>, headed: bool) {
        let [fork, end, bar] = match self.page.style.unicode {
            true => ["├── ", "└── ", "│   "],
            false => ["|-- ", "`-- ", "|   "],
        };
        let mut open = vec![tops.into_iter()];
        // The releases that the open levels are branches of.
        let mut above: Vec<usize> = Vec::new();
        while let Some(level) = open.last_mut() {
            let Some(Branch { label, to }) = level.next() else {
                open.pop();
                above.pop();
                continue;
            };
            if self.pieces >= MOST_PIECES {
                return;
            }
            self.pieces += open.len();
            let mut lead = String::new();
            for (depth, level) in open.iter().enumerate().skip(usize::from(!headed)) {
                let last = level.as_slice().is_empty();
                lead.push_str(match (depth + 1 == open.len(), last) {
                    (true, false) => fork,
                    (true, true) => end,
                    (false, false) => bar,
                    (false, true) => "    ",
                });
            }
            let depth = open.len() - usize::from(!headed);
            let mut line = Line::new().then(Tone::Faint, lead).joined(label);
            let deeper = self.view.depth.is_none_or(|most| depth < most);
            let next = to.filter(|_| deeper).map(|at| (at, self.branches(at))).filter(|(_, next)| !next.is_empty());
            if let Some((at, next)) = next {
                let met = above.contains(&at) || (self.view.dedupe && self.drawn.contains(&at));
                if met {
                    self.repeated = true;
                    line = line.then(Tone::Faint, " (*)");
                } else {
                    self.drawn.insert(at);
                    self.page.row(&line);
                    open.push(next.into_iter());
                    above.push(at);
                    continue;
                }
            }
            self.page.row(&line);
        }
    }

    /// The project's requirements, each package once.
    fn roots(&self) -> Vec<Branch> {
        let mut by_package: BTreeMap<usize, Vec<&Root>> = BTreeMap::new();
        for root in &self.graph.roots {
            by_package.entry(root.to).or_default().push(root);
        }
        let branch = |(to, roots): (usize, Vec<&Root>)| {
            let extras: BTreeSet<&ExtraName> = roots.iter().flat_map(|root| &root.extras).collect();
            let extras: Vec<ExtraName> = extras.into_iter().cloned().collect();
            let notes: Vec<String> = roots.iter().map(|root| note_of_root(root)).collect();
            Some(Branch { label: self.label(self.graph.nodes.get(to)?, &extras, &notes), to: Some(to) })
        };
        by_package.into_iter().filter_map(branch).collect()
    }

    fn branches(&self, at: usize) -> Vec<Branch> {
        let graph = self.graph;
        if !self.view.invert {
            let links = graph.nodes.get(at).into_iter().flat_map(|node| &node.requires);
            let branch = |link: &Link| {
                let label = self.label(graph.nodes.get(link.to)?, &link.extras, &notes_of_link(link));
                Some(Branch { label, to: Some(link.to) })
            };
            return links.filter_map(branch).collect();
        }
        let roots = graph.roots.iter().filter(|root| root.to == at);
        let roots = roots.map(|root| Branch {
            label: Line::new()
                .then(Tone::Strong, clean(&root.origin.to_string()))
                .plain(format!(" requires `{}`", clean(&root.text))),
            to: None,
        });
        let dependents = self.dependents.get(at).into_iter().flatten().filter_map(|(from, place)| {
            let node = graph.nodes.get(*from)?;
            let link = node.requires.get(*place)?;
            let [mut bounds, when] = notes_of_link(link);
            if !bounds.is_empty() {
                bounds.insert_str(0, "requires ");
            }
            Some(Branch { label: self.label(node, &node.extras, &[bounds, when]), to: Some(*from) })
        });
        roots.chain(dependents).collect()
    }

    /// A release: `requests[socks] 2.32.3 (>=2) vulnerable: CVE-2024-1 (high 8.9) and 2 more`.
    fn label(&self, node: &Node, extras: &[ExtraName], notes: &[String]) -> Line {
        let mut line = Line::new().then(Tone::Strong, named(&node.name, extras)).plain(format!(" {}", node.version));
        let notes: Vec<&str> = notes.iter().map(String::as_str).filter(|note| !note.is_empty()).collect();
        if !notes.is_empty() {
            line = line.then(Tone::Faint, format!(" ({})", notes.join("; ")));
        }
        if let Some((worst, rest)) = node.findings.split_first() {
            let worst = &worst.vulnerability;
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            line = line.then(Tone::Bad, format!(" vulnerable: {} ({}){more}", clean(&worst.id), severity(worst)));
        }
        line
    }
}

/// `requests[socks]`.
fn named(name: &PackageName, extras: &[ExtraName]) -> String {
    let extras: Vec<&str> = extras.iter().map(AsRef::as_ref).collect();
    if extras.is_empty() { name.to_string() } else { format!("{name}[{}]", extras.join(",")) }
}

/// `>=3,<4`; nothing for any version.
fn bounds(specifiers: &VersionSpecifiers) -> String {
    specifiers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// What a release requires of another, as a requirement.
pub(super) fn requirement_of(graph: &Graph, link: &Link) -> String {
    let name = graph.nodes.get(link.to).map(|node| named(&node.name, &link.extras)).unwrap_or_default();
    name + &bounds(&link.specifiers)
}

/// What a package is required with, and what replaces that.
fn note(specifiers: &VersionSpecifiers, overridden: bool) -> String {
    let bounds = bounds(specifiers);
    match (overridden, bounds.is_empty()) {
        (false, _) => bounds,
        (true, true) => "overridden".to_string(),
        (true, false) => format!("{bounds}, overridden"),
    }
}

fn note_of_root(root: &Root) -> String {
    let (note, place) = (note(&root.specifiers, root.overridden), clean(&root.origin.to_string()));
    if note.is_empty() { place } else { format!("{note}, {place}") }
}

/// Its bounds, and the extras that make it count.
fn notes_of_link(link: &Link) -> [String; 2] {
    let extras: Vec<&str> = link.when.iter().map(AsRef::as_ref).collect();
    let when = if extras.is_empty() { String::new() } else { format!("extra {}", extras.join(", ")) };
    [note(&link.specifiers, link.overridden), when]
}
