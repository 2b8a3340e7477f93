//! The source series of a segmentation or report: patient, study and the identity of every image.

use std::path::Path;

use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use geometry::Grid;

use super::slice::{Slice, words};
use crate::dicom_element::{Elements, item};
use crate::error::FileError;

/// Attributes of patient and study that derived objects repeat (PS3.3 C.7.1, C.7.2); `true` for types 1 and 2, which must
/// be present, if only without a value.
const PATIENT_AND_STUDY: [(Tag, VR, bool); 14] = [
    (tags::PATIENT_NAME, VR::PN, true),
    (tags::PATIENT_ID, VR::LO, true),
    (tags::PATIENT_BIRTH_DATE, VR::DA, true),
    (tags::PATIENT_SEX, VR::CS, true),
    (tags::PATIENT_AGE, VR::AS, false),
    (tags::PATIENT_SIZE, VR::DS, false),
    (tags::PATIENT_WEIGHT, VR::DS, false),
    (tags::STUDY_INSTANCE_UID, VR::UI, true),
    (tags::STUDY_DATE, VR::DA, true),
    (tags::STUDY_TIME, VR::TM, true),
    (tags::STUDY_ID, VR::SH, true),
    (tags::STUDY_DESCRIPTION, VR::LO, false),
    (tags::ACCESSION_NUMBER, VR::SH, true),
    (tags::REFERRING_PHYSICIAN_NAME, VR::PN, true),
];

/// A series that derived objects refer to.
#[derive(Clone, Debug)]
pub struct SourceSeries {
    /// Its voxel grid.
    pub grid: Grid,
    /// Series Instance UID (0020,000E).
    pub series_uid: String,
    /// Study Instance UID (0020,000D).
    pub study_uid: String,
    /// Frame of Reference UID (0020,0052).
    pub frame_of_reference_uid: String,
    /// Series Number (0020,0011); 0 if it has none.
    pub series_number: u32,
    /// The image of every slice, in the grid's order.
    pub images: Vec<SourceImage>,
    patient_and_study: InMemDicomObject,
}

/// One image, or one frame of an enhanced image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceImage {
    /// SOP Class UID (0008,0016).
    pub sop_class: String,
    /// SOP Instance UID (0008,0018).
    pub sop_instance: String,
    /// Frame number, counted from 1, in an enhanced image.
    pub frame: Option<u32>,
}

impl SourceImage {
    pub(super) fn of(slice: &Slice) -> Self {
        Self { sop_class: slice.sop_class.clone(), sop_instance: slice.sop_instance.clone(), frame: slice.frame }
    }

    /// An item that refers to the image (PS3.3 10.3), with the frame number of an enhanced image.
    pub(crate) fn reference(&self) -> InMemDicomObject {
        item(|object| {
            object.text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, &*self.sop_class);
            object.text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, &*self.sop_instance);
            if let Some(frame) = self.frame {
                object.text(tags::REFERENCED_FRAME_NUMBER, VR::IS, frame.to_string());
            }
        })
    }
}

impl SourceSeries {
    /// The series of these images; `object` is the data set of one of them.
    ///
    /// # Errors
    /// [`FileError`] if an identifier is missing that a reference needs.
    pub(super) fn of(
        path: &Path,
        grid: Grid,
        images: Vec<SourceImage>,
        object: &InMemDicomObject,
    ) -> Result<Self, FileError> {
        let needed = |tag, name: &str| {
            let found =
                || FileError::unsuitable(path, format!("no {name}"), "a series with the UIDs that references need");
            words(object, tag).ok_or_else(found)
        };
        if images.iter().any(|image| image.sop_instance.is_empty()) {
            let found = "an image without SOP Instance UID";
            return Err(FileError::unsuitable(path, found, "a series with the UIDs that references need"));
        }
        Ok(Self {
            series_uid: needed(tags::SERIES_INSTANCE_UID, "Series Instance UID")?,
            study_uid: needed(tags::STUDY_INSTANCE_UID, "Study Instance UID")?,
            frame_of_reference_uid: needed(tags::FRAME_OF_REFERENCE_UID, "Frame of Reference UID")?,
            series_number: words(object, tags::SERIES_NUMBER).and_then(|text| text.parse().ok()).unwrap_or(0),
            images,
            grid,
            patient_and_study: patient_and_study(object),
        })
    }

    /// Adds patient and study as in the images. Content and series have the date and time of the study, so that the
    /// output does not depend on the time of writing.
    pub(crate) fn identify(&self, object: &mut InMemDicomObject) {
        for element in &self.patient_and_study {
            object.put(element.clone());
        }
        for (tag, vr, from) in [
            (tags::CONTENT_DATE, VR::DA, tags::STUDY_DATE),
            (tags::CONTENT_TIME, VR::TM, tags::STUDY_TIME),
            (tags::SERIES_DATE, VR::DA, tags::STUDY_DATE),
            (tags::SERIES_TIME, VR::TM, tags::STUDY_TIME),
        ] {
            object.text(tag, vr, words(&self.patient_and_study, from).unwrap_or_default());
        }
        object.text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192");
    }

    /// References to every image once, without frame numbers.
    pub(crate) fn instances(&self) -> Vec<InMemDicomObject> {
        let mut seen = std::collections::BTreeSet::new();
        let first = |image: &&SourceImage| seen.insert(image.sop_instance.clone());
        let whole = |image: &SourceImage| SourceImage { frame: None, ..image.clone() }.reference();
        self.images.iter().filter(first).map(whole).collect()
    }
}

fn patient_and_study(object: &InMemDicomObject) -> InMemDicomObject {
    item(|kept| {
        for (tag, vr, always) in PATIENT_AND_STUDY {
            match object.get(tag) {
                Some(element) => {
                    kept.put(DataElement::new(tag, vr, element.value().clone()));
                }
                None if always => kept.text(tag, vr, ""),
                None => {}
            }
        }
    })
}
