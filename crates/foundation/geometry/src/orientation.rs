//! The three orientations in which slices are taken.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How slices lie in the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Orientation {
    /// Slices from left to right.
    Sagittal,
    /// Slices from front to back.
    Coronal,
    /// Slices from head to feet.
    Axial,
}

impl Orientation {
    /// In the order of a three-plane localizer.
    pub const ALL: [Self; 3] = [Self::Sagittal, Self::Coronal, Self::Axial];

    /// Lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sagittal => "sagittal",
            Self::Coronal => "coronal",
            Self::Axial => "axial",
        }
    }
}

impl std::fmt::Display for Orientation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
