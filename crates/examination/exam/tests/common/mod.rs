//! A coarse protocol, an ordinary patient, and planners that do as they are told.

use std::sync::Arc;

use exam::automated::run_to_end;
use exam::{Command, Event, Examination, LoopLimits, Registration};
use geometry::{PatientPosition, Point, PrescriptionRules, SliceGroup, SliceTarget};
use phantom::{PatientOnTable, Population, Positioning, Spine};
use planner::{Planned, Planner, PlannerError, PlanningRequest, ScanPlan};
use randomness::Stream;
use scanner::Protocol;

/// It never has a plan.
pub struct Absent;

impl Planner for Absent {
    fn name(&self) -> String {
        "absent".into()
    }

    fn plan(&mut self, _: &PlanningRequest<'_>) -> Result<Planned, PlannerError> {
        Err(PlannerError::Ended("there is none".into()))
    }
}

/// Slices coarse enough for a test.
pub fn protocol() -> Protocol {
    let mut protocol = Protocol::builtin("lumbar-1.5t").expect("it ships");
    for stack in [&mut protocol.localizer.sagittal, &mut protocol.localizer.coronal, &mut protocol.localizer.axial] {
        stack.matrix = [64, 64];
    }
    protocol
}

/// The rules that go with it.
pub fn rules() -> PrescriptionRules {
    let mut rules = protocol().prescription();
    rules.sagittal.matrix = [96, 96];
    rules.axial.matrix = [64, 64];
    rules
}

/// An ordinary adult, a little turned.
pub fn patient() -> PatientOnTable {
    let parameters = Population::adult_lumbar().sample(&Stream::from_seed(500));
    let spine = Spine::build(&parameters, true).expect("an ordinary adult");
    let positioning = Positioning { yaw_deg: 4.0, offset_mm: [6.0, 0.0, 0.0], ..Positioning::default() };
    PatientOnTable::new(Arc::new(spine), positioning)
}

/// Nothing has been done.
pub fn examination() -> Examination {
    let protocol = protocol();
    let stream = Stream::from_seed(1);
    Examination::new(patient(), protocol.scanner(), protocol, rules(), LoopLimits::default(), stream)
}

/// The registration in a position.
pub fn registration(position: PatientPosition) -> Command {
    let (age_years, weight_kg, height_cm) = (40.0, 70.0, 170.0);
    Command::Register(Registration { patient_id: "1".into(), age_years, weight_kg, height_cm, position })
}

/// A coarse axial group.
pub fn group(name: &str, z_mm: f64) -> SliceGroup {
    let [_, _, axial] = scanner::localizer(&protocol());
    let disc = name.strip_prefix("axial ").unwrap_or("L1/L2").parse().expect("a disc");
    SliceGroup {
        name: name.into(),
        target: SliceTarget::Disc(disc),
        centre: Point::new(0.0, 0.0, z_mm),
        slices: 3,
        matrix: [64, 64],
        ..axial
    }
}

/// A plan of these groups alone.
pub fn plan(groups: Vec<SliceGroup>) -> ScanPlan {
    ScanPlan { groups, ..ScanPlan::default() }
}

/// A command with its jobs; what happened.
pub fn run(exam: &mut Examination, command: Command, planner: &mut dyn Planner) -> Vec<Event> {
    let mut events = Vec::new();
    run_to_end(exam, command, planner, &mut |event| events.push(event.clone())).expect("it can be done now");
    events
}
