//! Varying an example: crop, mirror, and what coils, contrast and noise do to intensities.

use ndarray::{Array3, Axis, s};
use randomness::Stream;
use randomness::rand::Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::source::Example;
use crate::slice_plane::SlicePlane;

/// How strongly examples are varied; each figure is the widest departure drawn uniformly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct Augmentation {
    /// Mirror left and right half of the time.
    pub mirror: bool,
    /// ln of the gamma exponent.
    pub log_gamma: f32,
    /// ln of the brightness factor.
    pub log_scale: f32,
    /// ln of the bias field's factor at the crop's faces.
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
    /// The first figure that is none, and its name.
    pub(crate) fn fault(&self) -> Option<(&'static str, f32)> {
        let widest = [
            ("log-gamma", self.log_gamma),
            ("log-scale", self.log_scale),
            ("log-bias", self.log_bias),
            ("noise", self.noise),
            ("blur", self.blur),
        ];
        widest.into_iter().find(|(_, value)| !(value.is_finite() && *value >= 0.0))
    }

    /// A crop of the example, varied; the stream alone decides how.
    pub fn vary(&self, example: &Example, crop: [usize; 3], plane: SlicePlane, stream: Stream) -> Example {
        let mut rng = stream.rng();
        let dims = example.image.dim();
        let dims = [dims.0, dims.1, dims.2];
        // A smaller image is taken as it is: normalization must see it as it does when the network is used.
        let crop: [usize; 3] = std::array::from_fn(|axis| crop[axis].min(dims[axis]));
        let start: [usize; 3] = std::array::from_fn(|axis| {
            // No draw where there is no choice.
            if dims[axis] > crop[axis] { rng.random_range(0..=dims[axis] - crop[axis]) } else { 0 }
        });
        let window = s![start[0]..start[0] + crop[0], start[1]..start[1] + crop[1], start[2]..start[2] + crop[2]];
        let (mut image, mut labels) = (example.image.slice(window).to_owned(), example.labels.slice(window).to_owned());
        if self.mirror && rng.random_bool(0.5) {
            let across = Axis(plane.mirrored_axis());
            image.invert_axis(across);
            labels.invert_axis(across);
        }
        let mut between = |widest: f32| if widest > 0.0 { rng.random_range(-widest..widest) } else { 0.0 };
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
            // Magnitude images stay positive under noise.
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
    fn image_and_labels_move_together() {
        let labels = Array3::from_shape_fn((6, 20, 18), |(k, j, i)| u8::from(k < 2 && j > 8 && i > 5));
        let example = Example { image: labels.mapv(f32::from), labels };
        let gentle = Augmentation { noise: 0.0, blur: 0.0, ..Augmentation::default() };
        for number in 0..8 {
            let stream = Stream::from_seed(2).child("crop", number);
            let varied = gentle.vary(&example, [8, 16, 16], SlicePlane::Sagittal, stream);
            assert_eq!(varied.image.dim(), (6, 16, 16), "six slices stay six");
            assert!(varied.labels.iter().any(|l| *l == 1));
            assert!(varied.image.iter().zip(&varied.labels).all(|(v, l)| (*v > 0.0) == (*l == 1)));
            assert_eq!(varied.image, gentle.vary(&example, [8, 16, 16], SlicePlane::Sagittal, stream).image);
        }
    }
}
