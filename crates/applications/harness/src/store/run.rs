//! A run directory as it is read back.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::manifest::{MANIFEST, Manifest, Provenance};
use crate::record::CaseRow;
use crate::store::journal::{Content, FinishedCase, JOURNAL};
use crate::store::writer::assemble;
use crate::store::{StoreError, cases};

/// A run: what `run.json` and `cases.parquet` hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Where it lies.
    pub folder: PathBuf,
    /// Verdict, figures, provenance.
    pub manifest: Manifest,
    /// One row per case × arm × observer × structure, in order.
    pub rows: Vec<CaseRow>,
}

impl Run {
    /// Reads a run, finished or not: of one that was cut off before it could write its results, the journal's
    /// cases are judged anew.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the folder holds no run, [`StoreError::Damaged`] if a file of it cannot be read.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(MANIFEST);
        if !path.exists() && folder.join(JOURNAL).exists() {
            let Content { identity, finished, .. } = Content::read(folder)?;
            let provenance = Provenance { identity, devices: Vec::new(), wall_clock: None };
            return Ok(assemble(folder, provenance, finished));
        }
        let text = fs::read(&path).map_err(StoreError::io("read", &path))?;
        let manifest = serde_json::from_slice(&text)
            .map_err(|error| StoreError::Damaged { path: path.clone(), reason: error.to_string() })?;
        Ok(Self { folder: folder.to_owned(), manifest, rows: cases::read(folder)? })
    }

    /// The rows and warnings, case by case.
    pub fn finished_cases(&self) -> Vec<FinishedCase> {
        let mut cases: BTreeMap<(&str, u64), FinishedCase> = BTreeMap::new();
        for row in &self.rows {
            let new = || FinishedCase {
                scenario: row.scenario.clone(),
                case: row.case,
                rows: Vec::new(),
                warnings: Vec::new(),
            };
            cases.entry((&row.scenario, row.case)).or_insert_with(new).rows.push(row.clone());
        }
        for warning in &self.manifest.warnings {
            if let Some(case) = cases.get_mut(&(warning.scenario.as_str(), warning.case)) {
                case.warnings.push(warning.message.clone());
            }
        }
        cases.into_values().collect()
    }
}
