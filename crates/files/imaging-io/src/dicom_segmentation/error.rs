//! Why a segmentation cannot be written.

use crate::error::FileError;

/// Why a segmentation cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum SegmentationError {
    /// The file cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
    /// The labels have another shape than the source series.
    #[error(
        "labels of {labels:?} voxels for images of {images:?} voxels (columns, rows, slices), expected the same shape"
    )]
    OtherShape {
        /// Shape of the labels: columns, rows, slices.
        labels: [usize; 3],
        /// Shape of the source series.
        images: [usize; 3],
    },
    /// A slice of the labels has other positions than the images.
    #[error(
        "slice {slice} of the labels is {distance_mm:.2} mm from the nearest image, expected labels on the pixels of the source series"
    )]
    OtherPosition {
        /// Number of the slice, from 1.
        slice: usize,
        /// Distance to the nearest image, mm.
        distance_mm: f64,
    },
    /// A value without a segment.
    #[error("a voxel has the value {0}, expected 0 or the label of a segment")]
    UnknownLabel(u8),
    /// Nothing but background.
    #[error("every voxel is background, expected at least one structure")]
    Nothing,
}
