//! Functional groups of Enhanced MR (PS3.3 A.36.2.4): shared and per frame.

use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use geometry::{PhaseEncoding, Volume};

use super::attributes::{Scanned, SeriesHeader};
use super::pixels::Storage;
use super::{LARMOR_MHZ_PER_T, plane};
use crate::dicom_element::{Code, Elements, item};

/// Image Type (0008,0008): a set of parallel frames that samples a volume (C.8.16.1.3).
pub(super) const IMAGE_TYPE: &str = "ORIGINAL\\PRIMARY\\VOLUME\\NONE";

/// Anatomic region (PS3.16 CID 4031; a phantom is a concept of annex D).
fn region(scanned: Scanned) -> Code {
    match scanned {
        Scanned::LumbarSpine => Code::snomed("122496007", "Lumbar spine"),
        Scanned::QaPhantom => Code::dicom("113681", "Phantom"),
    }
}

/// An item of Dimension Index Sequence (0020,9222).
pub(crate) fn dimension(organization: &str, index: Tag, group: Tag, label: &str) -> InMemDicomObject {
    let pointer = |object: &mut InMemDicomObject, tag, to: Tag| {
        object.put(DataElement::new(tag, VR::AT, PrimitiveValue::from(to)));
    };
    item(|object| {
        object.text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, organization);
        pointer(object, tags::DIMENSION_INDEX_POINTER, index);
        pointer(object, tags::FUNCTIONAL_GROUP_POINTER, group);
        object.text(tags::DIMENSION_DESCRIPTION_LABEL, VR::LO, label);
    })
}

/// The kind of pixels (C.8.13.3.1, C.8.16.2), stated for the file and for every frame.
pub(super) fn kind_of_pixels(object: &mut InMemDicomObject) {
    object.text(tags::PIXEL_PRESENTATION, VR::CS, "MONOCHROME");
    object.text(tags::VOLUMETRIC_PROPERTIES, VR::CS, "VOLUME");
    object.text(tags::VOLUME_BASED_CALCULATION_TECHNIQUE, VR::CS, "NONE");
    object.text(tags::COMPLEX_IMAGE_COMPONENT, VR::CS, "MAGNITUDE");
    object.text(tags::ACQUISITION_CONTRAST, VR::CS, "UNKNOWN");
}

/// Shared functional groups.
pub(super) fn shared(header: &SeriesHeader, volume: &Volume<f32>, storage: &Storage) -> InMemDicomObject {
    let grid = &volume.grid;
    item(|groups| {
        let mut group = |tag, fill: &dyn Fn(&mut InMemDicomObject)| groups.sequence(tag, vec![item(fill)]);
        group(tags::PIXEL_MEASURES_SEQUENCE, &|o| {
            plane::measure(o, grid, header.sequence.thickness_mm);
            o.decimals(tags::SPACING_BETWEEN_SLICES, &[grid.spacing_mm[2]]);
        });
        group(tags::PLANE_ORIENTATION_SEQUENCE, &|o| plane::orient(o, grid));
        group(tags::FRAME_ANATOMY_SEQUENCE, &|o| {
            o.code(tags::ANATOMIC_REGION_SEQUENCE, &region(header.scanned));
            o.text(tags::FRAME_LATERALITY, VR::CS, "U");
        });
        group(tags::PIXEL_VALUE_TRANSFORMATION_SEQUENCE, &|o| storage.rescale(o));
        group(tags::FRAME_VOILUT_SEQUENCE, &|o| storage.window(o));
        group(tags::MR_IMAGE_FRAME_TYPE_SEQUENCE, &|o| {
            o.text(tags::FRAME_TYPE, VR::CS, IMAGE_TYPE);
            kind_of_pixels(o);
        });
        group(tags::MR_TIMING_AND_RELATED_PARAMETERS_SEQUENCE, &|o| timing(o, header));
        group(tags::MR_ECHO_SEQUENCE, &|o| o.double(tags::EFFECTIVE_ECHO_TIME, header.sequence.echo_time_ms));
        group(tags::MRFOV_GEOMETRY_SEQUENCE, &|o| field_of_view(o, header, volume));
        group(tags::MR_MODIFIER_SEQUENCE, &|o| modifier(o, header));
        group(tags::MR_IMAGING_MODIFIER_SEQUENCE, &|o| imaging_modifier(o, header));
        group(tags::MR_RECEIVE_COIL_SEQUENCE, &receive_coil);
        group(tags::MR_TRANSMIT_COIL_SEQUENCE, &transmit_coil);
        group(tags::MR_AVERAGES_SEQUENCE, &|o| o.decimals(tags::NUMBER_OF_AVERAGES, &[header.sequence.averages]));
    })
}

/// Per-frame functional groups: position in the stack and in the patient.
pub(super) fn of_frame(header: &SeriesHeader, volume: &Volume<f32>, frame: usize) -> InMemDicomObject {
    let started = format!("{}{}", header.study_date, header.study_time);
    let number = frame as u32 + 1;
    item(|groups| {
        let content = item(|o| {
            o.text(tags::FRAME_ACQUISITION_DATE_TIME, VR::DT, &*started);
            o.text(tags::FRAME_REFERENCE_DATE_TIME, VR::DT, &*started);
            o.double(tags::FRAME_ACQUISITION_DURATION, duration_ms(header, volume.grid.shape[1]));
            o.text(tags::STACK_ID, VR::SH, "1");
            o.wholes(tags::IN_STACK_POSITION_NUMBER, &[number]);
            o.wholes(tags::DIMENSION_INDEX_VALUES, &[1, number]);
        });
        groups.sequence(tags::FRAME_CONTENT_SEQUENCE, vec![content]);
        groups.sequence(tags::PLANE_POSITION_SEQUENCE, vec![item(|o| plane::place(o, &volume.grid, frame))]);
    })
}

/// Acquisition duration, ms: one repetition per echo train. Slices are interleaved, so every frame has that of the series.
pub(super) fn duration_ms(header: &SeriesHeader, phase_steps: usize) -> f64 {
    let sequence = &header.sequence;
    let trains = phase_steps.div_ceil(sequence.echo_train_length.max(1) as usize);
    sequence.repetition_time_ms * trains as f64 * sequence.averages
}

/// C.8.13.5.2. No real patient was exposed: no stimulation, normal mode.
fn timing(object: &mut InMemDicomObject, header: &SeriesHeader) {
    let sequence = &header.sequence;
    let gradient = sequence.scanning_sequence == "GR";
    object.decimals(tags::REPETITION_TIME, &[sequence.repetition_time_ms]);
    object.decimals(tags::FLIP_ANGLE, &[sequence.flip_deg]);
    object.text(tags::ECHO_TRAIN_LENGTH, VR::IS, sequence.echo_train_length.to_string());
    object.whole(tags::RF_ECHO_TRAIN_LENGTH, if gradient { 0 } else { sequence.echo_train_length.max(1) as u16 });
    object.whole(tags::GRADIENT_ECHO_TRAIN_LENGTH, if gradient { sequence.echo_train_length.max(1) as u16 } else { 0 });
    object.double(tags::GRADIENT_OUTPUT, 0.0);
    object.text(tags::GRADIENT_OUTPUT_TYPE, VR::CS, "PER_NERVE_STIM");
    let absorption = item(|o| {
        o.text(tags::SPECIFIC_ABSORPTION_RATE_DEFINITION, VR::CS, "IEC_WHOLE_BODY");
        o.double(tags::SPECIFIC_ABSORPTION_RATE_VALUE, sequence.sar_w_per_kg);
    });
    object.sequence(tags::SPECIFIC_ABSORPTION_RATE_SEQUENCE, vec![absorption]);
    let mode = |kind: &str| {
        item(|o| {
            o.text(tags::OPERATING_MODE_TYPE, VR::CS, kind);
            o.text(tags::OPERATING_MODE, VR::CS, "IEC_NORMAL");
        })
    };
    let modes = ["STATIC FIELD", "RF", "GRADIENT"].map(mode).into();
    object.sequence(tags::OPERATING_MODE_SEQUENCE, modes);
}

/// C.8.13.5.3.
fn field_of_view(object: &mut InMemDicomObject, header: &SeriesHeader, volume: &Volume<f32>) {
    let [_, rows, columns] = volume.grid.array_shape();
    let [row_mm, column_mm, _] = volume.grid.extent_mm();
    let (direction, phase, frequency, percent) = match header.sequence.phase_encoding {
        PhaseEncoding::Column => ("COLUMN", rows, columns, 100.0 * column_mm / row_mm),
        PhaseEncoding::Row => ("ROW", columns, rows, 100.0 * row_mm / column_mm),
    };
    object.text(tags::IN_PLANE_PHASE_ENCODING_DIRECTION, VR::CS, direction);
    object.whole(tags::MR_ACQUISITION_FREQUENCY_ENCODING_STEPS, frequency as u16);
    object.whole(tags::MR_ACQUISITION_PHASE_ENCODING_STEPS_IN_PLANE, phase as u16);
    object.decimals(tags::PERCENT_SAMPLING, &[100.0]);
    object.decimals(tags::PERCENT_PHASE_FIELD_OF_VIEW, &[percent]);
}

/// C.8.13.5.5.
fn modifier(object: &mut InMemDicomObject, header: &SeriesHeader) {
    let sequence = &header.sequence;
    object.text(tags::INVERSION_RECOVERY, VR::CS, if sequence.inversion_time_ms.is_some() { "YES" } else { "NO" });
    if let Some(time_ms) = sequence.inversion_time_ms {
        object.double(tags::INVERSION_TIMES, time_ms);
    }
    object.text(tags::FLOW_COMPENSATION, VR::CS, "NONE");
    object.text(tags::SPOILING, VR::CS, if sequence.variant.contains("SP") { "RF" } else { "NONE" });
    object.text(tags::T2_PREPARATION, VR::CS, "NO");
    object.text(tags::SPECTRALLY_SELECTED_EXCITATION, VR::CS, "NONE");
    object.text(tags::SPATIAL_PRESATURATION, VR::CS, "NONE");
    object.text(tags::PARTIAL_FOURIER, VR::CS, "NO");
    object.text(tags::PARALLEL_ACQUISITION, VR::CS, "NO");
}

/// C.8.13.5.6.
fn imaging_modifier(object: &mut InMemDicomObject, header: &SeriesHeader) {
    object.text(tags::MAGNETIZATION_TRANSFER, VR::CS, "NONE");
    object.text(tags::BLOOD_SIGNAL_NULLING, VR::CS, "NO");
    object.text(tags::TAGGING, VR::CS, "NONE");
    object.double(tags::TRANSMITTER_FREQUENCY, header.sequence.field_t * LARMOR_MHZ_PER_T);
    object.decimals(tags::PIXEL_BANDWIDTH, &[header.sequence.bandwidth_hz_per_px]);
}

/// C.8.13.5.7.
fn receive_coil(object: &mut InMemDicomObject) {
    object.text(tags::RECEIVE_COIL_NAME, VR::SH, "SPINE");
    object.text(tags::RECEIVE_COIL_MANUFACTURER_NAME, VR::LO, "Plumbline");
    object.text(tags::RECEIVE_COIL_TYPE, VR::CS, "SURFACE");
    object.text(tags::QUADRATURE_RECEIVE_COIL, VR::CS, "NO");
}

/// C.8.13.5.8.
fn transmit_coil(object: &mut InMemDicomObject) {
    object.text(tags::TRANSMIT_COIL_NAME, VR::SH, "BODY");
    object.text(tags::TRANSMIT_COIL_MANUFACTURER_NAME, VR::LO, "Plumbline");
    object.text(tags::TRANSMIT_COIL_TYPE, VR::CS, "BODY");
}
