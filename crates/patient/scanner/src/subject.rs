//! What is scanned: a patient or a test object.

use geometry::{Grid, PatientPosition, Volume};
use ndarray::Array3;
use phantom::Motion;

use crate::{Implant, Substance};

/// Something that can be scanned.
pub trait Subject: Sync {
    /// The substances at a field strength (T), in the order of the indices that [`Self::rasterize`] gives.
    fn substances(&self, field_t: f64) -> Vec<Substance>;

    /// Index of the substance at each voxel centre.
    fn rasterize(&self, grid: &Grid) -> Volume<u8>;

    /// Index of the substance at several places of every voxel, `[slice · offsets + offset, row, column]`; offsets from
    /// the centre in voxels along columns, rows and slices.
    fn rasterize_samples(&self, grid: &Grid, offsets: &[[f64; 3]]) -> Array3<u8> {
        let samples: Vec<_> = offsets
            .iter()
            .map(|offset| self.rasterize(&Grid { origin: grid.point(*offset), ..grid.clone() }).data)
            .collect();
        let [slices, rows, columns] = grid.array_shape();
        Array3::from_shape_fn([slices * offsets.len(), rows, columns], |(layer, row, column)| {
            samples[layer % offsets.len()][[layer / offsets.len(), row, column]]
        })
    }

    /// Patient position, which determines the side on which the spine array lies.
    fn position(&self) -> PatientPosition;

    /// Seed of the texture within tissues: the same in every series of one subject.
    fn texture_seed(&self) -> u64;

    /// Its motion.
    fn motion(&self) -> Motion {
        Motion::STILL
    }

    /// Its metal, LPS mm.
    fn implants(&self) -> Vec<Implant> {
        Vec::new()
    }

    /// Number of points at which each voxel is sampled. Thin structures across thick slices need more.
    fn samples_per_voxel(&self) -> usize {
        4
    }
}
