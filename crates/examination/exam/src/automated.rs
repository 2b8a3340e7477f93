//! The automated arm: the whole examination without a person, by the same commands that a person gives, with jobs run
//! in place.

use planner::Planner;

use crate::command::Command;
use crate::event::Event;
use crate::examination::{Examination, Response};
use crate::refused::Refused;
use crate::series::Series;

/// Gives a command and runs the jobs that it starts, one after the other, on this thread.
///
/// # Errors
/// [`Refused`] if the command makes no sense now.
pub fn run_to_end(
    exam: &mut Examination,
    command: Command,
    planner: &mut dyn Planner,
    sink: &mut dyn FnMut(&Event),
) -> Result<(), Refused> {
    let mut next = Some(command);
    while let Some(command) = next {
        let Response { events, job } = exam.handle(command)?;
        events.iter().for_each(&mut *sink);
        next = job.map(|job| Command::Finish(job.run(planner)));
    }
    Ok(())
}

/// Adopts the proposal, scans and checks series by series, and closes. Without a usable proposal
/// the examination is closed incomplete: a person has to take over.
///
/// # Errors
/// [`Refused`] if the scanner cannot run a prescribed series.
pub fn scan_and_check(
    exam: &mut Examination,
    planner: &mut dyn Planner,
    sink: &mut dyn FnMut(&Event),
) -> Result<(), Refused> {
    if let Some(plan) = exam.proposal().map(|proposal| proposal.plan.clone()) {
        run_to_end(exam, Command::AdoptPlan(plan), planner, sink)?;
        while exam.queue().iter().any(Series::is_waiting) {
            run_to_end(exam, Command::ScanNext, planner, sink)?;
            run_to_end(exam, Command::Check, planner, sink)?;
        }
    }
    run_to_end(exam, Command::Close, planner, sink)
}
