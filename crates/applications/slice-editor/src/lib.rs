//! The slice editor: slice groups drawn on localizer images, without a window, an examination or files.
//!
//! A [`ViewPlane`] is the rectangle of the patient that a view shows; a [`Draft`] is the plan being drawn. What the
//! pointer takes hold of is a [`Handle`] of a group's [`Outline`], and every change is an [`Edit`], which the draft
//! accepts or refuses with a reason.
//!
//! ```
//! use geometry::{Point, PrescriptionRules, SliceTarget, Vector};
//! use slice_editor::{Draft, Edit, EditRefused, Handle, Side, ViewPlane, drag, group_outline, hit};
//!
//! // An axial group for L4/L5 where a technologist clicked on the sagittal localizer.
//! let mut draft = Draft::new(PrescriptionRules::default());
//! let target = SliceTarget::Disc("L4/L5".parse().expect("a disc"));
//! draft.apply(&Edit::AddGroup { target, name: None, centre: Point::new(0.0, 10.0, -20.0) })?;
//!
//! // The sagittal view: front to the left, head at the top, 300 mm about the isocentre.
//! let view = ViewPlane {
//!     centre: Point::origin(),
//!     right: Vector::y_axis(),
//!     down: -Vector::z_axis(),
//!     extent_mm: [300.0, 300.0],
//! };
//!
//! // The pointer takes the end of the group's line and drags it 20 mm down: the group turns about its centre.
//! let group = draft.selected_group().expect("a new group is selected").clone();
//! let outline = group_outline(&view, &group).expect("it crosses the view");
//! let from_mm = outline.place(Handle::Rotate(Side::Last)).expect("its line crosses the view");
//! let handle = hit(&outline, from_mm, 3.0).expect("the handle is there");
//! let turned = drag(&group, &view, handle, from_mm, [from_mm[0], from_mm[1] + 20.0]);
//! draft.apply(&Edit::Replace(turned))?;
//! assert!(draft.groups()[0].normal().z < 1.0);
//!
//! // One step back, and edits that no scanner could acquire are refused.
//! assert!(draft.undo());
//! assert_eq!(draft.groups()[0].normal().z, 1.0);
//! assert!(matches!(draft.apply(&Edit::SetThickness(0.1)), Err(EditRefused::OutOfRange { .. })));
//! # Ok::<(), EditRefused>(())
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | `prescription` | the draft of a plan, its edits with undo, handles and dragging |
//! | `view` | slices as pictures and what is drawn on them, in millimetres |
//! | [`parameters`] | a series' parameters with ranges, conflicts and suggestions |

pub mod parameters;
mod prescription;
mod view;

pub use prescription::{
    Draft, Edit, EditRefused, Handle, Outline, Selected, Side, SliceOutline, band_outline, disc_of_level, drag,
    drag_band, group_outline, hit,
};
pub use view::{
    ViewPlane, angle_deg, crossing, distance_mm, label_overlay, orientation_letters, polygon_area_mm2, slice_image,
};
