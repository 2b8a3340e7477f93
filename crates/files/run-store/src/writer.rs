//! Writing a run directory while the run goes on.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::files::write_whole;
use crate::journal::{JOURNAL, Journal};
use crate::junit;
use crate::read::open;
use crate::{StoreError, cases};
use results::identity::{Difference, Identity, Selection};
use results::manifest::{MANIFEST, Provenance, WallClock};
use results::{CaseResult, Run};

/// What earlier runs leave in a run directory; a new run there takes it away.
const PRODUCTS: [&str; 7] = [MANIFEST, cases::CASES, junit::JUNIT, "report.html", "figures", "pictures", "dicom"];

/// A run directory in the making.
#[derive(Debug)]
pub struct RunWriter {
    folder: PathBuf,
    identity: Identity,
    journal: Journal,
    finished: Vec<CaseResult>,
    /// When the finished cases were examined, if the folder's results say so.
    before: Option<WallClock>,
}

impl RunWriter {
    /// Begins a run on a device in a new or empty folder, or in the place of a finished run, if that is no larger.
    ///
    /// # Errors
    /// [`StoreError::Interrupted`], [`StoreError::Whole`] or [`StoreError::NotARun`] if the folder holds what must not be
    /// lost; [`StoreError::Io`] if it cannot be written. Then nothing is left behind.
    pub fn create(folder: &Path, identity: Identity, device: &str) -> Result<Self, StoreError> {
        let existed = folder.exists();
        if existed {
            make_room(folder, identity.selection)?;
        }
        fs::create_dir_all(folder).map_err(StoreError::io("create", folder))?;
        match Journal::create(folder, &identity, device) {
            Ok(journal) => {
                Ok(Self { folder: folder.to_owned(), identity, journal, finished: Vec::new(), before: None })
            }
            Err(error) => {
                // The first error is the one to tell.
                drop(fs::remove_file(folder.join(JOURNAL)));
                if !existed {
                    drop(fs::remove_dir(folder));
                }
                Err(error)
            }
        }
    }

    /// Continues a run on a device; begins it if there is none yet.
    ///
    /// # Errors
    /// [`StoreError::OtherRun`] if the folder's run differs in anything that decides its figures.
    pub fn resume(folder: &Path, identity: Identity, device: &str) -> Result<Self, StoreError> {
        let results = if folder.join(MANIFEST).exists() { Some(open(folder)?) } else { None };
        let has_journal = folder.join(JOURNAL).exists();
        if let Some(run) = &results {
            same_run(folder, &run.manifest.provenance.identity, &identity)?;
            same_device(folder, &run.manifest.provenance.devices, device)?;
        }
        let before = results.as_ref().and_then(|run| run.manifest.provenance.wall_clock.clone());
        let (journal, finished) = match &results {
            _ if has_journal => {
                let (journal, content) = Journal::reopen(folder)?;
                same_run(folder, &content.identity, &identity)?;
                same_device(folder, &[content.device], device)?;
                (journal, content.finished)
            }
            None => return Self::create(folder, identity, device),
            Some(run) => {
                let mut journal = Journal::create(folder, &identity, device)?;
                run.cases.iter().try_for_each(|case| journal.append(case))?;
                (journal, run.cases.clone())
            }
        };
        Ok(Self { folder: folder.to_owned(), identity, journal, finished, before })
    }

    /// The run in a folder, if it is this one and nothing of it is missing.
    ///
    /// # Errors
    /// As [`Self::resume`].
    pub fn finished(folder: &Path, identity: &Identity) -> Result<Option<Run>, StoreError> {
        if !folder.join(MANIFEST).exists() || folder.join(JOURNAL).exists() {
            return Ok(None);
        }
        let run = open(folder)?;
        same_run(folder, &run.manifest.provenance.identity, identity)?;
        let done = run.cases.iter().map(|case| (case.scenario.clone(), case.case)).collect();
        Ok(identity.is_done(&done).then_some(run))
    }

    /// The run directory.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// True if the case is there already.
    pub fn has(&self, scenario: &str, case: u64) -> bool {
        self.finished.iter().any(|finished| finished.case == case && finished.scenario == scenario)
    }

    /// Keeps a finished case; when this returns it is on the disk.
    ///
    /// # Errors
    /// [`StoreError::Io`] when the disk is full or refuses; earlier cases stay readable.
    pub fn record(&mut self, case: CaseResult) -> Result<(), StoreError> {
        self.journal.append(&case)?;
        self.finished.push(case);
        Ok(())
    }

    /// Writes `cases.parquet`, `junit.xml` and `run.json` from what is finished. The journal goes once every
    /// selected case is there; until then the run can be continued.
    ///
    /// # Errors
    /// [`StoreError`] when the disk is full or refuses; the journal is kept.
    pub fn finish(self, devices: Vec<String>, wall_clock: WallClock) -> Result<Run, StoreError> {
        let done: BTreeSet<_> = self.finished.iter().map(|case| (case.scenario.clone(), case.case)).collect();
        let complete = self.identity.is_done(&done);
        let wall_clock = match self.before {
            Some(before) => WallClock {
                started_at: before.started_at,
                finished_at: wall_clock.finished_at,
                elapsed_s: before.elapsed_s + wall_clock.elapsed_s,
            },
            None => wall_clock,
        };
        let provenance = Provenance { identity: self.identity, devices, wall_clock: Some(wall_clock) };
        let run = Run::assemble(&self.folder, provenance, self.finished);
        write_results(&run)?;
        if complete {
            self.journal.remove()?;
        }
        Ok(run)
    }
}

/// Writes a run's results; `run.json` comes last, so that its presence means that the others are there.
pub(crate) fn write_results(run: &Run) -> Result<(), StoreError> {
    cases::write(&run.folder, &run.cases)?;
    write_whole(&run.folder.join(junit::JUNIT), junit::render(run)?.as_bytes())?;
    let mut json = serde_json::to_string_pretty(&run.manifest)
        .map_err(|error| StoreError::Encoding { what: MANIFEST, reason: error.to_string() })?;
    json.push('\n');
    write_whole(&run.folder.join(MANIFEST), json.as_bytes())
}

/// Takes a finished run's products away; refuses if anything else would be lost or mixed in, or if it has all cases and
/// what comes has some.
pub(crate) fn make_room(folder: &Path, coming: Selection) -> Result<(), StoreError> {
    if folder.join(JOURNAL).exists() {
        return Err(StoreError::Interrupted { path: folder.to_owned() });
    }
    let is_run = folder.join(MANIFEST).exists();
    let mut entries = fs::read_dir(folder).map_err(StoreError::io("read", folder))?;
    if !is_run && entries.next().is_some() {
        return Err(StoreError::NotARun { path: folder.to_owned() });
    }
    // A run that cannot be read is none to be spared.
    let whole = is_run && open(folder).is_ok_and(|run| run.manifest.provenance.identity.selection == Selection::All);
    if whole && coming != Selection::All {
        return Err(StoreError::Whole { path: folder.to_owned(), coming: coming.to_string() });
    }
    for product in PRODUCTS.map(|name| folder.join(name)) {
        let removed = if product.is_dir() {
            fs::remove_dir_all(&product)
        } else if product.exists() {
            fs::remove_file(&product)
        } else {
            Ok(())
        };
        removed.map_err(StoreError::io("remove", &product))?;
    }
    Ok(())
}

fn same_device(folder: &Path, found: &[String], expected: &str) -> Result<(), StoreError> {
    if found.iter().all(|device| device == expected) {
        return Ok(());
    }
    let (found, expected) = (found.join(", "), expected.to_owned());
    Err(StoreError::OtherRun { path: folder.to_owned(), what: "device", found, expected })
}

fn same_run(folder: &Path, found: &Identity, expected: &Identity) -> Result<(), StoreError> {
    match found.difference(expected) {
        None => Ok(()),
        Some(Difference { what, found, expected }) => {
            Err(StoreError::OtherRun { path: folder.to_owned(), what, found, expected })
        }
    }
}
