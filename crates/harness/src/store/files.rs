//! Files that are either whole or not there.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::store::StoreError;

/// Writes a file under another name, flushes it to the disk, then gives it its own name.
/// On failure nothing new is left and an older file of that name is untouched.
///
/// # Errors
/// [`StoreError::Io`] when the disk is full or refuses.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = Path::new(&partial);
    let written = File::create(partial).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    if let Err(source) = written.and_then(|()| fs::rename(partial, path)) {
        // The first error is the one to tell; a leftover that cannot be removed adds nothing to it.
        drop(fs::remove_file(partial));
        return Err(StoreError::Io { action: "write", path: path.to_owned(), source });
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
