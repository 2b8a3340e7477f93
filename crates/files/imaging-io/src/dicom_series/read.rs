//! Reads a series from a folder or from one file.

use std::path::{Path, PathBuf};

use dicom_dictionary_std::{tags, uids};
use dicom_object::DefaultDicomObject;

use super::slice::{slices_of, words};
use super::source::SourceSeries;
use super::stack::Stack;
use crate::dicom_element::{is_dicom, open};
use crate::error::FileError;
use crate::image::Image;

/// Reads the only series in a folder, classic or enhanced, or in a single file. A DICOMDIR and files that are not DICOM
/// are skipped, unless their name ends in .dcm.
///
/// # Errors
/// [`FileError`] names the file and what was expected.
pub fn read_series(path: &Path) -> Result<Image, FileError> {
    let mut slices = Vec::new();
    let mut any: Option<DefaultDicomObject> = None;
    for file in files(path)? {
        let object = open(&file)?;
        if words(&object, tags::SOP_CLASS_UID).is_none()
            && object.meta().media_storage_sop_class_uid() == uids::MEDIA_STORAGE_DIRECTORY_STORAGE
        {
            continue;
        }
        slices.extend(slices_of(&file, &object)?);
        any.get_or_insert(object);
    }
    let Stack { volume, position, images } = Stack::of(path, slices)?;
    // Any of the data sets: the attributes of patient and study are the same in all.
    let object = any.expect("slices come from a data set");
    let source = SourceSeries::of(path, volume.grid.clone(), images, &object);
    Ok(Image { volume, position, source })
}

/// The DICOM files under a path, sorted by name.
fn files(path: &Path) -> Result<Vec<PathBuf>, FileError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = std::fs::read_dir(path).map_err(FileError::unreadable(path))?;
    let mut paths: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file()).collect();
    paths.retain(|path| is_dicom(path) || has_dicom_extension(path));
    paths.sort();
    Ok(paths)
}

/// True if a file's name ends in .dcm: if it has no DICOM prefix, it is damaged, and skipping it would lose a slice.
/// Hidden files of other programs are skipped.
fn has_dicom_extension(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !hidden && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("dcm"))
}
