//! One image seen on two grids: the coarse one shows what a bone is among its neighbours, the fine one where it ends.

use geometry::{Grid, Volume, resample};
use ndarray::Array3;
use rayon::prelude::*;

/// Makes `[voxel, class]` probabilities on a fine grid the mean of themselves and of those on a coarse grid, interpolated;
/// where the coarse grid does not reach they stay.
pub(crate) fn average(fine: &mut [f32], fine_grid: &Grid, coarse: &[f32], coarse_grid: &Grid, classes: usize) {
    let seen_coarsely: Vec<Volume<f32>> = (0..classes)
        .map(|class| {
            let of_class = coarse.iter().skip(class).step_by(classes).copied().collect();
            let data = Array3::from_shape_vec(coarse_grid.array_shape(), of_class).expect("one probability a voxel");
            resample::linear(&Volume::new(coarse_grid.clone(), data), fine_grid, 0.0)
        })
        .collect();
    let seen_coarsely: Vec<&[f32]> =
        seen_coarsely.iter().map(|volume| volume.data.as_slice().expect("a fresh volume is in order")).collect();
    fine.par_chunks_exact_mut(classes).enumerate().for_each(|(voxel, probabilities)| {
        // What the coarse grid says adds up to 1 within it and to 0 outside.
        let whole = 1.0 + seen_coarsely.iter().map(|class| class[voxel]).sum::<f32>();
        for (probability, class) in probabilities.iter_mut().zip(&seen_coarsely) {
            *probability = (*probability + class[voxel]) / whole;
        }
    });
}

#[cfg(test)]
mod tests {
    use geometry::Point;

    use super::*;

    #[test]
    fn both_grids_count_equally_and_the_fine_one_alone_beyond_the_coarse() {
        let fine_grid = Grid::axis_aligned(Point::origin(), [1.0; 3], [12, 8, 4]);
        let coarse_grid = Grid::axis_aligned(Point::origin(), [2.0, 2.0, 1.0], [4, 4, 4]);
        let mut fine = [0.9, 0.1].repeat(12 * 8 * 4);
        average(&mut fine, &fine_grid, &[0.3, 0.7].repeat(4 * 4 * 4), &coarse_grid, 2);
        let at = |column: usize, row: usize| &fine[2 * (12 * row + column)..][..2];
        for (found, expected) in [(at(3, 3), [0.6, 0.4]), (at(11, 3), [0.9, 0.1])] {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}, expected {expected:?}");
        }
    }
}
