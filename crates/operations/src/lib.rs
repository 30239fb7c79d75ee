//! The verbs: gather, decide, write, keep.
