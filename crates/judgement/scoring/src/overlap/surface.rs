//! Distances between the surfaces of two segmentations of one class.

use geometry::{Structure, Volume};
use ndarray::{Array3, s};

use super::distance::squared_distance_mm2;
use super::{DifferentShapes, same_shape};
use crate::summary::{mean, quantile};

/// Distances between two surfaces, pooled over both directions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SurfaceDistance {
    /// 95th percentile (HD95), mm.
    pub p95_mm: f64,
    /// Mean (ASSD), mm.
    pub mean_mm: f64,
}

impl SurfaceDistance {
    /// Compares one class of two label volumes; `None` where either lacks the class.
    ///
    /// # Errors
    /// [`DifferentShapes`] unless both lie on equally shaped grids.
    pub fn of(a: &Volume<u8>, b: &Volume<u8>, class: Structure) -> Result<Option<Self>, DifferentShapes> {
        same_shape(a, b)?;
        let label = class.label();
        let Some([from, to]) = bounds(a, b, label) else { return Ok(None) };
        let cut = |v: &Volume<u8>| {
            v.data.slice(s![from[0]..to[0], from[1]..to[1], from[2]..to[2]]).mapv(|value| value == label)
        };
        let (surface_a, surface_b) = (surface(&cut(a)), surface(&cut(b)));
        let [i_mm, j_mm, k_mm] = a.grid.spacing_mm;
        let spacing_mm = [k_mm, j_mm, i_mm];

        let mut distances = distances_mm(&surface_a, &squared_distance_mm2(&surface_b, spacing_mm));
        distances.extend(distances_mm(&surface_b, &squared_distance_mm2(&surface_a, spacing_mm)));
        if distances.iter().any(|mm| mm.is_infinite()) {
            return Ok(None);
        }
        let mean_mm = mean(&distances);
        Ok(Some(Self { p95_mm: quantile(&mut distances, 0.95), mean_mm }))
    }
}

/// The box that holds the class in both volumes: first and one past the last voxel of each array axis.
fn bounds(a: &Volume<u8>, b: &Volume<u8>, label: u8) -> Option<[[usize; 3]; 2]> {
    let mut found: Option<[[usize; 3]; 2]> = None;
    for ((k, j, i), _) in [a, b].into_iter().flat_map(|v| v.data.indexed_iter().filter(|(_, value)| **value == label)) {
        let at = [k, j, i];
        let [from, to] = found.get_or_insert([at, at]);
        for axis in 0..3 {
            from[axis] = from[axis].min(at[axis]);
            to[axis] = to[axis].max(at[axis] + 1);
        }
    }
    found
}

/// Voxels with a face neighbour outside; the edge of the array is outside.
fn surface(inside: &Array3<bool>) -> Array3<bool> {
    let (slices, rows, columns) = inside.dim();
    Array3::from_shape_fn(inside.dim(), |(k, j, i)| {
        let within = |k: usize, j: usize, i: usize| inside[[k, j, i]];
        within(k, j, i)
            && !(k > 0
                && j > 0
                && i > 0
                && k + 1 < slices
                && j + 1 < rows
                && i + 1 < columns
                && within(k - 1, j, i)
                && within(k + 1, j, i)
                && within(k, j - 1, i)
                && within(k, j + 1, i)
                && within(k, j, i - 1)
                && within(k, j, i + 1))
    })
}

fn distances_mm(surface: &Array3<bool>, squared: &Array3<f64>) -> Vec<f64> {
    surface.iter().zip(squared).filter(|(on, _)| **on).map(|(_, squared)| squared.sqrt()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::{Grid, Point};

    fn block(columns: std::ops::Range<usize>) -> Volume<u8> {
        let grid = Grid::axis_aligned(Point::origin(), [2.0, 1.0, 4.0], [20, 8, 6]);
        let mut data = Array3::zeros(grid.array_shape());
        data.slice_mut(s![1..5, 2..6, columns]).fill(2);
        Volume::new(grid, data)
    }

    #[test]
    fn the_distance_of_a_shifted_block_is_its_shift() {
        // Shifted by three columns of 2 mm: the leading and trailing faces are 6 mm apart.
        let found = SurfaceDistance::of(&block(3..10), &block(6..13), Structure::Disc).expect("same shape");
        let found = found.expect("both have discs");
        assert!((found.p95_mm - 6.0).abs() < 1e-9, "{found:?}");
        assert!(0.0 < found.mean_mm && found.mean_mm < 6.0, "{found:?}");
        let same = SurfaceDistance::of(&block(3..10), &block(3..10), Structure::Disc).expect("same shape");
        assert_eq!(same, Some(SurfaceDistance { p95_mm: 0.0, mean_mm: 0.0 }));
    }

    #[test]
    fn a_class_missing_in_one_segmentation_has_no_distance() {
        let empty = block(0..0);
        assert_eq!(SurfaceDistance::of(&block(3..10), &empty, Structure::Disc), Ok(None));
        assert_eq!(SurfaceDistance::of(&empty, &empty, Structure::Canal), Ok(None));
    }
}
