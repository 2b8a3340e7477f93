//! What a folder holds before a run is written to it, and which folder a run is written to if none is named.

use std::fs;
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::files::is_partial;
use crate::journal::{JOURNAL, is_begun};
use crate::read::open;
use results::identity::Identity;
use results::manifest::MANIFEST;

/// What a folder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// No folder, an empty one, or what a run leaves that was cut off before its first line.
    Nothing,
    /// A run that goes on or was interrupted.
    Unfinished,
    /// A finished run.
    Finished,
    /// Files that are no run.
    Other,
}

impl Holds {
    /// Looks into a folder.
    ///
    /// # Errors
    /// [`StoreError::Io`] if it cannot be read.
    pub fn of(folder: &Path) -> Result<Self, StoreError> {
        if !folder.exists() {
            return Ok(Self::Nothing);
        }
        if is_begun(folder)? {
            return Ok(Self::Unfinished);
        }
        if folder.join(MANIFEST).exists() {
            return Ok(Self::Finished);
        }
        for entry in fs::read_dir(folder).map_err(StoreError::io("read", folder))? {
            let name = entry.map_err(StoreError::io("read", folder))?.file_name();
            if name != JOURNAL && !is_partial(&name) {
                return Ok(Self::Other);
            }
        }
        Ok(Self::Nothing)
    }

    /// Refuses a folder that holds anything.
    ///
    /// # Errors
    /// [`StoreError::Interrupted`], [`StoreError::Finished`] or [`StoreError::NotARun`] with the folder.
    pub fn ensure_nothing(folder: &Path) -> Result<(), StoreError> {
        let path = folder.to_owned();
        match Self::of(folder)? {
            Self::Nothing => Ok(()),
            Self::Unfinished => Err(StoreError::Interrupted { path }),
            Self::Finished => Err(StoreError::Finished { path }),
            Self::Other => Err(StoreError::NotARun { path }),
        }
    }
}

/// A run's folder where none was named: `NAME` if it holds nothing, else `NAME-2` or the number behind the highest that is
/// there. No run takes the place of another.
///
/// # Errors
/// [`StoreError::Io`] if a folder cannot be read.
pub fn next_free(base: &Path) -> Result<PathBuf, StoreError> {
    if Holds::of(base)? == Holds::Nothing {
        return Ok(base.to_owned());
    }
    let highest = numbers(base)?.into_iter().max().unwrap_or(1);
    Ok(numbered(base, highest + 1))
}

/// The folder of the run to continue where none was named: the last unfinished of `NAME`, `NAME-2`…; else the last that
/// has this identity, else the last; `NAME` if there is none.
///
/// # Errors
/// [`StoreError::Io`] if a folder cannot be read.
pub fn to_continue(base: &Path, identity: &Identity) -> Result<PathBuf, StoreError> {
    let mut numbers = numbers(base)?;
    numbers.push(1);
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    let mut finished = Vec::new();
    for folder in numbers.into_iter().map(|number| numbered(base, number)) {
        match Holds::of(&folder)? {
            Holds::Unfinished => return Ok(folder),
            Holds::Finished => finished.push(folder),
            Holds::Nothing | Holds::Other => {}
        }
    }
    let same = |folder: &&PathBuf| {
        open(folder).is_ok_and(|run| run.manifest.provenance.identity.differences(identity).is_empty())
    };
    let chosen = finished.iter().find(same).or(finished.first());
    Ok(chosen.map_or_else(|| base.to_owned(), Clone::clone))
}

/// `NAME` for 1, `NAME-2` for 2.
fn numbered(base: &Path, number: u64) -> PathBuf {
    match number {
        0 | 1 => base.to_owned(),
        _ => base.with_file_name(format!("{}-{number}", base.file_name().unwrap_or_default().to_string_lossy())),
    }
}

/// The numbers from 2 of the folders beside `NAME` that are called `NAME-…`.
fn numbers(base: &Path) -> Result<Vec<u64>, StoreError> {
    let parent = base.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !parent.exists() {
        return Ok(Vec::new());
    }
    let prefix = format!("{}-", base.file_name().unwrap_or_default().to_string_lossy());
    let mut numbers = Vec::new();
    for entry in fs::read_dir(parent).map_err(StoreError::io("read", parent))? {
        let name = entry.map_err(StoreError::io("read", parent))?.file_name();
        let number: Option<u64> = name.to_str().and_then(|name| name.strip_prefix(&prefix)?.parse().ok());
        numbers.extend(number.filter(|number| *number >= 2));
    }
    Ok(numbers)
}
