//! An image and where it comes from.

use geometry::{PatientPosition, Volume};

use crate::dicom_series::SourceSeries;
use crate::error::FileError;

/// An image with what its files say of the patient, read once.
#[derive(Clone, Debug)]
pub struct Image {
    /// The voxels.
    pub volume: Volume<f32>,
    /// Patient position, if the format has it.
    pub position: Option<PatientPosition>,
    /// The DICOM series that a segmentation or report of this image refers to; or why nothing can refer to it: it is not a
    /// DICOM image, or it lacks an identifier that references need.
    pub source: Result<SourceSeries, FileError>,
}
