//! What two passes of a network make of the same voxels.

/// How many voxels of logits `[voxel, class]` are of another class.
pub fn voxels_that_differ(expected: &[f32], found: &[f32], classes: usize) -> usize {
    let best =
        |logits: &[f32]| (1..classes).fold(0, |best, class| if logits[class] > logits[best] { class } else { best });
    let pairs = expected.chunks_exact(classes).zip(found.chunks_exact(classes));
    pairs.filter(|(a, b)| best(a) != best(b)).count()
}
