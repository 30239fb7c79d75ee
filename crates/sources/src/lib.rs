//! Clients of package indexes, archives and advisory feeds, over one HTTP stack.
//!
//! Everything that comes over the wire or out of an archive is untrusted: it is bounded in size, count and time, checked against
//! every hash that is known, and refused with the place and the remedy when it lies. What the answers mean is decided by
//! [`packaging`] and `evidence`; what is kept between runs, by the knowledge base.

pub mod archive;
pub mod checksum;
pub mod credentials;
pub mod distribution;
pub mod host;
pub mod http;
pub mod index;
pub mod interpreter;
pub mod members;
pub mod metadata;
pub mod netrc;
pub mod project;
mod tarball;
pub mod zipped;
