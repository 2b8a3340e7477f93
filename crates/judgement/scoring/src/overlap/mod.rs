//! Overlap of two segmentations.
//!
//! | item | what it measures |
//! | --- | --- |
//! | [`dice_by_class`] | 2·|A∩B| / (|A|+|B|) of every class |
//! | [`SurfaceDistance`] | 95th percentile and mean of the distances between the surfaces, mm |

mod dice;
mod distance;
mod surface;

pub use dice::dice_by_class;
pub use surface::SurfaceDistance;

/// Why two segmentations cannot be compared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("cannot compare a segmentation of {found:?} voxels (slices, rows, columns) with one of {expected:?}")]
pub struct DifferentShapes {
    /// Shape of the first.
    pub found: [usize; 3],
    /// Shape of the second.
    pub expected: [usize; 3],
}

fn same_shape<T>(a: &geometry::Volume<T>, b: &geometry::Volume<T>) -> Result<(), DifferentShapes> {
    let (found, expected) = (a.grid.array_shape(), b.grid.array_shape());
    if found == expected { Ok(()) } else { Err(DifferentShapes { found, expected }) }
}
