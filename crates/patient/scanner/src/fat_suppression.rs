//! Fat in an image: saturated, separated by Dixon's method, or not suppressed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::SeriesProtocol;

/// Residual fraction of the fat signal after spectral saturation; project choice for a well-shimmed magnet.
const RESIDUAL_FAT: f64 = 0.06;

/// Which image of a two-point Dixon acquisition (Dixon, Radiology 1984;153:189).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DixonImage {
    /// Water and fat add.
    InPhase,
    /// Fat is subtracted: black boundaries where they share a voxel.
    OpposedPhase,
    /// Half their sum: water alone.
    Water,
    /// Half their difference: fat alone.
    Fat,
}

/// Factors on the signals of water and fat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct PoolFactors {
    pub water: f64,
    pub fat: f64,
}

/// Factors on the signals of water and fat in a series.
pub(crate) fn pool_factors(series: &SeriesProtocol) -> PoolFactors {
    let saturated = if series.fat_saturation { RESIDUAL_FAT } else { 1.0 };
    let (water, fat) = match series.dixon {
        None | Some(DixonImage::InPhase) => (1.0, 1.0),
        Some(DixonImage::OpposedPhase) => (1.0, -1.0),
        Some(DixonImage::Water) => (1.0, 0.0),
        Some(DixonImage::Fat) => (0.0, 1.0),
    };
    PoolFactors { water, fat: fat * saturated }
}

/// Factor on the noise: half the sum of two images has less noise than either.
pub(crate) fn noise_factor(series: &SeriesProtocol) -> f64 {
    match series.dixon {
        Some(DixonImage::Water | DixonImage::Fat) => std::f64::consts::FRAC_1_SQRT_2,
        _ => 1.0,
    }
}
