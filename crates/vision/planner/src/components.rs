//! Connected pieces of a structure.

use geometry::{Point, Vector, Volume};
use nalgebra::{Matrix3, SymmetricEigen};
use ndarray::Array3;

/// A connected piece: its voxels and their moments.
#[derive(Clone, Debug)]
pub struct Component {
    /// Voxels as `[slice, row, column]`.
    pub voxels: Vec<[usize; 3]>,
    /// Mean position, LPS mm.
    pub centroid: Point,
    /// Unit vectors of the principal axes, from the least to the greatest spread.
    pub axes: [Vector; 3],
    /// Standard deviation along each axis, mm.
    pub spread_mm: [f64; 3],
    /// Volume, mm³.
    pub volume_mm3: f64,
}

impl Component {
    /// Moments of a set of voxels; `None` of an empty one.
    pub fn of<T>(voxels: Vec<[usize; 3]>, volume: &Volume<T>) -> Option<Self> {
        if voxels.is_empty() {
            return None;
        }
        let point = |[k, j, i]: [usize; 3]| volume.grid.point([i as f64, j as f64, k as f64]);
        let n = voxels.len() as f64;
        let centroid = Point::from(voxels.iter().map(|v| point(*v).coords).sum::<Vector>() / n);
        // Every voxel is itself spread over its extent: s²/12 along each of the grid's axes.
        let own = Vector::from(volume.grid.spacing_mm.map(|s| s * s / 12.0));
        let own = volume.grid.axes * Matrix3::from_diagonal(&own) * volume.grid.axes.transpose();
        let outer = |v: &[usize; 3]| {
            let d = point(*v) - centroid;
            d * d.transpose()
        };
        let covariance = voxels.iter().map(outer).sum::<Matrix3<f64>>() / n + own;
        let eigen = SymmetricEigen::new(covariance);
        let mut order = [0, 1, 2];
        order.sort_by(|a, b| eigen.eigenvalues[*a].total_cmp(&eigen.eigenvalues[*b]));
        Some(Self {
            volume_mm3: n * volume.grid.voxel_mm3(),
            centroid,
            axes: order.map(|axis| eigen.eigenvectors.column(axis).into_owned()),
            spread_mm: order.map(|axis| eigen.eigenvalues[axis].max(0.0).sqrt()),
            voxels,
        })
    }

    /// One component of two.
    pub fn joined<T>(self, other: Self, volume: &Volume<T>) -> Self {
        let voxels = self.voxels.into_iter().chain(other.voxels).collect();
        Self::of(voxels, volume).expect("both had voxels")
    }
}

/// The pieces of the voxels for which `inside` holds, connected across faces, of at least `least_mm3`.
pub fn components<T>(volume: &Volume<T>, least_mm3: f64, inside: impl Fn(&T) -> bool) -> Vec<Component> {
    let mut open: Array3<bool> = volume.data.map(inside);
    let shape = volume.grid.array_shape();
    let least = (least_mm3 / volume.grid.voxel_mm3()).ceil() as usize;
    let mut found = Vec::new();
    let mut front = Vec::new();
    for k in 0..shape[0] {
        for j in 0..shape[1] {
            for i in 0..shape[2] {
                if !open[[k, j, i]] {
                    continue;
                }
                open[[k, j, i]] = false;
                front.push([k, j, i]);
                let mut voxels = Vec::new();
                while let Some(voxel) = front.pop() {
                    voxels.push(voxel);
                    for axis in 0..3 {
                        for forward in [false, true] {
                            let mut next = voxel;
                            if forward && next[axis] + 1 < shape[axis] {
                                next[axis] += 1;
                            } else if !forward && next[axis] > 0 {
                                next[axis] -= 1;
                            } else {
                                continue;
                            }
                            if std::mem::replace(&mut open[next], false) {
                                front.push(next);
                            }
                        }
                    }
                }
                if voxels.len() >= least.max(1) {
                    found.extend(Component::of(voxels, volume));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::Grid;

    #[test]
    fn two_boxes_are_two_pieces_with_their_own_axes() {
        let grid = Grid::axis_aligned(Point::new(-20.0, -20.0, -20.0), [1.0, 1.0, 2.0], [40, 40, 20]);
        let slab = |p: &Point, z: f64| p.x.abs() < 12.0 && p.y.abs() < 9.0 && (p.z - z).abs() < 4.0;
        let volume = Volume::from_fn(grid, |p| u8::from(slab(&p, -10.0) || slab(&p, 6.0) || p.coords.norm() < 0.1));
        let pieces = components(&volume, 100.0, |v| *v == 1);
        assert_eq!(pieces.len(), 2, "the single voxel is too small");
        assert!(pieces.iter().all(|piece| piece.axes[0].z.abs() > 0.999 && piece.axes[2].x.abs() > 0.999));
        assert!((pieces[0].centroid.z + 10.0).abs() < 1e-9);
        let both = pieces[0].clone().joined(pieces[1].clone(), &volume);
        assert!((both.volume_mm3 - pieces[0].volume_mm3 - pieces[1].volume_mm3).abs() < 1e-9);
    }
}
