//! What inference does to a line of voxels after its convolution: moments, normalization, PReLU.

use crate::activation::Activation;
use crate::lanes::vectorized;

/// Normalization and affine map folded into `x · scale + shift`, and PReLU's slope below zero, per channel.
pub struct FoldedNorm {
    /// γ/sd.
    pub scale: Vec<f32>,
    /// β − mean·γ/sd.
    pub shift: Vec<f32>,
    /// PReLU's α.
    pub slope: Vec<f32>,
}

/// How the voxels of a line lie in a convolution's output.
#[derive(Clone, Copy)]
pub struct OutputLayout {
    /// Fine columns per coarse column; 1 unless the convolution is transposed.
    pub stride: usize,
    /// Fine voxels per coarse voxel.
    pub fan: usize,
    /// Channels of a fine voxel.
    pub channels: usize,
}

impl OutputLayout {
    /// The layout of a convolution that is not transposed.
    pub const fn dense(channels: usize) -> Self {
        Self { stride: 1, fan: 1, channels }
    }
}

/// Channels that the inner loops take at once.
const GROUP: usize = 8;

vectorized! {
    /// Adds values and squares to the sums of their channels.
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

/// Sums of values and of squares over a line `[voxel, channel]`: first all channels' sums, then all sums of squares.
pub fn line_moments(line: &[f32], channels: usize, moments: &mut [f32]) {
    moments.fill(0.0);
    let (sums, squares) = moments.split_at_mut(channels);
    sum_voxels(line, channels, sums, squares);
}

/// Arguments of [`rectify_voxels`].
struct Job<'a, T> {
    from: &'a [f32],
    layout: OutputLayout,
    norm: &'a FoldedNorm,
    residual: Option<(&'a [T], usize)>,
}

/// One value, with a PReLU that does not branch.
#[inline(always)]
fn rectified(x: f32, scale: f32, shift: f32, slope: f32, residual: f32) -> f32 {
    let value = x * scale + shift + residual;
    let (above, below) = if value >= 0.0 { (value, 0.0) } else { (0.0, value) };
    above + below * slope
}

/// A group of channels. Whole arrays in and out, each step in its own loop: only then does the compiler vectorize.
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
        let OutputLayout { stride, fan, channels } = job.layout;
        let (scales, scale_rest) = job.norm.scale.as_chunks::<GROUP>();
        let (shifts, shift_rest) = job.norm.shift.as_chunks::<GROUP>();
        let (slopes, slope_rest) = job.norm.slope.as_chunks::<GROUP>();
        for (column, target) in out.chunks_mut(step).enumerate() {
            let from = &job.from[(column / stride * fan + column % stride) * channels..][..channels];
            let residual = job.residual.map(|(values, step)| &values[column * step..][..channels]);
            let (groups, rest) = from.as_chunks::<GROUP>();
            let (targets, target_rest) = target[..channels].as_chunks_mut::<GROUP>();
            let factors = scales.iter().zip(shifts).zip(slopes);
            for (number, ((target, x), ((scale, shift), slope))) in targets.iter_mut().zip(groups).zip(factors).enumerate() {
                let mut added = [0.0; GROUP];
                if let Some(residual) = residual {
                    let values = &residual[number * GROUP..][..GROUP];
                    for lane in 0..GROUP {
                        added[lane] = values[lane].to_f32();
                    }
                }
                let found = rectified_group(x, scale, shift, slope, &added);
                for lane in 0..GROUP {
                    target[lane] = T::from_f32(found[lane]);
                }
            }
            let done = groups.len() * GROUP;
            for (lane, (target, x)) in target_rest.iter_mut().zip(rest).enumerate() {
                let residual = residual.map_or(0.0, |values| values[done + lane].to_f32());
                *target = T::from_f32(rectified(*x, scale_rest[lane], shift_rest[lane], slope_rest[lane], residual));
            }
        }
    }
}

/// Writes `PReLU(norm(from) + residual)`. Voxels lie `step` values apart in `out`; the residual brings its own step.
pub fn rectify_line<T: Activation>(
    from: &[f32],
    layout: OutputLayout,
    norm: &FoldedNorm,
    residual: Option<(&[T], usize)>,
    out: &mut [T],
    step: usize,
) {
    rectify_voxels(&Job { from, layout, norm, residual }, out, step);
}
