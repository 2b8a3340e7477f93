//! What is grabbed in a view, and what a drag does.
//!
//! An [`Outline`] is a group or band where it crosses a view, in mm of the view, with its handles; [`hit`] finds the
//! handle under the pointer; [`drag`] and [`drag_band`] answer what becomes of the group or band when that handle is
//! taken from one place to another. A drag starts from the group as it was when the button went down, so it does not
//! drift.

mod band;
mod dragging;
mod group;
mod outline;

pub use band::{band_outline, drag_band};
pub use dragging::drag;
pub use group::group_outline;
pub use outline::{Handle, Outline, Side, SliceOutline, hit};
