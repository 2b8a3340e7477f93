//! A patient on the table: a spine at a pose, seen on any grid.

use std::sync::Arc;

use geometry::{Grid, Point, Pose, Vector, Volume};
use nalgebra::{Translation3, UnitQuaternion};
use ndarray::Array3;

use crate::material::Material;
use crate::positioning::Positioning;
use crate::rasterize::{rasterize, rasterize_samples};
use crate::spine::Spine;
use crate::truth::SpineTruth;

/// A spine at its place in the scanner.
#[derive(Clone, Debug)]
pub struct PatientOnTable {
    /// Who lies there.
    pub spine: Arc<Spine>,
    /// From the anatomical frame to LPS with the isocentre as origin.
    pub pose: Pose,
    /// How the patient lies.
    pub positioning: Positioning,
}

impl PatientOnTable {
    /// Lays a patient down. A perfect landmark brings the centre of the L3 body to the isocentre in x
    /// and z; the table's height brings the middle of the trunk to y = 0. The rotations turn about the L3
    /// body: roll about z first, then pitch about x, then yaw about y.
    pub fn new(spine: Arc<Spine>, positioning: Positioning) -> Self {
        let about = |axis, deg: f64| UnitQuaternion::from_axis_angle(&axis, deg.to_radians());
        let rotation = about(Vector::y_axis(), positioning.yaw_deg)
            * about(Vector::x_axis(), positioning.pitch_deg)
            * about(Vector::z_axis(), positioning.roll_deg);
        let [left, back, head] = positioning.offset_mm;
        let translation = Translation3::new(left, back - spine.trunk_centre_mm(), head + positioning.landmark_error_mm);
        Self { pose: Pose::from_parts(translation, rotation), spine, positioning }
    }

    /// What the indices of [`Self::rasterize`] stand for; index 0 is air.
    pub fn materials(&self) -> &[Material] {
        self.spine.materials()
    }

    /// The material index at each voxel centre; the same for any number of threads.
    pub fn rasterize(&self, grid: &Grid) -> Volume<u8> {
        rasterize(&self.spine.solids, &self.pose, grid)
    }

    /// Material index at several places of every voxel, `[slice · offsets + offset, row, column]`: offsets from the
    /// centre in voxels along columns, rows and slices, best in ascending order of the last. One pass over all places
    /// is much faster than a volume for each.
    pub fn rasterize_samples(&self, grid: &Grid, offsets: &[[f64; 3]]) -> Array3<u8> {
        rasterize_samples(&self.spine.solids, &self.pose, grid, offsets)
    }

    /// The class label at each voxel centre.
    pub fn structures(&self, grid: &Grid) -> Volume<u8> {
        self.looked_up(grid, |material| material.structure.label())
    }

    /// The instance label at each voxel centre.
    pub fn instances(&self, grid: &Grid) -> Volume<u8> {
        self.looked_up(grid, |material| material.instance_label)
    }

    /// The truth in LPS mm.
    pub fn truth(&self) -> SpineTruth {
        self.spine.truth().moved(&self.pose)
    }

    /// Metal in the patient as balls: centres in LPS mm and radii, mm.
    pub fn metal(&self) -> Vec<(Point, f64)> {
        self.spine.metal().iter().map(|(centre, radius_mm)| (self.pose * centre, *radius_mm)).collect()
    }

    fn looked_up(&self, grid: &Grid, value: impl Fn(&Material) -> u8) -> Volume<u8> {
        let table: Vec<u8> = self.materials().iter().map(value).collect();
        let mut volume = self.rasterize(grid);
        volume.data.mapv_inplace(|index| table[usize::from(index)]);
        volume
    }
}
