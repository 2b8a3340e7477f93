//! Files that appear whole or not at all.

use std::io;
use std::path::{Path, PathBuf};

/// Writes a file under another name and renames it when it is whole.
///
/// # Errors
/// The system's reason; nothing is left behind.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = part_of(path);
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, path));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = std::fs::remove_file(&part);
    }
    written
}

/// The name under which a file grows: hidden, in the same folder, with the same ending.
pub(crate) fn part_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".part-{}-{name}", std::process::id()))
}
