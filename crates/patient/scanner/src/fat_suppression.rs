//! Fat in an image: saturated, separated by Dixon's method, or as it comes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::SeriesProtocol;

/// Part of fat's signal that spectral saturation leaves; project choice for a well-shimmed magnet.
const LEFT_BY_SATURATION: f64 = 0.06;

/// Which image of a two-point Dixon acquisition (Dixon, Radiology 1984;153:189).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DixonImage {
    /// Water and fat add.
    InPhase,
    /// Fat is subtracted: dark lines where they share a voxel.
    OpposedPhase,
    /// Half their sum: water alone.
    Water,
    /// Half their difference: fat alone.
    Fat,
}

/// Factors on the signals of water and fat.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FatShare {
    pub water: f64,
    pub fat: f64,
}

/// What a series shows of water and fat.
pub(crate) fn fat_share(series: &SeriesProtocol) -> FatShare {
    let saturated = if series.fat_saturation { LEFT_BY_SATURATION } else { 1.0 };
    let (water, fat) = match series.dixon {
        None | Some(DixonImage::InPhase) => (1.0, 1.0),
        Some(DixonImage::OpposedPhase) => (1.0, -1.0),
        Some(DixonImage::Water) => (1.0, 0.0),
        Some(DixonImage::Fat) => (0.0, 1.0),
    };
    FatShare { water, fat: fat * saturated }
}

/// Factor on the noise: half the sum of two images is quieter than one of them.
pub(crate) fn noise_factor(series: &SeriesProtocol) -> f64 {
    match series.dixon {
        Some(DixonImage::Water | DixonImage::Fat) => std::f64::consts::FRAC_1_SQRT_2,
        _ => 1.0,
    }
}
