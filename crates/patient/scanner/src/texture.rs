//! The fine variation of signal within a tissue.

use geometry::Point;
use rand::Rng;
use randomness::Stream;

/// Lattice points along each axis; the texture repeats after this number of correlation lengths.
const SIDE: usize = 32;

/// A smooth random field of mean 0 and SD 1: values on a lattice, interpolated (value noise,
/// Ebert et al., Texturing & Modeling, ch. 2).
pub(crate) struct Texture {
    lattice: Vec<f32>,
}

impl Texture {
    pub fn new(seed: u64) -> Self {
        let mut rng = Stream::from_seed(seed).child("texture", 0).rng();
        // Trilinear interpolation averages the variance down to (2/3)³ at a random place, and the uniform
        // distribution on ±1 has variance 1/3.
        let unit = 3f32.sqrt() * 1.5f32.powf(1.5);
        let lattice = (0..SIDE.pow(3)).map(|_| unit * rng.random_range(-1.0f32..1.0)).collect();
        Self { lattice }
    }

    /// The field at a point, for a correlation length in mm.
    pub fn at(&self, point: &Point, scale_mm: f32) -> f32 {
        let (mut low, mut weight) = ([0usize; 3], [0.0f32; 3]);
        for axis in 0..3 {
            let along = point[axis] as f32 / scale_mm;
            let floor = along.floor();
            low[axis] = (floor as i64).rem_euclid(SIDE as i64) as usize;
            weight[axis] = along - floor;
        }
        let high = low.map(|i| (i + 1) % SIDE);
        let value = |i: usize, j: usize, k: usize| self.lattice[(k * SIDE + j) * SIDE + i];
        let mix = |a: f32, b: f32, w: f32| a + (b - a) * w;
        let row = |j, k| mix(value(low[0], j, k), value(high[0], j, k), weight[0]);
        let plane = |k| mix(row(low[1], k), row(high[1], k), weight[1]);
        mix(plane(low[2]), plane(high[2]), weight[2])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texture_has_mean_0_and_sd_1() {
        let texture = Texture::new(4);
        let values: Vec<f64> = (0..40_000)
            .map(|n| {
                let n = f64::from(n);
                f64::from(texture.at(&Point::new(n * 0.37 - 900.0, n * 0.113, n * 0.0531), 2.0))
            })
            .collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
        assert!(mean.abs() < 0.05 && (sd - 1.0).abs() < 0.06, "mean {mean}, sd {sd}");
    }
}
