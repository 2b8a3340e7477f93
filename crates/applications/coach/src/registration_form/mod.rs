//! The registration form: what is typed, what is wrong with it, and whether it is the patient whom the order means.
//!
//! ```
//! use jiff::civil::date;
//! use coach::registration_form::{Field, RegistrationForm};
//!
//! let mut form = RegistrationForm::default();
//! for (field, typed) in [
//!     (Field::Name, "Berg, Anna"),
//!     (Field::PatientId, "PL-0042"),
//!     (Field::BirthDate, "1971-03-09"),
//!     (Field::Sex, "F"),
//!     (Field::WeightKg, "68,5"),
//!     (Field::HeightCm, "167"),
//!     (Field::Indication, "radicular pain L5 on the left"),
//!     (Field::Position, "HFS"),
//! ] {
//!     form.set(field, typed);
//! }
//! let registration = form.to_registration(date(2026, 3, 8)).expect("nothing is wrong");
//! assert_eq!(registration.weight_kg, 68.5);
//! assert!((registration.age_years - 55.0).abs() < 0.01);
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | `field` | the fields |
//! | `problem` | what can be wrong, and the limits of what is plausible |
//! | `identity` | who the order or the wristband says it is |

mod field;
mod identity;
mod problem;
pub(crate) mod text;

use exam::Registration;
use geometry::PatientPosition;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use field::Field;
pub use identity::{Identity, Sex};
pub use problem::{Problem, Severity};

/// Age that is assumed of somebody whose birth date nobody knows, years: an adult.
const ASSUMED_AGE_YEARS: f64 = 45.0;
/// Height that is assumed of somebody whom nobody could measure, cm.
const ASSUMED_HEIGHT_CM: f64 = 170.0;

/// The form as it is typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RegistrationForm {
    name: String,
    patient_id: String,
    birth_date: String,
    sex: String,
    weight_kg: String,
    height_cm: String,
    indication: String,
    position: String,
    emergency: bool,
}

impl RegistrationForm {
    /// The form of the `n`-th patient today who came without papers: nobody knows the name, and only weight and
    /// position must be entered.
    pub fn emergency(n: u32) -> Self {
        Self {
            name: format!("{}{n}", text::EMERGENCY_NAME),
            patient_id: format!("{}{n:04}", text::EMERGENCY_ID),
            indication: text::EMERGENCY_INDICATION.to_owned(),
            emergency: true,
            ..Self::default()
        }
    }

    /// True if it began as [`Self::emergency`].
    pub const fn is_emergency(&self) -> bool {
        self.emergency
    }

    /// Types into a field, whatever was there before.
    pub fn set(&mut self, field: Field, typed: &str) {
        typed.clone_into(match field {
            Field::Name => &mut self.name,
            Field::PatientId => &mut self.patient_id,
            Field::BirthDate => &mut self.birth_date,
            Field::Sex => &mut self.sex,
            Field::WeightKg => &mut self.weight_kg,
            Field::HeightCm => &mut self.height_cm,
            Field::Indication => &mut self.indication,
            Field::Position => &mut self.position,
        });
    }

    /// What a field holds.
    pub fn get(&self, field: Field) -> &str {
        match field {
            Field::Name => &self.name,
            Field::PatientId => &self.patient_id,
            Field::BirthDate => &self.birth_date,
            Field::Sex => &self.sex,
            Field::WeightKg => &self.weight_kg,
            Field::HeightCm => &self.height_cm,
            Field::Indication => &self.indication,
            Field::Position => &self.position,
        }
    }

    /// True if a field must be filled in.
    pub const fn requires(&self, field: Field) -> bool {
        match field {
            Field::WeightKg | Field::Position => true,
            Field::Indication => false,
            _ => !self.emergency,
        }
    }

    /// Body weight, kg, if a number was typed; a decimal comma will do.
    pub fn weight_kg(&self) -> Option<f64> {
        number(&self.weight_kg)
    }

    /// Body height, cm, if a number was typed.
    pub fn height_cm(&self) -> Option<f64> {
        number(&self.height_cm)
    }

    /// Birth date, if a date was typed.
    pub fn birth_date(&self) -> Option<Date> {
        self.birth_date.trim().parse().ok()
    }

    /// Sex, if one was typed.
    pub fn sex(&self) -> Option<Sex> {
        Sex::from_typed(&self.sex)
    }

    /// The registered position, if a DICOM code was typed.
    pub fn position(&self) -> Option<PatientPosition> {
        let typed = self.position.trim();
        PatientPosition::ALL.into_iter().find(|position| position.code().eq_ignore_ascii_case(typed))
    }

    /// Age on a day, years; `None` without a birth date.
    pub fn age_years(&self, today: Date) -> Option<f64> {
        self.birth_date().map(|born| years_between(born, today))
    }

    /// What is wrong with the form on a day, field by field.
    pub fn problems(&self, today: Date) -> Vec<Problem> {
        problem::problems(self, today)
    }

    /// The registration that the examination works with. In an emergency an unknown age counts as 45 years and an
    /// unknown height as 170 cm.
    ///
    /// # Errors
    /// What must be mended first; warnings do not stand in the way.
    pub fn to_registration(&self, today: Date) -> Result<Registration, Vec<Problem>> {
        let mut errors = self.problems(today);
        errors.retain(|problem| problem.severity == Severity::Error);
        match (self.weight_kg(), self.position()) {
            (Some(weight_kg), Some(position)) if errors.is_empty() => Ok(Registration {
                patient_id: self.patient_id.trim().to_owned(),
                age_years: self.age_years(today).unwrap_or(ASSUMED_AGE_YEARS),
                weight_kg,
                height_cm: self.height_cm().unwrap_or(ASSUMED_HEIGHT_CM),
                position,
            }),
            _ => Err(errors),
        }
    }

    /// The fields that tell who it is, as typed.
    pub fn identity(&self) -> Identity {
        Identity {
            name: self.name.clone(),
            patient_id: self.patient_id.clone(),
            birth_date: self.birth_date.clone(),
            sex: self.sex.clone(),
        }
    }

    /// The fields in which the form says another person than the order. An emergency form promises no name, so only
    /// what was typed into it counts.
    pub fn mismatches(&self, order: &Identity) -> Vec<Field> {
        let mut fields = self.identity().mismatches(order);
        if self.emergency {
            let generated = |field: &Field| {
                let typed = self.get(*field).trim();
                typed.is_empty() || typed.starts_with(text::EMERGENCY_NAME) || typed.starts_with(text::EMERGENCY_ID)
            };
            fields.retain(|field| !generated(field));
        }
        fields
    }
}

/// A finite number as people type it.
fn number(typed: &str) -> Option<f64> {
    typed.trim().replacen(',', ".", 1).parse().ok().filter(|value: &f64| value.is_finite())
}

/// Years from one day to another, negative backwards.
fn years_between(from: Date, to: Date) -> f64 {
    from.duration_until(to).as_hours() as f64 / (24.0 * 365.2425)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const TODAY: Date = date(2026, 11, 24);

    fn typed() -> RegistrationForm {
        let mut form = RegistrationForm::default();
        for (field, text) in [
            (Field::Name, "Berg, Anna"),
            (Field::PatientId, "PL-0042"),
            (Field::BirthDate, "1971-03-09"),
            (Field::Sex, "female"),
            (Field::WeightKg, "68.5"),
            (Field::HeightCm, "167"),
            (Field::Indication, "radicular pain"),
            (Field::Position, "hfs"),
        ] {
            form.set(field, text);
        }
        form
    }

    /// Field and severity of everything that is wrong with the good form after one change.
    fn after(field: Field, text: &str) -> Vec<(Field, Severity)> {
        let mut form = typed();
        form.set(field, text);
        form.problems(TODAY).into_iter().map(|problem| (problem.field, problem.severity)).collect()
    }

    #[test]
    fn a_complete_form_registers_the_patient() {
        assert_eq!(typed().problems(TODAY), Vec::new());
        let registration = typed().to_registration(TODAY).expect("complete");
        assert_eq!(registration.position, PatientPosition::HeadFirstSupine);
        assert!((registration.age_years - 55.7).abs() < 0.05, "{}", registration.age_years);
    }

    #[test]
    fn an_empty_form_names_every_required_field() {
        let problems = RegistrationForm::default().problems(TODAY);
        let errors: Vec<Field> = problems
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .map(|problem| problem.field)
            .collect();
        let required = [
            Field::Name,
            Field::PatientId,
            Field::BirthDate,
            Field::Sex,
            Field::WeightKg,
            Field::HeightCm,
            Field::Position,
        ];
        assert_eq!(errors, required);
        assert!(RegistrationForm::default().to_registration(TODAY).is_err());
    }

    #[test]
    fn implausible_entries_are_refused_or_questioned() {
        use Severity::{Error, Warning};
        assert_eq!(after(Field::BirthDate, "1971-13-09"), [(Field::BirthDate, Error)]);
        assert_eq!(after(Field::BirthDate, "2026-11-25"), [(Field::BirthDate, Error)]);
        assert_eq!(after(Field::BirthDate, "1906-11-23"), [(Field::BirthDate, Error)]);
        assert_eq!(after(Field::BirthDate, "1906-11-26"), [], "119 years are possible");
        assert_eq!(after(Field::WeightKg, "sixty"), [(Field::WeightKg, Error)]);
        assert_eq!(after(Field::WeightKg, "301"), [(Field::WeightKg, Error)]);
        assert_eq!(after(Field::WeightKg, "NaN"), [(Field::WeightKg, Error)]);
        assert_eq!(after(Field::WeightKg, "30"), [(Field::WeightKg, Warning)], "a body mass index of 10.8");
        assert_eq!(after(Field::HeightCm, "1.67"), [(Field::HeightCm, Error)]);
        assert_eq!(after(Field::PatientId, "PL\\42"), [(Field::PatientId, Error)]);
        assert_eq!(after(Field::Position, "HFX"), [(Field::Position, Error)]);
        assert_eq!(after(Field::Indication, " "), [(Field::Indication, Warning)]);
    }

    #[test]
    fn metres_and_swapped_fields_are_recognised() {
        let mut form = typed();
        form.set(Field::HeightCm, "1.67");
        assert!(form.problems(TODAY)[0].message.contains("167 cm?"), "{:?}", form.problems(TODAY));
        form.set(Field::HeightCm, "75");
        form.set(Field::WeightKg, "175");
        let problems = form.problems(TODAY);
        assert!(problems.iter().any(|problem| problem.message.contains("swapped")), "{problems:?}");
    }

    #[test]
    fn a_childs_weight_is_held_against_its_age() {
        let mut child = typed();
        child.set(Field::BirthDate, "2018-11-01");
        child.set(Field::HeightCm, "128");
        child.set(Field::WeightKg, "27");
        assert_eq!(child.problems(TODAY), Vec::new());
        child.set(Field::HeightCm, "168");
        child.set(Field::WeightKg, "85");
        let problems = child.problems(TODAY);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].severity == Severity::Warning && problems[0].message.contains("8 years"), "{problems:?}");
    }

    #[test]
    fn an_emergency_needs_weight_and_position_only() {
        let mut form = RegistrationForm::emergency(3);
        let fields: Vec<Field> = form.problems(TODAY).into_iter().map(|problem| problem.field).collect();
        assert_eq!(fields, [Field::WeightKg, Field::Position]);
        form.set(Field::WeightKg, "80");
        form.set(Field::Position, "FFS");
        let registration = form.to_registration(TODAY).expect("enough in an emergency");
        assert_eq!(registration.patient_id, "EMERGENCY-0003");
        let order = typed().identity();
        assert_eq!(form.mismatches(&order), [], "nothing was claimed");
        form.set(Field::Name, "Kruse, Tom");
        assert_eq!(form.mismatches(&order), [Field::Name]);
    }

    #[test]
    fn typing_errors_are_found_and_spelling_habits_are_not() {
        let order = Identity {
            name: "BERG^ANNA".into(),
            patient_id: "PL-0042".into(),
            birth_date: "1971-03-09".into(),
            sex: "F".into(),
        };
        let mut form = typed();
        assert_eq!(form.mismatches(&order), []);
        form.set(Field::PatientId, "PL-0024");
        form.set(Field::BirthDate, "1971-09-03");
        assert_eq!(form.mismatches(&order), [Field::PatientId, Field::BirthDate]);
    }

    #[test]
    fn form_and_fields_survive_a_journal() {
        let text = serde_json::to_string(&(typed(), Field::BirthDate)).expect("serialises");
        assert!(text.contains("\"birth-date\""));
        assert_eq!(
            serde_json::from_str::<(RegistrationForm, Field)>(&text).expect("reads back"),
            (typed(), Field::BirthDate)
        );
    }
}
