//! One set of features for the dependencies that several programs of this workspace share.
//!
//! Cargo compiles a dependency once for each set of features. Without this crate the command line would ask for fewer
//! features of `wgpu`, `naga`, `rustix` and their like than Bevy does, and the second program built would compile them,
//! and all that use them, again. Both programs depend on this crate; it has no code.
//! `tests/system/ladder.rs` fails when the sets drift apart, and names the package and the features to add here.
