//! The registration form and what is wrong with it.

use crate::registration_form::Field;

pub(crate) const NO_INDICATION: &str = "without an indication nobody knows what to look for";
pub(crate) const USUAL_INDICATION: &str = "Low back pain, please exclude disc herniation";
pub(crate) const EMERGENCY_INDICATION: &str = "emergency";
/// Before the number of the patient; letters and a number are the name of somebody unknown.
pub(crate) const EMERGENCY_NAME: &str = "Unknown, Emergency ";
pub(crate) const EMERGENCY_ID: &str = "EMERGENCY-";
pub(crate) const SWAPPED: &str = "; are weight and height swapped?";

pub(crate) const fn label(field: Field) -> &'static str {
    match field {
        Field::Name => "Name",
        Field::PatientId => "Patient ID",
        Field::BirthDate => "Birth date",
        Field::Sex => "Sex",
        Field::WeightKg => "Weight (kg)",
        Field::HeightCm => "Height (cm)",
        Field::Indication => "Indication",
        Field::Position => "Position",
    }
}

pub(crate) const fn example(field: Field) -> &'static str {
    match field {
        Field::Name => "Family name, given name",
        Field::PatientId => "PL-0042",
        Field::BirthDate => "1971-03-09",
        Field::Sex => "F, M or O",
        Field::WeightKg => "68.5",
        Field::HeightCm => "167",
        Field::Indication => "radicular pain L5 on the left",
        Field::Position => "HFS",
    }
}

pub(crate) fn missing(field: Field) -> String {
    format!("{} is missing", label(field))
}

pub(crate) fn not_a_date(typed: &str) -> String {
    format!("'{typed}' is not a date: expected year-month-day, such as 1971-03-09")
}

pub(crate) fn in_the_future(typed: &str) -> String {
    format!("{typed} lies in the future")
}

pub(crate) fn too_old(years: f64, oldest: f64) -> String {
    format!("the patient would be {years:.0} years old, expected less than {oldest}")
}

pub(crate) fn unknown_sex(typed: &str) -> String {
    format!("'{typed}' is not a sex code: expected F, M or O")
}

pub(crate) fn unknown_position(typed: &str) -> String {
    format!("'{typed}' is not a position: expected a code such as HFS (head first, supine)")
}

pub(crate) fn not_a_weight(typed: &str) -> String {
    format!("'{typed}' is not a number of kilograms")
}

pub(crate) fn not_a_height(typed: &str) -> String {
    format!("'{typed}' is not a number of centimetres")
}

pub(crate) fn out_of_range(value: f64, unit: &str, [low, high]: [f64; 2]) -> String {
    format!("{value} {unit}, expected {low} to {high}")
}

pub(crate) fn metres(typed: &str, cm: f64) -> String {
    format!("{typed} cm; is it {cm:.0} cm?")
}

pub(crate) fn letters(field: Field, found: char, expected: &str) -> String {
    format!("{} holds {found:?}, expected {expected}", label(field))
}

pub(crate) fn too_long(field: Field, length: usize, longest: usize) -> String {
    format!("{} has {length} characters, expected at most {longest}", label(field))
}

pub(crate) fn body_mass_index(kg: f64, cm: f64, index: f64, hint: &str) -> String {
    format!("{kg} kg at {cm} cm is a body mass index of {index:.0} kg/m²{hint}")
}

pub(crate) fn weight_for_age(kg: f64, years: f64, usual_kg: f64) -> String {
    format!("{kg} kg is unusual at {years:.0} years: about {usual_kg:.0} kg are expected")
}
