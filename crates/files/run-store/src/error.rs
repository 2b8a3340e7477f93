//! Why a run directory cannot be written or read.

use std::io;
use std::path::{Path, PathBuf};

/// Why a run directory cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system refused a file operation (disk full, no permission, no such file).
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The folder holds something else.
    #[error("{} holds files but no run; expected a new or empty folder, or a run", path.display())]
    NotARun {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds an interrupted run.
    #[error("{} holds an interrupted run; continue it with --resume, or name another folder with --out", path.display())]
    Interrupted {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds a finished run.
    #[error("{} holds a finished run; name another folder with --out, or put the new run in its place with --replace", path.display())]
    Finished {
        /// The folder.
        path: PathBuf,
    },
    /// Another process writes this run.
    #[error("{}: another process runs here; wait until it has ended, or name another folder with --out", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds a run of all cases, and a part would take its place.
    #[error("{} holds a run of all cases; {coming} would take its place: name another folder with --out", path.display())]
    Whole {
        /// The folder.
        path: PathBuf,
        /// The cases that were asked for.
        coming: String,
    },
    /// The folder holds another run than the one to continue.
    #[error("{} cannot be continued; it holds another run (before → now): {differences}", path.display())]
    OtherRun {
        /// The folder.
        path: PathBuf,
        /// All that differs.
        differences: String,
    },
    /// A file of a version that this program does not know.
    #[error(
        "{}: its format_version is {found}, expected {expected}: another version of plumbline wrote it", path.display()
    )]
    UnknownVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The versions that are read.
        expected: String,
    },
    /// A file of the run is damaged.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// Results could not be put into their file format.
    #[error("cannot encode {what}: {reason}")]
    Encoding {
        /// Which file.
        what: &'static str,
        /// The encoder's reason.
        reason: String,
    },
}

impl StoreError {
    /// Wraps a system error: `result.map_err(StoreError::io("write", path))`.
    pub fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    /// True if the user named a wrong folder (exit status 2); otherwise the run could not finish (3).
    pub fn is_wrong_input(&self) -> bool {
        !matches!(self, Self::Io { .. } | Self::Encoding { .. })
    }
}
