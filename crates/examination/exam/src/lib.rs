//! One examination as commands in and events out: register → localizer → plan → scan → check →
//! accept, repeat or re-plan → close. No I/O and no clock; scan time is simulated. The harness and
//! the console drive the same [`Examination`].
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`registration`] | what the console knows of the patient |
//! | [`landing`] | how the patient is laid, and what receives |
//! | [`frame`] | the registered frame against the true one |
//! | [`command`] | what can be asked |
//! | [`event`] | what it tells |
//! | [`examination`] | the state machine |
//! | [`arrival`] | how images come in while a series is scanned |
//! | [`automated`] | the automated arm's sequence of commands |

pub mod arrival;
pub mod automated;
pub mod command;
pub mod event;
pub mod examination;
pub mod frame;
pub mod landing;
pub mod registration;

pub use arrival::Arrival;
pub use command::Command;
pub use event::Event;
pub use examination::{Examination, LoopLimits, Refused, Series};
pub use frame::registered_to_patient;
pub use landing::{CoilChoice, Landing};
pub use registration::Registration;
