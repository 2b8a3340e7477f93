//! The reference operator: does everything as the order says. Scripts, tests and the documentation's pictures start
//! from it.

use exam::CoilChoice;
use geometry::PatientPosition;

use crate::exercise::Exercise;
use crate::intent::{Intent, Look, Phase, Shows};
use crate::journal::{Line, Wait};
use crate::registration_form::Field;
use crate::safety::{Decision, Question, Screening};
use crate::table::Table;

/// Registration and screening.
pub fn registration(exercise: &Exercise) -> Vec<Intent> {
    let (identity, person) = (&exercise.order.identity, &exercise.person.person);
    let typed = [
        (Field::Name, identity.name.clone()),
        (Field::PatientId, identity.patient_id.clone()),
        (Field::BirthDate, identity.birth_date.clone()),
        (Field::Sex, identity.sex.clone()),
        (Field::WeightKg, format!("{:.0}", person.weight_kg)),
        (Field::HeightCm, format!("{:.0}", person.height_cm)),
        (Field::Indication, exercise.order.indication.clone()),
        (Field::Position, exercise.order.position.code().to_owned()),
    ];
    let mut intents = vec![Intent::Open { exercise: exercise.name().to_owned(), emergency: false }];
    intents.extend(typed.into_iter().map(|(field, text)| Intent::Fill { field, text }));
    for question in exercise.screening.questions() {
        intents.push(Intent::Ask(question));
        intents.push(Intent::Decide { question, decision: decided(&exercise.screening, question) });
    }
    intents
}

/// The decision that is right about what the patient says.
fn decided(screening: &Screening, question: Question) -> Decision {
    let is_right = |decision: &Decision| {
        let mut tried = screening.clone();
        tried.ask(question);
        let taken = tried.decide(question, *decision).is_ok();
        taken && tried.marks().iter().filter(|mark| mark.question == question).all(|mark| mark.ok)
    };
    Decision::ALL.into_iter().find(is_right).unwrap_or(Decision::CallRadiologist)
}

/// At the table, up to the patient in the bore: lying in a position, the light missing L3 by some mm towards the head.
pub fn positioning(exercise: &Exercise, lying: PatientPosition, miss_mm: f64) -> Vec<Intent> {
    let mut table = Table::new(exercise.person.person.height_cm);
    table.position = lying;
    let ahead = if lying.head_first() { -miss_mm } else { miss_mm };
    vec![
        Intent::Go(Phase::Positioning),
        Intent::Lay(lying),
        Intent::Cushion(true),
        Intent::Laser(true),
        Intent::MoveTable(table.travel_with_l3_under_laser_mm() + ahead),
        Intent::SetLandmark,
        // After the landmark: the array covers the marks on the body.
        Intent::Plug { coil: CoilChoice::SpineAndBodyArray, centre_mm: 0.0 },
        Intent::ToIsocentre,
    ]
}

/// A whole examination with the AI, with pictures on the way.
pub fn examination(exercise: &Exercise) -> Vec<Line> {
    let mut script = Script::default();
    script.picture("1-worklist");
    let registration = registration(exercise);
    let typing = registration.iter().position(|intent| matches!(intent, Intent::Ask(_))).unwrap_or(registration.len());
    script.all(registration[..typing].iter().cloned(), 4.0);
    script.all(registration[typing..].iter().cloned(), 2.0);
    script.picture("2-registration");
    let positioning = positioning(exercise, exercise.order.position, 0.0);
    let mark = positioning.iter().position(|intent| *intent == Intent::SetLandmark).unwrap_or(positioning.len());
    script.all(positioning[..mark].iter().cloned(), 5.0);
    script.picture("3-positioning");
    script.all(positioning[mark..].iter().cloned(), 5.0);
    script.picture("4-in-the-bore");
    script.all([Intent::Speed(10.0), Intent::ScanLocalizer, Intent::Speed(0.0)], 1.0);
    script.wait();
    script.all([Intent::AskAi], 2.0);
    script.wait();
    script.picture("5-proposal");
    script.all([Intent::AcceptProposal], 25.0);
    let further = exercise.order.scans.further(&exercise.setup.protocol);
    script.all(further.map(|name| Intent::AddSeries { protocol: name.to_owned() }), 5.0);
    script.all([Intent::ScanAll], 5.0);
    script.wait();
    script.picture("6-scanned");
    script.all([Intent::Go(Phase::Viewing), Intent::Look(0, Look::Show(Shows::Series("sagittal".into())))], 2.0);
    script.picture("7-viewer");
    script.all([Intent::Finish], 20.0);
    script.picture("8-score");
    script.lines
}

/// Lines with their times.
#[derive(Default)]
struct Script {
    lines: Vec<Line>,
    now_s: f64,
}

impl Script {
    /// Intents, with some time before each.
    fn all(&mut self, intents: impl IntoIterator<Item = Intent>, each_s: f64) {
        for intent in intents {
            // Time begins with the patient.
            if !matches!(intent, Intent::Open { .. }) {
                self.now_s += each_s;
            }
            self.lines.push(Line::intent(self.now_s, intent));
        }
    }

    fn wait(&mut self) {
        self.lines.push(Line { wait: Some(Wait::Idle), ..Line::nothing() });
    }

    fn picture(&mut self, name: &str) {
        self.lines.push(Line { picture: Some(name.to_owned()), ..Line::nothing() });
    }
}
