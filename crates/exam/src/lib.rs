//! One examination as commands in and events out.
