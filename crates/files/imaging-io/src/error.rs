//! Why an image file cannot be read or written.

use std::path::{Path, PathBuf};

/// Why an image file cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// An error of the operating system or of the format.
    #[error("{}: {reason}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
    /// A valid file that this program cannot use.
    #[error("{}: {found}, expected {expected}", path.display())]
    Unsuitable {
        /// The file or folder.
        path: PathBuf,
        /// What was found in it.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
}

impl FileError {
    /// Wraps a reason: `result.map_err(FileError::unreadable(path))`.
    pub fn unreadable<E: ToString>(path: &Path) -> impl Fn(E) -> Self {
        let path = path.to_owned();
        move |error| Self::Unreadable { path: path.clone(), reason: error.to_string() }
    }

    /// A valid file that this program cannot use.
    pub fn unsuitable(path: &Path, found: impl Into<String>, expected: &'static str) -> Self {
        Self::Unsuitable { path: path.to_owned(), found: found.into(), expected }
    }
}
