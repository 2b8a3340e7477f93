//! What takes time: how it starts, and what its end changes.

use std::sync::Arc;

use geometry::{Orientation, SatBand, SliceGroup, SliceTarget, Volume};
use planner::Planned;
use planner::quality_check::{QualityReport, QualityVerdict};
use scanner::SeriesProtocol;

use super::{Examination, Response};
use crate::acquisition::{Acquisition, Stack};
use crate::event::Event;
use crate::job::{Inquiry, Job, JobId, JobKind, JobOutcome, Outcome, SeriesCheck, Work};
use crate::refused::Refused;
use crate::series::{Series, SeriesId, SeriesState};

impl Examination {
    pub(super) fn scan_localizer(&mut self) -> Result<Response, Refused> {
        let protocol = self.protocol.localizer.series.clone();
        let groups = scanner::localizer(&self.protocol);
        self.registered()?;
        groups.iter().try_for_each(|group| self.can_scan(&protocol, group))?;
        if !self.localizer.is_empty() {
            self.repeats += 1;
        }
        self.localizer.clear();
        self.proposal = None;
        let mut stacks = Vec::new();
        for group in groups {
            stacks
                .push((group.target.orientation(), self.acquisition(protocol.clone(), group, Vec::new(), Vec::new())?));
        }
        Ok(self.start(Work::ScanLocalizer(stacks)))
    }

    pub(super) fn propose_plan(&mut self) -> Result<Response, Refused> {
        if self.localizer.is_empty() {
            return Err(Refused::NoLocalizer);
        }
        let images = self.localizer.iter().map(|(orientation, stack)| (*orientation, Arc::clone(&stack.images)));
        let inquiry = self.inquiry(images.collect())?;
        Ok(self.start(Work::Plan(inquiry)))
    }

    /// Scans a series of the queue; outdated images are dropped, which counts as a repeat.
    pub(super) fn start_scan(&mut self, id: SeriesId) -> Result<Response, Refused> {
        let series = self.queued(id)?;
        let (group, protocol) = (series.group.clone(), series.protocol.clone());
        self.can_scan(&protocol, &group)?;
        let bands = self.plan.as_ref().map(|plan| plan.sat_bands.clone()).unwrap_or_default();
        let crossing = self.crossing(id);
        let acquisition = self.acquisition(protocol, group, bands, crossing)?;
        let mut events = Vec::new();
        if self.queued(id)?.scanned.is_some() {
            events.push(self.repeat(id)?);
        }
        self.queued_mut(id)?.state = SeriesState::Scanning;
        Ok(Response { events, ..self.start(Work::Scan(id, Box::new(acquisition))) })
    }

    pub(super) fn check(&mut self) -> Result<Response, Refused> {
        let series = self.unchecked.and_then(|id| self.series(id)).ok_or(Refused::NothingToCheck)?;
        let Stack { group, images, .. } = series.scanned.clone().ok_or(Refused::NothingToCheck)?;
        // An appended series has another contrast; the planned one is what a planner knows how to read.
        let is_read = group.target == SliceTarget::Sagittal && !series.appended;
        let inquiry = is_read.then(|| self.inquiry(vec![(Orientation::Sagittal, Arc::clone(&images))])).transpose()?;
        let check = SeriesCheck { plan: self.plan.clone().unwrap_or_default(), group, images, inquiry };
        let work = Work::Check(series.id, Box::new(check));
        Ok(self.start(work))
    }

    /// Takes the outcome of the job in progress.
    pub(super) fn finish(&mut self, outcome: JobOutcome) -> Result<Vec<Event>, Refused> {
        self.end_job(outcome.job)?;
        Ok(match *outcome.outcome {
            Outcome::Localizer(stacks) => vec![self.localizer_scanned(stacks)],
            Outcome::Planned(planned) => {
                let events = warnings(&planned).chain([Event::PlanProposed(planned.plan.clone())]).collect();
                self.proposal = Some(planned);
                events
            }
            Outcome::PlannerFailed { reason } => vec![Event::PlannerFailed { reason }],
            Outcome::Scanned(series, stack) => vec![self.series_scanned(series, stack)],
            Outcome::Checked { series, name, report, reading } => self.checked(series, name, report, reading),
        })
    }

    /// Gives the job in progress up: a series that it was scanning waits again.
    pub(super) fn abandon(&mut self, job: JobId, reason: String) -> Result<Event, Refused> {
        if let JobKind::Scan(id) = self.end_job(job)?
            && let Ok(series) = self.queued_mut(id)
        {
            series.state = SeriesState::Waiting;
        }
        Ok(Event::JobFailed { reason })
    }

    fn localizer_scanned(&mut self, stacks: Vec<(Orientation, Stack)>) -> Event {
        let mut scan_time_s = 0.0;
        for (_, stack) in &stacks {
            self.scan_time_s += stack.scan_time_s();
            scan_time_s += stack.scan_time_s();
        }
        self.localizer = stacks;
        Event::LocalizerScanned { scan_time_s }
    }

    /// The time counts even if the series has left the queue meanwhile.
    fn series_scanned(&mut self, id: SeriesId, stack: Stack) -> Event {
        let scan_time_s = stack.scan_time_s();
        let (name, target) = (stack.group.name.clone(), stack.group.target.clone());
        self.scan_time_s += scan_time_s;
        if let Ok(series) = self.queued_mut(id) {
            series.scanned = Some(stack);
            series.state = SeriesState::Scanned;
            self.unchecked = Some(id);
        }
        Event::SeriesScanned { series: id, name, target, scan_time_s }
    }

    /// Accepts the series, orders a repeat or re-plans, within the limits of the closed loop.
    fn checked(
        &mut self,
        id: SeriesId,
        name: String,
        report: QualityReport,
        reading: Option<Result<Planned, String>>,
    ) -> Vec<Event> {
        let mut events = Vec::new();
        let reading = reading.and_then(|reading| match reading {
            Ok(planned) => {
                events.extend(warnings(&planned));
                Some(planned)
            }
            Err(reason) => {
                events.push(Event::PlannerFailed { reason: format!("asked again about '{name}': {reason}") });
                None
            }
        });
        let verdict = report.verdict.clone();
        events.push(Event::Checked { series: id, name: name.clone(), report: report.clone() });
        self.unchecked = None;
        let limits = self.limits;
        let Ok(series) = self.queued_mut(id) else { return events };
        series.report = Some(report);
        match verdict {
            QualityVerdict::Repeat(_) if series.repeats < limits.repeats => {
                series.repeats += 1;
                series.drop_images(SeriesState::Waiting);
                self.repeats += 1;
                events.push(Event::RepeatOrdered { series: id, name });
            }
            QualityVerdict::Replan(reason) => {
                series.state = SeriesState::Accepted;
                if let Some(planned) =
                    reading.filter(|planned| planned.plan.can_be_used() && self.replans < limits.replans)
                {
                    self.replans += 1;
                    self.replace_axial_groups(planned.plan);
                    events.push(Event::Replanned { reason });
                }
            }
            _ => series.state = SeriesState::Accepted,
        }
        events
    }

    fn start(&mut self, work: Work) -> Response {
        let job = Job::new(JobId(self.next_job), work);
        self.next_job += 1;
        self.job = Some((job.id(), job.kind()));
        Response { events: Vec::new(), job: Some(job) }
    }

    fn end_job(&mut self, job: JobId) -> Result<JobKind, Refused> {
        let (_, kind) = self.job.take_if(|(id, _)| *id == job).ok_or(Refused::NoSuchJob(job))?;
        Ok(kind)
    }

    fn can_scan(&self, protocol: &SeriesProtocol, group: &SliceGroup) -> Result<(), Refused> {
        protocol
            .check(group)
            .and_then(|()| protocol.check_exposure(group, self.scanner.field_t))
            .map_err(|error| Refused::Impossible { name: group.name.clone(), reason: error.to_string() })
    }

    /// One acquisition of the patient as they lie now; every one has its own noise.
    fn acquisition(
        &mut self,
        protocol: SeriesProtocol,
        group: SliceGroup,
        bands: Vec<SatBand>,
        crossing: Vec<SliceGroup>,
    ) -> Result<Acquisition, Refused> {
        let registered = self.registered()?.position;
        let stream = self.stream.child("acquisition", self.acquisitions);
        self.acquisitions += 1;
        let (patient, scanner) = (self.patient.clone(), self.scanner.clone());
        Ok(Acquisition { patient, registered, scanner, protocol, group, bands, crossing, stream })
    }

    fn inquiry(&self, images: Vec<(Orientation, Arc<Volume<f32>>)>) -> Result<Inquiry, Refused> {
        Ok(Inquiry { images, position: self.registered()?.position, rules: self.rules.clone() })
    }

    /// The other disc groups with the same protocol: they share the repetition time with a disc group, and saturate
    /// where they cross it. Another series of the very same slices is scanned by itself.
    fn crossing(&self, id: SeriesId) -> Vec<SliceGroup> {
        let Some(own) = self.series(id).filter(|series| series.group.target.disc().is_some()) else {
            return Vec::new();
        };
        let shares = |series: &&Series| {
            series.group.target.disc().is_some() && series.protocol == own.protocol && series.group != own.group
        };
        self.queue.iter().filter(shares).map(|series| series.group.clone()).collect()
    }
}

/// What a planner recovered from, as events.
fn warnings(planned: &Planned) -> impl Iterator<Item = Event> {
    planned.warnings.iter().map(|message| Event::PlannerWarned { message: message.clone() })
}
