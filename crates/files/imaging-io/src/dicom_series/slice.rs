//! One slice as read: a classic image or a frame of an enhanced image.

use std::path::{Path, PathBuf};

use dicom_core::Tag;
use dicom_core::dictionary::{UidDictionary as _, UidDictionaryEntry as _};
use dicom_dictionary_std::{StandardSopClassDictionary, tags, uids};
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;
use geometry::{PatientPosition, Point, Vector};

use crate::error::FileError;

/// Images with more pixels are refused.
const MAX_PIXELS: usize = 1 << 24;
/// SOP classes of MR images: classic, enhanced, and legacy converted enhanced.
const IMAGE_CLASSES: [&str; 3] =
    [uids::MR_IMAGE_STORAGE, uids::ENHANCED_MR_IMAGE_STORAGE, uids::LEGACY_CONVERTED_ENHANCED_MR_IMAGE_STORAGE];

/// One slice as read.
pub(super) struct Slice {
    pub path: PathBuf,
    /// Frame number, counted from 1, in an enhanced image.
    pub frame: Option<u32>,
    pub series: String,
    pub sop_class: String,
    pub sop_instance: String,
    pub position: Point,
    pub row: Vector,
    pub column: Vector,
    /// Spacing of rows and of columns, mm.
    pub spacing_mm: [f64; 2],
    /// Rows, columns.
    pub shape: [usize; 2],
    pub thickness_mm: f64,
    pub patient_position: Option<PatientPosition>,
    pub values: Vec<f32>,
}

/// The elements of a frame: looked up in its functional groups, then in the shared ones, then in the data set.
struct Frame<'a> {
    object: &'a InMemDicomObject,
    groups: [Option<&'a InMemDicomObject>; 2],
    path: &'a Path,
    number: Option<u32>,
}

impl<'a> Frame<'a> {
    fn element(&self, group: Tag, tag: Tag) -> Option<&'a InMemElement> {
        let in_group = |holder: &'a InMemDicomObject| holder.get(group)?.items()?.first()?.get(tag);
        self.groups.iter().flatten().find_map(|holder| in_group(holder)).or_else(|| self.object.get(tag))
    }

    fn numbers(&self, group: Tag, tag: Tag, count: usize, name: &'static str) -> Result<Vec<f64>, FileError> {
        let values = self.element(group, tag).and_then(|element| element.to_multi_float64().ok()).unwrap_or_default();
        if values.len() == count && values.iter().all(|v| v.is_finite()) {
            return Ok(values);
        }
        let of_frame = self.number.map(|number| format!(" of frame {number}")).unwrap_or_default();
        Err(FileError::unsuitable(self.path, format!("no usable {name}{of_frame}"), "an MR image with its geometry"))
    }

    fn number_or(&self, group: Tag, tag: Tag, otherwise: f64) -> f64 {
        self.numbers(group, tag, 1, "").map_or(otherwise, |values| values[0])
    }
}

/// The SOP class, if it is one of MR images.
pub(super) fn check_class(path: &Path, object: &InMemDicomObject) -> Result<String, FileError> {
    let class = words(object, tags::SOP_CLASS_UID).unwrap_or_default();
    if IMAGE_CLASSES.contains(&class.as_str()) {
        return Ok(class);
    }
    let name = match StandardSopClassDictionary.by_uid(&class) {
        Some(known) => known.name().to_owned(),
        None => format!("an object of SOP class '{class}'"),
    };
    let modality = words(object, tags::MODALITY).map(|m| format!(" (modality {m})")).unwrap_or_default();
    let expected = "MR images: MR Image Storage or Enhanced MR Image Storage";
    Err(FileError::unsuitable(path, format!("{name}{modality}"), expected))
}

/// All slices of a data set.
pub(super) fn slices_of(path: &Path, object: &InMemDicomObject) -> Result<Vec<Slice>, FileError> {
    let class = check_class(path, object)?;
    let frames = whole_or(object, tags::NUMBER_OF_FRAMES, 1);
    let items = |tag: Tag| object.get(tag).and_then(|element| element.items()).unwrap_or_default();
    let own = items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
    let enhanced = class != uids::MR_IMAGE_STORAGE;
    if enhanced && own.len() != frames {
        let found = format!("{frames} frames with {} functional groups", own.len());
        return Err(FileError::unsuitable(path, found, "functional groups for every frame"));
    }
    if !enhanced && frames != 1 {
        return Err(FileError::unsuitable(path, format!("{frames} frames in a classic image"), "one slice per file"));
    }
    let shared = items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE).first();
    let pixels = Pixels::of(path, object, frames)?;
    (0..frames)
        .map(|at| {
            let number = enhanced.then_some(at as u32 + 1);
            let frame = Frame { object, groups: [own.get(at).filter(|_| enhanced), shared], path, number };
            slice(&frame, &class, &pixels, at)
        })
        .collect()
}

fn slice(frame: &Frame<'_>, class: &str, pixels: &Pixels<'_>, at: usize) -> Result<Slice, FileError> {
    let measures = tags::PIXEL_MEASURES_SEQUENCE;
    let position =
        frame.numbers(tags::PLANE_POSITION_SEQUENCE, tags::IMAGE_POSITION_PATIENT, 3, "Image Position (Patient)")?;
    let orientation = tags::PLANE_ORIENTATION_SEQUENCE;
    let cosines = frame.numbers(orientation, tags::IMAGE_ORIENTATION_PATIENT, 6, "Image Orientation (Patient)")?;
    let spacing = frame.numbers(measures, tags::PIXEL_SPACING, 2, "Pixel Spacing")?;
    let (row, column) = (Vector::from_column_slice(&cosines[..3]), Vector::from_column_slice(&cosines[3..]));
    let unit = |v: &Vector| (v.norm() - 1.0).abs() < 1e-3;
    if !unit(&row) || !unit(&column) || row.dot(&column).abs() > 1e-3 || spacing.iter().any(|s| *s <= 0.0) {
        let found = "an invalid orientation or pixel spacing";
        return Err(FileError::unsuitable(frame.path, found, "perpendicular unit vectors and positive spacing"));
    }
    let transformation = tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE;
    let slope = frame.number_or(transformation, tags::RESCALE_SLOPE, 1.0);
    let intercept = frame.number_or(transformation, tags::RESCALE_INTERCEPT, 0.0);
    let thickness_mm = frame.number_or(measures, tags::SLICE_THICKNESS, 0.0);
    let patient_position = words(frame.object, tags::PATIENT_POSITION)
        .and_then(|code| PatientPosition::ALL.into_iter().find(|position| position.code() == code));
    Ok(Slice {
        path: frame.path.to_owned(),
        frame: frame.number,
        series: words(frame.object, tags::SERIES_INSTANCE_UID).unwrap_or_default(),
        sop_class: class.to_owned(),
        sop_instance: words(frame.object, tags::SOP_INSTANCE_UID).unwrap_or_default(),
        position: Point::new(position[0], position[1], position[2]),
        row: row.normalize(),
        column: column.normalize(),
        spacing_mm: [spacing[0], spacing[1]],
        shape: pixels.shape,
        thickness_mm: if thickness_mm > 0.0 { thickness_mm } else { 1.0 },
        patient_position,
        values: pixels.frame(at).map(|stored| (stored * slope + intercept) as f32).collect(),
    })
}

/// The stored pixels of all frames.
struct Pixels<'a> {
    /// Rows, columns.
    shape: [usize; 2],
    signed: bool,
    bytes: std::borrow::Cow<'a, [u8]>,
}

impl<'a> Pixels<'a> {
    fn of(path: &Path, object: &'a InMemDicomObject, frames: usize) -> Result<Self, FileError> {
        let missing = |name| FileError::unsuitable(path, format!("no usable {name}"), "an MR image with its pixels");
        let whole = |tag, name| whole(object, tag).ok_or_else(|| missing(name));
        let shape = [whole(tags::ROWS, "Rows")?, whole(tags::COLUMNS, "Columns")?];
        let [rows, columns] = shape;
        if !(1..=MAX_PIXELS).contains(&rows.saturating_mul(columns)) {
            let found = format!("{rows} × {columns} pixels");
            return Err(FileError::unsuitable(path, found, "between 1 and 2^24 pixels"));
        }
        let bits = whole(tags::BITS_ALLOCATED, "Bits Allocated")?;
        if bits != 16 || whole(tags::SAMPLES_PER_PIXEL, "Samples per Pixel")? != 1 {
            return Err(FileError::unsuitable(path, "pixels that are not 16-bit grey", "16-bit grey pixels"));
        }
        let signed = whole(tags::PIXEL_REPRESENTATION, "Pixel Representation")? == 1;
        let data = object.get(tags::PIXEL_DATA).and_then(|element| element.to_bytes().ok());
        let bytes = data.ok_or_else(|| missing("Pixel Data"))?;
        if bytes.len() / 2 / (rows * columns) < frames {
            let found = format!("{} bytes for {frames} × {rows} × {columns} pixels", bytes.len());
            return Err(FileError::unsuitable(path, found, "two bytes per pixel"));
        }
        Ok(Self { shape, signed, bytes })
    }

    fn frame(&self, at: usize) -> impl Iterator<Item = f64> {
        let size = self.shape[0] * self.shape[1] * 2;
        self.bytes[at * size..(at + 1) * size].chunks_exact(2).map(|pair| {
            let raw = u16::from_le_bytes([pair[0], pair[1]]);
            if self.signed { f64::from(raw as i16) } else { f64::from(raw) }
        })
    }
}

/// A text without its padding; `None` if it is empty or absent.
pub(super) fn words(object: &InMemDicomObject, tag: Tag) -> Option<String> {
    let text = object.get(tag)?.to_str().ok()?.trim_matches(|c: char| c.is_whitespace() || c == '\0').to_owned();
    Some(text).filter(|text| !text.is_empty())
}

fn whole(object: &InMemDicomObject, tag: Tag) -> Option<usize> {
    object.get(tag)?.to_int::<u32>().ok().map(|value| value as usize)
}

fn whole_or(object: &InMemDicomObject, tag: Tag, otherwise: usize) -> usize {
    whole(object, tag).unwrap_or(otherwise)
}
