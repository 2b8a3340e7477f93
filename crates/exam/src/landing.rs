//! How the patient is landed: what the technologist decides at the table.

use geometry::PatientPosition;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

/// How the patient is laid, and where the light of the landmark fell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Landing {
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

impl Default for Landing {
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
