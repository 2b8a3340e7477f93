//! Functions that vary slowly over a slice: computed on a coarse lattice and interpolated.

use geometry::{Grid, Point};

/// Spacing of the lattice's nodes, mm: coil sensitivities and fields vary over centimetres.
const NODE_MM: f64 = 8.0;

/// A smooth function of place at every pixel of slice `k`, rows × columns: bilinear between nodes.
pub(crate) fn smooth_over(grid: &Grid, k: usize, f: impl Fn(&Point) -> f32) -> Vec<f32> {
    let [columns, rows, _] = grid.shape;
    let step = [0, 1].map(|axis| ((NODE_MM / grid.spacing_mm[axis]) as usize).max(1));
    let nodes = [columns.div_ceil(step[0]) + 1, rows.div_ceil(step[1]) + 1];
    let at = |i: usize, j: usize| f(&grid.point([(i * step[0]) as f64, (j * step[1]) as f64, k as f64]));
    let lattice: Vec<f32> =
        (0..nodes[1]).flat_map(|j| (0..nodes[0]).map(move |i| (i, j))).map(|(i, j)| at(i, j)).collect();

    let mut values = Vec::with_capacity(rows * columns);
    let mut between = vec![0.0f32; nodes[0]];
    for row in 0..rows {
        let (below, part) = (row / step[1], (row % step[1]) as f32 / step[1] as f32);
        let (low, high) = (&lattice[below * nodes[0]..], &lattice[(below + 1) * nodes[0]..]);
        for (value, (a, b)) in between.iter_mut().zip(low.iter().zip(high)) {
            *value = a + (b - a) * part;
        }
        values.extend((0..columns).map(|column| {
            let (left, part) = (column / step[0], (column % step[0]) as f32 / step[0] as f32);
            between[left] + (between[left + 1] - between[left]) * part
        }));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_function_is_interpolated_exactly() {
        let grid = Grid::axis_aligned(Point::new(-30.0, 4.0, 7.0), [0.9, 1.3, 5.0], [61, 43, 2]);
        let plane = |p: &Point| (2.0 * p.x - 0.5 * p.y + p.z) as f32;
        let values = smooth_over(&grid, 1, plane);
        for (n, value) in values.iter().enumerate() {
            let place = grid.point([(n % 61) as f64, (n / 61) as f64, 1.0]);
            assert!((value - plane(&place)).abs() < 1e-3, "pixel {n}");
        }
    }
}
