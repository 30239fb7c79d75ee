//! What a release can do: speak to the network, start programs, run when it is installed, and so on, each with the first place
//! that says so.
//!
//! Nothing of this is bad by itself, and most packages can do some of it. It is what a release *gains* that is worth a look: see
//! [`difference`](crate::difference).

mod table;

use std::fmt;

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall};
use ruff_text_size::{Ranged, TextSize};
use serde::{Deserialize, Serialize};

use crate::{
    contents,
    imports::{self, Imports},
    member::Member,
    moment::{self, Moment},
    source,
    value::literal,
};

/// Something that code can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// It speaks to the network.
    Network,
    /// It starts programs.
    Process,
    /// It runs code of its own when it is built or installed.
    Install,
    /// It runs code whenever Python starts.
    Startup,
    /// It runs code that it makes or names at run time.
    Dynamic,
    /// It has native code, or loads it.
    Native,
    /// It turns bytes into objects in a way that may run code.
    Deserialise,
    /// It writes, moves or deletes files.
    Files,
    /// It reads the environment.
    Environment,
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Network => "speaks to the network",
            Self::Process => "starts programs",
            Self::Install => "has code for when it is installed",
            Self::Startup => "has code for whenever Python starts",
            Self::Dynamic => "runs code that it makes or names at run time",
            Self::Native => "has or loads native code",
            Self::Deserialise => "turns bytes into objects, which may run code",
            Self::Files => "writes, moves or deletes files",
            Self::Environment => "reads the environment",
        })
    }
}

/// The first place in a release that says it can do something at some moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Evidence {
    /// What it can do.
    pub capability: Capability,
    /// When it may do so.
    pub moment: Moment,
    /// The file, as its archive or folder names it.
    pub path: String,
    /// The line, counted from 1; 0 where it is the file as a whole.
    pub line: u32,
    /// The source at `line`, cut to what fits a report, without control characters.
    pub excerpt: String,
}

/// What code can do and when, each once, with the first place in the order of paths and lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Capabilities(Vec<Evidence>);

impl Capabilities {
    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Evidence> {
        self.0.iter()
    }

    /// Whether it can do this at that moment.
    pub fn has(&self, capability: Capability, moment: Moment) -> bool {
        self.place(capability, moment).is_ok()
    }

    /// Whether it can do this at any moment.
    pub fn has_at_all(&self, capability: Capability) -> bool {
        self.0.iter().any(|one| one.capability == capability)
    }

    /// Takes in a place, unless one before it says the same.
    pub fn add(&mut self, evidence: Evidence) {
        match self.place(evidence.capability, evidence.moment) {
            Ok(at) => {
                if let Some(known) = self.0.get_mut(at).filter(|known| evidence < **known) {
                    *known = evidence;
                }
            }
            Err(at) => self.0.insert(at, evidence),
        }
    }

    fn place(&self, capability: Capability, moment: Moment) -> Result<usize, usize> {
        self.0.binary_search_by_key(&(capability, moment), |one| (one.capability, one.moment))
    }
}

impl IntoIterator for Capabilities {
    type Item = Evidence;
    type IntoIter = std::vec::IntoIter<Evidence>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// No qualified name that is known is longer, in bytes.
const LONGEST_NAME: usize = 64;

/// What an imported module, or something in one, is for: that of the shortest beginning, whole parts only, that is known.
pub(crate) fn imported(qualified: &str) -> Option<Capability> {
    known(qualified).map(|(_, capability)| capability)
}

fn known(qualified: &str) -> Option<(&'static str, Capability)> {
    let dots = qualified.match_indices('.').map(|(at, _)| at).chain([qualified.len()]);
    dots.take_while(|at| *at <= LONGEST_NAME).find_map(|at| table::module(qualified.get(..at)?))
}

/// What something is for that is named in an expression. Where nothing of it was imported, it is a variable of that name.
fn named(qualified: &str, imports: &Imports<'_>) -> Option<Capability> {
    let (name, capability) = known(qualified)?;
    let above = || name.match_indices('.').any(|(at, _)| name.get(..at).is_some_and(|module| imports.has(module)));
    (imports.mention(name) || above()).then_some(capability)
}

/// What a call is for, by what is called and, for files, with what.
pub(crate) fn called(qualified: &str, call: &ExprCall, imports: &Imports<'_>) -> Option<Capability> {
    match imports::last(qualified) {
        "open" => opens_to_write(qualified, call).then_some(Capability::Files),
        "write_text" | "write_bytes" => Some(Capability::Files),
        "setup" if call.arguments.find_keyword("cmdclass").is_some() => Some(Capability::Install),
        _ => table::builtin(qualified).or_else(|| named(qualified, imports)),
    }
}

/// `open(path, mode)` and `path.open(mode)` where the mode is spelled out and is one for writing.
fn opens_to_write(qualified: &str, call: &ExprCall) -> bool {
    let position = usize::from(matches!(qualified, "open" | "io.open" | "codecs.open"));
    let mode = call.arguments.find_argument_value("mode", position).and_then(literal);
    mode.is_some_and(|mode| {
        mode.contains(['w', 'a', 'x', '+']) && mode.chars().all(|letter| "rwaxbt+".contains(letter))
    })
}

/// When what begins at `place` in the syntax runs: code of functions, and behind `if __name__ == "__main__"`, when it is asked for,
/// but in a `setup.py`, where all is there to be run.
pub(crate) fn moment(file: Moment, ancestors: &[AnyNodeRef<'_>], place: TextSize) -> Moment {
    let parts = ancestors.iter().map(Ranged::start).skip(1).chain([place]);
    let later = |(node, part): (&AnyNodeRef<'_>, TextSize)| match node {
        AnyNodeRef::StmtFunctionDef(_) | AnyNodeRef::ExprLambda(_) => true,
        AnyNodeRef::StmtIf(branch) => {
            let ends = branch.elif_else_clauses.first().map_or(branch.end(), Ranged::start);
            part < ends && moment::asks_for_program(branch)
        }
        _ => false,
    };
    if file != Moment::Install && ancestors.iter().zip(parts).any(later) { Moment::Later } else { file }
}

/// Whether an attribute is the environment.
pub(crate) fn is_environment(imports: &Imports<'_>, expression: &Expr) -> bool {
    matches!(expression, Expr::Attribute(one) if matches!(one.attr.as_str(), "environ" | "environb"))
        && named(&imports.qualify(expression), imports) == Some(Capability::Environment)
}

/// What a file says by being there, whatever language it is in.
pub(crate) fn of_file(member: &Member<'_>) -> Vec<Evidence> {
    let evidence = |capability, moment, line, excerpt: &str| Evidence {
        capability,
        moment,
        path: member.path.to_owned(),
        line,
        excerpt: source::shown(excerpt),
    };
    let native = matches!(member.extension(), Some("so" | "pyd" | "dylib" | "dll"));
    if native || contents::program(member.bytes).is_some() {
        return vec![evidence(Capability::Native, Moment::Later, 0, "")];
    }
    if moment::customises_start(member.path) {
        return vec![evidence(Capability::Startup, Moment::Start, 0, "")];
    }
    if !matches!(member.extension(), Some("pth" | "toml")) {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(member.bytes);
    let starts = moment::startup_lines(member, &text).next().map(|found| (Capability::Startup, Moment::Start, found));
    let builds = || moment::own_backend(member, &text).map(|found| (Capability::Install, Moment::Install, found));
    let found = starts.or_else(builds);
    found.map(|(capability, moment, (number, line))| evidence(capability, moment, number, line)).into_iter().collect()
}

#[cfg(test)]
mod tests;
