//! What an image must be like for a network.

use geometry::Grid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::slice_plane::SlicePlane;

/// Lengths that differ by no more than this part are the same: files hold them as rounded numbers, and what lies at an
/// angle as the length of three.
pub(crate) const ROUNDING: f64 = 1e-3;

/// What an image must be like for the network; stored with the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ImageContract {
    /// How the slices lie.
    #[serde(skip_serializing_if = "SlicePlane::is_sagittal")]
    pub plane: SlicePlane,
    /// Pixel size in plane, mm.
    pub pixel_mm: f64,
    /// Pixel size in plane for images that are at least that fine themselves, mm; `pixel_mm` for all if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fine_pixel_mm: Option<f64>,
    /// Slice steps that are taken as they are, mm, from and to.
    pub native_step_mm: [f64; 2],
    /// Slice step to which any other is resampled, mm.
    pub step_mm: f64,
    /// Extents are padded to multiples of these: slices, rows, columns.
    pub multiple: [usize; 3],
    /// Normalized intensities are cut off here, in multiples of the body's mean.
    pub brightest: f32,
}

impl Default for ImageContract {
    /// Pixels of 1.75 mm: a disc 8 mm high is five pixels, and the whole lumbar spine fits 256 rows.
    fn default() -> Self {
        Self {
            plane: SlicePlane::Sagittal,
            pixel_mm: 1.75,
            fine_pixel_mm: None,
            native_step_mm: [3.5, 6.5],
            step_mm: 4.4,
            multiple: [4, 16, 16],
            brightest: 6.0,
        }
    }
}

impl ImageContract {
    /// Whether slices that lie so far apart are taken as they are.
    pub(crate) fn is_native(&self, step_mm: f64) -> bool {
        let [least, most] = self.native_step_mm;
        step_mm >= least * (1.0 - ROUNDING) && step_mm <= most * (1.0 + ROUNDING)
    }

    /// The same for images that are not read finely.
    pub(crate) fn coarse(&self) -> Self {
        Self { fine_pixel_mm: None, ..self.clone() }
    }

    /// Whether a prepared image's grid is the fine one.
    pub(crate) fn is_fine(&self, grid: &Grid) -> bool {
        self.fine_pixel_mm.is_some_and(|fine_mm| (grid.spacing_mm[0] - fine_mm).abs() < 0.01 * fine_mm)
    }

    /// What is wrong with the numbers, if anything.
    pub(crate) fn fault(&self) -> Option<String> {
        let sizes = [self.pixel_mm, self.fine_pixel_mm.unwrap_or(1.0), self.step_mm];
        if !sizes.iter().all(|mm| (0.2..=20.0).contains(mm)) {
            return Some(format!("pixels and step are {sizes:?} mm, expected 0.2 to 20 mm"));
        }
        if self.fine_pixel_mm.is_some_and(|fine_mm| fine_mm >= self.pixel_mm) {
            return Some("fine-pixel-mm is expected to be less than pixel-mm".into());
        }
        let [least, most] = self.native_step_mm;
        if !(0.0..=most).contains(&least) || !most.is_finite() {
            return Some(format!("native-step-mm is {:?}, expected two steps, the lesser first", self.native_step_mm));
        }
        if !self.multiple.iter().all(|multiple| (1..=512).contains(multiple)) {
            return Some(format!("multiple is {:?}, expected 1 to 512 each", self.multiple));
        }
        if !(self.brightest > 0.0 && self.brightest.is_finite()) {
            return Some(format!("brightest is {}, expected above 0", self.brightest));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impossible_contracts_are_named() {
        let usual = ImageContract::default();
        assert_eq!(usual.fault(), None);
        for wrong in [
            ImageContract { pixel_mm: 0.0, ..usual.clone() },
            ImageContract { step_mm: f64::NAN, ..usual.clone() },
            ImageContract { fine_pixel_mm: Some(2.0), ..usual.clone() },
            ImageContract { native_step_mm: [6.5, 3.5], ..usual.clone() },
            ImageContract { multiple: [4, 0, 16], ..usual.clone() },
            ImageContract { brightest: f32::NAN, ..usual.clone() },
        ] {
            assert!(wrong.fault().is_some(), "{wrong:?}");
        }
    }

    #[test]
    fn a_step_is_native_up_to_its_rounding() {
        let usual = ImageContract { native_step_mm: [3.5, 8.0], ..ImageContract::default() };
        assert!([3.5, 3.499_999_9, 5.0, 8.0, 8.000_000_2].iter().all(|step_mm| usual.is_native(*step_mm)));
        assert!([3.4, 8.1, 0.0].iter().all(|step_mm| !usual.is_native(*step_mm)));
    }
}
