//! Plays a script or a journal on a desk, line by line.

use exam::Job;
use planner::Planner;

use crate::desk::Desk;
use crate::exercise::Exercise;
use crate::journal::{Line, Wait};
use crate::session::{FinishedJob, Refusal, Session};

/// What playing the next line came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// The line is done.
    Done,
    /// A job or a scan is in progress: ask again.
    Waiting,
    /// A picture of this name is to be taken now.
    Picture(String),
    /// There are no more lines.
    Ended,
    /// The desk refused a line.
    Refused {
        /// The line's place among those that were read, from 0.
        at: usize,
        /// What it said.
        refusal: Refusal,
    },
}

/// Plays lines on a desk, one at a time; whoever runs the examination's jobs hands their ends over.
#[derive(Debug, Default)]
pub struct Player {
    lines: Vec<Line>,
    next: usize,
}

/// Time that passes in a step while a script waits for a scan, s.
const WAIT_STEP_S: f64 = 0.25;

impl Player {
    /// A player at the first line.
    pub const fn new(lines: Vec<Line>) -> Self {
        Self { lines, next: 0 }
    }

    /// True once every line was played.
    pub const fn has_ended(&self) -> bool {
        self.next >= self.lines.len()
    }

    /// Plays the next line. `finished` gives the end of the job in progress, if it has ended.
    pub fn step(&mut self, desk: &mut Desk, finished: &mut dyn FnMut(&mut Desk) -> Option<FinishedJob>) -> Step {
        let Some(line) = self.lines.get(self.next).cloned() else { return Step::Ended };
        if let (Some(at_s), Some(session)) = (line.at_s, &mut desk.session) {
            session.advance(at_s - session.clock_s);
        }
        if line.job_finished && desk.session.as_ref().is_some_and(Session::is_awaiting) {
            match finished(desk) {
                Some(finished) => desk.finish_job(finished),
                None => return Step::Waiting,
            }
        }
        if line.wait == Some(Wait::Idle) && desk.session.as_ref().is_some_and(Session::is_busy) {
            if desk.session.as_ref().is_some_and(Session::is_awaiting)
                && let Some(finished) = finished(desk)
            {
                desk.finish_job(finished);
            } else if desk.session.as_ref().is_some_and(|session| session.running().is_some()) {
                desk.advance(WAIT_STEP_S);
            }
            return Step::Waiting;
        }
        self.next += 1;
        if let Some(intent) = &line.intent
            && let Err(refusal) = desk.handle(intent)
        {
            return Step::Refused { at: self.next - 1, refusal };
        }
        line.picture.map_or(Step::Done, Step::Picture)
    }
}

/// Makes the planner of an exercise, or says why there is none.
pub type PlannerFactory<'a> = dyn FnMut(&Exercise) -> Result<Box<dyn Planner>, String> + 'a;

/// Plays a whole script without a window, running jobs in place.
///
/// # Errors
/// The line that was refused, from 0, and why; or why there is no planner.
pub fn play(desk: &mut Desk, lines: Vec<Line>, planner_for: &mut PlannerFactory<'_>) -> Result<(), (usize, Refusal)> {
    let mut player = Player::new(lines);
    let mut planner: Option<Box<dyn Planner>> = None;
    loop {
        let step = player.step(desk, &mut |desk| {
            let job: Job = desk.take_job()?;
            Some(FinishedJob::run(job, planner.as_mut()?.as_mut()))
        });
        match step {
            Step::Ended => return Ok(()),
            Step::Refused { at, refusal } => return Err((at, refusal)),
            Step::Done | Step::Waiting | Step::Picture(_) => {}
        }
        if let Some(exercise) = desk.take_opened() {
            planner = Some(planner_for(&exercise).map_err(|reason| (player.next, Refusal(reason)))?);
        }
    }
}
