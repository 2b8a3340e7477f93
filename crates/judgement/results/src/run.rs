//! A run as it is judged, compared and reported, wherever it was read from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::manifest::{Manifest, Provenance, Warning};
use crate::record::{CaseRow, sort};

/// All that is kept of one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FinishedCase {
    /// Name of the scenario.
    pub scenario: String,
    /// Case number within the scenario, from 0.
    pub case: u64,
    /// Its rows.
    pub rows: Vec<CaseRow>,
    /// What the report should mention.
    pub warnings: Vec<String>,
}

/// A run: what `run.json` and `cases.parquet` hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The run directory.
    pub folder: PathBuf,
    /// Verdict, figures, provenance.
    pub manifest: Manifest,
    /// One row per case × arm × observer × structure, in order.
    pub rows: Vec<CaseRow>,
}

impl Run {
    /// Rows and manifest of finished cases.
    pub fn assemble(folder: &Path, provenance: Provenance, finished: Vec<FinishedCase>) -> Self {
        let mut rows: Vec<CaseRow> = Vec::new();
        let mut warnings = Vec::new();
        for case in finished {
            rows.extend(case.rows);
            let (scenario, case_number) = (case.scenario, case.case);
            let warn = |message| Warning { scenario: scenario.clone(), case: case_number, message };
            warnings.extend(case.warnings.into_iter().map(warn));
        }
        sort(&mut rows);
        let manifest = Manifest::assemble(provenance, &rows, warnings);
        Self { folder: folder.to_owned(), manifest, rows }
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
