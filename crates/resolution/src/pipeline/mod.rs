//! What turns evidence and experience into constraints, costs and notes.
//!
//! A [`Unit`] is a name, a part to play and one function; [`UNITS`] are all of them, and a [`Pipeline`] says which take part in a run.
//! Boots prepare what is asked, sieves leave out, steps weigh, wraps tell of the end. Prescriptions become rules of the search
//! ([`prescribed`]) and remarks on its result ([`remarks`]), as far as the unit of their kind takes part. What became of the
//! original's units is in [`originals`].

mod beginning;
pub mod document;
pub mod health;
pub mod observed;
pub mod originals;
pub mod prescribed;
mod registry;
pub mod remarks;
pub mod scanned;
mod selection;
mod unit;
mod units;
mod weighing;

pub use self::{
    beginning::Beginning,
    registry::UNITS,
    selection::{Choice, Pipeline},
    unit::{FileSift, Kind, PackageSift, Parameter, Part, ProjectSift, ReleaseSift, Run, Settings, Sift, Step, Unit},
    weighing::{Release, Units, Weighing},
};
