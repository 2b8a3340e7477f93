//! Varying an example: crop, mirror, and what coils, contrast and noise do to intensities.

use ndarray::{Array3, ArrayView3, Axis, s};
use randomness::Stream;
use randomness::rand::Rng;
use serde::{Deserialize, Serialize};

use super::source::Example;
use crate::prepare::SlicePlane;

/// How strongly examples are varied; each figure is the widest departure drawn uniformly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// A crop of the example, varied; the stream alone decides how.
    pub fn vary(&self, example: &Example, crop: [usize; 3], plane: SlicePlane, stream: Stream) -> Example {
        let mut rng = stream.rng();
        let dims = example.image.dim();
        let dims = [dims.0, dims.1, dims.2];
        // A smaller image is taken as it is: normalization must see it as it does when the network is used.
        let crop: [usize; 3] = std::array::from_fn(|axis| crop[axis].min(dims[axis]));
        let start: [isize; 3] = std::array::from_fn(|axis| {
            if dims[axis] > crop[axis] {
                rng.random_range(0..=dims[axis] - crop[axis]) as isize
            } else {
                -(((crop[axis] - dims[axis]) / 2) as isize)
            }
        });
        let mut image = cropped(example.image.view(), start, crop);
        let mut labels = cropped(example.labels.view(), start, crop);
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

/// A window of an array, zero where it reaches beyond.
fn cropped<T: Copy + Default>(array: ArrayView3<'_, T>, start: [isize; 3], crop: [usize; 3]) -> Array3<T> {
    let mut out = Array3::default(crop);
    let dims = [array.dim().0, array.dim().1, array.dim().2];
    let from = start.map(|s| s.max(0) as usize);
    let to: [usize; 3] = std::array::from_fn(|axis| from[axis] as isize - start[axis]).map(|s| s as usize);
    let n: [usize; 3] = std::array::from_fn(|axis| (dims[axis] - from[axis]).min(crop[axis] - to[axis]));
    out.slice_mut(s![to[0]..to[0] + n[0], to[1]..to[1] + n[1], to[2]..to[2] + n[2]]).assign(&array.slice(s![
        from[0]..from[0] + n[0],
        from[1]..from[1] + n[1],
        from[2]..from[2] + n[2]
    ]));
    out
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
