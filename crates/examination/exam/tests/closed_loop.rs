//! The examination as a state machine: what it refuses, what it does when an image check fails.

use std::sync::Arc;

use exam::automated::{run_to_end, scan_and_check};
use exam::{Command, Event, Examination, LoopLimits, Refused, Registration};
use geometry::{PatientPosition, PrescriptionRules, Vertebra};
use nalgebra::{Rotation3, Vector3};
use phantom::{PatientOnTable, Population, Positioning, Spine, SpineTruth};
use planner::{Flag, FlagCode, Planned, Planner, PlannerError, PlanningRequest, ReadSpine, ScanPlan};
use randomness::Stream;
use scanner::Protocol;

/// Answers what it was told to, plan by plan; the last answer again and again.
struct Scripted {
    answers: Vec<Result<ScanPlan, ()>>,
    asked: usize,
}

impl Planner for Scripted {
    fn name(&self) -> String {
        "scripted".into()
    }

    fn plan(&mut self, _: &PlanningRequest<'_>) -> Result<Planned, PlannerError> {
        let answer = self.answers[self.asked.min(self.answers.len() - 1)].clone();
        self.asked += 1;
        match answer {
            Ok(plan) => Ok(Planned { plan, segmentation: None, warnings: Vec::new() }),
            Err(()) => Err(PlannerError::Ended("it crashed".into())),
        }
    }
}

fn scripted(answers: Vec<Result<ScanPlan, ()>>) -> Scripted {
    Scripted { answers, asked: 0 }
}

/// Slices coarse enough for a test.
fn rules() -> PrescriptionRules {
    let mut rules = PrescriptionRules::default();
    rules.sagittal.matrix = [96, 96];
    rules.axial.matrix = [64, 64];
    rules
}

fn patient() -> PatientOnTable {
    let parameters = Population::adult_lumbar().sample(&Stream::from_seed(500));
    let spine = Spine::build(&parameters, true).expect("an ordinary adult");
    PatientOnTable::new(Arc::new(spine), Positioning::default())
}

fn examination(patient: PatientOnTable) -> Examination {
    let mut protocol = Protocol::builtin("lumbar-1.5t").expect("it ships");
    for stack in [&mut protocol.localizer.sagittal, &mut protocol.localizer.coronal, &mut protocol.localizer.axial] {
        stack.matrix = [64, 64];
    }
    let scanner = protocol.scanner();
    Examination::new(patient, scanner, protocol, rules(), LoopLimits::default(), Stream::from_seed(1))
}

fn registration() -> Registration {
    Registration {
        patient_id: "1".into(),
        age_years: 40.0,
        weight_kg: 70.0,
        height_cm: 170.0,
        position: PatientPosition::HeadFirstSupine,
    }
}

/// The plan that the truth asks for, every disc tilted by an angle.
fn plan(truth: &SpineTruth, tilt_deg: f64) -> ScanPlan {
    let turn = Rotation3::from_axis_angle(&Vector3::x_axis(), tilt_deg.to_radians());
    let mut spine = truth.labelled();
    spine.discs.retain(|disc| disc.label.upper >= Vertebra::L3);
    spine.discs.iter_mut().for_each(|disc| disc.plane.normal = turn * disc.plane.normal);
    spine.anterior_wall.clear();
    ReadSpine::certain(spine).plan(&rules())
}

/// Localizer, proposal and the automated rest; every event.
fn examine(exam: &mut Examination, planner: &mut Scripted) -> Vec<Event> {
    let mut events = Vec::new();
    for command in [Command::Register(registration()), Command::ScanLocalizer, Command::ProposePlan] {
        run_to_end(exam, command, planner, &mut |event| events.push(event.clone())).expect("in order");
    }
    scan_and_check(exam, planner, &mut |event| events.push(event.clone())).expect("it can be scanned");
    events
}

#[test]
fn commands_out_of_order_are_refused_and_change_nothing() {
    let mut exam = examination(patient());
    let refusal = |exam: &mut Examination, command| exam.handle(command).expect_err("out of order");
    assert_eq!(refusal(&mut exam, Command::ScanLocalizer), Refused::NotRegistered);
    assert_eq!(refusal(&mut exam, Command::ProposePlan), Refused::NoLocalizer);
    assert_eq!(refusal(&mut exam, Command::ScanNext), Refused::EmptyQueue);
    assert_eq!(refusal(&mut exam, Command::Check), Refused::NothingToCheck);
    let closed = exam.handle(Command::Close).expect("it may be closed at any time");
    assert!(closed.job.is_none());
    assert_eq!(refusal(&mut exam, Command::ScanLocalizer), Refused::Closed);
}

#[test]
fn a_good_plan_is_scanned_once_and_accepted() {
    let patient = patient();
    let good = plan(&patient.truth(), 0.0);
    let mut exam = examination(patient);
    let events = examine(&mut exam, &mut scripted(vec![Ok(good)]));
    assert!(exam.is_complete());
    assert!(
        matches!(events.last(), Some(Event::Closed { repeats: 0, complete: true, scan_time_s }) if *scan_time_s > 60.0)
    );
}

#[test]
fn a_plan_that_the_sagittal_series_contradicts_is_replaced() {
    let patient = patient();
    let (tilted, good) = (plan(&patient.truth(), 6.0), plan(&patient.truth(), 0.0));
    let mut exam = examination(patient);
    let events = examine(&mut exam, &mut scripted(vec![Ok(tilted), Ok(good.clone())]));
    assert!(events.iter().any(|event| matches!(event, Event::Replanned { .. })));
    assert!(exam.is_complete());
    let axial = |plan: &ScanPlan| plan.disc_groups().cloned().collect::<Vec<_>>();
    let scanned: Vec<_> =
        exam.queue().iter().filter(|s| s.group.target.disc().is_some()).map(|s| s.group.clone()).collect();
    assert_eq!(scanned, axial(&good), "the axial slices are those of the second plan");
    assert_eq!(exam.plan().map(axial), Some(axial(&good)));
}

#[test]
fn a_critical_flag_or_a_crashed_planner_ends_without_planned_slices() {
    let patient = patient();
    let mut flagged = plan(&patient.truth(), 0.0);
    flagged.flags.push(Flag::critical(FlagCode::SacrumOutOfView, "no sacrum"));
    for (answer, expected) in [(Ok(flagged), "HelpCalled"), (Err(()), "PlannerFailed")] {
        let mut exam = examination(patient.clone());
        let events = examine(&mut exam, &mut scripted(vec![answer]));
        assert!(events.iter().any(|event| format!("{event:?}").starts_with(expected)), "{events:?}");
        assert!(exam.queue().is_empty() && exam.is_closed() && !exam.is_complete());
    }
}
