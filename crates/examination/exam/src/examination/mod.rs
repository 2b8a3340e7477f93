//! One examination: a state machine without I/O and without a clock of its own.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `setup` | the patient: registration, position on the table |
//! | `queue` | the prescription and the queue |
//! | `jobs` | what takes time: how it starts, and what its end changes |

mod jobs;
mod queue;
mod setup;

use geometry::{Orientation, PrescriptionRules};
use phantom::PatientOnTable;
use planner::{Planned, ScanPlan};
use randomness::Stream;
use scanner::{Protocol, Scanner};

use crate::acquisition::Stack;
use crate::command::Command;
use crate::event::Event;
use crate::job::{Job, JobId, JobKind};
use crate::patient_setup::PatientSetup;
use crate::recording::{Recording, Step};
use crate::refused::Refused;
use crate::registration::Registration;
use crate::series::{Series, SeriesId};

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

/// What a command is answered with.
#[derive(Debug, Default)]
#[must_use = "a job that is not run leaves the examination busy"]
pub struct Response {
    /// What happened at once.
    pub events: Vec<Event>,
    /// What takes time: to be run, and its end given as the next command.
    pub job: Option<Job>,
}

impl From<Event> for Response {
    fn from(event: Event) -> Self {
        Self { events: vec![event], job: None }
    }
}

impl From<Vec<Event>> for Response {
    fn from(events: Vec<Event>) -> Self {
        Self { events, job: None }
    }
}

/// A patient on the table of a scanner, and what has been done so far.
pub struct Examination {
    patient: PatientOnTable,
    /// The machine with the coils that the protocol names.
    equipped: Scanner,
    /// The machine with the coils that the set-up chose.
    scanner: Scanner,
    setup: Option<PatientSetup>,
    protocol: Protocol,
    rules: PrescriptionRules,
    limits: LoopLimits,
    stream: Stream,
    registration: Option<Registration>,
    localizer: Vec<(Orientation, Stack)>,
    proposal: Option<Planned>,
    plan: Option<ScanPlan>,
    queue: Vec<Series>,
    /// The series that was scanned last, until it is checked.
    unchecked: Option<SeriesId>,
    job: Option<(JobId, JobKind)>,
    next_job: u64,
    next_series: u32,
    scan_time_s: f64,
    acquisitions: u64,
    replans: u32,
    repeats: u32,
    closed: bool,
    recording: Option<Recording>,
}

impl Examination {
    /// A patient lies on the table as `patient` says, with the coils that `scanner` has; nothing has been done. All
    /// randomness (noise, motion) comes from `stream`.
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
            setup: None,
            protocol,
            rules,
            limits,
            stream,
            registration: None,
            localizer: Vec::new(),
            proposal: None,
            plan: None,
            queue: Vec::new(),
            unchecked: None,
            job: None,
            next_job: 0,
            next_series: 0,
            scan_time_s: 0.0,
            acquisitions: 0,
            replans: 0,
            repeats: 0,
            closed: false,
            recording: None,
        }
    }

    /// From now on every command that is carried out is kept with its events, for [`Self::recording`].
    #[must_use]
    pub fn recorded(mut self) -> Self {
        self.recording = Some(Recording::default());
        self
    }

    /// What was done so far, if the examination is [recorded](Self::recorded).
    pub const fn recording(&self) -> Option<&Recording> {
        self.recording.as_ref()
    }

    /// Who truly lies on the table, and how: the truth, for a scorer. A planner must not see it.
    pub const fn patient(&self) -> &PatientOnTable {
        &self.patient
    }

    /// How the patient was positioned at the console; `None` as long as nobody did (the case's own positioning holds)
    /// and after the patient was moved out.
    pub const fn setup(&self) -> Option<&PatientSetup> {
        self.setup.as_ref()
    }

    /// What was entered at the console.
    pub const fn registration(&self) -> Option<&Registration> {
        self.registration.as_ref()
    }

    /// The machine with the coils in use.
    pub const fn scanner(&self) -> &Scanner {
        &self.scanner
    }

    /// The protocol of the examination.
    pub const fn protocol(&self) -> &Protocol {
        &self.protocol
    }

    /// Simulated scan time so far, s: localizers, scanned series, and what was stopped up to the stop.
    pub const fn scan_time_s(&self) -> f64 {
        self.scan_time_s
    }

    /// Localizers and series scanned again, and plans replaced, so far.
    pub const fn repeats(&self) -> u32 {
        self.repeats + self.replans
    }

    /// The localizer's stacks, in registered coordinates; empty until all are scanned.
    pub fn localizer(&self) -> &[(Orientation, Stack)] {
        &self.localizer
    }

    /// What the planner answered last.
    pub const fn proposal(&self) -> Option<&Planned> {
        self.proposal.as_ref()
    }

    /// The plan that was adopted.
    pub const fn plan(&self) -> Option<&ScanPlan> {
        self.plan.as_ref()
    }

    /// The queue: one series for every group of the plan, in its order, then the appended ones.
    pub fn queue(&self) -> &[Series] {
        &self.queue
    }

    /// A series of the queue.
    pub fn series(&self, id: SeriesId) -> Option<&Series> {
        self.queue.iter().find(|series| series.id == id)
    }

    /// The job that was started and has not ended.
    pub fn job_in_progress(&self) -> Option<JobKind> {
        self.job.map(|(_, kind)| kind)
    }

    /// True once every queued series was accepted.
    pub fn is_complete(&self) -> bool {
        !self.queue.is_empty() && self.queue.iter().all(Series::is_accepted)
    }

    /// True once closed.
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Carries out one command.
    ///
    /// # Errors
    /// [`Refused`] if the command makes no sense now; the examination is then unchanged.
    pub fn handle(&mut self, command: Command) -> Result<Response, Refused> {
        if self.closed {
            return Err(Refused::Closed);
        }
        if let Some((_, kind)) = self.job
            && command.needs_idle_scanner()
        {
            return Err(Refused::Busy(kind));
        }
        let step = self.recording.is_some().then(|| Step::of(&command));
        let response = self.carry_out(command)?;
        if let (Some(recording), Some(step)) = (&mut self.recording, step) {
            recording.add(step, &response.events);
        }
        Ok(response)
    }

    fn carry_out(&mut self, command: Command) -> Result<Response, Refused> {
        match command {
            Command::PositionPatient(setup) => self.position_patient(setup).map(Response::from),
            Command::MovePatientOut => Ok(self.move_patient_out().into()),
            Command::Register(registration) => Ok(self.register(registration).into()),
            Command::ScanLocalizer => self.scan_localizer(),
            Command::ProposePlan => self.propose_plan(),
            Command::AdoptPlan(plan) => self.adopt(plan).map(Response::from),
            Command::Append { group, protocol } => self.append(group, protocol).map(Response::from),
            Command::SetProtocol { series, protocol } => self.set_protocol(series, protocol).map(Response::from),
            Command::Remove(series) => self.remove(series).map(Response::from),
            Command::ScanNext => self.scan_next(),
            Command::Scan(series) => self.scan(series),
            Command::StopLocalizer { elapsed_s } => self.stop_localizer(elapsed_s).map(Response::from),
            Command::Stop { series, elapsed_s } => self.stop(series, elapsed_s).map(Response::from),
            Command::Repeat(series) => self.repeat(series).map(Response::from),
            Command::Accept(series) => self.accept(series).map(Response::from),
            Command::Check => self.check(),
            Command::Finish(outcome) => self.finish(outcome).map(Response::from),
            Command::Abandon { job, reason } => self.abandon(job, reason).map(Response::from),
            Command::Close => Ok(self.close().into()),
        }
    }

    fn close(&mut self) -> Event {
        self.closed = true;
        Event::Closed { scan_time_s: self.scan_time_s, repeats: self.repeats(), complete: self.is_complete() }
    }
}
