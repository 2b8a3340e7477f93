//! The run directory: written as the run goes, finished by rename, read back for reports.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `journal.jsonl` | finished cases of a run that goes on; what `--resume` reads |
//! | `cases.parquet` | one row per case × arm × observer × structure: [`cases`], its columns in [`row`] |
//! | `run.json` | verdict, metrics, provenance: [`results::manifest::Manifest`] |
//! | `junit.xml` | the criteria as test cases |
//!
//! A run has a folder of its own ([`folder`]); it takes another's place only when asked to, and then when it is whole
//! ([`replacement`]). Pictures and the report are written beside them by whoever makes them.
//!
//! ```no_run
//! use results::identity::{Identity, Selection};
//! use results::manifest::WallClock;
//! use results::CaseResult;
//! use run_store::RunWriter;
//! use run_store::journal::Machine;
//! use results::host::Host;
//! use std::path::Path;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let identity = Identity {
//!     version: "0.1.0".into(),
//!     planners: Vec::new(), // one for each scenario
//!     scenarios: Vec::new(),
//!     selection: Selection::All,
//!     attempts: None,
//!     fault: None,
//! };
//! let host = Host {
//!     name: "machine-7".into(),
//!     os: "Debian GNU/Linux 13".into(),
//!     cpu: "a processor".into(),
//!     cores: 8,
//!     executable: None,
//!     version: "0.1.0".into(),
//!     commit: None,
//! };
//! let machine = Machine { device: "cpu".into(), host };
//! let mut run = RunWriter::create(Path::new("reports/smoke"), identity, machine)?;
//! let case = CaseResult {
//!     scenario: "smoke".into(),
//!     case: 0,
//!     patient: None,
//!     attempts: Vec::new(),
//!     warnings: Vec::new(),
//! };
//! run.record(case)?; // on the disk when this returns
//!
//! let clock = WallClock {
//!     started_at: "2026-03-01T08:00:00Z".into(),
//!     finished_at: "2026-03-01T08:01:00Z".into(),
//!     elapsed_s: 60.0,
//! };
//! let run = run.finish(clock)?;
//! println!("{}", run.manifest.verdict.word());
//! # Ok(())
//! # }
//! ```

pub mod cases;
pub mod error;
pub mod files;
pub mod folder;
pub mod journal;
pub mod junit;
pub mod merge;
mod read;
pub mod replacement;
pub mod row;
#[cfg(test)]
mod tests;
mod version_1;
pub mod writer;

pub use error::StoreError;
pub use read::open;
pub use writer::RunWriter;
