//! The safety screening: questions, decisions, answers, marks.

use crate::safety::{Answer, Decision, DeviceStatus, Question};

pub(crate) const CALLED_OFF: &str = "the radiologist has called the examination off";
pub(crate) const EARPLUGS: &str = "earplugs are in";
pub(crate) const GIVEN: &str = "given";
pub(crate) const NOT_GIVEN: &str = "not given; a scanner is loud enough to harm";
pub(crate) const HARMLESS_UNASKED: &str = "not asked; the answer would have been harmless, which nobody knew";

pub(crate) const fn question(question: Question) -> &'static str {
    match question {
        Question::CardiacDevice => "Pacemaker or defibrillator",
        Question::AneurysmClip => "Aneurysm clip",
        Question::Neurostimulator => "Neurostimulator or pump",
        Question::CochlearImplant => "Cochlear implant",
        Question::MetalInEye => "Metal in the eye",
        Question::OtherImplant => "Other implants or operations",
        Question::Pregnancy => "Pregnancy",
        Question::KidneyOrContrast => "Kidney disease or contrast allergy",
        Question::Claustrophobia => "Claustrophobia",
        Question::WornMetal => "Jewellery, hearing aids",
        Question::HearingProtection => "Hearing protection given",
    }
}

pub(crate) const fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Proceed => "Proceed",
        Decision::ConditionsChecked => "Conditions checked",
        Decision::Removed => "Removed",
        Decision::CallRadiologist => "Call the radiologist",
    }
}

/// What a device's card says.
pub(crate) const fn card(status: DeviceStatus) -> &'static str {
    match status {
        DeviceStatus::Safe => "MR safe",
        DeviceStatus::Conditional => "MR conditional: 1.5 T and 3 T, whole-body SAR up to 2 W/kg",
        DeviceStatus::Unknown => "there is no card",
        DeviceStatus::Unsafe => "MR unsafe",
    }
}

/// What the radiologist says to an answer.
pub(crate) const fn radiologist(question: Question, answer: &Answer) -> &'static str {
    match (question, answer.status) {
        _ if !answer.yes => "nothing speaks against the examination",
        (Question::WornMetal, _) => "have it taken off first",
        (Question::MetalInEye, DeviceStatus::Unknown) => {
            "not before an X-ray of the orbits: the examination is put off"
        }
        (_, DeviceStatus::Unsafe) => "not in any scanner: the examination is called off",
        (_, DeviceStatus::Unknown) => "not before the make is known: the examination is put off",
        (Question::Pregnancy, _) => "the examination is justified, without contrast agent and with short sequences",
        (_, DeviceStatus::Conditional) => "the conditions are met here: go on, within the stated limits",
        (_, DeviceStatus::Safe) => "nothing speaks against the examination",
    }
}

pub(crate) fn not_asked(question: &Question) -> String {
    format!("'{}' has not been asked", self::question(*question))
}

pub(crate) fn undecided(question: Question, words: &str) -> String {
    format!("'{}': {words}; decide what follows", self::question(question))
}

// Implants, as the patient tells of them.

pub(crate) fn fusion(from: &dyn std::fmt::Display, to: &dyn std::fmt::Display, with_cages: bool) -> String {
    let cages = if with_cages { ", cages of plastic between" } else { "" };
    format!("pedicle screws and rods {from}–{to}, titanium{cages}")
}

pub(crate) fn prosthesis(disc: &dyn std::fmt::Display) -> String {
    format!("disc prosthesis {disc}, titanium")
}

pub(crate) fn laminectomy(vertebra: &dyn std::fmt::Display) -> String {
    format!("operation at {vertebra}, no implant")
}

// Marks: what was done, and what would have been right.

pub(crate) fn unasked(words: &str) -> String {
    format!("not asked; the answer would have been \"{words}\"")
}

pub(crate) fn asked(words: &str) -> String {
    format!("asked, \"{words}\"")
}

pub(crate) fn nothing_followed(words: &str) -> String {
    format!("\"{words}\", and nothing followed from it")
}

pub(crate) fn nothing_decided(words: &str) -> String {
    format!("\"{words}\", and nothing was decided")
}

pub(crate) fn taken_off(words: &str) -> String {
    format!("\"{words}\", taken off")
}

pub(crate) fn still_worn(words: &str) -> String {
    format!("\"{words}\": taking it off needs no radiologist, and it is still worn")
}

pub(crate) fn metal_in_the_scanner(words: &str) -> String {
    format!("\"{words}\" went into the scanner; it should have been taken off")
}

pub(crate) fn radiologist_decided(words: &str) -> String {
    format!("\"{words}\", the radiologist decided")
}

pub(crate) fn radiologist_has_to_decide(words: &str, done: &str) -> String {
    format!("\"{words}\", {done}; the radiologist has to decide")
}

pub(crate) fn cannot_be_taken_out(words: &str) -> String {
    format!("\"{words}\" cannot be taken out; the radiologist has to decide")
}

pub(crate) fn is_unsafe(words: &str, done: &str) -> String {
    format!("\"{words}\" is MR unsafe, yet: {done}; the radiologist would have called it off")
}

pub(crate) fn is_unknown(words: &str, done: &str) -> String {
    format!("nobody knows what \"{words}\" does in a scanner, yet: {done}; the radiologist has to decide")
}

pub(crate) fn conditions_checked(words: &str) -> String {
    format!("\"{words}\", conditions checked")
}

pub(crate) fn conditions_not_checked(words: &str, done: &str) -> String {
    format!("\"{words}\", {done}; the conditions on its card have to be checked")
}

pub(crate) fn nothing_to_take_off(words: &str) -> String {
    format!("\"{words}\" is nothing that could be taken off")
}

pub(crate) fn done(words: &str, done: &str) -> String {
    format!("\"{words}\", {done}")
}
