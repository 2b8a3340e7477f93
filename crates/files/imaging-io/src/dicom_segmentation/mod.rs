//! Segmentation Storage (DICOM PS3.3 A.51): labels as binary segments of the series they were made of.
//!
//! One segment a structure, one frame for every slice in which the structure is seen; frames refer to the source
//! image whose pixels they cover. Structures without a voxel have no segment.

mod colour;
mod segment;
mod source_slices;
mod write;

pub use segment::{Algorithm, Segment, Segmentation};
pub use write::{SegmentationError, write_segmentation};
