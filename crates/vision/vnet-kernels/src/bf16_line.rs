//! One line of a convolution in bfloat16, by AMX, AVX-512 BF16 or scalar code.
//!
//! One instruction adds the products of a pair of channels to sixteen sums in f32: half the multiply-adds of f32, and half
//! the memory. Without that instruction the products are the same, but are added in another order.

#[cfg(target_arch = "x86_64")]
use crate::amx;
#[cfg(target_arch = "x86_64")]
use crate::bf16::is_native;
use crate::bf16::{Bf16, LANES, PairedWeights};
use crate::conv_line::InputLine;

impl PairedWeights {
    /// Fills a line of voxels `[column, out]`.
    ///
    /// # Panics
    /// If a tap of the last voxel would lie beyond the source.
    pub fn convolve_line(&self, input: &InputLine<'_, Bf16>, out: &mut [f32]) {
        input.check(out.len() / self.outputs, self.taps, self.inputs);
        #[cfg(target_arch = "x86_64")]
        if out.len() / self.outputs >= amx::VOXELS && amx::is_available() {
            // SAFETY: the unit was detected, and the line's inputs lie within its source.
            return unsafe { amx::line(self, input, out) };
        }
        #[cfg(target_arch = "x86_64")]
        if is_native() {
            // SAFETY: the unit was detected, and the line's inputs lie within its source.
            return unsafe { native::line(self, input, out) };
        }
        self.scalar_line(input, out);
    }

    fn scalar_line(&self, input: &InputLine<'_, Bf16>, out: &mut [f32]) {
        let pairs = self.taps * self.inputs / 2;
        for (column, sums) in out.chunks_exact_mut(self.outputs).enumerate() {
            for (output, sum) in sums.iter_mut().enumerate() {
                let (block, lane) = (output / LANES, output % LANES);
                *sum = self.initial[output];
                for (number, tap) in input.taps.iter().enumerate() {
                    let source = &input.source[tap + column * input.step..][..self.inputs];
                    for (channel, x) in source.iter().enumerate() {
                        let pair = block * pairs + (number * self.inputs + channel) / 2;
                        *sum += x.to_f32() * self.values[(pair * LANES + lane) * 2 + channel % 2].to_f32();
                    }
                }
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod native {
    use std::arch::x86_64::*;

    use super::{Bf16, InputLine, LANES, PairedWeights};

    /// Fills a line of voxels `[column, out]`.
    ///
    /// # Safety
    /// The machine must have AVX-512 BF16, and every tap of every voxel must lie within the source.
    #[target_feature(enable = "avx512f,avx512bf16")]
    pub unsafe fn line(weights: &PairedWeights, input: &InputLine<'_, Bf16>, out: &mut [f32]) {
        let columns = out.len() / weights.outputs;
        for block in 0..weights.outputs.div_ceil(LANES) {
            let mut column = 0;
            // SAFETY: as for this function.
            unsafe {
                while column + 14 <= columns {
                    tile::<14>(weights, input, block, column, out);
                    column += 14;
                }
                while column + 4 <= columns {
                    tile::<4>(weights, input, block, column, out);
                    column += 4;
                }
                while column < columns {
                    tile::<1>(weights, input, block, column, out);
                    column += 1;
                }
            }
        }
    }

    /// `TILE` neighbouring voxels × one block of output channels, held in registers.
    ///
    /// # Safety
    /// As for [`line`].
    #[target_feature(enable = "avx512f,avx512bf16")]
    #[inline]
    unsafe fn tile<const TILE: usize>(
        weights: &PairedWeights,
        input: &InputLine<'_, Bf16>,
        block: usize,
        column: usize,
        out: &mut [f32],
    ) {
        let (inputs, outputs) = (weights.inputs, weights.outputs);
        let block_values = weights.taps * inputs * LANES;
        let mut weight = weights.values[block * block_values..][..block_values].as_ptr();
        // SAFETY: `initial` holds a whole block for every block of output channels; `weight` walks through the
        // block's pairs; the caller guarantees the source.
        unsafe {
            let mut sums = [_mm512_loadu_ps(weights.initial[block * LANES..][..LANES].as_ptr()); TILE];
            for tap in input.taps {
                let mut source = input.source.as_ptr().add(tap + column * input.step);
                for _ in 0..inputs / 2 {
                    let w: __m512bh = std::mem::transmute(_mm512_loadu_si512(weight.cast()));
                    weight = weight.add(2 * LANES);
                    for (voxel, sum) in sums.iter_mut().enumerate() {
                        let pair = source.add(voxel * input.step).cast::<i32>().read_unaligned();
                        *sum = _mm512_dpbf16_ps(
                            *sum,
                            w,
                            std::mem::transmute::<__m512i, __m512bh>(_mm512_set1_epi32(pair)),
                        );
                    }
                    source = source.add(2);
                }
            }
            let used = (outputs - block * LANES).min(LANES);
            for (voxel, sum) in sums.into_iter().enumerate() {
                let target = &mut out[(column + voxel) * outputs + block * LANES..][..used];
                _mm512_mask_storeu_ps(target.as_mut_ptr(), (((1_u32 << used) - 1) & 0xffff) as __mmask16, sum);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use randomness::{Stream, normal};

    use super::*;

    #[test]
    fn every_instruction_set_matches_scalar_code() {
        let mut rng = Stream::from_seed(7).rng();
        // Taps, taps in a row, inputs, outputs, columns, channels of a voxel, and the stride between output voxels.
        for (taps, row_taps, inputs, outputs, columns, channels, stride) in [
            (9, 3, 16, 16, 37, 16, 1),
            (9, 3, 32, 16, 128, 32, 1),
            (27, 3, 2, 20, 19, 2, 1),
            (3, 3, 20, 40, 112, 20, 1),
            (4, 1, 16, 32, 64, 32, 2),
            (1, 1, 8, 5, 3, 8, 1),
            (1, 1, 16, 6, 160, 16, 1),
        ] {
            let mut draw = |n: usize| -> Vec<f32> { (0..n).map(|_| normal(&mut rng, 0.0, 1.0) as f32).collect() };
            let weights =
                PairedWeights::new(&draw(taps * inputs * outputs), taps, inputs, outputs, Some(&draw(outputs)));
            let line_values = (columns * stride + row_taps) * channels;
            let source: Vec<Bf16> = draw(taps / row_taps * line_values).into_iter().map(Bf16::from_f32).collect();
            let offsets: Vec<usize> =
                (0..taps).map(|tap| tap / row_taps * line_values + tap % row_taps * stride * channels).collect();
            let line = InputLine { source: &source, taps: &offsets, step: stride * channels };
            let mut expected = vec![0.0; columns * outputs];
            weights.scalar_line(&line, &mut expected);
            let assert_close = |by: &str, convolve: &dyn Fn(&mut [f32])| {
                let mut found = vec![f32::NAN; columns * outputs];
                convolve(&mut found);
                let error = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
                assert!(error.clone().all(|error| error < 1e-3), "{by}: {:?}", error.fold(0.0, f32::max));
            };
            assert_close("the best of this machine", &|out| weights.convolve_line(&line, out));
            #[cfg(target_arch = "x86_64")]
            if is_native() {
                // SAFETY: the unit was detected, and the line's inputs lie within its source.
                assert_close("AVX-512", &|out| unsafe { native::line(&weights, &line, out) });
            }
        }
    }
}
