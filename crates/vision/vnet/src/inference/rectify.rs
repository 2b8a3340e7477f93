//! What is done to a line of voxels after its convolution.

use super::activation::Activation;
use crate::kernel::lanes::vectorized;

/// A normalization with its affine map, `x · scale + shift`, and PReLU's slope below zero, by channel.
pub(super) struct Line {
    pub scale: Vec<f32>,
    pub shift: Vec<f32>,
    pub slope: Vec<f32>,
}

/// How the values of a line lie in a convolution's output.
#[derive(Clone, Copy)]
pub(super) struct Spread {
    /// Fine columns that a coarse one becomes; 1 unless the convolution is transposed.
    pub stride: usize,
    /// Fine voxels that a coarse one becomes.
    pub fan: usize,
    /// Channels of a fine voxel.
    pub channels: usize,
}

impl Spread {
    /// A convolution that is not transposed.
    pub const fn none(channels: usize) -> Self {
        Self { stride: 1, fan: 1, channels }
    }
}

/// Channels that the inner loops take at once.
const GROUP: usize = 8;

vectorized! {
    /// Adds up values and squares by channel.
    fn sum_voxels(values: &[f32], channels: usize, sums: &mut [f32], squares: &mut [f32]) {
        for voxel in values.chunks_exact(channels) {
            let (groups, rest) = voxel.as_chunks::<GROUP>();
            let (sum_groups, sum_rest) = sums.as_chunks_mut::<GROUP>();
            let (square_groups, square_rest) = squares.as_chunks_mut::<GROUP>();
            for ((x, sum), square) in groups.iter().zip(sum_groups).zip(square_groups) {
                for lane in 0..GROUP {
                    sum[lane] += x[lane];
                    square[lane] += x[lane] * x[lane];
                }
            }
            for ((x, sum), square) in rest.iter().zip(sum_rest).zip(square_rest) {
                *sum += x;
                *square += x * x;
            }
        }
    }
}

/// The sums of values and of squares of a line `[voxel, channel]`: first all sums, then all squares.
pub(super) fn add_line_moments(line: &[f32], channels: usize, moments: &mut [f32]) {
    moments.fill(0.0);
    let (sums, squares) = moments.split_at_mut(channels);
    sum_voxels(line, channels, sums, squares);
}

/// One line's work.
struct Job<'a, T> {
    from: &'a [f32],
    spread: Spread,
    line: &'a Line,
    residual: Option<(&'a [T], usize)>,
}

/// One value; PReLU without a branch.
#[inline(always)]
fn rectified(x: f32, scale: f32, shift: f32, slope: f32, residual: f32) -> f32 {
    let value = x * scale + shift + residual;
    let (above, below) = if value >= 0.0 { (value, 0.0) } else { (0.0, value) };
    above + below * slope
}

/// A group of channels. Whole arrays in and out, in loops of their own: only those become vectors.
#[inline(always)]
fn rectified_group(
    x: &[f32; GROUP],
    scale: &[f32; GROUP],
    shift: &[f32; GROUP],
    slope: &[f32; GROUP],
    residual: &[f32; GROUP],
) -> [f32; GROUP] {
    let mut y = [0.0; GROUP];
    for lane in 0..GROUP {
        y[lane] = x[lane] * scale[lane] + shift[lane] + residual[lane];
    }
    let mut out = [0.0; GROUP];
    for lane in 0..GROUP {
        let above = if y[lane] >= 0.0 { y[lane] } else { 0.0 };
        let below = if y[lane] >= 0.0 { 0.0 } else { y[lane] };
        out[lane] = above + below * slope[lane];
    }
    out
}

vectorized! {
    fn rectify_voxels<T: Activation>(job: &Job<'_, T>, out: &mut [T], step: usize) {
        let Spread { stride, fan, channels } = job.spread;
        let (scales, scale_rest) = job.line.scale.as_chunks::<GROUP>();
        let (shifts, shift_rest) = job.line.shift.as_chunks::<GROUP>();
        let (slopes, slope_rest) = job.line.slope.as_chunks::<GROUP>();
        for (column, target) in out.chunks_mut(step).enumerate() {
            let from = &job.from[(column / stride * fan + column % stride) * channels..][..channels];
            let residual = job.residual.map(|(values, step)| &values[column * step..][..channels]);
            let (groups, rest) = from.as_chunks::<GROUP>();
            let (targets, target_rest) = target[..channels].as_chunks_mut::<GROUP>();
            let lines = scales.iter().zip(shifts).zip(slopes);
            for (number, ((target, x), ((scale, shift), slope))) in targets.iter_mut().zip(groups).zip(lines).enumerate() {
                let mut added = [0.0; GROUP];
                if let Some(residual) = residual {
                    let values = &residual[number * GROUP..][..GROUP];
                    for lane in 0..GROUP {
                        added[lane] = values[lane].value();
                    }
                }
                let found = rectified_group(x, scale, shift, slope, &added);
                for lane in 0..GROUP {
                    target[lane] = T::nearest(found[lane]);
                }
            }
            let done = groups.len() * GROUP;
            for (lane, (target, x)) in target_rest.iter_mut().zip(rest).enumerate() {
                let residual = residual.map_or(0.0, |values| values[done + lane].value());
                *target = T::nearest(rectified(*x, scale_rest[lane], shift_rest[lane], slope_rest[lane], residual));
            }
        }
    }
}

/// Writes `PReLU(line(from) + residual)`; voxels lie `step` values apart in `out`, and in the residual as it says.
pub(super) fn rectify_line<T: Activation>(
    from: &[f32],
    spread: Spread,
    line: &Line,
    residual: Option<(&[T], usize)>,
    out: &mut [T],
    step: usize,
) {
    rectify_voxels(&Job { from, spread, line, residual }, out, step);
}
