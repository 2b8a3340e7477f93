//! Slice groups as they are drawn.
