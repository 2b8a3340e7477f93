//! What the session makes of the examination's events.

use std::sync::Arc;
use std::time::Instant;

use exam::{Command, Event, Job};
use planner::Planner;
use planner::quality_check::QualityVerdict;

use super::{ProposalDecision, Refusal, Review, Session, Severity, refused};
use crate::intent::Shows;
use crate::journal::Line;
use crate::record::Mode;

/// The end of a job, with the time that it took.
#[derive(Debug)]
pub struct FinishedJob {
    /// The examination's next command.
    pub end: Command,
    /// Wall-clock time of the work, ms.
    pub latency_ms: f64,
}

impl FinishedJob {
    /// Runs a job here and measures it.
    pub fn run(job: Job, planner: &mut dyn Planner) -> Self {
        let begin = Instant::now();
        let end = Command::Finish(job.run(planner));
        Self { end, latency_ms: begin.elapsed().as_secs_f64() * 1e3 }
    }
}

impl Session {
    /// A job has ended; the journal keeps when.
    pub fn finish_job(&mut self, finished: FinishedJob) {
        self.journal.push(Line::job_finished(self.clock_s));
        if let Err(refusal) = self.command_after(finished.end, finished.latency_ms) {
            self.say(Severity::Warning, refusal.0);
        }
        self.check_when_idle();
    }

    /// Gives the examination a command, and listens to what happens; work before it took so many ms.
    pub(super) fn command_after(&mut self, command: Command, latency_ms: f64) -> Result<(), Refusal> {
        let response = self.exam.handle(command).map_err(refused)?;
        if response.job.is_some() {
            self.job = response.job;
        }
        for event in response.events {
            self.listen(event, latency_ms);
        }
        Ok(())
    }

    fn listen(&mut self, event: Event, latency_ms: f64) {
        match event {
            Event::LocalizerScanned { .. } => self.localizer_arrives(),
            Event::PlanProposed(_) => {
                let seen = self.exam.proposal().and_then(|planned| planned.segmentation.as_ref());
                let labels = seen.map(|seen| Arc::new(seen.labels.clone()));
                self.was_proposed = true;
                self.review = Some(Review { labels, latency_ms, decision: ProposalDecision::Open });
                self.say(Severity::Info, format!("the AI proposes a plan ({latency_ms:.0} ms)"));
            }
            Event::PlannerWarned { message } => self.say(Severity::Warning, format!("the AI reports: {message}")),
            Event::PlannerFailed { reason } => {
                self.say(Severity::Warning, format!("the AI gave no plan: {reason}"));
            }
            Event::HelpCalled { flags } => {
                flags.into_iter().for_each(|flag| self.say(Severity::Warning, flag.message));
            }
            Event::SeriesScanned { series, .. } => self.series_arrives(series),
            Event::Checked { name, report, .. } => {
                let (severity, text) = match &report.verdict {
                    // In an exam nobody says what is wrong: to see it is what is examined.
                    _ if self.exercise.mode == Mode::Exam => (Severity::Info, format!("{name}: complete")),
                    QualityVerdict::Accept => (Severity::Info, format!("{name}: image check passed")),
                    QualityVerdict::Repeat(why) => (Severity::Warning, format!("{name}: repeat recommended: {why}")),
                    QualityVerdict::Replan(why) => {
                        (Severity::Warning, format!("as the images of {name} show, re-plan: {why}"))
                    }
                };
                self.say(severity, text);
                self.scan_next();
            }
            Event::JobFailed { reason } => {
                self.scanning_all = false;
                self.say(Severity::Warning, reason);
            }
            Event::PatientPositioned
            | Event::PatientMovedOut
            | Event::Registered
            | Event::LocalizerStopped { .. }
            | Event::PlanAdopted { .. }
            | Event::Appended { .. }
            | Event::ProtocolSet { .. }
            | Event::Removed { .. }
            | Event::Stopped { .. }
            | Event::Accepted { .. }
            | Event::RepeatOrdered { .. }
            | Event::Replanned { .. }
            | Event::Closed { .. } => {}
        }
    }

    /// The image check of a series that has arrived, as soon as no other job is in progress.
    pub(super) fn check_when_idle(&mut self) {
        if !self.check_due || self.is_awaiting() {
            return;
        }
        self.check_due = false;
        // A series that has left the prescription meanwhile needs no check.
        if self.command(Command::Check).is_err() {
            self.scan_next();
        }
    }

    /// What arrives is shown in the last view.
    pub(super) fn series_arrives(&mut self, series: exam::SeriesId) {
        let Some(stack) = self.exam.series(series).and_then(|series| series.scanned.clone()) else { return };
        let shows = Shows::Series(series.into());
        self.show_arriving(&shows);
        self.begin_arrival(shows, &stack);
    }
}
