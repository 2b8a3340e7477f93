//! Files of a run directory, each either whole or not there.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// Folder of the pictures in a run directory.
pub const PICTURES: &str = "pictures";

/// The sheet of a case: `pictures/SCENARIO/case-000017.png` in the run directory.
pub fn sheet_path(folder: &Path, scenario: &str, case: u64) -> PathBuf {
    folder.join(PICTURES).join(scenario).join(format!("case-{case:06}.png"))
}

/// The plans and the truth of a case, beside its sheet: the folder `pictures/SCENARIO/case-000017`.
pub fn case_folder(folder: &Path, scenario: &str, case: u64) -> PathBuf {
    sheet_path(folder, scenario, case).with_extension("")
}

/// Writes a file whole or not at all ([`imaging_io::write_whole`]).
///
/// # Errors
/// [`StoreError::Io`] when the disk is full or refuses.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    imaging_io::write_whole(path, bytes).map_err(StoreError::io("write", path))
}

/// True if a name is that of a file which was never whole ([`imaging_io::write_whole`] was cut off).
pub(crate) fn is_partial(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with(imaging_io::PARTIAL)
}

/// Removes the files that a killed process left unfinished, in all folders below.
///
/// # Errors
/// [`StoreError::Io`] at the first that cannot be removed.
pub(crate) fn remove_partial(folder: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(folder).map_err(StoreError::io("read", folder))? {
        let entry = entry.map_err(StoreError::io("read", folder))?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(StoreError::io("read", folder))?);
        if kind.is_dir() {
            remove_partial(&path)?;
        } else if kind.is_file() && is_partial(&entry.file_name()) {
            fs::remove_file(&path).map_err(StoreError::io("remove", &path))?;
        }
    }
    Ok(())
}

/// Copies a folder with all it holds; files that are there already are replaced.
///
/// # Errors
/// [`StoreError::Io`] at the first file that cannot be copied.
pub fn copy_folder(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(to).map_err(StoreError::io("create", to))?;
    for entry in fs::read_dir(from).map_err(StoreError::io("read", from))? {
        let entry = entry.map_err(StoreError::io("read", from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_folder(&source, &target)?;
        } else {
            fs::copy(&source, &target).map_err(StoreError::io("write", &target))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_write_leaves_no_trace() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // A folder that bears the file's name makes the rename fail.
        let path = folder.path().join("run.json");
        fs::create_dir_all(path.join("in the way")).expect("a folder");
        let error = write_whole(&path, b"{}").expect_err("the name is taken");
        assert!(error.to_string().contains("run.json"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 1, "no partial file is left");
    }
}
