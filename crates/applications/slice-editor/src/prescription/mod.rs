//! Slice groups as they are drawn: the draft of a plan, the edits that change it, and the handles to grab.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `draft` | the plan that is being drawn, with undo |
//! | `edit`, `edit_version_1` | everything that can be done to it, and how older journals write it |
//! | `refused` | why an edit was refused |
//! | `limits` | how large, thick and far a group can be |
//! | `new_group` | how a group or band starts |
//! | `level` | which disc a group is for, and where that disc is |
//! | `turn` | groups and bands turned about their centres |
//! | `undo` | undo and redo |
//! | `handles` | what is grabbed in a view, and what a drag does |

mod draft;
mod edit;
mod edit_version_1;
#[cfg(test)]
pub(crate) mod example_groups;
mod handles;
mod level;
mod limits;
mod new_group;
mod refused;
mod turn;
mod undo;

pub use draft::Draft;
pub use edit::{Edit, Selected};
pub use handles::{Handle, Outline, Side, SliceOutline, band_outline, drag, drag_band, group_outline, hit};
pub use level::disc_of_level;
pub use refused::EditRefused;
