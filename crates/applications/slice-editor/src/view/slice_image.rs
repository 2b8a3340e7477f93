//! A volume's grey values in a view.

use geometry::Volume;
use imaging_io::Window;

use super::ViewPlane;
use super::sampling::Sampling;

/// A picture of `size_px` (width and height) that shows the whole view, one grey value a pixel, row by row: bilinear
/// within one of the volume's slices, trilinear elsewhere, black outside the volume.
pub fn slice_image(volume: &Volume<f32>, view: &ViewPlane, size_px: [usize; 2], window: Window) -> Vec<u8> {
    // As `Window::grey`, which divides and rounds for each pixel.
    let scale = 255.0 / (window.high - window.low);
    sampled(volume, view, size_px, 0, |value| ((value - window.low) * scale + 0.5) as u8)
}

fn sampled<T: Copy + Send + Sync>(
    volume: &Volume<f32>,
    view: &ViewPlane,
    size_px: [usize; 2],
    outside: T,
    pixel: impl Fn(f32) -> T + Sync,
) -> Vec<T> {
    let sampling = Sampling::of(&volume.grid, view, size_px);
    if volume.grid.is_empty() {
        return sampling.picture(outside, |_| outside);
    }
    let values = volume.data.as_standard_layout();
    let values = values.as_slice().expect("the standard layout is contiguous");
    let [columns, rows, slices] = volume.grid.shape;
    let line = |slice: usize, j: usize| &values[(slice * rows + j) * columns..][..columns];
    let mixed = |line: &[f32], (i0, i1, u): Between| line[i0] + (line[i1] - line[i0]) * u;
    let bilinear = |slice: usize, i: Between, (j0, j1, v): Between| {
        let (upper, lower) = (mixed(line(slice, j0), i), mixed(line(slice, j1), i));
        upper + (lower - upper) * v
    };

    match sampling.slice().filter(|slice| *slice < slices) {
        // The usual case, and the one that is looked at while dragging: each row of the picture mixes two of the
        // slice's, and all rows mix the same columns.
        Some(slice) if sampling.is_upright() => {
            let mixes: Vec<_> = (0..size_px[0]).map(|x| between(sampling.index(x, 0)[0], columns)).collect();
            sampling.rows(outside, |y, row| {
                let Some((j0, j1, v)) = between(sampling.index(0, y)[1], rows) else { return };
                let pairs = line(slice, j0).iter().zip(line(slice, j1));
                let line: Vec<f32> = pairs.map(|(upper, lower)| upper + (lower - upper) * v).collect();
                for (value, mix) in row.iter_mut().zip(&mixes) {
                    if let Some(mix) = *mix {
                        *value = pixel(mixed(&line, mix));
                    }
                }
            })
        }
        Some(slice) => sampling.picture(outside, |[i, j, _]| {
            let Some((i, j)) = between(i, columns).zip(between(j, rows)) else { return outside };
            pixel(bilinear(slice, i, j))
        }),
        None => sampling.picture(outside, |[i, j, k]| {
            let Some((i, j)) = between(i, columns).zip(between(j, rows)) else { return outside };
            let Some((k0, k1, w)) = between(k, slices) else { return outside };
            let (near, far) = (bilinear(k0, i, j), bilinear(k1, i, j));
            pixel(near + (far - near) * w)
        }),
    }
}

/// Two neighbours and how far the place lies towards the second, 0…1.
type Between = (usize, usize, f32);

/// The voxels about a fractional index; the outer half of the first and of the last voxel is still theirs.
fn between(at: f64, count: usize) -> Option<Between> {
    let last = count as f64 - 1.0;
    if !(-0.5..=last + 0.5).contains(&at) {
        return None;
    }
    let inside = at.clamp(0.0, last);
    let low = inside as usize;
    Some((low, (low + 1).min(count - 1), (inside - low as f64) as f32))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::{Grid, Point, Vector};
    use nalgebra::{Matrix3, Rotation3};
    use proptest::prelude::*;

    /// The sagittal localizer's axes.
    fn grid() -> Grid {
        let axes = Matrix3::from_columns(&[Vector::y(), -Vector::z(), -Vector::x()]);
        Grid::centred(Point::new(3.0, -5.0, 10.0), axes, [1.5, 1.25, 6.0], [160, 192, 9])
    }

    fn ramp(point: &Point) -> f64 {
        0.5 * point.y - 0.25 * point.z + 2.0 * point.x + 300.0
    }

    fn values(volume: &Volume<f32>, view: &ViewPlane, size_px: [usize; 2]) -> Vec<f32> {
        sampled(volume, view, size_px, f32::NAN, |value| value)
    }

    #[test]
    fn a_ramp_is_reproduced_in_every_slice() {
        let volume = Volume::from_fn(grid(), |p| ramp(&p) as f32);
        for k in [0, 4, 8] {
            let view = ViewPlane::of_slice(&volume.grid, k).zoomed(1.3, [20.0, -10.0]);
            let size = [230, 310];
            for (n, value) in values(&volume, &view, size).into_iter().enumerate() {
                let place = view.at_pixel([(n % 230) as f64 + 0.5, (n / 230) as f64 + 0.5], size);
                let expected = ramp(&view.point(place));
                assert!((f64::from(value) - expected).abs() < 2e-4, "slice {k}, pixel {n}: {value} for {expected}");
            }
        }
    }

    #[test]
    fn a_turned_picture_shows_the_same_slice() {
        let volume = Volume::from_fn(grid(), |p| ramp(&p) as f32);
        let upright = ViewPlane { extent_mm: [200.0, 200.0], ..ViewPlane::of_slice(&volume.grid, 3) };
        let turned = ViewPlane { right: upright.down, down: -upright.right, ..upright };
        let (before, after) = (values(&volume, &upright, [90, 90]), values(&volume, &turned, [90, 90]));
        for y in 0..90 {
            for x in 0..90 {
                // What lay to the right lies at the top.
                let (value, expected) = (after[y * 90 + x], before[x * 90 + 89 - y]);
                assert!((value - expected).abs() < 2e-4, "{x} {y}: {value} for {expected}");
            }
        }
    }

    #[test]
    fn every_grey_is_the_windows_own() {
        let grid = Grid::axis_aligned(Point::origin(), [1.0; 3], [400, 1, 1]);
        let volume = Volume::from_fn(grid, |p| p.x as f32 * 1.37 - 50.0);
        let view = ViewPlane::of_slice(&volume.grid, 0);
        for window in [(0.0, 400.0), (31.0, 33.0), (300.0, 20.0), (70.0, 70.0)] {
            let window = Window { low: window.0, high: window.1 };
            let greys = slice_image(&volume, &view, [400, 1], window);
            for (value, grey) in volume.data.iter().zip(greys) {
                assert!(window.grey(*value).abs_diff(grey) <= 1, "{value} in {window:?}: {grey}");
            }
        }
        let nothing = Volume::filled(volume.grid, f32::NAN);
        assert_eq!(slice_image(&nothing, &view, [3, 1], Window { low: 0.0, high: 1.0 }), [0; 3]);
    }

    #[test]
    fn greys_follow_the_window_and_outside_is_black() {
        let volume = Volume::filled(grid(), 50.0);
        let view = ViewPlane::of_slice(&volume.grid, 2);
        let window = Window { low: 0.0, high: 100.0 };
        assert_eq!(slice_image(&volume, &view, [4, 3], window), [128; 12]);
        // Twice as wide: a quarter of the picture at either side shows nothing.
        let wide = ViewPlane { extent_mm: [view.extent_mm[0] * 2.0, view.extent_mm[1]], ..view };
        assert_eq!(slice_image(&volume, &wide, [8, 1], window), [0, 0, 128, 128, 128, 128, 0, 0]);
        let beyond = ViewPlane { centre: view.centre + Vector::x() * 400.0, ..view };
        assert!(slice_image(&volume, &beyond, [8, 8], window).iter().all(|grey| *grey == 0));
        let turned = ViewPlane { right: view.down, down: -view.right, ..view };
        assert!(slice_image(&volume, &turned, [0, 5], window).is_empty());
        assert_eq!(
            slice_image(&Volume::filled(Grid { shape: [4, 0, 4], ..grid() }, 1.0), &view, [2, 1], window),
            [0, 0]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn oblique_pictures_are_the_volumes_own_interpolation(roll in -3.0f64..3.0, pitch in -3.0f64..3.0, yaw in -3.0f64..3.0, x in -15.0f64..15.0) {
            let volume = Volume::from_fn(grid(), |p| ((p.x * 1.7).sin() * 40.0 + (p.y * p.z * 0.01).cos() * 60.0) as f32);
            let turn = Rotation3::from_euler_angles(roll, pitch, yaw);
            let view = ViewPlane {
                centre: Point::new(x, -5.0, 10.0),
                right: turn * Vector::y_axis(),
                down: turn * -Vector::z_axis(),
                extent_mm: [150.0, 120.0],
            };
            let size = [50, 40];
            for (n, value) in values(&volume, &view, size).into_iter().enumerate() {
                let point = view.point(view.at_pixel([(n % 50) as f64 + 0.5, (n / 50) as f64 + 0.5], size));
                match volume.trilinear(&point) {
                    Some(expected) => prop_assert!((value - expected).abs() < 1e-2, "{value} for {expected}"),
                    None => prop_assert!(value.is_nan()),
                }
            }
        }
    }
}
