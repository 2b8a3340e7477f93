//! One series of MR Image Storage files (DICOM PS3.3 A.4): writing it and reading it back.

mod attributes;
mod read;
mod write;

pub use attributes::{SequenceParameters, SeriesHeader, uid};
pub use read::read_series;
pub use write::write_series;
