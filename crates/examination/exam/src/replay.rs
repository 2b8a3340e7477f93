//! A recorded examination is carried out again.

use planner::Planner;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::command::Command;
use crate::examination::Examination;
use crate::job::{Job, JobId};
use crate::recording::Step;
use crate::refused::Refused;

/// Why a recording cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A line is not a recording's.
    #[error("line {line}: {source}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// What was found and expected.
        source: serde_json::Error,
    },
    /// The examination refuses what the recorded one carried out.
    #[error("line {line}: {source}")]
    Refused {
        /// The line, from 1.
        line: usize,
        /// The examination's reason.
        source: Refused,
    },
    /// A job ends that no line before has started.
    #[error("line {line}: job {} ends, but no command before has started it", .job.0)]
    NoSuchJob {
        /// The line, from 1.
        line: usize,
        /// The job.
        job: JobId,
    },
}

/// Gives the recorded commands to an examination in which nothing has been done, and runs their jobs in place.
///
/// # Errors
/// [`ReplayError`] with the line.
pub fn replay(exam: &mut Examination, text: &str, planner: &mut dyn Planner) -> Result<(), ReplayError> {
    let mut started: Option<Job> = None;
    for (number, text) in text.lines().enumerate() {
        let line = number + 1;
        let read: ReadLine = serde_json::from_str(text).map_err(|source| ReplayError::Syntax { line, source })?;
        let command = match read.step {
            Step::Command(command) => *command,
            Step::Finish(job) => {
                let ended = started.take_if(|started| started.id() == job);
                Command::Finish(ended.ok_or(ReplayError::NoSuchJob { line, job })?.run(planner))
            }
        };
        let response = exam.handle(command).map_err(|source| ReplayError::Refused { line, source })?;
        started = response.job.or(started);
    }
    Ok(())
}

/// A line as a replay reads it: what happened is computed again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadLine {
    step: Step,
    #[serde(rename = "events")]
    _events: IgnoredAny,
}
