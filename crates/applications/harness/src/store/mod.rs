//! The run directory: written as the run goes, finished by rename, read back for reports.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `journal.jsonl` | finished cases of a run that goes on; what `--resume` reads |
//! | `cases.parquet` | one row per case × arm × observer × structure |
//! | `run.json` | verdict, metrics, provenance: [`crate::manifest::Manifest`] |
//! | `junit.xml` | the criteria as test cases |
//!
//! Pictures and the report are written beside them by whoever makes them.

pub mod cases;
pub mod error;
pub mod files;
pub mod journal;
pub mod run;
#[cfg(test)]
mod tests;
pub mod writer;

pub use error::StoreError;
pub use journal::FinishedCase;
pub use run::Run;
pub use writer::RunWriter;
