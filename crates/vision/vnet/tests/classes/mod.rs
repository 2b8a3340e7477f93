//! Comparing the logits of two forward passes.

/// Number of voxels whose most probable class differs, from logits `[voxel, class]`.
pub fn voxels_that_differ(expected: &[f32], found: &[f32], classes: usize) -> usize {
    let best =
        |logits: &[f32]| (1..classes).fold(0, |best, class| if logits[class] > logits[best] { class } else { best });
    let pairs = expected.chunks_exact(classes).zip(found.chunks_exact(classes));
    pairs.filter(|(a, b)| best(a) != best(b)).count()
}
