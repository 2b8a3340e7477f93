//! What may be wrong with the form, and the limits of what is plausible.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Field, RegistrationForm};
use crate::registration_form::text;

/// Nobody is known to have lived much longer, years.
const OLDEST_YEARS: f64 = 120.0;
/// A newborn to what tables carry, kg; project choice.
const WEIGHT_KG: [f64; 2] = [2.0, 300.0];
/// A newborn to the tallest, cm; project choice.
const HEIGHT_CM: [f64; 2] = [40.0, 230.0];
/// Body mass indices that people live with, kg/m²; project choice.
const BODY_MASS_INDEX: [f64; 2] = [12.0, 60.0];
/// Below this age weight is held against age, years.
const CHILD_YEARS: f64 = 16.0;
/// Part of the usual weight for the age that is still plausible; project choice, wide.
const CHILD_WEIGHT: [f64; 2] = [0.6, 2.2];
/// Length of a DICOM long string.
const LONGEST: usize = 64;

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth a second look.
    Warning,
    /// It must be mended first.
    Error,
}

/// Something wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Problem {
    /// Where.
    pub field: Field,
    /// How much it matters.
    pub severity: Severity,
    /// What was found and what is expected.
    pub message: String,
}

/// Everything that is wrong, in the order of the form.
pub(super) fn problems(form: &RegistrationForm, today: Date) -> Vec<Problem> {
    Field::ALL.into_iter().filter_map(|field| problem(form, field, today)).collect()
}

/// The gravest thing that is wrong with one field.
fn problem(form: &RegistrationForm, field: Field, today: Date) -> Option<Problem> {
    let error = |message: String| Some(Problem { field, severity: Severity::Error, message });
    let warning = |message: String| Some(Problem { field, severity: Severity::Warning, message });
    let typed = form.get(field).trim();
    if typed.is_empty() {
        return match field {
            _ if form.requires(field) => error(text::missing(field)),
            Field::Indication => warning(text::NO_INDICATION.to_owned()),
            _ => None,
        };
    }
    match field {
        Field::Name | Field::Indication | Field::PatientId => unwritable(field, typed).and_then(error),
        Field::BirthDate => match form.age_years(today) {
            None => error(text::not_a_date(typed)),
            Some(age) if age < 0.0 => error(text::in_the_future(typed)),
            Some(age) if age >= OLDEST_YEARS => error(text::too_old(age, OLDEST_YEARS)),
            Some(_) => None,
        },
        Field::Sex => match form.sex() {
            None => error(text::unknown_sex(typed)),
            Some(_) => None,
        },
        Field::Position => match form.position() {
            None => error(text::unknown_position(typed)),
            Some(_) => None,
        },
        Field::WeightKg => match form.weight_kg() {
            None => error(text::not_a_weight(typed)),
            Some(kg) if !within(kg, WEIGHT_KG) => error(text::out_of_range(kg, "kg", WEIGHT_KG)),
            Some(kg) => unusual_weight(form, kg, today).and_then(warning),
        },
        Field::HeightCm => match form.height_cm() {
            None => error(text::not_a_height(typed)),
            Some(cm) if within(cm * 100.0, HEIGHT_CM) => error(text::metres(typed, cm * 100.0)),
            Some(cm) if !within(cm, HEIGHT_CM) => error(text::out_of_range(cm, "cm", HEIGHT_CM)),
            Some(_) => None,
        },
    }
}

fn within(value: f64, [low, high]: [f64; 2]) -> bool {
    (low..=high).contains(&value)
}

/// Why a text cannot be written into an image's header: DICOM parts values by backslashes, and names by `=`.
fn unwritable(field: Field, typed: &str) -> Option<String> {
    let refused = |c: char| match field {
        Field::PatientId => !(c.is_ascii_alphanumeric() || "-_./".contains(c)),
        Field::Name => c == '\\' || c == '=' || c.is_control() || c.is_numeric(),
        _ => c == '\\' || c.is_control(),
    };
    let numbered = field == Field::Name && typed.starts_with(text::EMERGENCY_NAME);
    if let Some(c) = typed.chars().find(|&c| refused(c)).filter(|_| !numbered) {
        let expected = if field == Field::PatientId { "letters, digits and - _ . /" } else { "letters" };
        return Some(text::letters(field, c, expected));
    }
    let length = typed.chars().count();
    // An indication is free text.
    (field != Field::Indication && length > LONGEST).then(|| text::too_long(field, length, LONGEST))
}

/// What is odd about a possible weight.
fn unusual_weight(form: &RegistrationForm, kg: f64, today: Date) -> Option<String> {
    let index = |kg: f64, cm: f64| kg / (cm / 100.0).powi(2);
    let tall = form.height_cm().filter(|&cm| within(cm, HEIGHT_CM));
    if let Some(cm) = tall.filter(|&cm| !within(index(kg, cm), BODY_MASS_INDEX)) {
        let swapped = within(cm, WEIGHT_KG) && within(kg, HEIGHT_CM) && within(index(cm, kg), BODY_MASS_INDEX);
        let hint = if swapped { text::SWAPPED } else { "" };
        return Some(text::body_mass_index(kg, cm, index(kg, cm), hint));
    }
    let age = form.age_years(today).filter(|age| (0.0..CHILD_YEARS).contains(age))?;
    let usual = usual_weight_kg(age);
    (!within(kg, CHILD_WEIGHT.map(|part| part * usual))).then(|| text::weight_for_age(kg, age, usual))
}

/// Usual weight of a child, kg: the formulas of Advanced Paediatric Life Support as they are commonly taught, the last
/// one drawn out to 16 years (recalled, not checked: good enough to question a typing error).
fn usual_weight_kg(age_years: f64) -> f64 {
    match age_years {
        age if age < 1.0 => 0.5 * 12.0 * age + 4.0,
        age if age < 6.0 => 2.0 * age + 8.0,
        age => 3.0 * age + 7.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_are_expected_to_grow() {
        let weights: Vec<f64> = (0..64).map(|quarter| usual_weight_kg(f64::from(quarter) / 4.0)).collect();
        assert!(weights.windows(2).all(|pair| pair[0] <= pair[1]), "{weights:?}");
    }
}
