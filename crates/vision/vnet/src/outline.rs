//! Where a vertebra ends: at its cortex, as in anatomy, or at its marrow, as human readers outline it.
//!
//! A network may have a class of its own for the cortex and endplates of vertebral bodies. Whoever reads its probabilities
//! counts that class as vertebra or as background, so that one network serves both conventions.

use geometry::Structure;
use rayon::prelude::*;
use vnet_kernels::softmax::softmax_by_class;

/// The class of a vertebral body's cortex and endplates, beyond the structures' own labels.
pub const BODY_CORTEX: u8 = Structure::COUNT as u8;

/// The convention by which vertebrae are outlined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outline {
    /// Cortex and endplates belong to the vertebra, as in phantoms.
    Anatomy,
    /// As human readers draw: cortex and endplates, dark like the ligaments beside them, are background.
    Readers,
}

/// The structure that each class is a part of, by label.
pub const STRUCTURE_OF_CLASS: [usize; Structure::COUNT + 1] = {
    let mut structures = [Structure::Vertebra as usize; Structure::COUNT + 1];
    let mut class = 0;
    while class < Structure::COUNT {
        structures[class] = class;
        class += 1;
    }
    structures
};

/// Probabilities of each structure, in order of labels, one per voxel.
pub type ByStructure = [Vec<f32>; Structure::COUNT];

/// Voxels whose classes stay in the cache.
const PIECE: usize = 2048;

/// The structures' probabilities from logits `[voxel, class]`; a structure without a class has 0.
pub fn structures(logits: &[f32], classes: usize, outline: Outline) -> ByStructure {
    let cortex_of = match outline {
        Outline::Anatomy => Structure::Vertebra,
        Outline::Readers => Structure::Background,
    };
    let owner = |class: usize| {
        if class == usize::from(BODY_CORTEX) { usize::from(cortex_of.label()) } else { class }
    };
    let mut found: ByStructure = std::array::from_fn(|_| vec![0.0; logits.len() / classes]);
    let [a, b, c, d, e] = found.each_mut().map(|p| p.par_chunks_mut(PIECE));
    let pieces = (a, b, c, d, e, logits.par_chunks(PIECE * classes)).into_par_iter();
    pieces.for_each_init(Vec::new, |p, (a, b, c, d, e, logits)| {
        let (found, voxels) = ([a, b, c, d, e], logits.len() / classes);
        p.clear();
        (0..classes).for_each(|class| p.extend(logits.iter().skip(class).step_by(classes)));
        softmax_by_class(p, voxels);
        for (class, p) in p.chunks_exact(voxels).enumerate() {
            found[owner(class)].iter_mut().zip(p).for_each(|(sum, p)| *sum += p);
        }
    });
    found
}

/// The most probable structure of each voxel; ties go to the lower label.
pub fn most_probable(p: &ByStructure) -> Vec<u8> {
    let [background, others @ ..] = p;
    let mut labels = vec![Structure::Background.label(); background.len()];
    labels.par_chunks_mut(PIECE).enumerate().for_each(|(number, labels)| {
        let range = number * PIECE..number * PIECE + labels.len();
        let mut most = background[range.clone()].to_vec();
        for (label, p) in (1..).zip(others) {
            for ((best, most), p) in labels.iter_mut().zip(&mut most).zip(&p[range.clone()]) {
                if *p > *most {
                    (*best, *most) = (label, *p);
                }
            }
        }
    });
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cortex_counts_as_vertebra_or_as_background() {
        let logits = [0.3f32, 0.2, 0.1, 0.1, 0.1, 0.2].map(f32::ln);
        let check = |logits: &[f32], outline, expected: [f32; 5], label: u8| {
            let found = structures(&logits.repeat(2 * PIECE + 1), logits.len(), outline);
            assert_eq!(most_probable(&found), [label].repeat(2 * PIECE + 1));
            let voxel = found.map(|p| p[2 * PIECE]);
            assert!(voxel.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{voxel:?}, expected {expected:?}");
        };
        check(&logits, Outline::Anatomy, [0.3, 0.4, 0.1, 0.1, 0.1], 1);
        check(&logits, Outline::Readers, [0.5, 0.2, 0.1, 0.1, 0.1], 0);
        check(&logits[..5], Outline::Readers, [0.3, 0.2, 0.1, 0.1, 0.1].map(|p| p / 0.8), 0);
        check(&[0.0; 2], Outline::Anatomy, [0.5, 0.5, 0.0, 0.0, 0.0], 0);
    }
}
