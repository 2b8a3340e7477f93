//! One slice of a volume as a picture with square pixels, and drawings on it.

use geometry::{Grid, Plane, Point, SliceGroup, Structure, Vector, Volume};

use super::canvas::{Colour, Picture};
use super::structure_colour;

/// Largest width and height of a picture, pixels: twice that of the finest diagnostic displays (about 4000).
const LONGEST_SIDE: f64 = 8192.0;

/// Display window: black at `low`, white at `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Value shown black.
    pub low: f32,
    /// Value shown white.
    pub high: f32,
}

impl Window {
    /// Black at 0, white at the 99.5th percentile: a common default for MR images.
    pub fn of(volume: &Volume<f32>) -> Self {
        let mut values: Vec<f32> = volume.data.iter().copied().filter(|v| v.is_finite() && *v > 0.0).collect();
        if values.is_empty() {
            return Self { low: 0.0, high: 1.0 };
        }
        let at = (values.len() - 1) * 995 / 1000;
        let (_, high, _) = values.select_nth_unstable_by(at, f32::total_cmp);
        Self { low: 0.0, high: high.max(f32::MIN_POSITIVE) }
    }

    /// The grey of a value.
    pub fn grey(&self, value: f32) -> u8 {
        let level = (value - self.low) / (self.high - self.low);
        if level.is_nan() { 0 } else { (level.clamp(0.0, 1.0) * 255.0).round() as u8 }
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Its colour.
    pub colour: Colour,
    /// Its width, pixels.
    pub width: f64,
    /// Pixels on and off; a solid line if `None`.
    pub dash: Option<f64>,
}

/// A slice as a picture, with its position in the patient.
#[derive(Clone, Debug)]
pub struct SliceView {
    /// The picture.
    pub picture: Picture,
    grid: Grid,
    slice: usize,
    pixels_per_mm: f64,
}

impl SliceView {
    /// A slice in grey; the last one if `slice` is beyond it. Values are interpolated between pixels. A picture that would
    /// be longer than 8192 pixels is reduced, because spacings from files can have any value.
    pub fn of(volume: &Volume<f32>, slice: usize, window: Window, pixels_per_mm: f64) -> Self {
        let grid = volume.grid.clone();
        let slice = slice.min(grid.shape[2].saturating_sub(1));
        let longest_mm = grid.extent_mm()[0].max(grid.extent_mm()[1]);
        let pixels_per_mm = pixels_per_mm.min(LONGEST_SIDE / longest_mm);
        let size = |axis: usize| ((grid.extent_mm()[axis] * pixels_per_mm).round() as usize).max(1);
        let (width, height) = (size(0), size(1));
        let mut picture = Picture::filled(width, height, [0, 0, 0]);
        for y in 0..height {
            for x in 0..width {
                let i = (x as f64 + 0.5) / pixels_per_mm / grid.spacing_mm[0] - 0.5;
                let j = (y as f64 + 0.5) / pixels_per_mm / grid.spacing_mm[1] - 0.5;
                let grey = window.grey(bilinear(volume, slice, i, j));
                picture.rgb[(y * width + x) * 3..][..3].fill(grey);
            }
        }
        Self { picture, grid, slice, pixels_per_mm }
    }

    /// Projection of a point of the patient onto the picture, pixels.
    pub fn pixel_of(&self, point: &Point) -> (f64, f64) {
        let index = self.grid.index(point);
        let at = |axis: usize| (index[axis] + 0.5) * self.grid.spacing_mm[axis] * self.pixels_per_mm;
        (at(0), at(1))
    }

    /// The part of the picture around a point, at most `size_mm` wide and high, with direction letters at its left and upper
    /// edge.
    pub fn around(&self, centre: &Point, size_mm: [f64; 2]) -> Picture {
        let (x, y) = self.pixel_of(centre);
        let span = |middle: f64, mm: f64, all: usize| {
            let pixels = ((mm * self.pixels_per_mm) as usize).clamp(1, all);
            let from = (middle - pixels as f64 / 2.0).clamp(0.0, (all - pixels) as f64);
            (from as usize, pixels)
        };
        let (x, width) = span(x, size_mm[0], self.picture.width);
        let (y, height) = span(y, size_mm[1], self.picture.height);
        self.with_directions(self.picture.cropped(x, y, width, height))
    }

    /// The whole picture with direction letters at its left and upper edge.
    pub fn whole(&self) -> Picture {
        self.with_directions(self.picture.clone())
    }

    /// Writes the patient's directions at the left and upper edge: R, L, A, P, H or F.
    fn with_directions(&self, mut picture: Picture) -> Picture {
        let [left, up] = [0, 1].map(|axis| letter(&-self.grid.axes.column(axis)));
        let (width, height) = (picture.width as i64, picture.height as i64);
        picture.label(3, height / 2 - 3, left, DIRECTION);
        picture.label(width / 2 - 2, 3, up, DIRECTION);
        picture
    }

    /// The point of the patient at a pixel.
    fn point_of(&self, x: usize, y: usize) -> Point {
        let index =
            |axis: usize, pixel: usize| (pixel as f64 + 0.5) / self.pixels_per_mm / self.grid.spacing_mm[axis] - 0.5;
        self.grid.point([index(0, x), index(1, y), self.slice as f64])
    }

    /// Overlays the structures of a label volume on any grid; `opacity` from 0 to 1.
    #[must_use]
    pub fn with_labels(mut self, labels: &Volume<u8>, opacity: f64) -> Self {
        for y in 0..self.picture.height {
            for x in 0..self.picture.width {
                let label = labels.nearest(&self.point_of(x, y)).and_then(Structure::from_label);
                if let Some(colour) = label.and_then(structure_colour) {
                    self.picture.blend(x as i64, y as i64, colour, opacity);
                }
            }
        }
        self
    }

    /// Draws the intersection of a plane with the slice, up to `half_mm` from the plane's centre.
    pub fn draw_plane(&mut self, plane: &Plane, half_mm: f64, stroke: Stroke) {
        let line = line_on_slice(&self.grid, self.slice, plane);
        if let Some((start, direction)) = line {
            let along = direction.dot(&(plane.centre - start));
            let foot = start + direction * along;
            let aside = (plane.centre - foot).norm();
            if aside < half_mm {
                let half = (half_mm * half_mm - aside * aside).sqrt();
                self.draw_line(&(foot - direction * half), &(foot + direction * half), stroke);
            }
        }
    }

    /// Draws a slice group: the intersection of every slice's middle plane with the picture.
    pub fn draw_group(&mut self, group: &SliceGroup, stroke: Stroke) {
        for k in 0..group.slices {
            self.draw_group_plane(group, &group.slice_plane(k), stroke);
        }
    }

    /// Draws one plane of a group, limited to the group's field of view.
    fn draw_group_plane(&mut self, group: &SliceGroup, plane: &Plane, stroke: Stroke) {
        let Some((start, direction)) = line_on_slice(&self.grid, self.slice, plane) else { return };
        let (mut from, mut to) = (f64::NEG_INFINITY, f64::INFINITY);
        for (axis, extent) in [(group.row, group.fov_mm[1]), (group.column, group.fov_mm[0])] {
            let (offset, slope) = (axis.dot(&(start - plane.centre)), axis.dot(&direction));
            if slope.abs() < 1e-9 {
                if offset.abs() > extent / 2.0 {
                    return;
                }
                continue;
            }
            let ends = [(-extent / 2.0 - offset) / slope, (extent / 2.0 - offset) / slope];
            from = from.max(ends[0].min(ends[1]));
            to = to.min(ends[0].max(ends[1]));
        }
        if from < to && from.is_finite() && to.is_finite() {
            self.draw_line(&(start + direction * from), &(start + direction * to), stroke);
        }
    }

    /// Draws a straight line between two points, projected along the slice normal.
    pub fn draw_line(&mut self, from: &Point, to: &Point, stroke: Stroke) {
        let (from, to) = (self.pixel_of(from), self.pixel_of(to));
        self.picture.line(from, to, stroke.width, stroke.colour, stroke.dash);
    }

    /// Writes a caption beside a point.
    pub fn draw_caption(&mut self, at: &Point, text: &str, colour: Colour) {
        let (x, y) = self.pixel_of(at);
        self.picture.label(x as i64, y as i64 - 4, text, colour);
    }
}

/// The colour of the letters for directions.
const DIRECTION: Colour = [235, 235, 235];

/// The letter of the patient's direction that is closest to a vector.
fn letter(direction: &Vector) -> &'static str {
    let axis = direction.iamax();
    [["L", "R"], ["P", "A"], ["H", "F"]][axis][usize::from(direction[axis] < 0.0)]
}

fn bilinear(volume: &Volume<f32>, slice: usize, i: f64, j: f64) -> f32 {
    let [_, rows, columns] = volume.grid.array_shape();
    let (i, j) = (i.clamp(0.0, columns as f64 - 1.0), j.clamp(0.0, rows as f64 - 1.0));
    let (i0, j0) = (i as usize, j as usize);
    let (i1, j1) = ((i0 + 1).min(columns - 1), (j0 + 1).min(rows - 1));
    let (u, v) = ((i - i0 as f64) as f32, (j - j0 as f64) as f32);
    let at = |j: usize, i: usize| volume.data[[slice, j, i]];
    let upper = at(j0, i0) * (1.0 - u) + at(j0, i1) * u;
    let lower = at(j1, i0) * (1.0 - u) + at(j1, i1) * u;
    upper * (1.0 - v) + lower * v
}

/// The intersection of a plane with a slice of a grid: a point and a unit direction; `None` if they are parallel.
pub fn line_on_slice(grid: &Grid, slice: usize, plane: &Plane) -> Option<(Point, Vector)> {
    let normal = grid.normal();
    let direction = normal.cross(&plane.normal).try_normalize(1e-6)?;
    let in_slice = direction.cross(&normal);
    let start = grid.point([0.0, 0.0, slice as f64]);
    let start = start + in_slice * (-plane.distance_mm(&start) / plane.normal.dot(&in_slice));
    Some((start, direction))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::palette;
    use nalgebra::Matrix3;

    /// A sagittal slice: columns to the back, rows to the feet.
    fn sagittal() -> Volume<f32> {
        let axes = Matrix3::from_columns(&[Vector::y(), -Vector::z(), -Vector::x()]);
        Volume::filled(Grid::centred(Point::origin(), axes, [1.0, 1.0, 5.0], [100, 120, 3]), 1.0)
    }

    #[test]
    fn an_axial_plane_is_a_horizontal_line_at_its_height() {
        let volume = sagittal();
        let mut view = SliceView::of(&volume, 1, Window { low: 0.0, high: 2.0 }, 2.0);
        let plane = Plane::new(Point::new(0.0, 0.0, 20.0), Vector::z());
        view.draw_plane(&plane, 30.0, Stroke { colour: palette::YELLOW, width: 2.0, dash: None });
        let (x, y) = view.pixel_of(&plane.centre);
        assert!((x - 100.0).abs() < 1e-9 && (y - 80.0).abs() < 1e-9, "{x} {y}");
        assert_eq!(view.picture.pixel(100, 80), palette::YELLOW);
        assert_eq!(view.picture.pixel(100, 90), [128, 128, 128]);
        assert_eq!(view.picture.pixel(175, 80), [128, 128, 128], "beyond 30 mm");
    }

    #[test]
    fn the_size_of_a_picture_is_limited_for_any_spacing() {
        let grid = Grid::axis_aligned(Point::origin(), [1e30, 1.0, 1.0], [4, 4, 2]);
        let view = SliceView::of(&Volume::filled(grid, 1.0), 0, Window { low: 0.0, high: 2.0 }, 2.0);
        assert_eq!((view.picture.width, view.picture.height), (8192, 1));
        assert_eq!(view.picture.pixel(8000, 0), [128, 128, 128]);
        let (x, _) = view.pixel_of(&Point::new(1e30, 0.0, 0.0));
        assert!((x - 8192.0 * 1.5 / 4.0).abs() < 1e-6, "projection stays correct: {x}");
    }

    #[test]
    fn planes_and_labels_outside_the_slice_draw_nothing() {
        let volume = sagittal();
        let plain = SliceView::of(&volume, 0, Window::of(&volume), 1.0);
        let mut drawn = plain.clone();
        drawn.draw_plane(
            &Plane::new(Point::origin(), Vector::x()),
            30.0,
            Stroke { colour: palette::SKY, width: 1.0, dash: None },
        );
        let elsewhere = Grid::axis_aligned(Point::new(900.0, 0.0, 0.0), [1.0; 3], [2, 2, 2]);
        let drawn = drawn.with_labels(&Volume::filled(elsewhere, 2), 0.5);
        assert_eq!(drawn.picture, plain.picture);
    }
}
