//! What cannot belong to the spine because it lies away from all of it.
//!
//! A spine hangs together: bodies, discs, sacrum and sac touch one another, and posterior elements, where thick slices tear
//! them off, lie close by. Noise and ghosts make islands in belly and air.

use std::collections::HashMap;

use geometry::{Point, Structure, Volume};
use vnet::Segmentation;

use crate::components::{Component, components};

/// Further from the spine than this, nothing belongs to it, mm. Spinous processes lie within 10 mm of the arch they grow
/// from; in four poor images of a tuning population (seed 7500328) islands lay 37 mm away and more.
const REACH_MM: f64 = 20.0;
/// A piece of this size is part of the spine itself, next to which others may lie, mm³: most of a vertebral body.
const LARGE_MM3: f64 = 8000.0;

/// Makes background of what lies away from the spine. Nothing happens where nothing was found.
pub fn remove_islands(segmentation: &mut Segmentation) {
    let voxels: Vec<[usize; 3]> =
        islands(&segmentation.prepared_labels).into_iter().flat_map(|piece| piece.voxels).collect();
    segmentation.reassign(&voxels, Structure::Background);
}

/// The pieces of all structures together that lie away from the largest and from what is near it.
fn islands(labels: &Volume<u8>) -> Vec<Component> {
    let mut open = components(labels, 0.0, |label| *label != Structure::Background.label());
    open.sort_by(|a, b| b.volume_mm3.total_cmp(&a.volume_mm3));
    if open.is_empty() {
        return open;
    }
    let mut spine = Near::default();
    spine.add(&open.remove(0), labels);
    // A large piece near the spine extends it; what lies near that belongs to it, too.
    loop {
        let (near, far): (Vec<_>, Vec<_>) = open.into_iter().partition(|piece| spine.is_near(piece, labels));
        open = far;
        let large: Vec<_> = near.iter().filter(|piece| piece.volume_mm3 >= LARGE_MM3).collect();
        if large.is_empty() {
            return open;
        }
        large.into_iter().for_each(|piece| spine.add(piece, labels));
    }
}

/// Points in cells of [`REACH_MM`], so that only neighbouring cells are asked.
#[derive(Default)]
struct Near(HashMap<[i32; 3], Vec<Point>>);

impl Near {
    fn cell(point: &Point) -> [i32; 3] {
        [point.x, point.y, point.z].map(|mm| (mm / REACH_MM).floor() as i32)
    }

    fn add(&mut self, piece: &Component, labels: &Volume<u8>) {
        for point in points(piece, labels) {
            self.0.entry(Self::cell(&point)).or_default().push(point);
        }
    }

    fn is_near(&self, piece: &Component, labels: &Volume<u8>) -> bool {
        points(piece, labels).any(|point| {
            let [x, y, z] = Self::cell(&point);
            (0..27).any(|number| {
                let cell = [x + number % 3 - 1, y + number / 3 % 3 - 1, z + number / 9 - 1];
                let within = |other: &Point| (other - point).norm_squared() <= REACH_MM * REACH_MM;
                self.0.get(&cell).is_some_and(|there| there.iter().any(within))
            })
        })
    }
}

fn points<'a>(piece: &'a Component, labels: &'a Volume<u8>) -> impl Iterator<Item = Point> + 'a {
    piece.voxels.iter().map(|[k, j, i]| labels.grid.point([*i as f64, *j as f64, *k as f64]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::Grid;

    /// A column of 30 mm by 30 mm with a process 12 mm behind it, a body above a gap of 15 mm, and two islands.
    fn labels() -> Volume<u8> {
        let grid = Grid::axis_aligned(Point::new(-60.0, -80.0, -100.0), [2.0, 2.0, 4.0], [60, 80, 60]);
        let within = |p: &Point, centre: [f64; 3], half: [f64; 3]| {
            (0..3).all(|axis| (p[axis] - centre[axis]).abs() <= half[axis])
        };
        Volume::from_fn(grid, |p| {
            let column = within(&p, [0.0, 0.0, -20.0], [15.0, 15.0, 70.0]);
            let process = within(&p, [0.0, 30.0, -20.0], [2.0, 4.0, 8.0]);
            let torn_off = within(&p, [0.0, 0.0, 80.0], [15.0, 15.0, 14.0]);
            let beside_it = within(&p, [0.0, 28.0, 80.0], [3.0, 3.0, 5.0]);
            let belly = within(&p, [0.0, -60.0, -20.0], [10.0, 5.0, 10.0]);
            let air = within(&p, [0.0, 60.0, 60.0], [2.0, 2.0, 4.0]);
            if belly { Structure::Canal.label() } else { u8::from(column || process || torn_off || beside_it || air) }
        })
    }

    #[test]
    fn islands_go_and_what_lies_beside_the_column_stays() {
        let found = islands(&labels());
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found.iter().any(|piece| piece.centroid.y < -55.0) && found.iter().any(|piece| piece.centroid.y > 55.0)
        );
    }

    #[test]
    fn nothing_has_no_islands() {
        let labels = labels();
        assert!(islands(&Volume::filled(labels.grid, 0)).is_empty());
    }
}
