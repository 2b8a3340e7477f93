//! Stored pixels of twelve bits, as on scanners, and the slope that restores the values.

use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use geometry::Volume;
use ndarray::ArrayView2;

use crate::dicom_element::Elements;
use crate::picture::Window;

/// Largest stored value of twelve bits.
const MAX_STORED: f32 = 4095.0;

/// How a volume's values are stored.
pub(super) struct Storage {
    /// Value of one stored step: Rescale Slope (0028,1053).
    pub slope: f32,
    /// Display window.
    window: Window,
}

impl Storage {
    /// Scales the largest value to the largest stored value.
    pub fn of(volume: &Volume<f32>) -> Self {
        let brightest = volume.data.iter().copied().filter(|v| v.is_finite()).fold(0.0f32, f32::max);
        let slope = if brightest > 0.0 { brightest / MAX_STORED } else { 1.0 };
        Self { slope, window: Window::of(volume) }
    }

    /// One slice's stored values, row by row; values that are not finite are stored as 0.
    pub fn store(&self, slice: ArrayView2<'_, f32>) -> Vec<u16> {
        let stored = |v: &f32| if v.is_finite() { (v / self.slope).round().clamp(0.0, MAX_STORED) as u16 } else { 0 };
        slice.iter().map(stored).collect()
    }

    /// Rescale Slope, Intercept and Type: in a classic image itself, in the functional groups of an enhanced one.
    pub fn rescale(&self, object: &mut InMemDicomObject) {
        object.decimals(tags::RESCALE_INTERCEPT, &[0.0]);
        object.decimals(tags::RESCALE_SLOPE, &[f64::from(self.slope)]);
        object.text(tags::RESCALE_TYPE, VR::LO, "US");
    }

    /// Window Center (0028,1050) and Width (0028,1051).
    pub fn window(&self, object: &mut InMemDicomObject) {
        let width = f64::from(self.window.high - self.window.low).max(1e-3);
        object.decimals(tags::WINDOW_CENTER, &[f64::from(self.window.low) + width / 2.0]);
        object.decimals(tags::WINDOW_WIDTH, &[width]);
    }
}

/// Image pixel module (PS3.3 C.7.6.3).
pub(super) fn fill(object: &mut InMemDicomObject, [rows, columns]: [usize; 2], pixels: Vec<u16>) {
    object.whole(tags::SAMPLES_PER_PIXEL, 1);
    object.text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2");
    object.whole(tags::ROWS, rows as u16);
    object.whole(tags::COLUMNS, columns as u16);
    object.whole(tags::BITS_ALLOCATED, 16);
    object.whole(tags::BITS_STORED, 12);
    object.whole(tags::HIGH_BIT, 11);
    object.whole(tags::PIXEL_REPRESENTATION, 0);
    object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(pixels.into())));
}
