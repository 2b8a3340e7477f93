//! Segmentation Storage (DICOM PS3.3 A.51): labels as binary segments of their source series.
//!
//! One segment per structure, one frame for every slice that contains the structure; each frame refers to the source
//! image with the same pixels. Structures without voxels have no segment.

mod colour;
mod error;
mod segment;
mod source_slices;
mod write;

pub use error::SegmentationError;
pub use segment::{Algorithm, Segment, Segmentation};
pub use write::write_segmentation;
