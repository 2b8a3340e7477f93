//! Augmentation of an example: crop, mirroring, and variation of contrast, coil shading, noise and blur.

use ndarray::{Array3, Axis, Slice};
use randomness::Stream;
use randomness::rand::Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::source::Example;

/// How strongly examples are varied: each value is the half-width of a uniform distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Augmentation {
    /// Whether half of the examples, drawn at random, are mirrored left to right.
    pub mirror: bool,
    /// ln of the gamma exponent.
    pub log_gamma: f32,
    /// ln of the brightness factor.
    pub log_scale: f32,
    /// ln of the bias field's factor at the crop's faces, along each axis.
    pub log_bias: f32,
    /// SD of added Gaussian noise, in multiples of the body's mean.
    pub noise: f32,
    /// Share of each pixel given to its neighbours in plane.
    pub blur: f32,
}

impl Default for Augmentation {
    fn default() -> Self {
        Self { mirror: true, log_gamma: 0.35, log_scale: 0.2, log_bias: 0.4, noise: 0.08, blur: 0.5 }
    }
}

impl Augmentation {
    /// The first value that is negative or not finite, with its name.
    pub(crate) fn fault(&self) -> Option<(&'static str, f32)> {
        let values = [
            ("log-gamma", self.log_gamma),
            ("log-scale", self.log_scale),
            ("log-bias", self.log_bias),
            ("noise", self.noise),
            ("blur", self.blur),
        ];
        values.into_iter().find(|(_, value)| !(value.is_finite() && *value >= 0.0))
    }

    /// A varied crop of the example, mirrored along `left_right`; the same stream gives the same crop.
    pub fn augment(&self, example: &Example, crop: [usize; 3], left_right: Axis, stream: Stream) -> Example {
        let mut rng = stream.rng();
        let dims = example.image.dim();
        let dims = [dims.0, dims.1, dims.2];
        // A smaller image is taken whole and not padded: instance normalization must see what it will see in use.
        let crop: [usize; 3] = std::array::from_fn(|axis| crop[axis].min(dims[axis]));
        let start: [usize; 3] = std::array::from_fn(|axis| {
            // Nothing is drawn where there is no choice.
            if dims[axis] > crop[axis] { rng.random_range(0..=dims[axis] - crop[axis]) } else { 0 }
        });
        let window = |axis: Axis| Slice::from(start[axis.index()]..start[axis.index()] + crop[axis.index()]);
        let mut image = example.image.slice_each_axis(|axis| window(axis.axis)).to_owned();
        let mut labels = example.labels.slice_each_axis(|axis| window(axis.axis)).to_owned();
        if self.mirror && rng.random_bool(0.5) {
            image.invert_axis(left_right);
            labels.invert_axis(left_right);
        }
        let mut between =
            |half_width: f32| if half_width > 0.0 { rng.random_range(-half_width..half_width) } else { 0.0 };
        let (gamma, scale) = (between(self.log_gamma).exp(), between(self.log_scale).exp());
        let slope: [f32; 3] = std::array::from_fn(|_| between(self.log_bias));
        let (noise, blur) = (between(self.noise).abs(), between(self.blur).abs());

        if blur > 0.0 {
            image = blurred(&image, blur);
        }
        let mut noise_rng = stream.child("noise", 0).rng();
        for ((k, j, i), value) in image.indexed_iter_mut() {
            let at = [k, j, i];
            let bias: f32 = (0..3).map(|axis| slope[axis] * (2.0 * at[axis] as f32 / crop[axis] as f32 - 1.0)).sum();
            let clean = value.max(0.0).powf(gamma) * scale * bias.exp();
            // Magnitude images stay positive whatever the noise.
            *value = (clean + noise * randomness::normal(&mut noise_rng, 0.0, 1.0) as f32).abs();
        }
        Example { image: image.as_standard_layout().into_owned(), labels: labels.as_standard_layout().into_owned() }
    }
}

/// Mixes each pixel with the mean of its four neighbours in plane.
fn blurred(image: &Array3<f32>, share: f32) -> Array3<f32> {
    let (_, rows, columns) = image.dim();
    Array3::from_shape_fn(image.dim(), |(k, j, i)| {
        let around = image[[k, j.saturating_sub(1), i]]
            + image[[k, (j + 1).min(rows - 1), i]]
            + image[[k, j, i.saturating_sub(1)]]
            + image[[k, j, (i + 1).min(columns - 1)]];
        (1.0 - share) * image[[k, j, i]] + share * around / 4.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_and_labels_are_cropped_and_mirrored_together() {
        let labels = Array3::from_shape_fn((6, 20, 18), |(k, j, i)| u8::from(k < 2 && j > 8 && i > 5));
        let example = Example { image: labels.mapv(f32::from), labels };
        let gentle = Augmentation { noise: 0.0, blur: 0.0, ..Augmentation::default() };
        for number in 0..8 {
            let stream = Stream::from_seed(2).child("crop", number);
            let varied = gentle.augment(&example, [8, 16, 16], Axis(0), stream);
            assert_eq!(varied.image.dim(), (6, 16, 16), "six slices stay six");
            assert!(varied.labels.iter().any(|l| *l == 1));
            assert!(varied.image.iter().zip(&varied.labels).all(|(v, l)| (*v > 0.0) == (*l == 1)));
            assert_eq!(varied.image, gentle.augment(&example, [8, 16, 16], Axis(0), stream).image);
        }
    }
}
