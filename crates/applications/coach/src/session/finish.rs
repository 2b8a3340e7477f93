//! The end of an examination: the attempt, held against the truth.

use assessment::attempt::{ATTEMPT_FORMAT_VERSION, ProposalUse, RecordedAttempt};
use exam::{Command, PatientSetup, Series};
use geometry::{Pose, SliceGroup};
use planner::ScanPlan;

use super::{Refusal, Session, refuse};
use crate::assist::Outcome;
use crate::intent::Phase;
use crate::record::SessionRecord;
use crate::score::{Conduct, Examined, ScannedSeries, Score};

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
        if self.screening.is_called_off() {
            return self.call_off();
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
        let truth = self.exam.patient().truth();
        let to_patient: Pose = exam::registered_to_patient(registration.position, landing.position);
        let queue = self.exam.queue();
        let scanned: Vec<_> =
            queue.iter().filter_map(|series| ScannedSeries::of(series, &truth, &to_patient)).collect();
        let proposal = self.use_of_proposal();
        let attempt = RecordedAttempt {
            format_version: ATTEMPT_FORMAT_VERSION,
            scenario: exercise.name().to_owned(),
            seed: exercise.seed,
            case: exercise.case,
            arm: proposal.arm(),
            proposal: Some(proposal),
            observer: self.trainee.clone(),
            landing,
            registered_position: registration.position,
            plan: scanned_plan(queue),
            planning_time_s: self.planning_time_s(),
            scan_time_s: self.exam.scan_time_s(),
            repeats: self.exam.repeats(),
            called_off: false,
            marks: None,
        };
        let conduct = Conduct {
            ordered: exercise.order.position,
            registered: registration.position,
            setup: landing,
            mistyped: self.form.mismatches(&exercise.order.identity),
            without_order: self.form.is_emergency(),
            screening: self.screening.marks(),
            planning_time_s: attempt.planning_time_s,
            planning_limit_s: exercise.planning_limit_s,
            needless_repeats: self.needless_repeats + self.localizer_repeats(),
            due_repeats: self.due_repeats,
        };
        let outcome = Outcome {
            proposed: self.proposal().map(|proposal| proposal.plan),
            is_taken: proposal.is_taken(),
            planned: &attempt.plan,
        };
        let accepted_error = exercise.assist.accepted_error(&outcome, &exercise.order.scans.levels);
        let examined = Examined {
            order: &exercise.order.scans,
            truth: &truth,
            rules: &exercise.setup.prescription,
            scanned: &scanned,
            conduct: &conduct,
            accepted_error: accepted_error.as_deref(),
            pass_mark: exercise.pass_mark,
        };
        self.finished = Some(Finished {
            score: Score::mark(&examined),
            true_plan: assessment::true_plan(&truth.moved(&to_patient.inverse()), &exercise.setup.prescription),
            disclosure: exercise.assist.disclosure(&outcome),
            attempt,
        });
        self.command(Command::Close)?;
        self.phase = Phase::Review;
        self.show_result();
        Ok(())
    }

    /// The radiologist will not have this patient scanned: the examination ends before it begins, and that is right.
    fn call_off(&mut self) -> Result<(), Refusal> {
        if !self.exam.localizer().is_empty() {
            return refuse("the patient is in the scanner already: calling it off comes too late");
        }
        let exercise = &self.exercise;
        let attempt = RecordedAttempt {
            format_version: ATTEMPT_FORMAT_VERSION,
            scenario: exercise.name().to_owned(),
            seed: exercise.seed,
            case: exercise.case,
            arm: ProposalUse::NotAsked.arm(),
            proposal: None,
            observer: self.trainee.clone(),
            landing: PatientSetup::default(),
            registered_position: exercise.order.position,
            plan: ScanPlan::default(),
            planning_time_s: 0.0,
            scan_time_s: 0.0,
            repeats: 0,
            called_off: true,
            marks: None,
        };
        let score = Score::called_off(&self.screening.marks(), exercise.pass_mark);
        self.finished = Some(Finished { score, true_plan: ScanPlan::default(), disclosure: None, attempt });
        self.command(Command::Close)?;
        self.phase = Phase::Review;
        Ok(())
    }

    /// How often the localizer was scanned again: what is left of the examination's repeats without those of series.
    fn localizer_repeats(&self) -> u32 {
        self.exam.repeats().saturating_sub(self.needless_repeats + self.due_repeats)
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

/// The slices and bands of the images that there are, as they were when they were scanned. Series that share their slices
/// (T2 and T1 of one stack) are one group of the plan.
fn scanned_plan(queue: &[Series]) -> ScanPlan {
    let mut plan = ScanPlan::default();
    for stack in queue.iter().filter_map(|series| series.scanned.as_ref()) {
        let same = |group: &SliceGroup| {
            let place = |group: &SliceGroup| (group.target.clone(), group.centre, group.row, group.column);
            place(group) == place(&stack.group)
        };
        if !plan.groups.iter().any(same) {
            plan.groups.push(stack.group.clone());
        }
        for band in &stack.bands {
            if !plan.sat_bands.contains(band) {
                plan.sat_bands.push(band.clone());
            }
        }
    }
    plan
}
