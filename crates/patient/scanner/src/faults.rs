//! Faults of the scanner; none by default.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Number of elements of the spine array along the table.
pub const COIL_ELEMENTS: usize = 6;

/// Faults of the scanner, each with its size; 0 is a scanner without the fault.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Faults {
    /// Relative error of the gradients along x, y, z: 0.02 shows everything 2 % too large.
    pub gradient_error: [f64; 3],
    /// Relative error of the slice thickness: 0.4 excites 7 mm instead of 5.
    pub slice_thickness_error: f64,
    /// Amplitude of the N/2 ghost, relative to the object.
    pub ghost: f64,
    /// Spikes in k-space per slice, on average.
    pub spikes: f64,
    /// Dead elements of the spine array, 0 (head end) to 5.
    pub dead_elements: Vec<usize>,
    /// Relative increase of the noise: 1 doubles it.
    pub excess_noise: f64,
    /// Inhomogeneity of the main field at 200 mm from the isocentre, ppm.
    pub shim_ppm: f64,
    /// Relative loss of flip angle at 200 mm from the isocentre.
    pub transmit_loss: f64,
}

/// Why a list of faults cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FaultsError {
    /// Invalid TOML, or unknown fields.
    #[error(transparent)]
    Syntax(#[from] toml::de::Error),
    /// A fault outside its limits.
    #[error("{field} is {value}, expected {low} to {high}")]
    OutOfRange {
        /// The field.
        field: &'static str,
        /// What it was.
        value: f64,
        /// The least it may be.
        low: f64,
        /// The most it may be.
        high: f64,
    },
}

impl Faults {
    /// Reads and checks a list of faults.
    ///
    /// # Errors
    /// [`FaultsError`] with the place in the file or the field.
    pub fn from_toml(text: &str) -> Result<Self, FaultsError> {
        let faults: Self = toml::from_str(text)?;
        match faults.check() {
            Ok(()) => Ok(faults),
            Err((field, value, [low, high])) => Err(FaultsError::OutOfRange { field, value, low, high }),
        }
    }

    /// Checks every fault against its limits.
    ///
    /// # Errors
    /// The first field outside its limits, its value and the limits.
    pub fn check(&self) -> Result<(), (&'static str, f64, [f64; 2])> {
        let [x, y, z] = self.gradient_error;
        for (field, value, low, high) in [
            ("gradient-error[0]", x, -0.2, 0.2),
            ("gradient-error[1]", y, -0.2, 0.2),
            ("gradient-error[2]", z, -0.2, 0.2),
            ("slice-thickness-error", self.slice_thickness_error, -0.8, 4.0),
            ("ghost", self.ghost, 0.0, 1.0),
            ("spikes", self.spikes, 0.0, 1000.0),
            ("excess-noise", self.excess_noise, 0.0, 1000.0),
            ("shim-ppm", self.shim_ppm, -100.0, 100.0),
            ("transmit-loss", self.transmit_loss, -0.9, 0.9),
        ] {
            if !(low..=high).contains(&value) {
                return Err((field, value, [low, high]));
            }
        }
        if let Some(&element) = self.dead_elements.iter().find(|&&element| element >= COIL_ELEMENTS) {
            return Err(("dead-elements", element as f64, [0.0, (COIL_ELEMENTS - 1) as f64]));
        }
        Ok(())
    }
}
