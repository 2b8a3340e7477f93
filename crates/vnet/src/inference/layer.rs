//! One convolution, and one with the normalization that follows it.

use rayon::prelude::*;

use super::activation::Activation;
use super::padded::{Channels, Padded, View};
use super::rectify::{Line, Spread, add_line_moments, rectify_line};
use crate::kernel::conv_line::InputLine;
use crate::kernel::norm::EPSILON;

/// A convolution.
pub(super) struct Layer<T: Activation> {
    weights: T::Weights,
    outputs: usize,
}

/// A convolution whose output is normalized, mapped and rectified.
pub(super) struct Normalized<T: Activation> {
    layer: Layer<T>,
    /// γ, β and α, one value a channel each.
    affine: Vec<f32>,
    channels: usize,
}

impl<T: Activation> Layer<T> {
    /// From weights `[tap, in, out]`.
    pub fn new(weights: &[f32], taps: usize, inputs: usize, outputs: usize, bias: Option<&[f32]>) -> Self {
        Self { weights: T::packed(weights, taps, inputs, outputs, bias), outputs }
    }

    /// Convolves: output voxel v sees the input's voxels `v · step + tap`. `moments`, if wanted, are the sums of
    /// values and squares of that many channels by line.
    pub fn convolve(
        &self,
        source: &View<'_, T>,
        taps: &[[isize; 3]],
        step: [usize; 3],
        raw: &mut [f32],
        moments: Option<(&mut [f32], usize)>,
    ) {
        let input = source.buffer;
        let [slices, rows, columns]: [usize; 3] = std::array::from_fn(|axis| input.extent[axis] / step[axis]);
        // Counted from the first tap of each voxel.
        let first = taps.iter().map(|tap| input.offset(*tap)).min().unwrap_or(0);
        let offsets: Vec<usize> = taps.iter().map(|tap| (input.offset(*tap) - first) as usize).collect();
        let line = |number: usize, out: &mut [f32]| {
            let voxel = input.voxel(number / rows * step[0], number % rows * step[1], 0);
            let from = voxel.checked_add_signed(first).expect("margins are as wide as kernels") + source.first;
            let lines = InputLine { source: &input.values[from..], taps: &offsets, step: step[2] * input.channels };
            T::convolve_line(&self.weights, &lines, out);
        };
        let width = columns * self.outputs;
        let raw = &mut raw[..slices * rows * width];
        match moments {
            None => raw.par_chunks_mut(width).enumerate().for_each(|(number, out)| line(number, out)),
            Some((moments, channels)) => {
                let lines = raw.par_chunks_mut(width).zip(moments.par_chunks_mut(2 * channels)).enumerate();
                lines.for_each(|(number, (out, moments))| {
                    line(number, out);
                    add_line_moments(out, channels, moments);
                });
            }
        }
    }
}

impl<T: Activation> Normalized<T> {
    /// From weights `[tap, in, out]` and γ, β, α.
    pub fn new(weights: &[f32], affine: &[f32], taps: usize, inputs: usize, outputs: usize) -> Self {
        Self { layer: Layer::new(weights, taps, inputs, outputs, None), affine: affine.to_vec(), channels: outputs }
    }

    /// A transposed convolution: each voxel becomes `fan` finer ones.
    pub fn spread(weights: &[f32], affine: &[f32], inputs: usize, channels: usize, fan: usize) -> Self {
        Self { layer: Layer::new(weights, 1, inputs, channels * fan, None), affine: affine.to_vec(), channels }
    }

    /// Convolves into `raw`; the line that normalizes it.
    pub fn convolve(&self, source: &View<'_, T>, taps: &[[isize; 3]], step: [usize; 3], raw: &mut [f32]) -> Line {
        let [slices, rows, columns]: [usize; 3] = std::array::from_fn(|axis| source.buffer.extent[axis] / step[axis]);
        let mut moments = vec![0.0; slices * rows * 2 * self.channels];
        self.layer.convolve(source, taps, step, raw, Some((&mut moments, self.channels)));
        let mut total = vec![0.0f64; 2 * self.channels];
        for line in moments.chunks_exact(2 * self.channels) {
            total.iter_mut().zip(line).for_each(|(total, value)| *total += f64::from(*value));
        }
        let values = (slices * rows * columns * self.layer.outputs / self.channels) as f64;
        self.line(&total, values)
    }

    /// `x · scale + shift`, the normalization and its affine map as one.
    fn line(&self, total: &[f64], values: f64) -> Line {
        let n = self.channels;
        let (gamma, beta, alpha) = (&self.affine[..n], &self.affine[n..2 * n], &self.affine[2 * n..]);
        let (mut scale, mut shift) = (Vec::with_capacity(n), Vec::with_capacity(n));
        for channel in 0..n {
            let mean = total[channel] / values;
            let variance = (total[n + channel] / values - mean * mean).max(0.0);
            let factor = f64::from(gamma[channel]) / (variance + EPSILON).sqrt();
            scale.push(factor as f32);
            shift.push((f64::from(beta[channel]) - mean * factor) as f32);
        }
        Line { scale, shift, slope: alpha.to_vec() }
    }

    /// Writes `PReLU(line(raw) + residual)` into channels of a buffer; `stride` is that of a transposed convolution.
    pub fn rectify<U: Activation>(
        &self,
        raw: &[f32],
        line: &Line,
        stride: [usize; 3],
        residual: Option<View<'_, U>>,
        target: &mut Padded<U>,
        channels: Channels,
    ) {
        let (first, width) = channels.of(target.channels);
        debug_assert_eq!(width, self.channels);
        let [_, rows, columns] = std::array::from_fn(|axis| target.extent[axis] / stride[axis]);
        let spread = Spread { stride: stride[2], fan: stride.iter().product(), channels: width };
        let step = target.channels;
        target.par_lines(|slice, row, out| {
            let coarse = (slice / stride[0] * rows + row / stride[1]) * columns;
            let part = (slice % stride[0]) * stride[1] + row % stride[1];
            let from = &raw[coarse * spread.fan * width + part * stride[2] * width..];
            let residual = residual.map(|view| {
                let buffer = view.buffer;
                (&buffer.values[buffer.voxel(slice, row, 0) + view.first..], buffer.channels)
            });
            rectify_line(from, spread, line, residual, &mut out[first..], step);
        });
    }

    /// Convolves, normalizes and rectifies.
    #[expect(clippy::too_many_arguments, reason = "source, taps and step say what is read; the rest where it goes")]
    pub fn run<U: Activation>(
        &self,
        source: &View<'_, T>,
        taps: &[[isize; 3]],
        step: [usize; 3],
        raw: &mut [f32],
        residual: Option<View<'_, U>>,
        target: &mut Padded<U>,
        channels: Channels,
    ) {
        let line = self.convolve(source, taps, step, raw);
        self.rectify(raw, &line, [1; 3], residual, target, channels);
    }
}
