//! An examination as lines of JSON that replay to the same bytes: each command that was carried out, with the events
//! that answered it. The outcome of a job is not written but computed again. Wall-clock figures are left out.
//!
//! ```text
//! {"step":{"command":"scan-localizer"},"events":[]}
//! {"step":{"finish":0},"events":[{"localizer-scanned":{"scan_time_s":21.6}}]}
//! ```

use serde::{Deserialize, Serialize};

use crate::command::Command;
use crate::event::Event;
use crate::job::JobId;

/// A command as it is written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A command that is written whole.
    Command(Box<Command>),
    /// The end of a job.
    Finish(JobId),
}

impl Step {
    pub(crate) fn of(command: &Command) -> Self {
        match command {
            Command::Finish(outcome) => Self::Finish(outcome.job),
            Command::AdoptPlan(plan) => {
                let mut plan = plan.clone();
                plan.latency_ms.clear();
                Self::Command(Box::new(Command::AdoptPlan(plan)))
            }
            other => Self::Command(Box::new(other.clone())),
        }
    }
}

/// What was done in an examination, and what happened.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    lines: Vec<Line>,
}

#[derive(Clone, Debug, Serialize)]
struct Line {
    step: Step,
    events: Vec<Event>,
}

impl Recording {
    pub(crate) fn add(&mut self, step: Step, events: &[Event]) {
        let events = events.iter().cloned().map(Event::without_latency).collect();
        self.lines.push(Line { step, events });
    }

    /// One line of JSON for every command, each with a line feed.
    ///
    /// # Errors
    /// If a number cannot be written as JSON.
    pub fn to_json_lines(&self) -> Result<String, serde_json::Error> {
        self.lines.iter().map(|line| serde_json::to_string(line).map(|line| line + "\n")).collect()
    }
}
