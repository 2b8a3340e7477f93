//! What is to be examined: one case of a scenario, with the order that came with the patient.

use std::sync::Arc;

use exam::{Examination, LoopLimits};
use geometry::{Disc, PatientPosition, Vertebra};
use phantom::SpineParameters;
use phantom::parameters::Sex;
use randomness::Stream;
use randomness::rand::Rng;
use scenario::ScenarioSetup;
use scenario::lesson::{Assist, AssistKind, LessonMode};

use crate::assist::Behaviour;
use crate::ordered_scans::OrderedScans;
use crate::record::Mode;
use crate::registration_form::Identity;
use crate::safety::Screening;

/// The day on which all lessons are dated: an age must not depend on when it is asked.
pub const LESSON_DAY: jiff::civil::Date = jiff::civil::date(2026, 3, 2);

/// Time for planning if the exercise sets none, s: twice a careful technologist's six discs (lumbar-numbers §4c; choice).
const USUAL_PLANNING_S: f64 = 600.0;

/// One case of a scenario as an exercise.
#[derive(Clone, Debug)]
pub struct Exercise {
    /// The scenario.
    pub setup: Arc<ScenarioSetup>,
    /// Seed that the patient is drawn from.
    pub seed: u64,
    /// Which patient of the scenario.
    pub case: u64,
    /// What came with the patient.
    pub order: Order,
    /// Who the patient is, as far as a scanner cares.
    pub person: SpineParameters,
    /// What the patient says when asked.
    pub screening: Screening,
    /// With hints or without.
    pub mode: Mode,
    /// How the AI behaves.
    pub assist: Behaviour,
    /// Time for planning, s.
    pub planning_limit_s: f64,
    /// Points out of 100 from which the exercise is passed.
    pub pass_mark: f64,
}

/// The order for an examination.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Who the patient is, as the wristband says.
    pub identity: Identity,
    /// Why the examination was asked for.
    pub indication: String,
    /// The position that is asked for.
    pub position: PatientPosition,
    /// What is to be scanned.
    pub scans: OrderedScans,
}

impl Exercise {
    /// The exercise of a scenario's `[lesson]`; without one, its first case with an honest AI.
    ///
    /// # Errors
    /// What in the lesson cannot be understood.
    pub fn of(setup: ScenarioSetup) -> Result<Self, String> {
        let lesson = setup.scenario.lesson.clone().unwrap_or_default();
        let (seed, case) = (setup.scenario.seed, lesson.case);
        let (patient, _) = scenario::patient_of_case(&setup, seed, case);
        let person = patient.spine.parameters().clone();
        let screening = Screening::for_patient(&person, &lesson.implants).map_err(|error| error.to_string())?;
        let discs = patient.truth().discs.into_iter().map(|disc| disc.labelled.label);
        let lumbar: Vec<Disc> = discs.filter(|disc| disc.upper >= Vertebra::L1).collect();
        let scans = OrderedScans::of(&lesson.order, &setup.protocol, &lumbar).map_err(|error| error.to_string())?;
        Ok(Self {
            seed,
            case,
            order: Order {
                identity: identity_of(&person, &Stream::from_seed(seed).child("identity", case), case),
                indication: if lesson.indication.is_empty() {
                    crate::registration_form::text::USUAL_INDICATION.to_owned()
                } else {
                    lesson.indication.clone()
                },
                position: lesson.position,
                scans,
            },
            screening,
            mode: match lesson.mode {
                LessonMode::Practice => Mode::Practice,
                LessonMode::Exam => Mode::Exam,
            },
            assist: behaviour_of(&lesson.assist),
            planning_limit_s: lesson.time_limit_s.unwrap_or(USUAL_PLANNING_S),
            pass_mark: lesson.pass_mark,
            person,
            setup: Arc::new(setup),
        })
    }

    /// The examination of the exercise's patient, in which nothing has been done. A person decides what is repeated and
    /// re-planned.
    pub fn examination(&self) -> Examination {
        let (patient, stream) = scenario::patient_of_case(&self.setup, self.seed, self.case);
        let protocol = self.setup.protocol.clone();
        let by_hand = LoopLimits { repeats: 0, replans: 0 };
        let rules = self.setup.prescription.clone();
        Examination::new(patient, protocol.scanner(), protocol, rules, by_hand, stream.child("repeat", 0))
    }

    /// For the trainee, before the examination: what is marked. The instructor's words, hints and all, are not.
    pub fn ordered(&self) -> String {
        let minutes = self.planning_limit_s / 60.0;
        let scans = self.order.scans.describe();
        format!("{scans}. {minutes:.0} min for planning. Passed with {:.0} of 100 points.", self.pass_mark)
    }

    /// The scenario's name, by which an exercise is called.
    pub fn name(&self) -> &str {
        &self.setup.scenario.name
    }

    /// One line for people.
    pub fn title(&self) -> &str {
        if self.setup.scenario.title.is_empty() { self.name() } else { &self.setup.scenario.title }
    }
}

/// The AI's behaviour as a scenario writes it; level and amount were checked when it was read.
fn behaviour_of(assist: &Assist) -> Behaviour {
    let amount = assist.amount.unwrap_or_default();
    match (assist.kind, assist.level) {
        (AssistKind::Off, _) => Behaviour::Off,
        (AssistKind::Miscounted, _) => Behaviour::Miscounted,
        (AssistKind::Tilted, Some(level)) => Behaviour::Tilted { level, deg: amount },
        (AssistKind::Shifted, Some(level)) => Behaviour::Shifted { level, mm: amount },
        (AssistKind::Honest | AssistKind::Tilted | AssistKind::Shifted, _) => Behaviour::Honest,
    }
}

/// Family names without a bearer: birds, as no register of people holds them together with these given names.
const FAMILIES: [&str; 12] = [
    "Plover", "Wren", "Heron", "Kestrel", "Dunnock", "Siskin", "Lapwing", "Avocet", "Curlew", "Bittern", "Merlin",
    "Redstart",
];
const WOMEN: [&str; 8] = ["Ada", "Ines", "Mara", "Thea", "Nora", "Lena", "Ruth", "Olga"];
const MEN: [&str; 8] = ["Emil", "Jonas", "Karim", "Luca", "Oskar", "Tomas", "Viktor", "Yusuf"];

/// A name, a number and a birthday for a patient.
fn identity_of(person: &SpineParameters, stream: &Stream, case: u64) -> Identity {
    let mut rng = stream.rng();
    let person = &person.person;
    let (given, sex) = match person.sex {
        Sex::Female => (WOMEN[rng.random_range(0..WOMEN.len())], "F"),
        Sex::Male => (MEN[rng.random_range(0..MEN.len())], "M"),
    };
    let family = FAMILIES[rng.random_range(0..FAMILIES.len())];
    // Born so that the age is right on the day that all lessons are dated.
    let birth = LESSON_DAY
        .checked_sub(jiff::Span::new().days((person.age_years * 365.25).round() as i64 + 1))
        .unwrap_or(LESSON_DAY);
    Identity {
        name: format!("{family}, {given}"),
        patient_id: format!("PL{:06}-{case}", rng.random_range(100_000..1_000_000)),
        birth_date: birth.to_string(),
        sex: sex.to_owned(),
    }
}
