//! How true a plan hangs: positioning accuracy, overlap, agreement and ROC statistics.
//!
//! ```
//! use geometry::{Plane, Point, Vector};
//! use scoring::positioning::PlaneError;
//!
//! // A disc plane planned 2 mm too high and tipped 3° forwards.
//! let truth = Plane::new(Point::origin(), Vector::z());
//! let tip = 3.0_f64.to_radians();
//! let planned = Plane::new(Point::new(0.0, 0.0, 2.0), Vector::new(0.0, -tip.sin(), tip.cos()));
//! let error = PlaneError::between(&planned, &truth, &Vector::x_axis());
//! assert!((error.angle_deg - 3.0).abs() < 1e-9);
//! assert!((error.sagittal_tilt_deg - 3.0).abs() < 1e-9);
//! assert_eq!(error.slice_offset_mm, 2.0);
//! ```
//!
//! | module | what it answers |
//! | --- | --- |
//! | [`positioning`] | how far is a planned disc from the true one, is it covered, is the plan a failure? |
//! | [`overlap`] | Dice and surface distances of two segmentations |
//! | [`agreement`] | how far do observers agree: ICC, between-observer SD, Bland–Altman, kappa |
//! | [`calibration`] | does a probability mean what it says? |
//! | [`roc`] | area under the ROC curve with DeLong's interval |
//! | [`summary`] | moments, quantiles and bootstrap intervals |

pub mod agreement;
pub mod calibration;
pub mod overlap;
pub mod positioning;
pub mod roc;
pub mod summary;
