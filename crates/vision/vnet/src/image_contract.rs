//! What a network expects of an image.

use geometry::{CoronalStructure, Grid, Orientation, Structure};
use nalgebra::Vector3;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Relative tolerance for lengths: files hold rounded numbers, and an oblique step is computed from three of them.
pub(crate) const ROUNDING: f64 = 1e-3;

/// What a network expects of an image; stored with the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct ImageContract {
    /// Orientation of the slices, sagittal or coronal.
    #[serde(skip_serializing_if = "is_sagittal")]
    pub plane: Orientation,
    /// Pixel size in plane, mm.
    pub pixel_mm: f64,
    /// Pixel size in plane for images whose own pixels are no larger, mm; without it, all images get `pixel_mm`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fine_pixel_mm: Option<f64>,
    /// Range of slice steps that are not resampled, mm.
    pub native_step_mm: [f64; 2],
    /// Slice step to which all others are resampled, mm.
    pub step_mm: f64,
    /// Extents are padded to multiples of these: slices, rows, columns.
    pub multiple: [usize; 3],
    /// Upper limit of normalized intensities, in multiples of the body's mean.
    pub brightest: f32,
}

impl Default for ImageContract {
    /// Pixels of 1.75 mm: a disc 8 mm high is five pixels, and the whole lumbar spine fits 256 rows.
    fn default() -> Self {
        Self {
            plane: Orientation::Sagittal,
            pixel_mm: 1.75,
            fine_pixel_mm: None,
            native_step_mm: [3.5, 6.5],
            step_mm: 4.4,
            multiple: [4, 16, 16],
            brightest: 6.0,
        }
    }
}

/// Sagittal is left out of files, so that those from before coronal networks keep their hash.
fn is_sagittal(plane: &Orientation) -> bool {
    *plane == Orientation::Sagittal
}

impl ImageContract {
    /// Names of the structures in order of their labels: [`CoronalStructure`]'s on coronal slices, else [`Structure`]'s.
    pub fn structure_names(&self) -> [&'static str; Structure::COUNT] {
        match self.plane {
            Orientation::Coronal => CoronalStructure::ALL.map(CoronalStructure::name),
            Orientation::Sagittal | Orientation::Axial => Structure::ALL.map(Structure::name),
        }
    }

    /// Names of the first `classes` classes: those of the structures and, on sagittal slices, of a part of one. `None` if
    /// no network for these slices has so many classes.
    pub fn class_names(&self, classes: usize) -> Option<Vec<&'static str>> {
        let mut names = self.structure_names().to_vec();
        match (self.plane, classes.checked_sub(Structure::COUNT)?) {
            (_, 0) => {}
            (Orientation::Sagittal, 1) => names.push("body cortex"),
            _ => return None,
        }
        Some(names)
    }

    /// The array axis that runs from left to right, along which a patient may be mirrored.
    pub fn left_right_axis(&self) -> usize {
        match self.plane {
            Orientation::Sagittal => 0,
            Orientation::Coronal | Orientation::Axial => 2,
        }
    }

    /// Directions of columns, rows and slices, and names of the first two.
    pub(crate) fn axes(&self) -> ([Vector3<f64>; 3], [&'static str; 2]) {
        match self.plane {
            Orientation::Sagittal => ([Vector3::y(), -Vector3::z(), -Vector3::x()], ["front-to-back", "head-to-feet"]),
            Orientation::Coronal => ([Vector3::x(), -Vector3::z(), Vector3::y()], ["right-to-left", "head-to-feet"]),
            Orientation::Axial => ([Vector3::x(), Vector3::y(), -Vector3::z()], ["right-to-left", "front-to-back"]),
        }
    }

    /// Whether slices so far apart are not resampled.
    pub(crate) fn is_native(&self, step_mm: f64) -> bool {
        let [least, most] = self.native_step_mm;
        step_mm >= least * (1.0 - ROUNDING) && step_mm <= most * (1.0 + ROUNDING)
    }

    /// The same contract without fine pixels.
    pub(crate) fn coarse(&self) -> Self {
        Self { fine_pixel_mm: None, ..self.clone() }
    }

    /// Whether a prepared image's grid is the fine one.
    pub(crate) fn is_fine(&self, grid: &Grid) -> bool {
        self.fine_pixel_mm.is_some_and(|fine_mm| (grid.spacing_mm[0] - fine_mm).abs() < 0.01 * fine_mm)
    }

    /// The first invalid value, if any: what was found and expected.
    pub fn fault(&self) -> Option<String> {
        if self.plane == Orientation::Axial {
            return Some("plane is axial, expected sagittal or coronal".into());
        }
        let sizes = [self.pixel_mm, self.fine_pixel_mm.unwrap_or(1.0), self.step_mm];
        if !sizes.iter().all(|mm| (0.2..=20.0).contains(mm)) {
            return Some(format!("pixels and step are {sizes:?} mm, expected 0.2 to 20 mm"));
        }
        if self.fine_pixel_mm.is_some_and(|fine_mm| fine_mm >= self.pixel_mm) {
            return Some("fine-pixel-mm must be less than pixel-mm".into());
        }
        let [least, most] = self.native_step_mm;
        if !(0.0..=most).contains(&least) || !most.is_finite() {
            return Some(format!("native-step-mm is {:?}, expected two steps, the smaller first", self.native_step_mm));
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
    fn invalid_contracts_are_refused() {
        let usual = ImageContract::default();
        assert_eq!(usual.fault(), None);
        for wrong in [
            ImageContract { plane: Orientation::Axial, ..usual.clone() },
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
    fn native_steps_allow_for_rounding() {
        let usual = ImageContract { native_step_mm: [3.5, 8.0], ..ImageContract::default() };
        assert!([3.5, 3.499_999_9, 5.0, 8.0, 8.000_000_2].iter().all(|step_mm| usual.is_native(*step_mm)));
        assert!([3.4, 8.1, 0.0].iter().all(|step_mm| !usual.is_native(*step_mm)));
    }
}
