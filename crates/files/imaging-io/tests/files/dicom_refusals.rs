//! DICOM files that are not MR images, or incomplete, are refused with their name, what was found and what was expected.

use std::path::{Path, PathBuf};

use crate::support::{header, volume};
use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject, open_file};
use geometry::Structure;
use imaging_io::{
    Algorithm, MeasurementReport, Segment, Segmentation, SeriesHeader, read_image, write_enhanced, write_report,
    write_segmentation, write_series,
};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A series of one classic slice, and an enhanced file.
fn classic_and_enhanced(folder: &Path) -> [PathBuf; 2] {
    let (classic, enhanced) = (folder.join("IM0001.dcm"), folder.join("enhanced.dcm"));
    write_series(folder, &header(), &volume(0.4, false)).expect("written");
    for other in 2..=5 {
        std::fs::remove_file(folder.join(format!("IM000{other}.dcm"))).expect("removed");
    }
    write_enhanced(&enhanced, &header(), &volume(0.4, false)).expect("written");
    [classic, enhanced]
}

/// The error message for a path, which must have the name of the file.
fn refusal(path: &Path) -> String {
    let message = read_image(path).expect_err("not an image").to_string();
    assert!(message.contains(&*path.file_name().expect("a name").to_string_lossy()), "{message}");
    message
}

/// Changes a file's data set.
fn changed(path: &Path, change: impl FnOnce(&mut InMemDicomObject)) {
    let mut file = open_file(path).expect("DICOM");
    change(&mut file);
    file.write_to_file(path).expect("written");
}

#[test]
fn segmentations_and_reports_are_refused_as_images() {
    let folder = folder();
    let [classic, _] = classic_and_enhanced(folder.path());
    let source = read_image(&classic).expect("read").source.expect("identifiers");
    let report = folder.path().join("report.dcm");
    let content = MeasurementReport { observer: "test".into(), description: "test".into(), groups: vec![] };
    write_report(&report, &source, &content).expect("written");
    let labels = geometry::Volume::filled(source.grid.clone(), Structure::Disc.label());
    let algorithm = Algorithm { name: "test".into(), version: "1".into() };
    let segments = Segment::of_class_map();
    let segmentation = Segmentation { labels: &labels, segments: &segments, algorithm: &algorithm, description: "" };
    let segmented = folder.path().join("segmentation.dcm");
    write_segmentation(&segmented, &source, &segmentation).expect("written");
    for (path, found) in
        [(report, "Comprehensive 3D SR Storage (modality SR)"), (segmented, "Segmentation Storage (modality SEG)")]
    {
        let message = refusal(&path);
        assert!(message.contains(found) && message.contains("expected MR images"), "{message}");
    }
}

#[test]
fn unsupported_transfer_syntaxes_are_refused_by_name() {
    let folder = folder();
    for path in classic_and_enhanced(folder.path()) {
        let valid = std::fs::read(&path).expect("there");
        for (uid, name) in [
            ("1.2.840.10008.1.2.5", "RLE Lossless"),
            ("1.2.840.10008.1.2.2", "Big Endian"),
            ("1.2.840.10008.1.2.9", "unknown"),
        ] {
            let mut bytes = valid.clone();
            let place = bytes.windows(20).position(|w| w == b"1.2.840.10008.1.2.1\0").expect("explicit little endian");
            bytes[place..place + 19].copy_from_slice(uid.as_bytes());
            std::fs::write(&path, bytes).expect("written");
            let message = refusal(&path);
            assert!(message.contains(uid) && message.contains(name) && message.contains("uncompressed"), "{message}");
        }
    }
}

#[test]
fn truncated_files_are_refused() {
    let folder = folder();
    for path in classic_and_enhanced(folder.path()) {
        let whole = std::fs::read(&path).expect("there");
        for length in (0..whole.len()).step_by(61).chain([127, 128, 131, 132, whole.len() - 1]) {
            std::fs::write(&path, &whole[..length]).expect("written");
            let message = refusal(&path);
            assert!(!message.is_empty());
            if length == whole.len() - 1 {
                assert!(message.contains("ends in the middle"), "{message}");
            }
        }
    }
}

#[test]
fn an_empty_dicom_file_is_refused_rather_than_skipped() {
    let folder = folder();
    let series = write_series(folder.path(), &header(), &volume(0.4, false)).expect("written");
    std::fs::write(&series[4], b"").expect("written");
    let message = read_image(folder.path()).expect_err("the last slice is empty").to_string();
    assert!(message.contains("IM0005.dcm") && message.contains("complete DICOM file"), "{message}");
}

#[test]
fn missing_geometry_is_reported_with_attribute_and_frame() {
    let attributes: [(Tag, Tag, bool, &str); 3] = [
        (tags::PLANE_POSITION_SEQUENCE, tags::IMAGE_POSITION_PATIENT, false, "Image Position (Patient)"),
        (tags::PLANE_ORIENTATION_SEQUENCE, tags::IMAGE_ORIENTATION_PATIENT, true, "Image Orientation (Patient)"),
        (tags::PIXEL_MEASURES_SEQUENCE, tags::PIXEL_SPACING, true, "Pixel Spacing"),
    ];
    for (group, tag, shared, name) in attributes {
        let folder = folder();
        let [classic, enhanced] = classic_and_enhanced(folder.path());
        changed(&classic, |object| assert!(object.remove_element(tag)));
        let message = refusal(&classic);
        assert!(message.contains(&format!("no usable {name}, expected")), "{message}");
        let (holder, item) = match shared {
            true => (tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, 0),
            false => (tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, 2),
        };
        changed(&enhanced, |object| {
            object.update_value(holder, |groups| {
                assert!(groups.items_mut().expect("groups")[item].remove_element(group));
            });
        });
        let message = refusal(&enhanced);
        assert!(message.contains(&format!("no usable {name} of frame {}", item + 1)), "{message}");
    }
}

#[test]
fn frames_without_functional_groups_or_at_the_same_position_are_refused() {
    let folder = folder();
    let [_, enhanced] = classic_and_enhanced(folder.path());
    changed(&enhanced, |object| {
        object.update_value(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, |groups| {
            let groups = groups.items_mut().expect("groups");
            groups[3] = groups[2].clone();
        });
    });
    let message = refusal(&enhanced);
    assert!(message.contains("frame") && message.contains("none missing or duplicated"), "{message}");
    changed(&enhanced, |object| {
        object.update_value(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, |groups| groups.truncate(4));
    });
    assert!(refusal(&enhanced).contains("5 frames with 4 functional groups"));
}

#[test]
fn a_second_series_is_refused_and_a_dicomdir_is_skipped() {
    let folder = folder();
    let [classic, enhanced] = classic_and_enhanced(folder.path());
    let other = SeriesHeader { series_number: 9, ..header() };
    write_enhanced(&enhanced, &other, &volume(0.4, false)).expect("written");
    let message = read_image(folder.path()).expect_err("two series").to_string();
    assert!(message.contains("enhanced.dcm") || message.contains("IM0001.dcm"), "{message}");
    assert!(message.contains("one series"), "{message}");

    std::fs::remove_file(&classic).expect("removed");
    let meta = FileMetaTableBuilder::new()
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .media_storage_sop_class_uid(uids::MEDIA_STORAGE_DIRECTORY_STORAGE)
        .media_storage_sop_instance_uid("2.25.1")
        .build()
        .expect("complete");
    let mut directory = InMemDicomObject::new_empty();
    directory.put_str(tags::FILE_SET_ID, dicom_core::VR::CS, "PLUMBLINE");
    directory.with_exact_meta(meta).write_to_file(folder.path().join("DICOMDIR")).expect("written");
    assert_eq!(read_image(folder.path()).expect("the enhanced image").volume.grid.shape[2], 5);
}

#[test]
fn deeply_nested_sequences_are_refused_without_a_stack_overflow() {
    let folder = folder();
    let [classic, _] = classic_and_enhanced(folder.path());
    let mut bytes = std::fs::read(&classic).expect("there");
    // The data set begins where the file meta group, whose length is its first element, ends (PS3.10 7.1).
    let meta = u32::from_le_bytes([bytes[140], bytes[141], bytes[142], bytes[143]]) as usize;
    bytes.truncate(144 + meta);
    let sequence_and_item = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff";
    bytes.extend(sequence_and_item.repeat(100_000));
    std::fs::write(&classic, bytes).expect("written");
    let message = refusal(&classic);
    assert!(message.contains("more than 64 nested sequences"), "{message}");
}
