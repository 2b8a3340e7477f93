//! Dice overlap (Dice, Ecology 1945;26:297).

use geometry::{Structure, Volume};

use super::{DifferentShapes, same_shape};

/// Dice of every class in label order, 0…1; `None` where neither segmentation has the class.
///
/// # Errors
/// [`DifferentShapes`] unless both lie on equally shaped grids.
pub fn dice_by_class(a: &Volume<u8>, b: &Volume<u8>) -> Result<[Option<f64>; Structure::COUNT], DifferentShapes> {
    same_shape(a, b)?;
    // One histogram over all label values gives every class at once.
    let (mut both, mut total) = ([0_u64; 256], [0_u64; 256]);
    for (&x, &y) in a.data.iter().zip(b.data.iter()) {
        total[usize::from(x)] += 1;
        total[usize::from(y)] += 1;
        both[usize::from(x)] += u64::from(x == y);
    }
    Ok(Structure::ALL.map(|structure| {
        let label = usize::from(structure.label());
        (total[label] > 0).then(|| 2.0 * both[label] as f64 / total[label] as f64)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::{Grid, Point};
    use ndarray::Array3;
    use proptest::prelude::*;

    fn volume(labels: Vec<u8>) -> Volume<u8> {
        let grid = Grid::axis_aligned(Point::origin(), [1.0; 3], [labels.len(), 1, 1]);
        Volume::new(grid, Array3::from_shape_vec((1, 1, labels.len()), labels).expect("one row"))
    }

    #[test]
    fn dice_of_a_hand_calculated_example() {
        let dice = dice_by_class(&volume(vec![1, 1, 1, 2, 0]), &volume(vec![1, 1, 2, 2, 0])).expect("same shape");
        assert_eq!(dice, [Some(1.0), Some(0.8), Some(2.0 / 3.0), None, None]);
        assert!(dice_by_class(&volume(vec![1]), &volume(vec![1, 2])).is_err());
    }

    proptest! {
        #[test]
        fn dice_is_symmetric_and_one_for_identical_labels(a in prop::collection::vec(0u8..5, 40), b in prop::collection::vec(0u8..5, 40)) {
            let (a, b) = (volume(a), volume(b));
            prop_assert_eq!(dice_by_class(&a, &b), dice_by_class(&b, &a));
            prop_assert!(dice_by_class(&a, &a).expect("same shape").into_iter().flatten().all(|dice| dice == 1.0));
        }
    }
}
