//! Outcomes for people and machines: terminal text and versioned JSON.
