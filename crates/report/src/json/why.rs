//! Why something is in the stack or is not.

use packaging::lock::scrubbed;
use resolution::{
    outcome::{Outcome, Reason},
    why::{Bound, By, Mention, Presence, Supposed, Unless, Why, WhyNot, WhyNotFinding},
};
use serde::Serialize;

use super::{
    convert::{self, fact, number, origin, strings, vulnerability},
    help,
    inquiry::Document,
    tree::{Edge, Requirement, edge, requirement},
    v1, written,
};

/// What `thoth why` answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct WhyAnswer {
    package: String,
    version: Option<String>,
    vulnerabilities: Vec<v1::Vulnerability>,
    ways: Option<Ways>,
    bounds: Vec<BoundBy>,
    preferred: Vec<String>,
    left_out: Vec<v1::Fact>,
    supposed: Option<SupposedStack>,
    mentions: Vec<MentionedBy>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Ways {
    count: u64,
    complete: bool,
    shortest: Vec<Way>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Way {
    requirement: Option<Requirement>,
    edges: Vec<Edge>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct BoundBy {
    #[serde(flatten)]
    by: Source,
    requirement: String,
    admits_preferred: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct MentionedBy {
    #[serde(flatten)]
    by: Source,
    requirement: String,
    unless: &'static str,
    extra: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct Source {
    by: &'static str,
    origin: Option<v1::Origin>,
    package: Option<String>,
    version: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
struct SupposedStack {
    explanation: Vec<v1::Fact>,
    version: Option<String>,
    comparison: Option<v1::Comparison>,
}

/// What `thoth why-not` answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct WhyNotAnswer {
    package: String,
    requirement: String,
    chosen: Option<String>,
    finding: &'static str,
    left_out: Vec<v1::Fact>,
    nearest: Vec<String>,
    help: Option<v1::Help>,
    supposed: Option<SupposedStack>,
}

/// Why a package is in the stack as a JSON document (`thoth-why`), indented, ending in a line end.
pub fn why_json(outcome: &Outcome, why: Option<&Why>, exit_code: u8) -> String {
    written(&Document::new("thoth-why", exit_code, outcome, why.map(WhyAnswer::new)))
}

/// Why something is not in the stack as a JSON document (`thoth-why-not`), indented, ending in a line end.
pub fn why_not_json(outcome: &Outcome, why_not: Option<&WhyNot>, exit_code: u8) -> String {
    written(&Document::new("thoth-why-not", exit_code, outcome, why_not.map(WhyNotAnswer::new)))
}

impl WhyAnswer {
    fn new(why: &Why) -> Self {
        let mut answer = Self {
            package: why.package.to_string(),
            version: None,
            vulnerabilities: Vec::new(),
            ways: None,
            bounds: Vec::new(),
            preferred: Vec::new(),
            left_out: Vec::new(),
            supposed: None,
            mentions: Vec::new(),
        };
        let graph = &why.graph;
        match &why.presence {
            Presence::Absent(mentions) => answer.mentions = mentions.iter().map(mention).collect(),
            Presence::There(there) => {
                if let Some(node) = graph.nodes.get(there.place) {
                    answer.version = Some(node.version.to_string());
                    answer.vulnerabilities = node.findings.iter().map(vulnerability).collect();
                }
                let shortest = there.ways.shortest.iter().map(|way| Way {
                    requirement: graph.roots.get(way.root).and_then(|root| requirement(graph, root)),
                    edges: way
                        .links
                        .iter()
                        .filter_map(|(at, link)| {
                            let node = graph.nodes.get(*at)?;
                            edge(graph, node, node.requires.get(*link)?)
                        })
                        .collect(),
                });
                let shortest = shortest.collect();
                answer.ways = Some(Ways { count: number(there.ways.count), complete: there.ways.complete, shortest });
                answer.bounds = there.bounds.iter().map(bound).collect();
                answer.preferred = strings(&there.preferred);
                answer.left_out = there.left_out.iter().map(fact).collect();
                answer.supposed = there.supposed.as_ref().map(supposed);
            }
        }
        answer
    }
}

impl WhyNotAnswer {
    fn new(answer: &WhyNot) -> Self {
        let none: &[Reason] = &[];
        let (finding, left_out, nearest, found_help, found) = match &answer.finding {
            WhyNotFinding::Chosen => ("chosen", none, Vec::new(), None, None),
            WhyNotFinding::Unusable { left_out, nearest, help } => {
                ("unusable", left_out.as_slice(), strings(nearest), Some(help), None)
            }
            WhyNotFinding::Supposed(found @ Supposed::Impossible(explanation)) => {
                ("impossible", none, Vec::new(), Some(&explanation.help), Some(found))
            }
            WhyNotFinding::Supposed(found @ Supposed::Possible { .. }) => {
                ("possible", none, Vec::new(), None, Some(found))
            }
        };
        Self {
            package: answer.package.to_string(),
            requirement: answer.requirement.clone(),
            chosen: answer.chosen.as_ref().map(ToString::to_string),
            finding,
            left_out: left_out.iter().map(fact).collect(),
            nearest,
            help: found_help.map(help::help),
            supposed: found.map(supposed),
        }
    }
}

fn source(by: &By) -> Source {
    let of = |by: &'static str, at: &packaging::Origin| Source {
        by,
        origin: Some(origin(at)),
        package: None,
        version: None,
    };
    match by {
        By::Project(at) => of("project", at),
        By::Constraint(at) => of("constraint", at),
        By::Override(at) => of("override", at),
        By::Release(name, version) => {
            Source { by: "release", origin: None, package: Some(name.to_string()), version: Some(version.to_string()) }
        }
    }
}

fn bound(bound: &Bound) -> BoundBy {
    BoundBy { by: source(&bound.by), requirement: scrubbed(&bound.requirement), admits_preferred: bound.admits }
}

fn mention(mention: &Mention) -> MentionedBy {
    let (unless, extra) = match &mention.unless {
        Unless::Extra(extra) => ("extra", Some(extra.to_string())),
        Unless::Environment => ("environment", None),
        Unless::Dropped => ("dropped", None),
    };
    MentionedBy { by: source(&mention.by), requirement: scrubbed(&mention.requirement), unless, extra }
}

fn supposed(supposed: &Supposed) -> SupposedStack {
    match supposed {
        Supposed::Impossible(explanation) => {
            SupposedStack { explanation: explanation.facts.iter().map(fact).collect(), version: None, comparison: None }
        }
        Supposed::Possible { version, comparison } => SupposedStack {
            explanation: Vec::new(),
            version: Some(version.to_string()),
            comparison: Some(convert::comparison(comparison)),
        },
    }
}
