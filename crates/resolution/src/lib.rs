//! Chooses the stack: catalogue, objective, exact search, outcome.
