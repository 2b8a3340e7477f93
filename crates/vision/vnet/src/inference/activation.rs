//! The number formats in which activations are kept between layers.

use std::convert::Infallible;

use crate::kernel::bf16::{Bf16, PairedWeights};
use crate::kernel::brick::{BrickInput, BrickWeights, SLICES, Scratch};
use crate::kernel::conv_line::{InputLine, PackedWeights};

/// A number format, with the convolution that reads it; sums are always f32.
pub(crate) trait Activation: Copy + Default + Send + Sync + 'static {
    /// Weights as the convolution wants them.
    type Weights: Send + Sync;

    /// From weights `[tap, in, out]`.
    fn packed(weights: &[f32], taps: usize, inputs: usize, outputs: usize, bias: Option<&[f32]>) -> Self::Weights;

    /// Fills a line of voxels `[column, out]`.
    fn convolve_line(weights: &Self::Weights, input: &InputLine<'_, Self>, out: &mut [f32]);

    /// Weights of a kernel that several rows at once are convolved with.
    type Brick: Send + Sync;

    /// From weights `[tap, in, out]` of a kernel of so many slices, rows and columns, the deepest first; none where rows are
    /// as fast one by one.
    fn bricks(weights: &[f32], kernel: [usize; 3], inputs: usize, outputs: usize) -> Vec<Self::Brick>;

    /// Slices that a brick makes together.
    fn brick_slices(brick: &Self::Brick) -> usize;

    /// Fills [`crate::kernel::brick::ROWS`] lines of voxels `[row, column, out]` of each slice.
    fn convolve_brick(brick: &Self::Brick, input: &BrickInput<'_, Self>, scratch: &mut Scratch, out: &mut [&mut [f32]]);

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

    type Brick = BrickWeights;

    fn bricks(weights: &[f32], kernel: [usize; 3], inputs: usize, outputs: usize) -> Vec<BrickWeights> {
        [SLICES, 1].iter().filter_map(|slices| BrickWeights::new(weights, kernel, inputs, outputs, *slices)).collect()
    }

    fn brick_slices(brick: &BrickWeights) -> usize {
        brick.slices()
    }

    fn convolve_brick(brick: &BrickWeights, input: &BrickInput<'_>, scratch: &mut Scratch, out: &mut [&mut [f32]]) {
        brick.convolve(input, scratch, out);
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
    type Brick = Infallible;

    fn bricks(_: &[f32], _: [usize; 3], _: usize, _: usize) -> Vec<Infallible> {
        Vec::new()
    }

    fn brick_slices(brick: &Infallible) -> usize {
        match *brick {}
    }

    fn convolve_brick(brick: &Infallible, _: &BrickInput<'_, Self>, _: &mut Scratch, _: &mut [&mut [f32]]) {
        match *brick {}
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
