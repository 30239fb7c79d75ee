//! What turns experience into constraints, costs and notes.
//!
//! Prescriptions become rules of the search ([`prescribed`]) and remarks on its result ([`remarks`]).

pub mod prescribed;
pub mod remarks;
