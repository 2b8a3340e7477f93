//! Winograd's minimal filtering F(4, 3) (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016,
//! section 4.3): three taps make four outputs of six inputs with six multiplications instead of twelve.
//!
//! Every value is one chain of fused operations in a fixed order, so the bits depend neither on threads nor on the vector
//! unit.

use super::lanes::{Lanes, MOST_LANES, Plain, VectorUnit};
#[cfg(target_arch = "x86_64")]
use super::lanes::{Ymm, Zmm};

/// Outputs that are made together.
pub(super) const OUTPUTS: usize = 4;

/// Inputs that they see, and as many products.
pub(super) const POINTS: usize = OUTPUTS + 2;

/// What each product's weight is of three taps: G in Lavin and Gray.
const OF_TAPS: [[f64; 3]; POINTS] = [
    [1.0 / 4.0, 0.0, 0.0],
    [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
    [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0],
    [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
    [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0],
    [0.0, 0.0, 1.0],
];

/// Weights `[outer, tap, inner]` of three taps as `[outer, product, inner]`.
pub(super) fn weights(values: &[f64], inner: usize) -> Vec<f64> {
    let outer = values.chunks_exact(3 * inner);
    let products = outer.flat_map(|taps| OF_TAPS.iter().map(move |of_taps| (taps, of_taps)));
    let made = products.flat_map(|(taps, of_taps)| {
        (0..inner).map(move |at| (0..3).map(|tap| of_taps[tap] * taps[tap * inner + at]).sum::<f64>())
    });
    made.collect()
}

/// What the gradients `[outer, product, inner]` of products' weights are of three taps: `[outer, tap, inner]`.
pub(super) fn taps(values: &[f64], inner: usize) -> Vec<f64> {
    let outer = values.chunks_exact(POINTS * inner);
    let taps = outer.flat_map(|products| (0..3).map(move |tap| (products, tap)));
    let made = taps.flat_map(|(products, tap)| {
        (0..inner).map(move |at| (0..POINTS).map(|p| OF_TAPS[p][tap] * products[p * inner + at]).sum::<f64>())
    });
    made.collect()
}

/// Along which axes inputs are filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Along {
    /// Six rows of a slice make four.
    Rows,
    /// Six rows of six slices make four of four.
    RowsAndSlices,
}

/// Where rows of values lie.
#[derive(Clone, Copy)]
pub(super) struct Steps {
    /// Values from a row to the next.
    pub row: usize,
    /// Values from a slice to the next.
    pub slice: usize,
}

/// Makes inputs what products see of them (Bᵀ in Lavin and Gray): `width` values of each row.
///
/// # Panics
/// If some of the rows lie beyond their values.
pub(super) fn inputs(along: Along, from: (&[f32], Steps), to: (&mut [f32], Steps), width: usize) {
    let ((from, from_steps), (to, to_steps)) = (from, to);
    let last = |steps: Steps| (POINTS - 1) * (steps.row + if along == Along::Rows { 0 } else { steps.slice }) + width;
    assert!(last(from_steps) <= from.len(), "the rows lie in their source");
    assert!(last(to_steps) <= to.len(), "the rows fit their target");
    let to_slice = if along == Along::Rows { 0 } else { to_steps.slice };
    // Steps that fit: the last of them was seen to.
    let targets = std::array::from_fn(|slice| to.as_mut_ptr().wrapping_add(slice * to_slice));
    let job = Job { along, from: Rows::of(from, from_steps, POINTS), to: targets, to_row: to_steps.row, width };
    // SAFETY: all rows are there, and source and target are apart.
    unsafe { job.run::<Inputs, POINTS>() }
}

/// Makes gradients of outputs those of products (A in Lavin and Gray), along rows and slices: `width` values of each row.
///
/// # Panics
/// If some of the rows lie beyond their values.
pub(super) fn gradients(from: (&[f32], Steps), to: (&mut [f32], Steps), width: usize) {
    let ((from, from_steps), (to, to_steps)) = (from, to);
    let last = |steps: Steps, count: usize| (count - 1) * (steps.row + steps.slice) + width;
    assert!(last(from_steps, OUTPUTS) <= from.len(), "the rows lie in their source");
    assert!(last(to_steps, POINTS) <= to.len(), "the rows fit their target");
    // Steps that fit, as above.
    let targets = std::array::from_fn(|slice| to.as_mut_ptr().wrapping_add(slice * to_steps.slice));
    let from = Rows::of(from, from_steps, OUTPUTS);
    let job = Job { along: Along::RowsAndSlices, from, to: targets, to_row: to_steps.row, width };
    // SAFETY: all rows are there, and source and target are apart.
    unsafe { job.run::<Gradients, POINTS>() }
}

/// Makes products outputs (Aᵀ in Lavin and Gray): `width` values of each row of as many slices, `row` values apart.
///
/// # Panics
/// If some of the rows lie beyond their values, or slices are missing.
pub(super) fn outputs(along: Along, from: (&[f32], Steps), to: &mut [&mut [f32]], row: usize, width: usize) {
    let (from, from_steps) = from;
    let (made, slice) = if along == Along::Rows { (1, 0) } else { (OUTPUTS, from_steps.slice) };
    assert!((POINTS - 1) * (from_steps.row + slice) + width <= from.len(), "the products lie in their source");
    assert_eq!(to.len(), made, "as many slices as are made");
    let mut targets = [std::ptr::null_mut(); POINTS];
    for (target, to) in targets.iter_mut().zip(to) {
        assert!((OUTPUTS - 1) * row + width <= to.len(), "the rows fit their target");
        *target = to.as_mut_ptr();
    }
    let job = Job { along, from: Rows::of(from, from_steps, POINTS), to: targets, to_row: row, width };
    // SAFETY: all rows are there, and source and target are apart.
    unsafe { job.run::<Outputs, OUTPUTS>() }
}

/// Rows to be combined.
struct Job {
    along: Along,
    from: Rows,
    /// The first row of each slice.
    to: [*mut f32; POINTS],
    to_row: usize,
    width: usize,
}

/// Rows that are read.
struct Rows {
    first: *const f32,
    /// Where the slices begin, and the rows in each.
    slices: [usize; POINTS],
    rows: [usize; POINTS],
}

impl Rows {
    /// So many rows of as many slices; the last are repeated where there are less than six.
    fn of(values: &[f32], steps: Steps, count: usize) -> Self {
        let each = |step: usize| std::array::from_fn(|number| number.min(count - 1) * step);
        Self { first: values.as_ptr(), slices: each(steps.slice), rows: each(steps.row) }
    }
}

/// What is made of six values along one axis.
trait Combination<const MADE: usize> {
    fn of<L: Lanes>(six: [L; POINTS]) -> [L; MADE];
}

struct Inputs;

impl Combination<POINTS> for Inputs {
    #[inline(always)]
    fn of<L: Lanes>(r: [L; POINTS]) -> [L; POINTS] {
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

struct Outputs;

impl Combination<OUTPUTS> for Outputs {
    #[inline(always)]
    fn of<L: Lanes>(m: [L; POINTS]) -> [L; OUTPUTS] {
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

/// The last two of the six are not looked at.
struct Gradients;

impl Combination<POINTS> for Gradients {
    #[inline(always)]
    fn of<L: Lanes>(g: [L; POINTS]) -> [L; POINTS] {
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
    /// The rows must be there, sources and targets apart.
    unsafe fn run<C: Combination<MADE>, const MADE: usize>(&self) {
        match VectorUnit::best() {
            // SAFETY: the unit was detected at run time; the rest is granted by the caller.
            #[cfg(target_arch = "x86_64")]
            VectorUnit::Avx512 => unsafe { avx512::<C, MADE>(self) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            VectorUnit::Avx2 => unsafe { avx2::<C, MADE>(self) },
            // SAFETY: granted by the caller.
            VectorUnit::Portable => unsafe { self.combine::<C, MADE, Plain<MOST_LANES>>() },
        }
    }

    /// # Safety
    /// As for [`Self::run`], where the lanes' unit exists.
    #[inline(always)]
    unsafe fn combine<C: Combination<MADE>, const MADE: usize, L: Lanes>(&self) {
        let whole = self.width - self.width % L::WIDTH;
        for at in (0..whole).step_by(L::WIDTH) {
            // SAFETY: granted by the caller.
            unsafe { self.lanes::<C, MADE, L>(at) }
        }
        for at in whole..self.width {
            // SAFETY: granted by the caller.
            unsafe { self.lanes::<C, MADE, Plain<1>>(at) }
        }
    }

    /// Lanes of all rows, from this value on.
    ///
    /// # Safety
    /// As for [`Self::combine`]; the lanes must end within the rows.
    #[expect(clippy::needless_range_loop, reason = "iterators' calls would not be compiled for the vector unit")]
    #[inline(always)]
    unsafe fn lanes<C: Combination<MADE>, const MADE: usize, L: Lanes>(&self, at: usize) {
        // SAFETY: granted by the caller.
        unsafe {
            if self.along == Along::Rows {
                let made = C::of(self.six::<L>(at));
                for row in 0..MADE {
                    made[row].store(self.to[0].add(row * self.to_row + at));
                }
                return;
            }
            let [a, b, c, d, e, f] = self.from.slices;
            let of_rows = [
                C::of(self.six::<L>(at + a)),
                C::of(self.six::<L>(at + b)),
                C::of(self.six::<L>(at + c)),
                C::of(self.six::<L>(at + d)),
                C::of(self.six::<L>(at + e)),
                C::of(self.six::<L>(at + f)),
            ];
            for row in 0..MADE {
                let [a, b, c, d, e, f] = &of_rows;
                let made = C::of([a[row], b[row], c[row], d[row], e[row], f[row]]);
                for slice in 0..MADE {
                    made[slice].store(self.to[slice].add(row * self.to_row + at));
                }
            }
        }
    }

    /// Lanes of six rows. Spelled out, since closures and iterators would not be compiled for the vector unit.
    ///
    /// # Safety
    /// As for [`Self::lanes`].
    #[inline(always)]
    unsafe fn six<L: Lanes>(&self, at: usize) -> [L; POINTS] {
        let [a, b, c, d, e, f] = self.from.rows;
        // SAFETY: granted by the caller.
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
unsafe fn avx512<C: Combination<MADE>, const MADE: usize>(job: &Job) {
    // SAFETY: granted by the caller.
    unsafe { job.combine::<C, MADE, Zmm>() }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2<C: Combination<MADE>, const MADE: usize>(job: &Job) {
    // SAFETY: granted by the caller.
    unsafe { job.combine::<C, MADE, Ymm<1>>() }
}

#[cfg(test)]
mod tests {
    use randomness::{Stream, normal};

    use super::*;

    #[test]
    fn four_outputs_are_those_of_three_taps() {
        let (taps, seen) = ([0.5, -1.25, 2.0], [1.0, 3.0, -2.0, 0.5, 4.0, -1.5]);
        let (weights, steps) = (weights(&taps, 1), Steps { row: 1, slice: 0 });
        let (mut products, mut found) = ([0.0; POINTS], [0.0; OUTPUTS]);
        inputs(Along::Rows, (&seen, steps), (&mut products, steps), 1);
        products.iter_mut().zip(&weights).for_each(|(product, weight)| *product *= *weight as f32);
        outputs(Along::Rows, (&products, steps), &mut [&mut found], 1, 1);
        for (found, seen) in found.iter().zip(seen.windows(3)) {
            let expected: f64 = taps.iter().zip(seen).map(|(tap, value)| tap * f64::from(*value)).sum();
            assert!((f64::from(*found) - expected).abs() < 1e-5, "{found} for {expected}");
        }
    }

    #[test]
    fn every_vector_unit_combines_to_the_same_bits() {
        let (width, steps) = (53, Steps { row: 60, slice: 360 });
        let mut rng = Stream::from_seed(3).rng();
        let values: Vec<f32> = (0..POINTS * steps.slice).map(|_| normal(&mut rng, 0.0, 1.0) as f32).collect();
        for along in [Along::Rows, Along::RowsAndSlices] {
            let (mut best, mut plain) = (vec![0.0; values.len()], vec![0.0; values.len()]);
            inputs(along, (&values, steps), (&mut best, steps), width);
            let to = std::array::from_fn(|slice| plain[slice * steps.slice..].as_mut_ptr());
            let job = Job { along, from: Rows::of(&values, steps, POINTS), to, to_row: steps.row, width };
            // SAFETY: both hold six rows of six slices.
            unsafe { job.combine::<Inputs, POINTS, Plain<1>>() };
            assert_eq!(best, plain);

            let slices = if along == Along::Rows { 1 } else { OUTPUTS };
            let mut made = vec![0.0; slices * steps.slice];
            let mut targets: Vec<&mut [f32]> = made.chunks_exact_mut(steps.slice).collect();
            outputs(along, (&values, steps), &mut targets, steps.row, width);
            let mut plain = vec![0.0; POINTS * steps.slice];
            let to = std::array::from_fn(|slice| plain[slice * steps.slice..].as_mut_ptr());
            let job = Job { along, from: Rows::of(&values, steps, POINTS), to, to_row: steps.row, width };
            // SAFETY: as above.
            unsafe { job.combine::<Outputs, OUTPUTS, Plain<1>>() };
            assert_eq!(made, plain[..made.len()]);
        }
        let (mut best, mut plain) = (vec![0.0; values.len()], vec![0.0; values.len()]);
        gradients((&values, steps), (&mut best, steps), width);
        let to = std::array::from_fn(|slice| plain[slice * steps.slice..].as_mut_ptr());
        let from = Rows::of(&values, steps, OUTPUTS);
        let job = Job { along: Along::RowsAndSlices, from, to, to_row: steps.row, width };
        // SAFETY: as above.
        unsafe { job.combine::<Gradients, POINTS, Plain<1>>() };
        assert_eq!(best, plain);
    }
}
