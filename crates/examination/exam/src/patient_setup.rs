//! How the patient is positioned: what the technologist decides at the table.

use std::sync::Arc;

use geometry::PatientPosition;
use phantom::{PatientOnTable, Positioning, Spine};
use scanner::{Coil, Faults, Scanner};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::refused::Refused;

/// How far the table and the coils can be from the isocentre, mm: a table travels a body's length at most.
const LIMIT_MM: f64 = 600.0;

/// Factor minus 1 on the noise of the body coil. It sees the spine as brightly as the array's centre, where the array
/// itself has about 0.65 at the depth of the canal: four times the noise leaves it about 2.6 times behind, as spine
/// arrays are two to three times better than a body coil at that depth (order of magnitude; project choice).
const BODY_COIL_NOISE: f64 = 3.0;

/// Reach of the body coil, mm: so large that nothing in the bore lies near its end.
const BODY_COIL_MM: f64 = 1e4;

/// What receives the signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CoilChoice {
    /// The spine array in the table.
    SpineArray,
    /// The spine array with a body array on the patient's upper side.
    #[default]
    SpineAndBodyArray,
    /// The coil in the bore's wall: even, and noisy.
    BodyCoil,
}

impl CoilChoice {
    /// The machine with these coils, switched on around a place, mm from the isocentre towards the head.
    pub fn fitted(self, equipped: &Scanner, centre_mm: f64) -> Scanner {
        let arrays = Coil { centre_mm, ..equipped.coil };
        match self {
            Self::SpineAndBodyArray => Scanner { coil: arrays, ..equipped.clone() },
            Self::SpineArray => Scanner { coil: Coil { upper_array: 0.0, ..arrays }, ..equipped.clone() },
            Self::BodyCoil => {
                let coil = Coil {
                    loop_radius_mm: BODY_COIL_MM,
                    half_length_mm: BODY_COIL_MM,
                    table_below_isocentre_mm: 0.0,
                    upper_array: 0.0,
                    normalization: 0.0,
                    centre_mm: 0.0,
                };
                let excess_noise = (1.0 + equipped.faults.excess_noise) * (1.0 + BODY_COIL_NOISE) - 1.0;
                // A dead element of the array is none of the body coil's.
                let faults = Faults { excess_noise, dead_elements: Vec::new(), ..equipped.faults.clone() };
                Scanner { coil, faults, ..*equipped }
            }
        }
    }
}

/// How the patient lies on the table, and where the landmark was set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PatientSetup {
    /// How the patient lies, whatever was registered.
    pub position: PatientPosition,
    /// True with a cushion under the knees, which flattens the lordosis.
    pub knee_cushion: bool,
    /// What receives.
    pub coil: CoilChoice,
    /// Middle of the switched-on coil elements, from the isocentre towards the patient's head, mm.
    pub coil_centre_mm: f64,
    /// Where the centre of the L3 body comes to lie on the table's axis, from the isocentre towards the patient's head,
    /// mm: the landmark's error and what the table was moved beside it.
    pub landmark_error_mm: f64,
}

impl Default for PatientSetup {
    /// Supine, head first, knees on the cushion, both arrays, L3 at the isocentre.
    fn default() -> Self {
        Self {
            position: PatientPosition::HeadFirstSupine,
            knee_cushion: true,
            coil: CoilChoice::default(),
            coil_centre_mm: 0.0,
            landmark_error_mm: 0.0,
        }
    }
}

impl PatientSetup {
    /// Refuses a set-up that no table allows.
    ///
    /// # Errors
    /// [`Refused::ImpossibleSetup`] with the field.
    pub fn check(&self) -> Result<(), Refused> {
        for (field, value) in [("coil-centre-mm", self.coil_centre_mm), ("landmark-error-mm", self.landmark_error_mm)] {
            if !(-LIMIT_MM..=LIMIT_MM).contains(&value) {
                return Err(Refused::ImpossibleSetup { field, value, limit: LIMIT_MM });
            }
        }
        Ok(())
    }

    /// The patient positioned like this. What the case drew of how they lie stays: rotations, offsets, restlessness.
    pub fn apply_to(&self, patient: &PatientOnTable) -> PatientOnTable {
        let drawn = patient.positioning;
        let spine = if drawn.knee_cushion == self.knee_cushion {
            Arc::clone(&patient.spine)
        } else {
            let spine = Spine::build(patient.spine.parameters(), self.knee_cushion);
            Arc::new(spine.expect("these parameters were built before, and no limit depends on the cushion"))
        };
        let positioning = Positioning {
            position: self.position,
            knee_cushion: self.knee_cushion,
            landmark_error_mm: self.landmark_error_mm,
            ..drawn
        };
        PatientOnTable::new(spine, positioning)
    }
}
