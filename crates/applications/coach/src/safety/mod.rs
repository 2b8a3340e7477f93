//! Whether the patient may enter the scanner: the questions asked before an examination, the true
//! answers, and what the trainee decided.
//!
//! ```
//! use coach::safety::{Answer, Decision, DeviceStatus, Question, Screening};
//!
//! let pacemaker = Answer::yes("pacemaker since 2009, no card", DeviceStatus::Unsafe);
//! let mut screening = Screening::new([(Question::CardiacDevice, pacemaker), (Question::HearingProtection, Answer::no())]);
//! screening.ask(Question::CardiacDevice);
//! screening.ask(Question::HearingProtection);
//! screening.decide(Question::CardiacDevice, Decision::Proceed).expect("it was asked");
//! assert!(screening.marks()[0].grave);
//! screening.decide(Question::CardiacDevice, Decision::CallRadiologist).expect("it was asked");
//! assert!(screening.is_called_off() && screening.marks().iter().all(|mark| mark.ok));
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | `question` | what is asked |
//! | `answer` | what is true of the patient |
//! | `answer_line` | answers as a scenario file writes them |
//! | `implants` | the answer that follows from the spine's findings |
//! | `mark` | what was done right and wrong |

mod answer;
mod answer_line;
mod implants;
mod mark;
mod question;
mod text;

use phantom::SpineParameters;
use phantom::parameters::Sex;
use serde::{Deserialize, Serialize};

use crate::registration_form::Severity;

pub use answer::{Answer, DeviceStatus};
pub use answer_line::UnknownAnswer;
pub use mark::Mark;
pub use question::Question;

/// Between these ages a woman is asked whether she is pregnant, years; project choice.
const MAY_BE_PREGNANT_YEARS: [f64; 2] = [11.0, 55.0];

/// What the trainee does about an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Go on as if it did not matter.
    Proceed,
    /// Read the device's card and keep to its conditions.
    ConditionsChecked,
    /// Take off or out what can be.
    Removed,
    /// Ask the radiologist before anything else.
    CallRadiologist,
}

impl Decision {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Proceed, Self::ConditionsChecked, Self::Removed, Self::CallRadiologist];

    /// What the button says.
    pub const fn label(self) -> &'static str {
        text::decision(self)
    }
}

/// One question, its true answer, and what was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Entry {
    question: Question,
    answer: Answer,
    asked: bool,
    decision: Option<Decision>,
}

/// The screening of one patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Screening {
    entries: Vec<Entry>,
}

/// Something that should be done before the table moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ScreeningProblem {
    /// About which question.
    pub question: Question,
    /// An error keeps the table where it is.
    pub severity: Severity,
    /// What is to be done.
    pub message: String,
}

/// A decision about a question that was not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", text::not_asked(.0))]
pub struct NotAsked(pub Question);

impl Screening {
    /// The questions of one patient with their true answers; nothing has been asked.
    pub fn new(answers: impl IntoIterator<Item = (Question, Answer)>) -> Self {
        let entry = |(question, answer)| Entry { question, answer, asked: false, decision: None };
        Self { entries: answers.into_iter().map(entry).collect() }
    }

    /// Every question that applies to a person. Implants and operations follow from the spine's findings; `lines`
    /// add what no image shows, one answer each: `cardiac-device: pacemaker since 2009, no card [unsafe]`.
    ///
    /// # Errors
    /// [`UnknownAnswer`] for a line that is not an answer.
    pub fn for_patient(parameters: &SpineParameters, lines: &[String]) -> Result<Self, UnknownAnswer> {
        let person = &parameters.person;
        let [youngest, oldest] = MAY_BE_PREGNANT_YEARS;
        let may_be_pregnant = person.sex == Sex::Female && (youngest..=oldest).contains(&person.age_years);
        let disclosed: Vec<(Question, Answer)> =
            lines.iter().map(|line| answer_line::read(line)).collect::<Result<_, _>>()?;
        let is_disclosed = |question| disclosed.iter().any(|(about, _)| *about == question);
        let questions = Question::ALL
            .into_iter()
            .filter(|&question| question != Question::Pregnancy || may_be_pregnant || is_disclosed(question));
        Ok(Self::new(questions.map(|question| {
            let known = match question {
                Question::OtherImplant => implants::of(&parameters.findings),
                Question::HearingProtection => Answer { detail: text::EARPLUGS.to_owned(), ..Answer::no() },
                _ => Answer::no(),
            };
            let answers = disclosed.iter().filter(|(about, _)| *about == question).map(|(_, answer)| answer.clone());
            (question, answers.fold(known, Answer::and))
        })))
    }

    /// The questions in their order.
    pub fn questions(&self) -> impl Iterator<Item = Question> {
        self.entries.iter().map(|entry| entry.question)
    }

    /// Asks one question, or does what it asks for (hearing protection); asking again changes nothing. Returns the
    /// patient's reply.
    pub fn ask(&mut self, question: Question) -> Option<&str> {
        self.entry_mut(question)?.asked = true;
        self.reply(question)
    }

    /// Decides what follows from an answer; a later decision replaces an earlier one.
    ///
    /// # Errors
    /// [`NotAsked`] before the question was asked.
    pub fn decide(&mut self, question: Question, decision: Decision) -> Result<(), NotAsked> {
        let entry = self.entry_mut(question).filter(|entry| entry.asked).ok_or(NotAsked(question))?;
        entry.decision = Some(decision);
        Ok(())
    }

    /// True once a question was asked.
    pub fn is_asked(&self, question: Question) -> bool {
        self.entry(question).is_some_and(|entry| entry.asked)
    }

    /// What was decided.
    pub fn decision(&self, question: Question) -> Option<Decision> {
        self.entry(question)?.decision
    }

    /// The patient's reply, once asked.
    pub fn reply(&self, question: Question) -> Option<&str> {
        self.entry(question).filter(|entry| entry.asked).map(|entry| entry.answer.words())
    }

    /// What the device's card says, once its conditions were checked.
    pub fn card(&self, question: Question) -> Option<&'static str> {
        let entry = self.entry(question).filter(|entry| entry.decision == Some(Decision::ConditionsChecked))?;
        Some(entry.answer.status.card())
    }

    /// What the radiologist says, once called.
    pub fn radiologist(&self, question: Question) -> Option<&'static str> {
        let entry = self.entry(question).filter(|entry| entry.decision == Some(Decision::CallRadiologist))?;
        Some(text::radiologist(entry.question, &entry.answer))
    }

    /// True if the radiologist was called and will not have this patient scanned here.
    pub fn is_called_off(&self) -> bool {
        let forbidden = |entry: &Entry| entry.decision == Some(Decision::CallRadiologist) && entry.answer.forbids();
        self.entries.iter().any(forbidden)
    }

    /// What stands between the patient and the scanner. A question that was not asked is a warning: the table
    /// moves in practice, too, and the score shows it.
    pub fn problems(&self) -> Vec<ScreeningProblem> {
        self.entries.iter().filter_map(problem).collect()
    }

    /// What was done right and wrong, question by question.
    pub fn marks(&self) -> Vec<Mark> {
        self.entries.iter().map(|entry| mark::of(entry.question, &entry.answer, entry.asked, entry.decision)).collect()
    }

    fn entry(&self, question: Question) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.question == question)
    }

    fn entry_mut(&mut self, question: Question) -> Option<&mut Entry> {
        self.entries.iter_mut().find(|entry| entry.question == question)
    }
}

fn problem(entry: &Entry) -> Option<ScreeningProblem> {
    let (severity, message) = if !entry.asked {
        (Severity::Warning, text::not_asked(&entry.question))
    } else if entry.decision == Some(Decision::CallRadiologist) && entry.answer.forbids() {
        (Severity::Error, text::CALLED_OFF.to_owned())
    } else if entry.decision.is_none() && entry.question.needs_decision(&entry.answer) {
        (Severity::Error, text::undecided(entry.question, entry.answer.words()))
    } else {
        return None;
    };
    Some(ScreeningProblem { question: entry.question, severity, message })
}

#[cfg(test)]
mod tests;
