//! Scenario files: who is scanned, on what, planned by whom, and what must hold.
//!
//! ```
//! use scenario::{Library, ScenarioSetup};
//! use std::path::Path;
//!
//! let text = "
//!     format-version = 1
//!     name = 'two-patients'
//!     seed = 7
//!     cases = 2
//!     [patients]
//!     population = 'adult-lumber'
//! ";
//! let error = ScenarioSetup::from_text(Path::new("two.toml"), text, &Library::default()).unwrap_err();
//! assert_eq!(error.to_string(), "two.toml:7:18: unknown population 'adult-lumber' (did you mean 'adult-lumbar'?)");
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`document`] | the file as it is written |
//! | [`prescription`] | what the file changes in its protocol's prescription |
//! | [`setup`] | the file with everything that its names lead to |
//! | [`lesson`] | the file as an exercise at the console |
//! | [`Findings`] | all mistakes of a file at once, and requirements that nothing watches |
//! | [`library`] | where names lead |
//! | [`patient`] | the patient of a case, drawn from the scenario's population |
//! | [`attempts`] | files of plans that people made at the console |
//! | [`error`] | why a scenario is refused |

pub mod attempts;
mod check;
pub mod document;
pub mod error;
pub mod lesson;
pub mod library;
mod lint;
mod mistake;
pub mod patient;
pub mod prescription;
pub mod setup;
#[cfg(test)]
mod tests;

pub use document::{Arms, ClosedLoop, Patients, PlannerChoice, PlannerKind, ScannerChoice, Scenario};
pub use error::ScenarioError;
pub use lesson::{Assist, AssistKind, Lesson, LessonMode};
pub use library::{Library, NotFound};
pub use lint::Findings;
pub use patient::{patient_of, patient_of_case, registration_of, spine_of};
pub use prescription::{PrescriptionPatch, StackPatch};
pub use setup::ScenarioSetup;
