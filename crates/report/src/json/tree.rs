//! The stack as releases and the requirements between them.

use packaging::{VersionSpecifiers, lock::scrubbed};
use resolution::{
    graph::{Graph, Link, Node, Root},
    outcome::Outcome,
};
use serde::Serialize;

use super::{
    convert::{origin, strings, vulnerability},
    inquiry::Document,
    v1, written,
};

/// What `thoth tree` answers: always the whole stack, whatever part of it a reader looks at.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Tree {
    /// The requirements of the project.
    requirements: Vec<Requirement>,
    /// The releases, by name.
    releases: Vec<Release>,
    /// What they require of each other.
    edges: Vec<Edge>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Requirement {
    package: String,
    specifiers: String,
    extras: Vec<String>,
    overridden: bool,
    requirement: String,
    origin: v1::Origin,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Release {
    name: String,
    version: String,
    extras: Vec<String>,
    vulnerabilities: Vec<v1::Vulnerability>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Edge {
    from: String,
    to: String,
    specifiers: String,
    extras: Vec<String>,
    when: Vec<String>,
    overridden: bool,
}

/// The stack of an outcome as a JSON document (`thoth-tree`), indented, ending in a line end.
pub fn tree_json(outcome: &Outcome, graph: Option<&Graph>, exit_code: u8) -> String {
    written(&Document::new("thoth-tree", exit_code, outcome, graph.map(Tree::new)))
}

impl Tree {
    fn new(graph: &Graph) -> Self {
        let edges = graph.nodes.iter().flat_map(|node| node.requires.iter().filter_map(|link| edge(graph, node, link)));
        Self {
            requirements: graph.roots.iter().filter_map(|root| requirement(graph, root)).collect(),
            releases: graph.nodes.iter().map(release).collect(),
            edges: edges.collect(),
        }
    }
}

pub(super) fn requirement(graph: &Graph, root: &Root) -> Option<Requirement> {
    Some(Requirement {
        package: graph.nodes.get(root.to)?.name.to_string(),
        specifiers: joined(&root.specifiers),
        extras: strings(&root.extras),
        overridden: root.overridden,
        requirement: scrubbed(&root.text),
        origin: origin(&root.origin),
    })
}

fn release(node: &Node) -> Release {
    Release {
        name: node.name.to_string(),
        version: node.version.to_string(),
        extras: strings(&node.extras),
        vulnerabilities: node.findings.iter().map(vulnerability).collect(),
    }
}

pub(super) fn edge(graph: &Graph, node: &Node, link: &Link) -> Option<Edge> {
    Some(Edge {
        from: node.name.to_string(),
        to: graph.nodes.get(link.to)?.name.to_string(),
        specifiers: joined(&link.specifiers),
        extras: strings(&link.extras),
        when: strings(&link.when),
        overridden: link.overridden,
    })
}

/// `>=1,<2`.
pub(super) fn joined(specifiers: &VersionSpecifiers) -> String {
    strings(specifiers.iter()).join(",")
}
