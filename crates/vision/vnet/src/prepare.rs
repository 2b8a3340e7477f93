//! Bringing any image of a spine onto the grid that the network was trained on.
//!
//! Axes are reordered and flipped (obliquity stays) so that columns run to the back, rows to the
//! feet and slices to the right, as a sagittal series is acquired (a coronal one: to the left, to the
//! feet, to the back); pixels are resampled in plane; the image is cropped to the body, a sagittal one to what
//! lies near the back; intensities are divided by the body's mean. Training and inference share this code.

use geometry::{Grid, Orientation, Volume};
use nalgebra::Matrix3;
use ndarray::Array3;

use crate::body::Body;
use crate::image_contract::{ImageContract, ROUNDING};
use crate::prepare_error::PrepareError;

/// An image on the network's grid.
#[derive(Clone, Debug)]
pub struct PreparedImage {
    /// Where its voxels lie; padding reaches beyond the input's grid.
    pub grid: Grid,
    /// Normalized intensities `[slice, row, column]`: 0 air, about 1 body.
    pub data: Array3<f32>,
}

/// Largest step between pixels in plane, mm.
const MAX_PIXEL_STEP_MM: f64 = 3.0;
/// Most voxels of an image with fine pixels, so that segmenting stays within 1 GiB.
const MAX_FINE_VOXELS: f64 = 1.5e6;
/// Range of voxel spacings, mm: others are most likely lengths in another unit.
const SPACING_RANGE_MM: [f64; 2] = [0.05, 100.0];
/// Most voxels before cropping: about those of a cube of 500 mm.
const MAX_VOXELS: f64 = 25e6;

/// Prepares an image for the network.
///
/// # Errors
/// [`PrepareError`] if the image is not one that the contract allows.
pub fn prepare(image: &Volume<f32>, contract: &ImageContract) -> Result<PreparedImage, PrepareError> {
    let image = canonical(image, contract)?;
    let image = resampled(image, contract)?;
    let body = Body::find(&image)?;
    let body = match contract.plane {
        Orientation::Sagittal => body.near_the_back(image.grid.spacing_mm[0]),
        Orientation::Coronal | Orientation::Axial => body,
    };
    Ok(crop_and_normalize(&image, &body, contract))
}

/// Reorders and flips axes so that they run as closely as possible along those of the orientation: i to +y, j to −z and k
/// to −x for sagittal slices.
fn canonical(image: &Volume<f32>, contract: &ImageContract) -> Result<Volume<f32>, PrepareError> {
    let grid = &image.grid;
    if grid.is_empty() {
        return Err(PrepareError::Empty("it has no voxels"));
    }
    let [least, most] = SPACING_RANGE_MM;
    if let Some(found_mm) = grid.spacing_mm.into_iter().find(|mm| !(least..=most).contains(mm)) {
        return Err(PrepareError::Spacing { found_mm });
    }
    let orthonormal = (grid.axes.transpose() * grid.axes - Matrix3::identity()).amax() < 1e-3;
    if !orthonormal || !grid.origin.coords.iter().all(|v| v.is_finite()) {
        return Err(PrepareError::Geometry("axes are not perpendicular unit vectors"));
    }
    let (wanted, names) = contract.axes();
    let along = |axis: usize, target: usize| grid.axes.column(axis).dot(&wanted[target]);
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let fit = |order: &[usize; 3]| (0..3).map(|target| along(order[target], target).abs()).sum::<f64>();
    let order = orders.into_iter().max_by(|a, b| fit(a).total_cmp(&fit(b))).expect("there are six orders");
    for target in 0..2 {
        let step_mm = grid.spacing_mm[order[target]];
        if step_mm > MAX_PIXEL_STEP_MM * (1.0 + ROUNDING) {
            let direction = names[target];
            return Err(PrepareError::WrongPlane { expected: contract.plane, step_mm, direction });
        }
    }

    // The array's axes are k, j, i.
    let mut data = image.data.view().permuted_axes([2 - order[2], 2 - order[1], 2 - order[0]]);
    let mut origin = [0.0; 3];
    let mut axes = Matrix3::zeros();
    for (target, axis) in order.into_iter().enumerate() {
        let flipped = along(axis, target) < 0.0;
        if flipped {
            data.invert_axis(ndarray::Axis(2 - target));
            origin[axis] = grid.shape[axis] as f64 - 1.0;
        }
        axes.set_column(target, &(grid.axes.column(axis) * if flipped { -1.0 } else { 1.0 }));
    }
    let grid = Grid {
        origin: grid.point(origin),
        axes,
        spacing_mm: order.map(|axis| grid.spacing_mm[axis]),
        shape: order.map(|axis| grid.shape[axis]),
    };
    Ok(Volume::new(grid, data.as_standard_layout().into_owned()))
}

/// Brings pixels and slice step to what the contract asks for.
fn resampled(image: Volume<f32>, contract: &ImageContract) -> Result<Volume<f32>, PrepareError> {
    let grid = &image.grid;
    let step_mm = if contract.is_native(grid.spacing_mm[2]) { grid.spacing_mm[2] } else { contract.step_mm };
    let extent_mm = grid.extent_mm();
    let voxels = |pixel_mm: f64| extent_mm.iter().product::<f64>() / (pixel_mm * pixel_mm * step_mm);
    if voxels(contract.pixel_mm) > MAX_VOXELS {
        return Err(PrepareError::Large { extent_mm });
    }
    let fine = contract.fine_pixel_mm.filter(|fine_mm| {
        let limit_mm = fine_mm * (1.0 + ROUNDING);
        grid.spacing_mm[..2].iter().all(|own_mm| *own_mm <= limit_mm) && voxels(*fine_mm) <= MAX_FINE_VOXELS
    });
    let pixel_mm = fine.unwrap_or(contract.pixel_mm);
    let spacing_mm = [pixel_mm, pixel_mm, step_mm];
    // A difference of a hundredth of a voxel over the whole image does not matter to the network.
    if (0..3).all(|axis| {
        (grid.spacing_mm[axis] - spacing_mm[axis]).abs() * grid.shape[axis] as f64 <= 0.01 * spacing_mm[axis]
    }) {
        return Ok(image);
    }
    // Covers the whole image; a last hundredth of a voxel needs no voxel of its own.
    let shape = std::array::from_fn(|axis| ((extent_mm[axis] / spacing_mm[axis] - 0.01).ceil() as usize).max(1));
    let target = Grid::centred(grid.centre(), grid.axes, spacing_mm, shape);
    Ok(geometry::resample::linear(&image, &target, 0.0))
}

/// Crops to the body, pads to the contract's multiples and normalizes.
fn crop_and_normalize(image: &Volume<f32>, body: &Body, contract: &ImageContract) -> PreparedImage {
    let source = image.data.dim();
    let ranges = [(0, source.0 - 1), body.rows, body.columns];
    let shape: [usize; 3] = std::array::from_fn(|axis| {
        let (first, last) = ranges[axis];
        (last + 1 - first).next_multiple_of(contract.multiple[axis])
    });
    // Padding is split between both sides.
    let start: [isize; 3] = std::array::from_fn(|axis| {
        let (first, last) = ranges[axis];
        first as isize - ((shape[axis] - (last + 1 - first)) / 2) as isize
    });
    let scale = 1.0 / body.mean;
    let data = Array3::from_shape_fn(shape, |(k, j, i)| {
        let at = [k, j, i];
        let from: [isize; 3] = std::array::from_fn(|axis| start[axis] + at[axis] as isize);
        let value = if from.iter().all(|v| *v >= 0) {
            image.data.get([from[0] as usize, from[1] as usize, from[2] as usize]).copied().unwrap_or(0.0)
        } else {
            0.0
        };
        if value.is_finite() { (value * scale).clamp(0.0, contract.brightest) } else { 0.0 }
    });
    let grid = Grid {
        origin: image.grid.point([start[2] as f64, start[1] as f64, start[0] as f64]),
        shape: [shape[2], shape[1], shape[0]],
        ..image.grid.clone()
    };
    PreparedImage { grid, data }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::Point;
    use nalgebra::Vector3;

    fn body(p: Point) -> f32 {
        if (p.x / 150.0).powi(2) + (p.y / 90.0).powi(2) < 1.0 && p.z.abs() < 150.0 {
            100.0 + p.z as f32 * 0.2
        } else {
            0.0
        }
    }

    fn sagittal() -> Grid {
        let axes = Matrix3::from_columns(&[Vector3::y(), -Vector3::z(), -Vector3::x()]);
        Grid::centred(Point::origin(), axes, [1.75, 1.75, 4.4], [160, 240, 15])
    }

    #[test]
    fn a_sagittal_series_is_cropped_not_resampled() {
        let image = Volume::from_fn(sagittal(), body);
        let prepared = prepare(&image, &ImageContract::default()).expect("a body");
        let (slices, rows, columns) = prepared.data.dim();
        assert_eq!((slices % 4, rows % 16, columns % 16), (0, 0, 0));
        assert!(columns < 160, "air in front and behind is cropped: {columns}");
        for ((k, j, i), value) in prepared.data.indexed_iter().step_by(97) {
            let p = prepared.grid.point([i as f64, j as f64, k as f64]);
            let expected = image.nearest(&p).unwrap_or(0.0);
            assert!((value * 100.0 - expected).abs() < 8.0, "{value} {expected}");
        }
    }

    #[test]
    fn a_large_belly_is_cropped() {
        // The same back with 200 mm more belly, and ghosts in the air.
        let obese = |p: Point| {
            body(Point::new(p.x, p.y.max(-50.0) + 0.15 * (p.y + 50.0).min(0.0), p.z))
                .max(if (p.x + p.y * 3.0 + p.z * 5.0).rem_euclid(9.0) < 1.0 { 20.0 } else { 0.0 })
        };
        let grid = Grid { shape: [256, 240, 15], ..sagittal() };
        let grid = Grid::centred(Point::new(0.0, -80.0, 0.0), grid.axes, grid.spacing_mm, grid.shape);
        let prepared = prepare(&Volume::from_fn(grid, obese), &ImageContract::default()).expect("a body");
        let at = |column: usize| prepared.grid.point([column as f64, 0.0, 0.0]).y;
        let (front, back) = (at(0), at(prepared.grid.shape[0] - 1));
        assert!(back > 95.0 && front > -140.0 && front < -100.0, "columns from {front} to {back} mm");
        assert!(prepared.grid.shape[0] <= 144, "{} columns", prepared.grid.shape[0]);
    }

    #[test]
    fn spikes_in_one_slice_do_not_widen_the_body() {
        let clean = Volume::from_fn(sagittal(), body);
        let mut spiked = clean.clone();
        for ((row, column), value) in spiked.data.index_axis_mut(ndarray::Axis(0), 3).indexed_iter_mut() {
            *value += if (row + column) % 9 == 0 { 60.0 } else { 0.0 };
        }
        let columns = |image| prepare(image, &ImageContract::default()).expect("a body").data.dim().2;
        assert_eq!(columns(&spiked), columns(&clean));
    }

    #[test]
    fn an_isotropic_volume_in_any_axis_order_shows_the_same_body() {
        let grid = Grid::centred(Point::new(0.0, 0.0, 0.0), Matrix3::identity(), [2.0, 2.0, 2.0], [160, 110, 160]);
        let prepared = prepare(&Volume::from_fn(grid, body), &ImageContract::default()).expect("a body");
        assert!(prepared.grid.axes.column(0).y > 0.99 && prepared.grid.axes.column(1).z < -0.99);
        assert_eq!(prepared.grid.spacing_mm, [1.75, 1.75, 4.4]);
        let inside = prepared.grid.voxel(&Point::new(10.0, 5.0, 100.0)).expect("inside");
        let below = prepared.grid.voxel(&Point::new(10.0, 5.0, -100.0)).expect("inside");
        let at = |[i, j, k]: [usize; 3]| prepared.data[[k, j, i]];
        assert!(at(inside) > at(below) + 0.3, "head is brighter than feet, as in the body");
    }

    #[test]
    fn only_fine_images_of_limited_size_keep_fine_pixels() {
        let contract = ImageContract { fine_pixel_mm: Some(1.25), step_mm: 2.2, ..ImageContract::default() };
        let pixel_mm = |own_mm: [f64; 2], extent_mm: f64| {
            let axes = sagittal().axes;
            let pixels = own_mm.map(|mm| (250.0 / mm) as usize);
            let slices = (extent_mm / 3.0) as usize;
            let grid =
                Grid::centred(Point::origin(), axes, [own_mm[0], own_mm[1], 3.0], [pixels[0], pixels[1], slices]);
            prepare(&Volume::from_fn(grid, body), &contract).expect("a body").grid.spacing_mm[0]
        };
        assert_eq!(pixel_mm([0.9, 1.2], 60.0), 1.25);
        assert_eq!(pixel_mm([1.25, 1.25], 60.0), 1.25);
        assert_eq!(pixel_mm([1.250_000_1, 1.25], 60.0), 1.25, "as rounded to f32 in a file");
        assert_eq!(pixel_mm([0.9, 1.3], 60.0), 1.75, "rows are not fine");
        assert_eq!(pixel_mm([0.9, 0.9], 240.0), 1.75, "4.4 million voxels are too many");
    }

    #[test]
    fn lengths_in_another_unit_are_refused() {
        for (scale, expected) in [(1e-3, "mm apart"), (1e3, "mm apart"), (20.0, "trunk")] {
            let grid = Grid { spacing_mm: sagittal().spacing_mm.map(|mm| mm * scale), ..sagittal() };
            // Pixels that are too large for the plane are refused as such.
            let grid = Grid {
                spacing_mm: [grid.spacing_mm[0].min(3.0), grid.spacing_mm[1].min(3.0), grid.spacing_mm[2]],
                ..grid
            };
            let grid = if scale == 20.0 { Grid { shape: [300, 300, 60], ..grid } } else { grid };
            let refused = prepare(&Volume::from_fn(grid, body), &ImageContract::default()).expect_err("impossible");
            assert!(refused.to_string().contains(expected), "{refused}");
        }
    }

    #[test]
    fn thick_axial_slices_and_empty_images_are_refused() {
        let grid = Grid::centred(Point::origin(), Matrix3::identity(), [1.0, 1.0, 5.0], [64, 64, 20]);
        let refused = prepare(&Volume::from_fn(grid, body), &ImageContract::default());
        assert!(matches!(refused, Err(PrepareError::WrongPlane { .. })));
        for value in [0.0, f32::NAN] {
            let empty = prepare(&Volume::filled(sagittal(), value), &ImageContract::default());
            assert!(matches!(empty, Err(PrepareError::Empty(_))));
        }
    }
}
