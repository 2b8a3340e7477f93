//! One case: one patient, examined by the automated arm, planned by the panel and by people at the console.

use std::time::Instant;

use exam::{Command, Event, Examination, Refused, Registration};
use geometry::{Orientation, Volume};
use phantom::{PatientOnTable, SpineTruth};
use planner::{Planner, ScanPlan};
use randomness::Stream;

use assessment::score::{Attempted, TrueSpine, contrast_to_noise, overlap_rows, visible};
use results::record::{Arm, CaseRow};
use scenario::ScenarioSetup;
use scenario::attempts;
use scenario::patient::{patient_of_case, registration_of};

/// What came of a case.
pub struct CaseOutcome {
    /// Rows of all attempts.
    pub rows: Vec<CaseRow>,
    /// What a reader should know.
    pub warnings: Vec<String>,
    /// What the pictures are drawn from; `None` if there was no localizer.
    pub seen: Option<Seen>,
}

/// Images and plans of the first examination, for pictures and DICOM.
pub struct Seen {
    /// The truth.
    pub truth: SpineTruth,
    /// The localizer's stacks.
    pub localizer: Vec<(Orientation, Volume<f32>)>,
    /// The planner's segmentation of the sagittal stack.
    pub segmentation: Option<Volume<u8>>,
    /// The planner's plan.
    pub plan: Option<ScanPlan>,
    /// Scanned series by name.
    pub series: Vec<(geometry::SliceGroup, Volume<f32>)>,
    /// The registration.
    pub registration: Registration,
}

impl CaseOutcome {
    /// One line about the first examination: worst angle, missed levels, flags, errors.
    pub fn summary(&self) -> String {
        let first = || self.rows.iter().filter(|row| row.arm == Arm::Automated.name() && row.observer == "repeat-0");
        let angles = first().filter(|row| row.structure.contains('/')).filter_map(|row| row.angle_deg);
        let missed = first().filter(|row| row.identified == Some(false)).count();
        let mut words = vec![match angles.reduce(f64::max) {
            Some(worst) => format!("worst disc {worst:.1}°"),
            None => "no disc planned".into(),
        }];
        if missed > 0 {
            words.push(format!("{missed} levels missed"));
        }
        if first().any(|row| row.flagged == Some(true)) {
            words.push("flagged".into());
        }
        if first().any(|row| row.silent_failure == Some(true)) {
            words.push("SILENT FAILURE".into());
        }
        words.extend(first().find_map(|row| row.error.clone()));
        words.join(", ")
    }
}

/// Examines one case; whatever the planner does, there is an outcome.
pub fn examine(setup: &ScenarioSetup, seed: u64, case: u64, planner: &mut dyn Planner) -> CaseOutcome {
    let patient = CasePatient::draw(setup, seed, case);
    let arms = &setup.scenario.arms;
    let mut outcome = CaseOutcome { rows: Vec::new(), warnings: Vec::new(), seen: None };
    let mut proposals = Vec::new();
    for repeat in 0..arms.automated_repeats.max(1) {
        let extent = if repeat == 0 { Extent::Whole } else { Extent::PlanOnly };
        let (exam, rows, warnings) = patient.examined(setup, repeat, extent, planner);
        if arms.arms.contains(&Arm::Automated) {
            outcome.rows.extend(rows);
        }
        proposals.extend(exam.proposal().map(|proposal| proposal.plan.clone()));
        if repeat == 0 {
            outcome.warnings = warnings;
            outcome.seen = Some(seen(&exam, patient.truth.clone(), patient.registration.clone()));
        }
    }

    let localizer = outcome.seen.as_ref().and_then(|seen| seen.localizer.first());
    let contrast = localizer.map_or(1.0, |(_, volume)| contrast_to_noise(&patient.truth, volume));
    outcome.rows.extend(patient.panel(setup, &proposals, contrast));
    let people = setup.attempts.iter().filter(|attempt| attempt.seed == seed && attempt.case == case);
    outcome.rows.extend(people.flat_map(|attempt| attempts::scored(setup, attempt).rows));
    outcome
}

/// Localizer and plan of one case, without series, technologists and pictures.
pub fn plan_only(setup: &ScenarioSetup, seed: u64, case: u64, planner: &mut dyn Planner) -> CaseOutcome {
    let patient = CasePatient::draw(setup, seed, case);
    let (_, rows, warnings) = patient.examined(setup, 0, Extent::PlanOnly, planner);
    CaseOutcome { rows, warnings, seen: None }
}

/// How far an examination goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Localizer and plan.
    PlanOnly,
    /// Every planned series with its check, too.
    Whole,
}

/// The patient of a case with what is true of them.
struct CasePatient {
    case: u64,
    stream: Stream,
    patient: PatientOnTable,
    truth: SpineTruth,
    true_spine: TrueSpine,
    registration: Registration,
    synthesize_ms: f64,
}

impl CasePatient {
    fn draw(setup: &ScenarioSetup, seed: u64, case: u64) -> Self {
        let begin = Instant::now();
        let (patient, stream) = patient_of_case(setup, seed, case);
        let truth = patient.truth();
        let (true_spine, registration) = (TrueSpine::of(&truth), registration_of(&patient, case));
        Self { case, stream, patient, truth, true_spine, registration, synthesize_ms: ms_since(begin) }
    }

    /// One examination by the automated arm: rows, and what a reader should know.
    fn examined(
        &self,
        setup: &ScenarioSetup,
        repeat: u32,
        extent: Extent,
        planner: &mut dyn Planner,
    ) -> (Examination, Vec<CaseRow>, Vec<String>) {
        let scenario = &setup.scenario;
        let mut exam = Examination::new(
            self.patient.clone(),
            setup.protocol.scanner(),
            setup.protocol.clone(),
            setup.prescription.clone(),
            scenario.closed_loop.into(),
            self.stream.child("repeat", u64::from(repeat)),
        );
        let mut note = Note::default();
        let mut clock = Clock::default();
        let result = carry_out(&mut exam, &self.registration, planner, extent, &mut note, &mut clock);
        let error = result.err().map(|refused| refused.to_string()).or(note.planner_failed.take());

        let observer = format!("repeat-{repeat}");
        let attempted = Attempted { scenario: &scenario.name, case: self.case, arm: Arm::Automated, observer };
        let is_planned = exam.proposal().is_some();
        let plan = exam.proposal().map(|proposal| proposal.plan.clone()).unwrap_or_default();
        let mut rows = self.true_spine.rows(&attempted, &plan);
        if let Some(segmentation) = exam.proposal().and_then(|proposal| proposal.segmentation.as_ref()) {
            rows.extend(overlap_rows(&attempted, &self.patient, segmentation));
        }
        if let Some(row) = rows.iter_mut().find(|row| row.structure == "case") {
            let whole = extent == Extent::Whole;
            // Without a plan nothing was done silently: the error says so. A plan that came is judged as it is.
            if error.is_some() && !is_planned {
                row.silent_failure = Some(false);
                row.flagged = Some(true);
            }
            row.error = error;
            row.repeats = whole.then_some(note.repeats);
            row.scan_time_s = whole.then_some(note.scan_time_s);
            row.latency_synthesize_ms = Some(self.synthesize_ms);
            row.latency_acquire_ms = Some(clock.acquire_ms);
            row.latency_segment_ms = plan.latency_ms.get("segment").copied();
            row.latency_label_ms = plan.latency_ms.get("label").copied();
            row.latency_count_ms = plan.latency_ms.get("count").copied();
            row.latency_plan_ms = plan.latency_ms.get("plan").copied();
            row.latency_check_ms = whole.then_some(clock.check_ms);
            row.latency_loop_ms = Some(clock.loop_ms);
        }
        (exam, rows, note.warnings)
    }

    /// The collaborative and the manual arm: every technologist of the panel plans once in each.
    fn panel(&self, setup: &ScenarioSetup, proposals: &[ScanPlan], contrast: f64) -> Vec<CaseRow> {
        let spine = visible(&self.truth);
        let rules = &setup.prescription;
        let mut rows = Vec::new();
        for arm in [Arm::Collaborative, Arm::Manual] {
            if !setup.scenario.arms.arms.contains(&arm) {
                continue;
            }
            for (number, technologist) in setup.panel.technologists.iter().enumerate() {
                let own = self.stream.child(arm.name(), number as u64);
                // Each technologist sees the proposal from another localizer, as repeated examinations would.
                let proposal = proposals.get(number % proposals.len().max(1));
                let attempt = match (arm, proposal) {
                    (Arm::Collaborative, Some(ai)) => {
                        observer::collaborate(ai, &spine, contrast, technologist, rules, &own)
                    }
                    _ => observer::prescribe_manually(&spine, contrast, technologist, rules, &own),
                };
                let observer = technologist.name.clone();
                let attempted = Attempted { scenario: &setup.scenario.name, case: self.case, arm, observer };
                let mut planned = self.true_spine.rows(&attempted, &attempt.plan);
                if let Some(row) = planned.iter_mut().find(|row| row.structure == "case") {
                    row.planning_time_s = Some(attempt.planning_time_s);
                }
                rows.extend(planned);
            }
        }
        rows
    }
}

/// The automated arm's commands, timed.
fn carry_out(
    exam: &mut Examination,
    registration: &Registration,
    planner: &mut dyn Planner,
    extent: Extent,
    note: &mut Note,
    clock: &mut Clock,
) -> Result<(), Refused> {
    let begin = Instant::now();
    for command in [Command::Register(registration.clone()), Command::ScanLocalizer] {
        exam.handle(command, planner)?.iter().for_each(|event| note.take(event));
    }
    clock.acquire_ms = ms_since(begin);
    let begin = Instant::now();
    exam.handle(Command::ProposePlan, planner)?.iter().for_each(|event| note.take(event));
    clock.loop_ms = ms_since(begin);
    if extent == Extent::Whole {
        let begin = Instant::now();
        exam::automated::scan_and_check(exam, planner, &mut |event| note.take(event))?;
        clock.check_ms = ms_since(begin);
    }
    Ok(())
}

/// Wall-clock times of one examination; they never decide anything.
#[derive(Default)]
struct Clock {
    acquire_ms: f64,
    loop_ms: f64,
    check_ms: f64,
}

fn ms_since(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1e3
}

/// What the rows need of the events.
#[derive(Default)]
struct Note {
    planner_failed: Option<String>,
    warnings: Vec<String>,
    repeats: u32,
    scan_time_s: f64,
}

impl Note {
    fn take(&mut self, event: &Event) {
        match event {
            Event::PlannerFailed { reason } => self.planner_failed = Some(reason.clone()),
            Event::HelpCalled { flags } => {
                self.warnings.extend(flags.iter().map(|flag| format!("help called: {}", flag.message)));
            }
            Event::PlannerWarned { message } => self.warnings.push(message.clone()),
            Event::Replanned { reason } => self.warnings.push(format!("planned anew: {reason}")),
            Event::RepeatOrdered { name } => self.warnings.push(format!("repeated: {name}")),
            Event::Closed { scan_time_s, repeats, .. } => {
                self.scan_time_s = *scan_time_s;
                self.repeats = *repeats;
            }
            _ => {}
        }
    }
}

fn seen(exam: &Examination, truth: SpineTruth, registration: Registration) -> Seen {
    let scanned = exam.queue().iter().filter_map(|series| Some((series.group.clone(), series.images.clone()?)));
    Seen {
        truth,
        localizer: exam.localizer().to_vec(),
        segmentation: exam
            .proposal()
            .and_then(|proposal| proposal.segmentation.as_ref())
            .map(|seen| seen.labels.clone()),
        plan: exam.proposal().map(|proposal| proposal.plan.clone()),
        series: scanned.collect(),
        registration,
    }
}
