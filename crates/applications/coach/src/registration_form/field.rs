//! The fields of the form.

use serde::{Deserialize, Serialize};

use crate::registration_form::text;

/// One field, in the order of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// "Family name, given name".
    Name,
    /// The hospital's number of the patient.
    PatientId,
    /// ISO 8601, "1971-03-09".
    BirthDate,
    /// "F", "M" or "O".
    Sex,
    /// Body weight, kg.
    WeightKg,
    /// Body height, cm.
    HeightCm,
    /// Why the examination was ordered.
    Indication,
    /// How the patient enters the bore, as DICOM code ("HFS").
    Position,
}

impl Field {
    /// All, in the order of the form.
    pub const ALL: [Self; 8] = [
        Self::Name,
        Self::PatientId,
        Self::BirthDate,
        Self::Sex,
        Self::WeightKg,
        Self::HeightCm,
        Self::Indication,
        Self::Position,
    ];

    /// What stands before the field.
    pub const fn label(self) -> &'static str {
        text::label(self)
    }

    /// An example of what to type.
    pub const fn example(self) -> &'static str {
        text::example(self)
    }
}
