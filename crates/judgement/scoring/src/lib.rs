//! Statistics of positioning: plane errors, overlap, agreement, calibration and ROC.
//!
//! ```
//! use geometry::{Plane, Point, Vector};
//! use scoring::positioning::PlaneError;
//!
//! // A disc plane planned 2 mm too high and tilted 3° forwards.
//! let truth = Plane::new(Point::origin(), Vector::z());
//! let tilt = 3.0_f64.to_radians();
//! let planned = Plane::new(Point::new(0.0, 0.0, 2.0), Vector::new(0.0, -tilt.sin(), tilt.cos()));
//! let error = PlaneError::between(&planned, &truth, &Vector::x_axis());
//! assert!((error.angle_deg - 3.0).abs() < 1e-9);
//! assert!((error.sagittal_tilt_deg - 3.0).abs() < 1e-9);
//! assert_eq!(error.slice_offset_mm, 2.0);
//! ```
//!
//! | module | what it computes |
//! | --- | --- |
//! | [`positioning`] | errors of a planned disc, its coverage, and whether the plan is a failure |
//! | [`prescription`] | a slice group against the one that is asked for; saturation bands |
//! | [`overlap`] | Dice and surface distances of two segmentations |
//! | [`agreement`] | agreement between observers: ICC, between-observer SD, Bland–Altman, kappa |
//! | [`calibration`] | expected calibration error of predicted probabilities |
//! | [`paired`] | a change over the same patients: interval, test, patients that would settle it, Holm |
//! | [`roc`] | area under the ROC curve with DeLong's interval |
//! | [`summary`] | moments, quantiles, and intervals over patients |

pub mod agreement;
pub mod calibration;
pub mod overlap;
pub mod paired;
pub mod positioning;
pub mod prescription;
pub mod roc;
pub mod summary;
