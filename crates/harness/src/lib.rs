//! Scenario files, runner, run store and reports.

pub mod record;

pub use record::{Arm, CaseRow};
