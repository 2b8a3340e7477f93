//! One examination: a state machine without I/O and without a clock of its own.

use geometry::{SliceGroup, SliceRole, Volume};
use phantom::PatientOnTable;
use planner::quality_check::{self, QualityVerdict};
use planner::{Orientation, Planned, Planner, PlanningRequest, PrescriptionRules, ScanPlan, Severity};
use randomness::Stream;
use scanner::{Protocol, Scanner, SeriesProtocol};

use crate::command::Command;
use crate::event::Event;
use crate::registration::Registration;

/// How often a series may be repeated and a plan replaced before a person is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoopLimits {
    /// Repeats of one series.
    pub repeats: u32,
    /// Plans that replace an earlier one.
    pub replans: u32,
}

impl Default for LoopLimits {
    fn default() -> Self {
        Self { repeats: 1, replans: 1 }
    }
}

/// A series of the queue.
#[derive(Clone, Debug)]
pub struct Series {
    /// What was prescribed.
    pub group: SliceGroup,
    /// The images, once scanned.
    pub images: Option<Volume<f32>>,
    /// True once the check accepted it.
    pub accepted: bool,
    repeats: u32,
}

/// A patient on the table of a scanner, and what has been done so far.
pub struct Examination {
    patient: PatientOnTable,
    scanner: Scanner,
    protocol: Protocol,
    rules: PrescriptionRules,
    limits: LoopLimits,
    stream: Stream,
    registration: Option<Registration>,
    localizer: Vec<(Orientation, Volume<f32>)>,
    proposal: Option<Planned>,
    plan: Option<ScanPlan>,
    queue: Vec<Series>,
    current: Option<usize>,
    scan_time_s: f64,
    acquisitions: u64,
    replans: u32,
    repeats: u32,
    closed: bool,
}

/// A command that makes no sense in the present state.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// The examination is closed.
    #[error("the examination is closed")]
    Closed,
    /// Nobody is registered.
    #[error("no patient is registered")]
    NotRegistered,
    /// There is no localizer.
    #[error("there is no localizer to plan on")]
    NoLocalizer,
    /// Nothing is left to scan.
    #[error("no series is waiting")]
    EmptyQueue,
    /// Nothing was scanned that could be checked.
    #[error("no series was scanned since the last check")]
    NothingToCheck,
    /// The scanner cannot run the series.
    #[error("series '{name}' cannot be scanned: {reason}")]
    Impossible {
        /// The slice group's name.
        name: String,
        /// The scanner's reason.
        reason: String,
    },
}

impl Examination {
    /// A patient lies on the table; nothing has been done. All randomness (noise) comes from `stream`.
    pub fn new(
        patient: PatientOnTable,
        scanner: Scanner,
        protocol: Protocol,
        rules: PrescriptionRules,
        limits: LoopLimits,
        stream: Stream,
    ) -> Self {
        Self {
            patient,
            scanner,
            protocol,
            rules,
            limits,
            stream,
            registration: None,
            localizer: Vec::new(),
            proposal: None,
            plan: None,
            queue: Vec::new(),
            current: None,
            scan_time_s: 0.0,
            acquisitions: 0,
            replans: 0,
            repeats: 0,
            closed: false,
        }
    }

    /// The localizer's stacks.
    pub fn localizer(&self) -> &[(Orientation, Volume<f32>)] {
        &self.localizer
    }

    /// What the planner answered last.
    pub fn proposal(&self) -> Option<&Planned> {
        self.proposal.as_ref()
    }

    /// The plan that was adopted.
    pub fn plan(&self) -> Option<&ScanPlan> {
        self.plan.as_ref()
    }

    /// The queued series.
    pub fn queue(&self) -> &[Series] {
        &self.queue
    }

    /// True once every queued series was accepted.
    pub fn is_complete(&self) -> bool {
        !self.queue.is_empty() && self.queue.iter().all(|series| series.accepted)
    }

    /// True once closed.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Carries out one command; the planner is asked where the command needs it.
    ///
    /// # Errors
    /// [`Refused`] if the command makes no sense now; the examination is then unchanged.
    pub fn handle(&mut self, command: Command, planner: &mut dyn Planner) -> Result<Vec<Event>, Refused> {
        if self.closed {
            return Err(Refused::Closed);
        }
        match command {
            Command::Register(registration) => {
                self.registration = Some(registration);
                Ok(vec![Event::Registered])
            }
            Command::ScanLocalizer => self.scan_localizer(),
            Command::ProposePlan => self.propose_plan(planner),
            Command::AdoptPlan(plan) => self.adopt(plan),
            Command::ScanNext => self.scan_next(),
            Command::Check => self.check(planner),
            Command::Close => Ok(vec![self.close()]),
        }
    }

    fn registration(&self) -> Result<&Registration, Refused> {
        self.registration.as_ref().ok_or(Refused::NotRegistered)
    }

    fn scan_localizer(&mut self) -> Result<Vec<Event>, Refused> {
        self.registration()?;
        let series = self.protocol.localizer.series.clone();
        let mut stacks = Vec::new();
        let mut scan_time_s = 0.0;
        let orientations = [Orientation::Sagittal, Orientation::Coronal, Orientation::Axial];
        for (orientation, group) in orientations.into_iter().zip(scanner::localizer(&self.protocol)) {
            let (images, time_s) = self.acquire(&series, &group, scanner::Saturation::default())?;
            stacks.push((orientation, images));
            scan_time_s += time_s;
        }
        self.localizer = stacks;
        Ok(vec![Event::LocalizerScanned { scan_time_s }])
    }

    fn propose_plan(&mut self, planner: &mut dyn Planner) -> Result<Vec<Event>, Refused> {
        if self.localizer.is_empty() {
            return Err(Refused::NoLocalizer);
        }
        let images: Vec<_> = self.localizer.iter().map(|(orientation, volume)| (*orientation, volume)).collect();
        match self.ask(planner, &images)? {
            Ok(planned) => {
                let events = warnings(&planned).chain([Event::PlanProposed(planned.plan.clone())]).collect();
                self.proposal = Some(planned);
                Ok(events)
            }
            Err(reason) => Ok(vec![Event::PlannerFailed { reason }]),
        }
    }

    /// Asks the planner; its failure is an answer, not an error of the examination.
    fn ask(
        &self,
        planner: &mut dyn Planner,
        images: &[(Orientation, &Volume<f32>)],
    ) -> Result<Result<Planned, String>, Refused> {
        let request = PlanningRequest { images, position: self.registration()?.position, rules: &self.rules };
        Ok(planner.plan(&request).map_err(|error| error.to_string()))
    }

    fn adopt(&mut self, plan: ScanPlan) -> Result<Vec<Event>, Refused> {
        self.registration()?;
        let critical: Vec<_> = plan.flags.iter().filter(|flag| flag.severity == Severity::Critical).cloned().collect();
        if !critical.is_empty() {
            return Ok(vec![Event::HelpCalled { flags: critical }]);
        }
        self.queue = plan
            .groups
            .iter()
            .map(|group| Series { group: group.clone(), images: None, accepted: false, repeats: 0 })
            .collect();
        self.current = None;
        self.plan = Some(plan);
        Ok(vec![Event::PlanAdopted { series: self.queue.len() }])
    }

    fn scan_next(&mut self) -> Result<Vec<Event>, Refused> {
        let next = self.queue.iter().position(|series| !series.accepted).ok_or(Refused::EmptyQueue)?;
        let group = self.queue[next].group.clone();
        let series = self.series_protocol(group.role).clone();
        let sat_bands = self.plan.as_ref().map(|plan| plan.sat_bands.clone()).unwrap_or_default();
        let crossing = self.crossing(next);
        let saturation = scanner::Saturation { bands: &sat_bands, crossing: &crossing };
        let (images, scan_time_s) = self.acquire(&series, &group, saturation)?;
        self.queue[next].images = Some(images);
        self.current = Some(next);
        Ok(vec![Event::SeriesScanned { name: group.name, role: group.role, scan_time_s }])
    }

    fn series_protocol(&self, role: SliceRole) -> &SeriesProtocol {
        match role {
            SliceRole::Sagittal | SliceRole::Coronal => &self.protocol.sagittal_t2,
            SliceRole::AxialDisc | SliceRole::AxialBlock => &self.protocol.axial_t2,
        }
    }

    /// The other disc groups: they share the repetition time with a disc group, and saturate where they cross it.
    fn crossing(&self, current: usize) -> Vec<geometry::SliceGroup> {
        if self.queue[current].group.role != SliceRole::AxialDisc {
            return Vec::new();
        }
        let others = self.queue.iter().enumerate().filter(|(n, _)| *n != current).map(|(_, series)| &series.group);
        others.filter(|group| group.role == SliceRole::AxialDisc).cloned().collect()
    }

    /// Scans one group; every acquisition has its own noise.
    fn acquire(
        &mut self,
        series: &SeriesProtocol,
        group: &SliceGroup,
        saturation: scanner::Saturation<'_>,
    ) -> Result<(Volume<f32>, f64), Refused> {
        series
            .check(group)
            .map_err(|error| Refused::Impossible { name: group.name.clone(), reason: error.to_string() })?;
        let stream = self.stream.child("acquisition", self.acquisitions);
        self.acquisitions += 1;
        let images = scanner::acquire(&self.patient, &self.scanner, series, group, &saturation, &stream);
        let scan_time_s = series.scan_time_s(group);
        self.scan_time_s += scan_time_s;
        Ok((images, scan_time_s))
    }

    fn check(&mut self, planner: &mut dyn Planner) -> Result<Vec<Event>, Refused> {
        let current = self.current.take().ok_or(Refused::NothingToCheck)?;
        let (Some(plan), Some(images)) = (self.plan.clone(), self.queue[current].images.clone()) else {
            return Err(Refused::NothingToCheck);
        };
        let group = self.queue[current].group.clone();
        let seen = match group.role {
            SliceRole::Sagittal => self.ask(planner, &[(Orientation::Sagittal, &images)])?.ok(),
            _ => None,
        };
        let report = quality_check::check_series(&plan, &group, &images, seen.as_ref().map(|planned| &planned.plan));
        let verdict = report.verdict.clone();
        let mut events: Vec<Event> = seen.iter().flat_map(warnings).collect();
        events.push(Event::Checked { name: group.name.clone(), report });
        match verdict {
            QualityVerdict::Repeat(_) if self.queue[current].repeats < self.limits.repeats => {
                self.queue[current].repeats += 1;
                self.repeats += 1;
                events.push(Event::RepeatOrdered { name: group.name });
            }
            QualityVerdict::Replan(reason) if self.replans < self.limits.replans => {
                self.queue[current].accepted = true;
                if let Some(planned) = seen {
                    self.replans += 1;
                    self.replace_axial_groups(planned.plan);
                    events.push(Event::Replanned { reason });
                }
            }
            _ => self.queue[current].accepted = true,
        }
        Ok(events)
    }

    /// Takes discs and axial groups from a plan made on a sharper series; what is scanned stays.
    fn replace_axial_groups(&mut self, sharper: ScanPlan) {
        let axial = |group: &SliceGroup| matches!(group.role, SliceRole::AxialDisc | SliceRole::AxialBlock);
        self.queue.retain(|series| series.accepted || !axial(&series.group));
        let fresh = sharper.groups.iter().filter(|group| axial(group));
        self.queue.extend(fresh.map(|group| Series {
            group: group.clone(),
            images: None,
            accepted: false,
            repeats: 0,
        }));
        if let Some(plan) = &mut self.plan {
            plan.groups.retain(|group| !axial(group));
            plan.groups.extend(sharper.groups.iter().filter(|group| axial(group)).cloned());
            plan.levels = sharper.levels;
            plan.flags.extend(sharper.flags);
        }
    }

    fn close(&mut self) -> Event {
        self.closed = true;
        Event::Closed {
            scan_time_s: self.scan_time_s,
            repeats: self.repeats + self.replans,
            complete: self.is_complete(),
        }
    }
}

/// What a planner had to mend, as events.
fn warnings(planned: &Planned) -> impl Iterator<Item = Event> {
    planned.warnings.iter().map(|message| Event::PlannerWarned { message: message.clone() })
}
