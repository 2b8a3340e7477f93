//! What a person at the console can do: position the patient, register wrongly, and change the queue.

use std::sync::Arc;

use exam::automated::run_to_end;
use exam::{
    CoilChoice, Command, Event, Examination, LoopLimits, PatientSetup, Refused, Registration, SeriesId, SeriesState,
    Stack,
};
use geometry::{PatientPosition, Point, SliceGroup, SliceTarget, Volume};
use phantom::{PatientOnTable, Population, Positioning, Spine};
use planner::{Planned, Planner, PlannerError, PlanningRequest, ScanPlan};
use randomness::Stream;
use scanner::{Protocol, SeriesProtocol};

/// Nobody asks it.
struct Absent;

impl Planner for Absent {
    fn name(&self) -> String {
        "absent".into()
    }

    fn plan(&mut self, _: &PlanningRequest<'_>) -> Result<Planned, PlannerError> {
        Err(PlannerError::Ended("there is none".into()))
    }
}

/// Slices coarse enough for a test.
fn protocol() -> Protocol {
    let mut protocol = Protocol::builtin("lumbar-1.5t").expect("it ships");
    for stack in [&mut protocol.localizer.sagittal, &mut protocol.localizer.coronal, &mut protocol.localizer.axial] {
        stack.matrix = [64, 64];
    }
    protocol
}

fn patient() -> PatientOnTable {
    let parameters = Population::adult_lumbar().sample(&Stream::from_seed(500));
    let spine = Spine::build(&parameters, true).expect("an ordinary adult");
    PatientOnTable::new(
        Arc::new(spine),
        Positioning { yaw_deg: 4.0, offset_mm: [6.0, 0.0, 0.0], ..Positioning::default() },
    )
}

fn examination() -> Examination {
    examined_by(protocol())
}

fn examined_by(protocol: Protocol) -> Examination {
    let (scanner, rules) = (protocol.scanner(), protocol.prescription());
    Examination::new(patient(), scanner, protocol, rules, LoopLimits::default(), Stream::from_seed(1))
}

fn registration(position: PatientPosition) -> Command {
    Command::Register(Registration {
        patient_id: "1".into(),
        age_years: 40.0,
        weight_kg: 70.0,
        height_cm: 170.0,
        position,
    })
}

fn carry_out(exam: &mut Examination, command: Command) -> Vec<Event> {
    let mut events = Vec::new();
    run_to_end(exam, command, &mut Absent, &mut |event| events.push(event.clone())).expect("it can be done now");
    events
}

fn refusal(exam: &mut Examination, command: Command) -> Refused {
    exam.handle(command).expect_err("it cannot be done now")
}

/// The sagittal localizer of a patient who is positioned and registered.
fn localizer(setup: PatientSetup, registered: PatientPosition) -> Volume<f32> {
    let mut exam = examination();
    for command in [Command::PositionPatient(setup), registration(registered), Command::ScanLocalizer] {
        carry_out(&mut exam, command);
    }
    exam.localizer()[0].1.images.as_ref().clone()
}

/// Pearson's correlation of two volumes, voxel by voxel.
fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let mean = |values: &[f32]| values.iter().map(|v| f64::from(*v)).sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (f64::from(*x) - mean_a, f64::from(*y) - mean_b);
        (ab, aa, bb) = (ab + x * y, aa + x * x, bb + y * y);
    }
    ab / (aa * bb).sqrt()
}

fn values(volume: &Volume<f32>) -> Vec<f32> {
    volume.data.iter().copied().collect()
}

/// Mean of the values near a place.
fn brightness(images: &Volume<f32>, place: Point, radius_mm: f64) -> f64 {
    let near: Vec<f64> = images
        .data
        .indexed_iter()
        .filter(|((k, j, i), _)| (images.grid.point([*i as f64, *j as f64, *k as f64]) - place).norm() < radius_mm)
        .map(|(_, value)| f64::from(*value))
        .collect();
    near.iter().sum::<f64>() / near.len() as f64
}

/// Signal over noise around the canal, the noise from the difference of two localizers of a patient who lies still.
fn signal_to_noise(coil: CoilChoice) -> f64 {
    // The real matrix: the test's coarse voxels have so little noise that the drift of shading between two scans hides it.
    let mut exam = examined_by(Protocol::builtin("lumbar-1.5t").expect("it ships"));
    carry_out(&mut exam, Command::PositionPatient(PatientSetup { coil, ..PatientSetup::default() }));
    carry_out(&mut exam, registration(PatientPosition::HeadFirstSupine));
    let mut scan = || {
        carry_out(&mut exam, Command::ScanLocalizer);
        exam.localizer()[0].1.images.as_ref().clone()
    };
    let (one, other) = (scan(), scan());
    let canal = Point::new(0.0, 45.0, 0.0);
    let squares = Volume::new(one.grid.clone(), (&one.data - &other.data).mapv(|difference| difference * difference));
    brightness(&one, canal, 25.0) / (brightness(&squares, canal, 25.0) / 2.0).sqrt()
}

/// The series of a number.
fn id(number: u32) -> SeriesId {
    SeriesId(number)
}

/// A coarse axial group.
fn group(name: &str, z_mm: f64) -> SliceGroup {
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

fn plan(groups: Vec<SliceGroup>) -> ScanPlan {
    ScanPlan { groups, ..ScanPlan::default() }
}

/// A registered patient with a plan of two groups.
fn planned() -> Examination {
    let mut exam = examination();
    carry_out(&mut exam, registration(PatientPosition::HeadFirstSupine));
    carry_out(&mut exam, Command::AdoptPlan(plan(vec![group("axial L3/L4", 0.0), group("axial L4/L5", -40.0)])));
    exam
}

/// Another contrast for the same slices.
fn t1() -> SeriesProtocol {
    let axial = protocol().axial_t2;
    SeriesProtocol { name: "t1".into(), averages: axial.averages + 1, ..axial }
}

#[test]
fn a_wrong_registration_turns_the_localizer() {
    let setup = PatientSetup::default();
    let right = localizer(setup, PatientPosition::HeadFirstSupine);
    let wrong = localizer(setup, PatientPosition::FeetFirstSupine);
    assert_eq!(right.grid, wrong.grid, "the console labels both alike");
    // 180° about y: slices run the other way, and so do the rows from head to foot.
    let mut turned = right.data.clone();
    turned.invert_axis(ndarray::Axis(0));
    turned.invert_axis(ndarray::Axis(1));
    let turned: Vec<f32> = turned.iter().copied().collect();
    assert!(correlation(&turned, &values(&wrong)) > 0.97, "{}", correlation(&turned, &values(&wrong)));
    assert!(correlation(&values(&right), &values(&wrong)) < 0.9);
}

#[test]
fn positioning_as_the_patient_lies_changes_no_voxel() {
    let mut untouched = examination();
    carry_out(&mut untouched, registration(PatientPosition::HeadFirstSupine));
    carry_out(&mut untouched, Command::ScanLocalizer);
    let positioned = localizer(PatientSetup::default(), PatientPosition::HeadFirstSupine);
    assert_eq!(*untouched.localizer()[0].1.images, positioned);
}

#[test]
fn a_landmark_error_moves_the_spine_in_the_images() {
    let at = |landmark_error_mm| {
        let setup = PatientSetup { landmark_error_mm, coil: CoilChoice::BodyCoil, ..PatientSetup::default() };
        localizer(setup, PatientPosition::HeadFirstSupine)
    };
    let (centred, off) = (at(0.0), at(60.0));
    let step_mm = centred.grid.spacing_mm[1];
    let [slices, rows, columns] = centred.grid.array_shape();
    // Head is at the top: towards the head is up by so many rows.
    let alike = |shift: usize| {
        let cut = |volume: &Volume<f32>, from: usize| {
            let kept = volume.data.slice(ndarray::s![.., from..from + rows - 20, ..]).to_owned();
            assert_eq!(kept.shape(), [slices, rows - 20, columns]);
            kept.iter().copied().collect::<Vec<_>>()
        };
        correlation(&cut(&centred, shift), &cut(&off, 0))
    };
    let best = (0..20).max_by(|a, b| alike(*a).total_cmp(&alike(*b))).expect("some");
    assert!((best as f64 * step_mm - 60.0).abs() <= step_mm, "moved by {} mm", best as f64 * step_mm);
}

#[test]
fn a_coil_far_off_darkens_the_spine_and_the_body_coil_is_noisy() {
    let with = |coil, coil_centre_mm| {
        let setup = PatientSetup { coil, coil_centre_mm, ..PatientSetup::default() };
        localizer(setup, PatientPosition::HeadFirstSupine)
    };
    let spine = Point::new(0.0, 30.0, 0.0);
    let (near, far) = (with(CoilChoice::SpineArray, 0.0), with(CoilChoice::SpineArray, 450.0));
    let (bright, dark) = (brightness(&near, spine, 25.0), brightness(&far, spine, 25.0));
    assert!(dark < 0.5 * bright, "{dark} against {bright}");
    // The canal's depth; the arrays are 75 mm away there.
    let (array, body) = (signal_to_noise(CoilChoice::SpineArray), signal_to_noise(CoilChoice::BodyCoil));
    assert!((0.3..0.5).contains(&(body / array)), "{body} against {array}");
    let front = Point::new(0.0, -50.0, 0.0);
    let (alone, both) = (with(CoilChoice::SpineArray, 0.0), with(CoilChoice::SpineAndBodyArray, 0.0));
    assert!(brightness(&both, front, 20.0) > brightness(&alone, front, 20.0), "the upper array sees the front");
}

#[test]
fn positioning_and_registering_again_discard_what_they_invalidate() {
    let mut exam = planned();
    carry_out(&mut exam, Command::ScanLocalizer);
    let spent_s = exam.scan_time_s();
    assert_eq!(carry_out(&mut exam, registration(PatientPosition::HeadFirstSupine)), [Event::Registered]);
    assert_eq!(exam.queue().len(), 2, "the same position leaves the labels right");
    let cushion = PatientSetup { knee_cushion: false, landmark_error_mm: 25.0, ..PatientSetup::default() };
    assert_eq!(carry_out(&mut exam, Command::PositionPatient(cushion)), [Event::PatientPositioned]);
    assert!(exam.localizer().is_empty() && exam.plan().is_none() && exam.queue().is_empty());
    assert_eq!(exam.scan_time_s(), spent_s);
    let positioning = exam.patient().positioning;
    assert_eq!(
        (positioning.yaw_deg, positioning.offset_mm, positioning.landmark_error_mm),
        (4.0, [6.0, 0.0, 0.0], 25.0)
    );
    let bent = |patient: &PatientOnTable| {
        let discs = patient.truth().labelled().discs;
        discs[0].plane.angle_deg(&discs[discs.len() - 1].plane)
    };
    assert!((bent(exam.patient()) - bent(&patient())).abs() > 1.0, "without the cushion the lordosis is another");

    carry_out(&mut exam, Command::ScanLocalizer);
    carry_out(&mut exam, registration(PatientPosition::FeetFirstProne));
    assert!(exam.localizer().is_empty());

    for wrong in [f64::NAN, 601.0, f64::NEG_INFINITY] {
        let refused = refusal(
            &mut exam,
            Command::PositionPatient(PatientSetup { coil_centre_mm: wrong, ..PatientSetup::default() }),
        );
        assert!(refused.to_string().contains("coil-centre-mm"), "{refused}");
    }
    assert_eq!(exam.setup(), Some(&cushion));
}

#[test]
fn a_stopped_series_costs_what_it_took_and_a_repeated_one_counts() {
    let mut exam = planned();
    carry_out(&mut exam, Command::ScanNext);
    let whole_s = exam.queue()[0].scan_time_s();
    assert_eq!(exam.scan_time_s(), whole_s);
    let stopped = carry_out(&mut exam, Command::Stop { series: id(0), elapsed_s: 10.0 });
    assert!(matches!(stopped[..], [Event::Stopped { series: SeriesId(0), scan_time_s: 10.0, .. }]), "{stopped:?}");
    assert!((exam.scan_time_s() - 10.0).abs() < 1e-9 && exam.queue()[0].scanned.is_none());
    assert_eq!((exam.repeats(), exam.queue()[0].state), (0, SeriesState::Stopped));

    carry_out(&mut exam, Command::Scan(id(1)));
    assert_eq!(refusal(&mut exam, Command::Scan(id(1))), Refused::AlreadyScanned { name: "axial L4/L5".into() });
    carry_out(&mut exam, Command::Repeat(id(1)));
    assert_eq!((exam.repeats(), exam.queue()[1].repeats()), (1, 1));
    carry_out(&mut exam, Command::Scan(id(1)));
    carry_out(&mut exam, Command::Accept(id(1)));
    assert_eq!(refusal(&mut exam, Command::Scan(id(1))), Refused::AlreadyAccepted { name: "axial L4/L5".into() });
    carry_out(&mut exam, Command::ScanNext);
    carry_out(&mut exam, Command::Accept(id(0)));
    assert!(exam.is_complete());
    assert_eq!(refusal(&mut exam, Command::ScanNext), Refused::EmptyQueue);
    let closed = carry_out(&mut exam, Command::Close);
    assert!(matches!(closed[..], [Event::Closed { repeats: 1, complete: true, .. }]), "{closed:?}");
}

#[test]
fn the_queue_refuses_what_makes_no_sense() {
    let mut exam = planned();
    let unknown = "there is no series 2; the queue has 0 'axial L3/L4', 1 'axial L4/L5'";
    for command in [
        Command::Scan(id(2)),
        Command::Remove(id(2)),
        Command::Repeat(id(2)),
        Command::Accept(id(2)),
        Command::Stop { series: id(2), elapsed_s: 1.0 },
        Command::SetProtocol { series: id(2), protocol: t1() },
    ] {
        assert_eq!(refusal(&mut exam, command).to_string(), unknown);
    }
    let unscanned = Refused::NotScanned { name: "axial L3/L4".into() };
    for command in [Command::Repeat(id(0)), Command::Accept(id(0)), Command::Stop { series: id(0), elapsed_s: 1.0 }] {
        assert_eq!(refusal(&mut exam, command), unscanned);
    }
    assert!(matches!(refusal(&mut exam, Command::Stop { series: id(0), elapsed_s: -1.0 }), Refused::NoTime(_)));
    assert_eq!(refusal(&mut exam, Command::Check), Refused::NothingToCheck);
}

#[test]
fn a_series_that_would_heat_the_patient_is_refused() {
    let mut exam = examined_by(Protocol { field_t: 3.0, ..protocol() });
    carry_out(&mut exam, registration(PatientPosition::HeadFirstSupine));
    let hot = SeriesProtocol {
        sequence: scanner::Sequence::TurboSpinEcho {
            tr_ms: 540.0,
            te_ms: 80.0,
            echo_train_length: 30,
            echo_spacing_ms: 5.5,
            restore: false,
            three_d: false,
        },
        concatenations: Some(1),
        bandwidth_hz_per_px: 500.0,
        ..t1()
    };
    let slices = group("axial L3/L4", 0.0);
    assert_eq!(hot.check(&slices), Ok(()), "nothing else is wrong with it");
    let limit = hot.check_exposure(&slices, 3.0).expect_err("too hot").to_string();
    carry_out(&mut exam, Command::Append { group: slices, protocol: hot });
    let refused = refusal(&mut exam, Command::Scan(id(0)));
    assert_eq!(refused, Refused::Impossible { name: "axial L3/L4".into(), reason: limit });
    assert_eq!(exam.scan_time_s(), 0.0);
    assert!(exam.queue()[0].scanned.is_none());
}

#[test]
fn series_are_appended_changed_and_removed() {
    let mut exam = planned();
    let appended = carry_out(&mut exam, Command::Append { group: group("axial L4/L5", -40.0), protocol: t1() });
    assert_eq!(appended, [Event::Appended { series: id(2), name: "axial L4/L5".into() }]);
    for series in 0..3 {
        carry_out(&mut exam, Command::Scan(id(series)));
    }
    let (t2, appended) = (exam.queue()[1].scanned.clone(), exam.queue()[2].scanned.clone());
    let mean = |stack: Option<Stack>| values(&stack.expect("scanned").images).iter().sum::<f32>();
    let (t2, appended) = (mean(t2), mean(appended));
    assert!((appended / t2 - 1.0).abs() < 0.2, "the same slices saturate each other in no series: {appended} {t2}");

    let unchanged = exam.queue()[1].protocol.clone();
    carry_out(&mut exam, Command::SetProtocol { series: id(1), protocol: t1() });
    assert!(exam.queue()[1].is_outdated() && exam.queue()[1].is_waiting());
    carry_out(&mut exam, Command::SetProtocol { series: id(1), protocol: unchanged });
    assert!(!exam.queue()[1].is_outdated() && !exam.queue()[1].is_waiting(), "the images are as prescribed again");
    carry_out(&mut exam, Command::SetProtocol { series: id(1), protocol: t1() });
    carry_out(&mut exam, Command::Remove(id(0)));
    assert_eq!(exam.queue().len(), 2);
    assert!(exam.queue()[1].appended && exam.queue()[1].scanned.is_some());
    let checked = carry_out(&mut exam, Command::Check);
    assert!(checked.iter().any(|event| matches!(event, Event::Checked { name, .. } if name == "axial L4/L5")));
    assert!(exam.queue()[1].is_accepted() || exam.queue()[1].repeats() == 1);
}

#[test]
fn another_plan_keeps_what_it_leaves_unchanged() {
    let mut exam = planned();
    carry_out(&mut exam, Command::SetProtocol { series: id(1), protocol: t1() });
    carry_out(&mut exam, Command::Append { group: group("axial L4/L5", -40.0), protocol: t1() });
    carry_out(&mut exam, Command::Append { group: group("mine", 80.0), protocol: t1() });
    carry_out(&mut exam, Command::Scan(id(0)));
    carry_out(&mut exam, Command::Accept(id(0)));
    carry_out(&mut exam, Command::Scan(id(1)));

    let moved = plan(vec![group("axial L3/L4", 0.0), group("axial L4/L5", -44.0), group("axial L5/S1", -80.0)]);
    carry_out(&mut exam, Command::AdoptPlan(moved));
    let queue = exam.queue();
    assert_eq!(queue.len(), 5);
    assert!(queue[0].is_accepted(), "it did not move");
    assert!(queue[1].is_waiting() && queue[1].protocol == t1(), "it moved, and keeps its protocol");
    assert_eq!(queue[2].protocol, protocol().axial_t2);
    assert_eq!((queue[3].group.centre.z, queue[4].group.centre.z), (-44.0, 80.0), "one follows the disc, one is free");

    carry_out(&mut exam, Command::Scan(id(1)));
    assert_eq!(exam.repeats(), 1, "outdated images were replaced");
    carry_out(&mut exam, Command::Scan(id(2)));
    carry_out(&mut exam, Command::AdoptPlan(plan(vec![group("axial L3/L4", 0.0)])));
    let names: Vec<_> =
        exam.queue().iter().map(|series| (series.group.name.as_str(), series.scanned.is_some())).collect();
    assert_eq!(names, [("axial L3/L4", true), ("axial L4/L5", true), ("mine", false)]);
    let checked = carry_out(&mut exam, Command::Check);
    assert!(format!("{checked:?}").contains("axial L4/L5"), "what was scanned last can still be checked");
}

#[test]
fn two_groups_of_the_same_name_keep_their_own_series() {
    let mut exam = planned();
    let [upper, lower] = [group("axial L4/L5", 10.0), group("axial L4/L5", -40.0)];
    carry_out(&mut exam, Command::AdoptPlan(plan(vec![upper.clone(), lower.clone()])));
    let ids: Vec<SeriesId> = exam.queue().iter().map(|series| series.id).collect();
    let last = ids[1];
    carry_out(&mut exam, Command::SetProtocol { series: last, protocol: t1() });
    carry_out(&mut exam, Command::Scan(last));

    // Moved, renamed, and alone: the lower group's series is always the same one.
    let moved = group("axial L4/L5", -44.0);
    let renamed = SliceGroup { name: "mine".into(), ..moved.clone() };
    for groups in [vec![upper.clone(), moved], vec![upper, renamed.clone()], vec![renamed]] {
        carry_out(&mut exam, Command::AdoptPlan(plan(groups)));
        let series = exam.queue().last().expect("queued");
        assert_eq!((series.id, &series.protocol), (last, &t1()));
        assert!(series.is_outdated());
    }
    carry_out(&mut exam, Command::AdoptPlan(plan(vec![SliceGroup { name: "another".into(), ..lower }])));
    let series = exam.queue().last().expect("queued");
    assert!(series.id != last && series.protocol == protocol().axial_t2, "another name at another place is new");
}

#[test]
fn a_new_name_leaves_the_images_valid() {
    let mut exam = planned();
    carry_out(&mut exam, Command::Scan(id(1)));
    let renamed = SliceGroup { name: "lower disc".into(), ..exam.queue()[1].group.clone() };
    let kept = exam.queue()[0].group.clone();
    carry_out(&mut exam, Command::AdoptPlan(plan(vec![kept, renamed])));
    let series = exam.series(id(1)).expect("the same series");
    assert_eq!(series.name(), "lower disc");
    assert!(!series.is_outdated() && !series.is_waiting());
}

#[test]
fn a_stopped_localizer_costs_what_it_took_and_a_second_one_is_a_repeat() {
    let mut exam = examination();
    carry_out(&mut exam, registration(PatientPosition::HeadFirstSupine));
    assert_eq!(refusal(&mut exam, Command::StopLocalizer { elapsed_s: 1.0 }), Refused::NoLocalizer);
    carry_out(&mut exam, Command::ScanLocalizer);
    let stopped = carry_out(&mut exam, Command::StopLocalizer { elapsed_s: 3.0 });
    assert_eq!(stopped, [Event::LocalizerStopped { scan_time_s: 3.0 }]);
    assert!(exam.localizer().is_empty() && (exam.scan_time_s() - 3.0).abs() < 1e-9);
    carry_out(&mut exam, Command::ScanLocalizer);
    assert_eq!(exam.repeats(), 0);
    carry_out(&mut exam, Command::ScanLocalizer);
    assert_eq!(exam.repeats(), 1);
    assert_eq!(carry_out(&mut exam, Command::MovePatientOut), [Event::PatientMovedOut]);
    assert!(exam.localizer().is_empty() && exam.setup().is_none());
}

#[test]
fn every_new_event_and_command_has_a_written_form() {
    let mut exam = planned();
    carry_out(&mut exam, Command::Scan(id(0)));
    let events = carry_out(&mut exam, Command::Stop { series: id(0), elapsed_s: 2.5 });
    let text = serde_json::to_string(&events).expect("JSON");
    assert!(text.contains("stopped") && text.contains("2.5"), "{text}");
    for command in [
        Command::PositionPatient(PatientSetup { position: PatientPosition::FeetFirstProne, ..PatientSetup::default() }),
        Command::Append { group: group("a", 1.0), protocol: t1() },
        Command::Stop { series: id(3), elapsed_s: 1.5 },
        Command::Repeat(id(2)),
    ] {
        let text = serde_json::to_string(&command).expect("JSON");
        let read: Command = serde_json::from_str(&text).expect("read back");
        assert_eq!(serde_json::to_string(&read).expect("JSON"), text);
    }
}

#[test]
fn what_ships_heats_nobody_too_much() {
    for name in Protocol::BUILTIN_NAMES {
        let protocol = Protocol::builtin(name).expect("listed");
        let field_t = protocol.field_t;
        let [sagittal, coronal, axial] = scanner::localizer(&protocol);
        for group in [&sagittal, &coronal, &axial] {
            assert_eq!(protocol.localizer.series.check_exposure(group, field_t), Ok(()), "{name}: {}", group.name);
        }
        for group in [sagittal, axial] {
            let series = protocol.series_for(&group.target);
            let prescribed = protocol.prescription().stack(&group.target).applied_to(&group);
            assert_eq!(series.check_exposure(&prescribed, field_t), Ok(()), "{name}: {}", series.name);
        }
    }
}
