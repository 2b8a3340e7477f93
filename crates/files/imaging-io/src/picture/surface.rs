//! Surface rendering of labels in parallel projection.

use geometry::{Structure, Vector, Volume};
use rayon::prelude::*;

use super::canvas::Picture;
use super::{palette, structure_colour};

/// Step along a ray relative to the smallest voxel spacing.
const STEP: f64 = 0.5;

/// The labelled structures without the canal, viewed along `direction` with the head up and lit from beside the viewer.
/// One pixel is 1 / `pixels_per_mm` mm.
pub fn surface_view(labels: &Volume<u8>, direction: &Vector, pixels_per_mm: f64) -> Picture {
    let forward = direction.normalize();
    let right = forward.cross(&Vector::z()).try_normalize(1e-6).unwrap_or(Vector::x());
    let up = right.cross(&forward);
    let grid = &labels.grid;
    let centre = grid.centre();
    let reach_mm = Vector::from(grid.extent_mm()).norm() / 2.0;
    let spread = |axis: &Vector| {
        let steps = grid.axes.transpose() * axis;
        (0..3).map(|n| steps[n].abs() * grid.extent_mm()[n]).sum::<f64>()
    };
    let [width, height] = [&right, &up].map(|axis| ((spread(axis) * pixels_per_mm) as usize).clamp(1, 4096));
    let step_mm = STEP * grid.spacing_mm.iter().copied().fold(f64::INFINITY, f64::min);
    let shown = |point| labels.nearest(&point).filter(|&label| label != 0 && label != Structure::Canal.label());

    let light = (-forward + 0.5 * up - 0.4 * right).normalize();
    let rgb: Vec<u8> = (0..width * height)
        .into_par_iter()
        .flat_map_iter(|n| {
            let (x, y) = ((n % width) as f64 + 0.5, (n / width) as f64 + 0.5);
            let aside = right * ((x - width as f64 / 2.0) / pixels_per_mm);
            let start = centre + aside - up * ((y - height as f64 / 2.0) / pixels_per_mm) - forward * reach_mm;
            let hit = (0..(2.0 * reach_mm / step_mm) as usize)
                .map(|n| start + forward * (n as f64 * step_mm))
                .find_map(|point| Some((point, shown(point)?)));
            let Some((point, label)) = hit else { return palette::BLACK };
            // The outward normal points to where fewer neighbours are solid.
            let mut outwards = Vector::zeros();
            for k in -2..=2 {
                for j in -2..=2 {
                    for i in -2..=2 {
                        let away = Vector::new(f64::from(i), f64::from(j), f64::from(k)) * (2.0 * step_mm);
                        if shown(point + away).is_some() {
                            outwards -= away;
                        }
                    }
                }
            }
            let facing = outwards.try_normalize(1e-9).map_or(0.5, |normal| normal.dot(&light).max(0.0));
            let depth = 1.0 - 0.25 * ((point - start).dot(&forward) / (2.0 * reach_mm));
            let colour = Structure::from_label(label).and_then(structure_colour).unwrap_or(palette::WHITE);
            let bone = Structure::from_label(label) == Some(Structure::Vertebra);
            let colour = if bone { [225, 214, 190] } else { colour };
            colour.map(|channel| (f64::from(channel) * (0.25 + 0.75 * facing) * depth) as u8)
        })
        .collect();
    Picture { width, height, rgb }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::{Grid, Point};

    #[test]
    fn the_nearer_structure_hides_the_farther_one() {
        let grid = Grid::axis_aligned(Point::origin(), [1.0; 3], [40, 40, 40]);
        let labels = Volume::from_fn(grid, |p| match () {
            () if (p - Point::new(20.0, 10.0, 20.0)).norm() < 8.0 => Structure::Disc.label(),
            () if (p - Point::new(20.0, 30.0, 20.0)).norm() < 8.0 => Structure::Sacrum.label(),
            () => 0,
        });
        let middle = |direction: Vector| {
            let picture = surface_view(&labels, &direction, 2.0);
            picture.pixel(picture.width / 2, picture.height / 2)
        };
        let (from_front, from_behind) = (middle(Vector::y()), middle(-Vector::y()));
        assert!(from_front[0] > from_front[1], "the orange disc: {from_front:?}");
        assert!(from_behind[1] > from_behind[0], "the green sacrum: {from_behind:?}");
    }
}
