//! What was done right and wrong.

use serde::{Deserialize, Serialize};

use super::Decision;
use super::answer::{Answer, DeviceStatus};
use super::question::Question;

/// One question, marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Mark {
    /// Which question.
    pub question: Question,
    /// What was done, and what would have been right.
    pub explanation: String,
    /// True if it was right.
    pub ok: bool,
    /// True if it could have hurt the patient.
    pub grave: bool,
}

/// How an answer was dealt with.
enum Verdict {
    Right(String),
    Wrong(String),
    Grave(String),
}

/// Marks one question.
pub(super) fn of(question: Question, answer: &Answer, asked: bool, decision: Option<Decision>) -> Mark {
    let (explanation, ok, grave) = match verdict(question, answer, asked, decision) {
        Verdict::Right(text) => (text, true, false),
        Verdict::Wrong(text) => (text, false, false),
        Verdict::Grave(text) => (text, false, true),
    };
    Mark { question, explanation: format!("{}: {explanation}", question.label()), ok, grave }
}

fn verdict(question: Question, answer: &Answer, asked: bool, decision: Option<Decision>) -> Verdict {
    use Verdict::{Grave, Right, Wrong};
    let words = answer.words();
    if question == Question::HearingProtection {
        return if asked { Right("given".into()) } else { Grave("not given; a scanner is loud enough to harm".into()) };
    }
    if !asked {
        return match hazard(question, answer) {
            Some(Hazard::Grave) => Grave(format!("not asked; the answer would have been \"{words}\"")),
            Some(Hazard::Manageable) => Wrong(format!("not asked; the answer would have been \"{words}\"")),
            None => Wrong("not asked; the answer would have been harmless, which nobody knew".into()),
        };
    }
    if !question.needs_decision(answer) {
        return Right(format!("asked, \"{words}\""));
    }
    let Some(decision) = decision else {
        return match hazard(question, answer) {
            Some(Hazard::Grave) => Grave(format!("\"{words}\", and nothing followed from it")),
            _ => Wrong(format!("\"{words}\", and nothing was decided")),
        };
    };
    let done = decision.label().to_lowercase();
    match (question, answer.status, decision) {
        (Question::WornMetal, _, Decision::Removed) => Right(format!("\"{words}\", taken off")),
        (Question::WornMetal, _, Decision::CallRadiologist) => {
            Wrong(format!("\"{words}\": taking it off needs no radiologist, and it is still worn"))
        }
        (Question::WornMetal, ..) => Grave(format!("\"{words}\" went into the scanner; it should have been taken off")),
        (Question::Pregnancy, _, Decision::CallRadiologist) => Right(format!("\"{words}\", the radiologist decided")),
        (Question::Pregnancy, ..) => Wrong(format!("\"{words}\", {done}; the radiologist has to decide")),
        (_, _, Decision::CallRadiologist) => Right(format!("\"{words}\", the radiologist decided")),
        (_, _, Decision::Removed) if answer.status >= DeviceStatus::Unknown => {
            Grave(format!("\"{words}\" cannot be taken out; the radiologist has to decide"))
        }
        (_, DeviceStatus::Unsafe, _) => {
            Grave(format!("\"{words}\" is MR unsafe, yet: {done}; the radiologist would have called it off"))
        }
        (_, DeviceStatus::Unknown, _) => Grave(format!(
            "nobody knows what \"{words}\" does in a scanner, yet: {done}; the radiologist has to decide"
        )),
        (_, DeviceStatus::Conditional, Decision::ConditionsChecked) => {
            Right(format!("\"{words}\", conditions checked"))
        }
        (_, DeviceStatus::Conditional, _) => {
            Wrong(format!("\"{words}\", {done}; the conditions on its card have to be checked"))
        }
        (_, DeviceStatus::Safe, Decision::Removed) => Wrong(format!("\"{words}\" is nothing that could be taken off")),
        (_, DeviceStatus::Safe, _) => Right(format!("\"{words}\", {done}")),
    }
}

/// What an answer that nobody heard could have done.
enum Hazard {
    Grave,
    Manageable,
}

fn hazard(question: Question, answer: &Answer) -> Option<Hazard> {
    match question {
        _ if !answer.yes => None,
        Question::WornMetal => Some(Hazard::Grave),
        Question::Pregnancy | Question::KidneyOrContrast | Question::Claustrophobia => Some(Hazard::Manageable),
        _ if answer.status >= DeviceStatus::Unknown => Some(Hazard::Grave),
        _ if answer.status == DeviceStatus::Conditional => Some(Hazard::Manageable),
        _ => None,
    }
}
