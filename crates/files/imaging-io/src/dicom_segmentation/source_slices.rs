//! Which image of the source each slice of the labels lies on.

use geometry::Grid;

/// Pixels that are to lie on one another may be apart by this much, mm: decimal strings are rounded.
const SAME_PLACE_MM: f64 = 0.02;

/// For every slice of the labels, the source's slice with the same pixels; the labels' slices may run the other way.
/// What differs, if some slice has none.
pub(super) fn source_slices(labels: &Grid, source: &Grid) -> Result<Vec<usize>, String> {
    if labels.shape != source.shape {
        return Err(format!("labels of {:?} voxels on images of {:?}", labels.shape, source.shape));
    }
    let [columns, rows, slices] = labels.shape.map(|n| n as f64 - 1.0);
    let apart = |k: usize, other: usize| {
        let corners = [[0.0, 0.0], [columns, 0.0], [0.0, rows]];
        let gap = |[i, j]: [f64; 2]| (labels.point([i, j, k as f64]) - source.point([i, j, other as f64])).norm();
        corners.map(gap).into_iter().fold(0.0, f64::max)
    };
    (0..labels.shape[2])
        .map(|k| {
            let nearest = [k, slices as usize - k].into_iter().min_by(|a, b| apart(k, *a).total_cmp(&apart(k, *b)));
            let nearest = nearest.expect("there are two to choose from");
            let gap_mm = apart(k, nearest);
            if gap_mm <= SAME_PLACE_MM {
                Ok(nearest)
            } else {
                Err(format!("slice {} of the labels lies {gap_mm:.2} mm from the nearest image", k + 1))
            }
        })
        .collect()
}
