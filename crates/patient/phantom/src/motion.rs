//! Motion of a patient during acquisition.

use rand::Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Motion while a series is acquired. The truth is that of the pose before the first movement.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Motion {
    /// SD of the shift along each axis when the patient moves once during a series, mm; 0 without movement.
    pub bulk_mm: f64,
    /// SD of the rotation about each axis in that movement, degrees.
    pub bulk_deg: f64,
    /// Probability that this movement happens in a series, 0 to 1: below 1, a series that was spoiled is worth repeating.
    #[serde(skip_serializing_if = "is_certain")]
    pub bulk_probability: f64,
    /// Peak-to-peak displacement of the abdominal wall with breathing, mm; the spine hardly moves.
    pub breathing_mm: f64,
    /// Pulsation of cerebrospinal fluid and vessels: 0 none, 1 normal, 2 strong.
    pub pulsation: f64,
}

impl Default for Motion {
    fn default() -> Self {
        Self::STILL
    }
}

/// Left out of files, so that what was written before there was a choice reads and hashes as it did.
fn is_certain(probability: &f64) -> bool {
    *probability == 1.0
}

impl Motion {
    /// No movement, no breathing, no pulsation.
    pub const STILL: Self =
        Self { bulk_mm: 0.0, bulk_deg: 0.0, bulk_probability: 1.0, breathing_mm: 0.0, pulsation: 0.0 };

    /// Checks every value.
    ///
    /// # Errors
    /// The first field outside its limits, its value and the limits.
    pub fn check(&self) -> Result<(), (&'static str, f64, [f64; 2])> {
        for (field, value, high) in [
            ("bulk-mm", self.bulk_mm, 50.0),
            ("bulk-deg", self.bulk_deg, 30.0),
            ("bulk-probability", self.bulk_probability, 1.0),
            ("breathing-mm", self.breathing_mm, 60.0),
            ("pulsation", self.pulsation, 5.0),
        ] {
            if !(0.0..=high).contains(&value) {
                return Err((field, value, [0.0, high]));
            }
        }
        Ok(())
    }

    /// True if nothing moves.
    pub fn is_still(&self) -> bool {
        *self == Self::STILL
    }

    /// True if the whole patient moves.
    pub fn is_bulk(&self) -> bool {
        self.bulk_probability > 0.0 && (self.bulk_mm > 0.0 || self.bulk_deg > 0.0)
    }

    /// The same motion with a probability, else without movement of the whole patient.
    pub(crate) fn with_probability(self, probability: f64, rng: &mut impl Rng) -> Self {
        if rng.random::<f64>() < probability { self } else { Self { bulk_mm: 0.0, bulk_deg: 0.0, ..self } }
    }
}
