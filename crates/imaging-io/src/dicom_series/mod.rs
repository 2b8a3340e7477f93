//! One series of MR Image Storage files (DICOM PS3.3 A.4): writing it and reading it back.

mod attributes;
mod read;
mod write;

pub use attributes::{SequenceParameters, SeriesHeader, uid};
pub use read::read_series;
pub use write::write_series;

use std::path::PathBuf;

/// Why a series cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum DicomError {
    /// The system or the format.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
    /// A file that is DICOM but nothing for us.
    #[error("{}: {found}, expected {expected}", path.display())]
    Unsuitable {
        /// The file.
        path: PathBuf,
        /// What it holds.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
}
