//! What the tests of this crate look at: the workspace as cargo sees it, its tracked text, and licence expressions.
//!
//! For tests only, never a dependency of a crate that is shipped. The rules themselves are the tests, one file a subject.

pub mod licence;
pub mod source;
pub mod text;
pub mod workspace;
