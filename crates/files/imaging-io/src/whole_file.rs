//! Atomic writing: a file appears complete or not at all.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What the names of files begin with that are not whole yet.
pub const PARTIAL: &str = ".part-";

/// Writes a temporary file, flushes it to disk and renames it to `path`. An existing file is unchanged until then.
///
/// # Errors
/// The operating system's error; the temporary file is removed.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = part_of(path);
    let written = std::fs::File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let written = written.and_then(|()| std::fs::rename(&part, path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = std::fs::remove_file(&part);
    }
    written
}

/// True if two paths refer to the same existing file or folder.
pub fn same_file(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// The temporary file: hidden, in the same folder, with the same extension.
pub(crate) fn part_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{PARTIAL}{}-{name}", std::process::id()))
}
