//! A grid with values: images, label volumes, probability maps.

use ndarray::Array3;
use rayon::prelude::*;

use crate::{Grid, Point};

/// Values on a [`Grid`], indexed `[slice, row, column]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Volume<T> {
    /// Where the voxels lie.
    pub grid: Grid,
    /// One value a voxel, of shape `grid.array_shape()`, in standard layout.
    pub data: Array3<T>,
}

impl<T> Volume<T> {
    /// Joins a grid and its values.
    ///
    /// # Panics
    /// If the array's shape is not the grid's.
    pub fn new(grid: Grid, data: Array3<T>) -> Self {
        assert_eq!(data.shape(), grid.array_shape(), "a volume's array has its grid's shape");
        Self { grid, data }
    }

    /// The same values placed on an equally shaped grid.
    pub fn on(self, grid: Grid) -> Self {
        Self::new(grid, self.data)
    }

    /// Applies a function to every value.
    pub fn map<U>(&self, f: impl Fn(&T) -> U) -> Volume<U> {
        Volume { grid: self.grid.clone(), data: self.data.map(f) }
    }
}

impl<T: Copy + Send + Sync> Volume<T> {
    /// One value everywhere.
    pub fn filled(grid: Grid, value: T) -> Self {
        let data = Array3::from_elem(grid.array_shape(), value);
        Self { grid, data }
    }

    /// A function of the patient position, evaluated at every voxel centre in parallel.
    pub fn from_fn(grid: Grid, f: impl Fn(Point) -> T + Sync) -> Self {
        let [slices, rows, columns] = grid.array_shape();
        let values: Vec<T> = (0..slices * rows)
            .into_par_iter()
            .flat_map_iter(|line| {
                let (k, j) = (line / rows, line % rows);
                let (grid, f) = (&grid, &f);
                (0..columns).map(move |i| f(grid.point([i as f64, j as f64, k as f64])))
            })
            .collect();
        let data = Array3::from_shape_vec([slices, rows, columns], values).expect("one value a voxel");
        Self { grid, data }
    }

    /// The value of the voxel nearest to a patient position, if inside.
    pub fn nearest(&self, point: &Point) -> Option<T> {
        let [i, j, k] = self.grid.voxel(point)?;
        Some(self.data[[k, j, i]])
    }
}

impl Volume<f32> {
    /// Trilinear interpolation at a patient position, `None` outside the voxels' centres (half a
    /// voxel of extrapolation is granted, so that a one-slice volume can be read).
    pub fn trilinear(&self, point: &Point) -> Option<f32> {
        let index = self.grid.index(point);
        let (mut low, mut high, mut weight) = ([0; 3], [0; 3], [0.0f32; 3]);
        for axis in 0..3 {
            let last = self.grid.shape[axis] as f64 - 1.0;
            if !(-0.5..=last + 0.5).contains(&index[axis]) {
                return None;
            }
            let inside = index[axis].clamp(0.0, last);
            low[axis] = inside.floor() as usize;
            high[axis] = (low[axis] + 1).min(last as usize);
            weight[axis] = (inside - low[axis] as f64) as f32;
        }
        let at = |k: usize, j: usize, i: usize| self.data[[k, j, i]];
        let mix = |a: f32, b: f32, w: f32| a + (b - a) * w;
        let row = |k: usize, j: usize| mix(at(k, j, low[0]), at(k, j, high[0]), weight[0]);
        let slice = |k: usize| mix(row(k, low[1]), row(k, high[1]), weight[1]);
        Some(mix(slice(low[2]), slice(high[2]), weight[2]))
    }
}
