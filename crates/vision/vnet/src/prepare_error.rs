//! Why an image cannot be prepared for the network.

use geometry::Orientation;

/// Why an image cannot be prepared for the network.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// Thick slices of another orientation.
    #[error(
        "slices lie {step_mm:.1} mm apart along the {direction} axis: expected {expected} slices, or steps of at most 3 mm"
    )]
    WrongPlane {
        /// The orientation that the network reads.
        expected: Orientation,
        /// Distance from slice to slice, mm.
        step_mm: f64,
        /// The patient axis they are stacked along.
        direction: &'static str,
    },
    /// No body in the image.
    #[error("the image is empty: {0}")]
    Empty(&'static str),
    /// Impossible voxel spacing.
    #[error("voxels lie {found_mm} mm apart: expected 0.05 to 100 mm")]
    Spacing {
        /// The spacing found, mm.
        found_mm: f64,
    },
    /// Larger than a person's trunk.
    #[error(
        "the image covers {:.0} × {:.0} × {:.0} mm: expected no more than a person's trunk",
        extent_mm[0], extent_mm[1], extent_mm[2]
    )]
    Large {
        /// Extent along the image's axes, mm.
        extent_mm: [f64; 3],
    },
    /// Axes or origin are not those of an image.
    #[error("the image's {0}")]
    Geometry(&'static str),
}
