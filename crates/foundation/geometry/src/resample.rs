//! One grid's values seen on another.

use crate::{Grid, Volume};

/// Trilinear resampling; `outside` where the source does not reach. Where the target's voxels are
/// coarser than the source's, several samples per target voxel are averaged (a box filter), so that
/// fine images do not alias on a coarse grid; at the source's edge those that lie within it.
pub fn linear(source: &Volume<f32>, target: &Grid, outside: f32) -> Volume<f32> {
    let samples = samples_per_voxel(&source.grid, target);
    let steps = target.steps();
    let offsets: Vec<_> = offsets(samples).map(|offset| steps * nalgebra::Vector3::from(offset)).collect();
    Volume::from_fn(target.clone(), |p| {
        let within = offsets.iter().filter_map(|offset| source.trilinear(&(p + offset)));
        let (sum, count) = within.fold((0.0, 0.0f32), |(sum, count), value| (sum + value, count + 1.0));
        if count > 0.0 { sum / count } else { outside }
    })
}

/// Nearest-neighbour resampling, for labels.
pub fn nearest<T: Copy + Send + Sync>(source: &Volume<T>, target: &Grid, outside: T) -> Volume<T> {
    Volume::from_fn(target.clone(), |p| source.nearest(&p).unwrap_or(outside))
}

/// How many source voxels fit into a target voxel along each of the target's axes (at least one).
fn samples_per_voxel(source: &Grid, target: &Grid) -> [usize; 3] {
    std::array::from_fn(|axis| {
        let direction = source.axes.transpose() * target.axes.column(axis);
        let source_mm: f64 = (0..3).map(|a| direction[a].powi(2) * source.spacing_mm[a]).sum();
        ((target.spacing_mm[axis] / source_mm).round() as usize).max(1)
    })
}

/// Sample positions inside a voxel, in voxels from its centre.
fn offsets(samples: [usize; 3]) -> impl Iterator<Item = [f64; 3]> {
    let along = |n: usize| (0..n).map(move |s| (s as f64 + 0.5) / n as f64 - 0.5);
    along(samples[2]).flat_map(move |z| along(samples[1]).flat_map(move |y| along(samples[0]).map(move |x| [x, y, z])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Point;

    #[test]
    fn a_coarse_voxel_across_the_edge_is_as_bright_as_what_lies_within() {
        let source = Volume::filled(Grid::axis_aligned(Point::origin(), [0.5; 3], [8, 8, 8]), 3.0f32);
        let coarse = Grid::axis_aligned(Point::new(1.0, 1.0, 3.5), [1.0, 1.0, 2.0], [1, 1, 3]);
        let seen = linear(&source, &coarse, 0.0);
        assert_eq!(seen.data.iter().copied().collect::<Vec<_>>(), [3.0, 0.0, 0.0]);
    }

    #[test]
    fn a_linear_ramp_survives() {
        let fine = Grid::axis_aligned(Point::new(0.0, 0.0, 0.0), [0.5, 0.5, 0.5], [41, 41, 41]);
        let ramp = Volume::from_fn(fine, |p| (2.0 * p.x - p.y + 0.5 * p.z) as f32);
        let coarse = Grid::axis_aligned(Point::new(4.0, 4.0, 4.0), [2.0, 1.0, 3.0], [4, 6, 3]);
        let seen = linear(&ramp, &coarse, f32::NAN);
        for ((k, j, i), value) in seen.data.indexed_iter() {
            let p = coarse.point([i as f64, j as f64, k as f64]);
            assert!((f64::from(*value) - (2.0 * p.x - p.y + 0.5 * p.z)).abs() < 1e-4);
        }
    }

    #[test]
    fn a_coarse_grid_averages_what_it_covers() {
        let fine = Grid::axis_aligned(Point::new(0.0, 0.0, 0.0), [1.0, 1.0, 1.0], [8, 8, 8]);
        let stripes = Volume::from_fn(fine, |p| if (p.x as i64) % 2 == 0 { 0.0 } else { 2.0 });
        let coarse = Grid::axis_aligned(Point::new(1.5, 1.5, 1.5), [4.0, 4.0, 4.0], [2, 2, 2]);
        for value in linear(&stripes, &coarse, 0.0).data {
            assert!((value - 1.0).abs() < 1e-6, "{value}");
        }
    }
}
