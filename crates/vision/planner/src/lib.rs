//! From images to a scan plan: segmentation → instances → labelled levels → disc planes → prescription,
//! and the quality check of what was scanned.
//!
//! ```
//! use geometry::{Disc, LabelledDisc, LabelledSpine, Plane, Point, PrescriptionRules, SliceTarget, Vertebra};
//! use nalgebra::Vector3;
//! use planner::prescribe;
//!
//! let l4_l5 = LabelledDisc {
//!     label: Disc::between(Vertebra::L4, Vertebra::L5),
//!     plane: Plane::new(Point::origin(), Vector3::new(0.0, -0.2, 1.0)), // tipped forwards by 11°
//!     canal: Point::new(0.0, 27.0, 5.0),
//!     depth_mm: 36.0,
//!     width_mm: 50.0,
//! };
//! let spine = LabelledSpine {
//!     discs: vec![l4_l5],
//!     midsagittal: Plane::new(Point::origin(), Vector3::x()),
//!     anterior_wall: vec![Point::new(0.0, -18.0, 0.0)],
//! };
//! let prescribed = prescribe(&spine, &PrescriptionRules::default());
//! assert_eq!(prescribed.groups[1].target, SliceTarget::Disc(l4_l5.label));
//! assert!(prescribed.groups[1].plane().angle_deg(&l4_l5.plane) < 1e-6);
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`request`] | what a planner is given, and the trait of all planners |
//! | [`vnet_planner`], [`networks`], [`command_planner`] | the built-in planner, what it computes with, and one behind a command |
//! | [`class_map`], [`components`] | the network's answer and its connected pieces |
//! | [`instances`], [`disc_plane`], [`mod@cut_off`], [`mod@confidence`] | discs one by one, their planes below voxel size, what is missing, how sure they are |
//! | [`islands`] | what lies away from the spine and cannot belong to it |
//! | [`sacral_segment`] | a first sacral segment that was taken for a vertebra |
//! | [`reading`] | levels counted from the sacrum upwards, mid-sagittal plane, canal |
//! | [`rib_count`] | levels counted from the ribs downwards, as a check |
//! | [`mod@read_spine`] | the spine as it was read, with how sure each level is |
//! | [`prescription`] | slice groups and saturation bands by rule |
//! | [`plan`], [`flags`] | the plan and its doubts |
//! | [`plan_file`], [`plan_error`] | `plan.json` in both its versions, and why one is refused |
//! | [`quality_check`] | accept, repeat or re-plan a scanned series |

pub mod class_map;
pub mod command_planner;
pub mod components;
pub mod confidence;
pub mod cut_off;
pub mod disc_plane;
pub mod flags;
pub mod instances;
pub mod islands;
pub mod networks;
pub mod plan;
pub mod plan_error;
pub mod plan_file;
pub mod prescription;
pub mod program_files;
pub mod quality_check;
pub mod read_spine;
pub mod reading;
pub mod request;
pub mod rib_count;
pub mod sacral_segment;
pub mod vnet_planner;

pub use class_map::ClassMap;
pub use command_planner::CommandPlanner;
pub use flags::{Flag, FlagCode, Severity};
pub use islands::remove_islands;
pub use networks::{Networks, NetworksError};
pub use plan::{PlannedLevel, ScanPlan};
pub use plan_error::PlanError;
pub use prescription::{Prescription, prescribe};
pub use program_files::NamedFile;
pub use quality_check::{QualityReport, QualityVerdict, check_series};
pub use read_spine::ReadSpine;
pub use reading::read_spine;
pub use request::{Planned, Planner, PlannerError, PlanningRequest};
pub use sacral_segment::restore_sacrum;
pub use vnet_planner::VnetPlanner;
