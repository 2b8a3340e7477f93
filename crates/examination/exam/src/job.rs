//! What takes time: a command starts a job, whoever drives the examination runs it where it likes, and the job's end is
//! the next command.

use std::fmt;
use std::sync::Arc;

use geometry::{Orientation, PatientPosition, PrescriptionRules, SliceGroup, Volume};
use planner::quality_check::{QualityReport, check_series};
use planner::{Planned, Planner, PlannerError, PlanningRequest, ScanPlan};
use serde::{Deserialize, Serialize};

use crate::acquisition::{Acquisition, Stack};
use crate::series::SeriesId;

/// Number of a job, from 0 in the order in which an examination starts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JobId(pub u64);

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// Scans the localizer.
    ScanLocalizer,
    /// Asks the planner for a plan.
    Plan,
    /// Scans a series.
    Scan(SeriesId),
    /// Checks a series.
    Check(SeriesId),
}

impl JobKind {
    /// The series that it works on.
    pub const fn series(self) -> Option<SeriesId> {
        match self {
            Self::Scan(series) | Self::Check(series) => Some(series),
            Self::ScanLocalizer | Self::Plan => None,
        }
    }
}

impl fmt::Display for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ScanLocalizer => write!(f, "the localizer is being scanned"),
            Self::Plan => write!(f, "the planner is working"),
            Self::Scan(series) => write!(f, "series {series} is being scanned"),
            Self::Check(series) => write!(f, "series {series} is being checked"),
        }
    }
}

/// A piece of work that holds all it needs: it can be sent to another thread while the examination goes on answering.
/// The examination does nothing else that takes time until the job is finished or abandoned.
#[derive(Debug)]
pub struct Job {
    id: JobId,
    work: Work,
}

#[derive(Debug)]
pub(crate) enum Work {
    ScanLocalizer(Vec<(Orientation, Acquisition)>),
    Plan(Inquiry),
    Scan(SeriesId, Box<Acquisition>),
    Check(SeriesId, Box<SeriesCheck>),
}

/// What came of a job; only the examination that started it can use it.
#[derive(Clone, Debug)]
pub struct JobOutcome {
    pub(crate) job: JobId,
    pub(crate) outcome: Box<Outcome>,
}

#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Localizer(Vec<(Orientation, Stack)>),
    Planned(Planned),
    PlannerFailed { reason: String },
    Scanned(SeriesId, Stack),
    Checked { series: SeriesId, name: String, report: QualityReport, reading: Option<Result<Planned, String>> },
}

impl Job {
    pub(crate) const fn new(id: JobId, work: Work) -> Self {
        Self { id, work }
    }

    /// Its number, to [abandon](crate::Command::Abandon) it by.
    pub const fn id(&self) -> JobId {
        self.id
    }

    /// What it does.
    pub const fn kind(&self) -> JobKind {
        match &self.work {
            Work::ScanLocalizer(_) => JobKind::ScanLocalizer,
            Work::Plan(_) => JobKind::Plan,
            Work::Scan(series, _) => JobKind::Scan(*series),
            Work::Check(series, _) => JobKind::Check(*series),
        }
    }

    /// Does the work; the outcome goes to the examination by [`crate::Command::Finish`]. The planner is asked where the
    /// job needs it, and its failure is an outcome.
    pub fn run(self, planner: &mut dyn Planner) -> JobOutcome {
        let outcome = match self.work {
            Work::ScanLocalizer(stacks) => Outcome::Localizer(
                stacks.into_iter().map(|(orientation, acquisition)| (orientation, acquisition.run())).collect(),
            ),
            Work::Plan(inquiry) => match inquiry.ask(planner) {
                Ok(planned) => Outcome::Planned(planned),
                Err(error) => Outcome::PlannerFailed { reason: error.to_string() },
            },
            Work::Scan(series, acquisition) => Outcome::Scanned(series, acquisition.run()),
            Work::Check(series, check) => {
                let (report, reading) = check.run(planner);
                Outcome::Checked { series, name: check.group.name, report, reading }
            }
        };
        JobOutcome { job: self.id, outcome: Box::new(outcome) }
    }
}

/// A question to the planner.
#[derive(Debug)]
pub(crate) struct Inquiry {
    pub images: Vec<(Orientation, Arc<Volume<f32>>)>,
    pub position: PatientPosition,
    pub rules: PrescriptionRules,
}

impl Inquiry {
    fn ask(&self, planner: &mut dyn Planner) -> Result<Planned, PlannerError> {
        let images: Vec<_> = self.images.iter().map(|(orientation, images)| (*orientation, &**images)).collect();
        planner.plan(&PlanningRequest { images: &images, position: self.position, rules: &self.rules })
    }
}

/// The image check of one series.
#[derive(Debug)]
pub(crate) struct SeriesCheck {
    pub plan: ScanPlan,
    pub group: SliceGroup,
    pub images: Arc<Volume<f32>>,
    /// What to ask the planner about the images; `None` if it does not know how to read them.
    pub inquiry: Option<Inquiry>,
}

impl SeriesCheck {
    /// The report, and the planner's answer or why there is none, if it was asked.
    fn run(&self, planner: &mut dyn Planner) -> (QualityReport, Option<Result<Planned, String>>) {
        let asked = self.inquiry.as_ref();
        let reading = asked.map(|inquiry| inquiry.ask(planner).map_err(|error| error.to_string()));
        let seen = reading.as_ref().and_then(|reading| reading.as_ref().ok()).map(|planned| &planned.plan);
        (check_series(&self.plan, &self.group, &self.images, seen), reading)
    }
}
