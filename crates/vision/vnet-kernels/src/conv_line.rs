//! One line of a convolution's output, register-tiled: neighbouring voxels × a block of output channels.
//!
//! Each output value is one chain of fused multiply-adds in a fixed order, so the bits depend neither on
//! threads nor on the vector unit.

use crate::lanes::{Lanes, Plain, VectorUnit};
#[cfg(target_arch = "x86_64")]
use crate::lanes::{Ymm, Zmm};

/// Weights as `[block][tap][in][lane]`, the last block padded with zeros.
#[derive(Clone, Debug)]
pub struct PackedWeights {
    values: Vec<f32>,
    /// Initial sums of each block: the bias, or zero.
    initial: Vec<f32>,
    /// Lanes of a block: 8 where that is enough, else 16.
    width: usize,
    taps: usize,
    inputs: usize,
    outputs: usize,
}

/// The inputs of one line of output voxels.
#[derive(Clone, Copy)]
pub struct InputLine<'a, T = f32> {
    /// Values, from the first voxel's first tap on.
    pub source: &'a [T],
    /// Offset of each tap's inputs in `source`.
    pub taps: &'a [usize],
    /// Offset from one output voxel's inputs to the next one's.
    pub step: usize,
}

impl<T> InputLine<'_, T> {
    /// Checks that all inputs of a line of `columns` voxels lie within the source.
    ///
    /// # Panics
    /// If a tap of the last voxel would lie beyond the source.
    pub(crate) fn check(&self, columns: usize, taps: usize, inputs: usize) {
        let last_voxel = columns.saturating_sub(1).saturating_mul(self.step).saturating_add(inputs);
        let furthest = self.taps.iter().max().map_or(0, |tap| tap.saturating_add(last_voxel));
        assert!(
            self.taps.len() == taps && furthest <= self.source.len(),
            "the inputs of every voxel lie within the source"
        );
    }

    /// Whether the taps come in groups of [`ROW_TAPS`] that read neighbouring voxels.
    pub(crate) fn taps_form_rows(&self) -> bool {
        let (rows, rest) = self.taps.as_chunks::<ROW_TAPS>();
        rest.is_empty() && rows.iter().all(|row| row.windows(2).all(|pair| pair[1] == pair[0] + self.step))
    }
}

impl PackedWeights {
    /// From `[tap, in, out]`.
    pub fn new(weights: &[f32], taps: usize, inputs: usize, outputs: usize, bias: Option<&[f32]>) -> Self {
        let width = if outputs <= 8 { 8 } else { 16 };
        let (blocks, pairs) = (outputs.div_ceil(width), taps * inputs);
        let mut values = vec![0.0; blocks * pairs * width];
        for block in 0..blocks {
            let used = (outputs - block * width).min(width);
            for pair in 0..pairs {
                values[(block * pairs + pair) * width..][..used]
                    .copy_from_slice(&weights[pair * outputs + block * width..][..used]);
            }
        }
        let mut initial = vec![0.0; blocks * width];
        if let Some(bias) = bias {
            initial[..outputs].copy_from_slice(bias);
        }
        Self { values, initial, width, taps, inputs, outputs }
    }

    /// Fills a line of voxels `[column, out]`.
    ///
    /// # Panics
    /// If a tap of the last voxel would lie beyond the source.
    pub fn convolve_line(&self, input: &InputLine<'_>, out: &mut [f32]) {
        input.check(out.len() / self.outputs, self.taps, self.inputs);
        match (VectorUnit::current(), self.width) {
            // SAFETY: the unit was detected at run time.
            #[cfg(target_arch = "x86_64")]
            (VectorUnit::Avx512, 8) => unsafe { line_avx512_narrow(self, input, out) },
            // SAFETY: the unit was detected at run time.
            #[cfg(target_arch = "x86_64")]
            (VectorUnit::Avx512, _) => unsafe { line_avx512(self, input, out) },
            // SAFETY: the unit was detected at run time.
            #[cfg(target_arch = "x86_64")]
            (VectorUnit::Avx2, 8) => unsafe { line_avx2_narrow(self, input, out) },
            // SAFETY: the unit was detected at run time.
            #[cfg(target_arch = "x86_64")]
            (VectorUnit::Avx2, _) => unsafe { line_avx2(self, input, out) },
            (VectorUnit::Portable, 8) => line::<Plain<8>, 4>(self, input, out),
            (VectorUnit::Portable, _) => line::<Plain<16>, 4>(self, input, out),
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,fma")]
unsafe fn line_avx512(weights: &PackedWeights, input: &InputLine<'_>, out: &mut [f32]) {
    line::<Zmm, 14>(weights, input, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,fma")]
unsafe fn line_avx512_narrow(weights: &PackedWeights, input: &InputLine<'_>, out: &mut [f32]) {
    line::<Ymm<1>, 14>(weights, input, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn line_avx2(weights: &PackedWeights, input: &InputLine<'_>, out: &mut [f32]) {
    line::<Ymm<2>, 6>(weights, input, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn line_avx2_narrow(weights: &PackedWeights, input: &InputLine<'_>, out: &mut [f32]) {
    line::<Ymm<1>, 12>(weights, input, out);
}

/// Calls the tile of that many voxels: the compiler must know how many registers their sums take.
macro_rules! tile_of {
    ($voxels:expr, $max:expr, [$($count:literal)*], $arguments:tt) => {
        match $voxels {
            $($count if $count <= $max => tile::<L, $count> $arguments,)*
            voxels => unreachable!("{voxels} voxels in a tile of at most {}", $max),
        }
    };
}

/// Splits the line into nearly equal tiles of at most `MAX` voxels: a small tile would stall on the latency of its sums.
#[inline(always)]
fn line<L: Lanes, const MAX: usize>(weights: &PackedWeights, input: &InputLine<'_>, out: &mut [f32]) {
    let columns = out.len() / weights.outputs;
    let tiles = columns.div_ceil(MAX);
    for block in 0..weights.outputs.div_ceil(L::WIDTH) {
        for number in 0..tiles {
            let [column, end] = [number, number + 1].map(|number| number * columns / tiles);
            let voxels = end - column;
            tile_of!(voxels, MAX, [1 2 3 4 5 6 7 8 9 10 11 12 13 14], (weights, input, block, column, out));
        }
    }
}

/// Taps along a row that a tile accumulates together.
pub(crate) const ROW_TAPS: usize = 3;

/// `TILE` neighbouring voxels × one block of output channels, held in registers.
#[inline(always)]
fn tile<L: Lanes, const TILE: usize>(
    weights: &PackedWeights,
    input: &InputLine<'_>,
    block: usize,
    column: usize,
    out: &mut [f32],
) {
    let (inputs, outputs) = (weights.inputs, weights.outputs);
    let block_values = weights.taps * inputs * L::WIDTH;
    let mut weight = weights.values[block * block_values..][..block_values].as_ptr();
    // SAFETY: `initial` holds a whole block for every block of output channels.
    let mut sums = [unsafe { L::load(weights.initial[block * L::WIDTH..][..L::WIDTH].as_ptr()) }; TILE];
    let group = if input.taps_form_rows() { ROW_TAPS } else { 1 };
    for taps in input.taps.chunks(group) {
        // SAFETY: `weight` walks through the block's taps × inputs groups of lanes, and `convolve_line` has checked
        // that the last voxel's last tap lies within the source.
        unsafe {
            let source = input.source.as_ptr().add(taps[0] + column * input.step);
            if taps.len() == ROW_TAPS {
                add_row(&mut sums, source, input.step, weight, inputs);
            } else {
                add_tap(&mut sums, source, input.step, weight, inputs);
            }
            weight = weight.add(taps.len() * inputs * L::WIDTH);
        }
    }
    let used = (outputs - block * L::WIDTH).min(L::WIDTH);
    for (voxel, sum) in sums.into_iter().enumerate() {
        store(sum, &mut out[(column + voxel) * outputs + block * L::WIDTH..][..used]);
    }
}

/// Accumulates one tap into each voxel's sums, channel by channel.
///
/// # Safety
/// `source` holds the `inputs` channels of all voxels, `step` values apart, and `weight` as many groups of lanes.
#[inline(always)]
unsafe fn add_tap<L: Lanes, const TILE: usize>(
    sums: &mut [L; TILE],
    source: *const f32,
    step: usize,
    weight: *const f32,
    inputs: usize,
) {
    for channel in 0..inputs {
        // SAFETY: guaranteed by the caller.
        unsafe {
            let w = L::load(weight.add(channel * L::WIDTH));
            for (voxel, sum) in sums.iter_mut().enumerate() {
                *sum = sum.fused_add(*source.add(voxel * step + channel), w);
            }
        }
    }
}

/// Accumulates the three taps of a row. Input voxels that several taps share are loaded once: one load per multiplication
/// takes longer than the multiplications.
///
/// # Safety
/// As for [`add_tap`], for two more voxels and three times the weights.
#[inline(always)]
unsafe fn add_row<L: Lanes, const TILE: usize>(
    sums: &mut [L; TILE],
    source: *const f32,
    step: usize,
    weight: *const f32,
    inputs: usize,
) {
    for channel in 0..inputs {
        // SAFETY: guaranteed by the caller.
        unsafe {
            let w: [L; ROW_TAPS] = std::array::from_fn(|tap| L::load(weight.add((tap * inputs + channel) * L::WIDTH)));
            let (mut previous, mut current) = (*source.add(channel), *source.add(step + channel));
            for (voxel, sum) in sums.iter_mut().enumerate() {
                let next = *source.add((voxel + 2) * step + channel);
                *sum = sum.fused_add(previous, w[0]).fused_add(current, w[1]).fused_add(next, w[2]);
                (previous, current) = (current, next);
            }
        }
    }
}

/// Stores as many lanes as the target holds.
#[inline(always)]
fn store<L: Lanes>(sum: L, target: &mut [f32]) {
    if target.len() == L::WIDTH {
        // SAFETY: the target holds as many values as there are lanes.
        unsafe { sum.store(target.as_mut_ptr()) }
    } else {
        let mut whole = [0.0; 16];
        // SAFETY: there are at most sixteen lanes.
        unsafe { sum.store(whole.as_mut_ptr()) }
        target.copy_from_slice(&whole[..target.len()]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "lie within the source")]
    fn a_tap_beyond_the_source_is_refused_even_if_its_index_overflows() {
        let line = InputLine { source: &[0.0; 4], taps: &[usize::MAX], step: 1 };
        PackedWeights::new(&[1.0; 8], 1, 1, 8, None).convolve_line(&line, &mut [0.0; 4 * 8]);
    }
}
