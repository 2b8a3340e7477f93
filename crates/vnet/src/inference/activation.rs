//! The number formats in which activations are kept between layers.

use crate::kernel::bf16::{Bf16, PairedWeights};
use crate::kernel::conv_line::{InputLine, PackedWeights};

/// A number format, with the convolution that reads it; sums are always f32.
pub(crate) trait Activation: Copy + Default + Send + Sync + 'static {
    /// Weights as the convolution wants them.
    type Weights: Send + Sync;

    /// From weights `[tap, in, out]`.
    fn packed(weights: &[f32], taps: usize, inputs: usize, outputs: usize, bias: Option<&[f32]>) -> Self::Weights;

    /// Fills a line of voxels `[column, out]`.
    fn convolve_line(weights: &Self::Weights, input: &InputLine<'_, Self>, out: &mut [f32]);

    /// The nearest number of this format.
    fn nearest(value: f32) -> Self;

    /// The number.
    fn value(self) -> f32;
}

impl Activation for f32 {
    type Weights = PackedWeights;

    fn packed(weights: &[f32], taps: usize, inputs: usize, outputs: usize, bias: Option<&[f32]>) -> PackedWeights {
        PackedWeights::new(weights, taps, inputs, outputs, bias)
    }

    fn convolve_line(weights: &PackedWeights, input: &InputLine<'_>, out: &mut [f32]) {
        weights.convolve_line(input, out);
    }

    #[inline(always)]
    fn nearest(value: f32) -> Self {
        value
    }

    #[inline(always)]
    fn value(self) -> f32 {
        self
    }
}

impl Activation for Bf16 {
    type Weights = PairedWeights;

    fn packed(weights: &[f32], taps: usize, inputs: usize, outputs: usize, bias: Option<&[f32]>) -> PairedWeights {
        PairedWeights::new(weights, taps, inputs, outputs, bias)
    }

    fn convolve_line(weights: &PairedWeights, input: &InputLine<'_, Self>, out: &mut [f32]) {
        weights.convolve_line(input, out);
    }

    #[inline(always)]
    fn nearest(value: f32) -> Self {
        Self::nearest(value)
    }

    #[inline(always)]
    fn value(self) -> f32 {
        Self::value(self)
    }
}
