//! From the object to the image by way of k-space: truncation, echo-train decay, filter.

use std::sync::Arc;

use geometry::PhaseEncoding;
use geometry::SliceGroup;
use rustfft::{Fft, FftPlanner, num_complex::Complex32};

use crate::{Sequence, SeriesProtocol};

/// T2 that stands for all tissue when the echo train shapes k-space, ms. Each tissue has its own blur;
/// one for all costs one transform in place of one a tissue.
const TYPICAL_T2_MS: f64 = 100.0;
/// Part of the acquired k-space that the reconstruction's filter rounds off; as mild as scanners' default.
const ROUNDED: f64 = 0.25;

/// What k-space does to the slices of one series.
pub(crate) struct KSpace {
    rows: usize,
    columns: usize,
    along_row: Vec<f32>,
    along_column: Vec<f32>,
    transforms: [Arc<dyn Fft<f32>>; 4],
}

impl KSpace {
    pub fn new(series: &SeriesProtocol, group: &SliceGroup) -> Self {
        let [rows, columns] = group.matrix;
        let phase = |n| phase_weights(n, series.phase_resolution, &series.sequence);
        let read = |n| read_weights(n, 1.0);
        let (along_row, along_column) = match group.phase_encoding {
            PhaseEncoding::Row => (phase(columns), read(rows)),
            PhaseEncoding::Column => (read(columns), phase(rows)),
        };
        let mut planner = FftPlanner::new();
        let transforms = [
            planner.plan_fft_forward(columns),
            planner.plan_fft_forward(rows),
            planner.plan_fft_inverse(rows),
            planner.plan_fft_inverse(columns),
        ];
        Self { rows, columns, along_row, along_column, transforms }
    }

    /// Transforms a slice (rows × columns), weights its k-space, transforms it back.
    pub fn pass(&self, mut slice: Vec<Complex32>) -> Vec<Complex32> {
        let [forward_row, forward_column, inverse_column, inverse_row] = &self.transforms;
        forward_row.process(&mut slice);
        let mut turned = transposed(&slice, self.rows, self.columns);
        forward_column.process(&mut turned);
        let scale = 1.0 / (self.rows * self.columns) as f32;
        for (line, &row_weight) in turned.chunks_exact_mut(self.rows).zip(&self.along_row) {
            for (value, &column_weight) in line.iter_mut().zip(&self.along_column) {
                *value *= row_weight * column_weight * scale;
            }
        }
        inverse_column.process(&mut turned);
        let mut image = transposed(&turned, self.columns, self.rows);
        inverse_row.process(&mut image);
        image
    }
}

/// Signed frequency of each bin of a transform of length n, −½…½ cycles a pixel.
fn frequencies(n: usize) -> impl Iterator<Item = f64> {
    (0..n).map(move |bin| {
        let signed = if 2 * bin < n { bin as f64 } else { bin as f64 - n as f64 };
        signed / n as f64
    })
}

/// Zero outside the acquired part, a raised cosine towards its edge, 1 within.
fn read_weights(n: usize, acquired: f64) -> Vec<f32> {
    frequencies(n)
        .map(|frequency| {
            let out = frequency.abs() / (acquired / 2.0);
            let into_edge = ((out - (1.0 - ROUNDED)) / ROUNDED).clamp(0.0, 1.0);
            // One pixel has no frequency but zero; it always passes. Half the signal is left at the edge.
            let rounded = 0.75 + 0.25 * (std::f64::consts::PI * into_edge).cos();
            if out > 1.0 { 0.0 } else { rounded as f32 }
        })
        .collect()
}

/// The same along the phase-encoding axis, with the decay along a linearly ordered echo train.
fn phase_weights(n: usize, acquired: f64, sequence: &Sequence) -> Vec<f32> {
    let (echoes, spacing_ms) = sequence.echo_train();
    let train_ms = echoes as f64 * spacing_ms;
    let decay = frequencies(n).map(|frequency| {
        if echoes < 2 {
            return 1.0;
        }
        let echo_ms = (sequence.te_ms() + frequency / acquired * train_ms).clamp(spacing_ms, train_ms);
        ((sequence.te_ms() - echo_ms) / TYPICAL_T2_MS).exp() as f32
    });
    read_weights(n, acquired).into_iter().zip(decay).map(|(weight, decay)| weight * decay).collect()
}

fn transposed(values: &[Complex32], rows: usize, columns: usize) -> Vec<Complex32> {
    let mut turned = vec![Complex32::ZERO; values.len()];
    // Blocks of one cache line a side: a plain transpose misses the cache once a value.
    const BLOCK: usize = 16;
    for row_block in (0..rows).step_by(BLOCK) {
        for column_block in (0..columns).step_by(BLOCK) {
            for row in row_block..(row_block + BLOCK).min(rows) {
                for column in column_block..(column_block + BLOCK).min(columns) {
                    turned[column * rows + row] = values[row * columns + column];
                }
            }
        }
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Protocol;

    fn k_space(resolution: f64) -> KSpace {
        let protocol = Protocol::builtin("lumbar-1.5t").expect("ships");
        let [group, ..] = crate::localizer(&protocol);
        let series = SeriesProtocol { phase_resolution: resolution, ..protocol.localizer.series };
        KSpace::new(&series, &SliceGroup { matrix: [48, 40], ..group })
    }

    #[test]
    fn an_even_object_stays_as_it_is() {
        let image = k_space(0.6).pass(vec![Complex32::new(3.0, -1.0); 48 * 40]);
        assert!(image.iter().all(|v| (v - Complex32::new(3.0, -1.0)).norm() < 1e-4));
    }

    #[test]
    fn an_edge_rings_by_gibbs_nine_percent_at_most() {
        // Phase encoding runs along columns: an edge between rows 12 and 36.
        let edge = (0..48 * 40).map(|n| Complex32::from(if (12..36).contains(&(n / 40)) { 1.0 } else { 0.0 }));
        let image = k_space(0.6).pass(edge.collect());
        let peak = image.iter().map(|v| v.norm()).fold(0.0, f32::max);
        assert!((1.01..1.10).contains(&peak), "overshoot {peak}");
    }
}
