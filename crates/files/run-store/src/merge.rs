//! Joining the shards of a run: the same results as if it had never been split.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::StoreError;
use crate::files::copy_folder;
use crate::folder::Holds;
use crate::writer::write_results;
use results::host::Host;
use results::identity::{Identity, Selection};
use results::manifest::{Provenance, WallClock};
use results::{CaseResult, Run};

/// Folders that runs keep per-case files in; the names of the files tell the cases apart.
const PER_CASE: [&str; 2] = ["pictures", "dicom"];

/// Why runs cannot be joined.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// There is nothing to join.
    #[error("no run was given to join")]
    Nothing,
    /// Two of them are parts of different runs.
    #[error("{} and {} are parts of different runs ({} → {}): {differences}", a.display(), b.display(), a.display(), b.display())]
    DifferentRuns {
        /// The first run.
        a: PathBuf,
        /// The run that does not fit it.
        b: PathBuf,
        /// All that differs.
        differences: String,
    },
    /// Two of them hold the same case.
    #[error("case {case} of '{scenario}' is in {} and in {}", a.display(), b.display())]
    CaseTwice {
        /// Name of the scenario.
        scenario: String,
        /// Case number.
        case: u64,
        /// One run that holds it.
        a: PathBuf,
        /// The other.
        b: PathBuf,
    },
    /// The results lie in the folder of a part.
    #[error("{} is one of the runs to join; name another folder for the whole", .0.display())]
    OntoItself(PathBuf),
    /// A run directory cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Joins runs in any order and writes the whole to a folder. Cases that no part holds stay missing, and the
/// verdict incomplete.
///
/// # Errors
/// [`MergeError`] names the two parts that do not fit; then nothing is written.
pub fn merge(parts: &[Run], folder: &Path) -> Result<Run, MergeError> {
    let first = parts.first().ok_or(MergeError::Nothing)?;
    if let Some(part) = parts.iter().find(|part| imaging_io::same_file(&part.folder, folder)) {
        return Err(MergeError::OntoItself(part.folder.clone()));
    }
    let identity = whole(first);
    for part in parts {
        let differences = identity.differences(&whole(part));
        if !differences.is_empty() {
            let differences = differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            return Err(MergeError::DifferentRuns { a: first.folder.clone(), b: part.folder.clone(), differences });
        }
    }
    let finished = distinct_cases(parts)?;

    Holds::ensure_nothing(folder)?;
    fs::create_dir_all(folder).map_err(StoreError::io("create", folder))?;
    let hosts = Host::union(parts.iter().map(|part| part.manifest.provenance.hosts.as_slice()));
    let provenance = Provenance { identity, devices: devices(parts), hosts, wall_clock: wall_clock(parts) };
    let run = Run::assemble(folder, provenance, finished);
    for part in parts {
        for name in PER_CASE.iter().filter(|name| part.folder.join(name).is_dir()) {
            copy_folder(&part.folder.join(name), &folder.join(name))?;
        }
    }
    write_results(&run)?;
    Ok(run)
}

/// The identity of the run that a part belongs to.
fn whole(part: &Run) -> Identity {
    Identity { selection: Selection::All, ..part.manifest.provenance.identity.clone() }
}

fn distinct_cases(parts: &[Run]) -> Result<Vec<CaseResult>, MergeError> {
    let mut holders: BTreeMap<(String, u64), &Path> = BTreeMap::new();
    let mut finished = Vec::new();
    for part in parts {
        for case in &part.cases {
            if let Some(holder) = holders.insert((case.scenario.clone(), case.case), &part.folder) {
                let (a, b) = (holder.to_owned(), part.folder.clone());
                return Err(MergeError::CaseTwice { scenario: case.scenario.clone(), case: case.case, a, b });
            }
            finished.push(case.clone());
        }
    }
    Ok(finished)
}

fn devices(parts: &[Run]) -> Vec<String> {
    let mut devices: Vec<_> = parts.iter().flat_map(|part| part.manifest.provenance.devices.clone()).collect();
    devices.sort();
    devices.dedup();
    devices
}

/// From the first begin to the last end; RFC 3339 in UTC sorts as text.
fn wall_clock(parts: &[Run]) -> Option<WallClock> {
    let clocks = parts.iter().filter_map(|part| part.manifest.provenance.wall_clock.as_ref());
    Some(WallClock {
        started_at: clocks.clone().map(|clock| clock.started_at.clone()).min()?,
        finished_at: clocks.clone().map(|clock| clock.finished_at.clone()).max()?,
        elapsed_s: clocks.map(|clock| clock.elapsed_s).sum(),
    })
}
