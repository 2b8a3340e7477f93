//! An attempt as a script: everything is right but for what is said. It runs through the same session as the console.

use coach::assist::Misleading;
use coach::exercise::Exercise;
use coach::intent::{Intent, Phase};
use coach::journal::{Line, Wait};
use coach::reference_operator;
use coach::registration_form::Field;
use coach::script;
use coach::session::{Finished, Session};
use exam::{CoilChoice, PatientSetup};
use geometry::PatientPosition;
use planner::{Planned, Planner, PlannerError, PlanningRequest, ScanPlan};
use scenario::ScenarioSetup;
use scenario::library::Library;
use slice_editor::Edit;

use super::{SCENARIO, desk, true_plan_of};

/// What is changed about the right plan.
pub(super) type Change = Box<dyn Fn(&mut ScanPlan)>;

/// Who plans.
pub(super) enum Planning {
    /// By hand: the true plan, changed.
    ByHand(Change),
    /// With the AI: it is asked, and this is done about it.
    WithAi(Vec<Intent>),
    /// The AI is asked, this is done about it, then the true plan, changed, is drawn by hand.
    AfterAi(Vec<Intent>, Change),
}

/// What is done, in order.
pub(super) struct Attempt {
    /// The lesson's table, beyond the order.
    pub lesson: &'static str,
    /// Taken with hints.
    pub practice: bool,
    /// The order, in place of the protocol's series with T1 at every level.
    pub order: Option<&'static str>,
    /// The patient's motion, as a scenario writes it.
    pub motion: &'static str,
    /// What is typed in place of what the order says.
    pub typed: Vec<(Field, &'static str)>,
    /// Registered without the order's data.
    pub emergency: bool,
    /// Whether the questions are asked.
    pub asks: Box<dyn Fn(&Intent) -> bool>,
    /// The position in which the patient is laid.
    pub lying: PatientPosition,
    /// Whether the cushion is used.
    pub cushion: bool,
    /// The coil.
    pub coil: CoilChoice,
    /// How far towards the head the landmark misses L3, mm.
    pub miss_mm: f64,
    /// Who plans.
    pub planning: Planning,
    /// Time for planning, s.
    pub planning_s: f64,
    /// Whether the T1-weighted series that is ordered is added.
    pub adds_t1: bool,
    /// Whether all is scanned.
    pub scans: bool,
    /// What is scanned again, by name, as often as said.
    pub repeats: Vec<(String, u32)>,
    /// What is drawn by hand after the scans.
    pub afterwards: Option<Change>,
}

impl Default for Attempt {
    /// An expert who plans by hand and makes no mistake.
    fn default() -> Self {
        Self {
            lesson: "",
            practice: false,
            order: None,
            motion: "",
            typed: Vec::new(),
            emergency: false,
            asks: Box::new(|_| true),
            lying: PatientPosition::HeadFirstSupine,
            cushion: true,
            coil: CoilChoice::SpineAndBodyArray,
            miss_mm: 0.0,
            planning: Planning::ByHand(Box::new(|_| {})),
            planning_s: 120.0,
            adds_t1: true,
            scans: true,
            repeats: Vec::new(),
            afterwards: None,
        }
    }
}

/// A planner that is right; the exercise may make it wrong.
struct Right(ScanPlan);

impl Planner for Right {
    fn name(&self) -> String {
        "right".into()
    }

    fn plan(&mut self, _: &PlanningRequest<'_>) -> Result<Planned, PlannerError> {
        Ok(Planned { plan: self.0.clone(), segmentation: None, warnings: Vec::new() })
    }
}

impl Attempt {
    /// The exercise.
    pub fn exercise(&self) -> Exercise {
        let with_t1 = "series = [\"T2 TSE sagittal\", \"T1 TSE sagittal\", \"T2 TSE axial\"]";
        let Self { motion, lesson, order, .. } = self;
        let mode = if self.practice { "practice" } else { "exam" };
        let order = order.unwrap_or(with_t1);
        let text = format!(
            "{SCENARIO}\n[patients.positioning]\n{motion}\n[lesson]\nmode = \"{mode}\"\n{lesson}\n[lesson.order]\n{order}\n"
        );
        let setup = ScenarioSetup::from_text("test-lesson.toml".as_ref(), &text, &Library::default());
        // The exercise has an AI; which one, the script says.
        let setup = ScenarioSetup { model_folder: Some("tests".into()), ..setup.expect("it is right") };
        Exercise::of(setup).expect("an ordinary patient")
    }

    /// The true plan, as the images will be labelled.
    fn right_plan(&self, exercise: &Exercise) -> ScanPlan {
        let registered = self.typed.iter().find(|(field, _)| *field == Field::Position);
        let registered = registered.map_or(exercise.order.position, |(_, code)| {
            PatientPosition::ALL.into_iter().find(|position| position.code() == *code).expect("a DICOM code")
        });
        let ahead = if self.lying.head_first() { -1.0 } else { 1.0 };
        let setup = PatientSetup {
            position: self.lying,
            knee_cushion: self.cushion,
            coil: self.coil,
            landmark_error_mm: ahead * self.miss_mm,
            ..PatientSetup::default()
        };
        true_plan_of(exercise, &setup).moved(&exam::registered_to_patient(registered, self.lying).inverse())
    }

    fn lines(&self, exercise: &Exercise) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut now_s = 0.0;
        let wait = || Line { wait: Some(Wait::Idle), ..Line::nothing() };
        let registration = reference_operator::registration(exercise).into_iter().map(|intent| match intent {
            Intent::Open { exercise, .. } => Intent::Open { exercise, emergency: self.emergency },
            other => other,
        });
        let known_in_an_emergency = |intent: &Intent| match intent {
            Intent::Fill { field, .. } => !self.emergency || matches!(field, Field::WeightKg | Field::Position),
            _ => true,
        };
        let asked = registration
            .filter(known_in_an_emergency)
            .filter(|intent| !matches!(intent, Intent::Ask(_) | Intent::Decide { .. }) || (self.asks)(intent));
        let mut intents: Vec<Intent> = asked.collect();
        for (field, text) in &self.typed {
            intents.push(Intent::Fill { field: *field, text: (*text).to_owned() });
        }
        let at_the_table = reference_operator::positioning(exercise, self.lying, self.miss_mm).into_iter();
        intents.extend(at_the_table.map(|intent| match intent {
            Intent::Cushion(_) => Intent::Cushion(self.cushion),
            Intent::Plug { centre_mm, .. } => Intent::Plug { coil: self.coil, centre_mm },
            other => other,
        }));
        intents.extend([Intent::Speed(0.0), Intent::ScanLocalizer]);
        for intent in intents {
            now_s += 1.0;
            lines.push(Line::intent(now_s, intent));
        }
        lines.push(wait());

        let right = self.right_plan(exercise);
        now_s += self.planning_s;
        let draw = |lines: &mut Vec<Line>, change: &dyn Fn(&mut ScanPlan)| {
            let mut plan = right.clone();
            change(&mut plan);
            lines.push(Line::intent(now_s, Intent::Draw(Edit::Adopt(plan))));
        };
        let ask = |lines: &mut Vec<Line>, then: &[Intent]| {
            lines.extend([Line { intent: Some(Intent::AskAi), ..Line::nothing() }, wait()]);
            lines.extend(then.iter().map(|intent| Line::intent(now_s, intent.clone())));
        };
        match &self.planning {
            Planning::ByHand(change) => draw(&mut lines, change),
            Planning::WithAi(then) => ask(&mut lines, then),
            Planning::AfterAi(then, change) => {
                ask(&mut lines, then);
                draw(&mut lines, change);
            }
        }
        let mut then = |intent| lines.push(Line { intent: Some(intent), ..Line::nothing() });
        if self.scans {
            if self.adds_t1 {
                then(Intent::AddSeries { protocol: "T1 TSE sagittal".into() });
            }
            then(Intent::ScanAll);
            lines.push(wait());
        }
        for (name, times) in &self.repeats {
            for _ in 0..*times {
                lines.extend([Line { intent: Some(Intent::Repeat(name.as_str().into())), ..Line::nothing() }, wait()]);
            }
        }
        if let Some(change) = &self.afterwards {
            draw(&mut lines, change);
        }
        lines.push(Line { intent: Some(Intent::Go(Phase::Viewing)), ..Line::nothing() });
        lines.push(Line { intent: Some(Intent::Finish), ..Line::nothing() });
        lines
    }

    /// Plays it; the session is kept for what the score does not say.
    pub fn play(&self) -> Session {
        let exercise = self.exercise();
        let mut desk = desk(exercise.clone());
        let right = self.right_plan(&exercise);
        let mut planner_for = |exercise: &Exercise| -> Result<Box<dyn Planner>, String> {
            Ok(Box::new(Misleading::new(Box::new(Right(right.clone())), exercise.assist)))
        };
        script::play(&mut desk, self.lines(&exercise), &mut planner_for)
            .unwrap_or_else(|(at, refusal)| panic!("line {at}: {refusal}"));
        desk.session.expect("it is open until it is left")
    }

    /// Plays it; what came of it.
    pub fn finished(&self) -> Finished {
        self.play().finished.expect("the script finishes")
    }
}
