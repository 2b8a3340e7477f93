//! Gradient of a convolution's weights: the input under each tap times the output's gradient, summed over all voxels.
//!
//! Where rows and slices are multiples of four, blocks of 4 × 4 are taken at once with a quarter of the multiplications:
//! minimal filtering ([`crate::winograd`]) transposed. Six slices of six rows of inputs are transformed as in a
//! [`crate::brick`], four slices of four rows of the gradient into as many, and each pair gives the gradient of one
//! product's weights.

use rayon::prelude::*;

use crate::CHUNKS;
use crate::conv3d::{ConvShape, InputWindow};
use crate::fill::fill;
use crate::lanes::{Lanes, Plain, VectorUnit};
#[cfg(target_arch = "x86_64")]
use crate::lanes::{Ymm, Zmm};
use crate::winograd::{self, Along, OUTPUTS, POINTS, Strides};

/// Lanes of one block of output channels.
const BLOCK: usize = 16;

/// Most pairs of channels whose sums for all products stay in the cache.
const MAX_PAIRS: usize = 2048;

/// Gradient of the loss by the weights, `[tap, in, out]`, from the input and the output's gradient.
pub fn weight_gradient(shape: &ConvShape, x: &[f32], dy: &[f32]) -> Vec<f32> {
    let blocks = shape.outputs.div_ceil(BLOCK);
    let sizes = Sizes { shape, pairs: shape.inputs * BLOCK, blocks };
    let dy = pad_channels(shape, dy, blocks * BLOCK);
    let [depth, rows, _] = shape.extent;
    let suits_bricks = shape.kernel[..2] == [3, 3] && depth.is_multiple_of(OUTPUTS) && rows.is_multiple_of(OUTPUTS);
    if suits_bricks && shape.inputs >= 8 && sizes.pairs * blocks <= MAX_PAIRS {
        sizes.by_bricks(x, &dy)
    } else {
        sizes.by_lines(x, &dy)
    }
}

#[derive(Clone, Copy)]
struct Sizes<'a> {
    shape: &'a ConvShape,
    /// Number of sums of one tap and one block of outputs: `[in, out within the block]`.
    pairs: usize,
    blocks: usize,
}

impl Sizes<'_> {
    /// Values of a voxel's padded gradient.
    fn width(&self) -> usize {
        self.blocks * BLOCK
    }

    /// Line by line of the output, tap by tap. Voxels whose tap lies outside the input are skipped.
    fn by_lines(&self, x: &[f32], dy: &[f32]) -> Vec<f32> {
        let ConvShape { extent: [depth, rows, columns], kernel, inputs, .. } = *self.shape;
        let taps = self.shape.taps();
        let half = kernel.map(|k| k / 2);
        let sums = sum_in_chunks(depth * rows, self.blocks * taps * self.pairs, |line, (): &mut (), sums| {
            for (number, sums) in sums.chunks_exact_mut(self.pairs).enumerate() {
                let (block, tap) = (number / taps, number % taps);
                let (kd, kr, kc) = (tap / (kernel[1] * kernel[2]), tap / kernel[2] % kernel[1], tap % kernel[2]);
                let slice = (line / rows + kd).checked_sub(half[0]).filter(|slice| *slice < depth);
                let row = (line % rows + kr).checked_sub(half[1]).filter(|row| *row < rows);
                let range = half[2].saturating_sub(kc)..columns.min((columns + half[2]).saturating_sub(kc));
                let Some((slice, row)) = slice.zip(row).filter(|_| !range.is_empty()) else { continue };
                let first = (slice * rows + row) * columns + range.start + kc - half[2];
                let dy = &dy[(line * columns + range.start) * self.width() + block * BLOCK..];
                Line { x: &x[first * inputs..], inputs, dy, width: self.width(), columns: range.len() }.add(sums);
            }
        });
        self.unpacked(|block, tap| &sums[(block * taps + tap) * self.pairs..])
    }

    /// Four rows of four slices of the output at a time.
    fn by_bricks(&self, x: &[f32], dy: &[f32]) -> Vec<f32> {
        let ConvShape { extent: [depth, rows, columns], kernel: [.., taps], inputs, .. } = *self.shape;
        let window = InputWindow::new(self.shape, [OUTPUTS; 2]);
        let (line, width) = (window.line(), columns * self.width());
        // Sums of one product: `[block, tap, pair]`.
        let product = self.blocks * taps * self.pairs;
        let by_products = sum_in_chunks(
            depth / OUTPUTS * (rows / OUTPUTS),
            POINTS * POINTS * product,
            |brick, (buffer, transformed_x, transformed_dy): &mut (Vec<f32>, Vec<f32>, Vec<f32>), sums| {
                let [slice, row] = [brick / (rows / OUTPUTS), brick % (rows / OUTPUTS)].map(|at| at * OUTPUTS);
                let along = Along::RowsAndSlices;
                transformed_x.resize(POINTS * POINTS * line, 0.0);
                transformed_dy.resize(POINTS * POINTS * width, 0.0);
                let from = Strides { row: line, slice: POINTS * line };
                let to = |line: usize| Strides { row: POINTS * line, slice: line };
                winograd::transform_inputs(
                    along,
                    (window.gather([slice, row], x, buffer), from),
                    (transformed_x, to(line)),
                    line,
                );
                let from = Strides { row: width, slice: rows * width };
                winograd::transform_gradients(
                    (&dy[(slice * rows + row) * width..], from),
                    (transformed_dy, to(width)),
                    width,
                );
                let products = transformed_x.chunks_exact(line).zip(transformed_dy.chunks_exact(width));
                for ((x, dy), sums) in products.zip(sums.chunks_exact_mut(product)) {
                    for (number, sums) in sums.chunks_exact_mut(self.pairs).enumerate() {
                        let (block, tap) = (number / taps, number % taps);
                        let (x, dy) = (&x[tap * inputs..], &dy[block * BLOCK..]);
                        Line { x, inputs, dy, width: self.width(), columns }.add(sums);
                    }
                }
            },
        );
        let by_products: Vec<f64> = by_products.into_iter().map(f64::from).collect();
        let by_rows = winograd::transform_weight_gradients(&by_products, POINTS * product);
        let by_taps: Vec<f32> =
            winograd::transform_weight_gradients(&by_rows, product).into_iter().map(|value| value as f32).collect();
        self.unpacked(|block, tap| {
            let (slice, row, column) = (tap / (3 * taps), tap / taps % 3, tap % taps);
            &by_taps[(((row * 3 + slice) * self.blocks + block) * taps + column) * self.pairs..]
        })
    }

    /// `[tap, in, out]` from the sums of each block and tap.
    fn unpacked<'s>(&self, sums: impl Fn(usize, usize) -> &'s [f32]) -> Vec<f32> {
        let mut gradient = vec![0.0; self.shape.taps() * self.shape.inputs * self.shape.outputs];
        for (number, gradient) in gradient.chunks_exact_mut(self.shape.outputs).enumerate() {
            let (tap, input) = (number / self.shape.inputs, number % self.shape.inputs);
            for (block, gradient) in gradient.chunks_mut(BLOCK).enumerate() {
                gradient.copy_from_slice(&sums(block, tap)[input * BLOCK..][..gradient.len()]);
            }
        }
        gradient
    }
}

/// `size` sums over `parts` contributions, added in an order that does not depend on the number of threads.
fn sum_in_chunks<S: Default>(parts: usize, size: usize, add: impl Fn(usize, &mut S, &mut [f32]) + Sync) -> Vec<f32> {
    let sums: Vec<Vec<f32>> = (0..CHUNKS)
        .into_par_iter()
        .map(|chunk| {
            let (mut scratch, mut sums) = (S::default(), vec![0.0; size]);
            (parts * chunk / CHUNKS..parts * (chunk + 1) / CHUNKS).for_each(|part| add(part, &mut scratch, &mut sums));
            sums
        })
        .collect();
    let mut total = vec![0.0; size];
    for sums in &sums {
        total.iter_mut().zip(sums).for_each(|(total, part)| *total += part);
    }
    total
}

/// The inputs of a line of voxels and one block of their gradients.
struct Line<'a> {
    /// `[column, in]`.
    x: &'a [f32],
    inputs: usize,
    /// `[column, out]`, from the block's first channel on.
    dy: &'a [f32],
    /// Offset from one voxel's gradient to the next.
    width: usize,
    columns: usize,
}

impl Line<'_> {
    /// Adds the products of all inputs with the block's gradients, `[in, out within the block]`.
    fn add(&self, sums: &mut [f32]) {
        assert!(sums.len() >= self.inputs.saturating_mul(BLOCK), "there is a sum for each pair of channels");
        assert!(self.x.len() >= self.columns.saturating_mul(self.inputs), "there are inputs for all voxels");
        assert!(
            self.columns == 0 || self.dy.len() >= (self.columns - 1).saturating_mul(self.width).saturating_add(BLOCK),
            "there are gradients for all voxels"
        );
        match VectorUnit::current() {
            // SAFETY: the unit was detected at run time.
            #[cfg(target_arch = "x86_64")]
            VectorUnit::Avx512 => unsafe { avx512(self, sums) },
            // SAFETY: as above.
            #[cfg(target_arch = "x86_64")]
            VectorUnit::Avx2 => unsafe { avx2(self, sums) },
            VectorUnit::Portable => self.add_by::<Plain<BLOCK>, 4>(sums),
        }
    }

    #[inline(always)]
    fn add_by<L: Lanes, const TILE: usize>(&self, sums: &mut [f32]) {
        let mut channel = 0;
        while channel + TILE <= self.inputs {
            self.add_tile::<L, TILE>(channel, sums);
            channel += TILE;
        }
        while channel + 8 <= self.inputs {
            self.add_tile::<L, 8>(channel, sums);
            channel += 8;
        }
        while channel < self.inputs {
            self.add_tile::<L, 1>(channel, sums);
            channel += 1;
        }
    }

    /// The same for `TILE` inputs, from this channel on.
    #[inline(always)]
    fn add_tile<L: Lanes, const TILE: usize>(&self, channel: usize, sums: &mut [f32]) {
        let target = &mut sums[channel * BLOCK..][..TILE * BLOCK];
        // SAFETY: `target` holds `TILE` groups of sixteen; `add` has checked that all voxels are there.
        unsafe {
            let mut sums: [L; TILE] = std::array::from_fn(|c| L::load(target.as_ptr().add(c * BLOCK)));
            for column in 0..self.columns {
                let g = L::load(self.dy.as_ptr().add(column * self.width));
                for (c, sum) in sums.iter_mut().enumerate() {
                    *sum = sum.fused_add(*self.x.get_unchecked(column * self.inputs + channel + c), g);
                }
            }
            for (c, value) in sums.into_iter().enumerate() {
                value.store(target.as_mut_ptr().add(c * BLOCK));
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl")]
unsafe fn avx512(line: &Line<'_>, sums: &mut [f32]) {
    line.add_by::<Zmm, 16>(sums);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn avx2(line: &Line<'_>, sums: &mut [f32]) {
    line.add_by::<Ymm<2>, 4>(sums);
}

/// The output's gradient with its channels padded with zeros to whole blocks.
fn pad_channels<'a>(shape: &ConvShape, dy: &'a [f32], width: usize) -> std::borrow::Cow<'a, [f32]> {
    if shape.outputs == width {
        return dy.into();
    }
    let pad_line = |line: usize, padded: &mut [f32]| {
        padded.fill(0.0);
        let from = &dy[line * shape.extent[2] * shape.outputs..];
        padded
            .chunks_exact_mut(width)
            .zip(from.chunks_exact(shape.outputs))
            .for_each(|(to, from)| to[..from.len()].copy_from_slice(from));
    };
    fill(shape.voxels() * width, shape.extent[2] * width, pad_line).into()
}

#[cfg(test)]
mod tests {
    use randomness::{Stream, normal};

    use super::*;

    #[test]
    fn bricks_match_lines() {
        let mut rng = Stream::from_seed(6).rng();
        let mut numbers =
            |count: usize| -> Vec<f32> { (0..count).map(|_| normal(&mut rng, 0.0, 1.0) as f32).collect() };
        for (extent, kernel, inputs, outputs) in
            [([4, 4, 9], [3, 3, 3], 8, 16), ([8, 12, 21], [3, 3, 3], 25, 20), ([12, 4, 16], [3, 3, 1], 16, 5)]
        {
            let shape = ConvShape { extent, kernel, inputs, outputs };
            let blocks = outputs.div_ceil(BLOCK);
            let sizes = Sizes { shape: &shape, pairs: inputs * BLOCK, blocks };
            let (x, dy) = (numbers(shape.voxels() * inputs), numbers(shape.voxels() * outputs));
            let dy = pad_channels(&shape, &dy, blocks * BLOCK);
            let (found, expected) = (sizes.by_bricks(&x, &dy), sizes.by_lines(&x, &dy));
            let error = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            let size = (shape.voxels() as f32).sqrt();
            assert!(error < 1e-4 * size, "{shape:?}: off by {error}, values are about {size}");
        }
    }
}
