//! Everything that a trainee can ask for.
