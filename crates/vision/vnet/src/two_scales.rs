//! One image seen on two grids: the coarse one shows what a bone is among its neighbours, the fine one where it ends.

use geometry::{Grid, Volume, resample};
use ndarray::Array3;
use rayon::prelude::*;

use crate::outline::ByStructure;

/// Makes probabilities on a fine grid the mean of themselves and of those on a coarse grid, interpolated; where the coarse
/// grid does not reach they stay.
pub(crate) fn average(fine: &mut ByStructure, fine_grid: &Grid, coarse: ByStructure, coarse_grid: &Grid) {
    let seen_coarsely = coarse.map(|p| {
        let data = Array3::from_shape_vec(coarse_grid.array_shape(), p).expect("one probability a voxel");
        resample::linear(&Volume::new(coarse_grid.clone(), data), fine_grid, 0.0)
    });
    let seen_coarsely = seen_coarsely.each_ref().map(|p| p.data.as_slice().expect("a fresh volume is in order"));
    // What the coarse grid says adds up to 1 within it and to 0 outside.
    let whole = |voxel: usize| 1.0 + seen_coarsely.iter().map(|p| p[voxel]).sum::<f32>();
    for (fine, seen) in fine.iter_mut().zip(&seen_coarsely) {
        fine.par_iter_mut().zip(*seen).enumerate().for_each(|(voxel, (p, seen))| *p = (*p + seen) / whole(voxel));
    }
}

#[cfg(test)]
mod tests {
    use geometry::Point;

    use super::*;

    #[test]
    fn both_grids_count_equally_and_the_fine_one_alone_beyond_the_coarse() {
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
