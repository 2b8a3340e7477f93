//! 3-D convolution, stride 1, same padding, channels last, with its gradients: parallel over rows.
//!
//! Activations are `[depth, row, column, channel]`, weights `[tap, channel in, channel out]` with the
//! taps in (depth, row, column) order.

use rayon::prelude::*;

use crate::CHUNKS;
use crate::brick::{BrickInput, BrickWeights, ROWS, SLICES, Scratch};
use crate::conv_line::{InputLine, PackedWeights};
use crate::fill::{fill_blocks, fill_with};

/// With fewer voxels, transforming the weights for bricks costs more than the bricks save.
const MIN_BRICK_VOXELS: usize = 4096;

/// Sizes of one convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    /// Depth, rows, columns.
    pub extent: [usize; 3],
    /// Kernel along depth, rows, columns; odd.
    pub kernel: [usize; 3],
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
}

impl ConvShape {
    /// Number of kernel taps.
    pub fn taps(&self) -> usize {
        self.kernel.iter().product()
    }

    /// Number of voxels.
    pub fn voxels(&self) -> usize {
        self.extent.iter().product()
    }

    /// Floating-point operations of the forward pass.
    pub fn flop(&self) -> usize {
        2 * self.voxels() * self.taps() * self.inputs * self.outputs
    }

    /// The convolution that carries gradients back to the input.
    pub fn transposed(&self) -> Self {
        Self { inputs: self.outputs, outputs: self.inputs, ..*self }
    }
}

/// Weights `[tap, in, out]` for the backward pass to the input: taps reversed, channels swapped.
pub fn transposed_weights(shape: &ConvShape, weights: &[f32]) -> Vec<f32> {
    let (taps, inputs, outputs) = (shape.taps(), shape.inputs, shape.outputs);
    let mut transposed = vec![0.0; weights.len()];
    for tap in 0..taps {
        for i in 0..inputs {
            for o in 0..outputs {
                transposed[((taps - 1 - tap) * outputs + o) * inputs + i] = weights[(tap * inputs + i) * outputs + o];
            }
        }
    }
    transposed
}

/// Convolution of `x` with `weights`, plus `bias` if there is one.
pub fn forward(shape: &ConvShape, x: &[f32], weights: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
    let [depth, rows, columns] = shape.extent;
    let width = columns * shape.outputs;
    let suits_bricks = bias.is_none() && rows.is_multiple_of(ROWS) && shape.voxels() >= MIN_BRICK_VOXELS;
    let brick = [SLICES, 1]
        .into_iter()
        .filter(|slices| suits_bricks && depth.is_multiple_of(*slices))
        .find_map(|slices| BrickWeights::new(weights, shape.kernel, shape.inputs, shape.outputs, slices));
    if let Some(brick) = brick {
        let window = InputWindow::new(shape, [brick.slices(), ROWS]);
        return fill_blocks(
            [depth, rows * width],
            [brick.slices(), ROWS * width],
            <(Vec<f32>, Scratch)>::default,
            |(buffer, scratch), [slice, begin], out| {
                let source = window.gather([slice, begin / width], x, buffer);
                brick.convolve(&window.brick(source), scratch, out);
            },
        );
    }
    let weights = PackedWeights::new(weights, shape.taps(), shape.inputs, shape.outputs, bias);
    let window = InputWindow::new(shape, [1, 1]);
    let taps = window.tap_offsets();
    fill_with(shape.voxels() * shape.outputs, width, Vec::new, |buffer, line, out| {
        let source = window.gather([line / rows, line % rows], x, buffer);
        weights.convolve_line(&InputLine { source, taps: &taps, step: shape.inputs }, out);
    })
}

/// The inputs that a block of the output depends on, padded with zeros: `[slice, row, column, in]`.
pub(crate) struct InputWindow<'a> {
    shape: &'a ConvShape,
    /// Slices and rows of the window.
    lines: [usize; 2],
}

impl<'a> InputWindow<'a> {
    /// The window of a block of so many slices and rows of the output.
    pub(crate) fn new(shape: &'a ConvShape, [slices, rows]: [usize; 2]) -> Self {
        Self { shape, lines: [slices + shape.kernel[0] - 1, rows + shape.kernel[1] - 1] }
    }

    /// Values of one row of the window.
    pub(crate) fn line(&self) -> usize {
        (self.shape.extent[2] + self.shape.kernel[2] - 1) * self.shape.inputs
    }

    /// The window as a brick's input.
    pub(crate) fn brick<'x>(&self, source: &'x [f32]) -> BrickInput<'x> {
        BrickInput { source, slice_stride: self.lines[1] * self.line(), row_stride: self.line() }
    }

    /// Offset of each tap's inputs.
    fn tap_offsets(&self) -> Vec<usize> {
        let [slices, rows, columns] = self.shape.kernel;
        let lines = (0..slices).flat_map(|slice| (0..rows).map(move |row| slice * self.lines[1] + row));
        lines.flat_map(|line| (0..columns).map(move |c| line * self.line() + c * self.shape.inputs)).collect()
    }

    /// Copies the window of the block that begins at this slice and row of the output into `buffer`; a kernel of one tap
    /// needs no copy.
    pub(crate) fn gather<'x>(
        &self,
        [first_slice, first_row]: [usize; 2],
        x: &'x [f32],
        buffer: &'x mut Vec<f32>,
    ) -> &'x [f32] {
        let ConvShape { extent: [depth, rows, columns], kernel, inputs, .. } = *self.shape;
        let width = columns * inputs;
        if self.shape.taps() == 1 {
            return &x[(first_slice * rows + first_row) * width..];
        }
        let margin = kernel[2] / 2 * inputs;
        let [window_slices, window_rows] = self.lines;
        buffer.resize(window_slices * window_rows * self.line(), 0.0);
        for (number, target) in buffer.chunks_exact_mut(self.line()).enumerate() {
            let slice = (first_slice + number / window_rows).checked_sub(kernel[0] / 2).filter(|slice| *slice < depth);
            let row = (first_row + number % window_rows).checked_sub(kernel[1] / 2).filter(|row| *row < rows);
            let Some((slice, row)) = slice.zip(row) else {
                target.fill(0.0);
                continue;
            };
            target[..margin].fill(0.0);
            target[margin..][..width].copy_from_slice(&x[(slice * rows + row) * width..][..width]);
            target[margin + width..].fill(0.0);
        }
        buffer
    }
}

/// Gradient of the loss by the bias: the sum of the output's gradient over all voxels.
pub fn bias_gradient(shape: &ConvShape, dy: &[f32]) -> Vec<f32> {
    let voxels = shape.voxels();
    let sums: Vec<Vec<f32>> = (0..CHUNKS)
        .into_par_iter()
        .map(|chunk| {
            let mut sum = vec![0.0; shape.outputs];
            for voxel in voxels * chunk / CHUNKS..voxels * (chunk + 1) / CHUNKS {
                let from = &dy[voxel * shape.outputs..][..shape.outputs];
                sum.iter_mut().zip(from).for_each(|(total, g)| *total += g);
            }
            sum
        })
        .collect();
    let mut total = vec![0.0; shape.outputs];
    for sum in &sums {
        total.iter_mut().zip(sum).for_each(|(total, part)| *total += part);
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference;
    use crate::weight_gradient::weight_gradient;
    use proptest::prelude::*;

    fn numbers(n: usize, seed: u64) -> Vec<f32> {
        use randomness::rand::Rng;
        let mut rng = randomness::Stream::from_seed(seed).rng();
        (0..n).map(|_| rng.random_range(-1.0..1.0)).collect()
    }

    fn shapes() -> impl Strategy<Value = ConvShape> {
        let odd = prop_oneof![Just(1usize), Just(3usize)];
        (1usize..9, 1usize..10, 1usize..50, odd.clone(), odd.clone(), odd, 1usize..19, 1usize..35).prop_map(
            |(d, r, c, kd, kr, kc, inputs, outputs)| ConvShape {
                extent: [d, r, c],
                kernel: [kd, kr, kc],
                inputs,
                outputs,
            },
        )
    }

    fn close(a: &[f32], b: &[f32]) -> bool {
        a.len() == b.len() && a.iter().zip(b).all(|(x, y)| (x - y).abs() <= 1e-3 * (1.0 + y.abs()))
    }

    #[test]
    fn bricks_match_the_reference() {
        for (extent, kernel) in [([8, 16, 40], [3, 3, 3]), ([5, 24, 36], [3, 3, 3]), ([4, 32, 33], [1, 3, 3])] {
            let shape = ConvShape { extent, kernel, inputs: 5, outputs: 18 };
            assert!(shape.voxels() >= MIN_BRICK_VOXELS);
            let x = numbers(shape.voxels() * shape.inputs, 1);
            let w = numbers(shape.taps() * shape.inputs * shape.outputs, 2);
            let expected = reference::conv3d(&shape, &x, &w, &[0.0; 18]);
            assert!(close(&forward(&shape, &x, &w, None), &expected), "{extent:?}, {kernel:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn forward_matches_the_reference(shape in shapes(), seed in 0u64..1000) {
            let x = numbers(shape.voxels() * shape.inputs, seed);
            let w = numbers(shape.taps() * shape.inputs * shape.outputs, seed + 1);
            let b = numbers(shape.outputs, seed + 2);
            prop_assert!(close(&forward(&shape, &x, &w, Some(&b)), &reference::conv3d(&shape, &x, &w, &b)));
            let none = vec![0.0; shape.outputs];
            prop_assert!(close(&forward(&shape, &x, &w, None), &reference::conv3d(&shape, &x, &w, &none)));
        }

        #[test]
        fn gradients_are_adjoint_to_forward(shape in shapes(), seed in 0u64..1000) {
            // ⟨conv(x, w), g⟩ is linear in x and in w, so that both gradients must reproduce it.
            let x = numbers(shape.voxels() * shape.inputs, seed);
            let w = numbers(shape.taps() * shape.inputs * shape.outputs, seed + 1);
            let g = numbers(shape.voxels() * shape.outputs, seed + 2);
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>();
            let product = dot(&forward(&shape, &x, &w, None), &g);
            let by_weights = dot(&weight_gradient(&shape, &x, &g), &w);
            let by_input = dot(&forward(&shape.transposed(), &g, &transposed_weights(&shape, &w), None), &x);
            let scale = 1.0 + product.abs();
            prop_assert!((by_weights - product).abs() < 1e-3 * scale, "{} {}", by_weights, product);
            prop_assert!((by_input - product).abs() < 1e-3 * scale, "{} {}", by_input, product);
        }
    }
}
