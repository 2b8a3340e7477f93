//! One examination as commands in, events out: register → localizer → plan → scan → check →
//! accept, repeat or re-plan → close. No I/O and no clock; scan time is simulated. Runner and
//! console drive the same [`Examination`]. What takes time is a [`Job`]: a command answers with events and perhaps a
//! job, and the job's end is the next command.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`registration`] | what the console knows of the patient |
//! | [`patient_setup`] | how the patient is positioned, and what receives |
//! | [`frame`] | the registered frame against the true one |
//! | [`command`] | what can be asked |
//! | [`event`] | what happens |
//! | [`job`] | what takes time |
//! | [`examination`] | the state machine |
//! | [`acquisition`] | one stack of images |
//! | [`arrival`] | how images come in while a series is scanned |
//! | [`automated`] | the automated arm's sequence of commands |
//! | [`series`] | a series of the queue |
//! | [`refused`] | why a command is refused |
//! | [`recording`], [`mod@replay`] | an examination as lines that replay to the same bytes |

pub mod acquisition;
pub mod arrival;
pub mod automated;
pub mod command;
pub mod event;
pub mod examination;
pub mod frame;
pub mod job;
pub mod patient_setup;
pub mod recording;
pub mod refused;
pub mod registration;
pub mod replay;
pub mod series;

pub use acquisition::Stack;
pub use arrival::Arrival;
pub use command::Command;
pub use event::Event;
pub use examination::{Examination, LoopLimits, Response};
pub use frame::registered_to_patient;
pub use job::{Job, JobId, JobKind, JobOutcome};
pub use patient_setup::{CoilChoice, PatientSetup};
pub use recording::Recording;
pub use refused::Refused;
pub use registration::Registration;
pub use replay::{ReplayError, replay};
pub use series::{Series, SeriesId, SeriesState};
