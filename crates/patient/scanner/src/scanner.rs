//! The machine: its field, its coils, and what is wrong with it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Coil, Faults};

/// A scanner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scanner {
    /// Field strength, T.
    pub field_t: f64,
    /// The receive coils.
    #[serde(default)]
    pub coil: Coil,
    /// What is wrong with it.
    #[serde(default)]
    pub faults: Faults,
}

impl Scanner {
    /// Noise SD of an image of relative signal-to-noise ratio 1 (T mm³ s^½), in units of the equilibrium
    /// magnetization of cerebrospinal fluid at the spine array. Chosen so that the routine 1.5 T localizer
    /// shows muscle at an SNR of about 20 and the sagittal T2 cerebrospinal fluid at about 50.
    pub(crate) const UNIT_NOISE: f64 = 0.05;
}
