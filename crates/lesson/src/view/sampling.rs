//! From the pixels of a picture of a view to the voxels of a grid.

use geometry::Grid;
use ndarray::parallel::prelude::*;
use ndarray::{Array2, Axis};

use super::ViewPlane;

/// Which voxel lies under which pixel: a linear map from pixels to fractional indices (i, j, k).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sampling {
    /// Index under the middle of the upper left pixel.
    first: [f64; 3],
    /// From a pixel to its right neighbour.
    across: [f64; 3],
    /// From a pixel to the one below.
    below: [f64; 3],
    size_px: [usize; 2],
}

impl Sampling {
    /// A picture of `size_px` (width and height) that shows the whole view.
    pub fn of(grid: &Grid, view: &ViewPlane, size_px: [usize; 2]) -> Self {
        let index = |x: f64, y: f64| grid.index(&view.point(view.at_pixel([x, y], size_px)));
        let first = index(0.5, 0.5);
        let from_first =
            |other: [f64; 3], steps: usize| std::array::from_fn(|axis| (other[axis] - first[axis]) / steps as f64);
        // Over the whole picture, so that the map is exact at its far corner.
        let [width, height] = size_px;
        let across = from_first(index(width as f64 + 0.5, 0.5), width);
        let below = from_first(index(0.5, height as f64 + 0.5), height);
        Self { first, across, below, size_px }
    }

    /// The slice that the whole picture lies in, if it lies in one.
    pub fn slice(&self) -> Option<usize> {
        /// A picture that strays less than this from a slice's middle shows that slice, voxels.
        const WITHIN: f64 = 1e-3;
        let strays = self.across[2].abs() * self.size_px[0] as f64 + self.below[2].abs() * self.size_px[1] as f64;
        let nearest = self.first[2].round();
        (nearest >= 0.0 && strays + (self.first[2] - nearest).abs() < WITHIN).then_some(nearest as usize)
    }

    /// A picture, row by row in parallel: `value` of the index under each pixel.
    pub fn picture<T: Clone + Send + Sync>(&self, blank: T, value: impl Fn([f64; 3]) -> T + Sync) -> Vec<T> {
        let [width, height] = self.size_px;
        let mut picture = Array2::from_elem((height, width), blank);
        picture.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(y, mut row)| {
            let start: [f64; 3] = std::array::from_fn(|axis| self.first[axis] + self.below[axis] * y as f64);
            for (x, pixel) in row.iter_mut().enumerate() {
                *pixel = value(std::array::from_fn(|axis| start[axis] + self.across[axis] * x as f64));
            }
        });
        picture.into_raw_vec_and_offset().0
    }
}
