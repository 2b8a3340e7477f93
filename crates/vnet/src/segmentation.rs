//! What the network saw in an image.

use geometry::{Grid, Point, Structure, Volume};
use ndarray::Array3;

use crate::model::most_probable;

/// Labels and class probabilities of one image.
#[derive(Clone, Debug)]
pub struct Segmentation {
    /// The most probable structure of every voxel of the input image.
    pub labels: Volume<u8>,
    /// The same on the network's own grid.
    pub prepared_labels: Volume<u8>,
    /// Why the GPU did not answer and the CPU did, if so.
    pub device_fault: Option<String>,
    probabilities: [Volume<f32>; Structure::COUNT],
}

impl Segmentation {
    /// From `[voxel, class]` probabilities on the prepared grid, seen on the input's grid.
    pub(crate) fn new(probabilities: &[f32], prepared: Grid, input: &Grid) -> Self {
        let shape = prepared.array_shape();
        let on_grid = |values: Vec<f32>| {
            Volume::new(prepared.clone(), Array3::from_shape_vec(shape, values).expect("one value a voxel"))
        };
        let labels = Array3::from_shape_vec(shape, most_probable(probabilities)).expect("one label a voxel");
        let prepared_labels = Volume::new(prepared.clone(), labels);
        let labels = Volume::from_fn(input.clone(), |p| label_at(&p, probabilities, &prepared_labels));
        let probabilities = std::array::from_fn(|class| {
            on_grid(probabilities.iter().skip(class).step_by(Structure::COUNT).copied().collect())
        });
        Self { labels, prepared_labels, device_fault: None, probabilities }
    }

    /// Probability of a structure in every voxel of the network's grid.
    pub fn probability(&self, structure: Structure) -> &Volume<f32> {
        self.probability_of_label(structure.label())
    }

    /// The same by label, for networks that tell other classes apart.
    ///
    /// # Panics
    /// If no class has that label.
    pub fn probability_of_label(&self, label: u8) -> &Volume<f32> {
        &self.probabilities[usize::from(label)]
    }
}

/// The most probable structure at a point: probabilities are interpolated where neighbours disagree.
fn label_at(point: &Point, probabilities: &[f32], labels: &Volume<u8>) -> u8 {
    let grid = &labels.grid;
    let index = grid.index(point);
    let (mut low, mut weight) = ([0usize; 3], [0.0f32; 3]);
    for axis in 0..3 {
        let last = grid.shape[axis] as f64 - 1.0;
        if !(-0.5..=last + 0.5).contains(&index[axis]) {
            return Structure::Background.label();
        }
        let inside = index[axis].clamp(0.0, last);
        low[axis] = inside.floor() as usize;
        weight[axis] = (inside - low[axis] as f64) as f32;
    }
    let corner = |number: usize| -> ([usize; 3], f32) {
        let high: [bool; 3] = std::array::from_fn(|axis| number >> axis & 1 == 1);
        let at = std::array::from_fn(|axis| (low[axis] + usize::from(high[axis])).min(grid.shape[axis] - 1));
        let share = (0..3).map(|axis| if high[axis] { weight[axis] } else { 1.0 - weight[axis] }).product();
        (at, share)
    };
    let first = labels.data[[low[2], low[1], low[0]]];
    let agreed = (1..8).map(corner).all(|([i, j, k], share)| share < 1e-4 || labels.data[[k, j, i]] == first);
    if agreed {
        return first;
    }
    let mut mixed = [0.0; Structure::COUNT];
    for ([i, j, k], share) in (0..8).map(corner) {
        let voxel = (k * grid.shape[1] + j) * grid.shape[0] + i;
        let p = &probabilities[voxel * Structure::COUNT..][..Structure::COUNT];
        mixed.iter_mut().zip(p).for_each(|(sum, p)| *sum += share * p);
    }
    most_probable(&mixed)[0]
}
