//! Who somebody is, as an order, a wristband or the form says it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Field;

/// What tells one patient from another, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Identity {
    /// "Family name, given name".
    pub name: String,
    /// The hospital's number of the patient.
    pub patient_id: String,
    /// ISO 8601.
    pub birth_date: String,
    /// "F", "M" or "O".
    pub sex: String,
}

impl Identity {
    /// The fields in which two sources disagree. Capitals and punctuation of names do not count, digits do.
    pub fn mismatches(&self, other: &Self) -> Vec<Field> {
        let same_date = match (self.birth_date.trim().parse::<Date>(), other.birth_date.trim().parse::<Date>()) {
            (Ok(here), Ok(there)) => here == there,
            _ => self.birth_date.trim() == other.birth_date.trim(),
        };
        [
            (Field::Name, words(&self.name) == words(&other.name)),
            (Field::PatientId, self.patient_id.trim() == other.patient_id.trim()),
            (Field::BirthDate, same_date),
            (Field::Sex, Sex::from_typed(&self.sex) == Sex::from_typed(&other.sex)),
        ]
        .into_iter()
        .filter_map(|(field, same)| (!same).then_some(field))
        .collect()
    }
}

/// The words of a name, in lower case; DICOM parts them by `^`, forms by commas and spaces.
fn words(name: &str) -> Vec<String> {
    let parted = name.split(|c: char| c.is_whitespace() || c == ',' || c == '^');
    parted.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Sex as registered (DICOM 0010,0040).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Sex {
    Female,
    Male,
    Other,
}

impl Sex {
    /// All, in the order in which a form offers them.
    pub const ALL: [Self; 3] = [Self::Female, Self::Male, Self::Other];

    /// The DICOM code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Female => "F",
            Self::Male => "M",
            Self::Other => "O",
        }
    }

    /// From a code or a word.
    pub fn from_typed(typed: &str) -> Option<Self> {
        match typed.trim().to_lowercase().as_str() {
            "f" | "female" => Some(Self::Female),
            "m" | "male" => Some(Self::Male),
            "o" | "other" | "diverse" => Some(Self::Other),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_patients_wristband_differs_where_it_does() {
        let order = Identity {
            name: "Berg, Anna".into(),
            patient_id: "PL-0042".into(),
            birth_date: "1971-03-09".into(),
            sex: "F".into(),
        };
        let neighbour = Identity { name: "Berg, Anne".into(), patient_id: "PL-0142".into(), ..order.clone() };
        assert_eq!(neighbour.mismatches(&order), [Field::Name, Field::PatientId]);
        let shouted = Identity { name: " BERG ^ANNA".into(), sex: "female".into(), ..order.clone() };
        assert_eq!(shouted.mismatches(&order), []);
    }
}
