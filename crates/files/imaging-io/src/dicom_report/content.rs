//! Content items (PS3.3 C.17.3): the nodes of a report's content tree.

use dicom_core::Tag;
use dicom_core::VR;
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use super::measurement::Measurement;
use crate::dicom_element::{Code, Elements, item};

/// Relationship: the item is part of its parent.
pub(super) const CONTAINS: &str = "CONTAINS";
/// Relationship: the item gives the observation context of its parent.
pub(super) const CONTEXT: &str = "HAS OBS CONTEXT";
/// Relationship: the item modifies the concept name of its parent.
pub(super) const MODIFIER: &str = "HAS CONCEPT MOD";
/// Relationship: the item gives the acquisition context of its parent.
pub(super) const ACQUISITION: &str = "HAS ACQ CONTEXT";

/// A concept of the DICOM terminology, by value and meaning.
pub(super) type Concept = (&'static str, &'static str);

/// An item with its relationship, value type and concept name.
fn node(relationship: &str, kind: &str, name: Option<&Code>) -> InMemDicomObject {
    item(|object| {
        object.text(tags::RELATIONSHIP_TYPE, VR::CS, relationship);
        object.text(tags::VALUE_TYPE, VR::CS, kind);
        if let Some(name) = name {
            object.code(tags::CONCEPT_NAME_CODE_SEQUENCE, name);
        }
    })
}

/// An item with a text value.
fn text_item(relationship: &str, kind: &str, concept: Concept, tag: Tag, vr: VR, text: &str) -> InMemDicomObject {
    let mut object = node(relationship, kind, Some(&Code::dicom(concept.0, concept.1)));
    object.text(tag, vr, text);
    object
}

/// CODE.
pub(super) fn code(relationship: &str, name: &Code, value: &Code) -> InMemDicomObject {
    let mut object = node(relationship, "CODE", Some(name));
    object.code(tags::CONCEPT_CODE_SEQUENCE, value);
    object
}

/// TEXT.
pub(super) fn text(relationship: &str, concept: Concept, value: &str) -> InMemDicomObject {
    text_item(relationship, "TEXT", concept, tags::TEXT_VALUE, VR::UT, value)
}

/// UIDREF.
pub(super) fn uid_reference(relationship: &str, concept: Concept, value: &str) -> InMemDicomObject {
    text_item(relationship, "UIDREF", concept, tags::UID, VR::UI, value)
}

/// NUM: the number as a decimal string of at most 16 characters and, exactly, as a double.
pub(super) fn number(measurement: &Measurement) -> InMemDicomObject {
    let mut object = node(CONTAINS, "NUM", Some(&measurement.name));
    let value = item(|value| {
        value.decimals(tags::NUMERIC_VALUE, &[measurement.value]);
        value.double(tags::FLOATING_POINT_VALUE, measurement.value);
        value.code(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, &measurement.unit);
    });
    object.sequence(tags::MEASURED_VALUE_SEQUENCE, vec![value]);
    object
}

/// IMAGE, without a name: an entry of the image library.
pub(super) fn image(reference: InMemDicomObject) -> InMemDicomObject {
    let mut object = node(CONTAINS, "IMAGE", None);
    object.sequence(tags::REFERENCED_SOP_SEQUENCE, vec![reference]);
    object
}

/// CONTAINER, with its template if it is the root of one.
pub(super) fn container(concept: Concept, template: Option<&str>, content: Vec<InMemDicomObject>) -> InMemDicomObject {
    let mut object = node(CONTAINS, "CONTAINER", None);
    fill_container(&mut object, concept, template, content);
    object
}

/// The attributes of a container, which the root of the report has as well.
pub(super) fn fill_container(
    object: &mut InMemDicomObject,
    concept: Concept,
    template: Option<&str>,
    content: Vec<InMemDicomObject>,
) {
    object.code(tags::CONCEPT_NAME_CODE_SEQUENCE, &Code::dicom(concept.0, concept.1));
    object.text(tags::CONTINUITY_OF_CONTENT, VR::CS, "SEPARATE");
    if let Some(identifier) = template {
        let template = item(|template| {
            template.text(tags::MAPPING_RESOURCE, VR::CS, "DCMR");
            template.text(tags::TEMPLATE_IDENTIFIER, VR::CS, identifier);
        });
        object.sequence(tags::CONTENT_TEMPLATE_SEQUENCE, vec![template]);
    }
    if !content.is_empty() {
        object.sequence(tags::CONTENT_SEQUENCE, content);
    }
}
