//! Image plane module (PS3.3 C.7.6.2), in LPS mm as here. Classic images have these elements directly,
//! multi-frame objects in functional groups.

use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use geometry::Grid;

use crate::dicom_element::Elements;

/// Image Orientation (Patient) (0020,0037): along a row, then down a column.
pub(crate) fn orient(object: &mut InMemDicomObject, grid: &Grid) {
    let (row, column) = (grid.axes.column(0), grid.axes.column(1));
    let cosines: Vec<f64> = row.iter().chain(column.iter()).copied().collect();
    object.decimals(tags::IMAGE_ORIENTATION_PATIENT, &cosines);
}

/// Image Position (Patient) (0020,0032): the centre of the slice's first pixel.
pub(crate) fn place(object: &mut InMemDicomObject, grid: &Grid, slice: usize) {
    let corner = grid.point([0.0, 0.0, slice as f64]);
    object.decimals(tags::IMAGE_POSITION_PATIENT, corner.coords.as_slice());
}

/// Pixel Spacing (0028,0030): between rows, then between columns; and the slice thickness, mm.
pub(crate) fn measure(object: &mut InMemDicomObject, grid: &Grid, thickness_mm: f64) {
    object.decimals(tags::PIXEL_SPACING, &[grid.spacing_mm[1], grid.spacing_mm[0]]);
    object.decimals(tags::SLICE_THICKNESS, &[thickness_mm]);
}

/// Distance of a slice from the origin along the slice normal, mm.
pub(crate) fn location_mm(grid: &Grid, slice: usize) -> f64 {
    grid.normal().dot(&grid.point([0.0, 0.0, slice as f64]).coords)
}
