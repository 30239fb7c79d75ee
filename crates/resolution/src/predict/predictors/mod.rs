//! The predictors, a file each.

mod random_walk;

pub use self::random_walk::RandomWalk;
