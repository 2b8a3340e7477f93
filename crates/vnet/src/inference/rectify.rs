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

#[inline(always)]
fn rectified(x: f32, scale: f32, shift: f32, slope: f32, residual: f32) -> f32 {
    let value = x * scale + shift + residual;
    if value >= 0.0 { value } else { value * slope }
}

vectorized! {
    fn rectify_voxels<T: Activation>(job: &Job<'_, T>, out: &mut [T], step: usize) {
        let Spread { stride, fan, channels } = job.spread;
        let zeros = [T::default(); GROUP];
        for (column, target) in out.chunks_mut(step).enumerate() {
            let from = &job.from[(column / stride * fan + column % stride) * channels..][..channels];
            let residual = job.residual.map(|(values, step)| &values[column * step..][..channels]);
            let target = &mut target[..channels];
            let line = job.line;
            let mut channel = 0;
            while channel + GROUP <= channels {
                let group = channel..channel + GROUP;
                let x = &from[group.clone()];
                let (scale, shift) = (&line.scale[group.clone()], &line.shift[group.clone()]);
                let (slope, target) = (&line.slope[group.clone()], &mut target[group.clone()]);
                let residual = residual.map_or(&zeros[..], |values| &values[group]);
                for lane in 0..GROUP {
                    target[lane] =
                        T::nearest(rectified(x[lane], scale[lane], shift[lane], slope[lane], residual[lane].value()));
                }
                channel += GROUP;
            }
            for channel in channel..channels {
                let residual = residual.map_or(0.0, |values| values[channel].value());
                let (scale, shift, slope) = (line.scale[channel], line.shift[channel], line.slope[channel]);
                target[channel] = T::nearest(rectified(from[channel], scale, shift, slope, residual));
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
