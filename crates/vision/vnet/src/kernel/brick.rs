//! Four rows of a convolution at once, of one slice or of four, with half or a quarter of the multiplications: minimal
//! filtering ([`super::winograd`]) along the rows, or along rows and slices.
//!
//! Six rows of inputs become six others, each of which is convolved along slices and columns alone; the six results
//! become four rows of outputs. With four slices, six slices of inputs become six others before and four slices of
//! outputs after, and what is convolved lies along columns alone.

use super::conv_line::{InputLine, PackedWeights};
use super::winograd::{self, Along, OUTPUTS, POINTS, Steps};

/// Rows of a brick.
pub(crate) const ROWS: usize = OUTPUTS;

/// Slices of a brick, unless it has one.
pub(crate) const SLICES: usize = OUTPUTS;

/// The weights of a kernel three rows high, and three slices deep where a brick has more than one.
#[derive(Clone, Debug)]
pub(crate) struct BrickWeights {
    /// Of each of the rows' products those of the slices.
    points: Vec<PackedWeights>,
    along: Along,
    /// Taps along slices and along columns of each product.
    taps: [usize; 2],
    inputs: usize,
    outputs: usize,
}

/// Where a brick's inputs lie: lines of voxels, the kernel's margin included.
pub(crate) struct BrickInput<'a, T = f32> {
    /// The brick's buffer.
    pub source: &'a [T],
    /// Values from a slice to the next.
    pub slice: usize,
    /// Values from a row to the next.
    pub row: usize,
}

/// Memory that bricks use one after the other.
#[derive(Default)]
pub(crate) struct Scratch {
    /// `[row's point, slice or its point, column, in]`.
    inputs: Vec<f32>,
    /// `[row's point, slice's point, column, out]`.
    products: Vec<f32>,
}

impl BrickWeights {
    /// From weights `[tap, in, out]` of a kernel of so many slices, rows and columns, for as many slices of output; `None`
    /// if the kernel is not three rows high, and three slices deep where it must be.
    pub fn new(weights: &[f32], kernel: [usize; 3], inputs: usize, outputs: usize, slices: usize) -> Option<Self> {
        let [depth, 3, columns] = kernel else { return None };
        let along = match (slices, depth) {
            (1, _) => Along::Rows,
            (SLICES, 3) => Along::RowsAndSlices,
            _ => return None,
        };
        let line = columns * inputs * outputs;
        let values: Vec<f64> = weights.iter().copied().map(f64::from).collect();
        let values = winograd::weights(&values, line);
        // Slices of weights, and as many as one product sees.
        let (values, depth, seen) = match along {
            Along::Rows => (values, depth, depth),
            Along::RowsAndSlices => (winograd::weights(&values, POINTS * line), POINTS, 1),
        };
        let point = |number: usize| {
            let (row, slice) = (number * seen / depth, number * seen % depth);
            let lines = (slice..slice + seen).flat_map(|slice| &values[(slice * POINTS + row) * line..][..line]);
            let packed: Vec<f32> = lines.map(|value| *value as f32).collect();
            PackedWeights::new(&packed, seen * columns, inputs, outputs, None)
        };
        let points = (0..POINTS * depth / seen).map(point).collect();
        Some(Self { points, along, taps: [seen, columns], inputs, outputs })
    }

    /// Slices that are made together.
    pub fn slices(&self) -> usize {
        match self.along {
            Along::Rows => 1,
            Along::RowsAndSlices => SLICES,
        }
    }

    /// The most columns that are taken at once: what is made of them stays in the cache.
    fn most_columns(&self) -> usize {
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
        assert_eq!(out.len(), self.slices(), "as many slices as a brick has");
        let columns = out[0].len() / (ROWS * self.outputs);
        let parts = columns.div_ceil(self.most_columns());
        for part in 0..parts {
            let [first, end] = [part, part + 1].map(|part| part * columns / parts);
            self.convolve_columns(input, [first, end - first], scratch, out);
        }
    }

    /// The same for some columns: the first and how many.
    fn convolve_columns(
        &self,
        input: &BrickInput<'_>,
        [first, columns]: [usize; 2],
        scratch: &mut Scratch,
        out: &mut [&mut [f32]],
    ) {
        let [seen, along_row] = self.taps;
        let (line, width) = ((columns + along_row - 1) * self.inputs, columns * self.outputs);
        // Of each of the rows' products: the slices' products, and the lines that they see.
        let products = self.points.len() / POINTS;
        let lines = products * seen;
        scratch.inputs.resize(POINTS * lines * line, 0.0);
        scratch.products.resize(self.points.len() * width, 0.0);
        let source = &input.source[first * self.inputs..];
        let (from, to) = (Steps { row: input.row, slice: input.slice }, Steps { row: lines * line, slice: line });
        match self.along {
            Along::RowsAndSlices => winograd::inputs(self.along, (source, from), (&mut scratch.inputs, to), line),
            Along::Rows => (0..lines).for_each(|slice| {
                let target = &mut scratch.inputs[slice * line..];
                winograd::inputs(self.along, (&source[slice * input.slice..], from), (target, to), line);
            }),
        }
        let taps: Vec<usize> =
            (0..seen).flat_map(|s| (0..along_row).map(move |c| s * line + c * self.inputs)).collect();
        let sources = scratch.inputs.chunks_exact(seen * line);
        for ((weights, source), product) in
            self.points.iter().zip(sources).zip(scratch.products.chunks_exact_mut(width))
        {
            weights.convolve_line(&InputLine { source, taps: &taps, step: self.inputs }, product);
        }
        let row = out[0].len() / ROWS;
        let mut out: Vec<&mut [f32]> = out.iter_mut().map(|out| &mut out[first * self.outputs..]).collect();
        let from = Steps { row: products * width, slice: width };
        winograd::outputs(self.along, (&scratch.products, from), &mut out, row, width);
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
    fn a_brick_is_its_lines() {
        for (kernel, inputs, outputs, columns, slices) in [
            ([1, 3, 3], 16, 16, 130, 1),
            ([3, 3, 3], 5, 7, 9, 1),
            ([3, 3, 1], 1, 3, 2, 1),
            ([1, 3, 3], 32, 20, 56, 1),
            ([3, 3, 3], 16, 16, 75, SLICES),
            ([3, 3, 3], 5, 7, 9, SLICES),
            ([3, 3, 1], 1, 3, 2, SLICES),
        ] {
            let [depth, _, along] = kernel;
            let (taps, row) = (kernel.iter().product::<usize>(), (columns + along - 1) * inputs);
            let (seen, slice) = (slices + depth - 1, POINTS * row);
            let (weights, source) = (numbers(taps * inputs * outputs, 1), numbers(seen * slice, 2));
            let brick = BrickWeights::new(&weights, kernel, inputs, outputs, slices).expect("a kernel for bricks");
            let width = columns * outputs;
            let (mut found, mut scratch) = (vec![f32::NAN; slices * ROWS * width], Scratch::default());
            let mut lines: Vec<&mut [f32]> = found.chunks_exact_mut(ROWS * width).collect();
            brick.convolve(&BrickInput { source: &source, slice, row }, &mut scratch, &mut lines);

            let lines = PackedWeights::new(&weights, taps, inputs, outputs, None);
            let taps: Vec<usize> = (0..depth)
                .flat_map(|s| (0..3).flat_map(move |r| (0..along).map(move |c| s * slice + r * row + c * inputs)))
                .collect();
            for (number, found) in found.chunks_exact(width).enumerate() {
                let mut expected = vec![0.0; width];
                let source = &source[number / ROWS * slice + number % ROWS * row..];
                lines.convolve_line(&InputLine { source, taps: &taps, step: inputs }, &mut expected);
                let apart = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(apart < 1e-3, "{kernel:?}, {slices} slices: {apart} beside values of some twenty");
            }
        }
    }

    #[test]
    fn only_some_kernels_make_bricks() {
        let made = |kernel: [usize; 3], slices| BrickWeights::new(&[0.0; 9], kernel, 1, 1, slices).is_some();
        assert!(made([1, 3, 3], 1) && made([3, 3, 1], SLICES));
        assert!(!made([3, 1, 3], 1) && !made([1, 3, 3], SLICES) && !made([3, 3, 1], 2));
    }
}
