//! Softmax, soft Dice and cross-entropy in one pass, with their gradient.
//!
//! Dice with squared denominators: Milletari, Navab, Ahmadi, "V-Net", arXiv 1606.04797, eq. 3. Dice is that of groups of
//! classes, whose probabilities add up (the Dice of a shell one voxel thick says little); cross-entropy is that of the
//! classes.

use rayon::prelude::*;

use crate::CHUNKS;
use crate::softmax::softmax;

/// Soft Dice of `GROUPS` groups of classes, and cross-entropy of the classes.
#[derive(Clone, Copy, Debug)]
pub struct DiceCrossEntropy<'a, const GROUPS: usize> {
    /// The group, below `GROUPS`, of each class; as many as there are classes.
    pub group_of_class: &'a [usize],
    /// Share of 1 − mean soft Dice over the groups present.
    pub dice: f32,
    /// Share of the mean cross-entropy over voxels.
    pub cross_entropy: f32,
}

/// Sums over all voxels from which the loss follows.
struct Overlap<const GROUPS: usize> {
    /// Σ p·g of each group.
    intersection: [f64; GROUPS],
    /// Σ p² + Σ g² of each group.
    squares: [f64; GROUPS],
    /// Σ g of each group.
    count: [f64; GROUPS],
    /// Σ −ln p of the true class.
    log_loss: f64,
}

impl<const GROUPS: usize> Overlap<GROUPS> {
    /// Soft Dice of each group, `None` where it is absent from the labels.
    fn dice(&self) -> [Option<f64>; GROUPS] {
        std::array::from_fn(|s| (self.count[s] > 0.0).then(|| 2.0 * self.intersection[s] / self.squares[s]))
    }
}

impl<const GROUPS: usize> DiceCrossEntropy<'_, GROUPS> {
    /// The loss of logits `[voxel, class]` against one label per voxel, each below the number of classes.
    pub fn forward(&self, logits: &[f32], labels: &[u8]) -> f32 {
        let p = softmax(logits.to_vec(), self.group_of_class.len());
        let overlap = self.overlap(&p, labels);
        let dice: Vec<f64> = overlap.dice().into_iter().flatten().collect();
        let mean_dice = dice.iter().sum::<f64>() / dice.len() as f64;
        let cross_entropy = overlap.log_loss / labels.len() as f64;
        (f64::from(self.dice) * (1.0 - mean_dice) + f64::from(self.cross_entropy) * cross_entropy) as f32
    }

    /// Gradient of [`Self::forward`] by the logits.
    pub fn backward(&self, logits: &[f32], labels: &[u8]) -> Vec<f32> {
        let classes = self.group_of_class.len();
        let mut p = softmax(logits.to_vec(), classes);
        let overlap = self.overlap(&p, labels);
        let dice = overlap.dice();
        let present = dice.iter().flatten().count() as f64;
        // ∂Dice/∂p = 2 (g − Dice·p) / (Σp² + Σg²), so ∂loss/∂p = pull·g − push·p group by group, the same by the
        // probability of each of its classes.
        let pull: [f32; GROUPS] = std::array::from_fn(|s| {
            dice[s].map_or(0.0, |_| (-f64::from(self.dice) / present * 2.0 / overlap.squares[s]) as f32)
        });
        let push: [f32; GROUPS] = std::array::from_fn(|s| pull[s] * dice[s].unwrap_or(0.0) as f32);
        let share = self.cross_entropy / labels.len() as f32;
        let run = 2048;
        p.par_chunks_mut(run * classes).zip(labels.par_chunks(run)).for_each(|(p, labels)| {
            for (p, label) in p.chunks_exact_mut(classes).zip(labels) {
                let truth = usize::from(*label);
                let groups = self.by_group(p);
                let mut by_p: [f32; GROUPS] = std::array::from_fn(|s| -push[s] * groups[s]);
                by_p[self.group_of_class[truth]] += pull[self.group_of_class[truth]];
                let mean: f32 = groups.iter().zip(by_p).map(|(p, by_p)| p * by_p).sum();
                for (class, p) in p.iter_mut().enumerate() {
                    let one = if class == truth { 1.0 } else { 0.0 };
                    *p = *p * (by_p[self.group_of_class[class]] - mean) + share * (*p - one);
                }
            }
        });
        p
    }

    /// Probabilities of the groups from those of a voxel's classes; a group without a class has 0.
    fn by_group(&self, p: &[f32]) -> [f32; GROUPS] {
        let mut groups = [0.0; GROUPS];
        for (group, p) in self.group_of_class.iter().zip(p) {
            groups[*group] += p;
        }
        groups
    }

    fn overlap(&self, p: &[f32], labels: &[u8]) -> Overlap<GROUPS> {
        let (voxels, classes) = (labels.len(), self.group_of_class.len());
        let parts: Vec<Overlap<GROUPS>> = (0..CHUNKS)
            .into_par_iter()
            .map(|chunk| {
                let [mut intersection, mut squares, mut count] = [[0.0; GROUPS]; 3];
                let mut log_loss = 0.0;
                for voxel in voxels * chunk / CHUNKS..voxels * (chunk + 1) / CHUNKS {
                    let p = &p[voxel * classes..][..classes];
                    let groups = self.by_group(p);
                    for (sum, p) in squares.iter_mut().zip(groups) {
                        *sum += f64::from(p * p);
                    }
                    let class = usize::from(labels[voxel]);
                    let group = self.group_of_class[class];
                    intersection[group] += f64::from(groups[group]);
                    squares[group] += 1.0;
                    count[group] += 1.0;
                    log_loss -= f64::from(p[class].max(1e-9).ln());
                }
                Overlap { intersection, squares, count, log_loss }
            })
            .collect();
        parts
            .into_iter()
            .reduce(|mut total, part| {
                for group in 0..GROUPS {
                    total.intersection[group] += part.intersection[group];
                    total.squares[group] += part.squares[group];
                    total.count[group] += part.count[group];
                }
                total.log_loss += part.log_loss;
                total
            })
            .expect("there is at least one chunk")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use randomness::rand::Rng;

    #[test]
    fn gradient_matches_finite_differences() {
        for classes in [5, 6] {
            check_gradient(classes);
        }
    }

    /// With five classes all groups occur in the labels; with six the fifth does not, and the sixth class does.
    fn check_gradient(classes: usize) {
        let voxels = 23;
        let mut rng = randomness::Stream::from_seed(8).rng();
        let logits: Vec<f32> = (0..voxels * classes).map(|_| rng.random_range(-2.0..2.0)).collect();
        let labels: Vec<u8> = (0..voxels).map(|_| [0, 1, 2, 3, classes as u8 - 1][rng.random_range(0..5)]).collect();
        // The sixth class belongs to the second group.
        let group_of_class = &[0, 1, 2, 3, 4, 1][..classes];
        for [dice, cross_entropy] in [[1.0, 0.0], [0.0, 1.0]] {
            let loss = DiceCrossEntropy::<5> { group_of_class, dice, cross_entropy };
            let found = loss.backward(&logits, &labels);
            for i in 0..logits.len() {
                let loss_at = |by: f32| {
                    let mut moved = logits.clone();
                    moved[i] += by;
                    loss.forward(&moved, &labels)
                };
                let expected = (loss_at(0.02) - loss_at(-0.02)) / 0.04;
                assert!((found[i] - expected).abs() < 2e-4, "{i}: {} {expected}", found[i]);
            }
        }
    }

    #[test]
    fn confident_correct_logits_have_no_loss() {
        let labels = [0, 1, 2, 1];
        let logits: Vec<f32> =
            labels.iter().flat_map(|l| (0..3).map(move |c| if c == *l { 30.0 } else { 0.0 })).collect();
        let loss = DiceCrossEntropy::<3> { group_of_class: &[0, 1, 2], dice: 1.0, cross_entropy: 1.0 };
        assert!(loss.forward(&logits, &labels) < 1e-5);
    }
}
