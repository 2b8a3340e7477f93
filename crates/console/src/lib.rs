//! The console: a virtual MRI scanner in a window.

pub mod room;
