//! A run as it is judged, compared and reported, wherever it was read from.

use std::path::{Path, PathBuf};

use crate::CaseResult;
use crate::manifest::{Manifest, Provenance};

/// A run: what `run.json` and `cases.parquet` hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The run directory.
    pub folder: PathBuf,
    /// Verdict, figures, provenance.
    pub manifest: Manifest,
    /// The cases, in order of scenario and number.
    pub cases: Vec<CaseResult>,
}

impl Run {
    /// Sorts finished cases and judges them. A case without attempts has no result and is left out.
    pub fn assemble(folder: &Path, provenance: Provenance, mut cases: Vec<CaseResult>) -> Self {
        cases.retain(|case| !case.attempts.is_empty());
        cases.iter_mut().for_each(CaseResult::sort);
        cases.sort_by(|a, b| (&a.scenario, a.case).cmp(&(&b.scenario, b.case)));
        let manifest = Manifest::assemble(provenance, &cases);
        Self { folder: folder.to_owned(), manifest, cases }
    }

    /// A run that was judged before: the cases of its table get their warnings back from `run.json`.
    pub fn of_stored(folder: &Path, manifest: Manifest, mut cases: Vec<CaseResult>) -> Self {
        for case in &mut cases {
            let own = manifest.warnings.iter().filter(|w| w.scenario == case.scenario && w.case == case.case);
            case.warnings = own.map(|warning| warning.message.clone()).collect();
        }
        Self { folder: folder.to_owned(), manifest, cases }
    }

    /// True if a case has results.
    pub fn has(&self, scenario: &str, case: u64) -> bool {
        self.cases.iter().any(|done| done.case == case && done.scenario == scenario)
    }
}
