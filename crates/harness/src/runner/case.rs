//! One case: one patient, examined by the automated arm and planned by the panel.

use std::time::Instant;

use exam::{Command, Event, Examination, LoopLimits};
use geometry::Volume;
use phantom::SpineTruth;
use planner::{Orientation, Planner, ScanPlan};
use randomness::Stream;

use crate::manifest::Warning;
use crate::record::{Arm, CaseRow};
use crate::runner::patient::{case_stream, patient_of, registration_of};
use crate::runner::score::{Attempted, TrueSpine, contrast_to_noise, overlap_rows, visible};
use crate::scenario::ScenarioSetup;

/// What came of a case.
pub struct CaseOutcome {
    /// Rows of all attempts.
    pub rows: Vec<CaseRow>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
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
    pub registration: exam::Registration,
}

impl CaseOutcome {
    /// One line: worst angle, mean disc Dice, flags.
    pub fn summary(&self) -> String {
        let automated = || self.rows.iter().filter(|row| row.arm == Arm::Automated.name());
        let worst = automated().filter(|row| row.structure.contains('/')).filter_map(|row| row.angle_deg).fold(0.0, f64::max);
        let missed = automated().filter(|row| row.identified == Some(false)).count();
        let flagged = automated().any(|row| row.flagged == Some(true));
        let silent = automated().any(|row| row.silent_failure == Some(true));
        let error = automated().find_map(|row| row.error.clone());
        let mut words = vec![format!("worst disc {worst:.1}°")];
        if missed > 0 {
            words.push(format!("{missed} levels missed"));
        }
        if flagged {
            words.push("flagged".into());
        }
        if silent {
            words.push("SILENT FAILURE".into());
        }
        words.extend(error);
        words.join(", ")
    }
}

/// Examines one case; whatever the planner does, there is an outcome.
pub fn examine(setup: &ScenarioSetup, seed: u64, case: u64, planner: &mut dyn Planner) -> CaseOutcome {
    let stream = case_stream(seed, case);
    let scenario = &setup.scenario;
    let begin = Instant::now();
    let patient = patient_of(&setup.population, &scenario.patients.positioning, &stream);
    let truth = patient.truth();
    let true_spine = TrueSpine::of(&truth);
    let synthesize_ms = ms_since(begin);

    let registration = registration_of(&patient, case);
    let mut outcome = CaseOutcome { rows: Vec::new(), warnings: Vec::new(), seen: None };
    let mut proposals = Vec::new();
    let arms = &scenario.arms;
    for repeat in 0..arms.automated_repeats.max(1) {
        let attempted =
            Attempted { scenario: &scenario.name, case, arm: Arm::Automated, observer: format!("repeat-{repeat}") };
        let limits: LoopLimits = scenario.closed_loop.into();
        let mut exam = Examination::new(
            patient.clone(),
            setup.protocol.scanner(),
            setup.protocol.clone(),
            scenario.prescription.clone(),
            limits,
            stream.child("repeat", u64::from(repeat)),
        );
        let mut clock = Clock { synthesize_ms, ..Clock::default() };
        let rows = automated(&mut exam, &registration, planner, repeat == 0, &attempted, &true_spine, &patient, &mut clock);
        if arms.arms.contains(&Arm::Automated) {
            outcome.rows.extend(rows);
        }
        if let Some(proposal) = exam.proposal() {
            proposals.push(proposal.plan.clone());
        }
        if repeat == 0 {
            outcome.warnings.extend(clock.warnings.drain(..).map(|message| Warning {
                scenario: scenario.name.clone(),
                case,
                message,
            }));
            outcome.seen = Some(seen(&exam, truth.clone(), registration.clone()));
        }
    }

    let localizer = outcome.seen.as_ref().and_then(|seen| seen.localizer.first());
    let contrast = localizer.map_or(1.0, |(_, volume)| contrast_to_noise(&truth, volume));
    outcome.rows.extend(panel(setup, case, &truth, &true_spine, &proposals, contrast, &stream));
    outcome
}

/// Wall-clock times of one examination; they never decide anything.
#[derive(Default)]
struct Clock {
    synthesize_ms: f64,
    acquire_ms: f64,
    loop_ms: f64,
    check_ms: f64,
    warnings: Vec<String>,
}

fn ms_since(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1e3
}

/// The automated arm: localizer, plan and, for the first repeat, every series with its check.
#[expect(clippy::too_many_arguments, reason = "one call, and each argument is one concept")]
fn automated(
    exam: &mut Examination,
    registration: &exam::Registration,
    planner: &mut dyn Planner,
    whole: bool,
    attempted: &Attempted<'_>,
    truth: &TrueSpine,
    patient: &phantom::PatientOnTable,
    clock: &mut Clock,
) -> Vec<CaseRow> {
    let mut note = Note::default();
    let result = (|| {
        let begin = Instant::now();
        for command in [Command::Register(registration.clone()), Command::ScanLocalizer] {
            exam.handle(command, planner)?.iter().for_each(|event| note.take(event));
        }
        clock.acquire_ms = ms_since(begin);
        let begin = Instant::now();
        exam.handle(Command::ProposePlan, planner)?.iter().for_each(|event| note.take(event));
        clock.loop_ms = ms_since(begin);
        if whole {
            let begin = Instant::now();
            exam::automated::scan_and_check(exam, planner, &mut |event| note.take(event))?;
            clock.check_ms = ms_since(begin);
        }
        Ok::<(), exam::Refused>(())
    })();
    let error = result.err().map(|refused| refused.to_string()).or(note.planner_failed.take());
    clock.warnings.append(&mut note.warnings);

    let mut rows = Vec::new();
    match exam.proposal() {
        Some(proposal) => {
            rows.extend(truth.rows(attempted, &proposal.plan));
            if let Some(segmentation) = &proposal.segmentation {
                rows.extend(overlap_rows(attempted, patient, segmentation));
            }
        }
        None => rows.extend(truth.rows(attempted, &ScanPlan::default())),
    }
    let latency = exam.proposal().map(|proposal| proposal.plan.latency_ms.clone()).unwrap_or_default();
    if let Some(row) = rows.iter_mut().find(|row| row.structure == "case") {
        // Without a plan nothing was done silently: the error says so.
        if error.is_some() {
            row.silent_failure = Some(false);
            row.flagged = Some(true);
        }
        row.error = error;
        row.repeats = whole.then_some(note.repeats);
        row.scan_time_s = whole.then_some(note.scan_time_s);
        row.latency_synthesize_ms = Some(clock.synthesize_ms);
        row.latency_acquire_ms = Some(clock.acquire_ms);
        row.latency_segment_ms = latency.get("segment").copied();
        row.latency_label_ms = latency.get("label").copied();
        row.latency_plan_ms = latency.get("plan").copied();
        row.latency_check_ms = whole.then_some(clock.check_ms);
        row.latency_loop_ms = Some(clock.loop_ms);
    }
    rows
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

fn seen(exam: &Examination, truth: SpineTruth, registration: exam::Registration) -> Seen {
    let scanned = exam.queue().iter().filter_map(|series| Some((series.group.clone(), series.images.clone()?)));
    Seen {
        truth,
        localizer: exam.localizer().to_vec(),
        segmentation: exam.proposal().and_then(|proposal| proposal.segmentation.clone()),
        plan: exam.proposal().map(|proposal| proposal.plan.clone()),
        series: scanned.collect(),
        registration,
    }
}

/// The collaborative and the manual arm: every technologist of the panel plans once in each.
fn panel(
    setup: &ScenarioSetup,
    case: u64,
    truth: &SpineTruth,
    true_spine: &TrueSpine,
    proposals: &[ScanPlan],
    contrast: f64,
    stream: &Stream,
) -> Vec<CaseRow> {
    let spine = visible(truth);
    let rules = &setup.scenario.prescription;
    let mut rows = Vec::new();
    for arm in [Arm::Collaborative, Arm::Manual] {
        if !setup.scenario.arms.arms.contains(&arm) {
            continue;
        }
        for (number, technologist) in setup.panel.technologists.iter().enumerate() {
            let own = stream.child(arm.name(), number as u64);
            // Each technologist sees the proposal from another localizer, as repeated examinations would.
            let proposal = proposals.get(number % proposals.len().max(1));
            let attempt = match (arm, proposal) {
                (Arm::Collaborative, Some(ai)) => observer::collaborate(ai, &spine, contrast, technologist, rules, &own),
                _ => observer::prescribe_manually(&spine, contrast, technologist, rules, &own),
            };
            let attempted =
                Attempted { scenario: &setup.scenario.name, case, arm, observer: technologist.name.clone() };
            let mut planned = true_spine.rows(&attempted, &attempt.plan);
            if let Some(row) = planned.iter_mut().find(|row| row.structure == "case") {
                row.planning_time_s = Some(attempt.planning_time_s);
            }
            rows.extend(planned);
        }
    }
    rows
}
