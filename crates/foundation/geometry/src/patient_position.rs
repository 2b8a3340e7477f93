//! How the patient entered the bore (DICOM Patient Position), and the table's frame.

use nalgebra::Matrix3;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Direction, Vector};

/// DICOM Patient Position (0018,5100): which end first, which side down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "the DICOM defined terms, spelled out by the variant names")]
pub enum PatientPosition {
    #[serde(rename = "HFS")]
    HeadFirstSupine,
    #[serde(rename = "HFP")]
    HeadFirstProne,
    #[serde(rename = "HFDR")]
    HeadFirstDecubitusRight,
    #[serde(rename = "HFDL")]
    HeadFirstDecubitusLeft,
    #[serde(rename = "FFS")]
    FeetFirstSupine,
    #[serde(rename = "FFP")]
    FeetFirstProne,
    #[serde(rename = "FFDR")]
    FeetFirstDecubitusRight,
    #[serde(rename = "FFDL")]
    FeetFirstDecubitusLeft,
}

impl PatientPosition {
    /// All eight.
    pub const ALL: [Self; 8] = [
        Self::HeadFirstSupine,
        Self::HeadFirstProne,
        Self::HeadFirstDecubitusRight,
        Self::HeadFirstDecubitusLeft,
        Self::FeetFirstSupine,
        Self::FeetFirstProne,
        Self::FeetFirstDecubitusRight,
        Self::FeetFirstDecubitusLeft,
    ];

    /// The DICOM defined term.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HeadFirstSupine => "HFS",
            Self::HeadFirstProne => "HFP",
            Self::HeadFirstDecubitusRight => "HFDR",
            Self::HeadFirstDecubitusLeft => "HFDL",
            Self::FeetFirstSupine => "FFS",
            Self::FeetFirstProne => "FFP",
            Self::FeetFirstDecubitusRight => "FFDR",
            Self::FeetFirstDecubitusLeft => "FFDL",
        }
    }

    /// True if the head enters first.
    pub const fn head_first(self) -> bool {
        matches!(
            self,
            Self::HeadFirstSupine | Self::HeadFirstProne | Self::HeadFirstDecubitusRight | Self::HeadFirstDecubitusLeft
        )
    }

    /// The side of the patient that lies on the table, in patient coordinates (supine: the back, +y;
    /// decubitus right: lying on the right side, −x).
    pub fn down(self) -> Direction {
        match self {
            Self::HeadFirstSupine | Self::FeetFirstSupine => Vector::y_axis(),
            Self::HeadFirstProne | Self::FeetFirstProne => -Vector::y_axis(),
            Self::HeadFirstDecubitusRight | Self::FeetFirstDecubitusRight => -Vector::x_axis(),
            Self::HeadFirstDecubitusLeft | Self::FeetFirstDecubitusLeft => Vector::x_axis(),
        }
    }

    /// Rotation from the table's frame to patient coordinates. The table's frame is right-handed:
    /// y down, z out of the bore's far end into which the table moves, x to the right of somebody
    /// who stands at the table's foot and looks into the bore — for HFS the patient's left, so that
    /// the two frames coincide.
    pub fn table_to_patient(self) -> Matrix3<f64> {
        let y = self.down().into_inner();
        let z = if self.head_first() { Vector::z() } else { -Vector::z() };
        Matrix3::from_columns(&[y.cross(&z), y, z])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_frame_is_a_rotation() {
        for position in PatientPosition::ALL {
            let r = position.table_to_patient();
            assert!((r.determinant() - 1.0).abs() < 1e-12, "{}", position.code());
            assert!((r * r.transpose() - Matrix3::identity()).norm() < 1e-12);
        }
        assert_eq!(PatientPosition::HeadFirstSupine.table_to_patient(), Matrix3::identity());
    }

    #[test]
    fn feet_first_supine_swaps_left_and_right() {
        // Feet first, the patient's left lies to the observer's left: table x is patient −x.
        assert_eq!(PatientPosition::FeetFirstSupine.table_to_patient() * Vector::x(), -Vector::x());
    }
}
