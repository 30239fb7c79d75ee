//! Python packaging standards as values.
//!
//! Requirements, index pages, metadata, runtime environments, project files and lock formats: text in, values out, and back.
//! This crate opens no file and no socket and knows nothing of advisories; where a format refers to another file, the caller
//! hands in a way to read it.

pub mod digest;
pub mod environment;
pub mod environments;
pub mod index;
pub mod lock;
pub mod marker;
pub mod metadata;
pub mod origin;
pub mod project;
pub mod requirement;
pub mod text;
pub mod yaml;

pub use digest::{Algorithm, Digest};
pub use environment::RuntimeEnvironment;
pub use origin::Origin;
pub use requirement::{Requirement, Wanted};
pub use url::Url;
pub use uv_distribution_filename::{SourceDistFilename, WheelFilename};
pub use uv_normalize::{ExtraName, GroupName, PackageName};
pub use uv_pep440::{Operator, Version, VersionSpecifier, VersionSpecifiers};
pub use uv_pep508::{MarkerEnvironment, MarkerTree};
pub use uv_platform_tags::Tags;
