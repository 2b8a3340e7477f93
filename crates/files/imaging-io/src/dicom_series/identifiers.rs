//! The UIDs of a series: other content, other identifiers.

use geometry::Volume;

use super::attributes::SeriesHeader;
use crate::dicom_element::uid;

/// UIDs of study, frame of reference, series and images. Study and frame of reference follow from the study's key; the
/// series from all that is written of it, so that the same images made twice are the same objects, and images that differ
/// in one voxel or one attribute are others, as an archive expects (PS3.5 9).
pub(super) struct Identifiers {
    /// Study Instance UID (0020,000D).
    pub study: String,
    /// Frame of Reference UID (0020,0052): one for an examination.
    pub frame_of_reference: String,
    /// Series Instance UID (0020,000E).
    pub series: String,
}

impl Identifiers {
    /// The identifiers of a volume that is written as objects of a SOP class.
    pub fn of(header: &SeriesHeader, volume: &Volume<f32>, sop_class: &str) -> Self {
        let content = content_hash(header, volume);
        Self {
            study: uid(&["study", &header.study_key]),
            frame_of_reference: uid(&["frame", &header.study_key]),
            series: uid(&["series", &header.study_key, &header.series_number.to_string(), sop_class, &content]),
        }
    }

    /// SOP Instance UID (0008,0018) of an image, counted from 1.
    pub fn instance(&self, number: usize) -> String {
        uid(&["instance", &self.series, &number.to_string()])
    }
}

/// BLAKE3 of attributes, geometry and voxels.
fn content_hash(header: &SeriesHeader, volume: &Volume<f32>) -> String {
    let mut hasher = blake3::Hasher::new();
    hasher.update(format!("{header:?} {:?}", volume.grid).as_bytes());
    for slice in volume.data.outer_iter() {
        let bytes: Vec<u8> = slice.iter().flat_map(|value| value.to_le_bytes()).collect();
        hasher.update(&bytes);
    }
    hasher.finalize().to_hex().to_string()
}
