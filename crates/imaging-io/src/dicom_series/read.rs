//! Reading: a folder of files that make up one series.

use std::path::{Path, PathBuf};

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};
use dicom_object::{DefaultDicomObject, OpenFileOptions};
use geometry::{Grid, PatientPosition, Point, Vector, Volume};
use nalgebra::Matrix3;
use ndarray::Array3;

use crate::error::FileError;

/// Slices may stray from even spacing by this much, mm.
const UNEVEN_MM: f64 = 0.05;
/// Larger pictures are refused, pixels.
const MOST_PIXELS: usize = 1 << 24;

/// One slice as it was read.
struct Slice {
    path: PathBuf,
    series: String,
    position: Point,
    row: Vector,
    column: Vector,
    spacing_mm: [f64; 2],
    shape: [usize; 2],
    thickness_mm: f64,
    patient_position: Option<PatientPosition>,
    values: Vec<f32>,
}

/// Reads the one series in a folder; files that are not DICOM are passed over.
///
/// # Errors
/// [`FileError`] names the file and what was expected.
pub fn read_series(folder: &Path) -> Result<(Volume<f32>, Option<PatientPosition>), FileError> {
    let entries = std::fs::read_dir(folder).map_err(FileError::unreadable(folder))?;
    let mut paths: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_file()).collect();
    paths.sort();
    let mut slices = Vec::new();
    for path in paths.iter().filter(|path| is_dicom(path)) {
        slices.push(read_slice(path)?);
    }
    let unsuitable = |path: &Path, found: String, expected| Err(FileError::unsuitable(path, found, expected));
    let Some(first) = slices.first() else {
        return unsuitable(folder, "no DICOM file".into(), "the files of one MR series");
    };
    if let Some(other) = slices.iter().find(|slice| slice.series != first.series) {
        return unsuitable(&other.path, "another series than its neighbours'".into(), "a folder with one series");
    }
    let same = |a: &Slice, b: &Slice| {
        a.shape == b.shape
            && (a.row - b.row).norm() < 1e-3
            && (a.column - b.column).norm() < 1e-3
            && (a.spacing_mm[0] - b.spacing_mm[0]).abs() + (a.spacing_mm[1] - b.spacing_mm[1]).abs() < 1e-3
    };
    if let Some(other) = slices.iter().find(|slice| !same(slice, first)) {
        return unsuitable(
            &other.path,
            "a matrix, pixel spacing or orientation of its own".into(),
            "parallel slices of one size",
        );
    }

    let normal = first.row.cross(&first.column);
    let along = |slice: &Slice| normal.dot(&slice.position.coords);
    slices.sort_by(|a, b| along(a).total_cmp(&along(b)));
    let step_mm = match slices.len() {
        1 => slices[0].thickness_mm,
        n => (along(&slices[n - 1]) - along(&slices[0])) / (n as f64 - 1.0),
    };
    let gap = |pair: &[Slice]| along(&pair[1]) - along(&pair[0]);
    let mut gaps: Vec<f64> = slices.windows(2).map(gap).collect();
    gaps.sort_by(f64::total_cmp);
    for pair in slices.windows(2) {
        let (gap, usual) = (gap(pair), gaps[gaps.len() / 2]);
        if gap < 1e-3 || (gap - usual).abs() > UNEVEN_MM {
            return unsuitable(
                &pair[1].path,
                format!("a slice {gap:.3} mm after its neighbour"),
                "evenly spaced slices, none missing or double",
            );
        }
    }
    let first = &slices[0];
    let [rows, columns] = first.shape;
    let grid = Grid {
        origin: first.position,
        axes: Matrix3::from_columns(&[first.row, first.column, normal]),
        spacing_mm: [first.spacing_mm[1], first.spacing_mm[0], step_mm],
        shape: [columns, rows, slices.len()],
    };
    let position = first.patient_position;
    let count = slices.len();
    let values: Vec<f32> = slices.into_iter().flat_map(|slice| slice.values).collect();
    let data = Array3::from_shape_vec([count, rows, columns], values).expect("every slice has rows × columns values");
    Ok((Volume::new(grid, data), position))
}

/// True if a file has the DICOM prefix.
fn is_dicom(path: &Path) -> bool {
    use std::io::Read as _;
    let mut start = [0; 132];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && &start[128..] == b"DICM"
}

fn read_slice(path: &Path) -> Result<Slice, FileError> {
    let object = OpenFileOptions::new().open_file(path).map_err(FileError::unreadable(path))?;
    let unsuitable = |found: String, expected| Err(FileError::unsuitable(path, found, expected));
    let syntax = object.meta().transfer_syntax.trim_end_matches('\0').trim().to_owned();
    if ![uids::EXPLICIT_VR_LITTLE_ENDIAN, uids::IMPLICIT_VR_LITTLE_ENDIAN].contains(&syntax.as_str()) {
        return unsuitable(format!("transfer syntax {syntax}"), "uncompressed little endian pixels");
    }
    let whole = |tag: Tag, name: &'static str| {
        let value = object.get(tag).and_then(|element| element.to_int::<u32>().ok());
        value.map(|value| value as usize).ok_or_else(|| missing(path, name))
    };
    let (rows, columns) = (whole(tags::ROWS, "Rows")?, whole(tags::COLUMNS, "Columns")?);
    if object.get(tags::NUMBER_OF_FRAMES).is_some_and(|frames| frames.to_int::<u32>().is_ok_and(|n| n > 1)) {
        return unsuitable("several frames in one file".into(), "one slice a file (MR Image Storage)");
    }
    if !(1..=MOST_PIXELS).contains(&rows.saturating_mul(columns)) {
        return unsuitable(format!("{rows} × {columns} pixels"), "between 1 and 2^24 pixels");
    }
    if whole(tags::BITS_ALLOCATED, "Bits Allocated")? != 16 || whole(tags::SAMPLES_PER_PIXEL, "Samples per Pixel")? != 1
    {
        return unsuitable("pixels that are not 16-bit grey".into(), "16-bit grey pixels");
    }
    let signed = whole(tags::PIXEL_REPRESENTATION, "Pixel Representation")? == 1;
    let numbers = |tag: Tag, count: usize, name: &'static str| {
        let values = object.get(tag).and_then(|element| element.to_multi_float64().ok()).unwrap_or_default();
        if values.len() == count && values.iter().all(|v| v.is_finite()) {
            Ok(values)
        } else {
            Err(missing(path, name))
        }
    };
    let position = numbers(tags::IMAGE_POSITION_PATIENT, 3, "Image Position (Patient)")?;
    let cosines = numbers(tags::IMAGE_ORIENTATION_PATIENT, 6, "Image Orientation (Patient)")?;
    let spacing = numbers(tags::PIXEL_SPACING, 2, "Pixel Spacing")?;
    let (row, column) = (Vector::from_column_slice(&cosines[..3]), Vector::from_column_slice(&cosines[3..]));
    let unit = |v: &Vector| (v.norm() - 1.0).abs() < 1e-3;
    if !unit(&row) || !unit(&column) || row.dot(&column).abs() > 1e-3 || spacing.iter().any(|s| *s <= 0.0) {
        return unsuitable(
            "an orientation or pixel spacing that cannot be".into(),
            "perpendicular unit vectors and positive spacing",
        );
    }
    let one = |tag: Tag, name| numbers(tag, 1, name).ok().map(|values| values[0]);
    let slope = one(tags::RESCALE_SLOPE, "").unwrap_or(1.0);
    let intercept = one(tags::RESCALE_INTERCEPT, "").unwrap_or(0.0);
    let bytes = pixel_bytes(&object).ok_or_else(|| missing(path, "Pixel Data"))?;
    if bytes.len() < rows * columns * 2 {
        return unsuitable(format!("{} bytes of pixels", bytes.len()), "two bytes a pixel");
    }
    let value = |pair: &[u8]| {
        let raw = u16::from_le_bytes([pair[0], pair[1]]);
        let stored = if signed { f64::from(raw as i16) } else { f64::from(raw) };
        (stored * slope + intercept) as f32
    };
    let words = |tag: Tag| object.get(tag).and_then(|element| element.to_str().ok()).map(|text| text.trim().to_owned());
    Ok(Slice {
        path: path.to_owned(),
        series: words(tags::SERIES_INSTANCE_UID).unwrap_or_default(),
        position: Point::new(position[0], position[1], position[2]),
        row: row.normalize(),
        column: column.normalize(),
        spacing_mm: [spacing[0], spacing[1]],
        shape: [rows, columns],
        thickness_mm: one(tags::SLICE_THICKNESS, "").filter(|mm| *mm > 0.0).unwrap_or(1.0),
        patient_position: words(tags::PATIENT_POSITION)
            .and_then(|code| PatientPosition::ALL.into_iter().find(|position| position.code() == code)),
        values: bytes.chunks_exact(2).take(rows * columns).map(value).collect(),
    })
}

fn pixel_bytes(object: &DefaultDicomObject) -> Option<Vec<u8>> {
    Some(object.get(tags::PIXEL_DATA)?.to_bytes().ok()?.into_owned())
}

fn missing(path: &Path, name: &'static str) -> FileError {
    FileError::unsuitable(path, format!("no usable {name}"), "an MR image with its geometry")
}
