//! A table of attempts with the marks that an examiner would give: the honest beginner, the expert, cheats, single faults.

use coach::intent::Intent;
use coach::registration_form::Field;
use coach::safety::Question;
use coach::score::{Score, Spoiled, Subject};
use coach::session::Session;
use exam::CoilChoice;
use geometry::{Disc, PatientPosition, SliceGroup, Vector};
use nalgebra::{Rotation3, Unit};
use planner::ScanPlan;
use results::Arm;

use super::attempt::{Attempt, Planning};

/// What an examiner would give.
struct Band {
    who: &'static str,
    attempt: Attempt,
    points: [f64; 2],
    passes: bool,
}

fn passes(who: &'static str, points: [f64; 2], attempt: Attempt) -> Band {
    Band { who, attempt, points, passes: true }
}

fn fails(who: &'static str, points: [f64; 2], attempt: Attempt) -> Band {
    Band { who, attempt, points, passes: false }
}

fn by_hand(change: impl Fn(&mut ScanPlan) + 'static) -> Attempt {
    Attempt { planning: Planning::ByHand(Box::new(change)), ..Attempt::default() }
}

fn with_ai(then: &[Intent]) -> Attempt {
    Attempt { planning: Planning::WithAi(then.to_vec()), ..Attempt::default() }
}

fn typed(typed: &[(Field, &'static str)]) -> Attempt {
    Attempt { typed: typed.to_vec(), ..Attempt::default() }
}

fn disc(name: &str) -> Disc {
    name.parse().expect("a disc")
}

fn group<'a>(plan: &'a mut ScanPlan, level: &str) -> &'a mut SliceGroup {
    let level = disc(level);
    plan.groups.iter_mut().find(|group| group.target.disc() == Some(level)).expect("planned")
}

/// Turns a group about a direction through its middle.
fn turn(group: &mut SliceGroup, axis: Unit<Vector>, deg: f64) {
    let turn = Rotation3::from_axis_angle(&axis, deg.to_radians());
    (group.row, group.column) = (turn * group.row, turn * group.column);
}

/// Tilts about the rows: in the sagittal view.
fn tilt(group: &mut SliceGroup, deg: f64) {
    turn(group, group.row, deg);
}

/// Moves along the slice normal.
fn shift(group: &mut SliceGroup, mm: f64) {
    group.centre += group.normal().into_inner() * mm;
}

fn axial(plan: &mut ScanPlan) -> impl Iterator<Item = &mut SliceGroup> {
    plan.groups.iter_mut().filter(|group| group.target.disc().is_some())
}

/// Groups through the middle of each disc, as everybody drags them who was not told otherwise, a few degrees and
/// millimetres off.
fn beginners(plan: &mut ScanPlan) {
    for (n, group) in axial(plan).enumerate() {
        let sign = if n % 2 == 0 { 1.0 } else { -1.0 };
        group.centre -= group.column.into_inner() * 17.0;
        tilt(group, sign * 6.5);
        shift(group, -sign * 2.5);
        group.centre += group.row.into_inner() * 6.0;
    }
    turn(&mut plan.groups[0], Vector::z_axis(), 4.0);
    plan.groups[0].centre.x += 3.0;
}

fn in_the_air(plan: &mut ScanPlan) {
    plan.groups.iter_mut().for_each(|group| group.centre.y -= 120.0);
}

const NOBODY: [(Field, &str); 5] = [
    (Field::Name, "X"),
    (Field::PatientId, "Y"),
    (Field::BirthDate, "1990-01-01"),
    (Field::WeightKg, "90"),
    (Field::HeightCm, "175"),
];
const TILTED: &str = "assist = { kind = \"tilted\", level = \"L4/L5\", amount = 10.0 }";
const SHIFTED: &str = "assist = { kind = \"shifted\", level = \"L4/L5\", amount = 10.0 }";
const MISCOUNTED: &str = "assist = { kind = \"miscounted\" }";
const PACEMAKER: &str = "implants = [\"cardiac-device: pacemaker since 2009 [unsafe]\"]";
const PREGNANT: &str = "implants = [\"pregnancy: twelfth week\"]";
const NOBODY_ACTS: fn(&Intent) -> bool = |intent| !matches!(intent, Intent::Decide { .. });
const RESTLESS: &str = "motion = { bulk-mm = 4.0, bulk-deg = 1.0, bulk-probability = 0.45 }";

fn honest_work() -> Vec<Band> {
    vec![
        passes("an expert by hand", [99.9, 100.0], Attempt::default()),
        passes("an expert who accepts an honest AI", [99.9, 100.0], with_ai(&[Intent::AcceptProposal])),
        passes("a beginner by hand", [75.0, 90.0], Attempt { miss_mm: 33.0, ..by_hand(beginners) }),
        passes(
            "a wrong AI, found and corrected by hand",
            [99.9, 100.0],
            Attempt {
                lesson: TILTED,
                planning: Planning::AfterAi(vec![Intent::AdjustProposal], Box::new(|_| {})),
                ..Attempt::default()
            },
        ),
        passes(
            "a wrong AI, rejected, then by hand",
            [99.9, 100.0],
            Attempt {
                lesson: MISCOUNTED,
                planning: Planning::AfterAi(vec![Intent::RejectProposal], Box::new(|_| {})),
                ..Attempt::default()
            },
        ),
    ]
}

fn cheats() -> Vec<Band> {
    let unscanned = |attempt: Attempt| Attempt { scans: false, ..attempt };
    vec![
        fails(
            "a nonsense registration, no question, the AI accepted, nothing scanned",
            [0.0, 10.0],
            Attempt {
                asks: Box::new(|_| false),
                cushion: false,
                scans: false,
                typed: NOBODY.to_vec(),
                ..with_ai(&[Intent::AcceptProposal])
            },
        ),
        fails("the AI accepted, nothing scanned", [0.0, 16.0], unscanned(with_ai(&[Intent::AcceptProposal]))),
        fails(
            "the AI's plan adjusted, rejected, nothing scanned",
            [0.0, 16.0],
            unscanned(with_ai(&[Intent::AdjustProposal, Intent::RejectProposal])),
        ),
        fails("a perfect plan by hand, nothing scanned", [0.0, 16.0], unscanned(Attempt::default())),
        fails(
            "a tilt of 10° by the AI, accepted unseen",
            [20.0, 35.0],
            Attempt { lesson: TILTED, ..with_ai(&[Intent::AcceptProposal]) },
        ),
        fails(
            "a shift of 10 mm by the AI, accepted unseen",
            [20.0, 35.0],
            Attempt { lesson: SHIFTED, ..with_ai(&[Intent::AcceptProposal]) },
        ),
        fails(
            "a miscount by the AI, accepted unseen",
            [20.0, 35.0],
            Attempt { lesson: MISCOUNTED, ..with_ai(&[Intent::AcceptProposal]) },
        ),
        fails(
            "slices in the air, moved onto the discs after the scans",
            [0.0, 35.0],
            Attempt { afterwards: Some(Box::new(|_| {})), ..by_hand(in_the_air) },
        ),
        fails(
            "a pacemaker let in",
            [20.0, 35.0],
            Attempt { lesson: PACEMAKER, asks: Box::new(NOBODY_ACTS), ..Attempt::default() },
        ),
        fails(
            "a pregnancy ignored",
            [20.0, 35.0],
            Attempt { lesson: PREGNANT, asks: Box::new(NOBODY_ACTS), ..Attempt::default() },
        ),
        fails("no question asked", [20.0, 35.0], Attempt { asks: Box::new(|_| false), ..Attempt::default() }),
        fails("another patient registered", [20.0, 35.0], typed(&NOBODY)),
        fails("registered prone, lies supine", [20.0, 35.0], typed(&[(Field::Position, "HFP")])),
    ]
}

/// One thing is wrong, everything else is right.
fn single_faults() -> Vec<Band> {
    let saturated = |y_mm: f64| by_hand(move |plan| plan.sat_bands[0].centre.y += y_mm);
    vec![
        passes(
            "one level missing",
            [82.0, 92.0],
            by_hand(|plan| plan.groups.retain(|group| group.target.disc() != Some(disc("L2/L3")))),
        ),
        passes("one group tilted by 10°", [88.0, 94.0], by_hand(|plan| tilt(group(plan, "L4/L5"), 10.0))),
        passes("one group tilted by 5°", [97.0, 99.8], by_hand(|plan| tilt(group(plan, "L4/L5"), 5.0))),
        passes("one group beside its disc by 10 mm", [88.0, 95.5], by_hand(|plan| shift(group(plan, "L4/L5"), 10.0))),
        passes("one group of a single slice", [88.0, 98.0], by_hand(|plan| group(plan, "L4/L5").slices = 1)),
        fails(
            "axial slices of 12 mm",
            [20.0, 35.0],
            by_hand(|plan| {
                axial(plan).for_each(|group| (group.thickness_mm, group.slices) = (12.0, 3));
            }),
        ),
        passes("one group of 6 mm slices", [97.0, 99.5], by_hand(|plan| group(plan, "L4/L5").thickness_mm = 6.0)),
        fails(
            "one group on the disc above",
            [20.0, 35.0],
            by_hand(|plan| {
                let above = group(plan, "L3/L4").clone();
                let wrong = group(plan, "L4/L5");
                (wrong.centre, wrong.row, wrong.column) = (above.centre, above.row, above.column);
            }),
        ),
        passes("no T1", [88.0, 95.0], Attempt { adds_t1: false, ..Attempt::default() }),
        fails(
            "no sagittal series",
            [20.0, 35.0],
            Attempt {
                adds_t1: false,
                ..by_hand(|plan| {
                    plan.groups.remove(0);
                })
            },
        ),
        fails(
            "a sagittal stack turned by 30°",
            [20.0, 35.0],
            by_hand(|plan| turn(&mut plan.groups[0], Vector::z_axis(), 30.0)),
        ),
        fails("a sagittal stack 60 mm to one side", [20.0, 35.0], by_hand(|plan| plan.groups[0].centre.x += 60.0)),
        fails("the saturation band over the canal", [20.0, 60.0], saturated(75.0)),
        passes("no saturation band", [96.0, 99.0], by_hand(|plan| plan.sat_bands.clear())),
        passes(
            "pictures 40 mm to the left",
            [92.0, 97.0],
            by_hand(|plan| axial(plan).for_each(|group| group.centre.x += 40.0)),
        ),
        passes(
            "pictures turned by 45°",
            [92.0, 97.0],
            by_hand(|plan| axial(plan).for_each(|group| turn(group, group.normal(), 45.0))),
        ),
        passes(
            "one harmless question forgotten",
            [98.0, 99.8],
            Attempt {
                asks: Box::new(|intent| {
                    *intent != Intent::Ask(Question::Claustrophobia)
                        && !matches!(intent, Intent::Decide { question: Question::Claustrophobia, .. })
                }),
                ..Attempt::default()
            },
        ),
        passes("a letter of the name wrong", [98.0, 99.8], typed(&[(Field::Name, "Wren, Adda")])),
        passes("registered as an emergency", [98.0, 99.8], Attempt { emergency: true, ..Attempt::default() }),
        passes("a landmark 70 mm off", [97.0, 99.0], Attempt { miss_mm: 70.0, ..Attempt::default() }),
        passes("no cushion", [97.0, 99.0], Attempt { cushion: false, ..Attempt::default() }),
        passes("the body coil", [90.0, 99.0], Attempt { coil: CoilChoice::BodyCoil, ..Attempt::default() }),
        passes(
            "feet first in place of head first, and registered so",
            [97.0, 99.0],
            Attempt { lying: PatientPosition::FeetFirstSupine, ..typed(&[(Field::Position, "FFS")]) },
        ),
        passes("three times as long as given", [97.0, 98.5], Attempt { planning_s: 1800.0, ..Attempt::default() }),
        passes(
            "a good series scanned three times",
            [97.0, 98.5],
            Attempt { repeats: vec![("sagittal".into(), 2)], ..Attempt::default() },
        ),
    ]
}

fn score(session: &Session) -> &Score {
    &session.finished.as_ref().expect("finished").score
}

fn lost(score: &Score) -> Vec<String> {
    let lost = score.items.iter().filter(|item| item.points < item.of - 1e-9);
    lost.map(|item| format!("{:.1}/{:.1} {}", item.points, item.of, item.explanation)).collect()
}

/// Plays a table and holds it against its bands; the points, by who earned them.
fn play(bands: Vec<Band>) -> Vec<(&'static str, f64)> {
    let mut wrong = Vec::new();
    let mut earned = Vec::new();
    for Band { who, attempt, points: [least, most], passes } in bands {
        let score = attempt.finished().score;
        let (total, is_passed) = (score.total(), score.is_passed() == Some(true));
        if !(least..=most + 1e-9).contains(&total) || is_passed != passes {
            let (failures, lost) = (&score.failures, lost(&score));
            wrong.push(format!(
                "{who}: {total:.1} points, passed: {is_passed}; expected {least} to {most}, passed: {passes}\n{failures:#?}\n{lost:#?}"
            ));
        }
        earned.push((who, total));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    earned
}

#[test]
fn honest_work_is_worth_more_than_any_cheat() {
    let (honest, cheated) = (play(honest_work()), play(cheats()));
    let least = honest.iter().map(|(_, points)| *points).fold(f64::INFINITY, f64::min);
    for (who, points) in cheated {
        assert!(points < least - 40.0, "{who}: {points}, honest work earns {least} at least");
    }
}

#[test]
fn single_faults_cost_what_an_examiner_would_take() {
    play(single_faults());
}

/// The names of the series whose images are spoiled.
fn spoiled(session: &Session) -> Vec<String> {
    let truth = session.exam().patient().truth();
    let is_spoiled = |series: &&exam::Series| {
        series.scanned.as_ref().is_some_and(|stack| Spoiled::of(stack, None, &truth).is_some())
    };
    session.exam().queue().iter().filter(is_spoiled).map(|series| series.name().to_owned()).collect()
}

#[test]
fn repeating_what_was_spoiled_earns_and_keeping_it_costs() {
    let restless = |repeats| Attempt { motion: RESTLESS, repeats, ..Attempt::default() };
    let kept = restless(Vec::new()).play();
    let names = spoiled(&kept);
    assert!((2..7).contains(&names.len()), "{names:?}");
    let once = names.iter().map(|name| (name.clone(), 1)).collect::<Vec<_>>();
    let repeated = restless(once.clone()).play();
    let again: Vec<_> = spoiled(&repeated);
    assert!(again.len() < names.len(), "{again:?} of {names:?}");

    let (worse, better) = (score(&kept), score(&repeated));
    assert!(worse.total() < better.total() - 5.0, "{} {}", worse.total(), better.total());
    assert_eq!(better.of(Subject::Repeats), Some((2.0, 2.0)), "they were due");
    let says = |score: &Score, words: &str| score.items.iter().any(|item| item.explanation.contains(words));
    assert!(says(worse, "it was kept") && !says(better, "it was kept"), "{:#?}", lost(better));
    assert!(says(better, "for good reason"), "{:#?}", better.items);

    // A patient who moves in every series leaves nothing that can be used.
    let never_still = Attempt { motion: "motion = { bulk-mm = 6.0 }", ..Attempt::default() }.finished().score;
    assert_eq!(never_still.is_passed(), Some(false), "{:#?}", lost(&never_still));
    assert!(never_still.failures.iter().any(|reason| reason.contains("axial")), "{:?}", never_still.failures);
}

#[test]
fn a_plan_that_is_moved_after_the_scans_changes_no_mark() {
    let by_a_beginner = || Attempt { adds_t1: false, ..by_hand(beginners) };
    let beginner = by_a_beginner().finished();
    let improved = Attempt { afterwards: Some(Box::new(|_| {})), ..by_a_beginner() }.finished();
    let geometry = |score: &Score| -> Vec<_> {
        let of_images = |subject| !matches!(subject, Subject::Time | Subject::Repeats);
        score.items.iter().filter(|item| of_images(item.subject)).cloned().collect()
    };
    assert_eq!(geometry(&improved.score), geometry(&beginner.score));
    assert_eq!(improved.attempt.plan, beginner.attempt.plan, "what is exported is what was scanned");
}

#[test]
fn where_the_middle_of_a_group_lies_in_its_plane_is_the_trainees_choice() {
    let forwards = by_hand(|plan| axial(plan).for_each(|group| group.centre -= group.column.into_inner() * 17.0));
    let score = forwards.finished().score;
    assert!(score.total() > 99.9, "{:#?}", lost(&score));
}

#[test]
fn what_was_not_ordered_costs_nothing() {
    let order = "levels = [\"L4/L5\", \"L5/S1\"]\nsaturation-band = false";
    let wanted = ["L4/L5", "L5/S1"].map(disc);
    let attempt = Attempt {
        order: Some(order),
        adds_t1: false,
        ..by_hand(move |plan| {
            plan.groups.retain(|group| group.target.disc().is_none_or(|disc| wanted.contains(&disc)));
            plan.sat_bands.clear();
        })
    };
    let score = attempt.finished().score;
    assert!(score.total() > 99.9, "{:#?}", lost(&score));
    let discs: Vec<_> = score.items.iter().filter_map(|item| item.disc).filter(|disc| !wanted.contains(disc)).collect();
    assert!(discs.is_empty(), "{discs:?}");
}

#[test]
fn the_arm_is_what_happened() {
    use assessment::attempt::ProposalUse::{Accepted, Adjusted, NotAsked, Rejected, Shown};
    let (accept, adjust, reject) = (Intent::AcceptProposal, Intent::AdjustProposal, Intent::RejectProposal);
    let change = || Intent::Draw(slice_editor::Edit::Move { by_mm: [0.0, 0.0, 2.0] });
    let choose = || Intent::Draw(slice_editor::Edit::Select(Some(slice_editor::Selected::Group(2))));
    let unscanned = |planning| Attempt { planning, scans: false, ..Attempt::default() };
    let by_ai = |then: Vec<Intent>| unscanned(Planning::WithAi(then));
    for (attempt, happened, arm, groups) in [
        (unscanned(Planning::ByHand(Box::new(|_| {}))), NotAsked, Arm::Manual, 6),
        (by_ai(vec![]), Shown, Arm::Collaborative, 0),
        (by_ai(vec![accept.clone()]), Accepted, Arm::Collaborative, 6),
        (by_ai(vec![accept.clone(), choose(), change()]), Adjusted, Arm::Collaborative, 6),
        (by_ai(vec![adjust.clone(), reject.clone()]), Rejected, Arm::Collaborative, 0),
        (by_ai(vec![accept.clone(), reject.clone()]), Rejected, Arm::Collaborative, 0),
        (by_ai(vec![accept, adjust, choose(), change(), reject.clone()]), Rejected, Arm::Collaborative, 0),
        // Undo after Reject brings the AI's groups back: the plan is the AI's again.
        (by_ai(vec![Intent::AdjustProposal, reject, Intent::Undo]), Accepted, Arm::Collaborative, 6),
    ] {
        let session = attempt.play();
        let finished = session.finished.as_ref().expect("finished");
        assert_eq!((finished.attempt.proposal, finished.attempt.arm), (Some(happened), arm));
        assert_eq!(session.draft.groups().len(), groups, "{happened:?}");
    }
}

#[test]
fn calling_the_examination_off_is_right_where_the_patient_must_not_enter() {
    use coach::reference_operator;
    let exercise = Attempt { lesson: PACEMAKER, ..Attempt::default() }.exercise();
    let mut desk = super::desk(exercise.clone());
    for intent in reference_operator::registration(&exercise) {
        desk.handle(&intent).expect("in order");
    }
    desk.handle(&Intent::Go(coach::intent::Phase::Positioning)).expect_err("this patient must not enter");
    desk.handle(&Intent::Finish).expect("called off");
    let session = desk.session.as_ref().expect("open");
    let finished = session.finished.as_ref().expect("finished");
    assert_eq!((finished.score.total(), finished.score.is_passed()), (100.0, Some(true)));
    let exported = session.record("2026-05-04T10:30:00Z").expect("finished").exported();
    assert!(exported.called_off && exported.plan.groups.is_empty());
    assert_eq!(exported.marks.and_then(|marks| marks.passed), Some(true));

    let healthy = Attempt::default().exercise();
    let mut desk = super::desk(healthy.clone());
    for intent in reference_operator::registration(&healthy) {
        desk.handle(&intent).expect("in order");
    }
    desk.handle(&Intent::Finish).expect_err("nothing speaks against this examination");
}

#[test]
fn an_exam_gives_no_hint_and_practice_does() {
    let off = |practice| {
        let change = |plan: &mut ScanPlan| {
            shift(group(plan, "L3/L4"), 2.5);
            shift(group(plan, "L4/L5"), 10.0);
        };
        Attempt { practice, ..by_hand(change) }
    };
    let said =
        |attempt: Attempt| -> Vec<String> { attempt.play().notices.iter().map(|notice| notice.text.clone()).collect() };
    for word in said(off(false)) {
        assert!(!word.contains("check passed") && !word.contains("re-plan") && !word.contains("repeat"), "{word}");
    }
    let hints: Vec<String> = said(off(true)).into_iter().filter(|word| word.contains("re-plan")).collect();
    assert!(
        !hints.is_empty() && hints.iter().all(|hint| hint.contains("axial L4/L5")),
        "the worst is named: {hints:?}"
    );
}
