//! The templates of PS3.16 that the report follows: TID 1500 with TID 1204, 1002, 1600 and 1501.

use dicom_object::InMemDicomObject;

use super::content::{ACQUISITION, CONTAINS, CONTEXT, MODIFIER, code, container, image, number, text, uid_reference};
use super::measurement::{MeasurementGroup, MeasurementReport};
use crate::dicom_element::{Code, uid};
use crate::dicom_series::SourceSeries;

/// Title of the report (CID 7021).
pub(super) const TITLE: (&str, &str) = ("126000", "Imaging Measurement Report");

/// The content of the root, TID 1500; tracking UIDs are derived from `report_uid`.
pub(super) fn report_content(
    report: &MeasurementReport,
    source: &SourceSeries,
    report_uid: &str,
) -> Vec<InMemDicomObject> {
    let language = Code::new("RFC5646", "en-US", "English (United States)");
    let procedure = Code::new("LN", "25056-3", "MRI unspecified body region");
    let groups = report.groups.iter().map(|group| measurement_group(group, report_uid)).collect();
    vec![
        code(MODIFIER, &Code::dicom("121049", "Language of Content Item and Descendants"), &language),
        code(CONTEXT, &Code::dicom("121005", "Observer Type"), &Code::dicom("121007", "Device")),
        uid_reference(CONTEXT, ("121012", "Device Observer UID"), &uid(&["observer", &report.observer])),
        text(CONTEXT, ("121013", "Device Observer Name"), &report.observer),
        text(CONTEXT, ("121014", "Device Observer Manufacturer"), "Plumbline"),
        code(MODIFIER, &Code::dicom("121058", "Procedure reported"), &procedure),
        image_library(source),
        container(("126010", "Imaging Measurements"), None, groups),
    ]
}

/// TID 1600: the measured images.
fn image_library(source: &SourceSeries) -> InMemDicomObject {
    let modality = code(ACQUISITION, &Code::dicom("121139", "Modality"), &Code::dicom("MR", "Magnetic Resonance"));
    let images = source.instances().into_iter().map(image);
    let group = container(("126200", "Image Library Group"), None, std::iter::once(modality).chain(images).collect());
    container(("111028", "Image Library"), Some("1600"), vec![group])
}

/// TID 1501.
fn measurement_group(group: &MeasurementGroup, report_uid: &str) -> InMemDicomObject {
    let tracking_uid = uid(&["tracking", report_uid, &group.tracking_id]);
    let mut content = vec![
        text(CONTEXT, ("112039", "Tracking Identifier"), &group.tracking_id),
        uid_reference(CONTEXT, ("112040", "Tracking Unique Identifier"), &tracking_uid),
        code(CONTAINS, &Code::dicom("121071", "Finding"), &Code::snomed("91723000", "Anatomical Structure")),
        code(MODIFIER, &Code::snomed("363698007", "Finding Site"), &group.site),
    ];
    content.extend(group.measurements.iter().map(number));
    container(("125007", "Measurement Group"), Some("1501"), content)
}
