//! Softmax, soft Dice and cross-entropy in one pass, with their gradient.
//!
//! Dice with squared denominators: Milletari, Navab, Ahmadi, "V-Net", arXiv 1606.04797, eq. 3. It is that of the
//! structures, whose parts count together (a shell one voxel thick has no Dice worth the name); cross-entropy is that of
//! the classes.

use geometry::Structure;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::CHUNKS;
use super::softmax::softmax;
use crate::outline::structure_of;

/// Shares of the two parts of the loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LossWeights {
    /// Share of 1 − mean soft Dice over the classes present.
    pub dice: f32,
    /// Share of the mean cross-entropy over voxels.
    pub cross_entropy: f32,
}

/// Probabilities of the structures from those of the classes; what has no class stays 0.
fn by_structure(p: &[f32]) -> [f32; Structure::COUNT] {
    let mut structures = [0.0; Structure::COUNT];
    for (class, p) in p.iter().enumerate() {
        structures[structure_of(class)] += p;
    }
    structures
}

/// Sums over all voxels from which the loss follows.
struct Overlap {
    /// Σ p·g of each structure.
    both: [f64; Structure::COUNT],
    /// Σ p² + Σ g² of each structure.
    either: [f64; Structure::COUNT],
    /// Σ g of each structure.
    present: [f64; Structure::COUNT],
    /// Σ −ln p of the true class.
    surprise: f64,
}

fn overlap(p: &[f32], labels: &[u8], classes: usize) -> Overlap {
    let voxels = labels.len();
    let parts: Vec<Overlap> = (0..CHUNKS)
        .into_par_iter()
        .map(|chunk| {
            let [mut both, mut either, mut present] = [[0.0; Structure::COUNT]; 3];
            let mut surprise = 0.0;
            for voxel in voxels * chunk / CHUNKS..voxels * (chunk + 1) / CHUNKS {
                let p = &p[voxel * classes..][..classes];
                let structures = by_structure(p);
                for (sum, p) in either.iter_mut().zip(structures) {
                    *sum += f64::from(p * p);
                }
                let class = usize::from(labels[voxel]);
                let structure = structure_of(class);
                both[structure] += f64::from(structures[structure]);
                either[structure] += 1.0;
                present[structure] += 1.0;
                surprise -= f64::from(p[class].max(1e-9).ln());
            }
            Overlap { both, either, present, surprise }
        })
        .collect();
    parts
        .into_iter()
        .reduce(|mut total, part| {
            for structure in 0..Structure::COUNT {
                total.both[structure] += part.both[structure];
                total.either[structure] += part.either[structure];
                total.present[structure] += part.present[structure];
            }
            total.surprise += part.surprise;
            total
        })
        .expect("there is at least one chunk")
}

impl Overlap {
    /// Soft Dice of each structure, `None` where it is absent from the labels.
    fn dice(&self) -> [Option<f64>; Structure::COUNT] {
        std::array::from_fn(|s| (self.present[s] > 0.0).then(|| 2.0 * self.both[s] / self.either[s]))
    }
}

/// The loss of `[voxels, classes]` logits against one label a voxel (each below `classes`).
pub fn forward(logits: &[f32], labels: &[u8], classes: usize, weights: LossWeights) -> f32 {
    let p = softmax(logits.to_vec(), classes);
    let overlap = overlap(&p, labels, classes);
    let dice: Vec<f64> = overlap.dice().into_iter().flatten().collect();
    let mean_dice = dice.iter().sum::<f64>() / dice.len() as f64;
    let cross_entropy = overlap.surprise / labels.len() as f64;
    (f64::from(weights.dice) * (1.0 - mean_dice) + f64::from(weights.cross_entropy) * cross_entropy) as f32
}

/// Gradient of [`forward`] by the logits.
pub fn backward(logits: &[f32], labels: &[u8], classes: usize, weights: LossWeights) -> Vec<f32> {
    let mut p = softmax(logits.to_vec(), classes);
    let overlap = overlap(&p, labels, classes);
    let dice = overlap.dice();
    let present = dice.iter().flatten().count() as f64;
    // ∂Dice/∂p = 2 (g − Dice·p) / (Σp² + Σg²), so ∂loss/∂p = pull·g − push·p structure by structure, the same by the
    // probability of each of its classes.
    let pull: [f32; Structure::COUNT] = std::array::from_fn(|s| {
        dice[s].map_or(0.0, |_| (-f64::from(weights.dice) / present * 2.0 / overlap.either[s]) as f32)
    });
    let push: [f32; Structure::COUNT] = std::array::from_fn(|s| pull[s] * dice[s].unwrap_or(0.0) as f32);
    let share = weights.cross_entropy / labels.len() as f32;
    let run = 2048;
    p.par_chunks_mut(run * classes).zip(labels.par_chunks(run)).for_each(|(p, labels)| {
        for (p, label) in p.chunks_exact_mut(classes).zip(labels) {
            let truth = usize::from(*label);
            let structures = by_structure(p);
            let mut by_p: [f32; Structure::COUNT] = std::array::from_fn(|s| -push[s] * structures[s]);
            by_p[structure_of(truth)] += pull[structure_of(truth)];
            let mean: f32 = structures.iter().zip(by_p).map(|(p, by_p)| p * by_p).sum();
            for (class, p) in p.iter_mut().enumerate() {
                let one = if class == truth { 1.0 } else { 0.0 };
                *p = *p * (by_p[structure_of(class)] - mean) + share * (*p - one);
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
        for classes in [5, 6] {
            gradient_of(classes);
        }
    }

    /// The fourth structure is in no label, the fifth class is, where there is one.
    fn gradient_of(classes: usize) {
        let voxels = 23;
        let mut rng = randomness::Stream::from_seed(8).rng();
        let logits: Vec<f32> = (0..voxels * classes).map(|_| rng.random_range(-2.0..2.0)).collect();
        let labels: Vec<u8> = (0..voxels).map(|_| [0, 1, 2, 3, classes as u8 - 1][rng.random_range(0..5)]).collect();
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
