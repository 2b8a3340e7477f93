//! Winograd's minimal filtering F(4, 3) (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016,
//! section 4.3): three taps make four outputs of six inputs with six multiplications instead of twelve.
//!
//! Every value is one chain of fused multiply-adds in a fixed order, so the bits depend neither on threads nor on the vector
//! unit.

use crate::lanes::{Lanes, MAX_LANES, Plain, VectorUnit};
#[cfg(target_arch = "x86_64")]
use crate::lanes::{Ymm, Zmm};

/// Outputs of one transform.
pub(crate) const OUTPUTS: usize = 4;

/// Inputs, and products, of one transform.
pub(crate) const POINTS: usize = OUTPUTS + 2;

/// Three taps to the weights of the products: G in Lavin and Gray.
const WEIGHT_TRANSFORM: [[f64; 3]; POINTS] = [
    [1.0 / 4.0, 0.0, 0.0],
    [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
    [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0],
    [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
    [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0],
    [0.0, 0.0, 1.0],
];

/// Transforms weights `[outer, tap, inner]` of three taps into `[outer, product, inner]`.
pub(crate) fn transform_weights(values: &[f64], inner: usize) -> Vec<f64> {
    let outer = values.chunks_exact(3 * inner);
    let products = outer.flat_map(|taps| WEIGHT_TRANSFORM.iter().map(move |row| (taps, row)));
    let transformed = products.flat_map(|(taps, row)| {
        (0..inner).map(move |at| (0..3).map(|tap| row[tap] * taps[tap * inner + at]).sum::<f64>())
    });
    transformed.collect()
}

/// Transforms gradients `[outer, product, inner]` of the products' weights into those of three taps, `[outer, tap, inner]`.
pub(crate) fn transform_weight_gradients(values: &[f64], inner: usize) -> Vec<f64> {
    let outer = values.chunks_exact(POINTS * inner);
    let taps = outer.flat_map(|products| (0..3).map(move |tap| (products, tap)));
    let transformed = taps.flat_map(|(products, tap)| {
        (0..inner).map(move |at| (0..POINTS).map(|p| WEIGHT_TRANSFORM[p][tap] * products[p * inner + at]).sum::<f64>())
    });
    transformed.collect()
}

/// The axes that are transformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Along {
    /// Six rows of a slice give four.
    Rows,
    /// Six rows of six slices give four rows of four slices.
    RowsAndSlices,
}

/// Strides of an array `[slice, row, value]`, in values.
#[derive(Clone, Copy)]
pub(crate) struct Strides {
    /// From one row to the next.
    pub row: usize,
    /// From one slice to the next.
    pub slice: usize,
}

impl Strides {
    /// One past the last of `width` values in the last of `count` rows and, where they are transformed, as many slices.
    fn end(self, along: Along, count: usize, width: usize) -> usize {
        let slice = if along == Along::Rows { 0 } else { self.slice };
        self.row.saturating_add(slice).saturating_mul(count - 1).saturating_add(width)
    }
}

/// Transforms inputs into the inputs of the products (Bᵀ in Lavin and Gray): `width` values of each row.
///
/// # Panics
/// If a row lies beyond its slice of memory.
pub(crate) fn transform_inputs(along: Along, from: (&[f32], Strides), to: (&mut [f32], Strides), width: usize) {
    let ((from, from_strides), (to, to_strides)) = (from, to);
    assert!(from_strides.end(along, POINTS, width) <= from.len(), "all rows lie within the source");
    assert!(to_strides.end(along, POINTS, width) <= to.len(), "all rows lie within the target");
    let to_slice = if along == Along::Rows { 0 } else { to_strides.slice };
    // In bounds: the last row was checked above.
    let targets = std::array::from_fn(|slice| to.as_mut_ptr().wrapping_add(slice * to_slice));
    let job = Job { along, from: Rows::of(from, from_strides, POINTS), to: targets, to_row: to_strides.row, width };
    // SAFETY: all rows are in bounds, and source and target do not overlap.
    unsafe { job.run::<InputTransform, POINTS>() }
}

/// Transforms gradients of outputs into those of products (A in Lavin and Gray), along rows and slices: `width` values of
/// each row.
///
/// # Panics
/// If a row lies beyond its slice of memory.
pub(crate) fn transform_gradients(from: (&[f32], Strides), to: (&mut [f32], Strides), width: usize) {
    let ((from, from_strides), (to, to_strides)) = (from, to);
    let along = Along::RowsAndSlices;
    assert!(from_strides.end(along, OUTPUTS, width) <= from.len(), "all rows lie within the source");
    assert!(to_strides.end(along, POINTS, width) <= to.len(), "all rows lie within the target");
    // In bounds, as above.
    let targets = std::array::from_fn(|slice| to.as_mut_ptr().wrapping_add(slice * to_strides.slice));
    let from = Rows::of(from, from_strides, OUTPUTS);
    let job = Job { along, from, to: targets, to_row: to_strides.row, width };
    // SAFETY: all rows are in bounds, and source and target do not overlap.
    unsafe { job.run::<GradientTransform, POINTS>() }
}

/// Transforms products into outputs (Aᵀ in Lavin and Gray): `width` values of each row; `to` is one slice each, with rows
/// `row` values apart.
///
/// # Panics
/// If a row lies beyond its slice of memory, or slices are missing.
pub(crate) fn transform_outputs(
    along: Along,
    from: (&[f32], Strides),
    to: &mut [&mut [f32]],
    row: usize,
    width: usize,
) {
    let (from, from_strides) = from;
    let slices = if along == Along::Rows { 1 } else { OUTPUTS };
    assert!(from_strides.end(along, POINTS, width) <= from.len(), "all products lie within the source");
    assert_eq!(to.len(), slices, "one target per slice");
    let mut targets = [std::ptr::null_mut(); POINTS];
    for (target, to) in targets.iter_mut().zip(to) {
        assert!((OUTPUTS - 1) * row + width <= to.len(), "all rows lie within the target");
        *target = to.as_mut_ptr();
    }
    let job = Job { along, from: Rows::of(from, from_strides, POINTS), to: targets, to_row: row, width };
    // SAFETY: all rows are in bounds, and source and target do not overlap.
    unsafe { job.run::<OutputTransform, OUTPUTS>() }
}

/// A transform of rows.
struct Job {
    along: Along,
    from: Rows,
    /// The first row of each slice.
    to: [*mut f32; POINTS],
    to_row: usize,
    width: usize,
}

/// The rows that are read.
struct Rows {
    first: *const f32,
    /// Offsets of the slices, and of the rows in each.
    slices: [usize; POINTS],
    rows: [usize; POINTS],
}

impl Rows {
    /// `count` rows of as many slices; the last are repeated if there are fewer than six.
    fn of(values: &[f32], strides: Strides, count: usize) -> Self {
        let each = |step: usize| std::array::from_fn(|number| number.min(count - 1) * step);
        Self { first: values.as_ptr(), slices: each(strides.slice), rows: each(strides.row) }
    }
}

/// A transform of six values along one axis.
trait Transform<const MADE: usize> {
    fn apply<L: Lanes>(six: [L; POINTS]) -> [L; MADE];
}

/// Bᵀ.
struct InputTransform;

impl Transform<POINTS> for InputTransform {
    #[inline(always)]
    fn apply<L: Lanes>(r: [L; POINTS]) -> [L; POINTS] {
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
}

/// Aᵀ.
struct OutputTransform;

impl Transform<OUTPUTS> for OutputTransform {
    #[inline(always)]
    fn apply<L: Lanes>(m: [L; POINTS]) -> [L; OUTPUTS] {
        let (sum, difference) = (m[1].fused_add(1.0, m[2]), m[1].fused_add(-1.0, m[2]));
        let (far_sum, far_difference) = (m[3].fused_add(1.0, m[4]), m[3].fused_add(-1.0, m[4]));
        [
            m[0].fused_add(1.0, sum).fused_add(1.0, far_sum),
            difference.fused_add(2.0, far_difference),
            sum.fused_add(4.0, far_sum),
            difference.fused_add(8.0, far_difference).fused_add(1.0, m[5]),
        ]
    }
}

/// A; the last two of the six values are ignored.
struct GradientTransform;

impl Transform<POINTS> for GradientTransform {
    #[inline(always)]
    fn apply<L: Lanes>(g: [L; POINTS]) -> [L; POINTS] {
        let (even, odd) = (g[0].fused_add(1.0, g[2]), g[1].fused_add(1.0, g[3]));
        let (even_step, odd_step) = (g[0].fused_add(4.0, g[2]), g[1].fused_add(4.0, g[3]));
        [
            g[0],
            even.fused_add(1.0, odd),
            even.fused_add(-1.0, odd),
            even_step.fused_add(2.0, odd_step),
            even_step.fused_add(-2.0, odd_step),
            g[3],
        ]
    }
}

impl Job {
    /// # Safety
    /// All rows must be in bounds, and sources and targets must not overlap.
    unsafe fn run<C: Transform<MADE>, const MADE: usize>(&self) {
        match VectorUnit::current() {
            // SAFETY: the unit was detected at run time; the rest is guaranteed by the caller.
            #[cfg(target_arch = "x86_64")]
            VectorUnit::Avx512 => unsafe { avx512::<C, MADE>(self) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            VectorUnit::Avx2 => unsafe { avx2::<C, MADE>(self) },
            // SAFETY: guaranteed by the caller.
            VectorUnit::Portable => unsafe { self.transform::<C, MADE, Plain<MAX_LANES>>() },
        }
    }

    /// # Safety
    /// As for [`Self::run`], on a machine with the unit of `L`.
    #[inline(always)]
    unsafe fn transform<C: Transform<MADE>, const MADE: usize, L: Lanes>(&self) {
        let whole = self.width - self.width % L::WIDTH;
        for at in (0..whole).step_by(L::WIDTH) {
            // SAFETY: guaranteed by the caller.
            unsafe { self.lanes::<C, MADE, L>(at) }
        }
        for at in whole..self.width {
            // SAFETY: guaranteed by the caller.
            unsafe { self.lanes::<C, MADE, Plain<1>>(at) }
        }
    }

    /// Transforms `L::WIDTH` values of all rows, from value `at` on.
    ///
    /// # Safety
    /// As for [`Self::transform`]; the lanes must end within the rows.
    #[expect(clippy::needless_range_loop, reason = "an iterator's closures would not inherit the target feature")]
    #[inline(always)]
    unsafe fn lanes<C: Transform<MADE>, const MADE: usize, L: Lanes>(&self, at: usize) {
        // SAFETY: guaranteed by the caller.
        unsafe {
            if self.along == Along::Rows {
                let made = C::apply(self.load_six::<L>(at));
                for row in 0..MADE {
                    made[row].store(self.to[0].add(row * self.to_row + at));
                }
                return;
            }
            let [a, b, c, d, e, f] = self.from.slices;
            let of_rows = [
                C::apply(self.load_six::<L>(at + a)),
                C::apply(self.load_six::<L>(at + b)),
                C::apply(self.load_six::<L>(at + c)),
                C::apply(self.load_six::<L>(at + d)),
                C::apply(self.load_six::<L>(at + e)),
                C::apply(self.load_six::<L>(at + f)),
            ];
            for row in 0..MADE {
                let [a, b, c, d, e, f] = &of_rows;
                let made = C::apply([a[row], b[row], c[row], d[row], e[row], f[row]]);
                for slice in 0..MADE {
                    made[slice].store(self.to[slice].add(row * self.to_row + at));
                }
            }
        }
    }

    /// Lanes of six rows. Written out, since closures and iterators would not inherit the target feature.
    ///
    /// # Safety
    /// As for [`Self::lanes`].
    #[inline(always)]
    unsafe fn load_six<L: Lanes>(&self, at: usize) -> [L; POINTS] {
        let [a, b, c, d, e, f] = self.from.rows;
        // SAFETY: guaranteed by the caller.
        unsafe {
            let from = self.from.first.add(at);
            [
                L::load(from.add(a)),
                L::load(from.add(b)),
                L::load(from.add(c)),
                L::load(from.add(d)),
                L::load(from.add(e)),
                L::load(from.add(f)),
            ]
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,fma")]
unsafe fn avx512<C: Transform<MADE>, const MADE: usize>(job: &Job) {
    // SAFETY: guaranteed by the caller.
    unsafe { job.transform::<C, MADE, Zmm>() }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<C: Transform<MADE>, const MADE: usize>(job: &Job) {
    // SAFETY: guaranteed by the caller.
    unsafe { job.transform::<C, MADE, Ymm<1>>() }
}

#[cfg(test)]
mod tests {
    use randomness::{Stream, normal};

    use super::*;

    #[test]
    fn four_outputs_match_direct_convolution() {
        let (taps, values) = ([0.5, -1.25, 2.0], [1.0, 3.0, -2.0, 0.5, 4.0, -1.5]);
        let (weights, strides) = (transform_weights(&taps, 1), Strides { row: 1, slice: 0 });
        let (mut products, mut found) = ([0.0; POINTS], [0.0; OUTPUTS]);
        transform_inputs(Along::Rows, (&values, strides), (&mut products, strides), 1);
        products.iter_mut().zip(&weights).for_each(|(product, weight)| *product *= *weight as f32);
        transform_outputs(Along::Rows, (&products, strides), &mut [&mut found], 1, 1);
        for (found, values) in found.iter().zip(values.windows(3)) {
            let expected: f64 = taps.iter().zip(values).map(|(tap, value)| tap * f64::from(*value)).sum();
            assert!((f64::from(*found) - expected).abs() < 1e-5, "{found}, expected {expected}");
        }
    }

    #[test]
    fn every_vector_unit_transforms_to_the_same_bits() {
        let (width, strides) = (53, Strides { row: 60, slice: 360 });
        let mut rng = Stream::from_seed(3).rng();
        let values: Vec<f32> = (0..POINTS * strides.slice).map(|_| normal(&mut rng, 0.0, 1.0) as f32).collect();
        for along in [Along::Rows, Along::RowsAndSlices] {
            let (mut best, mut plain) = (vec![0.0; values.len()], vec![0.0; values.len()]);
            transform_inputs(along, (&values, strides), (&mut best, strides), width);
            let to = std::array::from_fn(|slice| plain[slice * strides.slice..].as_mut_ptr());
            let job = Job { along, from: Rows::of(&values, strides, POINTS), to, to_row: strides.row, width };
            // SAFETY: source and target hold six rows of six slices each.
            unsafe { job.transform::<InputTransform, POINTS, Plain<1>>() };
            assert_eq!(best, plain);

            let slices = if along == Along::Rows { 1 } else { OUTPUTS };
            let mut made = vec![0.0; slices * strides.slice];
            let mut targets: Vec<&mut [f32]> = made.chunks_exact_mut(strides.slice).collect();
            transform_outputs(along, (&values, strides), &mut targets, strides.row, width);
            let mut plain = vec![0.0; POINTS * strides.slice];
            let to = std::array::from_fn(|slice| plain[slice * strides.slice..].as_mut_ptr());
            let job = Job { along, from: Rows::of(&values, strides, POINTS), to, to_row: strides.row, width };
            // SAFETY: as above.
            unsafe { job.transform::<OutputTransform, OUTPUTS, Plain<1>>() };
            assert_eq!(made, plain[..made.len()]);
        }
        let (mut best, mut plain) = (vec![0.0; values.len()], vec![0.0; values.len()]);
        transform_gradients((&values, strides), (&mut best, strides), width);
        let to = std::array::from_fn(|slice| plain[slice * strides.slice..].as_mut_ptr());
        let from = Rows::of(&values, strides, OUTPUTS);
        let job = Job { along: Along::RowsAndSlices, from, to, to_row: strides.row, width };
        // SAFETY: as above.
        unsafe { job.transform::<GradientTransform, POINTS, Plain<1>>() };
        assert_eq!(best, plain);
    }
}
