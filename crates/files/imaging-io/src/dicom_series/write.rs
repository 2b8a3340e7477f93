//! Writes MR Image Storage (PS3.3 A.4): one file per slice, written atomically.

use std::path::{Path, PathBuf};

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use geometry::Volume;
use ndarray::Axis;

use super::attributes::{Scanned, SeriesHeader};
use super::identifiers::Identifiers;
use super::modules::identify;
use super::pixels::{Storage, fill};
use super::{LARMOR_MHZ_PER_T, plane};
use crate::dicom_element::{Elements, item, save};
use crate::error::FileError;

/// Writes a volume as `IM0001.dcm`… into an existing folder. Values are scaled to twelve bits; the
/// rescale slope restores them.
///
/// # Errors
/// [`FileError::Unreadable`] with the file and the system's reason.
pub fn write_series(folder: &Path, header: &SeriesHeader, volume: &Volume<f32>) -> Result<Vec<PathBuf>, FileError> {
    let storage = Storage::of(volume);
    let identifiers = Identifiers::of(header, volume, uids::MR_IMAGE_STORAGE);
    (0..volume.grid.shape[2])
        .map(|slice| {
            let path = folder.join(format!("IM{:04}.dcm", slice + 1));
            save(&path, image(header, &identifiers, volume, slice, &storage))?;
            Ok(path)
        })
        .collect()
}

fn image(
    header: &SeriesHeader,
    identifiers: &Identifiers,
    volume: &Volume<f32>,
    slice: usize,
    storage: &Storage,
) -> InMemDicomObject {
    let [_, rows, columns] = volume.grid.array_shape();
    item(|object| {
        identify(object, header, identifiers, uids::MR_IMAGE_STORAGE, slice + 1);
        object.text(tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\M");
        describe_sequence(object, header, volume);
        plane::orient(object, &volume.grid);
        plane::place(object, &volume.grid, slice);
        plane::measure(object, &volume.grid, header.sequence.thickness_mm);
        object.decimals(tags::SLICE_LOCATION, &[plane::location_mm(&volume.grid, slice)]);
        storage.rescale(object);
        storage.window(object);
        fill(object, [rows, columns], storage.store(volume.data.index_axis(Axis(0), slice)));
    })
}

/// MR image module (PS3.3 C.8.3.1).
fn describe_sequence(object: &mut InMemDicomObject, header: &SeriesHeader, volume: &Volume<f32>) {
    let sequence = &header.sequence;
    object.text(tags::SCANNING_SEQUENCE, VR::CS, &*sequence.scanning_sequence);
    object.text(tags::SEQUENCE_VARIANT, VR::CS, &*sequence.variant);
    object.text(tags::SCAN_OPTIONS, VR::CS, "");
    object.text(tags::MR_ACQUISITION_TYPE, VR::CS, "2D");
    object.decimals(tags::REPETITION_TIME, &[sequence.repetition_time_ms]);
    object.decimals(tags::ECHO_TIME, &[sequence.echo_time_ms]);
    if let Some(time_ms) = sequence.inversion_time_ms {
        object.decimals(tags::INVERSION_TIME, &[time_ms]);
    }
    object.decimals(tags::NUMBER_OF_AVERAGES, &[sequence.averages]);
    object.decimals(tags::IMAGING_FREQUENCY, &[sequence.field_t * LARMOR_MHZ_PER_T]);
    object.text(tags::IMAGED_NUCLEUS, VR::SH, "1H");
    object.decimals(tags::MAGNETIC_FIELD_STRENGTH, &[sequence.field_t]);
    object.decimals(tags::SPACING_BETWEEN_SLICES, &[volume.grid.spacing_mm[2]]);
    object.text(tags::ECHO_TRAIN_LENGTH, VR::IS, sequence.echo_train_length.to_string());
    object.decimals(tags::PIXEL_BANDWIDTH, &[sequence.bandwidth_hz_per_px]);
    object.decimals(tags::FLIP_ANGLE, &[sequence.flip_deg]);
    if header.scanned == Scanned::QaPhantom {
        // Required without a body part, and may be empty (PS3.3 C.7.3.1); enhanced images have it per frame.
        object.text(tags::LATERALITY, VR::CS, "");
    }
    object.text(tags::IN_PLANE_PHASE_ENCODING_DIRECTION, VR::CS, sequence.phase_encoding_code());
    object.decimals(tags::SAR, &[sequence.sar_w_per_kg]);
}
