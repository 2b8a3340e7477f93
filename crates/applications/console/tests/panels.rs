//! The panels without a window: real pointer and keyboard events, the real session, jobs run in place.

use std::path::Path;

use coach::assist::Nobody;
use coach::desk::Desk;
use coach::exercise::Exercise;
use coach::intent::{Intent, Phase};
use coach::reference_operator;
use coach::session::FinishedJob;
use coach::worklist::{Entry, Worklist};
use console::panels;
use console::screen::Screen;
use egui::{Pos2, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use scenario::ScenarioSetup;
use scenario::library::Library;
use slice_editor::{Edit, Handle, Selected, Side, group_outline};

const SCENARIO: &str = r#"
format-version = 1
name = "panels"
title = "An ordinary back"
seed = 6
cases = 1
[patients]
population = "adult-lumbar"
[planner]
kind = "command"
command = "true"
"#;

/// The desk with everything that a frame needs.
struct Booth {
    desk: Desk,
    screen: Screen,
}

impl Booth {
    fn new(trainee: &str) -> Self {
        let broken = Entry { file: "broken.toml".into(), exercise: Err("broken.toml:3:1: unknown field".into()) };
        let fine = Entry { file: "panels.toml".into(), exercise: Ok(exercise()) };
        let worklist = Worklist { entries: vec![fine, broken] };
        Self { desk: Desk::new(worklist, trainee), screen: Screen::default() }
    }

    /// As the application does it, without waiting.
    fn give(&mut self, intent: &Intent) {
        self.screen.refusal = self.desk.handle(intent).err().map(|refusal| refusal.0);
        while let Some(job) = self.desk.take_job() {
            self.desk.finish_job(FinishedJob::run(job, &mut Nobody));
        }
    }

    fn session(&self) -> &coach::session::Session {
        self.desk.session.as_ref().expect("a patient is there")
    }
}

fn exercise() -> Exercise {
    let setup = ScenarioSetup::from_text(Path::new("panels.toml"), SCENARIO, &Library::default()).expect("right");
    Exercise::of(setup).expect("an ordinary patient")
}

fn window(booth: Booth) -> Harness<'static, Booth> {
    let frame = |ui: &mut egui::Ui, booth: &mut Booth| {
        let mut intents = Vec::new();
        panels::show(ui, &booth.desk, &mut booth.screen, &mut intents);
        for intent in &intents {
            booth.give(intent);
        }
    };
    Harness::builder().with_size(Vec2::new(1280.0, 800.0)).build_ui_state(frame, booth)
}

/// A booth with a localizer.
fn planning() -> Booth {
    let mut booth = Booth::new("Tess");
    let exercise = exercise();
    for intent in reference_operator::registration(&exercise) {
        booth.give(&intent);
    }
    for intent in reference_operator::positioning(&exercise, exercise.order.position, 0.0) {
        booth.give(&intent);
    }
    booth.give(&Intent::Speed(0.0));
    booth.give(&Intent::ScanLocalizer);
    for _ in 0..3 {
        booth.desk.advance(0.1);
    }
    assert!(booth.session().has_localizer(), "{:?}", booth.screen.refusal);
    booth
}

#[test]
fn a_name_is_typed_and_a_patient_chosen_with_the_keyboard_and_the_mouse() {
    let mut window = window(Booth::new(""));
    window.run_steps(2);
    window.get_by_label_contains("unknown field");
    window.get_by_label("Examine").click();
    window.run_steps(2);
    assert!(window.state().desk.session.is_none(), "nobody sits at the console yet");
    assert!(window.state().screen.refusal.as_ref().is_some_and(|refusal| refusal.contains("who you are")));

    window.get_by_label("At the console").focus();
    window.run_steps(1);
    window.get_by_label("At the console").type_text("Tess");
    window.run_steps(2);
    assert_eq!(window.state().desk.trainee, "Tess");
    window.get_by_label("Examine").click();
    window.run_steps(2);
    assert_eq!(window.state().session().phase, Phase::Registration);
    window.get_by_label_contains("To the table").click();
    window.run_steps(2);
    assert_eq!(window.state().session().phase, Phase::Registration, "nothing is filled in yet");
    assert!(window.state().screen.refusal.is_some());
}

#[test]
fn dragging_the_end_of_a_group_turns_it_in_the_next_frame_and_one_undo_takes_it_back() {
    let mut booth = planning();
    booth.give(&Intent::Draw(Edit::AddGroup {
        target: geometry::SliceTarget::Disc("L4/L5".parse().expect("a disc")),
        name: None,
        centre: geometry::Point::new(0.0, 0.0, -30.0),
    }));
    let mut window = window(booth);
    window.run_steps(3);
    let group = window.state().session().draft.groups()[0].clone();
    let (rect, plane) = window.state().screen.shown[&0];
    let pos = |at_mm: [f64; 2]| {
        let scale = f64::from(rect.width()) / plane.extent_mm[0];
        rect.center() + Vec2::new((at_mm[0] * scale) as f32, (at_mm[1] * scale) as f32)
    };
    let outline = group_outline(&plane, &group).expect("it crosses the view");
    let grip = outline.place(Handle::Rotate(Side::Last)).expect("its end can be grabbed");
    let centre = outline.place(Handle::Centre).expect("and its middle");
    // Ten degrees further round the centre.
    let (sin, cos) = 10.0_f64.to_radians().sin_cos();
    let arm = [grip[0] - centre[0], grip[1] - centre[1]];
    let goal = [centre[0] + arm[0] * cos - arm[1] * sin, centre[1] + arm[0] * sin + arm[1] * cos];
    let drag: Vec<Pos2> = (0..=4)
        .map(|step| {
            let part = f64::from(step) / 4.0;
            pos([grip[0] + (goal[0] - grip[0]) * part, grip[1] + (goal[1] - grip[1]) * part])
        })
        .collect();

    window.hover_at(drag[0]);
    window.run_steps(1);
    window.drag_at(drag[0]);
    window.run_steps(1);
    for at in &drag[1..] {
        window.hover_at(*at);
        window.run_steps(1);
    }
    let turned = window.state().session().draft.groups()[0].clone();
    let angle = turned.plane().angle_deg(&group.plane());
    assert!((angle - 10.0).abs() < 0.2, "turned by {angle}°");
    window.drop_at(drag[4]);
    window.run_steps(2);
    assert_eq!(window.state().session().draft.selected(), Some(Selected::Group(0)));

    window.state_mut().give(&Intent::Undo);
    assert_eq!(window.state().session().draft.groups()[0], group, "the whole drag is one step");
}

#[test]
fn a_conflict_is_shown_and_its_suggestion_makes_the_series_possible() {
    let mut booth = planning();
    let centre = geometry::Point::origin();
    booth.give(&Intent::Draw(Edit::AddGroup { target: geometry::SliceTarget::Sagittal, name: None, centre }));
    let series = booth.session().exam().queue()[0].id;
    booth.give(&Intent::Set { series: series.into(), parameter: slice_editor::parameters::Parameter::Te, value: 4.0 });
    assert_eq!(booth.screen.refusal, None);
    assert!(!booth.session().conflicts(series).is_empty(), "no echo comes that early");
    booth.give(&Intent::Scan(series.into()));
    assert!(booth.screen.refusal.as_ref().is_some_and(|refusal| refusal.contains("cannot be scanned")));

    let suggestion = booth.session().conflicts(series)[0].suggestion.clone().expect("something can be done");
    let mut window = window(booth);
    window.run_steps(3);
    window.get_by_label(&suggestion.message).click();
    window.run_steps(2);
    assert!(window.state().session().conflicts(series).is_empty());
}
