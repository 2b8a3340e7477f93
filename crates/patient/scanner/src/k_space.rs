//! One slice's k-space: sum of its slots, noise and faults, reconstruction.

use std::f32::consts::TAU;
use std::sync::Arc;

use rustfft::{Fft, FftPlanner, num_complex::Complex32};

use crate::encoding::Encoding;

/// Fraction of the acquired k-space over which the reconstruction filter tapers; as mild as scanners' default.
const TAPER: f64 = 0.25;

/// The transforms and the filter of one series.
pub(crate) struct Transforms {
    pub encoding: Encoding,
    /// Filter along phase encoding and along the readout.
    phase_filter: Vec<f32>,
    read_filter: Vec<f32>,
    phase: [Arc<dyn Fft<f32>>; 2],
    read: [Arc<dyn Fft<f32>>; 2],
}

impl Transforms {
    /// For the acquired fractions of k-space along phase encoding and readout.
    pub fn new(encoding: Encoding, phase_resolution: f64, read_resolution: f64) -> Self {
        let mut planner = FftPlanner::new();
        let mut both = |n| [planner.plan_fft_forward(n), planner.plan_fft_inverse(n)];
        Self {
            phase_filter: filter(encoding.encoded, phase_resolution),
            read_filter: filter(encoding.read, read_resolution),
            phase: both(encoding.encoded),
            read: both(encoding.read),
            encoding,
        }
    }

    /// An empty k-space.
    pub fn empty(&self) -> KSpace<'_> {
        let size = self.encoding.encoded * self.encoding.read;
        KSpace { transforms: self, hybrid: vec![Complex32::ZERO; size], moved: None }
    }
}

/// A slice's k-space while it is being filled. `hybrid` is transformed along phase encoding only, `[read][phase]`: what
/// does not move along the readout needs its second transform only once, after the sum.
pub(crate) struct KSpace<'a> {
    transforms: &'a Transforms,
    hybrid: Vec<Complex32>,
    /// What moves along the readout, transformed along both axes, `[phase][read]`.
    moved: Option<Vec<Complex32>>,
}

impl KSpace<'_> {
    /// Adds an image of the encoded field of view (rows × columns) with weighted k-space lines.
    pub fn add(&mut self, image: Vec<Complex32>, weights: &[Complex32]) {
        let lines = self.phase_encoded(image);
        let encoded = self.transforms.encoding.encoded;
        for (sum, line) in self.hybrid.chunks_exact_mut(encoded).zip(lines.chunks_exact(encoded)) {
            for ((sum, value), weight) in sum.iter_mut().zip(line).zip(weights) {
                *sum += value * weight;
            }
        }
    }

    /// Adds an image that is shifted from line to line: `shifts` holds, for each line, the shifts along phase
    /// encoding and readout at each of its averages, pixels.
    pub fn add_moving(&mut self, image: Vec<Complex32>, weights: &[Complex32], shifts: &[Vec<[f32; 2]>]) {
        let Encoding { encoded, read, .. } = self.transforms.encoding;
        let mut lines = transposed(&self.phase_encoded(image), read, encoded);
        self.transforms.read[0].process(&mut lines);
        let moved = self.moved.get_or_insert_with(|| vec![Complex32::ZERO; encoded * read]);
        let frequency = |bin: usize, n: usize| signed(bin, n) / n as f32;
        let places = lines.chunks_exact(read).zip(moved.chunks_exact_mut(read)).zip(weights.iter().zip(shifts));
        for (n, ((line, sum), (weight, shifts))) in places.enumerate() {
            if *weight == Complex32::ZERO {
                continue;
            }
            for (m, (value, sum)) in line.iter().zip(sum).enumerate() {
                let shifted = |[phase, along]: &[f32; 2]| {
                    Complex32::from_polar(1.0, -TAU * (frequency(n, encoded) * phase + frequency(m, read) * along))
                };
                let mean = shifts.iter().map(shifted).sum::<Complex32>() / shifts.len() as f32;
                *sum += value * weight * mean;
            }
        }
    }

    /// Transforms along phase encoding; the result is `[read][phase]`.
    fn phase_encoded(&self, image: Vec<Complex32>) -> Vec<Complex32> {
        let Encoding { along_row, encoded, read, .. } = self.transforms.encoding;
        let mut lines = if along_row { image } else { transposed(&image, encoded, read) };
        self.transforms.phase[0].process(&mut lines);
        lines
    }

    /// Adds a value of `draw` to every sample of the acquired lines.
    pub fn add_noise(&mut self, acquired: &[bool], mut draw: impl FnMut() -> Complex32) {
        for line in self.hybrid.chunks_exact_mut(self.transforms.encoding.encoded) {
            for value in line.iter_mut().zip(acquired).filter_map(|(value, acquired)| acquired.then_some(value)) {
                *value += draw();
            }
        }
    }

    /// Scales alternate lines by 1 ± `amplitude`: an N/2 ghost, half a field of view away.
    pub fn add_n_half_ghost(&mut self, amplitude: f32) {
        for line in self.hybrid.chunks_exact_mut(self.transforms.encoding.encoded) {
            for (n, value) in line.iter_mut().enumerate() {
                *value *= if n % 2 == 0 { 1.0 + amplitude } else { 1.0 - amplitude };
            }
        }
    }

    /// The image (rows × columns of the group's matrix). `spikes` are positions (line, sample) and amplitudes.
    pub fn reconstruct(self, spikes: &[([usize; 2], Complex32)]) -> Vec<Complex32> {
        let Encoding { along_row, encoded, read, phase, .. } = self.transforms.encoding;
        let mut samples = transposed(&self.hybrid, read, encoded);
        self.transforms.read[0].process(&mut samples);
        if let Some(moved) = &self.moved {
            samples.iter_mut().zip(moved).for_each(|(sum, value)| *sum += value);
        }
        for ([line, sample], amplitude) in spikes {
            samples[line % encoded * read + sample % read] += amplitude;
        }
        let scale = 1.0 / (encoded * read) as f32;
        for (line, &along_phase) in samples.chunks_exact_mut(read).zip(&self.transforms.phase_filter) {
            for (value, &along_read) in line.iter_mut().zip(&self.transforms.read_filter) {
                *value *= along_phase * along_read * scale;
            }
        }
        self.transforms.read[1].process(&mut samples);
        let mut lines = transposed(&samples, encoded, read);
        self.transforms.phase[1].process(&mut lines);
        // The oversampled margins are removed.
        let first = self.transforms.encoding.first();
        let kept: Vec<Complex32> =
            lines.chunks_exact(encoded).flat_map(|line| &line[first..first + phase]).copied().collect();
        if along_row { kept } else { transposed(&kept, read, phase) }
    }
}

/// Signed frequency of a bin of a transform of length n, cycles over the field of view.
fn signed(bin: usize, n: usize) -> f32 {
    if 2 * bin < n { bin as f32 } else { bin as f32 - n as f32 }
}

/// Zero outside the acquired part, a raised cosine towards its edge, 1 within.
fn filter(n: usize, acquired: f64) -> Vec<f32> {
    (0..n)
        .map(|bin| {
            let out = f64::from(signed(bin, n)).abs() / n as f64 / (acquired / 2.0);
            let into_edge = ((out - (1.0 - TAPER)) / TAPER).clamp(0.0, 1.0);
            // A single pixel has only the frequency zero, which always passes. The filter is one half at the edge.
            let rounded = 0.75 + 0.25 * (std::f64::consts::PI * into_edge).cos();
            if out > 1.0 { 0.0 } else { rounded as f32 }
        })
        .collect()
}

fn transposed(values: &[Complex32], rows: usize, columns: usize) -> Vec<Complex32> {
    let mut result = vec![Complex32::ZERO; values.len()];
    // Square blocks, one cache line wide: a plain transpose misses the cache at every value.
    const BLOCK: usize = 16;
    for row_block in (0..rows).step_by(BLOCK) {
        for column_block in (0..columns).step_by(BLOCK) {
            for row in row_block..(row_block + BLOCK).min(rows) {
                for column in column_block..(column_block + BLOCK).min(columns) {
                    result[column * rows + row] = values[row * columns + column];
                }
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENCODING: Encoding = Encoding { along_row: false, phase: 48, read: 40, encoded: 64, margin: 8 };

    /// An image of the encoded field of view after acquisition and reconstruction.
    fn reconstructed(image: impl Fn(usize, usize) -> f32, resolution: f64) -> Vec<Complex32> {
        let transforms = Transforms::new(ENCODING, resolution, 1.0);
        let mut k_space = transforms.empty();
        let pixels = (0..64 * 40).map(|n| Complex32::from(image(n / 40, n % 40)));
        let acquired = filter(64, resolution).into_iter().map(|f| Complex32::from(f32::from(f > 0.0)));
        k_space.add(pixels.collect(), &acquired.collect::<Vec<_>>());
        k_space.reconstruct(&[])
    }

    #[test]
    fn a_uniform_object_is_unchanged() {
        assert!(reconstructed(|_, _| 3.0, 0.6).iter().all(|v| (v - Complex32::from(3.0)).norm() < 1e-4));
    }

    #[test]
    fn gibbs_overshoot_at_an_edge_is_below_ten_percent() {
        let image = reconstructed(|row, _| if (20..44).contains(&row) { 1.0 } else { 0.0 }, 0.6);
        let peak = image.iter().map(|v| v.norm()).fold(0.0, f32::max);
        assert!((1.01..1.10).contains(&peak), "overshoot {peak}");
    }

    #[test]
    fn a_constant_shift_moves_the_image() {
        let point = |row: usize, column: usize| if (row, column) == (30, 12) { 1.0 } else { 0.0 };
        let transforms = Transforms::new(ENCODING, 1.0, 1.0);
        let mut k_space = transforms.empty();
        let pixels = (0..64 * 40).map(|n| Complex32::from(point(n / 40, n % 40))).collect();
        k_space.add_moving(pixels, &[Complex32::ONE; 64], &vec![vec![[5.0, -3.0]]; 64]);
        let image = k_space.reconstruct(&[]);
        // The image begins 8 rows into the encoded field.
        let brightest = (0..image.len()).max_by(|&a, &b| image[a].norm().total_cmp(&image[b].norm()));
        assert_eq!(brightest, Some((30 - 8 + 5) * 40 + 12 - 3));
    }
}
