//! Whole examinations without a window: what a trainee does is what the score says.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `marks` | a table of attempts with the marks that an examiner would give |
//! | `attempt` | an attempt as a script that is right but for what is said |

mod attempt;
mod marks;

use std::path::Path;

use coach::assist::Nobody;
use coach::desk::Desk;
use coach::exercise::Exercise;
use coach::intent::{Intent, Phase, Shows};
use coach::journal::{self, Line, Wait};
use coach::reference_operator;
use coach::score::Subject;
use coach::script;
use coach::session::{FinishedJob, SeriesProgress, Session};
use coach::worklist::{Entry, Worklist};
use geometry::{PatientPosition, SliceGroup};
use nalgebra::Rotation3;
use planner::ScanPlan;
use scenario::ScenarioSetup;
use scenario::library::Library;
use slice_editor::{Edit, Selected};

const SCENARIO: &str = r#"
format-version = 1
name = "test-lesson"
seed = 5
cases = 1
[patients]
population = "adult-lumbar"
[prescription]
sagittal = { slices = 15, thickness-mm = 4.0, gap-mm = 0.4, fov-mm = [300.0, 300.0], matrix = [96, 96] }
axial = { slices = 5, thickness-mm = 4.0, gap-mm = 0.4, fov-mm = [180.0, 180.0], matrix = [64, 64] }
sat-band-thickness-mm = 60.0
sat-band-clearance-mm = 5.0
[planner]
kind = "command"
command = "true"
"#;

fn exercise() -> Exercise {
    let setup =
        ScenarioSetup::from_text(Path::new("test-lesson.toml"), SCENARIO, &Library::default()).expect("it is right");
    Exercise::of(setup).expect("an ordinary patient")
}

fn desk(exercise: Exercise) -> Desk {
    let entries = vec![Entry { file: "test-lesson.toml".into(), exercise: Ok(exercise) }];
    Desk::new(Worklist { entries }, "Tess")
}

/// Everything up to the complete localizer, done as the order says but for how the patient is positioned.
fn admitted(exercise: &Exercise, lying: PatientPosition, miss_mm: f64) -> Vec<Line> {
    let mut intents = reference_operator::registration(exercise);
    intents.extend(reference_operator::positioning(exercise, lying, miss_mm));
    intents.extend([Intent::Speed(0.0), Intent::ScanLocalizer]);
    let mut lines: Vec<Line> = intents.into_iter().map(|intent| Line::intent(0.0, intent)).collect();
    lines.push(Line { wait: Some(Wait::Idle), ..Line::nothing() });
    lines
}

fn play(desk: &mut Desk, lines: Vec<Line>) {
    script::play(desk, lines, &mut |_| Ok(Box::new(Nobody)))
        .unwrap_or_else(|(at, refusal)| panic!("line {at}: {refusal}"));
}

/// The plan that the truth asks for, in the patient's own coordinates.
fn true_plan(session: &Session) -> ScanPlan {
    true_plan_of(&session.exercise, session.exam().setup().expect("positioned"))
}

/// The same for a patient who will be positioned so.
fn true_plan_of(exercise: &Exercise, setup: &exam::PatientSetup) -> ScanPlan {
    let (patient, _) = scenario::patient_of_case(&exercise.setup, exercise.seed, exercise.case);
    assessment::true_plan(&setup.apply_to(&patient).truth(), &exercise.setup.prescription)
}

/// A group turned about its own rows: in the sagittal view, by exactly that angle.
fn tipped(group: &SliceGroup, deg: f64) -> SliceGroup {
    let turn = Rotation3::from_axis_angle(&group.row, deg.to_radians());
    SliceGroup { row: turn * group.row, column: turn * group.column, ..group.clone() }
}

/// Draws a plan, scans all of it and finishes.
fn finish(desk: &mut Desk, plan: ScanPlan) -> coach::session::Finished {
    for intent in [Intent::Draw(Edit::Adopt(plan)), Intent::ScanAll] {
        desk.handle(&intent).expect("it can be done");
    }
    run_jobs(desk);
    desk.handle(&Intent::Finish).expect("it can be done");
    desk.session.as_ref().and_then(|session| session.finished.clone()).expect("it is finished")
}

#[test]
fn handles_on_the_truth_score_full_marks_and_five_degrees_score_five_degrees() {
    let exercise = exercise();
    let mut at_desk = desk(exercise.clone());
    play(&mut at_desk, admitted(&exercise, PatientPosition::HeadFirstSupine, 0.0));
    let session = at_desk.session.as_ref().expect("open");
    assert!(session.has_localizer() && !session.is_busy());
    let plan = true_plan(session);
    let finished = finish(&mut at_desk, plan.clone());
    let lost: Vec<_> = finished.score.items.iter().filter(|item| item.points < item.of - 1e-9).collect();
    assert!(lost.is_empty(), "{lost:#?}");
    assert!((finished.score.total() - 100.0).abs() < 1e-9);

    let mut again = desk(exercise.clone());
    play(&mut again, admitted(&exercise, PatientPosition::HeadFirstSupine, 0.0));
    let mut off = plan;
    let at = off.groups.iter().position(|group| group.name == "axial L4/L5").expect("planned");
    off.groups[at] = tipped(&off.groups[at], 5.0);
    let finished = finish(&mut again, off);
    let item = finished
        .score
        .items
        .iter()
        .find(|item| item.subject == Subject::Angle && item.disc.is_some_and(|disc| disc.to_string() == "L4/L5"));
    let item = item.expect("marked");
    assert!((item.measured.expect("an angle") - 5.0).abs() < 1e-6, "{item:?}");
    assert!(item.points < item.of && item.explanation.contains("5.0°"), "{item:?}");

    // The harness gives the same numbers for the same attempt.
    let result = scenario::attempts::scored(&exercise.setup, &finished.attempt).result;
    let disc = result.plan.discs.iter().find(|result| Some(result.disc) == item.disc).expect("scored");
    assert_eq!(disc.angle_deg, item.measured);
}

#[test]
fn renaming_every_group_changes_no_mark() {
    let exercise = exercise();
    let score = |renames: bool| {
        let mut at_desk = desk(exercise.clone());
        play(&mut at_desk, admitted(&exercise, PatientPosition::HeadFirstSupine, 0.0));
        let plan = true_plan(at_desk.session.as_ref().expect("open"));
        let mut edits = vec![Edit::Adopt(plan.clone())];
        for at in (0..plan.groups.len()).filter(|_| renames) {
            edits.extend([Edit::Select(Some(Selected::Group(at))), Edit::Rename(format!("axial L{at}"))]);
        }
        for intent in edits.into_iter().map(Intent::Draw).chain([Intent::ScanAll]) {
            at_desk.handle(&intent).expect("it can be done");
        }
        run_jobs(&mut at_desk);
        at_desk.handle(&Intent::Finish).expect("it can be done");
        at_desk.session.as_ref().and_then(|session| session.finished.clone()).expect("it is finished").score
    };
    assert_eq!(score(true), score(false));
}

#[test]
fn a_wrong_position_is_reported_and_does_not_change_the_geometry() {
    let exercise = exercise();
    let mut at_desk = desk(exercise.clone());
    // Registered head first, but laid feet first.
    play(&mut at_desk, admitted(&exercise, PatientPosition::FeetFirstSupine, 0.0));
    let session = at_desk.session.as_ref().expect("open");
    let setup = *session.exam().setup().expect("positioned");
    let to_labels = exam::registered_to_patient(exercise.order.position, setup.position).inverse();
    let plan = true_plan(session).moved(&to_labels);
    let finished = finish(&mut at_desk, plan);
    let (points, of) = finished.score.of(Subject::Safety).expect("marked");
    assert!(points < of && finished.score.is_passed() == Some(false));
    let is_reported = |reason: &String| reason.contains("registered HFS, but the patient lies FFS");
    assert!(finished.score.failures.iter().any(is_reported), "{:?}", finished.score.failures);
    let (points, of) = finished.score.of(Subject::Angle).expect("marked");
    assert!((points - of).abs() < 1e-9, "the slices lie where they should: {points} of {of}");
}

#[test]
fn a_poor_landmark_puts_the_spine_off_centre_and_costs_marks() {
    let exercise = exercise();
    let mut at_desk = desk(exercise.clone());
    play(&mut at_desk, admitted(&exercise, PatientPosition::HeadFirstSupine, 70.0));
    let session = at_desk.session.as_ref().expect("open");
    assert!((session.exam().setup().expect("positioned").landmark_error_mm + 70.0).abs() < 1e-9);
    let plan = true_plan(session);
    let finished = finish(&mut at_desk, plan);
    let item = finished.score.items.iter().find(|item| item.explanation.contains("landmark")).expect("marked");
    assert_eq!(item.points, 0.0);
    assert!(item.explanation.contains("70 mm") && item.explanation.contains("feet"), "{}", item.explanation);
}

#[test]
fn every_shipped_lesson_says_what_is_ordered_and_its_patient_has_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../scenarios/lessons");
    let worklist = Worklist::read(&[folder]);
    assert!(worklist.entries.len() >= 7);
    for entry in &worklist.entries {
        let exercise = entry.exercise.as_ref().unwrap_or_else(|reason| panic!("{}: {reason}", entry.file.display()));
        let told = exercise.ordered();
        assert!(told.contains("T2 TSE sagittal") && told.contains("Passed with 7"), "{}: {told}", exercise.name());
        assert!(exercise.order.scans.count() >= 3, "{}", exercise.name());
    }
}

#[test]
fn a_name_of_several_words_can_be_typed_letter_by_letter() {
    let exercise = exercise();
    let mut desk = desk(exercise);
    let mut typed = String::new();
    for letter in "Anna Lena B ".chars() {
        typed = desk.trainee.clone();
        typed = if typed == "Tess" { String::new() } else { typed };
        typed.push(letter);
        desk.handle(&Intent::SitDown { trainee: typed.clone() }).expect("nobody is examined");
    }
    assert_eq!(typed, "Anna Lena B ");
    desk.handle(&Intent::Open { exercise: "test-lesson".into(), emergency: false }).expect("on the worklist");
    assert_eq!(desk.session.as_ref().expect("open").trainee, "Anna Lena B");
}

#[test]
fn nothing_happens_out_of_order() {
    let exercise = exercise();
    let mut desk = desk(exercise.clone());
    let refused = |desk: &mut Desk, intent| desk.handle(&intent).expect_err("out of order").to_string();
    assert!(refused(&mut desk, Intent::ScanLocalizer).contains("patient"));
    desk.handle(&Intent::Open { exercise: "test-lesson".into(), emergency: false }).expect("on the worklist");
    assert!(refused(&mut desk, Intent::Go(Phase::Positioning)).len() > 10);
    assert!(refused(&mut desk, Intent::Laser(true)).contains("register"));
    assert!(refused(&mut desk, Intent::Draw(Edit::Remove)).contains("localizer"));
    assert!(refused(&mut desk, Intent::Finish).contains("localizer"));
    let session = desk.session.as_ref().expect("open");
    assert_eq!(session.journal().len(), 1, "what was refused is not recorded");
}

#[test]
fn series_arrive_in_simulated_time_can_be_stopped_and_are_checked() {
    let exercise = exercise();
    let mut at_desk = desk(exercise.clone());
    play(&mut at_desk, admitted(&exercise, PatientPosition::HeadFirstSupine, 0.0));
    let plan = true_plan(at_desk.session.as_ref().expect("open"));
    at_desk.handle(&Intent::Draw(Edit::Adopt(plan))).expect("adopted");
    at_desk.handle(&Intent::Speed(1.0)).expect("a speed");
    let id = at_desk.session.as_ref().expect("open").exam().queue()[1].id;

    at_desk.handle(&Intent::Scan(id.into())).expect("scanned");
    assert_eq!(progress(&at_desk, id), SeriesProgress::Preparing);
    run_jobs(&mut at_desk);
    let session = at_desk.session.as_ref().expect("open");
    let total_s = session.running().expect("it runs").arrival.scan_time_s();
    assert_eq!(progress(&at_desk, id), SeriesProgress::Scanning);
    let before = session.exam().scan_time_s();
    at_desk.advance(total_s / 4.0);
    let seen = at_desk.session.as_ref().and_then(|session| session.images(&Shows::Series(id.into()))).expect("partly");
    let dark = seen.data.iter().filter(|value| **value == 0.0).count();
    assert!(dark > seen.data.len() / 2 && dark < seen.data.len(), "{dark} of {}", seen.data.len());
    at_desk.handle(&Intent::Stop).expect("stopped");
    assert_eq!(progress(&at_desk, id), SeriesProgress::Stopped);
    let session = at_desk.session.as_ref().expect("open");
    assert!((before - session.exam().scan_time_s() - 0.75 * total_s).abs() < 1.0, "three quarters were not scanned");

    at_desk.handle(&Intent::Scan(id.into())).expect("once more");
    run_jobs(&mut at_desk);
    at_desk.advance(total_s);
    run_jobs(&mut at_desk);
    assert_eq!(progress(&at_desk, id), SeriesProgress::Done);
    let session = at_desk.session.as_ref().expect("open");
    let series = session.exam().series(id).expect("queued");
    assert!(series.report.is_some(), "it was checked");
    assert!(!session.is_busy());
}

fn progress(desk: &Desk, id: exam::SeriesId) -> SeriesProgress {
    let session = desk.session.as_ref().expect("open");
    session.progress(session.exam().series(id).expect("queued"))
}

/// Runs jobs until none is started any more.
fn run_jobs(desk: &mut Desk) {
    while let Some(job) = desk.take_job() {
        desk.finish_job(FinishedJob::run(job, &mut Nobody));
    }
}

/// A desk with the complete localizer and the true plan drawn.
fn planned(exercise: &Exercise) -> Desk {
    let mut at_desk = desk(exercise.clone());
    play(&mut at_desk, admitted(exercise, PatientPosition::HeadFirstSupine, 0.0));
    let plan = true_plan(at_desk.session.as_ref().expect("open"));
    at_desk.handle(&Intent::Draw(Edit::Adopt(plan))).expect("adopted");
    at_desk
}

#[test]
fn a_series_that_does_not_exist_is_answered_with_its_name() {
    let exercise = exercise();
    let mut at_desk = planned(&exercise);
    let refusal = |desk: &mut Desk, intent| desk.handle(&intent).expect_err("no such series").to_string();
    assert_eq!(refusal(&mut at_desk, Intent::Scan("sagital".into())), "there is no series 'sagital'");
    assert_eq!(refusal(&mut at_desk, Intent::Repeat(exam::SeriesId(99).into())), "there is no series 99");
}

#[test]
fn two_series_of_the_same_name_are_told_apart_by_their_number() {
    let exercise = exercise();
    let mut at_desk = planned(&exercise);
    at_desk.handle(&Intent::Draw(Edit::Select(Some(Selected::Group(2))))).expect("selected");
    let name = at_desk.session.as_ref().expect("open").draft.groups()[1].name.clone();
    let renamed =
        SliceGroup { name: name.clone(), ..at_desk.session.as_ref().expect("open").draft.groups()[2].clone() };
    let ids: Vec<_> = at_desk.session.as_ref().expect("open").exam().queue().iter().map(|series| series.id).collect();
    at_desk.handle(&Intent::Draw(Edit::Adopt(with_group(&at_desk, 2, renamed)))).expect("adopted");
    let refusal = at_desk.handle(&Intent::Scan(name.as_str().into())).expect_err("which one?").to_string();
    assert_eq!(refusal, format!("more than one series is called '{name}'"));
    at_desk.handle(&Intent::Scan(ids[2].into())).expect("this one");
    run_jobs(&mut at_desk);
    assert_eq!(
        (progress(&at_desk, ids[1]), progress(&at_desk, ids[2])),
        (SeriesProgress::Waiting, SeriesProgress::Done)
    );
}

/// The drawn plan with another group in a place.
fn with_group(desk: &Desk, at: usize, group: SliceGroup) -> ScanPlan {
    let mut plan = desk.session.as_ref().expect("open").draft.to_plan();
    plan.groups[at] = group;
    plan
}

#[test]
fn changed_slices_outdate_the_images_until_they_are_scanned_again_or_the_change_is_undone() {
    let exercise = exercise();
    let mut at_desk = planned(&exercise);
    let id = at_desk.session.as_ref().expect("open").exam().queue()[1].id;
    at_desk.handle(&Intent::Scan(id.into())).expect("scanned");
    run_jobs(&mut at_desk);
    at_desk.handle(&Intent::Draw(Edit::Select(Some(Selected::Group(1))))).expect("selected");
    at_desk.handle(&Intent::Draw(Edit::Move { by_mm: [0.0, 0.0, 3.0] })).expect("moved");
    assert_eq!(progress(&at_desk, id), SeriesProgress::Outdated);
    at_desk.handle(&Intent::Undo).expect("undone");
    assert_eq!(progress(&at_desk, id), SeriesProgress::Done);
    at_desk.handle(&Intent::Redo).expect("redone");
    at_desk.handle(&Intent::Scan(id.into())).expect("scanned again");
    run_jobs(&mut at_desk);
    let session = at_desk.session.as_ref().expect("open");
    assert_eq!((progress(&at_desk, id), session.exam().repeats()), (SeriesProgress::Done, 1));
}

#[test]
fn a_drag_is_one_prescription_to_the_examination() {
    let exercise = exercise();
    let mut at_desk = planned(&exercise);
    let recorded = |desk: &Desk| {
        let recording = desk.session.as_ref().and_then(|session| session.exam().recording()).expect("it is recorded");
        recording.to_json_lines().expect("plain data").lines().count()
    };
    at_desk.handle(&Intent::Draw(Edit::Select(Some(Selected::Group(1))))).expect("selected");
    let before = recorded(&at_desk);
    at_desk.handle(&Intent::BeginGesture).expect("down");
    for _ in 0..20 {
        at_desk.handle(&Intent::Draw(Edit::Move { by_mm: [0.0, 0.0, 0.1] })).expect("moved");
    }
    at_desk.handle(&Intent::EndGesture).expect("up");
    assert_eq!(recorded(&at_desk), before + 1);
    let session = at_desk.session.as_ref().expect("open");
    assert_eq!(session.exam().queue()[1].group, session.draft.groups()[1]);
}

#[test]
fn the_commands_of_a_trainee_replay_to_the_same_bytes() {
    let exercise = exercise();
    let mut at_desk = planned(&exercise);
    at_desk.handle(&Intent::ScanAll).expect("waiting");
    while at_desk.session.as_ref().is_some_and(Session::is_busy) {
        run_jobs(&mut at_desk);
        at_desk.advance(1.0);
    }
    at_desk.handle(&Intent::Finish).expect("finished");
    let session = at_desk.session.as_ref().expect("open");
    assert!(session.exam().is_closed() && session.exam().is_complete());
    let recorded = session.exam().recording().expect("it is recorded").to_json_lines().expect("plain data");
    assert!(recorded.contains("\"checked\"") && recorded.contains("\"closed\""), "{recorded}");

    for threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let mut again = exercise.examination().recorded();
        pool.install(|| exam::replay(&mut again, &recorded, &mut Nobody)).expect("it was carried out before");
        let replayed = again.recording().expect("it is recorded").to_json_lines().expect("plain data");
        assert_eq!(replayed, recorded, "on {threads} threads");
    }
}

#[test]
fn a_recording_played_again_ends_in_the_same_attempt() {
    let exercise = exercise();
    let mut first = desk(exercise.clone());
    play(&mut first, admitted(&exercise, PatientPosition::HeadFirstSupine, 12.0));
    first.advance(7.5);
    let plan = true_plan(first.session.as_ref().expect("open"));
    let finished = finish(&mut first, plan);
    let journal: Vec<String> = first
        .session
        .as_ref()
        .map(|session| session.journal().iter().map(|line| serde_json::to_string(line).expect("data")).collect())
        .expect("open");
    let mut second = desk(exercise);
    play(&mut second, journal::read(&journal.join("\n")).expect("a recording is a script"));
    let replayed = second.session.as_ref().and_then(|session| session.finished.clone()).expect("finished, too");
    assert_eq!(replayed.attempt, finished.attempt);
    assert_eq!(replayed.score, finished.score);
}

#[test]
fn an_unfinished_lesson_comes_back_as_it_was_left() {
    let exercise = exercise();
    let mut left = desk(exercise.clone());
    let mut intents = reference_operator::registration(&exercise);
    intents.extend(reference_operator::positioning(&exercise, PatientPosition::HeadFirstSupine, 0.0));
    intents.extend([Intent::Speed(1.0), Intent::ScanLocalizer]);
    for intent in &intents {
        left.handle(intent).expect("in order");
        left.advance(0.7);
    }
    run_jobs(&mut left);
    // The localizer comes in frame by frame, as at a real console.
    while !left.session.as_ref().expect("open").has_localizer() {
        left.advance(0.05);
    }
    let centre = geometry::Point::new(0.0, 0.0, -20.0);
    let add = Edit::AddGroup { target: geometry::SliceTarget::Block(Vec::new()), name: None, centre };
    left.handle(&Intent::Draw(add)).expect("drawn");

    let session = left.session.as_ref().expect("open");
    let journal: Vec<String> =
        session.journal().iter().map(|line| serde_json::to_string(line).expect("data")).collect();
    let mut again = desk(exercise);
    play(&mut again, journal::read(&journal.join("\n")).expect("a script"));
    let back = again.session.as_ref().expect("open");
    assert!(back.has_localizer() && !back.is_busy());
    assert_eq!(back.draft.groups(), session.draft.groups());
    assert!((back.clock_s - session.clock_s).abs() < 1e-9);
}
