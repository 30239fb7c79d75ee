//! Rules of experience written as YAML: what they say, when they apply, which packages they are about.
//!
//! The schema is that of the original Thoth's prescriptions. The way through this crate: bytes of files go into a [`Builder`],
//! which gives a [`Collection`] of [`Unit`]s and [`Problem`]s; a unit says by [`When::applies`] whether it takes part in a run
//! under the [`Circumstances`] at hand, and by its [`Act`] what it does there. Fetching and keeping files is left to other
//! crates, and so is what an act means to a search.

pub mod answer;
pub mod asked;
pub mod circumstances;
pub mod collection;
pub mod draft;
mod fits;
mod honoured;
pub mod image;
pub mod kept;
pub mod lint;
pub mod matcher;
mod problem;
mod read;
pub mod unit;
pub mod usage;
pub mod when;
pub mod words;

pub use answer::WhyNot;
pub use asked::Asked;
pub use circumstances::{Circumstances, Pipeline};
pub use collection::{Builder, Collection, Key};
pub use draft::Note;
pub use fits::{Candidate, Missing};
pub use image::Image;
pub use kept::Wanted;
pub use matcher::{Index, Matcher, Versions};
pub use problem::{Problem, Weight};
pub use unit::{Act, Effect, Kind, Link, Message, Place, Release, Score, State, Stop, Tone, Unit};
pub use usage::LibraryUsage;
pub use when::{Choice, Demand, Dependency, RpmPackage, Runtime, When};
