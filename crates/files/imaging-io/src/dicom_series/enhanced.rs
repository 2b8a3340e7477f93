//! Writes Enhanced MR Image Storage (PS3.3 A.36): a volume as one multi-frame file.

use std::path::Path;

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use geometry::Volume;
use ndarray::Axis;

use super::attributes::SeriesHeader;
use super::functional_groups::{self, IMAGE_TYPE, kind_of_pixels};
use super::identifiers::Identifiers;
use super::modules::identify;
use super::pixels::{Storage, fill};
use crate::dicom_element::{Elements, item, save, uid};
use crate::error::FileError;

/// Writes a volume as one Enhanced MR file. Values are scaled to twelve bits, as in classic files.
///
/// # Errors
/// [`FileError::Unreadable`] with the file and the system's reason.
pub fn write_enhanced(path: &Path, header: &SeriesHeader, volume: &Volume<f32>) -> Result<(), FileError> {
    let storage = Storage::of(volume);
    let [frames, rows, columns] = volume.grid.array_shape();
    let identifiers = Identifiers::of(header, volume, uids::ENHANCED_MR_IMAGE_STORAGE);
    let object = item(|object| {
        identify(object, header, &identifiers, uids::ENHANCED_MR_IMAGE_STORAGE, 1);
        describe_image(object, header, rows);
        describe_pulse_sequence(object, header);
        order_frames(object, &identifiers, frames);
        let shared = functional_groups::shared(header, volume, &storage);
        object.sequence(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![shared]);
        let own = (0..frames).map(|frame| functional_groups::of_frame(header, volume, frame)).collect();
        object.sequence(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, own);
        let pixels = (0..frames).flat_map(|k| storage.store(volume.data.index_axis(Axis(0), k))).collect();
        fill(object, [rows, columns], pixels);
    });
    save(path, object)
}

/// Enhanced MR image module (C.8.13.1).
fn describe_image(object: &mut InMemDicomObject, header: &SeriesHeader, rows: usize) {
    object.text(tags::IMAGE_TYPE, VR::CS, IMAGE_TYPE);
    kind_of_pixels(object);
    object.text(tags::ACQUISITION_DATE_TIME, VR::DT, format!("{}{}", header.study_date, header.study_time));
    object.double(tags::ACQUISITION_DURATION, functional_groups::duration_ms(header, rows) / 1000.0);
    object.text(tags::CONTENT_QUALIFICATION, VR::CS, "RESEARCH");
    object.text(tags::RESONANT_NUCLEUS, VR::CS, "1H");
    object.text(tags::K_SPACE_FILTERING, VR::CS, "NONE");
    object.decimals(tags::MAGNETIC_FIELD_STRENGTH, &[header.sequence.field_t]);
    object.text(tags::APPLICABLE_SAFETY_STANDARD_AGENCY, VR::CS, "IEC");
    object.text(tags::BURNED_IN_ANNOTATION, VR::CS, "NO");
    object.text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00");
    object.text(tags::PRESENTATION_LUT_SHAPE, VR::CS, "IDENTITY");
    object.sequence(tags::ACQUISITION_CONTEXT_SEQUENCE, Vec::new());
}

/// MR pulse sequence module (C.8.13.4).
fn describe_pulse_sequence(object: &mut InMemDicomObject, header: &SeriesHeader) {
    let sequence = &header.sequence;
    let gradient = sequence.scanning_sequence == "GR";
    let steady = if sequence.variant.contains("SS") { "FREE_PRECESSION" } else { "NONE" };
    object.text(tags::PULSE_SEQUENCE_NAME, VR::SH, format!("{} {}", sequence.scanning_sequence, sequence.variant));
    object.text(tags::MR_ACQUISITION_TYPE, VR::CS, "2D");
    object.text(tags::ECHO_PULSE_SEQUENCE, VR::CS, if gradient { "GRADIENT" } else { "SPIN" });
    if !gradient {
        object.text(tags::MULTIPLE_SPIN_ECHO, VR::CS, if sequence.echo_train_length > 1 { "YES" } else { "NO" });
    }
    object.text(tags::MULTI_PLANAR_EXCITATION, VR::CS, "NO");
    object.text(tags::PHASE_CONTRAST, VR::CS, "NO");
    object.text(tags::TIME_OF_FLIGHT_CONTRAST, VR::CS, "NO");
    object.text(tags::STEADY_STATE_PULSE_SEQUENCE, VR::CS, steady);
    object.text(tags::ECHO_PLANAR_PULSE_SEQUENCE, VR::CS, "NO");
    object.text(tags::SATURATION_RECOVERY, VR::CS, "NO");
    object.text(tags::SPECTRALLY_SELECTED_SUPPRESSION, VR::CS, "NONE");
    object.text(tags::OVERSAMPLING_PHASE, VR::CS, "NONE");
    object.text(tags::GEOMETRY_OF_K_SPACE_TRAVERSAL, VR::CS, "RECTILINEAR");
    object.text(tags::RECTILINEAR_PHASE_ENCODE_REORDERING, VR::CS, "LINEAR");
    let segmented = if sequence.echo_train_length > 1 { "PARTIAL" } else { "SINGLE" };
    object.text(tags::SEGMENTED_K_SPACE_TRAVERSAL, VR::CS, segmented);
    object.whole(tags::NUMBER_OF_K_SPACE_TRAJECTORIES, sequence.echo_train_length.clamp(1, 65_535) as u16);
}

/// Multi-frame dimension module (C.7.6.17): one stack, frames by their position in it.
fn order_frames(object: &mut InMemDicomObject, identifiers: &Identifiers, frames: usize) {
    let organization = uid(&["dimensions", &identifiers.series]);
    object.text(tags::NUMBER_OF_FRAMES, VR::IS, frames.to_string());
    object.text(tags::DIMENSION_ORGANIZATION_TYPE, VR::CS, "3D");
    let by = |tag, label: &str| functional_groups::dimension(&organization, tag, tags::FRAME_CONTENT_SEQUENCE, label);
    object.sequence(
        tags::DIMENSION_INDEX_SEQUENCE,
        vec![by(tags::STACK_ID, "Stack"), by(tags::IN_STACK_POSITION_NUMBER, "Slice")],
    );
    let organizations = vec![item(|o| o.text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, organization.clone()))];
    object.sequence(tags::DIMENSION_ORGANIZATION_SEQUENCE, organizations);
}
