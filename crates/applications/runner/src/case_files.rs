//! What is kept of a case in numbers, beside its pictures: the plan that was scanned, the first one where another took its
//! place, and the truth.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use phantom::SpineTruth;
use planner::ScanPlan;
use run_store::StoreError;
use run_store::files::{case_folder, write_whole};
use serde::Serialize;

use crate::CaseOutcome;

/// `truth.json`: what is true of the case's spine, with the keys of `plumbline phantom synth`.
#[derive(Serialize)]
struct Truth<'a> {
    /// The frame of every coordinate, as in `plan.json`.
    frame: &'static str,
    scenario: &'a str,
    case: u64,
    seed: u64,
    /// Discs with labels and planes, vertebrae, mid-sagittal plane, canal.
    truth: &'a SpineTruth,
}

/// Writes `plan.json`, `first-plan.json` and `truth.json`, as far as there are these.
pub(super) fn write(
    folder: &Path,
    scenario: &str,
    (seed, case): (u64, u64),
    outcome: &CaseOutcome,
) -> Result<(), StoreError> {
    let Some(seen) = &outcome.seen else { return Ok(()) };
    let folder = case_folder(folder, scenario, case);
    fs::create_dir_all(&folder).map_err(StoreError::io("create", &folder))?;
    let plans = [("plan.json", &seen.plan), ("first-plan.json", &seen.first_plan)];
    for (name, plan) in plans.into_iter().filter_map(|(name, plan)| Some((name, plan.as_ref()?))) {
        // Wall-clock times are in the table; here the same run gives the same bytes.
        let timeless = ScanPlan { latency_ms: BTreeMap::new(), ..plan.clone() };
        write_json(&folder.join(name), &timeless)?;
    }
    write_json(&folder.join("truth.json"), &Truth { frame: "patient-lps-mm", scenario, case, seed, truth: &seen.truth })
}

fn write_json(path: &Path, content: &impl Serialize) -> Result<(), StoreError> {
    let mut text = serde_json::to_string_pretty(content)
        .map_err(|error| StoreError::Encoding { what: "a case's plan or truth", reason: error.to_string() })?;
    text.push('\n');
    write_whole(path, text.as_bytes())
}
