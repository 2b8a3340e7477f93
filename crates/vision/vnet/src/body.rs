//! Where in an image a body is, and where in it a spine can be: air and bowels are not worth a network's time.

use geometry::Volume;

use crate::prepare::PrepareError;

/// Pixels count as body above this share of the 99th percentile.
const BODY_THRESHOLD: f32 = 0.12;
/// A row or column of a slice counts as body where at least this share of its pixels does.
const BODY_SHARE: f64 = 0.02;
/// A row or column of the image does where at least this share of its slices do: a spike or a ghost in a few is no body.
const BODY_SLICES: f64 = 0.25;
/// Margin left around the body, voxels.
const MARGIN: usize = 4;
/// A row or column is within the body, not at its rim, where at least this share of its pixels is of the body in half of
/// the slices: neither ghosts nor noise in the air come to that.
const SOLID_SHARE: f64 = 0.25;
/// What of a sagittal image is read in front of the last column within the body, and behind it, mm: of forty patients of
/// each of nine populations, the obese among them, no spine lay nearer than 29 mm to the first column that is read, nor
/// nearer than 24 mm to the last (`cargo run --release -p plumbline-training-data --example what_is_read`, seed 7500340).
const ABOUT_THE_BACK_MM: [f64; 2] = [203.0, 42.0];
/// From front to back, mm: the most that is read of a sagittal image whose back is seen.
pub const FRONT_TO_BACK_MM: f64 = ABOUT_THE_BACK_MM[0] + ABOUT_THE_BACK_MM[1];

/// In which rows, or columns, a body is seen.
struct Seen {
    /// Pixels of a row or column that are enough, and that make it solid.
    enough: [usize; 2],
    /// In the slice at hand, by row or column.
    pixels: Vec<usize>,
    /// Slices that had enough, and slices where it is solid.
    slices: Vec<[usize; 2]>,
}

impl Seen {
    fn new(count: usize, across: usize) -> Self {
        let enough = [BODY_SHARE, SOLID_SHARE].map(|share| (share * across as f64).ceil() as usize);
        Self { enough, pixels: vec![0; count], slices: vec![[0; 2]; count] }
    }

    fn end_slice(&mut self) {
        for (pixels, slices) in self.pixels.iter_mut().zip(&mut self.slices) {
            let pixels = std::mem::take(pixels);
            slices.iter_mut().zip(self.enough).for_each(|(slices, enough)| *slices += usize::from(pixels >= enough));
        }
    }

    /// First and last, with a margin, of an image of so many slices; all if there is none.
    fn range(&self, slices: usize) -> (usize, usize) {
        let enough = (BODY_SLICES * slices as f64).ceil() as usize;
        let end = self.slices.len() - 1;
        let first = self.slices.iter().position(|[n, _]| *n >= enough).unwrap_or(0);
        let last = self.slices.iter().rposition(|[n, _]| *n >= enough).unwrap_or(end);
        (first.saturating_sub(MARGIN), (last + MARGIN).min(end))
    }

    /// The last row or column within the body, of an image of so many slices.
    fn last_solid(&self, slices: usize) -> Option<usize> {
        self.slices.iter().rposition(|[_, n]| 2 * n >= slices)
    }
}

/// Where the body is and how bright.
pub(crate) struct Body {
    /// First and last row and column (inclusive).
    pub rows: (usize, usize),
    pub columns: (usize, usize),
    /// The last column within the body.
    last_solid_column: Option<usize>,
    /// Mean intensity.
    pub mean: f32,
}

impl Body {
    /// # Errors
    /// [`PrepareError::Empty`] if there is nothing to see.
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
        let (mut rows_seen, mut columns_seen) = (Seen::new(rows, columns), Seen::new(columns, rows));
        let (mut sum, mut count) = (0.0f64, 0usize);
        for slice in image.data.outer_iter() {
            for ((row, column), value) in slice.indexed_iter() {
                if *value > threshold {
                    rows_seen.pixels[row] += 1;
                    columns_seen.pixels[column] += 1;
                    sum += f64::from(value.min(bright));
                    count += 1;
                }
            }
            rows_seen.end_slice();
            columns_seen.end_slice();
        }
        Ok(Self {
            rows: rows_seen.range(slices),
            columns: columns_seen.range(slices),
            last_solid_column: columns_seen.last_solid(slices),
            mean: (sum / count.max(1) as f64) as f32,
        })
    }

    /// The same of a sagittal image whose columns run to the back, without what lies too far from the back to be spine.
    pub fn about_the_spine(self, pixel_mm: f64) -> Self {
        let Some(back) = self.last_solid_column else { return self };
        let [front, behind] = ABOUT_THE_BACK_MM.map(|mm| (mm / pixel_mm).floor() as usize);
        let (first, last) = self.columns;
        Self { columns: (first.max((back + 1).saturating_sub(front)), last.min(back + behind)), ..self }
    }
}
