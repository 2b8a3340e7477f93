//! The fields of the form.

use serde::{Deserialize, Serialize};

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
        match self {
            Self::Name => "Name",
            Self::PatientId => "Patient ID",
            Self::BirthDate => "Birth date",
            Self::Sex => "Sex",
            Self::WeightKg => "Weight (kg)",
            Self::HeightCm => "Height (cm)",
            Self::Indication => "Indication",
            Self::Position => "Position",
        }
    }

    /// An example of what to type.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Name => "Family name, given name",
            Self::PatientId => "PL-0042",
            Self::BirthDate => "1971-03-09",
            Self::Sex => "F, M or O",
            Self::WeightKg => "68.5",
            Self::HeightCm => "167",
            Self::Indication => "radicular pain L5 on the left",
            Self::Position => "HFS",
        }
    }
}
