//! How lines and samples of k-space relate to rows and columns of the image.

use geometry::{PhaseEncoding, SliceGroup};

use crate::SeriesProtocol;

/// Greatest distance of the body from the middle of the field of view, mm: half a tall trunk within the coils.
const REACH_MM: f64 = 280.0;

/// Sizes along the phase-encoding and the readout axis, in pixels of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Encoding {
    /// True if phase encoding runs along a row.
    pub along_row: bool,
    /// Pixels of the image along phase encoding.
    pub phase: usize,
    /// Pixels along the readout; its filter removes what lies beyond.
    pub read: usize,
    /// Pixels of the encoded field of view along phase encoding, oversampling included.
    pub encoded: usize,
    /// Pixels before and after the image that the body may occupy along phase encoding; signal beyond the encoded field of
    /// view wraps around.
    pub margin: usize,
}

impl Encoding {
    pub fn new(series: &SeriesProtocol, group: &SliceGroup) -> Self {
        let [rows, columns] = group.matrix;
        let along_row = group.phase_encoding == PhaseEncoding::Row;
        let (phase, read, fov_mm) =
            if along_row { (columns, rows, group.fov_mm[1]) } else { (rows, columns, group.fov_mm[0]) };
        let reach = (REACH_MM / (fov_mm / phase as f64)).ceil() as usize;
        let encoded = series.encoded_lines(group);
        let margin = (reach.saturating_sub(phase / 2)).max((encoded - phase).div_ceil(2)).min(8 * phase);
        Self { along_row, phase, read, encoded, margin }
    }

    /// Columns of the encoded field of view.
    pub fn columns(&self) -> usize {
        if self.along_row { self.encoded } else { self.read }
    }

    /// Position of a pixel along phase encoding after wrap-around; `place` is relative to the image's first pixel.
    pub fn wrapped(&self, place: isize) -> usize {
        (place + self.first() as isize).rem_euclid(self.encoded as isize) as usize
    }

    /// Position of the image's first pixel in the encoded field of view.
    pub fn first(&self) -> usize {
        (self.encoded - self.phase) / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signal_beyond_the_encoded_field_of_view_wraps_to_the_other_side() {
        let encoding = Encoding { along_row: true, phase: 100, read: 80, encoded: 120, margin: 60 };
        assert_eq!((encoding.wrapped(0), encoding.wrapped(99)), (10, 109));
        assert_eq!(encoding.wrapped(-15), 115, "15 pixels left of the image appear 5 from the right edge");
        assert_eq!(encoding.columns(), 120);
    }
}
