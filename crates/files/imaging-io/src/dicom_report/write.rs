//! Writing a report.

use std::path::Path;

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;

use super::content::fill_container;
use super::measurement::MeasurementReport;
use super::template::{TITLE, report_content};
use crate::dicom_element::{Elements, item, save, uid};
use crate::dicom_series::SourceSeries;
use crate::dicom_series::modules::equipment;
use crate::error::FileError;

/// Writes measurements as a report on the measured series.
///
/// # Errors
/// [`FileError::Unsuitable`] for a value that is not finite, else the operating system's error; no partial file remains.
pub fn write_report(path: &Path, source: &SourceSeries, report: &MeasurementReport) -> Result<(), FileError> {
    for group in &report.groups {
        if let Some(measurement) = group.measurements.iter().find(|m| !m.value.is_finite()) {
            let found = format!("{} of {} is {}", measurement.name.meaning, group.tracking_id, measurement.value);
            return Err(FileError::unsuitable(path, found, "a finite number"));
        }
    }
    let report_uid = uid(&["report", &source.series_uid, &format!("{report:?}")]);
    let object = item(|object| {
        source.identify(object);
        identify(object, source, report, &report_uid);
        object.text(tags::VALUE_TYPE, VR::CS, "CONTAINER");
        fill_container(object, TITLE, Some("1500"), report_content(report, source, &report_uid));
    });
    save(path, object)
}

/// Series, equipment, SOP common and SR document general modules (PS3.3 A.35.13).
fn identify(object: &mut InMemDicomObject, source: &SourceSeries, report: &MeasurementReport, report_uid: &str) {
    equipment(object, &report.observer);
    object.text(tags::SOP_CLASS_UID, VR::UI, uids::COMPREHENSIVE3_DSR_STORAGE);
    object.text(tags::SOP_INSTANCE_UID, VR::UI, report_uid);
    object.text(tags::SERIES_INSTANCE_UID, VR::UI, uid(&["report series", report_uid]));
    object.text(tags::MODALITY, VR::CS, "SR");
    object.text(tags::SERIES_NUMBER, VR::IS, (source.series_number.saturating_mul(100).saturating_add(2)).to_string());
    object.text(tags::SERIES_DESCRIPTION, VR::LO, &*report.description);
    object.text(tags::INSTANCE_NUMBER, VR::IS, "1");
    object.text(tags::COMPLETION_FLAG, VR::CS, "COMPLETE");
    object.text(tags::VERIFICATION_FLAG, VR::CS, "UNVERIFIED");
    object.sequence(tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE, Vec::new());
    object.sequence(tags::PERFORMED_PROCEDURE_CODE_SEQUENCE, Vec::new());
    let series = item(|series| {
        series.text(tags::SERIES_INSTANCE_UID, VR::UI, &*source.series_uid);
        series.sequence(tags::REFERENCED_SOP_SEQUENCE, source.instances());
    });
    let study = item(|study| {
        study.text(tags::STUDY_INSTANCE_UID, VR::UI, &*source.study_uid);
        study.sequence(tags::REFERENCED_SERIES_SEQUENCE, vec![series]);
    });
    object.sequence(tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE, vec![study]);
}
