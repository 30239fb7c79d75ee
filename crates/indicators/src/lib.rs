//! Static analysis of what releases contain: files in, findings out.
//!
//! The way through this crate: an [`Analyser`] with the rules that are wanted looks at one [`Member`] after the other, each
//! by itself, so that a caller may share it between threads. A [`Report`] adds up what comes of it. Rules are in the
//! [`catalogue`].
//!
//! Reading archives, keeping results and deciding what a finding costs is left to other crates. Nothing that is looked at
//! is ever run, and whatever is in it, the answer is a report.

mod analysis;
pub mod artifact;
mod bandit;
mod call;
mod capability;
pub mod catalogue;
mod contents;
mod difference;
mod finding;
mod found;
mod hostile;
mod imports;
pub mod inventory;
mod language;
pub mod lines;
mod member;
mod module;
mod moment;
mod nesting;
mod nosec;
mod programs;
mod report;
mod rule;
mod selection;
mod source;
mod syntax;
mod text;
pub mod usage;
mod value;
mod view;
mod walk;
mod work;

pub use analysis::{Analyser, Limits};
pub use capability::{Capabilities, Capability, Evidence};
pub use contents::{Contents, Kind};
pub use difference::{Difference, Gained};
pub use finding::{Confidence, Finding, Severity};
pub use lines::{Lines, LinesByLanguage};
pub use member::Member;
pub use moment::Moment;
pub use report::{Counts, Depth, Examined, Report};
pub use rule::{Family, Rule};
pub use selection::Selection;
