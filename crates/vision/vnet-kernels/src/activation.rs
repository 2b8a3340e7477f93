//! The number formats of activations between layers of inference.

use std::convert::Infallible;

use crate::bf16::{Bf16, PairedWeights};
use crate::brick::{BrickInput, BrickWeights, SLICES, Scratch};
use crate::conv_line::{InputLine, PackedWeights};

/// A number format and the convolution that reads it; sums are always f32.
pub trait Activation: Copy + Default + Send + Sync + 'static {
    /// Weights, packed for the convolution of a line.
    type Weights: Send + Sync;

    /// Packs weights `[tap, in, out]`.
    fn packed(weights: &[f32], taps: usize, inputs: usize, outputs: usize, bias: Option<&[f32]>) -> Self::Weights;

    /// Fills a line of voxels `[column, out]`.
    fn convolve_line(weights: &Self::Weights, input: &InputLine<'_, Self>, out: &mut [f32]);

    /// Weights, packed for bricks: four lines of one slice or of four, convolved together.
    type Brick: Send + Sync;

    /// Packs weights `[tap, in, out]` of a kernel `[slices, rows, columns]` for every depth of brick that suits it, deepest
    /// first; empty if none does.
    fn bricks(weights: &[f32], kernel: [usize; 3], inputs: usize, outputs: usize) -> Vec<Self::Brick>;

    /// Output slices of a brick.
    fn brick_slices(brick: &Self::Brick) -> usize;

    /// Fills [`crate::BRICK_ROWS`] lines of voxels `[row, column, out]` of each slice.
    fn convolve_brick(brick: &Self::Brick, input: &BrickInput<'_, Self>, scratch: &mut Scratch, out: &mut [&mut [f32]]);

    /// Rounds to the nearest number of this format.
    fn from_f32(value: f32) -> Self;

    /// The number as f32.
    fn to_f32(self) -> f32;
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
    fn from_f32(value: f32) -> Self {
        value
    }

    #[inline(always)]
    fn to_f32(self) -> f32 {
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

    /// None: with eight bits of precision, Winograd's sums of inputs would lose too much.
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
    fn from_f32(value: f32) -> Self {
        Self::from_f32(value)
    }

    #[inline(always)]
    fn to_f32(self) -> f32 {
        Self::to_f32(self)
    }
}
