//! A segmentation's colours in a view.

use geometry::{Structure, Volume};
use imaging_io::picture::structure_colour;

use super::ViewPlane;
use super::sampling::Sampling;

/// How much of the image the colours cover, 0…255: the image is to be read through them.
const OPACITY: u8 = 96;

/// A picture of `size_px` (width and height) that shows the whole view, to lay over the slice: red, green, blue and
/// opacity a pixel (not premultiplied), row by row; clear where there is no structure. `labels` holds the values of
/// [`Structure`].
pub fn label_overlay(labels: &Volume<u8>, view: &ViewPlane, size_px: [usize; 2]) -> Vec<u8> {
    const CLEAR: [u8; 4] = [0; 4];
    let colours: [[u8; 4]; Structure::COUNT] = Structure::ALL
        .map(|structure| structure_colour(structure).map_or(CLEAR, |[red, green, blue]| [red, green, blue, OPACITY]));
    let [columns, rows, slices] = labels.grid.shape;
    let picture = Sampling::of(&labels.grid, view, size_px).picture(CLEAR, |[i, j, k]| {
        let voxel = nearest(k, slices).zip(nearest(j, rows)).zip(nearest(i, columns));
        let label = voxel.map(|((k, j), i)| labels.data[[k, j, i]]);
        label.and_then(|label| colours.get(usize::from(label))).copied().unwrap_or(CLEAR)
    });
    picture.into_flattened()
}

fn nearest(at: f64, count: usize) -> Option<usize> {
    let nearest = at.round();
    (0.0..count as f64).contains(&nearest).then_some(nearest as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::{Grid, Point, Vector};
    use imaging_io::picture::palette;
    use nalgebra::Rotation3;

    #[test]
    fn every_structure_has_its_colour_and_the_rest_is_clear() {
        let grid = Grid::axis_aligned(Point::origin(), [2.0, 3.0, 5.0], [6, 2, 2]);
        let labels = Volume::from_fn(grid, |p| (p.x / 2.0) as u8);
        let view = ViewPlane::of_slice(&labels.grid, 1);
        let overlay = label_overlay(&labels, &view, [12, 2]);
        let pixels: Vec<&[u8]> = overlay.chunks_exact(4).collect();
        assert_eq!(pixels.len(), 24);
        let opaque = |colour: [u8; 3]| [colour[0], colour[1], colour[2], OPACITY];
        for y in [0, 12] {
            assert_eq!(pixels[y + 1], [0; 4], "background");
            assert_eq!(pixels[y + 3], opaque(palette::SKY), "vertebra");
            assert_eq!(pixels[y + 4], opaque(palette::ORANGE), "disc");
            assert_eq!(pixels[y + 9], opaque(palette::PURPLE), "canal");
            assert_eq!(pixels[y + 11], [0; 4], "5 is no structure");
        }
    }

    #[test]
    fn an_oblique_view_shows_the_nearest_voxel() {
        let grid = Grid::axis_aligned(Point::new(-10.0, -10.0, -10.0), [1.0, 1.5, 2.0], [20, 14, 11]);
        let labels = Volume::from_fn(grid, |p| ((p.x + 2.0 * p.y - p.z).abs() * 0.7) as u8 % 5);
        let turn = Rotation3::from_euler_angles(0.4, -0.2, 0.7);
        let (right, down) = (turn * Vector::x_axis(), turn * Vector::y_axis());
        let view = ViewPlane { centre: Point::new(0.3, 0.1, 0.2), right, down, extent_mm: [30.0, 30.0] };
        let overlay = label_overlay(&labels, &view, [60, 60]);
        let shown = |structure: Structure| structure_colour(structure).map_or([0; 3], |colour| colour);
        for (n, pixel) in overlay.chunks_exact(4).enumerate() {
            let point = view.point(view.at_pixel([(n % 60) as f64 + 0.5, (n / 60) as f64 + 0.5], [60, 60]));
            let label = labels.nearest(&point).and_then(Structure::from_label);
            assert_eq!(pixel[..3], label.map_or([0; 3], shown), "{n}");
        }
    }
}
