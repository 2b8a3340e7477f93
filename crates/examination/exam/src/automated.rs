//! The automated arm: the whole examination without a person, by the same commands that a person gives.

use planner::Planner;

use crate::command::Command;
use crate::event::Event;
use crate::examination::{Examination, Refused, Series};

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
        exam.handle(Command::AdoptPlan(plan), planner)?.iter().for_each(&mut *sink);
        while exam.queue().iter().any(Series::is_waiting) {
            exam.handle(Command::ScanNext, planner)?.iter().for_each(&mut *sink);
            exam.handle(Command::Check, planner)?.iter().for_each(&mut *sink);
        }
    }
    exam.handle(Command::Close, planner)?.iter().for_each(sink);
    Ok(())
}
