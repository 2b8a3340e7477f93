//! What was done right and wrong.

use serde::{Deserialize, Serialize};

use super::Decision;
use super::answer::{Answer, DeviceStatus};
use super::question::Question;
use crate::safety::text;

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
        return if asked { Right(text::GIVEN.into()) } else { Grave(text::NOT_GIVEN.into()) };
    }
    if !asked {
        return match hazard(question, answer) {
            Some(Hazard::Grave) => Grave(text::unasked(words)),
            Some(Hazard::Manageable) => Wrong(text::unasked(words)),
            None => Wrong(text::HARMLESS_UNASKED.into()),
        };
    }
    if !question.needs_decision(answer) {
        return Right(text::asked(words));
    }
    let Some(decision) = decision else {
        return match hazard(question, answer) {
            Some(Hazard::Grave) => Grave(text::nothing_followed(words)),
            _ => Wrong(text::nothing_decided(words)),
        };
    };
    let done = decision.label().to_lowercase();
    match (question, answer.status, decision) {
        (Question::WornMetal, _, Decision::Removed) => Right(text::taken_off(words)),
        (Question::WornMetal, _, Decision::CallRadiologist) => Wrong(text::still_worn(words)),
        (Question::WornMetal, ..) => Grave(text::metal_in_the_scanner(words)),
        (_, _, Decision::CallRadiologist) => Right(text::radiologist_decided(words)),
        (Question::Pregnancy, ..) => Grave(text::radiologist_has_to_decide(words, &done)),
        (_, status, Decision::Removed) if status >= DeviceStatus::Unknown => Grave(text::cannot_be_taken_out(words)),
        (_, DeviceStatus::Unsafe, _) => Grave(text::is_unsafe(words, &done)),
        (_, DeviceStatus::Unknown, _) => Grave(text::is_unknown(words, &done)),
        (_, DeviceStatus::Conditional, Decision::ConditionsChecked) => Right(text::conditions_checked(words)),
        (_, DeviceStatus::Conditional, _) => Wrong(text::conditions_not_checked(words, &done)),
        (_, DeviceStatus::Safe, Decision::Removed) => Wrong(text::nothing_to_take_off(words)),
        (_, DeviceStatus::Safe, _) => Right(text::done(words, &done)),
    }
}

/// The hazard behind an answer, had it been acted upon wrongly.
enum Hazard {
    Grave,
    Manageable,
}

fn hazard(question: Question, answer: &Answer) -> Option<Hazard> {
    match question {
        _ if !answer.yes => None,
        Question::WornMetal | Question::Pregnancy => Some(Hazard::Grave),
        Question::KidneyOrContrast | Question::Claustrophobia => Some(Hazard::Manageable),
        _ if answer.status >= DeviceStatus::Unknown => Some(Hazard::Grave),
        _ if answer.status == DeviceStatus::Conditional => Some(Hazard::Manageable),
        _ => None,
    }
}
