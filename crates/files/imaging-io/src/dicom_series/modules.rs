//! The modules that classic and enhanced images share: patient, study, series, equipment, SOP common.

use dicom_core::VR;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use super::attributes::{Scanned, SeriesHeader};
use super::identifiers::Identifiers;
use crate::dicom_element::{Elements, long_string};

/// All attributes that identify an object of a series; `instance` counts from 1.
pub(super) fn identify(
    object: &mut InMemDicomObject,
    header: &SeriesHeader,
    identifiers: &Identifiers,
    sop_class: &str,
    instance: usize,
) {
    patient(object, header);
    study(object, header, identifiers);
    series(object, header, identifiers);
    equipment(object, "Virtual scanner");
    let number = instance.to_string();
    object.text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
    object.text(tags::SOP_CLASS_UID, VR::UI, sop_class);
    object.text(tags::SOP_INSTANCE_UID, VR::UI, identifiers.instance(instance));
    object.text(tags::CONTENT_DATE, VR::DA, &*header.study_date);
    object.text(tags::CONTENT_TIME, VR::TM, &*header.study_time);
    object.text(tags::INSTANCE_NUMBER, VR::IS, number);
}

fn patient(object: &mut InMemDicomObject, header: &SeriesHeader) {
    object.text(tags::PATIENT_NAME, VR::PN, &*header.patient_name);
    object.text(tags::PATIENT_ID, VR::LO, &*header.patient_id);
    object.text(tags::PATIENT_BIRTH_DATE, VR::DA, &*header.birth_date);
    object.text(tags::PATIENT_SEX, VR::CS, &*header.sex);
    if header.scanned == Scanned::LumbarSpine {
        object.text(tags::PATIENT_AGE, VR::AS, format!("{:03.0}Y", header.age_years.clamp(0.0, 999.0)));
    }
    object.decimals(tags::PATIENT_SIZE, &[header.height_m]);
    object.decimals(tags::PATIENT_WEIGHT, &[header.weight_kg]);
}

fn study(object: &mut InMemDicomObject, header: &SeriesHeader, identifiers: &Identifiers) {
    object.text(tags::STUDY_DATE, VR::DA, &*header.study_date);
    object.text(tags::STUDY_TIME, VR::TM, &*header.study_time);
    object.text(tags::ACCESSION_NUMBER, VR::SH, "");
    object.text(tags::REFERRING_PHYSICIAN_NAME, VR::PN, "");
    let description = match header.scanned {
        Scanned::LumbarSpine => "Lumbar spine",
        Scanned::QaPhantom => "QA phantom",
    };
    object.text(tags::STUDY_DESCRIPTION, VR::LO, description);
    object.text(tags::STUDY_INSTANCE_UID, VR::UI, &*identifiers.study);
    object.text(tags::STUDY_ID, VR::SH, "1");
}

fn series(object: &mut InMemDicomObject, header: &SeriesHeader, identifiers: &Identifiers) {
    let number = header.series_number.to_string();
    object.text(tags::MODALITY, VR::CS, "MR");
    object.text(tags::SERIES_DATE, VR::DA, &*header.study_date);
    object.text(tags::SERIES_TIME, VR::TM, &*header.study_time);
    object.text(tags::SERIES_DESCRIPTION, VR::LO, long_string(&header.description));
    object.text(tags::SERIES_INSTANCE_UID, VR::UI, &*identifiers.series);
    object.text(tags::SERIES_NUMBER, VR::IS, number);
    object.text(tags::FRAME_OF_REFERENCE_UID, VR::UI, &*identifiers.frame_of_reference);
    object.text(tags::POSITION_REFERENCE_INDICATOR, VR::LO, "");
    object.text(tags::PATIENT_POSITION, VR::CS, header.position.code());
    if header.scanned == Scanned::LumbarSpine {
        object.text(tags::BODY_PART_EXAMINED, VR::CS, "LSPINE");
    }
    object.text(tags::PROTOCOL_NAME, VR::LO, long_string(&header.protocol));
}

/// General and enhanced general equipment (PS3.3 C.7.5): which part of the program made the object.
pub(crate) fn equipment(object: &mut InMemDicomObject, model: &str) {
    object.text(tags::MANUFACTURER, VR::LO, "Plumbline");
    object.text(tags::MANUFACTURER_MODEL_NAME, VR::LO, model);
    object.text(tags::DEVICE_SERIAL_NUMBER, VR::LO, "0");
    object.text(tags::SOFTWARE_VERSIONS, VR::LO, env!("CARGO_PKG_VERSION"));
}
