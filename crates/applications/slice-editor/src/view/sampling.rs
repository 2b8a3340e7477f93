//! From the pixels of a picture of a view to the voxels of a grid.

use geometry::Grid;
use ndarray::parallel::prelude::*;
use ndarray::{Array2, Axis};

use super::ViewPlane;

/// A picture that strays less than this from a slice's middle shows that slice, voxels.
const WITHIN: f64 = 1e-3;

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
        let nearest = self.first[2].round();
        let strays = self.strays(2, self.across) + self.strays(2, self.below) + (self.first[2] - nearest).abs();
        (nearest >= 0.0 && strays < WITHIN).then_some(nearest as usize)
    }

    /// True if the picture's rows follow the grid's.
    pub fn is_upright(&self) -> bool {
        self.strays(1, self.across) < WITHIN && self.strays(0, self.below) < WITHIN
    }

    /// How far a step of one pixel leads along an axis of the grid, over the whole picture, voxels.
    fn strays(&self, axis: usize, step: [f64; 3]) -> f64 {
        step[axis].abs() * self.size_px[0].max(self.size_px[1]) as f64
    }

    /// The index under a pixel.
    pub fn index(&self, x: usize, y: usize) -> [f64; 3] {
        std::array::from_fn(|axis| self.first[axis] + self.below[axis] * y as f64 + self.across[axis] * x as f64)
    }

    /// A picture, row by row in parallel: `value` of the index under each pixel.
    pub fn picture<T: Clone + Send + Sync>(&self, blank: T, value: impl Fn([f64; 3]) -> T + Sync) -> Vec<T> {
        self.rows(blank, |y, row| {
            for (x, pixel) in row.iter_mut().enumerate() {
                *pixel = value(self.index(x, y));
            }
        })
    }

    /// A picture whose rows are filled in parallel; they start `blank`.
    pub fn rows<T: Clone + Send + Sync>(&self, blank: T, fill: impl Fn(usize, &mut [T]) + Sync) -> Vec<T> {
        let [width, height] = self.size_px;
        let mut picture = Array2::from_elem((height, width), blank);
        picture.axis_iter_mut(Axis(0)).into_par_iter().enumerate().for_each(|(y, mut row)| {
            fill(y, row.as_slice_mut().expect("a row of an array in standard layout is contiguous"));
        });
        picture.into_raw_vec_and_offset().0
    }
}
