//! Softmax, soft Dice and cross-entropy in one pass, with their gradient.
//!
//! Dice with squared denominators: Milletari, Navab, Ahmadi, "V-Net", arXiv 1606.04797, eq. 3.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::CHUNKS;

/// Shares of the two parts of the loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LossWeights {
    /// Share of 1 − mean soft Dice over the classes present.
    pub dice: f32,
    /// Share of the mean cross-entropy over voxels.
    pub cross_entropy: f32,
}

/// Class probabilities of each voxel of `[voxels, classes]` logits.
pub fn softmax(logits: &[f32], classes: usize) -> Vec<f32> {
    let mut p = vec![0.0; logits.len()];
    let run = classes * 2048;
    p.par_chunks_mut(run).zip(logits.par_chunks(run)).for_each(|(p, z)| {
        for (p, z) in p.chunks_exact_mut(classes).zip(z.chunks_exact(classes)) {
            let top = z.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let mut total = 0.0;
            for (p, z) in p.iter_mut().zip(z) {
                *p = (z - top).exp();
                total += *p;
            }
            p.iter_mut().for_each(|p| *p /= total);
        }
    });
    p
}

/// Sums over all voxels from which the loss follows.
struct Overlap {
    /// Σ p·g of each class.
    both: Vec<f64>,
    /// Σ p² + Σ g² of each class.
    either: Vec<f64>,
    /// Σ g of each class.
    present: Vec<f64>,
    /// Σ −ln p of the true class.
    surprise: f64,
}

fn overlap(p: &[f32], labels: &[u8], classes: usize) -> Overlap {
    let voxels = labels.len();
    let parts: Vec<Overlap> = (0..CHUNKS)
        .into_par_iter()
        .map(|chunk| {
            let (mut both, mut either, mut present) = (vec![0.0; classes], vec![0.0; classes], vec![0.0; classes]);
            let mut surprise = 0.0;
            for voxel in voxels * chunk / CHUNKS..voxels * (chunk + 1) / CHUNKS {
                let p = &p[voxel * classes..][..classes];
                for (sum, p) in either.iter_mut().zip(p) {
                    *sum += f64::from(p * p);
                }
                let class = usize::from(labels[voxel]);
                both[class] += f64::from(p[class]);
                either[class] += 1.0;
                present[class] += 1.0;
                surprise -= f64::from(p[class].max(1e-9).ln());
            }
            Overlap { both, either, present, surprise }
        })
        .collect();
    parts
        .into_iter()
        .reduce(|mut total, part| {
            for class in 0..classes {
                total.both[class] += part.both[class];
                total.either[class] += part.either[class];
                total.present[class] += part.present[class];
            }
            total.surprise += part.surprise;
            total
        })
        .expect("there is at least one chunk")
}

impl Overlap {
    /// Soft Dice of each class, `None` where the class is absent from the labels.
    fn dice(&self) -> Vec<Option<f64>> {
        (0..self.both.len()).map(|c| (self.present[c] > 0.0).then(|| 2.0 * self.both[c] / self.either[c])).collect()
    }
}

/// The loss of `[voxels, classes]` logits against one label a voxel (each below `classes`).
pub fn forward(logits: &[f32], labels: &[u8], classes: usize, weights: LossWeights) -> f32 {
    let p = softmax(logits, classes);
    let overlap = overlap(&p, labels, classes);
    let dice: Vec<f64> = overlap.dice().into_iter().flatten().collect();
    let mean_dice = dice.iter().sum::<f64>() / dice.len() as f64;
    let cross_entropy = overlap.surprise / labels.len() as f64;
    (f64::from(weights.dice) * (1.0 - mean_dice) + f64::from(weights.cross_entropy) * cross_entropy) as f32
}

/// Gradient of [`forward`] by the logits.
pub fn backward(logits: &[f32], labels: &[u8], classes: usize, weights: LossWeights) -> Vec<f32> {
    let mut p = softmax(logits, classes);
    let overlap = overlap(&p, labels, classes);
    let dice = overlap.dice();
    let present = dice.iter().flatten().count() as f64;
    // ∂Dice/∂p = 2 (g − Dice·p) / (Σp² + Σg²), so ∂loss/∂p = pull·g − push·p class by class.
    let pull: Vec<f32> = dice
        .iter()
        .zip(&overlap.either)
        .map(|(d, either)| d.map_or(0.0, |_| (-f64::from(weights.dice) / present * 2.0 / either) as f32))
        .collect();
    let push: Vec<f32> = pull.iter().zip(&dice).map(|(pull, d)| pull * d.unwrap_or(0.0) as f32).collect();
    let share = weights.cross_entropy / labels.len() as f32;
    let run = 2048;
    p.par_chunks_mut(run * classes).zip(labels.par_chunks(run)).for_each(|(p, labels)| {
        for (p, label) in p.chunks_exact_mut(classes).zip(labels) {
            let truth = usize::from(*label);
            let by_p = |class: usize, p: f32| if class == truth { pull[class] } else { 0.0 } - push[class] * p;
            let mean: f32 = p.iter().enumerate().map(|(c, p)| p * by_p(c, *p)).sum();
            for (class, p) in p.iter_mut().enumerate() {
                let one = if class == truth { 1.0 } else { 0.0 };
                *p = *p * (by_p(class, *p) - mean) + share * (*p - one);
            }
        }
    });
    p
}

#[cfg(test)]
mod tests {
    use super::*;
    use randomness::rand::Rng;

    #[test]
    fn gradient_is_finite_differences() {
        let (voxels, classes) = (23, 5);
        let mut rng = randomness::Stream::from_seed(8).rng();
        let logits: Vec<f32> = (0..voxels * classes).map(|_| rng.random_range(-2.0..2.0)).collect();
        let labels: Vec<u8> = (0..voxels).map(|_| rng.random_range(0..4)).collect();
        for weights in [LossWeights { dice: 1.0, cross_entropy: 0.0 }, LossWeights { dice: 0.0, cross_entropy: 1.0 }] {
            let found = backward(&logits, &labels, classes, weights);
            for i in 0..logits.len() {
                let at = |by: f32| {
                    let mut moved = logits.clone();
                    moved[i] += by;
                    forward(&moved, &labels, classes, weights)
                };
                let expected = (at(0.02) - at(-0.02)) / 0.04;
                assert!((found[i] - expected).abs() < 2e-4, "{i}: {} {expected}", found[i]);
            }
        }
    }

    #[test]
    fn a_sure_and_right_answer_costs_nothing() {
        let labels = [0, 1, 2, 1];
        let logits: Vec<f32> =
            labels.iter().flat_map(|l| (0..3).map(move |c| if c == *l { 30.0 } else { 0.0 })).collect();
        assert!(forward(&logits, &labels, 3, LossWeights { dice: 1.0, cross_entropy: 1.0 }) < 1e-5);
    }
}
