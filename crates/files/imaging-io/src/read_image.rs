//! Reads an image of any supported format.

use std::path::{Path, PathBuf};

use crate::dicom_element::is_dicom;
use crate::dicom_series::read_series;
use crate::error::FileError;
use crate::image::Image;
use crate::nifti_file::read_nifti;

/// Why an image cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The path does not exist.
    #[error("{} does not exist; expected a .nii or .nii.gz file, a DICOM file or a folder of them", .0.display())]
    Missing(PathBuf),
    /// The file is not in a supported format.
    #[error("{} is not an image that plumbline can read; expected a .nii or .nii.gz file, a DICOM file or a folder of them", .0.display())]
    Unknown(PathBuf),
    /// The file is damaged or unsuitable.
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
        return Ok(read_series(path)?);
    }
    if name.ends_with(".nii") || name.ends_with(".nii.gz") {
        let source = Err(FileError::unsuitable(path, "a NIfTI file", "DICOM images"));
        return Ok(Image { volume: read_nifti(path)?, position: None, source });
    }
    Err(ReadError::Unknown(path.to_owned()))
}
