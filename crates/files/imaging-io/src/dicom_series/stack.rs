//! Assembles slices into a volume: parallel, of equal size, evenly spaced.

use std::path::Path;

use geometry::{Grid, PatientPosition, Volume};
use nalgebra::Matrix3;
use ndarray::Array3;

use super::slice::Slice;
use super::source::SourceImage;
use crate::error::FileError;

/// Tolerance of even slice spacing, mm.
const SPACING_TOLERANCE_MM: f64 = 0.05;

/// The slices of one series, sorted along their normal.
pub(super) struct Stack {
    pub volume: Volume<f32>,
    pub position: Option<PatientPosition>,
    /// The images of the slices, in the order of the volume.
    pub images: Vec<SourceImage>,
}

impl Stack {
    /// Checks and sorts the slices found under a path.
    pub fn of(path: &Path, mut slices: Vec<Slice>) -> Result<Self, FileError> {
        let Some(first) = slices.first() else {
            return Err(FileError::unsuitable(path, "no DICOM image", "the files of one MR series"));
        };
        if let Some(other) = slices.iter().find(|slice| slice.series != first.series) {
            let expected = "a folder with one series";
            return Err(FileError::unsuitable(&other.path, "an image of another series", expected));
        }
        if let Some(other) = slices.iter().find(|slice| !parallel(slice, first)) {
            let found = format!("{}a different matrix, pixel spacing or orientation", named(other));
            return Err(FileError::unsuitable(&other.path, found, "parallel slices of equal size"));
        }

        let normal = first.row.cross(&first.column);
        let along = |slice: &Slice| normal.dot(&slice.position.coords);
        slices.sort_by(|a, b| along(a).total_cmp(&along(b)));
        let step_mm = match slices.len() {
            1 => slices[0].thickness_mm,
            n => (along(&slices[n - 1]) - along(&slices[0])) / (n as f64 - 1.0),
        };
        let gap = |pair: &[Slice]| along(&pair[1]) - along(&pair[0]);
        let mut gaps: Vec<f64> = slices.windows(2).map(gap).collect();
        gaps.sort_by(f64::total_cmp);
        for pair in slices.windows(2) {
            let (gap, usual) = (gap(pair), gaps[gaps.len() / 2]);
            if gap < 1e-3 || (gap - usual).abs() > SPACING_TOLERANCE_MM {
                let found = format!("{}a slice {gap:.3} mm after the previous one", named(&pair[1]));
                let expected = "evenly spaced slices, none missing or duplicated";
                return Err(FileError::unsuitable(&pair[1].path, found, expected));
            }
        }

        let first = &slices[0];
        let [rows, columns] = first.shape;
        let grid = Grid {
            origin: first.position,
            axes: Matrix3::from_columns(&[first.row, first.column, normal]),
            spacing_mm: [first.spacing_mm[1], first.spacing_mm[0], step_mm],
            shape: [columns, rows, slices.len()],
        };
        let position = first.patient_position;
        let images = slices.iter().map(SourceImage::of).collect();
        let shape = grid.array_shape();
        let values: Vec<f32> = slices.into_iter().flat_map(|slice| slice.values).collect();
        let data = Array3::from_shape_vec(shape, values).expect("every slice has rows × columns values");
        Ok(Self { volume: Volume::new(grid, data), position, images })
    }
}

fn parallel(a: &Slice, b: &Slice) -> bool {
    a.shape == b.shape
        && (a.row - b.row).norm() < 1e-3
        && (a.column - b.column).norm() < 1e-3
        && (a.spacing_mm[0] - b.spacing_mm[0]).abs() + (a.spacing_mm[1] - b.spacing_mm[1]).abs() < 1e-3
}

/// The frame number in an enhanced image, as the start of a message.
fn named(slice: &Slice) -> String {
    slice.frame.map(|frame| format!("frame {frame} has ")).unwrap_or_default()
}
