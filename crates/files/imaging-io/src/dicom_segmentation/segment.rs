//! Segments and the algorithm that made them.

use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;
use geometry::{Structure, Volume};

use super::colour::dicom_lab;
use crate::anatomy_codes::structure_code;
use crate::dicom_element::{Code, Elements, item};
use crate::picture::{Colour, structure_colour};

/// Anatomical Structure (PS3.16 CID 7150).
const ANATOMICAL_STRUCTURE: Code = Code::snomed("91723000", "Anatomical Structure");

/// Labels and their meaning.
#[derive(Clone, Copy, Debug)]
pub struct Segmentation<'a> {
    /// The labels, on the grid of the source series; 0 is background.
    pub labels: &'a Volume<u8>,
    /// The meaning of the other values.
    pub segments: &'a [Segment],
    /// The algorithm that made the labels.
    pub algorithm: &'a Algorithm,
    /// Series Description (0008,103E).
    pub description: &'a str,
}

/// One structure.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Value of its voxels, not 0.
    pub label: u8,
    /// Segment Label (0062,0005).
    pub name: String,
    /// Segmented Property Type Code Sequence (0062,000F): an anatomical structure.
    pub structure: Code,
    /// Display colour.
    pub colour: Colour,
}

/// The algorithm that made the labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Algorithm {
    /// Segment Algorithm Name (0062,0009).
    pub name: String,
    /// Algorithm Version (0066,0031).
    pub version: String,
}

impl Segment {
    /// The segment of a structure of the class map; background has none.
    pub fn of(structure: Structure) -> Option<Self> {
        Some(Self {
            label: structure.label(),
            name: structure.name().into(),
            structure: structure_code(structure)?,
            colour: structure_colour(structure)?,
        })
    }

    /// The segments of the class map.
    pub fn of_class_map() -> Vec<Self> {
        Structure::FOREGROUND.into_iter().filter_map(Self::of).collect()
    }

    /// The item of Segment Sequence (0062,0002); numbers count from 1.
    pub(super) fn item(&self, number: u16, algorithm: &Algorithm) -> InMemDicomObject {
        item(|object| {
            object.whole(tags::SEGMENT_NUMBER, number);
            object.text(tags::SEGMENT_LABEL, VR::LO, &*self.name);
            object.text(tags::SEGMENT_ALGORITHM_TYPE, VR::CS, "AUTOMATIC");
            object.text(tags::SEGMENT_ALGORITHM_NAME, VR::LO, &*algorithm.name);
            object.sequence(tags::SEGMENTATION_ALGORITHM_IDENTIFICATION_SEQUENCE, vec![algorithm.item()]);
            object.code(tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE, &ANATOMICAL_STRUCTURE);
            object.code(tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE, &self.structure);
            let lab = PrimitiveValue::U16(dicom_lab(self.colour).as_slice().into());
            object.put(DataElement::new(tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE, VR::US, lab));
        })
    }
}

impl Algorithm {
    /// Algorithm identification macro (PS3.3 10.16).
    fn item(&self) -> InMemDicomObject {
        item(|object| {
            object.code(tags::ALGORITHM_FAMILY_CODE_SEQUENCE, &Code::dicom("123110", "Artificial Intelligence"));
            object.text(tags::ALGORITHM_NAME, VR::LO, &*self.name);
            object.text(tags::ALGORITHM_VERSION, VR::LO, &*self.version);
        })
    }
}
