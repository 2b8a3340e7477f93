//! Exact Euclidean distance transform (Felzenszwalb & Huttenlocher, Theory Comput 2012;8:415): lower
//! envelopes of parabolas along one axis after the other, in mm for any spacing.

use ndarray::{Array3, Axis};

/// Squared distance to the nearest marked voxel, mm²; infinite if none is marked. `spacing_mm` is in the
/// order of the array's axes.
pub(super) fn squared_distance_mm2(marked: &Array3<bool>, spacing_mm: [f64; 3]) -> Array3<f64> {
    let mut squared = marked.mapv(|inside| if inside { 0.0 } else { f64::INFINITY });
    let longest = marked.shape().iter().copied().max().unwrap_or(0);
    let mut envelope = Envelope::with_capacity(longest);
    for (axis, step_mm) in spacing_mm.into_iter().enumerate() {
        for mut lane in squared.lanes_mut(Axis(axis)) {
            envelope.build(lane.iter().copied(), step_mm);
            envelope.read_into(lane.iter_mut(), step_mm);
        }
    }
    squared
}

/// The lower envelope of the parabolas f(q) + (x − q)² of one lane.
struct Envelope {
    /// Position and height of each parabola that touches the envelope, mm and mm².
    vertices: Vec<(f64, f64)>,
    /// Where each becomes the lowest, mm.
    starts: Vec<f64>,
}

impl Envelope {
    fn with_capacity(lane: usize) -> Self {
        Self { vertices: Vec::with_capacity(lane), starts: Vec::with_capacity(lane) }
    }

    fn build(&mut self, heights: impl Iterator<Item = f64>, step_mm: f64) {
        self.vertices.clear();
        self.starts.clear();
        for (index, height) in heights.enumerate().filter(|(_, height)| height.is_finite()) {
            let at = index as f64 * step_mm;
            let mut start = f64::NEG_INFINITY;
            while let (Some(&(q, f)), Some(&from)) = (self.vertices.last(), self.starts.last()) {
                start = ((height + at * at) - (f + q * q)) / (2.0 * (at - q));
                if start > from {
                    break;
                }
                self.vertices.pop();
                self.starts.pop();
                start = f64::NEG_INFINITY;
            }
            self.vertices.push((at, height));
            self.starts.push(start);
        }
    }

    fn read_into<'a>(&self, lane: impl Iterator<Item = &'a mut f64>, step_mm: f64) {
        if self.vertices.is_empty() {
            return;
        }
        let mut lowest = 0;
        for (index, value) in lane.enumerate() {
            let x = index as f64 * step_mm;
            while self.starts.get(lowest + 1).is_some_and(|start| *start < x) {
                lowest += 1;
            }
            let (q, f) = self.vertices[lowest];
            *value = f + (x - q).powi(2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The reference method: tries every marked voxel.
    fn brute_force(marked: &Array3<bool>, spacing_mm: [f64; 3]) -> Array3<f64> {
        let squared = |a: (usize, usize, usize), b: (usize, usize, usize)| {
            let along = [a.0.abs_diff(b.0), a.1.abs_diff(b.1), a.2.abs_diff(b.2)];
            along.iter().zip(spacing_mm).map(|(d, mm)| (*d as f64 * mm).powi(2)).sum::<f64>()
        };
        Array3::from_shape_fn(marked.dim(), |at| {
            let near = marked.indexed_iter().filter(|(_, inside)| **inside).map(|(other, _)| squared(at, other));
            near.fold(f64::INFINITY, f64::min)
        })
    }

    proptest! {
        #[test]
        fn transform_equals_brute_force(bits in prop::collection::vec(prop::bool::weighted(0.06), 4 * 6 * 7), z in 0.5f64..5.0) {
            let marked = Array3::from_shape_vec((4, 6, 7), bits).expect("4 × 6 × 7");
            let spacing_mm = [z, 0.7, 1.1];
            let (fast, slow) = (squared_distance_mm2(&marked, spacing_mm), brute_force(&marked, spacing_mm));
            for (a, b) in fast.iter().zip(&slow) {
                prop_assert!(a == b || (a - b).abs() < 1e-9, "{} {}", a, b);
            }
        }
    }
}
