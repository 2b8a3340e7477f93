//! Scenario files, runner, run store and reports.
//!
//! A run goes from a scenario file to a verdict:
//!
//! ```no_run
//! use harness::manifest::{Identity, Selection, WallClock};
//! use harness::{FinishedCase, RunWriter, ScenarioSetup};
//! use std::path::Path;
//!
//! # fn examine(_: &ScenarioSetup, case: u64) -> FinishedCase {
//! #     FinishedCase { scenario: "smoke".into(), case, rows: Vec::new(), warnings: Vec::new() }
//! # }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let setup = ScenarioSetup::load(Path::new("scenarios/smoke.toml"))?;
//! let identity = Identity {
//!     version: "0.1.0".into(),
//!     planner: "builtin".into(),
//!     model: None,
//!     scenarios: vec![setup.identity(None)],
//!     selection: Selection::All,
//!     attempts: None,
//! };
//!
//! let mut run = RunWriter::create(Path::new("reports/smoke"), identity, "cpu")?;
//! for case in 0..setup.scenario.cases {
//!     run.record(examine(&setup, case))?; // on the disk when this returns
//! }
//!
//! let clock = WallClock { started_at: "2026-03-01T08:00:00Z".into(), finished_at: "2026-03-01T08:01:00Z".into(), elapsed_s: 60.0 };
//! let run = run.finish(vec!["cpu".into()], clock)?;
//! println!("{}", run.manifest.verdict.word());
//! # Ok(())
//! # }
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`scenario`] | scenario files, and where their names lead |
//! | [`diagnosis`] | what is wrong in a file, and where |
//! | [`dicom`] | simulated series as a scanner would write them |
//! | [`runner`] | examining every case |
//! | [`training`] | training files and examples from phantoms |
//! | [`attempts`] | plans that people made at the console |
//! | [`record`] | what is stored of a case |
//! | [`metrics`] | every figure: definition, reading, summary |
//! | [`criterion`] | what must hold, and verdicts |
//! | [`manifest`] | `run.json` |
//! | [`store`] | the run directory |
//! | [`junit`] | `junit.xml` |
//! | [`merge`] | joining shards |
//! | [`compare`](mod@compare) | a candidate against a baseline |
//! | [`schema`] | JSON Schemas of the files |

pub mod attempts;
pub mod compare;
pub mod criterion;
pub mod diagnosis;
pub mod dicom;
pub mod junit;
pub mod manifest;
pub mod merge;
pub mod metrics;
pub mod record;
pub mod report;
pub mod runner;
pub mod scenario;
pub mod schema;
pub mod store;
pub mod training;

#[cfg(test)]
mod fixture;

pub use criterion::{Criterion, CriterionResult, Verdict};
pub use manifest::Manifest;
pub use record::{Arm, CaseRow};
pub use scenario::{Scenario, ScenarioSetup};
pub use store::{FinishedCase, Run, RunWriter};
