//! Attempts for the tests of this crate: what a console would record, with figures that do not end in binary.

use assessment::attempt::{ATTEMPT_FORMAT_VERSION, ProposalUse, RecordedAttempt};
use exam::PatientSetup;
use geometry::{Direction, Disc, PatientPosition, PhaseEncoding, Point, SliceGroup, SliceTarget, Vector};
use planner::{PlannedLevel, ScanPlan};
use results::Arm;

use crate::record::{Mode, SessionRecord};
use crate::score::{Item, Score, Subject};

/// An attempt at the routine exercise by a trainee who was `tilt_deg` off at L5/S1.
pub(crate) fn record(trainee: &str, ended_at: &str, tilt_deg: f64) -> SessionRecord {
    SessionRecord {
        trainee: trainee.to_owned(),
        title: "Routine lumbar spine, supine".to_owned(),
        mode: Mode::Exam,
        ended_at: ended_at.to_owned(),
        duration_s: 1000.0 / 3.0,
        score: Score { items: items(tilt_deg), pass_mark: Some(70.0), failures: Vec::new() },
        attempt: attempt(trainee, tilt_deg),
        journal: vec![r#"{"at-s":0.1,"intent":{"land":{}}}"#.to_owned(), "second \"line\" with ü and ≥".to_owned()],
    }
}

fn items(tilt_deg: f64) -> Vec<Item> {
    let item = |subject, disc: Option<&str>, points, of, measured, explanation: &str| Item {
        subject,
        disc: disc.map(disc_of),
        points,
        of,
        measured,
        explanation: explanation.to_owned(),
    };
    let mut items = vec![
        item(
            Subject::Safety,
            None,
            10.0,
            10.0,
            None,
            "Identity, implants and screening were checked before the table moved.",
        ),
        item(Subject::Level, Some("L4/L5"), 5.0, 5.0, None, "The group named L4/L5 lies on L4/L5."),
        item(Subject::Level, Some("L5/S1"), 5.0, 5.0, None, "The group named L5/S1 lies on L5/S1."),
        item(
            Subject::Angle,
            Some("L4/L5"),
            9.1,
            10.0,
            Some(1.4),
            "L4/L5 group is 1.4° from the disc's plane; up to 1° is full marks.",
        ),
    ];
    items.push(item(
        Subject::Angle,
        Some("L5/S1"),
        (10.0 - tilt_deg).max(0.0),
        10.0,
        Some(tilt_deg),
        &format!(
            "L5/S1 group is {tilt_deg:.1}° short of the disc's tilt: see the dashed plane on the sagittal view. \
             Tilt the group until its middle line runs parallel to both endplates."
        ),
    ));
    items.extend([
        item(
            Subject::Centre,
            Some("L4/L5"),
            4.6,
            5.0,
            Some(1.2),
            "The middle slice lies 1.2 mm below the disc's plane.",
        ),
        item(
            Subject::Centre,
            Some("L5/S1"),
            5.0,
            5.0,
            Some(0.4),
            "The middle slice lies 0.4 mm from the disc's plane (≤ 1 mm is full marks).",
        ),
        item(
            Subject::Coverage,
            None,
            18.0,
            20.0,
            Some(0.96),
            "The slices show 0.96 of the discs and the canal; the upper edge of L4/L5 is cut off at the back.",
        ),
        item(
            Subject::Time,
            None,
            7.5,
            10.0,
            Some(1000.0 / 3.0),
            "5 min 33 s at the console; 5 min would have been full marks.",
        ),
        item(Subject::Repeats, None, 5.0, 5.0, Some(0.0), "No series was scanned twice."),
    ]);
    items
}

fn attempt(trainee: &str, tilt_deg: f64) -> RecordedAttempt {
    let tilt = tilt_deg.to_radians();
    let column = Direction::new_normalize(Vector::new(0.0, tilt.cos(), tilt.sin()));
    RecordedAttempt {
        format_version: ATTEMPT_FORMAT_VERSION,
        scenario: "lumbar-routine".to_owned(),
        seed: u64::MAX,
        case: 3,
        arm: Arm::Collaborative,
        proposal: Some(ProposalUse::Adjusted),
        observer: trainee.to_owned(),
        landing: PatientSetup { landmark_error_mm: -0.1 * 3.0, ..PatientSetup::default() },
        registered_position: PatientPosition::HeadFirstSupine,
        plan: ScanPlan {
            levels: vec![PlannedLevel {
                label: disc_of("L5/S1"),
                centre: Point::new(0.1 + 0.2, -1.0 / 3.0, 1e-17),
                normal: Direction::new_normalize(Vector::new(0.0, -tilt.sin(), tilt.cos())),
                confidence: 0.987_654_321,
            }],
            groups: vec![SliceGroup {
                name: "axial L5/S1".to_owned(),
                target: SliceTarget::Disc(disc_of("L5/S1")),
                centre: Point::new(0.1 + 0.2, -1.0 / 3.0, 1e-17),
                row: Vector::x_axis(),
                column,
                slices: 5,
                thickness_mm: 4.0,
                gap_mm: 0.4,
                fov_mm: [180.0, 180.0],
                matrix: [256, 256],
                phase_encoding: PhaseEncoding::Row,
            }],
            ..ScanPlan::default()
        },
        planning_time_s: 123.456_789,
        scan_time_s: 2.0 / 7.0,
        repeats: 0,
        called_off: false,
        marks: None,
    }
}

fn disc_of(name: &str) -> Disc {
    name.parse().expect("the fixtures name discs that exist")
}
