//! A convolution, and a convolution with its normalization and PReLU.

use rayon::prelude::*;
use vnet_kernels::norm::EPSILON;
use vnet_kernels::rectify::{FoldedNorm, OutputLayout, line_moments, rectify_line};
use vnet_kernels::{Activation, BRICK_ROWS, BrickInput, InputLine, Scratch};

use super::padded::{Channels, Padded, View};

/// A convolution.
pub(super) struct Layer<T: Activation> {
    weights: T::Weights,
    outputs: usize,
}

/// A convolution followed by instance normalization and PReLU.
pub(super) struct Normalized<T: Activation> {
    layer: Layer<T>,
    /// The same weights for several rows at once, deepest bricks first.
    bricks: Vec<T::Brick>,
    /// γ, β and α, one value per channel each.
    affine: Vec<f32>,
    channels: usize,
}

/// A convolution's input: output voxel v reads the voxels `v · step + tap` of some channels of a buffer.
pub(super) struct Source<'a, T> {
    view: View<'a, T>,
    step: [usize; 3],
    /// Offset of a voxel's first tap, and offsets of all taps from it, in values.
    first_tap: isize,
    taps: Vec<usize>,
}

/// Some rows of some slices of an output, convolved by one task.
struct Part<'a> {
    /// The first slice and row.
    first: [usize; 2],
    /// The rows, one entry per slice.
    out: Vec<&'a mut [f32]>,
    /// Their moments.
    moments: Vec<&'a mut [f32]>,
}

impl<'a, T: Activation> Source<'a, T> {
    pub fn new(view: View<'a, T>, taps: &[[isize; 3]], step: [usize; 3]) -> Self {
        let offset = |tap: &[isize; 3]| view.buffer.offset(*tap);
        let first_tap = taps.iter().map(offset).min().unwrap_or(0);
        let from_first = |tap: &[isize; 3]| (offset(tap) - first_tap) as usize;
        Self { view, step, first_tap, taps: taps.iter().map(from_first).collect() }
    }

    /// Slices, rows and columns of the output.
    fn extent(&self) -> [usize; 3] {
        std::array::from_fn(|axis| self.view.buffer.extent[axis] / self.step[axis])
    }

    /// The input of one line of the output.
    fn line(&self, slice: usize, row: usize) -> InputLine<'_, T> {
        let input = self.view.buffer;
        let voxel = input.voxel(slice * self.step[0], row * self.step[1], 0);
        let from =
            voxel.checked_add_signed(self.first_tap).expect("margins are as wide as half a kernel") + self.view.first;
        InputLine { source: &input.values[from..], taps: &self.taps, step: self.step[2] * input.channels }
    }

    /// The input of a brick whose first line is this one.
    fn brick(&self, slice: usize, row: usize) -> BrickInput<'_, T> {
        let stride = |axis: usize, step: [isize; 3]| self.step[axis] * self.view.buffer.offset(step).unsigned_abs();
        BrickInput {
            source: self.line(slice, row).source,
            slice_stride: stride(0, [1, 0, 0]),
            row_stride: stride(1, [0, 1, 0]),
        }
    }
}

impl<T: Activation> Layer<T> {
    /// From weights `[tap, in, out]`.
    pub fn new(weights: &[f32], taps: usize, inputs: usize, outputs: usize, bias: Option<&[f32]>) -> Self {
        Self { weights: T::packed(weights, taps, inputs, outputs, bias), outputs }
    }
}

impl<T: Activation> Normalized<T> {
    /// From weights `[tap, in, out]` and γ, β, α.
    pub fn new(weights: &[f32], affine: &[f32], taps: usize, inputs: usize, outputs: usize) -> Self {
        let layer = Layer::new(weights, taps, inputs, outputs, None);
        Self { layer, bricks: Vec::new(), affine: affine.to_vec(), channels: outputs }
    }

    /// The same for a kernel `[slices, rows, columns]` with a step of one voxel.
    pub fn of_kernel(weights: &[f32], affine: &[f32], kernel: [usize; 3], inputs: usize, outputs: usize) -> Self {
        let bricks = T::bricks(weights, kernel, inputs, outputs);
        Self { bricks, ..Self::new(weights, affine, kernel.iter().product(), inputs, outputs) }
    }

    /// A transposed convolution: each voxel becomes `fan` finer ones.
    pub fn transposed(weights: &[f32], affine: &[f32], inputs: usize, channels: usize, fan: usize) -> Self {
        let layer = Layer::new(weights, 1, inputs, channels * fan, None);
        Self { layer, bricks: Vec::new(), affine: affine.to_vec(), channels }
    }

    /// Convolves into `raw`; returns the normalization of the result.
    pub fn convolve(&self, source: &Source<'_, T>, raw: &mut [f32]) -> FoldedNorm {
        let [slices, rows, columns] = source.extent();
        let width = columns * self.layer.outputs;
        let raw = &mut raw[..slices * rows * width];
        let mut moments = vec![0.0; slices * rows * 2 * self.channels];
        self.parts([slices, rows], width, raw, &mut moments).into_par_iter().for_each_init(
            Scratch::default,
            |scratch, mut part| {
                self.convolve_part(source, width, scratch, &mut part);
                for (out, moments) in part.out.iter().zip(part.moments) {
                    for (line, moments) in out.chunks_exact(width).zip(moments.chunks_exact_mut(2 * self.channels)) {
                        line_moments(line, self.channels, moments);
                    }
                }
            },
        );
        self.folded_norm(&moments, slices * rows * width)
    }

    /// Splits the output into parts, each of which is one brick where bricks suit.
    fn parts<'r>(
        &self,
        [slices, rows]: [usize; 2],
        width: usize,
        raw: &'r mut [f32],
        moments: &'r mut [f32],
    ) -> Vec<Part<'r>> {
        let row_moments = 2 * self.channels;
        let mut by_slice = raw.chunks_exact_mut(rows * width).zip(moments.chunks_exact_mut(rows * row_moments));
        let (mut parts, mut slice) = (Vec::<Part<'_>>::new(), 0);
        while slice < slices {
            let depth = self.bricks.iter().map(T::brick_slices).find(|depth| slice + depth <= slices).unwrap_or(1);
            let (first, starts) = (parts.len(), (0..rows).step_by(BRICK_ROWS));
            parts.extend(starts.map(|row| Part { first: [slice, row], out: Vec::new(), moments: Vec::new() }));
            for (raw, moments) in by_slice.by_ref().take(depth) {
                let by_rows = raw.chunks_mut(BRICK_ROWS * width).zip(moments.chunks_mut(BRICK_ROWS * row_moments));
                for (part, (out, moments)) in parts[first..].iter_mut().zip(by_rows) {
                    part.out.push(out);
                    part.moments.push(moments);
                }
            }
            slice += depth;
        }
        parts
    }

    fn convolve_part(&self, source: &Source<'_, T>, width: usize, scratch: &mut Scratch, part: &mut Part<'_>) {
        let ([slice, row], depth) = (part.first, part.out.len());
        let whole = part.out[0].len() == BRICK_ROWS * width;
        if let Some(brick) = self.bricks.iter().find(|brick| whole && T::brick_slices(brick) == depth) {
            return T::convolve_brick(brick, &source.brick(slice, row), scratch, &mut part.out);
        }
        for (number, out) in part.out.iter_mut().enumerate() {
            for (line, out) in out.chunks_exact_mut(width).enumerate() {
                T::convolve_line(&self.layer.weights, &source.line(slice + number, row + line), out);
            }
        }
    }

    /// The normalization of a convolution's result, which is not kept.
    fn convolve_for_moments(&self, source: &Source<'_, T>) -> FoldedNorm {
        let [slices, rows, columns] = source.extent();
        let width = columns * self.layer.outputs;
        let mut moments = vec![0.0; slices * rows * 2 * self.channels];
        moments.par_chunks_mut(2 * self.channels).enumerate().for_each_init(
            || vec![0.0; width],
            |out, (number, moments)| {
                T::convolve_line(&self.layer.weights, &source.line(number / rows, number % rows), out);
                line_moments(out, self.channels, moments);
            },
        );
        self.folded_norm(&moments, slices * rows * width)
    }

    /// Normalization and affine map folded together, from the moments of all lines of a result of `values` values.
    fn folded_norm(&self, moments: &[f32], values: usize) -> FoldedNorm {
        let n = self.channels;
        let mut total = vec![0.0f64; 2 * n];
        for line in moments.chunks_exact(2 * n) {
            total.iter_mut().zip(line).for_each(|(total, value)| *total += f64::from(*value));
        }
        let values = (values / n) as f64;
        let (gamma, beta, alpha) = (&self.affine[..n], &self.affine[n..2 * n], &self.affine[2 * n..]);
        let (mut scale, mut shift) = (Vec::with_capacity(n), Vec::with_capacity(n));
        for channel in 0..n {
            let mean = total[channel] / values;
            let variance = (total[n + channel] / values - mean * mean).max(0.0);
            let factor = f64::from(gamma[channel]) / (variance + EPSILON).sqrt();
            scale.push(factor as f32);
            shift.push((f64::from(beta[channel]) - mean * factor) as f32);
        }
        FoldedNorm { scale, shift, slope: alpha.to_vec() }
    }

    /// Writes `PReLU(norm(raw) + residual)` into channels of a buffer.
    pub fn rectify(
        &self,
        raw: &[f32],
        norm: &FoldedNorm,
        residual: Option<View<'_, T>>,
        target: &mut Padded<T>,
        channels: Channels,
    ) {
        let (first, width) = channels.of(target.channels);
        debug_assert_eq!(width, self.channels);
        let [_, rows, columns] = target.extent;
        let step = target.channels;
        target.par_lines(|slice, row, out| {
            let from = &raw[(slice * rows + row) * columns * width..][..columns * width];
            let residual = residual.map(|view| view.line(slice, row));
            rectify_line(from, OutputLayout::dense(width), norm, residual, &mut out[first..], step);
        });
    }

    /// Applies a head with one tap to `PReLU(norm(raw) + residual)`, line by line.
    pub fn rectify_through(
        &self,
        raw: &[f32],
        norm: &FoldedNorm,
        residual: View<'_, T>,
        head: &Layer<T>,
        out: &mut [f32],
    ) {
        let [_, rows, columns] = residual.buffer.extent;
        let width = columns * self.channels;
        out.par_chunks_mut(columns * head.outputs).enumerate().for_each_init(
            || vec![T::default(); width],
            |rectified, (number, out)| {
                let from = &raw[number * width..][..width];
                let residual = Some(residual.line(number / rows, number % rows));
                rectify_line(from, OutputLayout::dense(self.channels), norm, residual, rectified, self.channels);
                let input = InputLine { source: rectified.as_slice(), taps: &[0], step: self.channels };
                T::convolve_line(&head.weights, &input, out);
            },
        );
    }

    /// Convolves, normalizes and rectifies into channels of a buffer; `stride` is that of a transposed convolution. The
    /// convolution is computed twice: for few taps that costs no more than writing and reading its result, and takes no
    /// memory.
    pub fn run<U: Activation>(
        &self,
        source: &Source<'_, T>,
        stride: [usize; 3],
        target: &mut Padded<U>,
        channels: Channels,
    ) {
        let norm = self.convolve_for_moments(source);
        let (first, width) = channels.of(target.channels);
        debug_assert_eq!(width, self.channels);
        let columns = target.extent[2] / stride[2];
        let layout = OutputLayout { stride: stride[2], fan: stride.iter().product(), channels: width };
        let channels = target.channels;
        target.par_lines_init(
            || vec![0.0; columns * self.layer.outputs],
            |raw, slice, row, out| {
                T::convolve_line(&self.layer.weights, &source.line(slice / stride[0], row / stride[1]), raw);
                let part = (slice % stride[0]) * stride[1] + row % stride[1];
                rectify_line::<U>(&raw[part * stride[2] * width..], layout, &norm, None, &mut out[first..], channels);
            },
        );
    }
}
