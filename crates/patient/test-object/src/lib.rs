//! QA phantoms of known dimensions, scanned like patients: a virtual ACR large phantom and a sphere.
//!
//! QA software must measure in their images the dimensions that were built in, and must find the fault of a faulty
//! scanner.
//!
//! ```
//! use geometry::Point;
//! use test_object::{AcrLargePhantom, acr_axial};
//!
//! let group = acr_axial();
//! assert_eq!((group.slices, group.thickness_mm, group.gap_mm), (11, 5.0, 5.0));
//! // Slice 7 is uniform.
//! let middle = group.slice_plane(6).centre + geometry::Vector::new(30.0, 20.0, 0.0);
//! assert!(AcrLargePhantom::is_solution(&Point::from(middle)));
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`acr_large`] | the ACR large phantom and its series |
//! | [`ball`] | a uniform sphere |

pub mod acr_large;
pub mod ball;

pub use acr_large::{AcrLargePhantom, acr_axial, acr_t1};
pub use ball::Ball;

use scanner::{Coil, Faults, Scanner};

/// The scanner for a QA phantom: its head coil has uniform sensitivity.
pub fn qa_scanner(field_t: f64, faults: Faults) -> Scanner {
    let coil = Coil {
        loop_radius_mm: 1e4,
        table_below_isocentre_mm: 0.0,
        half_length_mm: 1e4,
        upper_array: 0.0,
        normalization: 1.0,
        centre_mm: 0.0,
    };
    Scanner { field_t, coil, faults }
}
