//! Writing: one file a slice, appearing whole.

use std::path::{Path, PathBuf};

use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use geometry::Volume;

use super::attributes::{SeriesHeader, uid};
use crate::error::FileError;
use crate::picture::Window;
use crate::whole_file::write_whole;

/// Brightest stored value: twelve bits, as scanners store.
const BRIGHTEST: f32 = 4095.0;

/// Writes a volume as `IM0001.dcm`… into a folder that must exist. Values are scaled to twelve bits; the
/// rescale slope restores them.
///
/// # Errors
/// [`FileError::Unreadable`] with the file and the system's reason.
pub fn write_series(folder: &Path, header: &SeriesHeader, volume: &Volume<f32>) -> Result<Vec<PathBuf>, FileError> {
    let brightest = volume.data.iter().copied().filter(|v| v.is_finite()).fold(0.0f32, f32::max);
    let scale = if brightest > 0.0 { brightest / BRIGHTEST } else { 1.0 };
    (0..volume.grid.shape[2])
        .map(|slice| {
            let path = folder.join(format!("IM{:04}.dcm", slice + 1));
            let object = image(header, volume, slice, scale);
            let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
            let file = object.with_meta(meta).map_err(FileError::unreadable(&path))?;
            let mut bytes = Vec::new();
            file.write_all(&mut bytes).map_err(FileError::unreadable(&path))?;
            write_whole(&path, &bytes).map_err(FileError::unreadable(&path))?;
            Ok(path)
        })
        .collect()
}

fn image(header: &SeriesHeader, volume: &Volume<f32>, slice: usize, scale: f32) -> InMemDicomObject {
    let mut object = InMemDicomObject::new_empty();
    identify(&mut object, header, slice);
    describe_sequence(&mut object, header, volume);
    place(&mut object, header, volume, slice);
    fill(&mut object, volume, slice, scale);
    object
}

fn text(object: &mut InMemDicomObject, tag: Tag, vr: VR, value: impl Into<String>) {
    let value: String = value.into();
    let value = if value.is_empty() { PrimitiveValue::Empty } else { PrimitiveValue::from(value) };
    object.put(DataElement::new(tag, vr, value));
}

fn number(object: &mut InMemDicomObject, tag: Tag, value: u16) {
    object.put(DataElement::new(tag, VR::US, PrimitiveValue::from(value)));
}

/// A decimal string: at most 16 characters (PS3.5 6.2).
fn decimal(value: f64) -> String {
    let shortest = format!("{value}");
    if shortest.len() <= 16 {
        return shortest;
    }
    let scientific = value != 0.0 && value.abs() < 1e-4;
    (0..=12)
        .rev()
        .map(|digits| if scientific { format!("{value:.digits$e}") } else { format!("{value:.digits$}") })
        .find(|text| text.len() <= 16)
        .unwrap_or_else(|| "0".into())
}

fn decimals(object: &mut InMemDicomObject, tag: Tag, values: &[f64]) {
    text(object, tag, VR::DS, values.iter().map(|v| decimal(*v)).collect::<Vec<_>>().join("\\"));
}

/// Patient, study, series, equipment and SOP common modules.
fn identify(object: &mut InMemDicomObject, header: &SeriesHeader, slice: usize) {
    let number = header.series_number.to_string();
    let key = [header.study_key.as_str(), number.as_str()];
    let instance = (slice + 1).to_string();
    text(object, tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
    text(object, tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\M");
    text(object, tags::SOP_CLASS_UID, VR::UI, uids::MR_IMAGE_STORAGE);
    text(object, tags::SOP_INSTANCE_UID, VR::UI, uid(&["instance", key[0], key[1], &instance]));
    text(object, tags::STUDY_DATE, VR::DA, &*header.study_date);
    text(object, tags::SERIES_DATE, VR::DA, &*header.study_date);
    text(object, tags::CONTENT_DATE, VR::DA, &*header.study_date);
    text(object, tags::STUDY_TIME, VR::TM, &*header.study_time);
    text(object, tags::CONTENT_TIME, VR::TM, &*header.study_time);
    text(object, tags::ACCESSION_NUMBER, VR::SH, "");
    text(object, tags::MODALITY, VR::CS, "MR");
    text(object, tags::MANUFACTURER, VR::LO, "Plumbline");
    text(object, tags::MANUFACTURER_MODEL_NAME, VR::LO, "Virtual scanner");
    text(object, tags::DEVICE_SERIAL_NUMBER, VR::LO, "0");
    text(object, tags::SOFTWARE_VERSIONS, VR::LO, env!("CARGO_PKG_VERSION"));
    text(object, tags::REFERRING_PHYSICIAN_NAME, VR::PN, "");
    text(object, tags::STUDY_DESCRIPTION, VR::LO, "Lumbar spine");
    text(object, tags::SERIES_DESCRIPTION, VR::LO, &*header.description);
    text(object, tags::PATIENT_NAME, VR::PN, &*header.patient_name);
    text(object, tags::PATIENT_ID, VR::LO, &*header.patient_id);
    text(object, tags::PATIENT_BIRTH_DATE, VR::DA, &*header.birth_date);
    text(object, tags::PATIENT_SEX, VR::CS, &*header.sex);
    text(object, tags::PATIENT_AGE, VR::AS, format!("{:03.0}Y", header.age_years.clamp(0.0, 999.0)));
    decimals(object, tags::PATIENT_SIZE, &[header.height_m]);
    decimals(object, tags::PATIENT_WEIGHT, &[header.weight_kg]);
    text(object, tags::STUDY_INSTANCE_UID, VR::UI, uid(&["study", key[0]]));
    text(object, tags::SERIES_INSTANCE_UID, VR::UI, uid(&["series", key[0], key[1]]));
    text(object, tags::STUDY_ID, VR::SH, "1");
    text(object, tags::SERIES_NUMBER, VR::IS, &*number);
    text(object, tags::INSTANCE_NUMBER, VR::IS, instance);
    text(object, tags::FRAME_OF_REFERENCE_UID, VR::UI, uid(&["frame", key[0]]));
    text(object, tags::POSITION_REFERENCE_INDICATOR, VR::LO, "");
    text(object, tags::PATIENT_POSITION, VR::CS, header.position.code());
    text(object, tags::BODY_PART_EXAMINED, VR::CS, "LSPINE");
}

/// MR image module (PS3.3 C.8.3.1).
fn describe_sequence(object: &mut InMemDicomObject, header: &SeriesHeader, volume: &Volume<f32>) {
    let sequence = &header.sequence;
    text(object, tags::SCANNING_SEQUENCE, VR::CS, &*sequence.scanning_sequence);
    text(object, tags::SEQUENCE_VARIANT, VR::CS, &*sequence.variant);
    text(object, tags::SCAN_OPTIONS, VR::CS, "");
    text(object, tags::MR_ACQUISITION_TYPE, VR::CS, "2D");
    decimals(object, tags::SLICE_THICKNESS, &[sequence.thickness_mm]);
    decimals(object, tags::REPETITION_TIME, &[sequence.repetition_time_ms]);
    decimals(object, tags::ECHO_TIME, &[sequence.echo_time_ms]);
    decimals(object, tags::NUMBER_OF_AVERAGES, &[sequence.averages]);
    decimals(object, tags::IMAGING_FREQUENCY, &[sequence.field_t * 42.577_478]);
    text(object, tags::IMAGED_NUCLEUS, VR::SH, "1H");
    decimals(object, tags::MAGNETIC_FIELD_STRENGTH, &[sequence.field_t]);
    decimals(object, tags::SPACING_BETWEEN_SLICES, &[volume.grid.spacing_mm[2]]);
    text(object, tags::ECHO_TRAIN_LENGTH, VR::IS, sequence.echo_train_length.to_string());
    decimals(object, tags::PIXEL_BANDWIDTH, &[sequence.bandwidth_hz_per_px]);
    decimals(object, tags::FLIP_ANGLE, &[sequence.flip_deg]);
}

/// Image plane module (PS3.3 C.7.6.2): LPS millimetres, as ours.
fn place(object: &mut InMemDicomObject, _header: &SeriesHeader, volume: &Volume<f32>, slice: usize) {
    let grid = &volume.grid;
    let corner = grid.point([0.0, 0.0, slice as f64]);
    let (row, column) = (grid.axes.column(0), grid.axes.column(1));
    decimals(object, tags::IMAGE_POSITION_PATIENT, corner.coords.as_slice());
    let cosines: Vec<f64> = row.iter().chain(column.iter()).copied().collect();
    decimals(object, tags::IMAGE_ORIENTATION_PATIENT, &cosines);
    decimals(object, tags::PIXEL_SPACING, &[grid.spacing_mm[1], grid.spacing_mm[0]]);
    decimals(object, tags::SLICE_LOCATION, &[grid.normal().dot(&corner.coords)]);
}

/// Image pixel and VOI LUT modules.
fn fill(object: &mut InMemDicomObject, volume: &Volume<f32>, slice: usize, scale: f32) {
    let [_, rows, columns] = volume.grid.array_shape();
    let pixels: Vec<u16> = volume
        .data
        .index_axis(ndarray::Axis(0), slice)
        .iter()
        .map(|v| if v.is_finite() { (v / scale).round().clamp(0.0, BRIGHTEST) as u16 } else { 0 })
        .collect();
    number(object, tags::SAMPLES_PER_PIXEL, 1);
    text(object, tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2");
    number(object, tags::ROWS, rows as u16);
    number(object, tags::COLUMNS, columns as u16);
    number(object, tags::BITS_ALLOCATED, 16);
    number(object, tags::BITS_STORED, 12);
    number(object, tags::HIGH_BIT, 11);
    number(object, tags::PIXEL_REPRESENTATION, 0);
    let window = Window::of(volume);
    let width = f64::from(window.high - window.low).max(1e-3);
    decimals(object, tags::WINDOW_CENTER, &[f64::from(window.low) + width / 2.0]);
    decimals(object, tags::WINDOW_WIDTH, &[width]);
    decimals(object, tags::RESCALE_INTERCEPT, &[0.0]);
    decimals(object, tags::RESCALE_SLOPE, &[f64::from(scale)]);
    text(object, tags::RESCALE_TYPE, VR::LO, "US");
    object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(pixels.into())));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn decimal_strings_fit_and_keep_their_value(value in -1e6f64..1e6, tiny in -1e-6f64..1e-6) {
            for value in [value, tiny, value.round()] {
                let text = decimal(value);
                prop_assert!(text.len() <= 16, "{text}");
                let back: f64 = text.parse().expect("a number");
                prop_assert!((back - value).abs() <= 1e-6 * value.abs().max(1e-3), "{text} for {value}");
            }
        }
    }
}
