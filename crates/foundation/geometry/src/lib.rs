//! Frames, planes, slice groups, volumes and resampling: everything in DICOM patient coordinates,
//! LPS millimetres (x to the patient's left, y to the back, z to the head), right-handed.
//!
//! ```
//! use geometry::{Grid, Point, Volume};
//!
//! // A 4 × 3 × 2 grid (columns, rows, slices) of 2 mm voxels, axis-aligned.
//! let grid = Grid::axis_aligned(Point::new(-10.0, 0.0, 5.0), [2.0, 2.0, 2.0], [4, 3, 2]);
//! let volume = Volume::from_fn(grid, |p| p.x as f32);
//! assert_eq!(volume.data[[0, 0, 3]], -4.0); // indexed [slice, row, column]
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`anatomy`] | structures, vertebral levels, discs, label values |
//! | [`grid`] | where the voxels of an image lie in the patient |
//! | [`volume`] | a grid with values |
//! | [`resample`] | one grid's values seen on another |
//! | [`plane`] | oriented planes: disc planes, endplates |
//! | [`orientation`], [`slice_target`] | how slices lie, and what a slice group is for |
//! | [`slice_group`], [`written_slice_group`] | a prescription: a stack of parallel slices; its JSON |
//! | [`sat_band`] | a saturation band |
//! | [`stack_geometry`], [`prescription_rules`] | the size of a stack, and what a protocol asks to be prescribed |
//! | [`spine`] | labelled discs and the lines that guide prescription |
//! | [`patient_position`] | how the patient entered the bore, and the table's frame |

pub mod anatomy;
pub mod grid;
pub mod orientation;
pub mod patient_position;
pub mod plane;
pub mod prescription_rules;
pub mod resample;
pub mod sat_band;
pub mod slice_group;
pub mod slice_target;
pub mod spine;
pub mod stack_geometry;
pub mod volume;
pub mod written_slice_group;

pub use anatomy::{CoronalStructure, Disc, Structure, Vertebra};
pub use grid::Grid;
pub use orientation::Orientation;
pub use patient_position::PatientPosition;
pub use plane::Plane;
pub use prescription_rules::PrescriptionRules;
pub use sat_band::SatBand;
pub use slice_group::{PhaseEncoding, SliceGroup};
pub use slice_target::{SliceRole, SliceTarget};
pub use spine::{LabelledDisc, LabelledSpine};
pub use stack_geometry::StackGeometry;
pub use volume::Volume;

/// A point in the patient, LPS mm.
pub type Point = nalgebra::Point3<f64>;
/// A displacement in the patient, LPS mm.
pub type Vector = nalgebra::Vector3<f64>;
/// A direction in the patient, of length 1.
pub type Direction = nalgebra::UnitVector3<f64>;
/// A rigid transform between two frames, mm.
pub type Pose = nalgebra::Isometry3<f64>;
