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

/// What six rows of values become.
#[derive(Clone, Copy)]
pub(super) enum Combination {
    /// Six rows of inputs what six products' inputs are: Bᵀ in Lavin and Gray.
    Inputs,
    /// Six products four rows of outputs: Aᵀ there.
    Outputs,
}

/// Six rows of values.
pub(super) struct Rows<'a> {
    pub values: &'a [f32],
    /// From a row to the next.
    pub step: usize,
    pub width: usize,
}

/// Rows to be filled.
pub(super) struct RowsMut<'a> {
    pub values: &'a mut [f32],
    /// From a row to the next.
    pub step: usize,
}

/// Where rows are read and written.
struct Job {
    from: *const f32,
    from_step: usize,
    to: *mut f32,
    to_step: usize,
    width: usize,
}

impl Combination {
    /// Rows that are made.
    fn made(self) -> usize {
        match self {
            Self::Inputs => POINTS,
            Self::Outputs => OUTPUTS,
        }
    }

    /// Combines rows into others.
    ///
    /// # Panics
    /// If some of the rows lie beyond their values.
    pub fn of(self, rows: &Rows<'_>, out: RowsMut<'_>) {
        assert!((POINTS - 1) * rows.step + rows.width <= rows.values.len(), "the rows lie in their source");
        assert!((self.made() - 1) * out.step + rows.width <= out.values.len(), "the rows fit their target");
        let (from, to) = (rows.values.as_ptr(), out.values.as_mut_ptr());
        // SAFETY: all rows are there, and source and target are apart.
        unsafe { self.run(&Job { from, from_step: rows.step, to, to_step: out.step, width: rows.width }) }
    }

    /// Combines six rows of so many values where they are.
    ///
    /// # Panics
    /// If some of the rows lie beyond their values, or rows overlap.
    pub fn in_place(self, rows: RowsMut<'_>, width: usize) {
        assert!((POINTS - 1) * rows.step + width <= rows.values.len(), "the rows are there");
        assert!(width <= rows.step, "the rows are apart");
        let to = rows.values.as_mut_ptr();
        // SAFETY: all rows are there; of each column all values are read before one is written, and none is read again.
        unsafe { self.run(&Job { from: to, from_step: rows.step, to, to_step: rows.step, width }) }
    }

    /// # Safety
    /// The job's rows must be there, and the same or apart.
    unsafe fn run(self, job: &Job) {
        match VectorUnit::best() {
            // SAFETY: the unit was detected at run time; the rest is granted by the caller.
            #[cfg(target_arch = "x86_64")]
            VectorUnit::Avx512 => unsafe { avx512(self, job) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            VectorUnit::Avx2 => unsafe { avx2(self, job) },
            // SAFETY: granted by the caller.
            VectorUnit::Portable => unsafe { combine::<Plain<MOST_LANES>>(self, job) },
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,fma")]
unsafe fn avx512(combination: Combination, job: &Job) {
    // SAFETY: granted by the caller.
    unsafe { combine::<Zmm>(combination, job) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2(combination: Combination, job: &Job) {
    // SAFETY: granted by the caller.
    unsafe { combine::<Ymm<1>>(combination, job) }
}

/// # Safety
/// The job's rows must be there, and the same or apart.
#[inline(always)]
unsafe fn combine<L: Lanes>(combination: Combination, job: &Job) {
    let whole = job.width - job.width % L::WIDTH;
    for at in (0..whole).step_by(L::WIDTH) {
        // SAFETY: granted by the caller.
        unsafe { column::<L>(combination, job, at) }
    }
    for at in whole..job.width {
        // SAFETY: granted by the caller.
        unsafe { column::<Plain<1>>(combination, job, at) }
    }
}

/// # Safety
/// The job's rows must hold lanes from this value on.
#[inline(always)]
unsafe fn column<L: Lanes>(combination: Combination, job: &Job, at: usize) {
    // SAFETY: granted by the caller.
    unsafe {
        let rows: [L; POINTS] = std::array::from_fn(|row| L::load(job.from.add(row * job.from_step + at)));
        let store = |(row, lanes): (usize, L)| lanes.store(job.to.add(row * job.to_step + at));
        match combination {
            Combination::Inputs => inputs(rows).into_iter().enumerate().for_each(store),
            Combination::Outputs => outputs(rows).into_iter().enumerate().for_each(store),
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
fn outputs<L: Lanes>(m: [L; POINTS]) -> [L; OUTPUTS] {
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

    #[test]
    fn four_outputs_are_those_of_three_taps() {
        let (taps, seen) = ([0.5, -1.25, 2.0], [1.0, 3.0, -2.0, 0.5, 4.0, -1.5]);
        let weights = weights(&taps, 1);
        let mut points = [0.0; POINTS];
        Combination::Inputs.of(&Rows { values: &seen, step: 1, width: 1 }, RowsMut { values: &mut points, step: 1 });
        points.iter_mut().zip(&weights).for_each(|(point, weight)| *point *= *weight as f32);
        Combination::Outputs.in_place(RowsMut { values: &mut points, step: 1 }, 1);
        for (found, seen) in points.iter().zip(seen.windows(3)) {
            let expected: f64 = taps.iter().zip(seen).map(|(tap, value)| tap * f64::from(*value)).sum();
            assert!((f64::from(*found) - expected).abs() < 1e-5, "{found} for {expected}");
        }
    }

    #[test]
    fn every_vector_unit_combines_to_the_same_bits() {
        let (width, step) = (53, 60);
        let mut rng = Stream::from_seed(3).rng();
        let values: Vec<f32> = (0..POINTS * step).map(|_| normal(&mut rng, 0.0, 1.0) as f32).collect();
        for combination in [Combination::Inputs, Combination::Outputs] {
            let (mut best, mut plain, mut in_place) =
                (vec![0.0; POINTS * step], vec![0.0; POINTS * step], values.clone());
            combination.of(&Rows { values: &values, step, width }, RowsMut { values: &mut best, step });
            let to = plain.as_mut_ptr();
            // SAFETY: both hold six rows.
            unsafe {
                combine::<Plain<1>>(
                    combination,
                    &Job { from: values.as_ptr(), from_step: step, to, to_step: step, width },
                );
            }
            assert_eq!(best, plain);
            combination.in_place(RowsMut { values: &mut in_place, step }, width);
            let made = |values: &[f32]| {
                values.chunks_exact(step).take(combination.made()).flat_map(|r| r[..width].to_vec()).collect::<Vec<_>>()
            };
            assert_eq!(made(&best), made(&in_place));
        }
    }
}
