//! One image read at two pixel sizes: the coarse grid shows which bone is which, the fine one where it ends.

use geometry::{Grid, Volume, resample};
use ndarray::Array3;
use rayon::prelude::*;

use crate::outline::ByStructure;

/// Replaces probabilities on a fine grid by their mean with those of a coarse grid, interpolated; outside the coarse grid
/// they stay as they are.
pub(crate) fn average(fine: &mut ByStructure, fine_grid: &Grid, coarse: ByStructure, coarse_grid: &Grid) {
    let interpolated = coarse.map(|p| {
        let data = Array3::from_shape_vec(coarse_grid.array_shape(), p).expect("one probability a voxel");
        resample::linear(&Volume::new(coarse_grid.clone(), data), fine_grid, 0.0)
    });
    let interpolated = interpolated.each_ref().map(|p| p.data.as_slice().expect("a fresh volume is in order"));
    // The coarse probabilities of a voxel add up to 1 inside the coarse grid and to 0 outside.
    let total = |voxel: usize| 1.0 + interpolated.iter().map(|p| p[voxel]).sum::<f32>();
    for (fine, coarse) in fine.iter_mut().zip(&interpolated) {
        fine.par_iter_mut().zip(*coarse).enumerate().for_each(|(voxel, (p, coarse))| *p = (*p + coarse) / total(voxel));
    }
}

#[cfg(test)]
mod tests {
    use geometry::Point;

    use super::*;

    #[test]
    fn the_mean_is_taken_inside_the_coarse_grid_only() {
        let fine_grid = Grid::axis_aligned(Point::origin(), [1.0; 3], [12, 8, 4]);
        let coarse_grid = Grid::axis_aligned(Point::origin(), [2.0, 2.0, 1.0], [4, 4, 4]);
        let everywhere = |p: [f32; 5], voxels: usize| p.map(|p| vec![p; voxels]);
        let mut fine = everywhere([0.9, 0.1, 0.0, 0.0, 0.0], 12 * 8 * 4);
        let coarse = everywhere([0.3, 0.7, 0.0, 0.0, 0.0], 4 * 4 * 4);
        average(&mut fine, &fine_grid, coarse, &coarse_grid);
        let at = |column: usize, row: usize| [0, 1].map(|label| fine[label][12 * row + column]);
        for (found, expected) in [(at(3, 3), [0.6, 0.4]), (at(11, 3), [0.9, 0.1])] {
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}, expected {expected:?}");
        }
    }
}
