//! A run that takes the place of another only when it is whole.

use std::fs;
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::folder::Holds;
use crate::read::open;
use results::identity::Selection;

/// A finished run and the folder beside it, `NAME.new`, where its successor is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    target: PathBuf,
    staging: PathBuf,
    /// Where the former run lies between the two renames: `NAME.old`.
    former: PathBuf,
}

impl Replacement {
    /// Prepares to replace the finished run in a folder; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError::Whole`] if what comes is a part of what is there, [`StoreError::NotARun`] if the folder holds other
    /// files.
    pub fn of(target: &Path, coming: Selection) -> Result<Option<Self>, StoreError> {
        match Holds::of(target)? {
            Holds::Nothing | Holds::Unfinished => return Ok(None),
            Holds::Other => return Err(StoreError::NotARun { path: target.to_owned() }),
            Holds::Finished => {}
        }
        // A run that cannot be read is none to be spared.
        let whole = open(target).is_ok_and(|run| run.manifest.provenance.identity.selection == Selection::All);
        if whole && coming != Selection::All {
            return Err(StoreError::Whole { path: target.to_owned(), coming: coming.to_string() });
        }
        // A folder that is only a dot has no name to put something beside.
        let target = target.canonicalize().map_err(StoreError::io("read", target))?;
        let name = target.file_name().ok_or_else(|| StoreError::Finished { path: target.clone() })?.to_string_lossy();
        let beside = |ending: &str| target.with_file_name(format!("{name}.{ending}"));
        Ok(Some(Self { staging: beside("new"), former: beside("old"), target: target.clone() }))
    }

    /// Where the new run is written until it is whole.
    pub fn staging(&self) -> &Path {
        &self.staging
    }

    /// Puts the new run in the former one's place, which is deleted last: whenever this is cut off, both are on the disk.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the system refuses.
    pub fn complete(&self) -> Result<PathBuf, StoreError> {
        if self.former.exists() && self.target.exists() {
            fs::remove_dir_all(&self.former).map_err(StoreError::io("remove", &self.former))?;
        }
        if self.target.exists() {
            fs::rename(&self.target, &self.former).map_err(StoreError::io("rename", &self.target))?;
        }
        fs::rename(&self.staging, &self.target).map_err(StoreError::io("rename", &self.staging))?;
        fs::remove_dir_all(&self.former).map_err(StoreError::io("remove", &self.former))?;
        Ok(self.target.clone())
    }
}
