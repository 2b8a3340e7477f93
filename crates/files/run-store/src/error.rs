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
    #[error("{} holds an interrupted run; continue it with --resume, or name another folder", path.display())]
    Interrupted {
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
    /// There is nothing to continue, or it is another run.
    #[error("{} cannot be continued: its {what} is {found}, this run's is {expected}", path.display())]
    OtherRun {
        /// The folder.
        path: PathBuf,
        /// What differs.
        what: &'static str,
        /// What the folder's run has.
        found: String,
        /// What this run has.
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
