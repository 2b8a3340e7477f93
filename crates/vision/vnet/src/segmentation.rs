//! The result of segmenting an image.

use geometry::{Grid, Structure, Volume};
use ndarray::{Array3, Axis};
use rayon::prelude::*;

use crate::outline::{ByStructure, Outline, most_probable};

/// Labels and class probabilities of one image.
#[derive(Clone, Debug)]
pub struct Segmentation {
    /// The most probable structure of every voxel of the input image.
    pub labels: Volume<u8>,
    /// The same on the network's own grid.
    pub prepared_labels: Volume<u8>,
    /// The convention by which vertebrae are outlined.
    pub outline: Outline,
    /// Why the CPU segmented instead of the GPU, if it did.
    pub device_fault: Option<String>,
    probabilities: [Volume<f32>; Structure::COUNT],
}

impl Segmentation {
    /// From probabilities on the prepared grid, resampled to the input's grid.
    pub(crate) fn new(probabilities: ByStructure, prepared: Grid, input: &Grid) -> Self {
        let prepared_labels = volume(&prepared, most_probable(&probabilities));
        let probabilities = probabilities.map(|p| volume(&prepared, p));
        let map = IndexMap::new(input, &prepared);
        let mut labels = Volume::filled(input.clone(), Structure::Background.label());
        let [_, rows, _] = input.array_shape();
        let lines = labels.data.as_slice_mut().expect("a fresh volume is in order");
        lines.par_chunks_mut(input.shape[0].max(1)).enumerate().for_each(|(line, labels)| {
            let [row, slice] = [line % rows, line / rows];
            if let Some(first) = map.along_a_line([row, slice], labels.len()) {
                copy_line(first, &prepared_labels, labels);
                return;
            }
            for (column, label) in labels.iter_mut().enumerate() {
                *label = label_at(map.index([column, row, slice]), &probabilities, &prepared_labels);
            }
        });
        Self { labels, prepared_labels, outline: Outline::Anatomy, device_fault: None, probabilities }
    }

    /// Assigns voxels `[slice, row, column]` of the network's grid to `structure`: its probability becomes 1, the others'
    /// become 0, and the labels on both grids follow.
    pub fn reassign(&mut self, voxels: &[[usize; 3]], structure: Structure) {
        for voxel in voxels {
            self.prepared_labels.data[*voxel] = structure.label();
            for (class, probability) in self.probabilities.iter_mut().enumerate() {
                probability.data[*voxel] = f32::from(u8::from(class == usize::from(structure.label())));
            }
        }
        let (prepared, image) = (&self.prepared_labels.grid, self.labels.grid.clone());
        let map = IndexMap::new(&image, prepared);
        for [k, j, i] in voxels {
            // Interpolation spreads a voxel over everything between its neighbours.
            let corners = (0..8).map(|corner| {
                let side = |bit: usize, at: usize| at as f64 + if corner >> bit & 1 == 1 { 1.0 } else { -1.0 };
                image.index(&prepared.point([side(0, *i), side(1, *j), side(2, *k)]))
            });
            let (mut from, mut to) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
            for corner in corners {
                for axis in 0..3 {
                    (from[axis], to[axis]) = (from[axis].min(corner[axis]), to[axis].max(corner[axis]));
                }
            }
            let range = |axis: usize| {
                let last = image.shape[axis] as f64;
                from[axis].ceil().clamp(0.0, last) as usize..(to[axis].floor() + 1.0).clamp(0.0, last) as usize
            };
            for (slice, row) in range(2).flat_map(|slice| range(1).map(move |row| (slice, row))) {
                for column in range(0) {
                    let index = map.index([column, row, slice]);
                    self.labels.data[[slice, row, column]] =
                        label_at(index, &self.probabilities, &self.prepared_labels);
                }
            }
        }
    }

    /// Probability of a structure in every voxel of the network's grid.
    pub fn probability(&self, structure: Structure) -> &Volume<f32> {
        self.probability_of_label(structure.label())
    }

    /// The same by label, for networks with other structures.
    ///
    /// # Panics
    /// If no class has that label.
    pub fn probability_of_label(&self, label: u8) -> &Volume<f32> {
        &self.probabilities[usize::from(label)]
    }
}

fn volume<T>(grid: &Grid, values: Vec<T>) -> Volume<T> {
    let data = Array3::from_shape_vec(grid.array_shape(), values).expect("one value a voxel");
    Volume::new(grid.clone(), data)
}

/// Maps voxel indices of one grid to fractional indices of another.
struct IndexMap {
    origin: [f64; 3],
    /// Change of index by one column, one row and one slice.
    steps: [[f64; 3]; 3],
}

impl IndexMap {
    fn new(from: &Grid, on: &Grid) -> Self {
        let at = |index: [f64; 3]| on.index(&from.point(index));
        let origin = at([0.0; 3]);
        let step = |end: [f64; 3]| std::array::from_fn(|axis| end[axis] - origin[axis]);
        Self { origin, steps: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]].map(|unit| step(at(unit))) }
    }

    fn index(&self, [i, j, k]: [usize; 3]) -> [f64; 3] {
        let [by_column, by_row, by_slice] = &self.steps;
        std::array::from_fn(|axis| {
            self.origin[axis] + i as f64 * by_column[axis] + j as f64 * by_row[axis] + k as f64 * by_slice[axis]
        })
    }

    /// The voxel of a row's first voxel, if all of the row's voxels coincide with successive voxels of a line of the other
    /// grid (or lie beyond its ends).
    fn along_a_line(&self, [row, slice]: [usize; 2], columns: usize) -> Option<[i64; 3]> {
        let first = self.index([0, row, slice]);
        let last = self.index([columns.saturating_sub(1), row, slice]);
        let near = first.map(f64::round);
        let on_a_voxel = |axis: usize| {
            let along = if axis == 0 { columns.saturating_sub(1) as f64 } else { 0.0 };
            at_a_voxel(first[axis], near[axis]) && at_a_voxel(last[axis], near[axis] + along)
        };
        (0..3).all(on_a_voxel).then(|| near.map(|at| at as i64))
    }
}

fn at_a_voxel(index: f64, voxel: f64) -> bool {
    (index - voxel).abs() < 1e-4
}

/// Copies labels along a line of their grid, from a voxel on; outside the grid everything is background.
fn copy_line([column, row, slice]: [i64; 3], from: &Volume<u8>, to: &mut [u8]) {
    let [slices, rows, columns] = from.grid.array_shape();
    let within = |at: i64, count: usize| usize::try_from(at).ok().filter(|at| *at < count);
    to.fill(Structure::Background.label());
    if let Some((slice, row)) = within(slice, slices).zip(within(row, rows)) {
        let plane = from.data.index_axis(Axis(0), slice);
        let line = plane.row(row);
        let end = (columns as i64 - column).clamp(0, to.len() as i64);
        for at in (-column).clamp(0, end)..end {
            to[at as usize] = line[(at + column) as usize];
        }
    }
}

/// The most probable structure at an index of the network's grid: probabilities are interpolated where neighbours
/// disagree.
fn label_at(index: [f64; 3], probabilities: &[Volume<f32>; Structure::COUNT], labels: &Volume<u8>) -> u8 {
    let grid = &labels.grid;
    let near = index.map(f64::round);
    let inside = |axis: usize| (0.0..grid.shape[axis] as f64).contains(&near[axis]);
    if (0..3).all(|axis| at_a_voxel(index[axis], near[axis]) && inside(axis)) {
        return labels.data[[near[2] as usize, near[1] as usize, near[0] as usize]];
    }
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
    let mut mixed = [0.0f32; Structure::COUNT];
    for ([i, j, k], share) in (0..8).map(corner) {
        mixed.iter_mut().zip(probabilities).for_each(|(sum, p)| *sum += share * p.data[[k, j, i]]);
    }
    (1..Structure::COUNT).fold(0, |best, class| if mixed[class] > mixed[best] { class } else { best }) as u8
}

#[cfg(test)]
mod tests {
    use geometry::Point;

    use super::*;

    #[test]
    fn reassigned_voxels_change_on_both_grids_and_no_others() {
        let prepared = Grid::axis_aligned(Point::origin(), [2.0, 2.0, 4.0], [16, 16, 8]);
        let input = Grid::axis_aligned(Point::new(1.3, 0.6, 0.5), [0.7, 0.7, 1.0], [40, 40, 26]);
        let disc = |[i, j, k]: [usize; 3]| (2..7).contains(&i) && (2..12).contains(&j) && (1..6).contains(&k);
        let vertebra = |[i, ..]: [usize; 3]| i >= 10;
        let label = |voxel: usize| {
            let at = [voxel % 16, voxel / 16 % 16, voxel / 256];
            if disc(at) { 2 } else { usize::from(vertebra(at)) }
        };
        let p = std::array::from_fn(|class| {
            (0..16 * 16 * 8).map(|voxel| if class == label(voxel) { 0.8 } else { 0.05 }).collect()
        });
        let before = Segmentation::new(p, prepared.clone(), &input);
        assert!(before.labels.data.iter().any(|label| *label == 2));
        let discs: Vec<[usize; 3]> = before
            .prepared_labels
            .data
            .indexed_iter()
            .filter(|(_, label)| **label == 2)
            .map(|((k, j, i), _)| [k, j, i])
            .collect();
        let mut after = before.clone();
        after.reassign(&discs, Structure::Background);
        assert!(after.labels.data.iter().chain(&after.prepared_labels.data).all(|label| *label != 2));
        let kept = |seen: &Segmentation| seen.labels.data.iter().filter(|label| **label == 1).count();
        assert_eq!(kept(&before), kept(&after));
        assert!(after.probability(Structure::Background).data[[3, 5, 4]] > 0.99);

        // The slow twin: all labels computed again.
        let grid = after.prepared_labels.grid.clone();
        let anew = Volume::from_fn(input, |p| label_at(grid.index(&p), &after.probabilities, &after.prepared_labels));
        assert_eq!(anew.data, after.labels.data);
    }

    #[test]
    fn rows_that_coincide_with_the_networks_lines_are_copied() {
        let prepared = Grid::axis_aligned(Point::origin(), [2.0, 2.0, 4.0], [16, 16, 8]);
        // Wider and shifted; too low at first; between the lines; with other columns.
        for (origin, spacing) in [
            ([-6.0, -4.0, -8.0], [2.0, 2.0, 4.0]),
            ([4.0, 2.0, 4.0], [2.0, 4.0, 4.0]),
            ([-6.0, -3.5, -8.0], [2.0, 2.0, 4.0]),
            ([-6.0, -4.0, -8.0], [1.9, 2.0, 4.0]),
        ] {
            let input = Grid::axis_aligned(Point::from(origin), spacing, [24, 20, 12]);
            let p = std::array::from_fn(|class| {
                (0..16 * 16 * 8).map(|voxel| if class == voxel * 7 / 5 % 5 { 0.8 } else { 0.05 }).collect()
            });
            let found = Segmentation::new(p, prepared.clone(), &input);
            let anew =
                Volume::from_fn(input, |p| label_at(prepared.index(&p), &found.probabilities, &found.prepared_labels));
            assert_eq!(found.labels.data, anew.data, "{origin:?}, {spacing:?}");
        }
    }
}
