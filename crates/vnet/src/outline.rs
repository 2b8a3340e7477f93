//! Where a vertebra ends: at its cortex, as anatomy has it, or at its marrow, as people outline it in images.
//!
//! A network may tell the cortex and endplates of vertebral bodies from their marrow. Both then belong to the vertebra, or
//! the marrow alone does; one network serves both customs, and is taught one.

use geometry::Structure;

/// The class of a vertebral body's cortex and endplates, beyond the structures' own labels.
pub const BODY_CORTEX: u8 = Structure::COUNT as u8;

/// Whose outlines a segmentation follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outline {
    /// Cortex and endplates belong to their vertebra, as in phantoms.
    Anatomy,
    /// As people draw: cortex and endplates of a body, dark as the ligaments beside them, belong to nothing.
    Readers,
}

/// The structure that a class is a part of, by label.
pub(crate) const fn structure_of(class: usize) -> usize {
    if class == BODY_CORTEX as usize { Structure::Vertebra as usize } else { class }
}

/// `[voxel, structure]` probabilities from `[voxel, class]` ones, in their place.
pub(crate) fn outlined(mut probabilities: Vec<f32>, classes: usize, outline: Outline) -> Vec<f32> {
    if classes <= Structure::COUNT {
        return probabilities;
    }
    let owner = match outline {
        Outline::Anatomy => Structure::Vertebra,
        Outline::Readers => Structure::Background,
    };
    let voxels = probabilities.len() / classes;
    for voxel in 0..voxels {
        let (from, to) = (voxel * classes, voxel * Structure::COUNT);
        let cortex = probabilities[from + usize::from(BODY_CORTEX)];
        probabilities.copy_within(from..from + Structure::COUNT, to);
        probabilities[to + usize::from(owner.label())] += cortex;
    }
    probabilities.truncate(voxels * Structure::COUNT);
    probabilities
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cortex_goes_to_the_vertebra_or_to_the_background() {
        let seen = vec![0.3, 0.2, 0.1, 0.1, 0.1, 0.2];
        let close = |found: Vec<f32>, expected: [f32; 5]| {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}, expected {expected:?}");
        };
        close(outlined(seen.clone(), 6, Outline::Anatomy), [0.3, 0.4, 0.1, 0.1, 0.1]);
        close(outlined(seen.clone(), 6, Outline::Readers), [0.5, 0.2, 0.1, 0.1, 0.1]);
        assert_eq!(outlined(seen[..5].to_vec(), 5, Outline::Readers), seen[..5], "nothing to merge");
    }
}
