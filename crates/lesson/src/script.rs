//! A recording is a script.
