//! Clients of package indexes, archives and advisory feeds, over one HTTP stack.
