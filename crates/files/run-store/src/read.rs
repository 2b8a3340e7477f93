//! A run directory as it is read back.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use results::manifest::{MANIFEST, Provenance, Warning};
use results::{Manifest, Run};

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
    let damaged = |error: serde_json::Error| StoreError::Damaged { path: path.clone(), reason: error.to_string() };
    let Head { format_version } = serde_json::from_slice(&text).map_err(damaged)?;
    if format_version == WITHOUT_STATES {
        let judged_by_point: JudgedByPoint = serde_json::from_slice(&text).map_err(damaged)?;
        let run = Run::assemble(folder, judged_by_point.provenance, cases::read(folder)?);
        let manifest = Manifest { warnings: judged_by_point.warnings, ..run.manifest };
        return Ok(Run::of_stored(folder, manifest, run.cases));
    }
    let manifest = serde_json::from_slice(&text).map_err(damaged)?;
    Ok(Run::of_stored(folder, manifest, cases::read(folder)?))
}

/// The version of `run.json` whose criteria were judged by the point alone, without a state.
const WITHOUT_STATES: u32 = 1;

/// What decides how the rest is read.
#[derive(Deserialize)]
struct Head {
    format_version: u32,
}

/// What is taken from a version without states; its cases are judged anew.
#[derive(Deserialize)]
struct JudgedByPoint {
    provenance: Provenance,
    warnings: Vec<Warning>,
}
