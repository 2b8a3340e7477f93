//! A patient on the table: a spine with a pose, rasterized on any grid.

use std::sync::Arc;

use geometry::{Grid, Point, Pose, Structure, Vector, Volume};
use nalgebra::{Translation3, UnitQuaternion};
use ndarray::{Array3, Axis, Zip, s};

use crate::material::Material;
use crate::positioning::Positioning;
use crate::rasterize::{rasterize, rasterize_samples};
use crate::spine::Spine;
use crate::truth::SpineTruth;

/// A spine positioned in the scanner.
#[derive(Clone, Debug)]
pub struct PatientOnTable {
    /// The patient's spine.
    pub spine: Arc<Spine>,
    /// From the anatomical frame to LPS with the isocentre as origin.
    pub pose: Pose,
    /// How the patient lies.
    pub positioning: Positioning,
}

impl PatientOnTable {
    /// Positions a patient. A perfect landmark brings the centre of the L3 body to the isocentre in x
    /// and z; the table height brings the middle of the trunk to y = 0. The rotations are about the L3
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

    /// The meaning of the indices of [`Self::rasterize`]; index 0 is air.
    pub fn materials(&self) -> &[Material] {
        self.spine.materials()
    }

    /// The material index at each voxel centre; the same for any number of threads.
    pub fn rasterize(&self, grid: &Grid) -> Volume<u8> {
        rasterize(&self.spine.solids, &self.pose, grid)
    }

    /// Material index at several points of every voxel, `[slice · offsets + offset, row, column]`: offsets from the
    /// centre in voxels along columns, rows and slices, best in ascending order of the last. One pass over all points
    /// is much faster than one volume per offset.
    pub fn rasterize_samples(&self, grid: &Grid, offsets: &[[f64; 3]]) -> Array3<u8> {
        rasterize_samples(&self.spine.solids, &self.pose, grid, offsets)
    }

    /// The class label at each voxel centre.
    pub fn structures(&self, grid: &Grid) -> Volume<u8> {
        self.looked_up(grid, |material| material.structure.label())
    }

    /// The class that fills most of each voxel, in slices of `thickness_mm`: what a thick slice shows, and what a reader
    /// would outline on its image. Ties go to the lower label.
    pub fn structures_by_volume(&self, grid: &Grid, thickness_mm: f64) -> Volume<u8> {
        let table: Vec<u8> = self.materials().iter().map(|material| material.structure.label()).collect();
        let offsets = points_in_voxel(thickness_mm / grid.spacing_mm[2]);
        let samples = self.rasterize_samples(grid, &offsets);
        let slices: Vec<_> = samples.axis_chunks_iter(Axis(0), offsets.len()).collect();
        let [_, rows, columns] = grid.array_shape();
        let mut volume = Volume::filled(grid.clone(), 0);
        Zip::from(volume.data.outer_iter_mut()).and(&slices).par_for_each(|mut labels, samples| {
            for (row, column) in ndarray::indices((rows, columns)) {
                let mut filled = [0_u8; Structure::COUNT];
                for sample in samples.slice(s![.., row, column]) {
                    filled[usize::from(table[usize::from(*sample)])] += 1;
                }
                let most = (1..Structure::COUNT)
                    .fold(0, |most, class| if filled[class] > filled[most] { class } else { most });
                labels[[row, column]] = most as u8;
            }
        });
        volume
    }

    /// The instance label at each voxel centre.
    pub fn instances(&self, grid: &Grid) -> Volume<u8> {
        self.looked_up(grid, |material| material.instance_label)
    }

    /// The truth in LPS mm.
    pub fn truth(&self) -> SpineTruth {
        self.spine.truth().moved(&self.pose)
    }

    /// Metal in the patient as spheres: centres in LPS mm and radii, mm.
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

/// Layers of points in a voxel: half a millimetre apart in slices of 5 mm.
const LAYERS: usize = 9;

/// Points spread evenly over a voxel, four per layer, no two in the same row or column.
fn points_in_voxel(depth: f64) -> Vec<[f64; 3]> {
    let in_plane = [[-0.375, -0.125], [0.125, -0.375], [0.375, 0.125], [-0.125, 0.375]];
    let layer = |layer: usize| depth * ((layer as f64 + 0.5) / LAYERS as f64 - 0.5);
    (0..LAYERS).flat_map(|k| in_plane.map(|[i, j]| [i, j, layer(k)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Population;
    use nalgebra::{Matrix3, Vector3};
    use randomness::Stream;

    #[test]
    fn a_voxel_has_the_class_that_fills_most_of_it() {
        let parameters = Population::adult_lumbar().sample(&Stream::from_seed(11));
        let spine = Spine::build(&parameters, true).expect("a draw is a spine");
        let patient = PatientOnTable::new(Arc::new(spine), Positioning::default());
        let axes = Matrix3::from_columns(&[Vector3::y(), -Vector3::z(), -Vector3::x()]);
        let grid = Grid::centred(Point::new(0.0, 60.0, 0.0), axes, [1.75, 1.75, 5.0], [64, 96, 12]);
        let thickness_mm = 4.0;
        let by_volume = patient.structures_by_volume(&grid, thickness_mm);

        // The reference: one volume of classes per offset.
        let offsets = points_in_voxel(thickness_mm / 5.0);
        let volumes: Vec<_> = offsets
            .iter()
            .map(|offset| patient.structures(&Grid { origin: grid.point(*offset), ..grid.clone() }).data)
            .collect();
        for (voxel, label) in by_volume.data.indexed_iter() {
            let filled = |class: u8| volumes.iter().filter(|volume| volume[voxel] == class).count();
            let most = (0..Structure::COUNT as u8).map(filled).max().expect("five classes");
            assert_eq!(filled(*label), most, "{voxel:?}");
        }
        let centre = patient.structures(&grid);
        let differing = by_volume.data.iter().zip(&centre.data).filter(|(a, b)| a != b).count();
        assert!(differing > 100, "thick slices differ from their middles: {differing}");
        assert!(offsets.iter().all(|offset| offset[2].abs() < 0.4), "within the slice, not the gap");
    }
}
