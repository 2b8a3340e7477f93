//! A run directory as it is read back.

use std::fs;
use std::path::Path;

use results::Run;
use results::manifest::{MANIFEST, Provenance};

use crate::journal::{Content, JOURNAL};
use crate::{StoreError, cases};

/// Reads a run, finished or not: of one that was cut off before it could write its results, the journal's
/// cases are judged anew.
///
/// # Errors
/// [`StoreError::Io`] if the folder holds no run, [`StoreError::Damaged`] if a file of it cannot be read.
pub fn open(folder: &Path) -> Result<Run, StoreError> {
    let path = folder.join(MANIFEST);
    if !path.exists() && folder.join(JOURNAL).exists() {
        let Content { identity, finished, .. } = Content::read(folder)?;
        let provenance = Provenance { identity, devices: Vec::new(), wall_clock: None };
        return Ok(Run::assemble(folder, provenance, finished));
    }
    let text = fs::read(&path).map_err(StoreError::io("read", &path))?;
    let manifest = serde_json::from_slice(&text)
        .map_err(|error| StoreError::Damaged { path: path.clone(), reason: error.to_string() })?;
    Ok(Run::of_stored(folder, manifest, cases::read(folder)?))
}
