//! One case: one patient, examined by the automated arm, planned by the panel and by people at the console.

use std::time::{Duration, Instant};

use exam::automated::{run_to_end, scan_and_check};
use exam::{Command, Event, Examination, Refused, Registration};
use geometry::{Orientation, Volume};
use phantom::{PatientOnTable, SpineTruth};
use planner::{Planner, ScanPlan};
use randomness::Stream;

use assessment::planted_fault::FaultyPlanner;
use assessment::score::{TrueSpine, contrast_to_noise, overlap, visible};
use assessment::{PlantedFault, ReferencePlanner};
use results::PatternKind;
use results::case_result::repeat_name;
use results::identity::ScenarioIdentity;
use results::{Arm, AttemptResult, CaseResult, ExaminationResult, FirstPlan, PatientRecord, PlanResult, Timings};
use scenario::ScenarioSetup;
use scenario::attempts;
use scenario::patient::{patient_of_case, registration_of};

use crate::{PlannerCase, PlannerFactory};

/// What came of a case.
pub struct CaseOutcome {
    /// The result as it is stored.
    pub result: CaseResult,
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
    /// The plan that was scanned; where nothing was scanned, the planner's proposal.
    pub plan: Option<ScanPlan>,
    /// The planner's proposal, if another plan took its place.
    pub first_plan: Option<ScanPlan>,
    /// Scanned series by name.
    pub series: Vec<(geometry::SliceGroup, Volume<f32>)>,
    /// The registration.
    pub registration: Registration,
}

/// Examines one case; whatever the planner does, there is an outcome.
///
/// `identity` has the seeds: that of the patients, and perhaps another one for what differs from one examination of a
/// patient to the next.
pub fn examine(
    setup: &ScenarioSetup,
    identity: &ScenarioIdentity,
    case: u64,
    planner: &mut dyn Planner,
) -> CaseOutcome {
    let seed = identity.seed;
    let mut patient = CasePatient::draw(setup, seed, case);
    if let Some(noise_seed) = identity.noise_seed {
        patient.noise = patient.noise.child("noise seed", noise_seed);
    }
    let arms = &setup.scenario.arms;
    let (mut attempts, mut warnings, mut seen) = (Vec::new(), Vec::new(), None);
    let mut proposals = Vec::new();
    for repeat in 0..arms.automated_repeats.max(1) {
        let extent = if repeat == 0 { Extent::Whole } else { Extent::PlanOnly };
        let (exam, attempt, told) = patient.examined(setup, repeat, extent, planner);
        if arms.arms.contains(&Arm::Automated) {
            attempts.push(attempt);
        }
        proposals.extend(exam.proposal().map(|proposal| proposal.plan.clone()));
        if repeat == 0 {
            warnings = told;
            seen = Some(images_and_plan(&exam, patient.truth.clone(), patient.registration.clone()));
        }
    }

    let localizer = seen.as_ref().and_then(|seen| seen.localizer.first());
    let contrast = localizer.map_or(1.0, |(_, volume)| contrast_to_noise(&patient.truth, volume));
    attempts.extend(patient.panel(setup, &proposals, contrast));
    let people = setup.attempts.iter().filter(|attempt| attempt.seed == seed && attempt.case == case);
    attempts.extend(people.map(|attempt| attempts::scored(setup, attempt).result));
    CaseOutcome { result: patient.result(setup, attempts, warnings), seen }
}

/// Localizer and plan of one case, without series, technologists and pictures.
pub fn plan_only(setup: &ScenarioSetup, seed: u64, case: u64, planner: &mut dyn Planner) -> CaseResult {
    let patient = CasePatient::draw(setup, seed, case);
    let (_, attempt, warnings) = patient.examined(setup, 0, Extent::PlanOnly, planner);
    patient.result(setup, vec![attempt], warnings)
}

/// The plans of one case's automated arm, each on a localizer of its own, without series, technologists and pictures.
pub(crate) fn plans_of_case(
    setup: &ScenarioSetup,
    seed: u64,
    case: u64,
    repeats: u32,
    planner: &mut dyn Planner,
) -> CaseResult {
    let patient = CasePatient::draw(setup, seed, case);
    let attempts = (0..repeats).map(|repeat| patient.examined(setup, repeat, Extent::PlanOnly, planner).1).collect();
    patient.result(setup, attempts, Vec::new())
}

/// The planner that knows the truth of a case.
pub fn reference_planner(asked: PlannerCase<'_>) -> ReferencePlanner {
    let (patient, _) = patient_of_case(asked.setup, asked.seed, asked.case);
    ReferencePlanner::new(&patient.truth(), &asked.setup.prescription)
}

/// A case's planner with a fault behind it.
pub(crate) fn with_fault(
    asked: PlannerCase<'_>,
    fault: PlantedFault,
    make_planner: &PlannerFactory<'_>,
) -> Box<dyn Planner> {
    let PlannerCase { setup, seed, case, .. } = asked;
    let stale = (fault.kind == PatternKind::StaleLocalizer).then(|| {
        // The patient before; of the first one, the last.
        let cases = setup.scenario.cases.max(2);
        let other = PlannerCase { case: (case + cases - 1) % cases, ..asked };
        let patient = CasePatient::draw(setup, seed, other.case);
        let (exam, ..) = patient.examined(setup, 0, Extent::PlanOnly, make_planner(other).as_mut());
        exam.proposal().map(|proposal| proposal.plan.clone())
    });
    let time_limit = Duration::from_secs_f64(setup.scenario.planner.time_limit_s);
    Box::new(FaultyPlanner::new(make_planner(asked), fault, stale.flatten(), time_limit))
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
    /// Of the examinations' noise and motion.
    noise: Stream,
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
        let true_spine = TrueSpine::of(&truth, &setup.prescription);
        let registration = registration_of(&patient, case);
        Self { case, stream, noise: stream, patient, truth, true_spine, registration, synthesize_ms: ms_since(begin) }
    }

    fn result(&self, setup: &ScenarioSetup, attempts: Vec<AttemptResult>, warnings: Vec<String>) -> CaseResult {
        CaseResult {
            scenario: setup.scenario.name.clone(),
            case: self.case,
            patient: Some(PatientRecord::of(self.patient.spine.parameters())),
            attempts,
            warnings,
        }
    }

    /// One examination by the automated arm: its result, and what a reader should know.
    fn examined(
        &self,
        setup: &ScenarioSetup,
        repeat: u32,
        extent: Extent,
        planner: &mut dyn Planner,
    ) -> (Examination, AttemptResult, Vec<String>) {
        let scenario = &setup.scenario;
        let mut exam = Examination::new(
            self.patient.clone(),
            setup.protocol.scanner(),
            setup.protocol.clone(),
            setup.prescription.clone(),
            scenario.closed_loop.into(),
            self.noise.child("repeat", u64::from(repeat)),
        );
        let mut note = Note::default();
        let mut clock = Clock::default();
        let result = carry_out(&mut exam, &self.registration, planner, extent, &mut note, &mut clock);
        let proposal = exam.proposal();
        // Whoever plans nothing, even with a warning, leaves the technologist with nothing.
        let no_slices = proposal.is_some_and(|proposal| proposal.plan.groups.is_empty());
        let no_slices = no_slices.then(|| "the plan has no slices".to_owned());
        let error = result.err().map(|refused| refused.to_string()).or(note.planner_failed.take()).or(no_slices);

        let assessed = self.true_spine.assess(&judged_plan(&exam).cloned().unwrap_or_default());
        let plan = match proposal {
            Some(_) => assessed,
            // Without a plan nothing was done silently: the error says so.
            None => PlanResult { silent_failure: false, ..assessed },
        };
        let first_plan = replaced_plan(&exam).map(|first| FirstPlan::of(&self.true_spine.assess(first)));
        let segmentation = proposal.and_then(|proposal| proposal.segmentation.as_ref());
        let planner_ms = |stage: &str| proposal.and_then(|proposal| proposal.plan.latency_ms.get(stage).copied());
        let whole = extent == Extent::Whole;
        let attempt = AttemptResult {
            arm: Arm::Automated,
            observer: repeat_name(repeat),
            plan,
            first_plan,
            structures: segmentation.map(|seen| overlap(&self.patient, seen)).unwrap_or_default(),
            examination: ExaminationResult {
                repeats: whole.then_some(note.repeats),
                scan_time_s: whole.then_some(note.scan_time_s),
                planning_time_s: None,
                error,
            },
            timings: Timings {
                synthesize_ms: Some(self.synthesize_ms),
                acquire_ms: Some(clock.acquire_ms),
                segment_ms: planner_ms("segment"),
                label_ms: planner_ms("label"),
                count_ms: planner_ms("count"),
                plan_ms: planner_ms("plan"),
                check_ms: whole.then_some(clock.check_ms),
                loop_ms: Some(clock.loop_ms),
            },
        };
        (exam, attempt, note.warnings)
    }

    /// The collaborative and the manual arm: every technologist of the panel plans once in each.
    fn panel(&self, setup: &ScenarioSetup, proposals: &[ScanPlan], contrast: f64) -> Vec<AttemptResult> {
        let spine = visible(&self.truth);
        let rules = &setup.prescription;
        let mut attempts = Vec::new();
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
                attempts.push(AttemptResult {
                    arm,
                    observer: technologist.name.clone(),
                    plan: self.true_spine.assess(&attempt.plan),
                    first_plan: None,
                    structures: Vec::new(),
                    examination: ExaminationResult {
                        planning_time_s: Some(attempt.planning_time_s),
                        ..ExaminationResult::default()
                    },
                    timings: Timings::default(),
                });
            }
        }
        attempts
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
        run_to_end(exam, command, planner, &mut |event| note.take(event))?;
    }
    clock.acquire_ms = ms_since(begin);
    let begin = Instant::now();
    run_to_end(exam, Command::ProposePlan, planner, &mut |event| note.take(event))?;
    clock.loop_ms = ms_since(begin);
    if extent == Extent::Whole {
        let begin = Instant::now();
        scan_and_check(exam, planner, &mut |event| note.take(event))?;
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

/// What the result needs of the events.
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
            Event::PlannerFailed { reason } => drop(self.planner_failed.get_or_insert_with(|| reason.clone())),
            Event::HelpCalled { flags } => {
                self.warnings.extend(flags.iter().map(|flag| format!("help called: {}", flag.message)));
            }
            Event::PlannerWarned { message } => self.warnings.push(message.clone()),
            Event::Replanned { reason } => self.warnings.push(format!("re-planned: {reason}")),
            Event::RepeatOrdered { name, .. } => self.warnings.push(format!("repeated: {name}")),
            Event::Closed { scan_time_s, repeats, .. } => {
                self.scan_time_s = *scan_time_s;
                self.repeats = *repeats;
            }
            _ => {}
        }
    }
}

/// The plan whose slices were scanned; where none was adopted, the planner's proposal.
fn judged_plan(exam: &Examination) -> Option<&ScanPlan> {
    exam.plan().or_else(|| exam.proposal().map(|proposal| &proposal.plan))
}

/// The planner's proposal, if another plan took its place.
fn replaced_plan(exam: &Examination) -> Option<&ScanPlan> {
    let proposal = exam.proposal().map(|proposal| &proposal.plan)?;
    exam.plan().is_some_and(|adopted| adopted != proposal).then_some(proposal)
}

fn images_and_plan(exam: &Examination, truth: SpineTruth, registration: Registration) -> Seen {
    let scanned = exam.queue().iter().filter_map(|series| series.scanned.as_ref());
    let localizer = exam.localizer().iter();
    Seen {
        truth,
        localizer: localizer.map(|(orientation, stack)| (*orientation, stack.images.as_ref().clone())).collect(),
        segmentation: exam
            .proposal()
            .and_then(|proposal| proposal.segmentation.as_ref())
            .map(|seen| seen.labels.clone()),
        plan: judged_plan(exam).cloned(),
        first_plan: replaced_plan(exam).cloned(),
        series: scanned.map(|stack| (stack.group.clone(), stack.images.as_ref().clone())).collect(),
        registration,
    }
}
