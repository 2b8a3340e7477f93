//! A disc's plane from the borders of its probability: the bisector of both endplates, below voxel size.

use geometry::{Direction, Plane, Point, Structure, Vector};
use nalgebra::{Matrix3, Vector3};

use crate::class_map::ClassMap;
use crate::components::Component;

/// A disc as it was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredDisc {
    /// Centre and bisector of the endplates, normal to the head.
    pub plane: Plane,
    /// From front to back, mm.
    pub depth_mm: f64,
    /// From side to side, mm.
    pub width_mm: f64,
    /// Mean distance of the endplates, mm.
    pub height_mm: f64,
    /// Root mean square distance of the borders from the fitted endplates, mm.
    pub residual_mm: f64,
    /// Mean probability of disc over the voxels that were taken for this disc.
    pub probability: f64,
    /// Part of the columns under which the sacrum begins, 0…1.
    pub on_sacrum: f64,
    /// Part of the columns above which the sacrum lies, 0…1: a remnant disc within the sacrum.
    pub under_sacrum: f64,
}

/// Columns stand on a lattice of this step, front to back and side to side, mm.
const LATTICE_MM: [f64; 2] = [2.0, 2.5];
/// Half extent of the lattice, mm: more than any disc (depth 45, width 60).
const LATTICE_HALF_MM: [f64; 2] = [26.0, 32.0];
/// How far a border may lie from the middle, mm.
const REACH_MM: f64 = 14.0;
/// The endplate is flat enough within this part of the disc's extent; the rim is left out.
const INNER: f64 = 0.86;
/// Fewest columns that make a plane.
const FEWEST: usize = 12;
/// What lies beyond the disc is asked for at this distance from its border, mm.
const BEYOND_MM: f64 = 3.5;

/// One column through the disc: lattice position and the heights of both borders.
#[derive(Clone, Copy)]
struct Column {
    u: f64,
    v: f64,
    top: f64,
    bottom: f64,
}

/// The disc's own axes: to the back, to the left, to the head.
#[derive(Clone, Copy)]
struct Frame {
    centre: Point,
    back: Vector,
    left: Vector,
    head: Vector,
}

impl Frame {
    /// From a centre and a normal; `left` need not be perpendicular.
    fn new(centre: Point, head: Vector, left: &Vector) -> Option<Self> {
        let head = head.try_normalize(1e-9)? * if head.z < 0.0 { -1.0 } else { 1.0 };
        let back = head.cross(left).try_normalize(1e-6)?;
        Some(Self { centre, back, left: back.cross(&head), head })
    }

    fn point(&self, u: f64, v: f64, w: f64) -> Point {
        self.centre + self.back * u + self.left * v + self.head * w
    }
}

/// Measures a disc; `None` if the borders do not make a plane. `left` is the patient's left as far as known.
pub fn measure(map: &ClassMap<'_>, component: &Component, left: &Vector) -> Option<MeasuredDisc> {
    let mut frame = Frame::new(component.centroid, component.axes[0], left)?;
    let mut fit = None;
    for _ in 0..3 {
        let columns = columns(map, &frame);
        let (recentred, extent) = centred(&columns)?;
        let inner = inner(&columns, &extent);
        let top = endplate(&inner, |column| column.top)?;
        let bottom = endplate(&inner, |column| column.bottom)?;
        let normal = (frame.head - frame.back * top.slope[0] - frame.left * top.slope[1]).normalize()
            + (frame.head - frame.back * bottom.slope[0] - frame.left * bottom.slope[1]).normalize();
        let mid = |u: f64, v: f64| (top.height(u, v) + bottom.height(u, v)) / 2.0;
        let centre = frame.point(recentred[0], recentred[1], mid(recentred[0], recentred[1]));
        let height_mm = top.height(recentred[0], recentred[1]) - bottom.height(recentred[0], recentred[1]);
        frame = Frame::new(centre, normal, left)?;
        fit = Some((extent, height_mm, ((top.residual_mm.powi(2) + bottom.residual_mm.powi(2)) / 2.0).sqrt()));
    }
    let (extent, height_mm, residual_mm) = fit?;
    let columns = columns(map, &frame);
    let share = |holds: &dyn Fn(&Column) -> bool| {
        columns.iter().filter(|column| holds(column)).count() as f64 / columns.len().max(1) as f64
    };
    let is_sacrum = |column: &Column, w: f64| {
        let point = frame.point(column.u, column.v, w);
        map.probability(Structure::Sacrum, &point) > map.probability(Structure::Vertebra, &point)
            && map.probability(Structure::Sacrum, &point) > 0.3
    };
    Some(MeasuredDisc {
        plane: Plane { centre: frame.centre, normal: Direction::new_normalize(frame.head) },
        depth_mm: extent[0][1] - extent[0][0],
        width_mm: extent[1][1] - extent[1][0],
        height_mm,
        residual_mm,
        probability: mean_probability(map, component),
        on_sacrum: share(&|column| is_sacrum(column, column.bottom - BEYOND_MM)),
        under_sacrum: share(&|column| is_sacrum(column, column.top + BEYOND_MM)),
    })
}

fn mean_probability(map: &ClassMap<'_>, component: &Component) -> f64 {
    let disc = &map.probabilities[usize::from(Structure::Disc.label())].data;
    let sum: f64 = component.voxels.iter().map(|voxel| f64::from(disc[*voxel])).filter(|p| p.is_finite()).sum();
    sum / component.voxels.len() as f64
}

/// Every lattice column that passes through the disc with both its borders.
fn columns(map: &ClassMap<'_>, frame: &Frame) -> Vec<Column> {
    let lattice = |axis: usize| {
        let steps = (LATTICE_HALF_MM[axis] / LATTICE_MM[axis]) as i32;
        (-steps..=steps).map(move |step| f64::from(step) * LATTICE_MM[axis])
    };
    let mut columns = Vec::new();
    for u in lattice(0) {
        for v in lattice(1) {
            // The disc may be bent, or the frame still tilted: its middle is looked for nearby.
            let starts = [0.0, 1.5, -1.5, 3.0, -3.0, 4.5, -4.5];
            let Some(start) =
                starts.into_iter().find(|w| map.probability(Structure::Disc, &frame.point(u, v, *w)) > 0.5)
            else {
                continue;
            };
            let from = frame.point(u, v, start);
            let up = map.border_mm(Structure::Disc, &from, &frame.head, REACH_MM);
            let down = map.border_mm(Structure::Disc, &from, &-frame.head, REACH_MM);
            if let (Some(up), Some(down)) = (up, down) {
                columns.push(Column { u, v, top: start + up, bottom: start - down });
            }
        }
    }
    columns
}

/// The middle and the extent (from, to) of the columns, front to back and side to side.
fn centred(columns: &[Column]) -> Option<([f64; 2], [[f64; 2]; 2])> {
    if columns.len() < FEWEST {
        return None;
    }
    let extent = [0, 1].map(|axis| {
        let other = 1 - axis;
        let at = |column: &Column, axis: usize| if axis == 0 { column.u } else { column.v };
        // The mean extent over the columns' lines that lie near the middle: what a calliper measures there.
        let middle = columns.iter().map(|column| at(column, other)).sum::<f64>() / columns.len() as f64;
        let near = columns.iter().filter(|column| (at(column, other) - middle).abs() <= 8.0);
        let mut lines: Vec<(f64, f64, f64)> = Vec::new();
        for column in near {
            let (line, along) = (at(column, other), at(column, axis));
            match lines.iter_mut().find(|(l, ..)| *l == line) {
                Some((_, low, high)) => (*low, *high) = (low.min(along), high.max(along)),
                None => lines.push((line, along, along)),
            }
        }
        let n = lines.len().max(1) as f64;
        // A line of columns ends half a step before the border on average.
        let half = LATTICE_MM[axis] / 2.0;
        [lines.iter().map(|l| l.1).sum::<f64>() / n - half, lines.iter().map(|l| l.2).sum::<f64>() / n + half]
    });
    Some((extent.map(|[from, to]| (from + to) / 2.0), extent))
}

/// The columns away from the rim.
fn inner(columns: &[Column], extent: &[[f64; 2]; 2]) -> Vec<Column> {
    let relative = |value: f64, [from, to]: [f64; 2]| (2.0 * value - from - to) / (to - from).max(1.0);
    let is_inner = |column: &&Column| {
        relative(column.u, extent[0]).powi(2) + relative(column.v, extent[1]).powi(2) <= INNER * INNER
    };
    columns.iter().filter(is_inner).copied().collect()
}

/// A fitted endplate: height = offset + slope · (u, v).
struct Endplate {
    offset: f64,
    slope: [f64; 2],
    residual_mm: f64,
}

impl Endplate {
    fn height(&self, u: f64, v: f64) -> f64 {
        self.offset + self.slope[0] * u + self.slope[1] * v
    }
}

/// A least-squares plane through the borders, trimmed: what lies further than 2.5 robust SDs is left out.
fn endplate(columns: &[Column], border: impl Fn(&Column) -> f64) -> Option<Endplate> {
    let mut kept: Vec<(f64, f64, f64)> = columns.iter().map(|column| (column.u, column.v, border(column))).collect();
    let mut plane = None;
    for _ in 0..4 {
        if kept.len() < FEWEST {
            return plane;
        }
        let mut normal = Matrix3::zeros();
        let mut right = Vector3::zeros();
        for &(u, v, w) in &kept {
            let row = Vector3::new(1.0, u, v);
            normal += row * row.transpose();
            right += row * w;
        }
        let solved = normal.cholesky()?.solve(&right);
        let fitted = Endplate { offset: solved[0], slope: [solved[1], solved[2]], residual_mm: 0.0 };
        let mut distances: Vec<f64> = kept.iter().map(|&(u, v, w)| (w - fitted.height(u, v)).abs()).collect();
        let residual_mm = (distances.iter().map(|d| d * d).sum::<f64>() / distances.len() as f64).sqrt();
        let middle = distances.len() / 2;
        let (_, median, _) = distances.select_nth_unstable_by(middle, f64::total_cmp);
        let limit = (2.5 * 1.4826 * *median).max(0.4);
        let before = kept.len();
        kept.retain(|&(u, v, w)| (w - fitted.height(u, v)).abs() <= limit);
        plane = Some(Endplate { residual_mm, ..fitted });
        if kept.len() == before {
            break;
        }
    }
    plane
}
