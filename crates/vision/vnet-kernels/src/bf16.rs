//! bfloat16: the range of f32 with eight bits of precision, and the weights of a convolution in it.

/// A bfloat16: the upper half of an f32.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(transparent)]
pub struct Bf16(u16);

impl Bf16 {
    /// Rounds to the nearest, ties to even.
    #[inline(always)]
    pub fn from_f32(value: f32) -> Self {
        let bits = value.to_bits();
        Self((bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16) as u16)
    }

    /// The same number as f32, exactly.
    #[inline(always)]
    pub fn to_f32(self) -> f32 {
        f32::from_bits(u32::from(self.0) << 16)
    }
}

/// Whether this machine has AVX-512 BF16.
pub fn is_native() -> bool {
    #[cfg(target_arch = "x86_64")]
    {
        is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bf16")
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        false
    }
}

/// Output channels of a block.
pub(crate) const LANES: usize = 16;

/// Weights as `[block][tap][pair of inputs][lane][input of the pair]`, the last block padded with zeros.
#[derive(Clone, Debug)]
pub struct PairedWeights {
    pub(crate) values: Vec<Bf16>,
    /// Initial sums of each block: the bias, or zero.
    pub(crate) initial: Vec<f32>,
    pub(crate) taps: usize,
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
}

impl PairedWeights {
    /// From `[tap, in, out]`.
    ///
    /// # Panics
    /// If the number of inputs is odd.
    pub fn new(weights: &[f32], taps: usize, inputs: usize, outputs: usize, bias: Option<&[f32]>) -> Self {
        assert!(inputs.is_multiple_of(2), "bf16 convolutions need an even number of input channels");
        let blocks = outputs.div_ceil(LANES);
        let mut values = Vec::with_capacity(blocks * taps * inputs * LANES);
        for block in 0..blocks {
            for pair in 0..taps * inputs / 2 {
                for lane in 0..LANES {
                    let output = block * LANES + lane;
                    let weight = |input: usize| {
                        if output < outputs { Bf16::from_f32(weights[input * outputs + output]) } else { Bf16(0) }
                    };
                    values.extend([weight(2 * pair), weight(2 * pair + 1)]);
                }
            }
        }
        let mut initial = vec![0.0; blocks * LANES];
        if let Some(bias) = bias {
            initial[..outputs].copy_from_slice(bias);
        }
        Self { values, initial, taps, inputs, outputs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversion_rounds_to_nearest_even() {
        for (value, nearest) in
            [(1.0, 1.0), (-2.5, -2.5), (1.0 + 1.0 / 256.0, 1.0), (1.0 + 3.0 / 256.0, 1.015_625), (0.0, 0.0)]
        {
            assert_eq!(Bf16::from_f32(value).to_f32(), nearest, "{value}");
        }
        assert!(Bf16::from_f32(f32::NAN).to_f32().is_nan());
        assert_eq!(Bf16::from_f32(f32::INFINITY).to_f32(), f32::INFINITY);
    }
}
