//! Writing a run directory while the run goes on.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::files::{remove_partial, write_whole};
use crate::folder::Holds;
use crate::journal::{JOURNAL, Journal, Machine, is_begun};
use crate::junit;
use crate::read::open;
use crate::{StoreError, cases};
use results::host::Host;
use results::identity::{Difference, Identity};
use results::manifest::{MANIFEST, Provenance, WallClock};
use results::{CaseResult, Run};

/// A run directory in the making.
#[derive(Debug)]
pub struct RunWriter {
    folder: PathBuf,
    identity: Identity,
    machine: Machine,
    /// Where the finished cases were examined, and where it goes on.
    hosts: Vec<Host>,
    journal: Journal,
    finished: Vec<CaseResult>,
    /// When the finished cases were examined, if the folder's results say so.
    before: Option<WallClock>,
}

impl RunWriter {
    /// Begins a run in a new or empty folder.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::Interrupted`], [`StoreError::Finished`] or [`StoreError::NotARun`] if the
    /// folder holds anything; [`StoreError::Io`] if it cannot be written. Then nothing is left behind.
    pub fn create(folder: &Path, identity: Identity, machine: Machine) -> Result<Self, StoreError> {
        // Whether an unfinished run still goes on, its lock knows.
        if Holds::of(folder)? != Holds::Unfinished {
            Holds::ensure_nothing(folder)?;
        }
        let existed = folder.exists();
        fs::create_dir_all(folder).map_err(StoreError::io("create", folder))?;
        let journal = Journal::begin(folder, &identity, &machine).inspect_err(|_| {
            if !existed {
                // The first error is the one to tell; a folder that holds something is not removed.
                drop(fs::remove_dir(folder));
            }
        })?;
        remove_partial(folder)?;
        let hosts = vec![machine.host.clone()];
        Ok(Self { folder: folder.to_owned(), identity, machine, hosts, journal, finished: Vec::new(), before: None })
    }

    /// Continues a run; begins it if there is none yet.
    ///
    /// # Errors
    /// [`StoreError::OtherRun`] if the folder's run differs in anything that decides its figures.
    pub fn resume(folder: &Path, identity: Identity, machine: Machine) -> Result<Self, StoreError> {
        let results = if folder.join(MANIFEST).exists() { Some(open(folder)?) } else { None };
        if let Some(Provenance { identity: found, devices, .. }) = results.as_ref().map(|run| &run.manifest.provenance)
        {
            same_run(folder, (found, devices), (&identity, &machine))?;
        }
        let (journal, finished, began_on) = if is_begun(folder)? {
            let (journal, content) = Journal::reopen(folder)?;
            same_run(folder, (&content.identity, &[content.machine.device]), (&identity, &machine))?;
            (journal, content.finished, vec![content.machine.host])
        } else if let Some(run) = &results {
            let mut journal = Journal::begin(folder, &identity, &machine)?;
            run.cases.iter().try_for_each(|case| journal.append(case))?;
            (journal, run.cases.clone(), Vec::new())
        } else {
            return Self::create(folder, identity, machine);
        };
        remove_partial(folder)?;
        let before = results.map(|run| run.manifest.provenance);
        let earlier = before.as_ref().map_or(&[][..], |provenance| &provenance.hosts);
        let hosts = Host::union([earlier, &began_on, std::slice::from_ref(&machine.host)]);
        let before = before.and_then(|provenance| provenance.wall_clock);
        Ok(Self { folder: folder.to_owned(), identity, machine, hosts, journal, finished, before })
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
        let differences = run.manifest.provenance.identity.differences(identity);
        refuse(folder, &differences)?;
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
    pub fn finish(self, wall_clock: WallClock) -> Result<Run, StoreError> {
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
        let (devices, hosts) = (vec![self.machine.device], self.hosts);
        let provenance = Provenance { identity: self.identity, devices, hosts, wall_clock: Some(wall_clock) };
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

/// Refuses another run, or the same on another device; both are named at once.
fn same_run(
    folder: &Path,
    (found, devices): (&Identity, &[String]),
    (identity, machine): (&Identity, &Machine),
) -> Result<(), StoreError> {
    let mut differences = found.differences(identity);
    if devices.iter().any(|device| *device != machine.device) {
        let (found, expected) = (devices.join(", "), machine.device.clone());
        differences.push(Difference { what: "device", found, expected });
    }
    refuse(folder, &differences)
}

fn refuse(folder: &Path, differences: &[Difference]) -> Result<(), StoreError> {
    if differences.is_empty() {
        return Ok(());
    }
    let differences = differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    Err(StoreError::OtherRun { path: folder.to_owned(), differences })
}
