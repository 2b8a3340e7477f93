//! Four rows of a convolution at once, with half the multiplications: Winograd's minimal filtering F(4, 3) along the rows
//! (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016, section 4.3).
//!
//! Six rows of inputs become six others, each of which is convolved along slices and columns alone; the six results
//! become four rows of outputs. Every value is still one chain of fused operations in a fixed order.

use super::conv_line::{InputLine, PackedWeights};
use super::lanes::{Lanes, MOST_LANES, Plain, VectorUnit};
#[cfg(target_arch = "x86_64")]
use super::lanes::{Ymm, Zmm};

/// Rows of a strip.
pub(crate) const ROWS: usize = 4;

/// Columns that are taken at once: what is made of them stays in the first cache.
const COLUMNS: usize = 56;

/// Rows that a strip sees, and as many products.
const POINTS: usize = ROWS + 2;

/// What each product's weights are of a column of three: G in Lavin and Gray.
const OF_COLUMN: [[f64; 3]; POINTS] = [
    [1.0 / 4.0, 0.0, 0.0],
    [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
    [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0],
    [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
    [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0],
    [0.0, 0.0, 1.0],
];

/// The weights of a kernel three rows high.
#[derive(Clone, Debug)]
pub(crate) struct StripWeights {
    points: [PackedWeights; POINTS],
    /// Taps along slices and along columns.
    taps: [usize; 2],
    inputs: usize,
    outputs: usize,
}

/// Where a strip's inputs lie: lines of voxels, the kernel's margin included.
pub(crate) struct StripInput<'a, T = f32> {
    /// The strip's buffer.
    pub source: &'a [T],
    /// Where the first row that it sees begins in each slice.
    pub slices: &'a [usize],
    /// Values from a row to the next.
    pub row: usize,
}

/// Memory that strips use one after the other.
#[derive(Default)]
pub(crate) struct Scratch {
    /// `[point, slice, column, in]`.
    inputs: Vec<f32>,
    /// `[point, column, out]`.
    products: Vec<f32>,
}

impl StripWeights {
    /// From weights `[tap, in, out]` of a kernel of so many slices, rows and columns; `None` if it is not three rows high.
    pub fn new(weights: &[f32], kernel: [usize; 3], inputs: usize, outputs: usize) -> Option<Self> {
        let [slices, 3, columns] = kernel else { return None };
        let pairs = inputs * outputs;
        let at_point = |of_column: &[f64; 3]| {
            let mut values = Vec::with_capacity(slices * columns * pairs);
            for (slice, column) in (0..slices).flat_map(|s| (0..columns).map(move |c| (s, c))) {
                let tap = |row: usize| &weights[((slice * 3 + row) * columns + column) * pairs..][..pairs];
                values.extend(
                    (0..pairs)
                        .map(|pair| (0..3).map(|row| of_column[row] * f64::from(tap(row)[pair])).sum::<f64>() as f32),
                );
            }
            PackedWeights::new(&values, slices * columns, inputs, outputs, None)
        };
        Some(Self { points: OF_COLUMN.each_ref().map(at_point), taps: [slices, columns], inputs, outputs })
    }

    /// Fills [`ROWS`] lines of voxels `[row, column, out]`.
    ///
    /// # Panics
    /// If the source ends before the last row's last voxel.
    pub fn convolve(&self, input: &StripInput<'_>, scratch: &mut Scratch, out: &mut [f32]) {
        let columns = out.len() / (ROWS * self.outputs);
        for column in (0..columns).step_by(COLUMNS) {
            self.convolve_columns(input, [column, COLUMNS.min(columns - column)], scratch, out);
        }
    }

    /// The same for some columns: the first and how many.
    fn convolve_columns(
        &self,
        input: &StripInput<'_>,
        [first, columns]: [usize; 2],
        scratch: &mut Scratch,
        out: &mut [f32],
    ) {
        let [slices, along] = self.taps;
        let (line, width) = ((columns + along - 1) * self.inputs, columns * self.outputs);
        scratch.inputs.resize(POINTS * slices * line, 0.0);
        scratch.products.resize(POINTS * width, 0.0);
        for (slice, from) in input.slices.iter().enumerate() {
            let values = &input.source[from + first * self.inputs..];
            let rows = Rows { values, step: input.row, width: line };
            let target = RowsMut { values: &mut scratch.inputs[slice * line..], step: slices * line };
            combine(Combination::Inputs, &rows, target);
        }
        let taps: Vec<usize> = (0..slices).flat_map(|s| (0..along).map(move |c| s * line + c * self.inputs)).collect();
        let sources = scratch.inputs.chunks_exact(slices * line);
        for ((weights, source), product) in
            self.points.iter().zip(sources).zip(scratch.products.chunks_exact_mut(width))
        {
            weights.convolve_line(&InputLine { source, taps: &taps, step: self.inputs }, product);
        }
        let rows = Rows { values: &scratch.products, step: width, width };
        let step = out.len() / ROWS;
        combine(Combination::Outputs, &rows, RowsMut { values: &mut out[first * self.outputs..], step });
    }
}

/// Six rows of values.
struct Rows<'a> {
    values: &'a [f32],
    step: usize,
    width: usize,
}

/// Rows to be filled.
struct RowsMut<'a> {
    values: &'a mut [f32],
    step: usize,
}

/// What six rows become.
#[derive(Clone, Copy)]
enum Combination {
    /// Six rows of inputs: Bᵀ in Lavin and Gray.
    Inputs,
    /// Four rows of outputs: Aᵀ there.
    Outputs,
}

fn combine(combination: Combination, rows: &Rows<'_>, out: RowsMut<'_>) {
    let made = match combination {
        Combination::Inputs => POINTS,
        Combination::Outputs => ROWS,
    };
    assert!((POINTS - 1) * rows.step + rows.width <= rows.values.len(), "the rows lie in their source");
    assert!((made - 1) * out.step + rows.width <= out.values.len(), "the rows fit their target");
    if rows.width < MOST_LANES {
        return combine_by::<Plain<1>>(combination, rows, out);
    }
    match VectorUnit::best() {
        // SAFETY: the unit was detected at run time.
        #[cfg(target_arch = "x86_64")]
        VectorUnit::Avx512 => unsafe { combine_avx512(combination, rows, out) },
        // SAFETY: the unit was detected at run time.
        #[cfg(target_arch = "x86_64")]
        VectorUnit::Avx2 => unsafe { combine_avx2(combination, rows, out) },
        VectorUnit::Portable => combine_by::<Plain<MOST_LANES>>(combination, rows, out),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,fma")]
unsafe fn combine_avx512(combination: Combination, rows: &Rows<'_>, out: RowsMut<'_>) {
    combine_by::<Zmm>(combination, rows, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn combine_avx2(combination: Combination, rows: &Rows<'_>, out: RowsMut<'_>) {
    combine_by::<Ymm<1>>(combination, rows, out);
}

#[inline(always)]
fn combine_by<L: Lanes>(combination: Combination, rows: &Rows<'_>, out: RowsMut<'_>) {
    for begin in (0..rows.width).step_by(L::WIDTH) {
        // The last lanes repeat some of those before them.
        let at = begin.min(rows.width - L::WIDTH);
        // SAFETY: `combine` has made sure that all rows are there.
        unsafe {
            let r: [L; POINTS] = std::array::from_fn(|row| L::load(rows.values.as_ptr().add(row * rows.step + at)));
            let first = out.values.as_mut_ptr().add(at);
            let store = |(row, lanes): (usize, L)| lanes.store(first.add(row * out.step));
            match combination {
                Combination::Inputs => inputs(r).into_iter().enumerate().for_each(store),
                Combination::Outputs => outputs(r).into_iter().enumerate().for_each(store),
            }
        }
    }
}

#[inline(always)]
fn inputs<L: Lanes>(r: [L; POINTS]) -> [L; POINTS] {
    let (even, odd) = (r[4].fused_add(-4.0, r[2]), r[3].fused_add(-4.0, r[1]));
    let (even_step, odd_step) = (r[4].fused_add(-1.0, r[2]), r[3].fused_add(-1.0, r[1]));
    [
        r[4].fused_add(-5.0, r[2]).fused_add(4.0, r[0]),
        even.fused_add(1.0, odd),
        even.fused_add(-1.0, odd),
        even_step.fused_add(2.0, odd_step),
        even_step.fused_add(-2.0, odd_step),
        r[5].fused_add(-5.0, r[3]).fused_add(4.0, r[1]),
    ]
}

#[inline(always)]
fn outputs<L: Lanes>(m: [L; POINTS]) -> [L; ROWS] {
    let (sum, difference) = (m[1].fused_add(1.0, m[2]), m[1].fused_add(-1.0, m[2]));
    let (far_sum, far_difference) = (m[3].fused_add(1.0, m[4]), m[3].fused_add(-1.0, m[4]));
    [
        m[0].fused_add(1.0, sum).fused_add(1.0, far_sum),
        difference.fused_add(2.0, far_difference),
        sum.fused_add(4.0, far_sum),
        difference.fused_add(8.0, far_difference).fused_add(1.0, m[5]),
    ]
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
    fn a_strip_is_its_lines() {
        for (kernel, inputs, outputs, columns) in
            [([1, 3, 3], 16, 16, 130), ([3, 3, 3], 5, 7, 9), ([3, 3, 1], 1, 3, 2), ([1, 3, 3], 32, 20, 56)]
        {
            let [slices, _, along] = kernel;
            let (taps, row) = (kernel.iter().product::<usize>(), (columns + along - 1) * inputs);
            let (weights, source) = (numbers(taps * inputs * outputs, 1), numbers(slices * POINTS * row, 2));
            let slice_starts: Vec<usize> = (0..slices).map(|slice| slice * POINTS * row).collect();
            let strip = StripWeights::new(&weights, kernel, inputs, outputs).expect("three rows high");
            let width = columns * outputs;
            let (mut found, mut scratch) = (vec![f32::NAN; ROWS * width], Scratch::default());
            strip.convolve(&StripInput { source: &source, slices: &slice_starts, row }, &mut scratch, &mut found);

            let lines = PackedWeights::new(&weights, taps, inputs, outputs, None);
            let taps: Vec<usize> = (slice_starts.iter())
                .flat_map(|slice| (0..3).flat_map(move |r| (0..along).map(move |c| slice + r * row + c * inputs)))
                .collect();
            for (number, found) in found.chunks_exact(width).enumerate() {
                let mut expected = vec![0.0; width];
                let input = InputLine { source: &source[number * row..], taps: &taps, step: inputs };
                lines.convolve_line(&input, &mut expected);
                let apart = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
                assert!(apart.clone().all(|apart| apart < 2e-4), "{kernel:?}: {:?}", apart.fold(0.0, f32::max));
            }
        }
    }

    #[test]
    fn only_kernels_three_rows_high_make_strips() {
        assert!(StripWeights::new(&[0.0; 9], [3, 1, 3], 1, 1).is_none());
        assert!(StripWeights::new(&[0.0; 9], [1, 3, 3], 1, 1).is_some());
    }

    #[test]
    fn every_vector_unit_combines_to_the_same_bits() {
        let (width, step) = (53, 60);
        let source = numbers(POINTS * step, 3);
        let rows = Rows { values: &source, step, width };
        for combination in [Combination::Inputs, Combination::Outputs] {
            let (mut best, mut plain) = (vec![0.0; POINTS * step], vec![0.0; POINTS * step]);
            combine(combination, &rows, RowsMut { values: &mut best, step });
            combine_by::<Plain<1>>(combination, &rows, RowsMut { values: &mut plain, step });
            assert_eq!(best, plain);
        }
    }
}
