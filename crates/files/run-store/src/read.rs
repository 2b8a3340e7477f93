//! A run directory as it is read back.

use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;

use serde::Deserialize;

use results::manifest::{FORMAT_VERSION, MANIFEST, Provenance, Warning};
use results::{Manifest, Run};

use crate::journal::{Content, JOURNAL};
use crate::{StoreError, cases};

/// Reads a run, finished or not: of one that was cut off before it could write its results, the journal's
/// cases are judged anew.
///
/// # Errors
/// [`StoreError::Io`] if the folder holds no run, [`StoreError::Damaged`] if a file of it cannot be read,
/// [`StoreError::UnknownVersion`] if a later program wrote it.
pub fn open(folder: &Path) -> Result<Run, StoreError> {
    let path = folder.join(MANIFEST);
    if !path.exists() && folder.join(JOURNAL).exists() {
        let Content { identity, finished, machine, .. } = Content::read(folder)?;
        let (devices, hosts) = (Vec::new(), vec![machine.host]);
        let provenance = Provenance { identity, devices, hosts, wall_clock: None };
        return Ok(Run::assemble(folder, provenance, finished));
    }
    let text = fs::read(&path).map_err(StoreError::io("read", &path))?;
    let damaged = |error: serde_json::Error| StoreError::Damaged { path: path.clone(), reason: error.to_string() };
    let Head { format_version } = serde_json::from_slice(&text).map_err(damaged)?;
    if !KNOWN_VERSIONS.contains(&format_version) {
        let expected = format!("{} to {}", KNOWN_VERSIONS.start(), KNOWN_VERSIONS.end());
        return Err(StoreError::UnknownVersion { path, found: format_version, expected });
    }
    if format_version == WITHOUT_STATES {
        let judged_by_point: JudgedByPoint = serde_json::from_slice(&text).map_err(damaged)?;
        let run = Run::assemble(folder, judged_by_point.provenance, cases::read(folder)?);
        let manifest = Manifest { warnings: judged_by_point.warnings, ..run.manifest };
        return Ok(Run::of_stored(folder, manifest, run.cases));
    }
    let manifest = serde_json::from_slice(&text).map_err(damaged)?;
    Ok(Run::of_stored(folder, manifest, cases::read(folder)?))
}

/// The versions of `run.json` that are read.
const KNOWN_VERSIONS: RangeInclusive<u32> = WITHOUT_STATES..=FORMAT_VERSION;

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
