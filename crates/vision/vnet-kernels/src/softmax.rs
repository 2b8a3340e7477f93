//! Class probabilities from logits.

use rayon::prelude::*;

/// Class probabilities of each voxel, from logits `[voxel, class]`; in place.
pub fn softmax(mut logits: Vec<f32>, classes: usize) -> Vec<f32> {
    logits.par_chunks_mut(classes * 2048).for_each(|voxels| {
        for values in voxels.chunks_exact_mut(classes) {
            let top = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let mut total = 0.0;
            for value in &mut *values {
                *value = exp(*value - top);
                total += *value;
            }
            values.iter_mut().for_each(|p| *p /= total);
        }
    });
    logits
}

/// The same for logits `[class, voxel]` of some voxels.
pub fn softmax_by_class(logits: &mut [f32], voxels: usize) {
    let (mut top, mut total) = (vec![f32::NEG_INFINITY; voxels], vec![0.0f32; voxels]);
    for logits in logits.chunks_exact(voxels) {
        top.iter_mut().zip(logits).for_each(|(top, logit)| *top = if *logit > *top { *logit } else { *top });
    }
    for logits in logits.chunks_exact_mut(voxels) {
        for ((value, top), total) in logits.iter_mut().zip(&top).zip(&mut total) {
            *value = exp(*value - top);
            *total += *value;
        }
    }
    for values in logits.chunks_exact_mut(voxels) {
        values.iter_mut().zip(&total).for_each(|(p, total)| *p /= total);
    }
}

/// eˣ for x ≤ 0, with a relative error below 2 · 10⁻⁷; e⁻⁸⁷ below −87; NaN for NaN. Without calls and branches, so that the
/// compiler vectorizes it. The polynomial is that of the Cephes library's `expf` (Moshier).
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// Adding it to a small number rounds that to an integer in the mantissa's last bits.
    const ROUND: f32 = 12_582_912.0;
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let x = if x < -87.0 { -87.0 } else { x };
    let rounded = x * std::f32::consts::LOG2_E + ROUND;
    let powers = rounded - ROUND;
    let rest = x - powers * LN_2[0] - powers * LN_2[1];
    let mut polynomial = 1.987_569_1e-4;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
        polynomial = polynomial * rest + coefficient;
    }
    let of_rest = polynomial * rest * rest + rest + 1.0;
    // 2ⁿ as bits: the exponent alone, from the mantissa's last bits.
    let power = f32::from_bits((rounded.to_bits() << 23).wrapping_add(1.0f32.to_bits()));
    of_rest * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_matches_the_standard_library() {
        for number in 0..200_000 {
            let x = -86.9 * number as f32 / 200_000.0;
            let (found, expected) = (f64::from(exp(x)), f64::from(x).exp());
            assert!((found / expected - 1.0).abs() < 2e-7, "{x}: {found}, expected {expected}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(-1e30) < 1e-37 && exp(f32::NEG_INFINITY) < 1e-37 && exp(f32::NAN).is_nan());
    }

    #[test]
    fn both_layouts_give_the_same_probabilities() {
        let logits: Vec<f32> = (0..300).map(|n| (n * 37 % 101) as f32 * 0.3 - 9.0).collect();
        let by_voxel = softmax(logits.clone(), 3);
        let mut by_class: Vec<f32> = (0..3).flat_map(|class| logits.iter().skip(class).step_by(3).copied()).collect();
        softmax_by_class(&mut by_class, 100);
        for (voxel, p) in by_voxel.chunks_exact(3).enumerate() {
            assert!((p.iter().sum::<f32>() - 1.0).abs() < 1e-6);
            assert_eq!(p, [by_class[voxel], by_class[100 + voxel], by_class[200 + voxel]]);
        }
    }
}
