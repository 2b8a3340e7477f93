//! Four rows of a convolution at once, of one slice or of four, with half or a quarter of the multiplications: minimal
//! filtering ([`crate::winograd`]) along the rows, or along rows and slices.
//!
//! Six rows of inputs are transformed into six others, each of which is convolved along slices and columns only; the six
//! products are transformed into four rows of outputs. A brick of four slices is transformed along slices as well, and
//! convolved along columns only.

use crate::conv_line::{InputLine, PackedWeights};
use crate::winograd::{self, Along, OUTPUTS, POINTS, Strides};

/// Rows of a brick.
pub const ROWS: usize = OUTPUTS;

/// Slices of a brick that has more than one.
pub const SLICES: usize = OUTPUTS;

/// The weights of a kernel three rows high, and three slices deep where a brick has more than one.
#[derive(Clone, Debug)]
pub struct BrickWeights {
    /// One for each product, `[row point][slice point]`.
    points: Vec<PackedWeights>,
    along: Along,
    /// Taps of each product along slices and along columns.
    taps: [usize; 2],
    inputs: usize,
    outputs: usize,
}

/// A brick's inputs: lines of voxels, the kernel's margin included.
pub struct BrickInput<'a, T = f32> {
    /// Values, from the brick's first tap on.
    pub source: &'a [T],
    /// Offset from one slice to the next.
    pub slice_stride: usize,
    /// Offset from one row to the next.
    pub row_stride: usize,
}

/// Working memory, kept from one brick to the next.
#[derive(Default)]
pub struct Scratch {
    /// `[row point, slice or slice point, column, in]`.
    inputs: Vec<f32>,
    /// `[row point, slice point, column, out]`.
    products: Vec<f32>,
}

impl BrickWeights {
    /// From weights `[tap, in, out]` of a kernel `[slices, rows, columns]`, for bricks of `slices` slices; `None` unless
    /// the kernel is three rows high and, for bricks of several slices, three slices deep.
    pub fn new(weights: &[f32], kernel: [usize; 3], inputs: usize, outputs: usize, slices: usize) -> Option<Self> {
        let [depth, 3, columns] = kernel else { return None };
        let along = match (slices, depth) {
            (1, _) => Along::Rows,
            (SLICES, 3) => Along::RowsAndSlices,
            _ => return None,
        };
        let line = columns * inputs * outputs;
        let values: Vec<f64> = weights.iter().copied().map(f64::from).collect();
        let values = winograd::transform_weights(&values, line);
        // Slices of weights, and how many of them one product has.
        let (values, depth, taps) = match along {
            Along::Rows => (values, depth, depth),
            Along::RowsAndSlices => (winograd::transform_weights(&values, POINTS * line), POINTS, 1),
        };
        let point = |number: usize| {
            let (row, slice) = (number * taps / depth, number * taps % depth);
            let lines = (slice..slice + taps).flat_map(|slice| &values[(slice * POINTS + row) * line..][..line]);
            let packed: Vec<f32> = lines.map(|value| *value as f32).collect();
            PackedWeights::new(&packed, taps * columns, inputs, outputs, None)
        };
        let points = (0..POINTS * depth / taps).map(point).collect();
        Some(Self { points, along, taps: [taps, columns], inputs, outputs })
    }

    /// Output slices.
    pub fn slices(&self) -> usize {
        match self.along {
            Along::Rows => 1,
            Along::RowsAndSlices => SLICES,
        }
    }

    /// Most columns taken at once, so that their products stay in the cache.
    fn max_columns(&self) -> usize {
        match self.along {
            Along::Rows => 56,
            Along::RowsAndSlices => 28,
        }
    }

    /// Fills [`ROWS`] lines of voxels `[row, column, out]` of each slice.
    ///
    /// # Panics
    /// If the source ends before the last line's last voxel, or slices are missing.
    pub fn convolve(&self, input: &BrickInput<'_>, scratch: &mut Scratch, out: &mut [&mut [f32]]) {
        assert_eq!(out.len(), self.slices(), "a brick fills {} slices", self.slices());
        let columns = out[0].len() / (ROWS * self.outputs);
        let parts = columns.div_ceil(self.max_columns());
        for part in 0..parts {
            let [first, end] = [part, part + 1].map(|part| part * columns / parts);
            self.convolve_columns(input, [first, end - first], scratch, out);
        }
    }

    /// The same for a range of columns: the first and their number.
    fn convolve_columns(
        &self,
        input: &BrickInput<'_>,
        [first, columns]: [usize; 2],
        scratch: &mut Scratch,
        out: &mut [&mut [f32]],
    ) {
        let [slice_taps, column_taps] = self.taps;
        let (line, width) = ((columns + column_taps - 1) * self.inputs, columns * self.outputs);
        // Products of each row point, and their lines of input.
        let products = self.points.len() / POINTS;
        let lines = products * slice_taps;
        scratch.inputs.resize(POINTS * lines * line, 0.0);
        scratch.products.resize(self.points.len() * width, 0.0);
        let source = &input.source[first * self.inputs..];
        let (from, to) =
            (Strides { row: input.row_stride, slice: input.slice_stride }, Strides { row: lines * line, slice: line });
        match self.along {
            Along::RowsAndSlices => {
                winograd::transform_inputs(self.along, (source, from), (&mut scratch.inputs, to), line)
            }
            Along::Rows => (0..lines).for_each(|slice| {
                let target = &mut scratch.inputs[slice * line..];
                winograd::transform_inputs(
                    self.along,
                    (&source[slice * input.slice_stride..], from),
                    (target, to),
                    line,
                );
            }),
        }
        let taps: Vec<usize> =
            (0..slice_taps).flat_map(|s| (0..column_taps).map(move |c| s * line + c * self.inputs)).collect();
        let sources = scratch.inputs.chunks_exact(slice_taps * line);
        for ((weights, source), product) in
            self.points.iter().zip(sources).zip(scratch.products.chunks_exact_mut(width))
        {
            weights.convolve_line(&InputLine { source, taps: &taps, step: self.inputs }, product);
        }
        let row = out[0].len() / ROWS;
        let mut out: Vec<&mut [f32]> = out.iter_mut().map(|out| &mut out[first * self.outputs..]).collect();
        let from = Strides { row: products * width, slice: width };
        winograd::transform_outputs(self.along, (&scratch.products, from), &mut out, row, width);
    }
}

#[cfg(test)]
mod tests {
    use randomness::{Stream, normal};

    use super::*;

    fn numbers(count: usize, seed: u64) -> Vec<f32> {
        let mut rng = Stream::from_seed(seed).rng();
        (0..count).map(|_| normal(&mut rng, 0.0, 1.0) as f32).collect()
    }

    #[test]
    fn a_brick_matches_its_lines_one_by_one() {
        for (kernel, inputs, outputs, columns, slices) in [
            ([1, 3, 3], 16, 16, 130, 1),
            ([3, 3, 3], 5, 7, 9, 1),
            ([3, 3, 1], 1, 3, 2, 1),
            ([1, 3, 3], 32, 20, 56, 1),
            ([3, 3, 3], 16, 16, 75, SLICES),
            ([3, 3, 3], 5, 7, 9, SLICES),
            ([3, 3, 1], 1, 3, 2, SLICES),
        ] {
            let [depth, _, column_taps] = kernel;
            let (taps, row) = (kernel.iter().product::<usize>(), (columns + column_taps - 1) * inputs);
            let (input_slices, slice) = (slices + depth - 1, POINTS * row);
            let (weights, source) = (numbers(taps * inputs * outputs, 1), numbers(input_slices * slice, 2));
            let brick = BrickWeights::new(&weights, kernel, inputs, outputs, slices).expect("a kernel for bricks");
            let width = columns * outputs;
            let (mut found, mut scratch) = (vec![f32::NAN; slices * ROWS * width], Scratch::default());
            let mut lines: Vec<&mut [f32]> = found.chunks_exact_mut(ROWS * width).collect();
            brick.convolve(
                &BrickInput { source: &source, slice_stride: slice, row_stride: row },
                &mut scratch,
                &mut lines,
            );

            let lines = PackedWeights::new(&weights, taps, inputs, outputs, None);
            let taps: Vec<usize> = (0..depth)
                .flat_map(|s| (0..3).flat_map(move |r| (0..column_taps).map(move |c| s * slice + r * row + c * inputs)))
                .collect();
            for (number, found) in found.chunks_exact(width).enumerate() {
                let mut expected = vec![0.0; width];
                let source = &source[number / ROWS * slice + number % ROWS * row..];
                lines.convolve_line(&InputLine { source, taps: &taps, step: inputs }, &mut expected);
                let error = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(error < 1e-3, "{kernel:?}, {slices} slices: off by {error}, values are about 20");
            }
        }
    }

    #[test]
    fn bricks_need_three_rows_and_for_depth_three_slices() {
        let suits = |kernel: [usize; 3], slices| BrickWeights::new(&[0.0; 9], kernel, 1, 1, slices).is_some();
        assert!(suits([1, 3, 3], 1) && suits([3, 3, 1], SLICES));
        assert!(!suits([3, 1, 3], 1) && !suits([1, 3, 3], SLICES) && !suits([3, 3, 1], 2));
    }
}
