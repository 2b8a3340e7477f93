//! What is recorded of a case, the metrics that are read from it, criteria and verdicts, and the comparison of two runs.
//! Nothing here reads or writes a run directory.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`case_result`], [`patient_record`] | what is stored of a case: a tree of typed records |
//! | [`case_summary`] | a case in a few figures |
//! | [`run`] | a run: its manifest and its cases |
//! | [`metrics`] | every figure: definition, reading, summary |
//! | [`criterion`], [`verdict`] | what must hold, and how it came out |
//! | [`pattern`] | what a planner's errors have in common |
//! | [`identity`] | what decides a run's figures |
//! | [`host`] | the machines that a run was made on |
//! | [`manifest`] | `run.json` |
//! | [`compare`](mod@compare) | a candidate against a baseline |

mod arm;
pub mod case_result;
pub mod case_summary;
pub mod compare;
pub mod criterion;
#[doc(hidden)]
pub mod fixture;
pub mod host;
pub mod identity;
pub mod manifest;
pub mod metrics;
pub mod patient_record;
pub mod pattern;
mod planner_identity;
pub mod run;
#[doc(hidden)]
pub mod simulation;
pub mod verdict;

pub use arm::{Arm, UnknownArm};
pub use case_result::{
    AbsentLevel, AttemptResult, CaseAttempt, CaseResult, DiscResult, ExaminationResult, FirstPlan, GroupResult,
    PlanFailure, PlanResult, SaturationResult, StackResult, StructureResult, Timings,
};
pub use case_summary::CaseSummary;
pub use criterion::{Criterion, CriterionResult};
pub use identity::{Identity, PlannerIdentity};
pub use manifest::Manifest;
pub use patient_record::PatientRecord;
pub use pattern::{ErrorPattern, PatternKind};
pub use run::Run;
pub use verdict::{CriterionState, Verdict};
