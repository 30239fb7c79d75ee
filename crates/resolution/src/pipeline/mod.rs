//! What turns experience into constraints, costs and notes.
//!
//! Prescriptions become rules of the search ([`prescribed`]) and remarks on its result ([`remarks`]); [`boots`] prepares what
//! they are asked about. What became of the original's units is in [`units`].

pub mod boots;
pub mod prescribed;
pub mod remarks;
pub mod units;
