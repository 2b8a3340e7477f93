//! The slice editor: slice groups drawn on localizer images, without a window, an examination or files.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`prescription`] | the draft of a plan, its edits with undo, and the handles to grab |
//! | [`view`] | slices as pictures and what is drawn on them, in millimetres |
//! | [`parameters`] | a series' parameters with ranges, conflicts and suggestions |

pub mod parameters;
pub mod prescription;
pub mod view;
