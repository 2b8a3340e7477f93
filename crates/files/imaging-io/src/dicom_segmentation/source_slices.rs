//! The source image of each slice of the labels.

use geometry::Grid;

use super::error::SegmentationError;

/// Tolerance of pixel positions, mm: decimal strings are rounded.
const TOLERANCE_MM: f64 = 0.02;

/// For every slice of the labels, the source's slice with the same pixels; the labels may have the reverse slice order.
pub(super) fn source_slices(labels: &Grid, source: &Grid) -> Result<Vec<usize>, SegmentationError> {
    if labels.shape != source.shape {
        return Err(SegmentationError::OtherShape { labels: labels.shape, images: source.shape });
    }
    let [columns, rows, slices] = labels.shape.map(|n| n as f64 - 1.0);
    let distance_mm = |k: usize, other: usize| {
        let corners = [[0.0, 0.0], [columns, 0.0], [0.0, rows]];
        let at = |[i, j]: [f64; 2]| (labels.point([i, j, k as f64]) - source.point([i, j, other as f64])).norm();
        corners.map(at).into_iter().fold(0.0, f64::max)
    };
    (0..labels.shape[2])
        .map(|k| {
            let candidates = [k, slices as usize - k].into_iter();
            let nearest = candidates.min_by(|a, b| distance_mm(k, *a).total_cmp(&distance_mm(k, *b)));
            let nearest = nearest.expect("there are two candidates");
            let distance_mm = distance_mm(k, nearest);
            if distance_mm <= TOLERANCE_MM {
                Ok(nearest)
            } else {
                Err(SegmentationError::OtherPosition { slice: k + 1, distance_mm })
            }
        })
        .collect()
}
