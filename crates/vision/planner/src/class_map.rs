//! What a segmentation network says of an image, in the form in which the spine is read from it.

use geometry::{Grid, Point, Structure, Vector, Volume};
use vnet::Segmentation;

/// Labels and class probabilities on one grid, whose slices are sagittal, more or less.
#[derive(Clone, Copy, Debug)]
pub struct ClassMap<'a> {
    /// The most probable structure of every voxel.
    pub labels: &'a Volume<u8>,
    /// Probability of each structure, in label order, on the same grid.
    pub probabilities: [&'a Volume<f32>; Structure::COUNT],
    /// The voxels of the images themselves; the network's grid may reach beyond them.
    pub scanned: &'a Grid,
}

impl<'a> From<&'a Segmentation> for ClassMap<'a> {
    fn from(segmentation: &'a Segmentation) -> Self {
        Self {
            labels: &segmentation.prepared_labels,
            probabilities: Structure::ALL.map(|structure| segmentation.probability(structure)),
            scanned: &segmentation.labels.grid,
        }
    }
}

impl ClassMap<'_> {
    /// Probability of a structure at a point, interpolated; 0 outside the grid or where it is no number.
    pub fn probability(&self, structure: Structure, point: &Point) -> f64 {
        let value = self.probabilities[usize::from(structure.label())].trilinear(point).unwrap_or(0.0);
        if value.is_finite() { f64::from(value).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The distance from `start` along `direction` at which a structure's probability falls below one
    /// half, mm, to a tenth of the step; `None` if it does not within `reach_mm`, or if `start` is not inside.
    pub fn border_mm(&self, structure: Structure, start: &Point, direction: &Vector, reach_mm: f64) -> Option<f64> {
        const STEP_MM: f64 = 0.6;
        let mut before = self.probability(structure, start);
        if before < 0.5 {
            return None;
        }
        let mut along = STEP_MM;
        while along <= reach_mm {
            let here = self.probability(structure, &(start + direction * along));
            if here < 0.5 {
                return Some(along - STEP_MM * (0.5 - here) / (before - here));
            }
            before = here;
            along += STEP_MM;
        }
        None
    }
}
