//! `report.html`.
use std::path::PathBuf;

use crate::store::{Run, StoreError};

/// Writes the page.
///
/// # Errors
/// [`StoreError`].
pub fn write(run: &Run) -> Result<PathBuf, StoreError> {
    Ok(run.folder.join("report.html"))
}
