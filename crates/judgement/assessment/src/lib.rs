//! A plan held against the truth: what a case's records are made of.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`score`] | one plan, and one segmentation, against the truth |
//! | [`mod@true_plan`] | the plan that a spine's truth asks for |
//! | [`attempt`] | plans that people made at the console |
//! | [`planted_fault`] | known faults between a planner and the instrument |
//! | [`reference`](mod@reference) | a planner that knows the truth |

pub mod attempt;
pub mod planted_fault;
pub mod reference;
pub mod score;
pub mod true_plan;

pub use attempt::{RecordedAttempt, Scored};
pub use planted_fault::PlantedFault;
pub use reference::ReferencePlanner;
pub use true_plan::true_plan;
