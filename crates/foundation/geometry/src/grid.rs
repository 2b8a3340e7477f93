//! Where the voxels of an image lie in the patient.

use nalgebra::{Matrix3, Matrix4};
use serde::{Deserialize, Serialize};

use crate::{Point, Pose, Vector};

/// A regular grid of voxel centres. Index (i, j, k) = (column, row, slice): i runs along an image row,
/// j down its columns, k from slice to slice. Arrays are indexed `[k, j, i]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// Centre of voxel (0, 0, 0), LPS mm (DICOM Image Position (Patient) of the first slice).
    pub origin: Point,
    /// Unit vectors of i, j and k as columns; right-handed unless the slices run backwards.
    pub axes: Matrix3<f64>,
    /// Distance between neighbours along i, j, k, mm.
    pub spacing_mm: [f64; 3],
    /// Number of columns, rows and slices.
    pub shape: [usize; 3],
}

impl Grid {
    /// A grid whose axes are those of the patient.
    pub fn axis_aligned(origin: Point, spacing_mm: [f64; 3], shape: [usize; 3]) -> Self {
        Self { origin, axes: Matrix3::identity(), spacing_mm, shape }
    }

    /// A grid given by its centre (the middle between first and last voxel) in place of its corner.
    pub fn centred(centre: Point, axes: Matrix3<f64>, spacing_mm: [f64; 3], shape: [usize; 3]) -> Self {
        let half = Vector::from_fn(|axis, _| (shape[axis] as f64 - 1.0) / 2.0 * spacing_mm[axis]);
        Self { origin: centre - axes * half, axes, spacing_mm, shape }
    }

    /// Shape in the order of the array's axes: slices, rows, columns.
    pub fn array_shape(&self) -> [usize; 3] {
        [self.shape[2], self.shape[1], self.shape[0]]
    }

    /// Number of voxels.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// True if some axis has no voxel.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Volume of one voxel, mm³ (slice gaps included).
    pub fn voxel_mm3(&self) -> f64 {
        self.spacing_mm.iter().product()
    }

    /// Steps of one voxel along i, j, k as columns, mm.
    pub fn steps(&self) -> Matrix3<f64> {
        self.axes * Matrix3::from_diagonal(&Vector::from(self.spacing_mm))
    }

    /// Patient position of a (fractional) index (i, j, k).
    pub fn point(&self, index: [f64; 3]) -> Point {
        self.origin + self.steps() * Vector::from(index)
    }

    /// Fractional index (i, j, k) of a patient position; the axes are orthonormal.
    pub fn index(&self, point: &Point) -> [f64; 3] {
        let along = self.axes.transpose() * (point - self.origin);
        std::array::from_fn(|axis| along[axis] / self.spacing_mm[axis])
    }

    /// The nearest voxel (i, j, k) of a patient position, if it lies inside the grid.
    pub fn voxel(&self, point: &Point) -> Option<[usize; 3]> {
        let index = self.index(point);
        let mut voxel = [0; 3];
        for axis in 0..3 {
            let nearest = index[axis].round();
            if !(0.0..self.shape[axis] as f64).contains(&nearest) {
                return None;
            }
            voxel[axis] = nearest as usize;
        }
        Some(voxel)
    }

    /// Middle between first and last voxel.
    pub fn centre(&self) -> Point {
        self.point(std::array::from_fn(|axis| (self.shape[axis] as f64 - 1.0) / 2.0))
    }

    /// Extent of the voxels' outer faces along i, j, k, mm.
    pub fn extent_mm(&self) -> [f64; 3] {
        std::array::from_fn(|axis| self.shape[axis] as f64 * self.spacing_mm[axis])
    }

    /// Direction from slice to slice.
    pub fn normal(&self) -> Vector {
        self.axes.column(2).into_owned()
    }

    /// The axis (0, 1, 2 for i, j, k) that runs most nearly from the patient's one side to the other; sagittal slices
    /// follow one another along it, in whatever order a file has its axes.
    pub fn sideways(&self) -> usize {
        let [i, j, k] = [0, 1, 2].map(|axis| self.axes[(0, axis)].abs());
        if k >= i.max(j) { 2 } else { usize::from(j > i) }
    }

    /// Unit vector along that axis, to the patient's left.
    pub fn left(&self) -> Vector {
        let along = self.axes.column(self.sideways()).into_owned();
        if along.x < 0.0 { -along } else { along }
    }

    /// Homogeneous matrix from index (i, j, k, 1) to LPS mm.
    pub fn affine(&self) -> Matrix4<f64> {
        let mut affine = self.steps().to_homogeneous();
        affine.fixed_view_mut::<3, 1>(0, 3).copy_from(&self.origin.coords);
        affine
    }

    /// The same grid moved by a rigid transform.
    pub fn moved(&self, pose: &Pose) -> Self {
        Self {
            origin: pose * self.origin,
            axes: pose.rotation.to_rotation_matrix().matrix() * self.axes,
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;
    use nalgebra::{Rotation3, Translation3, UnitQuaternion};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn index_undoes_point(angle in -3.0f64..3.0, x in -50.0f64..50.0, i in 0.0f64..9.0, j in 0.0f64..9.0, k in 0.0f64..9.0) {
            let axes = *Rotation3::from_euler_angles(angle, 0.4, -0.7).matrix();
            let grid = Grid::centred(Point::new(x, 3.0, -8.0), axes, [1.5, 0.7, 4.0], [10, 12, 14]);
            let back = grid.index(&grid.point([i, j, k]));
            prop_assert!((back[0] - i).abs() + (back[1] - j).abs() + (back[2] - k).abs() < 1e-9);
        }

        #[test]
        fn a_moved_grid_moves_its_points(angle in -3.0f64..3.0, i in 0.0f64..9.0) {
            let pose = Pose::from_parts(Translation3::new(1.0, -2.0, 3.0), UnitQuaternion::from_euler_angles(angle, 0.1, 0.2));
            let grid = Grid::axis_aligned(Point::new(5.0, 6.0, 7.0), [1.0, 2.0, 3.0], [10, 10, 10]);
            let index = [i, 2.0, 5.0];
            prop_assert!((grid.moved(&pose).point(index) - pose * grid.point(index)).norm() < 1e-9);
        }
    }

    #[test]
    fn the_axis_across_the_patient_is_found_in_every_order() {
        let axes = *Rotation3::from_euler_angles(0.1, -0.2, 0.15).matrix();
        for order in [[0, 1, 2], [1, 0, 2], [1, 2, 0]] {
            let columns = order.map(|axis| -axes.column(axis));
            let grid = Grid::centred(Point::origin(), Matrix3::from_columns(&columns), [1.0; 3], [4; 3]);
            assert_eq!(order[grid.sideways()], 0);
            assert_relative_eq!(grid.left(), axes.column(0).into_owned());
        }
    }

    #[test]
    fn centre_is_the_middle() {
        let grid = Grid::centred(Point::new(1.0, 2.0, 3.0), Matrix3::identity(), [1.0, 2.0, 3.0], [4, 5, 6]);
        assert_relative_eq!(grid.centre(), Point::new(1.0, 2.0, 3.0), epsilon = 1e-12);
        assert_eq!(grid.voxel(&Point::new(100.0, 2.0, 3.0)), None);
    }
}
