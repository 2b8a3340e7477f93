//! The number formats in which activations are kept between layers.

use std::convert::Infallible;

use crate::kernel::bf16::{Bf16, PairedWeights};
use crate::kernel::conv_line::{InputLine, PackedWeights};
use crate::kernel::strip::{Scratch, StripInput, StripWeights};

/// A number format, with the convolution that reads it; sums are always f32.
pub(crate) trait Activation: Copy + Default + Send + Sync + 'static {
    /// Weights as the convolution wants them.
    type Weights: Send + Sync;

    /// From weights `[tap, in, out]`.
    fn packed(weights: &[f32], taps: usize, inputs: usize, outputs: usize, bias: Option<&[f32]>) -> Self::Weights;

    /// Fills a line of voxels `[column, out]`.
    fn convolve_line(weights: &Self::Weights, input: &InputLine<'_, Self>, out: &mut [f32]);

    /// Weights of a kernel that several rows at once are convolved with.
    type Strip: Send + Sync;

    /// From weights `[tap, in, out]` of a kernel of so many slices, rows and columns; `None` where rows are as fast one by
    /// one.
    fn strip(weights: &[f32], kernel: [usize; 3], inputs: usize, outputs: usize) -> Option<Self::Strip>;

    /// Fills [`crate::kernel::strip::ROWS`] lines of voxels `[row, column, out]`.
    fn convolve_strip(strip: &Self::Strip, input: &StripInput<'_, Self>, scratch: &mut Scratch, out: &mut [f32]);

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

    type Strip = StripWeights;

    fn strip(weights: &[f32], kernel: [usize; 3], inputs: usize, outputs: usize) -> Option<StripWeights> {
        StripWeights::new(weights, kernel, inputs, outputs)
    }

    fn convolve_strip(strip: &StripWeights, input: &StripInput<'_>, scratch: &mut Scratch, out: &mut [f32]) {
        strip.convolve(input, scratch, out);
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

    /// Its eight bits of precision do not bear sums of inputs.
    type Strip = Infallible;

    fn strip(_: &[f32], _: [usize; 3], _: usize, _: usize) -> Option<Infallible> {
        None
    }

    fn convolve_strip(strip: &Infallible, _: &StripInput<'_, Self>, _: &mut Scratch, _: &mut [f32]) {
        match *strip {}
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
