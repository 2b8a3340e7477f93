use std::path::Path;

use exam::PatientSetup;
use geometry::{PatientPosition, Vector};
use nalgebra::{Translation3, UnitQuaternion};

use super::*;
use crate::{Library, ScenarioSetup};
use assessment::true_plan;

const SCENARIO: &str = "
format-version = 1
name = 'people'
seed = 7
cases = 2
[patients]
population = 'adult-lumbar'
[planner]
kind = 'command'
command = './planner'
";

fn setup() -> ScenarioSetup {
    ScenarioSetup::from_text(Path::new("people.toml"), SCENARIO, &Library::default()).expect("right")
}

/// A set-up with consequences, and the plan that the truth then asks for, labelled by a position.
fn perfect(setup: &ScenarioSetup, landing: PatientSetup, registered: PatientPosition) -> RecordedAttempt {
    let (drawn, _) = patient_of_case(setup, 7, 1);
    let plan = true_plan(&landing.apply_to(&drawn).truth(), &setup.prescription);
    let labelled = exam::registered_to_patient(registered, landing.position).inverse();
    RecordedAttempt {
        format_version: ATTEMPT_FORMAT_VERSION,
        scenario: "people".into(),
        seed: 7,
        case: 1,
        arm: Arm::Manual,
        proposal: None,
        observer: "Ida".into(),
        landing,
        registered_position: registered,
        plan: plan.moved(&labelled),
        planning_time_s: 61.0,
        scan_time_s: 412.0,
        repeats: 1,
        called_off: false,
        marks: None,
    }
}

fn worst_angle_deg(scored: &Scored) -> f64 {
    let discs = scored.result.plan.discs.iter();
    discs.map(|disc| disc.angle_deg.expect("every disc is planned")).fold(0.0, f64::max)
}

#[test]
fn renaming_groups_changes_no_row() {
    let setup = setup();
    let attempt = perfect(&setup, PatientSetup::default(), PatientPosition::HeadFirstSupine);
    let mut renamed = attempt.clone();
    renamed.plan.groups.iter_mut().for_each(|group| group.name = "axial L1/L2".into());
    assert_eq!(scored(&setup, &renamed).result, scored(&setup, &attempt).result);
}

#[test]
fn an_attempt_whose_plan_is_of_version_1_is_still_scored() {
    let setup = setup();
    let attempt = perfect(&setup, PatientSetup::default(), PatientPosition::HeadFirstSupine);
    let mut written = serde_json::to_value(&attempt).expect("JSON");
    let plan = written["plan"].as_object_mut().expect("an object");
    plan.remove("format_version").expect("written");
    for group in plan["groups"].as_array_mut().expect("a list") {
        group.as_object_mut().expect("an object").remove("target").expect("written");
    }
    let read: RecordedAttempt = serde_json::from_value(written).expect("an older attempt");
    assert_eq!(scored(&setup, &read).result, scored(&setup, &attempt).result);
}

#[test]
fn a_true_plan_scores_nothing_and_five_degrees_score_five() {
    let setup = setup();
    let landing = PatientSetup { landmark_error_mm: -35.0, knee_cushion: false, ..PatientSetup::default() };
    let attempt = perfect(&setup, landing, PatientPosition::HeadFirstSupine);
    let right = scored(&setup, &attempt);
    assert!(worst_angle_deg(&right) < 1e-5, "{}", worst_angle_deg(&right));
    assert!(right.result.plan.discs.iter().all(|disc| disc.identified));
    let took = &right.result.examination;
    assert_eq!((took.planning_time_s, took.scan_time_s, took.repeats), (Some(61.0), Some(412.0), Some(1)));
    assert_eq!((right.result.arm, right.result.observer.as_str()), (Arm::Manual, "Ida"));

    // Every group and level turned about the axis through its own middle, in the sagittal view.
    let turned = |xyz: &geometry::Point| {
        let turn = UnitQuaternion::from_axis_angle(&Vector::x_axis(), 5.0_f64.to_radians());
        let there = Translation3::from(xyz.coords);
        there * geometry::Pose::from_parts(Translation3::identity(), turn) * there.inverse()
    };
    let mut off = attempt.clone();
    off.plan.groups.iter_mut().for_each(|group| *group = group.moved(&turned(&group.centre)));
    off.plan.levels.iter_mut().for_each(|level| *level = level.moved(&turned(&level.centre)));
    for disc in scored(&setup, &off).result.plan.discs {
        let angle_deg = disc.angle_deg.expect("planned");
        // A disc that is tilted sideways turns by a little less.
        assert!((4.8..=5.0 + 1e-6).contains(&angle_deg), "{}: {angle_deg}", disc.disc);
    }

    let drawn = PatientSetup { landmark_error_mm: 0.0, ..landing };
    let elsewhere = scored(&setup, &RecordedAttempt { landing: drawn, ..attempt }).result.plan;
    assert!(elsewhere.discs.iter().any(|disc| !disc.identified), "a patient 35 mm off is not where it was planned");
}

#[test]
fn a_plan_in_wrongly_registered_coordinates_is_scored_in_true_ones() {
    let setup = setup();
    let landing = PatientSetup { position: PatientPosition::FeetFirstProne, ..PatientSetup::default() };
    let wrong = perfect(&setup, landing, PatientPosition::HeadFirstSupine);
    let scored_wrong = scored(&setup, &wrong);
    assert!(worst_angle_deg(&scored_wrong) < 1e-5);
    let lowest = scored_wrong.plan.levels.last().expect("levels").centre
        - scored_wrong.truth.discs.last().expect("discs").labelled.plane.centre;
    assert!(lowest.norm() < 1e-6, "{lowest}");
    let blind = RecordedAttempt { registered_position: PatientPosition::FeetFirstProne, ..wrong };
    assert!(scored(&setup, &blind).result.plan.discs.iter().any(|disc| !disc.identified));
}

#[test]
fn lines_are_read_and_mistakes_named_with_their_line() {
    let setup = setup();
    let attempt = perfect(&setup, PatientSetup::default(), PatientPosition::HeadFirstSupine);
    let line = serde_json::to_string(&attempt).expect("JSON");
    let path = Path::new("ida.jsonl");
    let read = parse(path, &format!("# Ida\n\n{line}\n  \n{line}\n")).expect("two attempts");
    assert_eq!(read.iter().map(|line| line.line).collect::<Vec<_>>(), [3, 5]);
    // Directions are normalized when they are read, which may change their last bit.
    let same_plan = RecordedAttempt { plan: attempt.plan.clone(), ..read[0].attempt.clone() };
    assert_eq!(same_plan, attempt);
    assert_eq!(read[0].attempt.plan.levels, attempt.plan.levels);
    assert!(
        (worst_angle_deg(&scored(&setup, &read[0].attempt)) - worst_angle_deg(&scored(&setup, &attempt))).abs() < 1e-5
    );

    let mut setups = [setup];
    assert_eq!(hash(&setups), None);
    assign(&mut setups, read, None).expect("of this run");
    let observers: Vec<_> = setups[0].attempts.iter().map(|attempt| attempt.observer.as_str()).collect();
    assert_eq!(observers, ["Ida", "Ida #2"]);
    assert!(hash(&setups).is_some());

    for (right, wrong, message) in [
        ("\"format-version\":1", "\"format-version\":2", "ida.jsonl:1: format-version is 2, expected 1"),
        ("\"arm\":\"manual\"", "\"arm\":\"automated\"", "ida.jsonl:1: arm is automated, expected manual or collab"),
        ("\"observer\":\"Ida\"", "\"observer\":\" \"", "ida.jsonl:1: observer is empty, expected a name"),
        ("61.0", "-1.0", "ida.jsonl:1: planning-time-s is -1, expected seconds"),
        (
            "\"landmark-error-mm\":0.0",
            "\"landmark-error-mm\":1e9",
            "the patient set-up's landmark-error-mm is 1000000000 mm",
        ),
        ("\"repeats\":1", "\"repeats\":-1", "ida.jsonl:1:"),
        ("\"repeats\":1", "\"repaets\":1", "unknown field `repaets`, expected one of"),
        (
            "\"scenario\":\"people\"",
            "\"scenario\":\"peolpe\"",
            "scenario is 'peolpe', expected a scenario of this run: people (did you mean 'people'?)",
        ),
        ("\"seed\":7", "\"seed\":8", "ida.jsonl:1: seed is 8, expected 7"),
        ("\"case\":1", "\"case\":2", "ida.jsonl:1: case is 2, expected a case of 'people', 0 to 1"),
    ] {
        let text = line.replacen(right, wrong, 1);
        assert_ne!(text, line, "{right} is not in the line");
        let read = parse(path, &text).and_then(|lines| assign(&mut setups, lines, None));
        let told = read.expect_err(wrong).to_string();
        assert!(told.contains(message), "{told}");
    }
    let taken = setups[0].panel.technologists[0].name.clone();
    let namesake = line.replacen("\"observer\":\"Ida\"", &format!("\"observer\":\"{taken}\""), 1);
    let read = parse(path, &namesake).and_then(|lines| assign(&mut setups, lines, None));
    assert!(read.expect_err("taken").to_string().contains("observer"));
}
