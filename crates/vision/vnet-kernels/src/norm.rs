//! Instance normalization, affine map, residual addition and PReLU in one pass, with their gradient.
//!
//! Ulyanov, Vedaldi, Lempitsky, "Instance Normalization", arXiv 1607.08022; He et al., "Delving Deep
//! into Rectifiers", arXiv 1502.01852 (PReLU).

use std::ops::Range;

use rayon::prelude::*;

use crate::CHUNKS;
use crate::fill::{fill, fill_pair, fill_with};
use crate::lanes::vectorized;

/// Added to the variance, so that the division by the standard deviation stays finite.
pub const EPSILON: f64 = 1e-5;

/// Learned parameters, one value per channel each.
#[derive(Clone, Copy, Debug)]
pub struct Affine<'a> {
    /// Scale of the normalized value.
    pub gamma: &'a [f32],
    /// Shift of the normalized value.
    pub beta: &'a [f32],
    /// Slope of PReLU where its input is negative.
    pub alpha: &'a [f32],
}

/// Periods summed in f32 before the sum is added to the total in f64.
const RUN_PERIODS: usize = 512;
/// Least values of a period: enough for whole vectors whatever the number of channels.
const PERIOD_VALUES: usize = 64;

/// Periods of one task's piece of the output.
const PIECE_PERIODS: usize = 64;

/// Mean and 1/SD of each channel.
struct Moments {
    mean: Vec<f32>,
    inverse_sd: Vec<f32>,
}

/// One value per channel, repeated to a period that the inner loops take at once.
struct Periodic(Vec<f32>);

impl Periodic {
    fn values(channels: usize) -> usize {
        channels * PERIOD_VALUES.div_ceil(channels)
    }

    fn new(per_channel: impl Fn(usize) -> f32, channels: usize) -> Self {
        Self((0..Self::values(channels)).map(|i| per_channel(i % channels)).collect())
    }
}

/// Adds the sums of a period to their channels' totals, and clears them.
fn add_to_channels(total: &mut [f64], short: &mut [f32]) {
    let channels = total.len();
    for (i, value) in short.iter_mut().enumerate() {
        total[i % channels] += f64::from(*value);
        *value = 0.0;
    }
}

/// Values of one of the [`CHUNKS`] parts of a reduction.
fn chunk_values(values: usize, channels: usize) -> usize {
    (values / channels).div_ceil(CHUNKS).max(1) * channels
}

fn total<const N: usize>(parts: Vec<[Vec<f64>; N]>, channels: usize) -> [Vec<f64>; N] {
    let mut total: [Vec<f64>; N] = std::array::from_fn(|_| vec![0.0; channels]);
    for part in &parts {
        for (total, part) in total.iter_mut().zip(part) {
            total.iter_mut().zip(part).for_each(|(t, p)| *t += p);
        }
    }
    total
}

vectorized! {
    /// Adds up x and x².
    fn add_moments(x: &[f32], sum: &mut [f32], square: &mut [f32]) {
        for x in x.chunks(sum.len()) {
            for ((sum, square), x) in sum.iter_mut().zip(square.iter_mut()).zip(x) {
                *sum += x;
                *square += x * x;
            }
        }
    }
}

fn moments(x: &[f32], channels: usize) -> Moments {
    let parts: Vec<[Vec<f64>; 2]> = x
        .par_chunks(chunk_values(x.len(), channels))
        .map(|x| {
            let mut part: [Vec<f64>; 2] = std::array::from_fn(|_| vec![0.0; channels]);
            let mut short: [Vec<f32>; 2] = std::array::from_fn(|_| vec![0.0; Periodic::values(channels)]);
            for x in x.chunks(RUN_PERIODS * Periodic::values(channels)) {
                let [sum, square] = &mut short;
                add_moments(x, sum, square);
                part.iter_mut().zip(&mut short).for_each(|(part, short)| add_to_channels(part, short));
            }
            part
        })
        .collect();
    let [sum, square] = total(parts, channels);
    let n = (x.len() / channels) as f64;
    let mean: Vec<f64> = sum.iter().map(|s| s / n).collect();
    let inverse_sd = square.iter().zip(&mean).map(|(s, m)| 1.0 / ((s / n - m * m).max(0.0) + EPSILON).sqrt());
    Moments { inverse_sd: inverse_sd.map(|v| v as f32).collect(), mean: mean.iter().map(|m| *m as f32).collect() }
}

/// Normalization and affine map folded into `x·scale + shift`, and PReLU's slope.
struct FoldedNorm {
    scale: Periodic,
    shift: Periodic,
    alpha: Periodic,
}

impl FoldedNorm {
    fn new(moments: &Moments, affine: &Affine<'_>) -> Self {
        let channels = affine.gamma.len();
        let scale = |c: usize| affine.gamma[c] * moments.inverse_sd[c];
        Self {
            scale: Periodic::new(scale, channels),
            shift: Periodic::new(|c| affine.beta[c] - moments.mean[c] * scale(c), channels),
            alpha: Periodic::new(|c| affine.alpha[c], channels),
        }
    }
}

vectorized! {
    /// y = PReLU(x·scale + shift).
    fn rectify(x: &[f32], scale: &[f32], shift: &[f32], alpha: &[f32], y: &mut [f32]) {
        let period = scale.len();
        for (y, x) in y.chunks_mut(period).zip(x.chunks(period)) {
            for (((y, x), (scale, shift)), alpha) in y.iter_mut().zip(x).zip(scale.iter().zip(shift)).zip(alpha) {
                let z = x * scale + shift;
                *y = if z >= 0.0 { z } else { alpha * z };
            }
        }
    }
}

vectorized! {
    /// y = PReLU(x·scale + shift + residual).
    fn rectify_sum(x: &[f32], residual: &[f32], scale: &[f32], shift: &[f32], alpha: &[f32], y: &mut [f32]) {
        let period = scale.len();
        for ((y, x), residual) in y.chunks_mut(period).zip(x.chunks(period)).zip(residual.chunks(period)) {
            let lines = scale.iter().zip(shift).zip(alpha);
            for (((y, x), residual), ((scale, shift), alpha)) in y.iter_mut().zip(x).zip(residual).zip(lines) {
                let z = x * scale + shift + residual;
                *y = if z >= 0.0 { z } else { alpha * z };
            }
        }
    }
}

/// `PReLU(γ·(x − mean)/sd + β + residual)` for `x` of shape `[voxel, channel]`.
pub fn forward(x: &[f32], residual: Option<&[f32]>, affine: Affine<'_>) -> Vec<f32> {
    let channels = affine.gamma.len();
    let FoldedNorm { scale, shift, alpha } = FoldedNorm::new(&moments(x, channels), &affine);
    let piece = PIECE_PERIODS * Periodic::values(channels);
    fill(x.len(), piece, |number, y| {
        let range = number * piece..number * piece + y.len();
        match residual {
            None => rectify(&x[range], &scale.0, &shift.0, &alpha.0, y),
            Some(residual) => rectify_sum(&x[range.clone()], &residual[range], &scale.0, &shift.0, &alpha.0, y),
        }
    })
}

/// Gradients of [`forward`].
pub struct Gradients {
    /// By `x`, `[voxel, channel]`.
    pub x: Vec<f32>,
    /// By `residual`; empty without one.
    pub residual: Vec<f32>,
    /// By γ, β, α, one after the other.
    pub affine: Vec<f32>,
}

vectorized! {
    /// Sums of the gradient g before PReLU: Σ g, Σ g·x, Σ dy·min(z, 0).
    fn add_gradients(x: &[f32], residual: &[f32], dy: &[f32], norm: &FoldedNorm, sums: &mut [Vec<f32>; 3]) {
        let FoldedNorm { scale: Periodic(scale), shift: Periodic(shift), alpha: Periodic(alpha) } = norm;
        let [sum, sum_x, sum_alpha] = sums;
        let period = scale.len();
        for ((x, dy), residual) in x.chunks(period).zip(dy.chunks(period)).zip(residual.chunks(period)) {
            let n = x.len();
            let (dy, residual) = (&dy[..n], &residual[..n]);
            let (scale, shift, alpha) = (&scale[..n], &shift[..n], &alpha[..n]);
            let (sum, sum_x, sum_alpha) = (&mut sum[..n], &mut sum_x[..n], &mut sum_alpha[..n]);
            for i in 0..n {
                let z = x[i] * scale[i] + shift[i] + residual[i];
                let g = if z >= 0.0 { dy[i] } else { alpha[i] * dy[i] };
                sum[i] += g;
                sum_x[i] += g * x[i];
                sum_alpha[i] += dy[i] * if z >= 0.0 { 0.0 } else { z };
            }
        }
    }
}

vectorized! {
    /// The gradient before PReLU, from that after it.
    fn prelu_gradient(x: &[f32], residual: &[f32], dy: &[f32], norm: &FoldedNorm, g: &mut [f32]) {
        let FoldedNorm { scale: Periodic(scale), shift: Periodic(shift), alpha: Periodic(alpha) } = norm;
        let period = scale.len();
        let runs = g.chunks_mut(period).zip(x.chunks(period)).zip(dy.chunks(period)).zip(residual.chunks(period));
        for (((g, x), dy), residual) in runs {
            let n = g.len();
            let (x, dy, residual) = (&x[..n], &dy[..n], &residual[..n]);
            let (scale, shift, alpha) = (&scale[..n], &shift[..n], &alpha[..n]);
            for i in 0..n {
                let z = x[i] * scale[i] + shift[i] + residual[i];
                g[i] = if z >= 0.0 { dy[i] } else { alpha[i] * dy[i] };
            }
        }
    }
}

vectorized! {
    /// dx = g·by_gradient + x·by_value + constant.
    fn combine(x: &[f32], g: &[f32], by_gradient: &[f32], by_value: &[f32], constant: &[f32], dx: &mut [f32]) {
        let period = constant.len();
        for ((dx, x), g) in dx.chunks_mut(period).zip(x.chunks(period)).zip(g.chunks(period)) {
            let factors = by_gradient.iter().zip(by_value).zip(constant);
            for (((dx, x), g), ((by_gradient, by_value), constant)) in dx.iter_mut().zip(x).zip(g).zip(factors) {
                *dx = g * by_gradient + x * by_value + constant;
            }
        }
    }
}

/// Gradients of [`forward`] for the output's gradient `dy`.
pub fn backward(x: &[f32], residual: Option<&[f32]>, affine: Affine<'_>, dy: &[f32]) -> Gradients {
    let channels = affine.gamma.len();
    let moments = moments(x, channels);
    let norm = FoldedNorm::new(&moments, &affine);
    let part = chunk_values(x.len(), channels);
    let run = RUN_PERIODS * Periodic::values(channels);
    let zeros = vec![0.0; if residual.is_none() { run } else { 0 }];
    let residual_of = |range: &Range<usize>| residual.map_or_else(|| &zeros[..range.len()], |r| &r[range.clone()]);
    let parts: Vec<[Vec<f64>; 3]> = (0..x.len().div_ceil(part))
        .into_par_iter()
        .map(|number| {
            let mut sums: [Vec<f64>; 3] = std::array::from_fn(|_| vec![0.0; channels]);
            let mut short: [Vec<f32>; 3] = std::array::from_fn(|_| vec![0.0; Periodic::values(channels)]);
            let end = x.len().min((number + 1) * part);
            for at in (number * part..end).step_by(run) {
                let range = at..end.min(at + run);
                add_gradients(&x[range.clone()], residual_of(&range), &dy[range], &norm, &mut short);
                sums.iter_mut().zip(&mut short).for_each(|(sums, short)| add_to_channels(sums, short));
            }
            sums
        })
        .collect();
    let [sum, sum_x, alpha] = total(parts, channels);
    // Σ g·(x − mean)/sd.
    let sum_normalized: Vec<f64> = (0..channels)
        .map(|c| (sum_x[c] - f64::from(moments.mean[c]) * sum[c]) * f64::from(moments.inverse_sd[c]))
        .collect();

    // dx = γ/sd·(g − Σg/n − (x − mean)/sd·Σg·(x − mean)/sd/n), by the factors of g and of x.
    let n = (x.len() / channels) as f64;
    let front = |c: usize| f64::from(affine.gamma[c]) * f64::from(moments.inverse_sd[c]);
    let slope = |c: usize| -front(c) * f64::from(moments.inverse_sd[c]) * sum_normalized[c] / n;
    let by_gradient = Periodic::new(|c| front(c) as f32, channels);
    let by_value = Periodic::new(|c| slope(c) as f32, channels);
    let rest = |c: usize| -front(c) * sum[c] / n - slope(c) * f64::from(moments.mean[c]);
    let constant = Periodic::new(|c| rest(c) as f32, channels);
    let piece = PIECE_PERIODS * Periodic::values(channels);
    // The gradient before PReLU is computed again: cheaper than keeping it.
    let write = |number: usize, dx: &mut [f32], before_prelu: &mut [f32]| {
        let range = number * piece..number * piece + dx.len();
        let x = &x[range.clone()];
        prelu_gradient(x, residual_of(&range), &dy[range], &norm, before_prelu);
        combine(x, before_prelu, &by_gradient.0, &by_value.0, &constant.0, dx);
    };
    let [dx, before_prelu] = if residual.is_some() {
        fill_pair([x.len(); 2], [piece; 2], write)
    } else {
        let buffer = || vec![0.0; piece];
        [
            fill_with(x.len(), piece, buffer, |buffer, number, dx| {
                let count = dx.len();
                write(number, dx, &mut buffer[..count]);
            }),
            Vec::new(),
        ]
    };
    let affine = sum_normalized.iter().chain(&sum).chain(&alpha).map(|v| *v as f32).collect();
    Gradients { x: dx, residual: before_prelu, affine }
}

#[cfg(test)]
mod tests {
    use super::*;
    use randomness::rand::Rng;

    #[test]
    fn gradients_match_finite_differences() {
        let (voxels, channels) = (37, 3);
        let mut rng = randomness::Stream::from_seed(5).rng();
        let mut numbers = |n: usize| -> Vec<f32> { (0..n).map(|_| rng.random_range(-1.0..1.0)).collect() };
        let (x, r, g) = (numbers(voxels * channels), numbers(voxels * channels), numbers(voxels * channels));
        let (gamma, beta, alpha) = (numbers(channels), numbers(channels), numbers(channels));
        let loss = |x: &[f32], r: &[f32], gamma: &[f32], beta: &[f32], alpha: &[f32]| -> f64 {
            let y = forward(x, Some(r), Affine { gamma, beta, alpha });
            y.iter().zip(&g).map(|(y, g)| f64::from(*y) * f64::from(*g)).sum()
        };
        let found = backward(&x, Some(&r), Affine { gamma: &gamma, beta: &beta, alpha: &alpha }, &g);
        // Small, so that no value crosses the kink of PReLU.
        let step = 1e-3;
        let bump = |v: &[f32], i: usize, by: f32| {
            let mut v = v.to_vec();
            v[i] += by;
            v
        };
        let near = |found: f32, high: f64, low: f64, what: &str| {
            let expected = (high - low) / (2.0 * f64::from(step));
            assert!((f64::from(found) - expected).abs() < 0.03 * (1.0 + expected.abs()), "{what}: {found} {expected}");
        };
        for i in [0, 5, 50] {
            near(
                found.x[i],
                loss(&bump(&x, i, step), &r, &gamma, &beta, &alpha),
                loss(&bump(&x, i, -step), &r, &gamma, &beta, &alpha),
                "x",
            );
            near(
                found.residual[i],
                loss(&x, &bump(&r, i, step), &gamma, &beta, &alpha),
                loss(&x, &bump(&r, i, -step), &gamma, &beta, &alpha),
                "residual",
            );
        }
        for c in 0..channels {
            near(
                found.affine[c],
                loss(&x, &r, &bump(&gamma, c, step), &beta, &alpha),
                loss(&x, &r, &bump(&gamma, c, -step), &beta, &alpha),
                "gamma",
            );
            near(
                found.affine[channels + c],
                loss(&x, &r, &gamma, &bump(&beta, c, step), &alpha),
                loss(&x, &r, &gamma, &bump(&beta, c, -step), &alpha),
                "beta",
            );
            near(
                found.affine[2 * channels + c],
                loss(&x, &r, &gamma, &beta, &bump(&alpha, c, step)),
                loss(&x, &r, &gamma, &beta, &bump(&alpha, c, -step)),
                "alpha",
            );
        }
    }

    #[test]
    fn chunked_moments_match_single_pass() {
        // Repeated voxels have the same mean and SD, and therefore the same values and gradients.
        let (voxels, channels, times) = (1200, 8, 60);
        assert!(voxels * channels < RUN_PERIODS * PERIOD_VALUES, "one run");
        assert!(voxels * channels * times / CHUNKS > 2 * RUN_PERIODS * PERIOD_VALUES, "three runs a chunk");
        let mut rng = randomness::Stream::from_seed(6).rng();
        let mut numbers = |n: usize| -> Vec<f32> { (0..n).map(|_| rng.random_range(-1.0..1.0)).collect() };
        let [x, r, dy] = [(); 3].map(|()| numbers(voxels * channels));
        let [gamma, beta, alpha] = [(); 3].map(|()| numbers(channels));
        let affine = Affine { gamma: &gamma, beta: &beta, alpha: &alpha };
        let near = |many: &[f32], once: &[f32], factor: f32| {
            assert_eq!(many.len() % once.len(), 0);
            let error = many.iter().zip(once.iter().cycle()).map(|(m, o)| (m - factor * o).abs() / factor);
            assert!(error.fold(0.0, f32::max) < 1e-3);
        };
        for residual in [None, Some(&r)] {
            let residual = residual.map(Vec::as_slice);
            let repeated = residual.map(|r| r.repeat(times));
            let many_residual = repeated.as_deref();
            let (many_x, many_dy) = (x.repeat(times), dy.repeat(times));
            near(&forward(&many_x, many_residual, affine), &forward(&x, residual, affine), 1.0);
            let (many, once) =
                (backward(&many_x, many_residual, affine, &many_dy), backward(&x, residual, affine, &dy));
            near(&many.x, &once.x, 1.0);
            near(&many.affine, &once.affine, times as f32);
            if residual.is_some() {
                near(&many.residual, &once.residual, 1.0);
            }
        }
    }
}
