//! Plans made by people at the console are scored like those of the simulated technologists, in the same run.

use std::path::{Path, PathBuf};

use assessment::attempt::{ATTEMPT_FORMAT_VERSION, RecordedAttempt};
use assessment::true_plan;
use geometry::{PatientPosition, Pose, Vector};
use results::{Arm, AttemptResult};
use scenario::ScenarioSetup;
use scenario::patient_of_case;

use crate::support::{SMALL, complaint, output, plumbline, scenario};

/// The true plan of case 0 for a patient set-up, registered in a wrong patient position.
fn perfect(scenario: &Path, observer: &str) -> RecordedAttempt {
    let setup = ScenarioSetup::load(scenario).expect("a scenario");
    let landing = off_centre();
    let (drawn, _) = patient_of_case(&setup, 4711, 0);
    let plan = true_plan(&landing.apply_to(&drawn).truth(), &setup.prescription);
    let registered_position = PatientPosition::FeetFirstSupine;
    let to_patient = exam::registered_to_patient(registered_position, landing.position);
    RecordedAttempt {
        format_version: ATTEMPT_FORMAT_VERSION,
        scenario: "small".into(),
        seed: 4711,
        case: 0,
        arm: Arm::Manual,
        proposal: None,
        observer: observer.into(),
        landing,
        registered_position,
        plan: plan.moved(&to_patient.inverse()),
        planning_time_s: 75.5,
        scan_time_s: 600.0,
        repeats: 2,
        called_off: false,
        marks: None,
    }
}

/// L3 does not lie at the isocentre.
fn off_centre() -> exam::PatientSetup {
    exam::PatientSetup { landmark_error_mm: 22.0, ..exam::PatientSetup::default() }
}

/// Every group and level rotated about the left–right axis through its own centre.
fn turned(mut attempt: RecordedAttempt, angle_deg: f64) -> RecordedAttempt {
    let turn = |centre: geometry::Point| {
        let turn = Pose::rotation(Vector::x() * angle_deg.to_radians());
        Pose::translation(centre.x, centre.y, centre.z) * turn * Pose::translation(-centre.x, -centre.y, -centre.z)
    };
    attempt.plan.groups.iter_mut().for_each(|group| *group = group.moved(&turn(group.centre)));
    attempt.plan.levels.iter_mut().for_each(|level| *level = level.moved(&turn(level.centre)));
    attempt
}

fn write(folder: &Path, name: &str, attempts: &[RecordedAttempt]) -> PathBuf {
    let path = folder.join(name);
    let lines: Vec<_> = attempts.iter().map(|attempt| serde_json::to_string(attempt).expect("JSON")).collect();
    std::fs::write(&path, format!("# at the console\n{}\n", lines.join("\n"))).expect("written");
    path
}

#[test]
fn a_true_plan_has_no_error_and_a_tilt_of_five_degrees_an_error_of_five() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = scenario(folder.path(), SMALL);
    let right = perfect(&scenario, "Ida");
    let off = turned(perfect(&scenario, "Max"), 5.0);
    let files = [write(folder.path(), "ida.jsonl", &[right]), write(folder.path(), "max.jsonl", &[off])];
    let out = folder.path().join("out");
    let command = |attempts: &[PathBuf]| {
        let mut command = plumbline();
        // No planner is needed to score people.
        command.arg("run").arg(&scenario).arg("--out").arg(&out).args(["--planner", "cmd:false", "--case", "0"]);
        for file in attempts {
            command.arg("--attempts").arg(file);
        }
        command
    };
    let first = output(&mut command(&files));
    assert_eq!(first.status.code(), Some(0), "{}", complaint(&first));

    let run = run_store::open(&out).expect("a run");
    let attempts = || run.cases.iter().flat_map(|case| &case.attempts);
    let attempt_of = |observer: &str| -> &AttemptResult {
        attempts().find(|attempt| attempt.observer == observer).expect("an attempt")
    };
    let angles_of = |observer: &str| -> Vec<f64> {
        let discs = attempt_of(observer).plan.discs.iter();
        discs.map(|disc| disc.angle_deg.expect("every disc is planned")).collect()
    };
    assert!(
        angles_of("Ida").len() >= 5 && angles_of("Ida").iter().all(|angle| *angle < 1e-5),
        "{:?}",
        angles_of("Ida")
    );
    assert!(angles_of("Max").iter().all(|angle| (4.7..=5.0 + 1e-6).contains(angle)), "{:?}", angles_of("Max"));
    let took = &attempt_of("Ida").examination;
    assert_eq!((took.planning_time_s, took.scan_time_s, took.repeats), (Some(75.5), Some(600.0), Some(2)));
    assert_eq!(attempt_of("Ida").arm, Arm::Manual);
    let people = ["Ida", "Max"];
    assert!(attempts().any(|attempt| attempt.arm == Arm::Manual && !people.contains(&attempt.observer.as_str())));

    // The attempts are part of the run's identity.
    let refused = output(command(&files[..1]).arg("--resume"));
    assert_eq!(refused.status.code(), Some(2), "{}", complaint(&refused));
    assert!(complaint(&refused).contains("attempts"), "{}", complaint(&refused));
}

#[test]
fn attempts_of_another_scenario_seed_or_case_are_refused_with_their_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = scenario(folder.path(), SMALL);
    let right = perfect(&scenario, "Ida");
    let wrong = [
        (RecordedAttempt { scenario: "large".into(), ..right.clone() }, "'large'"),
        (RecordedAttempt { seed: 4712, ..right.clone() }, "4712"),
        (RecordedAttempt { case: 2, ..right.clone() }, "0 to 1"),
    ];
    let refused = |attempts: &Path| {
        let out = folder.path().join("out");
        let output =
            output(plumbline().arg("run").arg(&scenario).arg("--attempts").arg(attempts).arg("--out").arg(&out));
        assert_eq!(output.status.code(), Some(2), "{}", complaint(&output));
        assert!(!out.exists());
        complaint(&output).split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
    };
    for (attempt, expected) in wrong {
        let complaint = refused(&write(folder.path(), "wrong.jsonl", &[right.clone(), attempt]));
        assert!(complaint.contains("wrong.jsonl:3") && complaint.contains(expected), "{complaint}");
    }
    let broken = folder.path().join("broken.jsonl");
    std::fs::write(&broken, "{\"format-version\": 1,").expect("written");
    assert!(refused(&broken).contains("broken.jsonl:1:"));
    assert!(refused(&folder.path().join("absent.jsonl")).contains("absent.jsonl"));
}
