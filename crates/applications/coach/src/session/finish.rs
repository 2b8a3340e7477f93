//! The end of an examination: the attempt, held against the truth.

use assessment::attempt::{ATTEMPT_FORMAT_VERSION, RecordedAttempt, Scored};
use exam::Command;
use geometry::Pose;
use planner::ScanPlan;
use results::Arm;

use super::{Refusal, Session, refuse};
use crate::assist::Outcome;
use crate::intent::Phase;
use crate::record::SessionRecord;
use crate::score::{Conduct, Score};

/// What came of an examination.
#[derive(Clone, Debug)]
pub struct Finished {
    /// What it was worth.
    pub score: Score,
    /// The attempt as the observers' files write it.
    pub attempt: RecordedAttempt,
    /// The plan that the truth asks for, in the coordinates in which the images are labelled.
    pub true_plan: ScanPlan,
    /// What the AI was made to do, if it was.
    pub disclosure: Option<String>,
}

impl Session {
    pub(super) fn finish(&mut self) -> Result<(), Refusal> {
        if self.is_busy() {
            return refuse("the scanner is busy");
        }
        if self.has_localizer() {
            self.prescribe()?;
        }
        let (Some(registration), Some(landing), false) =
            (self.exam.registration(), self.exam.setup().copied(), self.exam.localizer().is_empty())
        else {
            return refuse("scan the localizer and plan the slices first");
        };
        let exercise = &self.exercise;
        let with_ai = self.proposal().is_some_and(|proposal| proposal.decision.is_taken());
        let attempt = RecordedAttempt {
            format_version: ATTEMPT_FORMAT_VERSION,
            scenario: exercise.name().to_owned(),
            seed: exercise.seed,
            case: exercise.case,
            arm: if with_ai { Arm::Collaborative } else { Arm::Manual },
            observer: self.trainee.clone(),
            landing,
            registered_position: registration.position,
            plan: self.draft.to_plan(),
            planning_time_s: self.planning_time_s(),
            scan_time_s: self.exam.scan_time_s(),
            repeats: self.exam.repeats(),
        };
        let scored: Scored = scenario::attempts::scored(&exercise.setup, &attempt);
        let conduct = Conduct {
            ordered: exercise.order.position,
            registered: registration.position,
            setup: landing,
            mistyped: self
                .form
                .mismatches(&exercise.order.identity)
                .iter()
                .map(|field| field.label().to_lowercase())
                .collect(),
            screening: self.screening.marks().into_iter().map(|mark| (mark.explanation, mark.ok)).collect(),
            planning_time_s: attempt.planning_time_s,
            planning_limit_s: exercise.planning_limit_s,
            repeats: self.exam.repeats(),
        };
        let to_labelled: Pose = exam::registered_to_patient(registration.position, landing.position).inverse();
        let proposal = self.proposal();
        let outcome = Outcome {
            proposed: proposal.map(|proposal| proposal.plan),
            is_taken: proposal.is_some_and(|proposal| proposal.decision.is_taken()),
            planned: &attempt.plan,
        };
        let disclosure = exercise.assist.disclosure(&outcome);
        self.finished = Some(Finished {
            score: Score::mark(&scored, &conduct),
            true_plan: assessment::true_plan(&scored.truth.moved(&to_labelled), &exercise.setup.prescription),
            attempt,
            disclosure,
        });
        self.command(Command::Close)?;
        self.phase = Phase::Review;
        self.show_result();
        Ok(())
    }

    /// The attempt for the history; `ended_at` is the wall clock's, RFC 3339.
    pub fn record(&self, ended_at: &str) -> Option<SessionRecord> {
        let finished = self.finished.as_ref()?;
        let line = |line: &crate::journal::Line| serde_json::to_string(line).ok();
        Some(SessionRecord {
            trainee: self.trainee.clone(),
            title: self.exercise.title().to_owned(),
            mode: self.exercise.mode,
            ended_at: ended_at.to_owned(),
            duration_s: self.clock_s,
            score: finished.score.clone(),
            attempt: finished.attempt.clone(),
            journal: self.journal.iter().filter_map(line).collect(),
        })
    }
}
