//! Instance normalization, affine map, residual addition and PReLU in one pass, with their gradient.
//!
//! Ulyanov, Vedaldi, Lempitsky, "Instance Normalization", arXiv 1607.08022; He et al., "Delving Deep
//! into Rectifiers", arXiv 1502.01852 (PReLU).

use rayon::prelude::*;

use super::CHUNKS;

/// Keeps the division by the standard deviation finite.
const EPSILON: f64 = 1e-5;

/// Learned parameters, one value a channel each.
#[derive(Clone, Copy, Debug)]
pub struct Affine<'a> {
    /// Scale of the normalized value.
    pub gamma: &'a [f32],
    /// Shift of the normalized value.
    pub beta: &'a [f32],
    /// Slope of PReLU where its input is negative.
    pub alpha: &'a [f32],
}

/// Mean and 1/SD of each channel.
struct Moments {
    mean: Vec<f32>,
    inverse_sd: Vec<f32>,
}

/// Sums rows of `N × channels` values over all voxels, in an order that does not depend on threads.
fn sums<const N: usize>(voxels: usize, channels: usize, add: impl Fn(usize, &mut [Vec<f32>; N]) + Sync) -> [Vec<f64>; N] {
    // Short runs in f32 (vectorized), their totals in f64.
    const RUN: usize = 512;
    let runs = voxels.div_ceil(RUN);
    let parts: Vec<[Vec<f64>; N]> = (0..CHUNKS)
        .into_par_iter()
        .map(|chunk| {
            let mut total: [Vec<f64>; N] = std::array::from_fn(|_| vec![0.0; channels]);
            let mut short: [Vec<f32>; N] = std::array::from_fn(|_| vec![0.0; channels]);
            for run in runs * chunk / CHUNKS..runs * (chunk + 1) / CHUNKS {
                short.iter_mut().for_each(|sum| sum.fill(0.0));
                for voxel in run * RUN..((run + 1) * RUN).min(voxels) {
                    add(voxel, &mut short);
                }
                for (total, short) in total.iter_mut().zip(&short) {
                    total.iter_mut().zip(short).for_each(|(t, s)| *t += f64::from(*s));
                }
            }
            total
        })
        .collect();
    let mut total: [Vec<f64>; N] = std::array::from_fn(|_| vec![0.0; channels]);
    for part in &parts {
        for (total, part) in total.iter_mut().zip(part) {
            total.iter_mut().zip(part).for_each(|(t, p)| *t += p);
        }
    }
    total
}

fn moments(x: &[f32], channels: usize) -> Moments {
    let voxels = x.len() / channels;
    let [sum, square] = sums::<2>(voxels, channels, |voxel, [sum, square]| {
        let x = &x[voxel * channels..][..channels];
        for ((sum, square), x) in sum.iter_mut().zip(square.iter_mut()).zip(x) {
            *sum += x;
            *square += x * x;
        }
    });
    let n = voxels as f64;
    let mean: Vec<f64> = sum.iter().map(|s| s / n).collect();
    let inverse_sd = square.iter().zip(&mean).map(|(s, m)| 1.0 / ((s / n - m * m).max(0.0) + EPSILON).sqrt());
    Moments { inverse_sd: inverse_sd.map(|v| v as f32).collect(), mean: mean.iter().map(|m| *m as f32).collect() }
}

/// `PReLU(γ·(x − mean)/sd + β + residual)` for `x` of shape `[voxels, channels]`.
pub fn forward(x: &[f32], residual: Option<&[f32]>, affine: Affine<'_>) -> Vec<f32> {
    let channels = affine.gamma.len();
    let moments = moments(x, channels);
    let mut y = vec![0.0; x.len()];
    let run = channels * 1024;
    y.par_chunks_mut(run).enumerate().for_each(|(chunk, y)| {
        for (voxel, y) in y.chunks_exact_mut(channels).enumerate() {
            let at = chunk * run + voxel * channels;
            let x = &x[at..at + channels];
            let residual = residual.map(|r| &r[at..at + channels]);
            for c in 0..channels {
                let z = before_prelu(x[c], residual.map_or(0.0, |r| r[c]), c, &moments, &affine);
                y[c] = if z >= 0.0 { z } else { affine.alpha[c] * z };
            }
        }
    });
    y
}

#[inline(always)]
fn before_prelu(x: f32, residual: f32, c: usize, moments: &Moments, affine: &Affine<'_>) -> f32 {
    (x - moments.mean[c]) * moments.inverse_sd[c] * affine.gamma[c] + affine.beta[c] + residual
}

/// Gradients of [`forward`].
pub struct Gradients {
    /// By `x`.
    pub x: Vec<f32>,
    /// By `residual` (also what reaches the affine map).
    pub residual: Vec<f32>,
    /// By γ, β, α, one after the other.
    pub affine: Vec<f32>,
}

/// Gradients of [`forward`] for the output's gradient `dy`.
pub fn backward(x: &[f32], residual: Option<&[f32]>, affine: Affine<'_>, dy: &[f32]) -> Gradients {
    let channels = affine.gamma.len();
    let voxels = x.len() / channels;
    let moments = moments(x, channels);
    let mut through = vec![0.0; x.len()];
    let run = channels * 1024;
    through.par_chunks_mut(run).enumerate().for_each(|(chunk, g)| {
        for (voxel, g) in g.chunks_exact_mut(channels).enumerate() {
            let at = chunk * run + voxel * channels;
            let (x, dy) = (&x[at..at + channels], &dy[at..at + channels]);
            let residual = residual.map(|r| &r[at..at + channels]);
            for c in 0..channels {
                let z = before_prelu(x[c], residual.map_or(0.0, |r| r[c]), c, &moments, &affine);
                g[c] = if z >= 0.0 { dy[c] } else { affine.alpha[c] * dy[c] };
            }
        }
    });
    let [sum, sum_x, alpha] = sums::<3>(voxels, channels, |voxel, [sum, sum_x, alpha]| {
        let at = voxel * channels;
        for c in 0..channels {
            let (x, g) = (x[at + c], through[at + c]);
            let z = before_prelu(x, residual.map_or(0.0, |r| r[at + c]), c, &moments, &affine);
            sum[c] += g;
            sum_x[c] += g * (x - moments.mean[c]) * moments.inverse_sd[c];
            alpha[c] += dy[at + c] * z.min(0.0);
        }
    });
    let n = voxels as f64;
    let shift: Vec<f32> = sum.iter().map(|s| (s / n) as f32).collect();
    let tilt: Vec<f32> = sum_x.iter().map(|s| (s / n) as f32).collect();
    let mut dx = vec![0.0; x.len()];
    dx.par_chunks_mut(run).enumerate().for_each(|(chunk, dx)| {
        for (voxel, dx) in dx.chunks_exact_mut(channels).enumerate() {
            let at = chunk * run + voxel * channels;
            for c in 0..channels {
                let normal = (x[at + c] - moments.mean[c]) * moments.inverse_sd[c];
                dx[c] = affine.gamma[c] * moments.inverse_sd[c] * (through[at + c] - shift[c] - normal * tilt[c]);
            }
        }
    });
    let affine = sum_x.iter().chain(&sum).chain(&alpha).map(|v| *v as f32).collect();
    Gradients { x: dx, residual: through, affine }
}

#[cfg(test)]
mod tests {
    use super::*;
    use randomness::rand::Rng;

    #[test]
    fn gradients_are_finite_differences() {
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
        let step = 1e-2;
        let bump = |v: &[f32], i: usize, by: f32| { let mut v = v.to_vec(); v[i] += by; v };
        let near = |found: f32, high: f64, low: f64, what: &str| {
            let expected = (high - low) / (2.0 * f64::from(step));
            assert!((f64::from(found) - expected).abs() < 0.03 * (1.0 + expected.abs()), "{what}: {found} {expected}");
        };
        for i in [0, 5, 50] {
            near(found.x[i], loss(&bump(&x, i, step), &r, &gamma, &beta, &alpha), loss(&bump(&x, i, -step), &r, &gamma, &beta, &alpha), "x");
            near(found.residual[i], loss(&x, &bump(&r, i, step), &gamma, &beta, &alpha), loss(&x, &bump(&r, i, -step), &gamma, &beta, &alpha), "residual");
        }
        for c in 0..channels {
            near(found.affine[c], loss(&x, &r, &bump(&gamma, c, step), &beta, &alpha), loss(&x, &r, &bump(&gamma, c, -step), &beta, &alpha), "gamma");
            near(found.affine[channels + c], loss(&x, &r, &gamma, &bump(&beta, c, step), &alpha), loss(&x, &r, &gamma, &bump(&beta, c, -step), &alpha), "beta");
            near(found.affine[2 * channels + c], loss(&x, &r, &gamma, &beta, &bump(&alpha, c, step)), loss(&x, &r, &gamma, &beta, &bump(&alpha, c, -step)), "alpha");
        }
    }
}
