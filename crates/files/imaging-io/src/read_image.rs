//! A path, whatever it is, to an image.

use std::path::{Path, PathBuf};

use geometry::{PatientPosition, Volume};

use crate::dicom_element::is_dicom;
use crate::dicom_series::read_series;
use crate::error::FileError;
use crate::nifti_file::read_nifti;

/// An image with what its file says of the patient.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// The voxels.
    pub volume: Volume<f32>,
    /// The registered position, where the format keeps it.
    pub position: Option<PatientPosition>,
}

/// Why a path is no image.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing is there.
    #[error("{} does not exist; expected a .nii or .nii.gz file, a DICOM file or a folder of them", .0.display())]
    Missing(PathBuf),
    /// Something else is there.
    #[error("{} is no image that plumbline reads; expected a .nii or .nii.gz file, a DICOM file or a folder of them", .0.display())]
    Unknown(PathBuf),
    /// An image, but.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Reads a NIfTI file, a DICOM file, or the DICOM series in a folder.
///
/// # Errors
/// [`ReadError`] names the file and what was expected.
pub fn read_image(path: &Path) -> Result<Image, ReadError> {
    if !path.exists() {
        return Err(ReadError::Missing(path.to_owned()));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if path.is_dir() || is_dicom(path) || name.ends_with(".dcm") {
        let (volume, position) = read_series(path)?;
        return Ok(Image { volume, position });
    }
    if name.ends_with(".nii") || name.ends_with(".nii.gz") {
        return Ok(Image { volume: read_nifti(path)?, position: None });
    }
    Err(ReadError::Unknown(path.to_owned()))
}
