//! Static analysis of what releases contain: files in, findings out.
//!
//! The way through this crate: an [`Analyser`] with the rules that are wanted looks at one [`Member`] after the other, each
//! by itself, so that a caller may share it between threads. A [`Report`] adds up what comes of it. Rules are in the
//! [`catalogue`]; what one is made of is in [`rule`].
//!
//! Reading archives, keeping results and deciding what a finding costs is left to other crates. Nothing that is looked at
//! is ever run, and whatever is in it, the answer is a report.

mod analysis;
pub mod artifact;
mod bandit;
pub mod call;
pub mod capability;
pub mod catalogue;
pub mod contents;
pub mod difference;
pub mod finding;
mod found;
mod hostile;
pub mod imports;
pub mod inventory;
mod language;
pub mod lines;
pub mod member;
pub mod module;
mod nesting;
mod nosec;
pub mod report;
pub mod rule;
pub mod selection;
pub mod source;
mod syntax;
pub mod text;
pub mod usage;
pub mod value;
pub mod view;
mod walk;
pub mod work;

pub use analysis::{Analyser, Limits};
pub use capability::{Capabilities, Capability, Evidence, Moment};
pub use contents::{Contents, Kind};
pub use difference::Difference;
pub use finding::{Confidence, Finding, Severity};
pub use language::Language;
pub use lines::{Lines, LinesByLanguage};
pub use member::Member;
pub use report::{Counts, Depth, Examined, Report};
pub use rule::{Family, Rule};
pub use selection::Selection;
