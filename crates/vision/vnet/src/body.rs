//! Where the body lies in an image, and where in it the spine can lie: the network does not read air and belly.

use geometry::Volume;

use crate::prepare_error::PrepareError;

/// Pixels count as body above this share of the 99th percentile.
const BODY_THRESHOLD: f32 = 0.12;
/// A row or column of a slice counts as body where at least this share of its pixels does.
const BODY_SHARE: f64 = 0.02;
/// A row or column of the image counts where it does in at least this share of its slices: spikes or ghosts in a few
/// slices do not.
const BODY_SLICES: f64 = 0.25;
/// Margin left around the body, voxels.
const MARGIN: usize = 4;
/// A row or column lies inside the body where at least this share of its pixels counts as body in half of the slices:
/// ghosts and noise in the air do not reach it.
const INSIDE_SHARE: f64 = 0.25;
/// How much of a sagittal image is read in front of the last column inside the body, and behind it, mm: in forty patients of
/// each of nine populations, the obese included, no spine lay closer than 29 mm to the first column read, nor closer than
/// 24 mm to the last (`cargo run --release -p plumbline-training-data --example what_is_read`, seed 7500340).
const AROUND_BACK_MM: [f64; 2] = [203.0, 42.0];
/// Most that is read of a sagittal image from front to back, mm, if the back is in the image.
pub const FRONT_TO_BACK_MM: f64 = AROUND_BACK_MM[0] + AROUND_BACK_MM[1];

/// Body pixels of the rows, or columns, of an image.
struct Profile {
    /// Pixels from which on a row or column counts as body, and as inside the body.
    thresholds: [usize; 2],
    /// Body pixels of the current slice, by row or column.
    pixels: Vec<usize>,
    /// Number of slices in which a row or column counts as body, and as inside the body.
    slices: Vec<[usize; 2]>,
}

impl Profile {
    fn new(count: usize, across: usize) -> Self {
        let thresholds = [BODY_SHARE, INSIDE_SHARE].map(|share| (share * across as f64).ceil() as usize);
        Self { thresholds, pixels: vec![0; count], slices: vec![[0; 2]; count] }
    }

    fn end_slice(&mut self) {
        for (pixels, slices) in self.pixels.iter_mut().zip(&mut self.slices) {
            let pixels = std::mem::take(pixels);
            slices.iter_mut().zip(self.thresholds).for_each(|(slices, least)| *slices += usize::from(pixels >= least));
        }
    }

    /// First and last that count, with a margin; all if none does.
    fn range(&self, slices: usize) -> (usize, usize) {
        let enough = (BODY_SLICES * slices as f64).ceil() as usize;
        let end = self.slices.len() - 1;
        let first = self.slices.iter().position(|[n, _]| *n >= enough).unwrap_or(0);
        let last = self.slices.iter().rposition(|[n, _]| *n >= enough).unwrap_or(end);
        (first.saturating_sub(MARGIN), (last + MARGIN).min(end))
    }

    /// The last row or column inside the body.
    fn last_inside(&self, slices: usize) -> Option<usize> {
        self.slices.iter().rposition(|[_, n]| 2 * n >= slices)
    }
}

/// Where the body lies and how bright it is.
pub(crate) struct Body {
    /// First and last row and column (inclusive).
    pub rows: (usize, usize),
    pub columns: (usize, usize),
    /// The last column inside the body.
    last_inside_column: Option<usize>,
    /// Mean intensity.
    pub mean: f32,
}

impl Body {
    /// # Errors
    /// [`PrepareError::Empty`] if no voxel is finite, or hardly any is brighter than 0.
    pub fn find(image: &Volume<f32>) -> Result<Self, PrepareError> {
        let (slices, rows, columns) = image.data.dim();
        // Every seventh voxel is enough for a percentile.
        let mut sample: Vec<f32> = image.data.iter().copied().step_by(7).filter(|v| v.is_finite()).collect();
        if sample.is_empty() {
            return Err(PrepareError::Empty("no voxel has a finite value"));
        }
        let rank = (sample.len() - 1) * 99 / 100;
        let bright = *sample.select_nth_unstable_by(rank, f32::total_cmp).1;
        if bright <= 0.0 {
            return Err(PrepareError::Empty("fewer than one voxel in a hundred is brighter than 0"));
        }
        let threshold = BODY_THRESHOLD * bright;
        let (mut row_profile, mut column_profile) = (Profile::new(rows, columns), Profile::new(columns, rows));
        let (mut sum, mut count) = (0.0f64, 0usize);
        for slice in image.data.outer_iter() {
            for ((row, column), value) in slice.indexed_iter() {
                if *value > threshold {
                    row_profile.pixels[row] += 1;
                    column_profile.pixels[column] += 1;
                    sum += f64::from(value.min(bright));
                    count += 1;
                }
            }
            row_profile.end_slice();
            column_profile.end_slice();
        }
        Ok(Self {
            rows: row_profile.range(slices),
            columns: column_profile.range(slices),
            last_inside_column: column_profile.last_inside(slices),
            mean: (sum / count.max(1) as f64) as f32,
        })
    }

    /// The same without the columns that are too far from the back to show the spine, for a sagittal image whose columns
    /// run to the back.
    pub fn near_the_back(self, pixel_mm: f64) -> Self {
        let Some(back) = self.last_inside_column else { return self };
        let [front, behind] = AROUND_BACK_MM.map(|mm| (mm / pixel_mm).floor() as usize);
        let (first, last) = self.columns;
        Self { columns: (first.max((back + 1).saturating_sub(front)), last.min(back + behind)), ..self }
    }
}
