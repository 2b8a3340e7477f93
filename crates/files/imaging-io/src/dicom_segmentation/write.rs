//! Writes a segmentation.

use std::path::Path;

use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use ndarray::Axis;

use super::error::SegmentationError;
use super::segment::{Segment, Segmentation};
use super::source_slices::source_slices;
use crate::dicom_element::{Code, Elements, item, save, uid};
use crate::dicom_series::functional_groups::dimension;
use crate::dicom_series::modules::equipment;
use crate::dicom_series::{SourceImage, SourceSeries, plane};

/// A frame: one segment in one slice of the labels.
struct Frame {
    segment: usize,
    slice: usize,
}

/// Writes labels as a segmentation of their source series.
///
/// # Errors
/// [`SegmentationError`] with what does not fit; no partial file remains.
pub fn write_segmentation(
    path: &Path,
    source: &SourceSeries,
    segmentation: &Segmentation<'_>,
) -> Result<(), SegmentationError> {
    let labels = segmentation.labels;
    let places = source_slices(&labels.grid, &source.grid)?;
    let segments = present(segmentation)?;

    // Frames by segment, then by the source's slices, in the order of the dimension index.
    let mut slices: Vec<usize> = (0..places.len()).collect();
    slices.sort_by_key(|slice| places[*slice]);
    let shows = |segment: &Segment, slice: usize| {
        labels.data.index_axis(Axis(0), slice).iter().any(|label| *label == segment.label)
    };
    let frames: Vec<Frame> = segments
        .iter()
        .enumerate()
        .flat_map(|(segment, what)| {
            let seen = slices.iter().filter(move |slice| shows(what, **slice));
            seen.map(move |slice| Frame { segment, slice: *slice })
        })
        .collect();

    let object = item(|object| {
        source.identify(object);
        identify(object, source, segmentation);
        let numbered = segments.iter().zip(1..).map(|(segment, number)| segment.item(number, segmentation.algorithm));
        object.sequence(tags::SEGMENT_SEQUENCE, numbered.collect());
        order_frames(object, source, &frames);
        object.sequence(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, vec![shared(segmentation)]);
        let own = frames.iter().map(|frame| own(frame, segmentation, places[frame.slice], source)).collect();
        object.sequence(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, own);
        fill(object, segmentation, &segments, &frames);
    });
    Ok(save(path, object)?)
}

/// The segments that have voxels, in the order given.
fn present<'a>(segmentation: &Segmentation<'a>) -> Result<Vec<&'a Segment>, SegmentationError> {
    let mut seen = [false; 256];
    for label in &segmentation.labels.data {
        seen[usize::from(*label)] = true;
    }
    seen[0] = false;
    let known = |label: u8| segmentation.segments.iter().any(|segment| segment.label == label);
    if let Some(label) = (1..=255).find(|label| seen[usize::from(*label)] && !known(*label)) {
        return Err(SegmentationError::UnknownLabel(label));
    }
    let present: Vec<_> = segmentation.segments.iter().filter(|segment| seen[usize::from(segment.label)]).collect();
    if present.is_empty() { Err(SegmentationError::Nothing) } else { Ok(present) }
}

/// Series, equipment, SOP common, segmentation image, common instance reference (PS3.3 A.51.3).
fn identify(object: &mut InMemDicomObject, source: &SourceSeries, segmentation: &Segmentation<'_>) {
    let voxels = blake3::hash(segmentation.labels.data.as_slice().unwrap_or_default()).to_hex();
    let algorithm = segmentation.algorithm;
    let key = [&*source.series_uid, &*algorithm.name, &*algorithm.version, voxels.as_str()];
    equipment(object, &algorithm.name);
    object.text(tags::SOP_CLASS_UID, VR::UI, uids::SEGMENTATION_STORAGE);
    object.text(tags::SOP_INSTANCE_UID, VR::UI, uid(&["segmentation", key[0], key[1], key[2], key[3]]));
    object.text(tags::SERIES_INSTANCE_UID, VR::UI, uid(&["segmentation series", key[0], key[1], key[2], key[3]]));
    object.text(tags::FRAME_OF_REFERENCE_UID, VR::UI, &*source.frame_of_reference_uid);
    object.text(tags::POSITION_REFERENCE_INDICATOR, VR::LO, "");
    object.text(tags::MODALITY, VR::CS, "SEG");
    object.text(tags::SERIES_NUMBER, VR::IS, source.series_number.saturating_mul(100).saturating_add(1).to_string());
    object.text(tags::SERIES_DESCRIPTION, VR::LO, segmentation.description);
    object.text(tags::INSTANCE_NUMBER, VR::IS, "1");
    object.text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY");
    object.text(tags::CONTENT_LABEL, VR::CS, "SEGMENTATION");
    object.text(tags::CONTENT_DESCRIPTION, VR::LO, segmentation.description);
    object.text(tags::CONTENT_CREATOR_NAME, VR::PN, "Plumbline^Program");
    object.text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00");
    object.text(tags::SEGMENTATION_TYPE, VR::CS, "BINARY");
    object.text(tags::SEGMENTS_OVERLAP, VR::CS, "NO");
    let series = item(|series| {
        series.text(tags::SERIES_INSTANCE_UID, VR::UI, &*source.series_uid);
        series.sequence(tags::REFERENCED_INSTANCE_SEQUENCE, source.instances());
    });
    object.sequence(tags::REFERENCED_SERIES_SEQUENCE, vec![series]);
}

/// Multi-frame dimension module (C.7.6.17): by segment, then by slice position.
fn order_frames(object: &mut InMemDicomObject, source: &SourceSeries, frames: &[Frame]) {
    let organization = uid(&["segmentation dimensions", &source.series_uid]);
    object.text(tags::NUMBER_OF_FRAMES, VR::IS, frames.len().to_string());
    let segment = (tags::REFERENCED_SEGMENT_NUMBER, tags::SEGMENT_IDENTIFICATION_SEQUENCE, "Segment");
    let place = (tags::IMAGE_POSITION_PATIENT, tags::PLANE_POSITION_SEQUENCE, "Slice position");
    let indices = [segment, place].map(|(index, group, label)| dimension(&organization, index, group, label));
    object.sequence(tags::DIMENSION_INDEX_SEQUENCE, indices.into());
    let organizations = vec![item(|o| o.text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, organization))];
    object.sequence(tags::DIMENSION_ORGANIZATION_SEQUENCE, organizations);
}

/// Functional groups of all frames.
fn shared(segmentation: &Segmentation<'_>) -> InMemDicomObject {
    let grid = &segmentation.labels.grid;
    item(|groups| {
        let measures = item(|o| {
            plane::measure(o, grid, grid.spacing_mm[2]);
            o.decimals(tags::SPACING_BETWEEN_SLICES, &[grid.spacing_mm[2]]);
        });
        groups.sequence(tags::PIXEL_MEASURES_SEQUENCE, vec![measures]);
        groups.sequence(tags::PLANE_ORIENTATION_SEQUENCE, vec![item(|o| plane::orient(o, grid))]);
    })
}

/// Functional groups of one frame: segment, position and source image.
fn own(frame: &Frame, segmentation: &Segmentation<'_>, place: usize, source: &SourceSeries) -> InMemDicomObject {
    let number = frame.segment as u16 + 1;
    item(|groups| {
        let content = item(|o| o.wholes(tags::DIMENSION_INDEX_VALUES, &[u32::from(number), place as u32 + 1]));
        groups.sequence(tags::FRAME_CONTENT_SEQUENCE, vec![content]);
        let position = item(|o| plane::place(o, &segmentation.labels.grid, frame.slice));
        groups.sequence(tags::PLANE_POSITION_SEQUENCE, vec![position]);
        let segment = item(|o| o.whole(tags::REFERENCED_SEGMENT_NUMBER, number));
        groups.sequence(tags::SEGMENT_IDENTIFICATION_SEQUENCE, vec![segment]);
        groups.sequence(tags::DERIVATION_IMAGE_SEQUENCE, vec![derivation(&source.images[place])]);
    })
}

fn derivation(image: &SourceImage) -> InMemDicomObject {
    let mut reference = image.reference();
    let purpose = Code::dicom("121322", "Source image for image processing operation");
    reference.code(tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE, &purpose);
    reference.text(tags::SPATIAL_LOCATIONS_PRESERVED, VR::CS, "YES");
    item(|o| {
        o.code(tags::DERIVATION_CODE_SEQUENCE, &Code::dicom("113076", "Segmentation"));
        o.sequence(tags::SOURCE_IMAGE_SEQUENCE, vec![reference]);
    })
}

/// Image pixel module: one bit per pixel, the first pixel in the lowest bit, frames without padding (PS3.5 8.1.1).
fn fill(object: &mut InMemDicomObject, segmentation: &Segmentation<'_>, segments: &[&Segment], frames: &[Frame]) {
    let [_, rows, columns] = segmentation.labels.grid.array_shape();
    let mut bytes = vec![0u8; (frames.len() * rows * columns).div_ceil(16) * 2];
    let mut at = 0;
    for frame in frames {
        let label = segments[frame.segment].label;
        for voxel in segmentation.labels.data.index_axis(Axis(0), frame.slice) {
            bytes[at / 8] |= u8::from(*voxel == label) << (at % 8);
            at += 1;
        }
    }
    object.whole(tags::SAMPLES_PER_PIXEL, 1);
    object.text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2");
    object.whole(tags::ROWS, rows as u16);
    object.whole(tags::COLUMNS, columns as u16);
    object.whole(tags::BITS_ALLOCATED, 1);
    object.whole(tags::BITS_STORED, 1);
    object.whole(tags::HIGH_BIT, 0);
    object.whole(tags::PIXEL_REPRESENTATION, 0);
    object.put(DataElement::new(tags::PIXEL_DATA, VR::OB, PrimitiveValue::from(bytes)));
}
