//! Simulated technologists who prescribe slices by hand or with the AI.
//!
//! The model is mechanistic (lumbar-numbers §2c, §4c): a technologist marks the edges of each disc with
//! noise that grows as contrast falls, has habits (bias), a care level, lapses (a miscounted level, a
//! sloppy drag) and a pace. With the AI he starts from its plan, sees an error by a psychometric function
//! of its size, and takes part of it out.
//!
//! ```
//! let panel = observer::Panel::default_panel();
//! assert_eq!(panel.technologists.len(), 6);
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`panel`] | the technologists of a TOML file |
//! | [`technologist`] | perception, bias, care, review and pace of one |
//! | [`attempt`] | a plan with the time and the edits it took |
//! | [`manual`] | prescription by hand |
//! | [`collaborative`] | review and correction of an AI's plan |

pub mod attempt;
mod axes;
pub mod collaborative;
pub mod manual;
pub mod panel;
mod perception;
pub mod technologist;

pub use attempt::{Attempt, Edit};
pub use collaborative::collaborate;
pub use manual::prescribe_manually;
pub use panel::{Panel, PanelError};
pub use technologist::Technologist;
