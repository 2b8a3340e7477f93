//! The scanner: field strength, coils and faults.

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
    /// Its faults.
    #[serde(default)]
    pub faults: Faults,
}

impl Scanner {
    /// Noise SD of an image of relative signal-to-noise ratio 1 (T mm³ s^½), in units of the equilibrium
    /// magnetization of cerebrospinal fluid at the spine array. Chosen for an SNR of about 20 in muscle on the routine
    /// 1.5 T localizer, and of about 50 in cerebrospinal fluid on the sagittal T2.
    pub(crate) const UNIT_NOISE: f64 = 0.05;
}
