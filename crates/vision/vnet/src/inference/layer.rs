//! One convolution, and one with the normalization that follows it.

use rayon::prelude::*;

use super::activation::Activation;
use super::padded::{Channels, Padded, View};
use super::rectify::{Line, Spread, add_line_moments, rectify_line};
use crate::kernel::brick::{BrickInput, ROWS, Scratch};
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
    /// The same for several rows at once, of many slices and of one.
    bricks: Vec<T::Brick>,
    /// γ, β and α, one value a channel each.
    affine: Vec<f32>,
    channels: usize,
}

/// A convolution's input: output voxel v sees the voxels `v · step + tap` of some channels of a buffer.
pub(super) struct Source<'a, T> {
    view: View<'a, T>,
    step: [usize; 3],
    /// The first tap of a voxel, and how far beyond it the others lie, in values.
    first_tap: isize,
    taps: Vec<usize>,
}

/// Some rows of some slices of an output.
struct Part<'a> {
    /// The first slice and row.
    first: [usize; 2],
    /// The rows of each slice.
    out: Vec<&'a mut [f32]>,
    /// Their moments.
    moments: Vec<&'a mut [f32]>,
}

impl<'a, T: Activation> Source<'a, T> {
    pub fn new(view: View<'a, T>, taps: &[[isize; 3]], step: [usize; 3]) -> Self {
        let offset = |tap: &[isize; 3]| view.buffer.offset(*tap);
        let first_tap = taps.iter().map(offset).min().unwrap_or(0);
        let beyond = |tap: &[isize; 3]| (offset(tap) - first_tap) as usize;
        Self { view, step, first_tap, taps: taps.iter().map(beyond).collect() }
    }

    /// Slices, rows and columns of the output.
    fn extent(&self) -> [usize; 3] {
        std::array::from_fn(|axis| self.view.buffer.extent[axis] / self.step[axis])
    }

    /// What a line of the output sees.
    fn line(&self, slice: usize, row: usize) -> InputLine<'_, T> {
        let input = self.view.buffer;
        let voxel = input.voxel(slice * self.step[0], row * self.step[1], 0);
        let from = voxel.checked_add_signed(self.first_tap).expect("margins are as wide as kernels") + self.view.first;
        InputLine { source: &input.values[from..], taps: &self.taps, step: self.step[2] * input.channels }
    }

    /// What lines of the output see that begin with this one.
    fn brick(&self, slice: usize, row: usize) -> BrickInput<'_, T> {
        let along = |axis: usize, step: [isize; 3]| self.step[axis] * self.view.buffer.offset(step).unsigned_abs();
        BrickInput { source: self.line(slice, row).source, slice: along(0, [1, 0, 0]), row: along(1, [0, 1, 0]) }
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

    /// The same for a kernel of so many slices, rows and columns, whose step is one voxel.
    pub fn of_kernel(weights: &[f32], affine: &[f32], kernel: [usize; 3], inputs: usize, outputs: usize) -> Self {
        let bricks = T::bricks(weights, kernel, inputs, outputs);
        Self { bricks, ..Self::new(weights, affine, kernel.iter().product(), inputs, outputs) }
    }

    /// A transposed convolution: each voxel becomes `fan` finer ones.
    pub fn spread(weights: &[f32], affine: &[f32], inputs: usize, channels: usize, fan: usize) -> Self {
        let layer = Layer::new(weights, 1, inputs, channels * fan, None);
        Self { layer, bricks: Vec::new(), affine: affine.to_vec(), channels }
    }

    /// Convolves into `raw`; the line that normalizes it.
    pub fn convolve(&self, source: &Source<'_, T>, raw: &mut [f32]) -> Line {
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
                        add_line_moments(line, self.channels, moments);
                    }
                }
            },
        );
        self.line(&moments, slices * rows * width)
    }

    /// The output in parts that are convolved at once.
    fn parts<'r>(
        &self,
        [slices, rows]: [usize; 2],
        width: usize,
        raw: &'r mut [f32],
        moments: &'r mut [f32],
    ) -> Vec<Part<'r>> {
        let of_row = 2 * self.channels;
        let mut of_slices = raw.chunks_exact_mut(rows * width).zip(moments.chunks_exact_mut(rows * of_row));
        let (mut parts, mut slice) = (Vec::<Part<'_>>::new(), 0);
        while slice < slices {
            let depth = self.bricks.iter().map(T::brick_slices).find(|depth| slice + depth <= slices).unwrap_or(1);
            let (before, starts) = (parts.len(), (0..rows).step_by(ROWS));
            parts.extend(starts.map(|row| Part { first: [slice, row], out: Vec::new(), moments: Vec::new() }));
            for (raw, moments) in of_slices.by_ref().take(depth) {
                let of_rows = raw.chunks_mut(ROWS * width).zip(moments.chunks_mut(ROWS * of_row));
                for (part, (out, moments)) in parts[before..].iter_mut().zip(of_rows) {
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
        let whole = part.out[0].len() == ROWS * width;
        if let Some(brick) = self.bricks.iter().find(|brick| whole && T::brick_slices(brick) == depth) {
            return T::convolve_brick(brick, &source.brick(slice, row), scratch, &mut part.out);
        }
        for (number, out) in part.out.iter_mut().enumerate() {
            for (line, out) in out.chunks_exact_mut(width).enumerate() {
                T::convolve_line(&self.layer.weights, &source.line(slice + number, row + line), out);
            }
        }
    }

    /// The line that normalizes a convolution, whose result is not kept.
    fn convolve_for_moments(&self, source: &Source<'_, T>) -> Line {
        let [slices, rows, columns] = source.extent();
        let width = columns * self.layer.outputs;
        let mut moments = vec![0.0; slices * rows * 2 * self.channels];
        moments.par_chunks_mut(2 * self.channels).enumerate().for_each_init(
            || vec![0.0; width],
            |out, (number, moments)| {
                T::convolve_line(&self.layer.weights, &source.line(number / rows, number % rows), out);
                add_line_moments(out, self.channels, moments);
            },
        );
        self.line(&moments, slices * rows * width)
    }

    /// `x · scale + shift`, the normalization and its affine map as one, from the moments of all lines of a result of so
    /// many values.
    fn line(&self, moments: &[f32], values: usize) -> Line {
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
        Line { scale, shift, slope: alpha.to_vec() }
    }

    /// Writes `PReLU(line(raw) + residual)` into channels of a buffer.
    pub fn rectify(
        &self,
        raw: &[f32],
        line: &Line,
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
            rectify_line(from, Spread::none(width), line, residual, &mut out[first..], step);
        });
    }

    /// What a layer with one tap makes of `PReLU(line(raw) + residual)`, voxel after voxel.
    pub fn rectify_into(&self, raw: &[f32], line: &Line, residual: View<'_, T>, head: &Layer<T>, out: &mut [f32]) {
        let [_, rows, columns] = residual.buffer.extent;
        let width = columns * self.channels;
        out.par_chunks_mut(columns * head.outputs).enumerate().for_each_init(
            || vec![T::default(); width],
            |rectified, (number, out)| {
                let from = &raw[number * width..][..width];
                let residual = Some(residual.line(number / rows, number % rows));
                rectify_line(from, Spread::none(self.channels), line, residual, rectified, self.channels);
                let seen = InputLine { source: rectified.as_slice(), taps: &[0], step: self.channels };
                T::convolve_line(&head.weights, &seen, out);
            },
        );
    }

    /// Convolves, normalizes and rectifies into channels of a buffer; `stride` is that of a transposed convolution. It
    /// convolves twice, since for few taps that costs no more than to write the result down and to read it again, and
    /// takes no memory.
    pub fn run<U: Activation>(
        &self,
        source: &Source<'_, T>,
        stride: [usize; 3],
        target: &mut Padded<U>,
        channels: Channels,
    ) {
        let line = self.convolve_for_moments(source);
        let (first, width) = channels.of(target.channels);
        debug_assert_eq!(width, self.channels);
        let columns = target.extent[2] / stride[2];
        let spread = Spread { stride: stride[2], fan: stride.iter().product(), channels: width };
        let channels = target.channels;
        target.par_lines_init(
            || vec![0.0; columns * self.layer.outputs],
            |found, slice, row, out| {
                T::convolve_line(&self.layer.weights, &source.line(slice / stride[0], row / stride[1]), found);
                let part = (slice % stride[0]) * stride[1] + row % stride[1];
                rectify_line::<U>(&found[part * stride[2] * width..], spread, &line, None, &mut out[first..], channels);
            },
        );
    }
}
