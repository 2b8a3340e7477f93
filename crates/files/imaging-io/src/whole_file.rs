//! Files that appear whole or not at all.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Writes a file under another name, flushes it to the disk, then gives it its own name. An older file of that name is
/// untouched until then.
///
/// # Errors
/// The system's reason; nothing is left behind.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = part_of(path);
    let written = std::fs::File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let written = written.and_then(|()| std::fs::rename(&part, path));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = std::fs::remove_file(&part);
    }
    written
}

/// Whether two paths lead to one file or folder.
pub fn same_file(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// The name under which a file grows: hidden, in the same folder, with the same ending.
pub(crate) fn part_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".part-{}-{name}", std::process::id()))
}
