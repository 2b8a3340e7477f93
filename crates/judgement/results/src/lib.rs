//! What is recorded of a case, the metrics that are read from it, criteria and verdicts, and the comparison of two runs.
//! Nothing here reads or writes a run directory.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`record`] | what is stored of a case |
//! | [`run`] | a run: its manifest and its rows |
//! | [`metrics`] | every figure: definition, reading, summary |
//! | [`criterion`] | what must hold, and verdicts |
//! | [`manifest`] | `run.json` |
//! | [`compare`](mod@compare) | a candidate against a baseline |

pub mod compare;
pub mod criterion;
#[doc(hidden)]
pub mod fixture;
pub mod manifest;
pub mod metrics;
pub mod record;
pub mod run;

pub use criterion::{Criterion, CriterionResult, Verdict};
pub use manifest::Manifest;
pub use record::{Arm, CaseRow};
pub use run::{FinishedCase, Run};
