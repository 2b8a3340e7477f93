//! Plans that people made at the console: a line of JSON each, scored by `plumbline run` like the simulated
//! technologists'.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`mod@file`] | files of attempts: a line each |
//! | [`score`] | an attempt held against its patient |

pub mod file;
pub mod score;
#[cfg(test)]
mod tests;

pub use file::{AttemptsError, assign, hash, read};
pub use score::{Scored, score_rows, scored};

pub use crate::runner::{patient_of_case, registration_of};

use exam::Landing;
use geometry::PatientPosition;
use planner::ScanPlan;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::record::Arm;

/// The version of a line that this program reads.
pub const ATTEMPT_FORMAT_VERSION: u32 = 1;

/// One person's plan for one case of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RecordedAttempt {
    /// Version of this format: 1.
    pub format_version: u32,
    /// Name of the scenario.
    pub scenario: String,
    /// Seed that the patient was drawn from.
    pub seed: u64,
    /// Case number.
    pub case: u64,
    /// Manual, or collaborative if the AI proposed.
    pub arm: Arm,
    /// Who planned.
    pub observer: String,
    /// How the patient was landed.
    pub landing: Landing,
    /// The position that was registered; the plan's coordinates are labelled by it, right or wrong.
    pub registered_position: PatientPosition,
    /// The plan.
    pub plan: ScanPlan,
    /// Time from the localizer to the last change of the plan, s.
    pub planning_time_s: f64,
    /// Simulated scan time of the examination, s.
    pub scan_time_s: f64,
    /// Series scanned again.
    pub repeats: u32,
}
