//! The state machine of a lesson: what a trainee does becomes commands to the [`Examination`], what happens there
//! becomes notices and arriving images. The examination's jobs are handed to whoever drives the session. No clock of
//! its own: the driver says how much time has passed.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `admission` | registration, screening, the table |
//! | `planning`, `proposal` | the prescription and the AI |
//! | `queue` | series, their parameters, scanning |
//! | `listening` | what the session makes of the examination's events |
//! | `arriving` | images as they come in, line by line in simulated time |
//! | `looking` | what the views show |
//! | `finish` | the score |

mod admission;
mod arriving;
mod finish;
mod listening;
mod looking;
mod planning;
mod proposal;
mod queue;

use std::collections::VecDeque;

use exam::{Command, Examination, Job, JobKind};
use planner::ScanPlan;
use slice_editor::{Draft, Edit};

use crate::exercise::Exercise;
use crate::intent::{Intent, Look, Phase};
use crate::journal::Line;
use crate::registration_form::RegistrationForm;
use crate::safety::Screening;
use crate::table::Table;
use proposal::Review;

pub use arriving::Running;
pub use finish::Finished;
pub use listening::FinishedJob;
pub use looking::View;
pub use proposal::{Proposal, ProposalDecision};
pub use queue::SeriesProgress;

/// Number of views on the screen.
pub const VIEWS: usize = 4;

/// Why what was asked cannot be done now, in words for the trainee.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// For information.
    Info,
    /// It needs attention.
    Warning,
}

/// A message of the console.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// How much it matters.
    pub severity: Severity,
    /// In words.
    pub text: String,
    /// When it was said, on the session's clock, s.
    pub at_s: f64,
}

/// One trainee's examination.
pub struct Session {
    /// What is examined.
    pub exercise: Exercise,
    /// Who sits at the console.
    pub trainee: String,
    /// Where the trainee stands.
    pub phase: Phase,
    /// Time at the console, s.
    pub clock_s: f64,
    /// What was typed.
    pub form: RegistrationForm,
    /// What was asked.
    pub screening: Screening,
    /// Where the patient lies.
    pub table: Table,
    /// The prescription as it is being edited; the examination gets it at the end of each edit.
    pub draft: Draft,
    /// What the views show.
    pub views: [View; VIEWS],
    /// Simulated seconds in a second at the console; infinite for at once.
    pub speed: f64,
    /// What the console said, the latest last.
    pub notices: VecDeque<Notice>,
    /// The score, once the examination is over.
    pub finished: Option<Finished>,
    exam: Examination,
    /// A job that nobody has fetched yet.
    job: Option<Job>,
    review: Option<Review>,
    /// The plan as it was before the AI's was taken: what is left once it is rejected.
    before_proposal: Option<ScanPlan>,
    /// True once the AI has shown a plan.
    was_proposed: bool,
    /// Series that were scanned again although nothing was wrong with their images, and for good reason.
    needless_repeats: u32,
    due_repeats: u32,
    running: Option<Running>,
    scanning_all: bool,
    /// A series has arrived whose image check has not been started.
    check_due: bool,
    /// A drag goes on: the examination gets the prescription at its end.
    in_gesture: bool,
    /// When the localizer was complete, and the last change of the prescription.
    planning_s: Option<(f64, f64)>,
    journal: Vec<Line>,
}

impl Session {
    /// A trainee takes a patient; in an emergency without the order's data.
    pub fn new(exercise: Exercise, trainee: &str, emergency: bool) -> Self {
        let form =
            if emergency { RegistrationForm::emergency(exercise.case as u32) } else { RegistrationForm::default() };
        Self {
            trainee: trainee.to_owned(),
            phase: Phase::Registration,
            clock_s: 0.0,
            form,
            screening: exercise.screening.clone(),
            table: Table::new(exercise.person.person.height_cm),
            draft: Draft::new(exercise.setup.prescription.clone()),
            views: looking::at_first(),
            speed: 10.0,
            notices: VecDeque::new(),
            finished: None,
            exam: exercise.examination().recorded(),
            job: None,
            review: None,
            before_proposal: None,
            was_proposed: false,
            needless_repeats: 0,
            due_repeats: 0,
            running: None,
            scanning_all: false,
            check_due: false,
            in_gesture: false,
            planning_s: None,
            journal: vec![Line::intent(0.0, Intent::Open { exercise: exercise.name().to_owned(), emergency })],
            exercise,
        }
    }

    /// Does what the trainee asks for; what could be done is written into the journal.
    ///
    /// # Errors
    /// [`Refusal`] if it makes no sense now; nothing has changed then.
    pub fn handle(&mut self, intent: &Intent) -> Result<(), Refusal> {
        if self.finished.is_some() && !matches!(intent, Intent::Look(..) | Intent::Go(_)) {
            return refuse("the examination is over");
        }
        match intent {
            Intent::SitDown { .. } | Intent::Open { .. } | Intent::Leave => {
                return refuse("a patient is being examined");
            }
            Intent::Go(phase) => self.go(*phase)?,
            Intent::Fill { field, text } => self.fill(*field, text)?,
            Intent::Ask(question) => self.ask(*question),
            Intent::Decide { question, decision } => self.screening.decide(*question, *decision).map_err(refused)?,
            Intent::Lay(_)
            | Intent::Cushion(_)
            | Intent::Plug { .. }
            | Intent::Laser(_)
            | Intent::MoveTable(_)
            | Intent::SetLandmark
            | Intent::ToIsocentre => self.at_the_table(intent)?,
            Intent::ScanLocalizer => self.scan_localizer()?,
            Intent::Speed(speed) => self.set_speed(*speed)?,
            Intent::Pause(paused) => self.pause(*paused)?,
            Intent::Stop => self.stop()?,
            Intent::Draw(edit) => self.draw(edit)?,
            Intent::BeginGesture => self.begin_gesture(),
            Intent::EndGesture => self.end_gesture()?,
            Intent::Undo => self.undo()?,
            Intent::Redo => self.redo()?,
            Intent::AddSeries { protocol } => self.add_series(protocol)?,
            Intent::AskAi => self.ask_ai()?,
            Intent::AcceptProposal => self.take_proposal(ProposalDecision::Accepted)?,
            Intent::AdjustProposal => self.take_proposal(ProposalDecision::Adjusted)?,
            Intent::RejectProposal => self.reject_proposal()?,
            Intent::Set { series, parameter, value } => self.set_parameter(series, *parameter, *value)?,
            Intent::Resolve { series, conflict } => self.resolve(series, *conflict)?,
            Intent::Scan(series) => self.scan(series)?,
            Intent::ScanAll => self.scan_all()?,
            Intent::Repeat(series) => self.repeat(series)?,
            Intent::Look(view, look) => self.look(*view, look)?,
            Intent::Finish => self.finish()?,
        }
        self.write_down(intent);
        Ok(())
    }

    /// Into the journal. Of a drag only where it went is kept, not the way.
    fn write_down(&mut self, intent: &Intent) {
        let line = Line::intent(self.clock_s, intent.clone());
        let last =
            self.journal.last_mut().filter(|last| last.intent.as_ref().is_some_and(|last| replaces(last, intent)));
        match last {
            Some(last) => *last = line,
            None => self.journal.push(line),
        }
    }

    /// Time passes at the console: scans go on.
    pub fn advance(&mut self, wall_s: f64) {
        if self.finished.is_none() && wall_s > 0.0 {
            self.clock_s += wall_s;
            self.arrive(wall_s);
        }
    }

    /// The examination: registration, position, localizer, prescription, queue, scan time, repeats.
    pub const fn exam(&self) -> &Examination {
        &self.exam
    }

    /// The job that was started and not fetched yet: to be run anywhere, its end given to [`Self::finish_job`].
    pub const fn take_job(&mut self) -> Option<Job> {
        self.job.take()
    }

    /// The AI's plan, with what the trainee decided about it.
    pub fn proposal(&self) -> Option<Proposal<'_>> {
        let (planned, review) = self.exam.proposal().zip(self.review.as_ref())?;
        let (labels, latency_ms, decision) = (review.labels.as_ref(), review.latency_ms, review.decision);
        Some(Proposal { plan: &planned.plan, labels, latency_ms, decision })
    }

    /// True while a job is in progress, images come in or a series waits for its image check.
    pub fn is_busy(&self) -> bool {
        self.is_awaiting() || self.running.is_some() || self.check_due
    }

    /// True while a job is in progress.
    pub fn is_awaiting(&self) -> bool {
        self.job_in_progress().is_some()
    }

    /// The job in progress.
    pub fn job_in_progress(&self) -> Option<JobKind> {
        self.exam.job_in_progress()
    }

    /// What was done so far, as a script that does it again.
    pub fn journal(&self) -> &[Line] {
        &self.journal
    }

    /// Time since the localizer was complete, s; of a finished examination, up to the last change of the prescription.
    pub fn planning_clock_s(&self) -> f64 {
        match self.planning_s {
            Some((from, _)) if self.finished.is_none() => self.clock_s - from,
            _ => self.planning_time_s(),
        }
    }

    /// Time from the complete localizer to the last change of the prescription, s.
    pub fn planning_time_s(&self) -> f64 {
        self.planning_s.map_or(0.0, |(from, to)| to - from)
    }

    /// Gives the examination a command.
    fn command(&mut self, command: Command) -> Result<(), Refusal> {
        self.command_after(command, 0.0)
    }

    fn say(&mut self, severity: Severity, text: impl Into<String>) {
        const KEPT: usize = 50;
        self.notices.push_back(Notice { severity, text: text.into(), at_s: self.clock_s });
        if self.notices.len() > KEPT {
            self.notices.pop_front();
        }
    }

    fn go(&mut self, phase: Phase) -> Result<(), Refusal> {
        match phase {
            Phase::Registration => {}
            Phase::Positioning => self.admit()?,
            Phase::Planning if !self.is_registered() => return refuse("register the patient first"),
            Phase::Planning => {}
            Phase::Viewing if self.exam.localizer().is_empty() => return refuse("there are no images yet"),
            Phase::Viewing => self.show_series(),
            Phase::Review if self.finished.is_none() => return refuse("finish the examination first"),
            Phase::Review => {}
        }
        self.phase = phase;
        Ok(())
    }
}

/// True if an intent makes the one before it superfluous.
fn replaces(before: &Intent, after: &Intent) -> bool {
    match (before, after) {
        (Intent::Draw(Edit::Replace(_)), Intent::Draw(Edit::Replace(_)))
        | (Intent::Draw(Edit::ReplaceBand(_)), Intent::Draw(Edit::ReplaceBand(_)))
        | (Intent::MoveTable(_), Intent::MoveTable(_)) => true,
        (Intent::Fill { field: a, .. }, Intent::Fill { field: b, .. }) => a == b,
        (Intent::Look(a, before), Intent::Look(b, after)) => {
            let dragged = matches!(after, Look::Window { .. } | Look::Pan(_) | Look::Zoom(_) | Look::Slice(_));
            a == b && dragged && std::mem::discriminant(before) == std::mem::discriminant(after)
        }
        _ => false,
    }
}

fn refuse<T>(reason: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal(reason.into()))
}

/// Any error as a refusal.
fn refused(error: impl std::fmt::Display) -> Refusal {
    Refusal(error.to_string())
}
