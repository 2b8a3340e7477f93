//! Series, their parameters, scanning.

use exam::{Command, Series, SeriesId, SeriesState};
use geometry::SliceGroup;
use scanner::SeriesProtocol;
use slice_editor::parameters::{self, Conflict, Parameter, Summary};
use slice_editor::{Edit, Selected};

use super::{Refusal, Session, Severity, refuse, refused};
use crate::intent::{SeriesRef, Shows};
use crate::score::Spoiled;

/// How far a series is, as the trainee sees it: its images come in after they were computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesProgress {
    /// In the queue.
    Waiting,
    /// The scanner prepares.
    Preparing,
    /// Images come in.
    Scanning,
    /// All images are there.
    Done,
    /// It was stopped.
    Stopped,
    /// Its images were scanned with other slices or parameters than are prescribed now.
    Outdated,
}

impl Session {
    /// The series that an intent means.
    ///
    /// # Errors
    /// [`Refusal`] with the name if there is none, or more than one.
    pub fn find(&self, series: &SeriesRef) -> Result<SeriesId, Refusal> {
        let queue = self.exam.queue();
        match series {
            SeriesRef::Id(id) if self.exam.series(*id).is_some() => Ok(*id),
            SeriesRef::Id(id) => refuse(format!("there is no series {id}")),
            SeriesRef::Name(name) => {
                let mut named = queue.iter().filter(|series| series.name() == name);
                match (named.next(), named.next()) {
                    (Some(series), None) => Ok(series.id),
                    (None, _) => refuse(format!("there is no series '{name}'")),
                    (Some(_), Some(_)) => refuse(format!("more than one series is called '{name}'")),
                }
            }
        }
    }

    /// How far a series is.
    pub fn progress(&self, series: &Series) -> SeriesProgress {
        let comes_in = self.running().is_some_and(|running| running.shows == Shows::Series(series.id.into()));
        match series.state {
            _ if comes_in => SeriesProgress::Scanning,
            SeriesState::Scanning => SeriesProgress::Preparing,
            _ if series.is_outdated() => SeriesProgress::Outdated,
            SeriesState::Waiting => SeriesProgress::Waiting,
            SeriesState::Stopped => SeriesProgress::Stopped,
            SeriesState::Scanned | SeriesState::Accepted => SeriesProgress::Done,
        }
    }

    /// The slices that a series is being prescribed with: the draft's, which a drag has changed already.
    pub fn group(&self, id: SeriesId) -> Option<&SliceGroup> {
        self.draft.groups().get(self.draft_index(id)?)
    }

    /// Series and drawn groups are in the same order.
    fn draft_index(&self, id: SeriesId) -> Option<usize> {
        self.exam.queue().iter().position(|series| series.id == id)
    }

    /// The series of the selected group.
    pub fn selected_series(&self) -> Option<&Series> {
        match self.draft.selected()? {
            Selected::Group(at) => self.exam.queue().get(at),
            Selected::Band(_) => None,
        }
    }

    pub(super) fn selected_series_is_being_scanned(&self) -> bool {
        let is_scanned =
            |series: &Series| matches!(self.progress(series), SeriesProgress::Preparing | SeriesProgress::Scanning);
        self.selected_series().is_some_and(is_scanned)
    }

    /// Scan time, voxel, relative signal-to-noise ratio and SAR of a series.
    pub fn summary(&self, id: SeriesId) -> Option<Summary> {
        let (series, group) = (self.exam.series(id)?, self.group(id)?);
        let usual = self.exercise.setup.protocol.series_for(&group.target);
        Some(Summary::of((&series.protocol, group), (usual, &usual_group(self, group)), self.field_t()))
    }

    /// What keeps a series from being scanned.
    pub fn conflicts(&self, id: SeriesId) -> Vec<Conflict> {
        let (Some(series), Some(group)) = (self.exam.series(id), self.group(id)) else { return Vec::new() };
        parameters::conflicts(&series.protocol, group, self.field_t())
    }

    /// Field strength, T.
    pub fn field_t(&self) -> f64 {
        self.exercise.setup.protocol.field_t
    }

    pub(super) fn set_parameter(
        &mut self,
        series: &SeriesRef,
        parameter: Parameter,
        value: f64,
    ) -> Result<(), Refusal> {
        self.change(series, &[(parameter, value)])
    }

    pub(super) fn resolve(&mut self, series: &SeriesRef, conflict: usize) -> Result<(), Refusal> {
        let conflicts = self.conflicts(self.find(series)?);
        match conflicts.into_iter().nth(conflict).and_then(|conflict| conflict.suggestion) {
            Some(suggestion) => self.change(series, &suggestion.changes),
            None => refuse("there is no suggestion for this conflict"),
        }
    }

    fn change(&mut self, series: &SeriesRef, changes: &[(Parameter, f64)]) -> Result<(), Refusal> {
        let id = self.find(series)?;
        let (Some(at), Some(series)) = (self.draft_index(id), self.exam.series(id)) else {
            return refuse(format!("there is no series {id}"));
        };
        let (mut protocol, mut group) = (series.protocol.clone(), self.draft.groups()[at].clone());
        for (parameter, value) in changes {
            parameters::set(&mut protocol, &mut group, *parameter, *value).map_err(refused)?;
        }
        self.change_group(at, group)?;
        self.set_protocol(id, protocol)
    }

    fn change_group(&mut self, at: usize, group: SliceGroup) -> Result<(), Refusal> {
        if self.draft.groups()[at] == group {
            return Ok(());
        }
        let selected = self.draft.selected();
        self.draft.apply(&Edit::Select(Some(Selected::Group(at)))).map_err(refused)?;
        self.draft.apply(&Edit::Replace(group)).map_err(refused)?;
        self.draft.apply(&Edit::Select(selected)).map_err(refused)?;
        self.prescribe()
    }

    fn set_protocol(&mut self, series: SeriesId, protocol: SeriesProtocol) -> Result<(), Refusal> {
        if self.exam.series(series).is_some_and(|series| series.protocol == protocol) {
            return Ok(());
        }
        self.command(Command::SetProtocol { series, protocol })
    }

    pub(super) fn scan(&mut self, series: &SeriesRef) -> Result<(), Refusal> {
        let id = self.find(series)?;
        self.start_scan(id)
    }

    fn start_scan(&mut self, id: SeriesId) -> Result<(), Refusal> {
        if self.is_busy() {
            return refuse("the scanner is busy");
        }
        self.prescribe()?;
        let Some(series) = self.exam.series(id) else { return refuse(format!("there is no series {id}")) };
        if let Some(conflict) = self.conflicts(id).first() {
            return refuse(format!("{} cannot be scanned: {}", series.name(), conflict.message));
        }
        let (is_waiting, reason) = (series.is_waiting(), self.reason_to_repeat(series));
        if !is_waiting {
            self.command(Command::Repeat(id))?;
        }
        self.command(Command::Scan(id))?;
        match reason {
            Some(true) => self.due_repeats += 1,
            Some(false) => self.needless_repeats += 1,
            None => {}
        }
        Ok(())
    }

    /// Whether there is a reason to scan a series again, in truth; `None` if it has no images yet.
    fn reason_to_repeat(&self, series: &Series) -> Option<bool> {
        let stack = series.scanned.as_ref()?;
        let snr = series.report.as_ref().map(|report| report.snr);
        Some(series.is_outdated() || Spoiled::of(stack, snr, &self.exam.patient().truth()).is_some())
    }

    pub(super) fn scan_all(&mut self) -> Result<(), Refusal> {
        let Some(next) = self.next_to_scan() else { return refuse("no series is waiting") };
        self.start_scan(next)?;
        self.scanning_all = true;
        Ok(())
    }

    fn next_to_scan(&self) -> Option<SeriesId> {
        self.exam.queue().iter().find(|series| series.is_waiting()).map(|series| series.id)
    }

    /// The next series, if all are to be scanned.
    pub(super) fn scan_next(&mut self) {
        let next = self.next_to_scan().filter(|_| self.scanning_all);
        self.scanning_all = next.is_some();
        if let Some(next) = next
            && let Err(refusal) = self.start_scan(next)
        {
            self.scanning_all = false;
            self.say(Severity::Warning, refusal.0);
        }
    }

    pub(super) fn repeat(&mut self, series: &SeriesRef) -> Result<(), Refusal> {
        let id = self.find(series)?;
        match self.exam.series(id) {
            Some(series) if series.scanned.is_none() => refuse(format!("'{}' has not been scanned yet", series.name())),
            _ => self.start_scan(id),
        }
    }
}

/// The group as the exercise prescribes it, for comparison.
fn usual_group(session: &Session, group: &SliceGroup) -> SliceGroup {
    session.exercise.setup.prescription.stack(&group.target).applied_to(group)
}
