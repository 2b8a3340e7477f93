//! One examination: a state machine without I/O and without a clock of its own.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`Refused`] | why a command is refused |
//! | [`Series`], `queue` | what waits to be scanned, and what can be done with it |
//! | `acquisition` | scanning, with the registration's mistakes |

mod acquisition;
mod queue;
mod refused;
mod series;

use geometry::{Orientation, PrescriptionRules, SliceTarget, Volume};
use phantom::PatientOnTable;
use planner::quality_check::{self, QualityVerdict};
use planner::{Planned, Planner, PlanningRequest, ScanPlan};
use randomness::Stream;
use scanner::{Protocol, Scanner};

pub use refused::Refused;
pub use series::Series;

use crate::command::Command;
use crate::event::Event;
use crate::landing::Landing;
use crate::registration::Registration;
use acquisition::Saturating;

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

/// A patient on the table of a scanner, and what has been done so far.
pub struct Examination {
    patient: PatientOnTable,
    /// The machine with the coils that the protocol names.
    equipped: Scanner,
    /// The machine with the coils that the landing chose.
    scanner: Scanner,
    landing: Option<Landing>,
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

impl Examination {
    /// A patient lies on the table as `patient` says, with the coils that `scanner` has; nothing has been done. All randomness (noise) comes from `stream`.
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
            equipped: scanner.clone(),
            scanner,
            landing: None,
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

    /// Who truly lies on the table, and how: the truth, for a scorer. Whoever plans must not look.
    pub fn patient(&self) -> &PatientOnTable {
        &self.patient
    }

    /// How the patient was landed at the console; `None` as long as nobody did and the scenario's positioning holds.
    pub fn landing(&self) -> Option<&Landing> {
        self.landing.as_ref()
    }

    /// What was entered at the console.
    pub fn registration(&self) -> Option<&Registration> {
        self.registration.as_ref()
    }

    /// The machine with the coils in use.
    pub fn scanner(&self) -> &Scanner {
        &self.scanner
    }

    /// The protocol of the examination.
    pub fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    /// Simulated scan time so far, s: localizers, scanned series, and what was stopped up to the stop.
    pub fn scan_time_s(&self) -> f64 {
        self.scan_time_s
    }

    /// Series repeated and plans replaced so far.
    pub fn repeats(&self) -> u32 {
        self.repeats + self.replans
    }

    /// The localizer's stacks, in registered coordinates.
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
            Command::Land(landing) => self.land(landing),
            Command::Register(registration) => Ok(vec![self.register(registration)]),
            Command::ScanLocalizer => self.scan_localizer(),
            Command::ProposePlan => self.propose_plan(planner),
            Command::AdoptPlan(plan) => self.adopt(plan),
            Command::Append { group, protocol } => self.append(group, protocol),
            Command::SetProtocol { series, protocol } => self.set_protocol(series, protocol),
            Command::Remove(series) => self.remove(series),
            Command::ScanNext => self.scan_next(),
            Command::Scan(series) => self.scan(series),
            Command::Stop { series, elapsed_s } => self.stop(series, elapsed_s),
            Command::Repeat(series) => self.repeat(series),
            Command::Accept(series) => self.accept(series),
            Command::Check => self.check(planner),
            Command::Close => Ok(vec![self.close()]),
        }
    }

    fn registered(&self) -> Result<&Registration, Refused> {
        self.registration.as_ref().ok_or(Refused::NotRegistered)
    }

    /// Enters the patient. Images and plan are labelled by the position: another one discards them.
    fn register(&mut self, registration: Registration) -> Event {
        if self.registration.as_ref().is_some_and(|old| old.position != registration.position) {
            self.discard();
        }
        self.registration = Some(registration);
        Event::Registered
    }

    /// Lays the patient anew. What the scenario drew of how they lie stays: rotations, offsets, restlessness.
    fn land(&mut self, landing: Landing) -> Result<Vec<Event>, Refused> {
        landing.check()?;
        self.patient = landing.lay(&self.patient);
        self.scanner = landing.coil.fitted(&self.equipped, landing.coil_centre_mm);
        self.landing = Some(landing);
        self.discard();
        Ok(vec![Event::Landed])
    }

    /// Forgets what was scanned and planned: it shows a patient who lay otherwise. The time it took stays.
    fn discard(&mut self) {
        self.localizer.clear();
        self.proposal = None;
        self.plan = None;
        self.queue.clear();
        self.current = None;
    }

    fn scan_localizer(&mut self) -> Result<Vec<Event>, Refused> {
        self.registered()?;
        let series = self.protocol.localizer.series.clone();
        let mut stacks = Vec::new();
        let mut scan_time_s = 0.0;
        for group in scanner::localizer(&self.protocol) {
            let (images, time_s) = self.acquire(&series, &group, &Saturating::default())?;
            stacks.push((group.target.orientation(), images));
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
        let request = PlanningRequest { images, position: self.registered()?.position, rules: &self.rules };
        Ok(planner.plan(&request).map_err(|error| error.to_string()))
    }

    fn check(&mut self, planner: &mut dyn Planner) -> Result<Vec<Event>, Refused> {
        let current = self.current.ok_or(Refused::NothingToCheck)?;
        let series = self.queue[current].clone();
        let images = series.images.ok_or(Refused::NothingToCheck)?;
        let plan = self.plan.clone().unwrap_or_default();
        let group = series.group;
        // An appended series has another contrast; the planned one is what a planner knows how to read.
        let seen = match group.target {
            SliceTarget::Sagittal if !series.appended => self.ask(planner, &[(Orientation::Sagittal, &images)])?.ok(),
            _ => None,
        };
        let report = quality_check::check_series(&plan, &group, &images, seen.as_ref().map(|planned| &planned.plan));
        let verdict = report.verdict.clone();
        self.current = None;
        let mut events: Vec<Event> = seen.iter().flat_map(warnings).collect();
        events.push(Event::Checked { name: group.name.clone(), report });
        match verdict {
            QualityVerdict::Repeat(_) if self.queue[current].repeats < self.limits.repeats => {
                self.queue[current].repeats += 1;
                self.repeats += 1;
                self.drop_images(current);
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

    fn close(&mut self) -> Event {
        self.closed = true;
        Event::Closed { scan_time_s: self.scan_time_s, repeats: self.repeats(), complete: self.is_complete() }
    }
}

/// What a planner had to mend, as events.
fn warnings(planned: &Planned) -> impl Iterator<Item = Event> {
    planned.warnings.iter().map(|message| Event::PlannerWarned { message: message.clone() })
}
