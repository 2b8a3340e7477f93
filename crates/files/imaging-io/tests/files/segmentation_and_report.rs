//! A segmentation has the labels bit for bit; labels that do not fit the series are refused.

use crate::support::{header, volume};
use dicom_dictionary_std::tags;
use dicom_object::{DefaultDicomObject, open_file};
use geometry::{Disc, Structure, Vertebra, Volume};
use imaging_io::{
    Algorithm, Code, Measurement, MeasurementGroup, MeasurementReport, Segment, Segmentation, SegmentationError,
    SourceSeries, read_series, write_report, write_segmentation, write_series,
};

/// Labels of three structures on the grid of a written series, and that series.
fn labels_and_source(left_handed: bool) -> (tempfile::TempDir, Volume<u8>, SourceSeries) {
    let folder = tempfile::tempdir().expect("a folder");
    let images = volume(0.4, left_handed);
    write_series(folder.path(), &header(), &images).expect("written");
    let source = read_series(folder.path()).expect("read").source.expect("identifiers");
    let labels = images.map(|v| [0u8, 1, 2, 2, 4][(*v as usize / 7) % 5]);
    (folder, labels, source)
}

fn written(labels: &Volume<u8>, source: &SourceSeries) -> Result<DefaultDicomObject, SegmentationError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("segmentation.dcm");
    let algorithm = Algorithm { name: "test".into(), version: "1".into() };
    let segments = Segment::of_class_map();
    let segmentation = Segmentation { labels, segments: &segments, algorithm: &algorithm, description: "test" };
    let result = write_segmentation(&path, source, &segmentation);
    assert_eq!(path.exists(), result.is_ok(), "no partial file remains");
    result.map(|()| open_file(&path).expect("DICOM"))
}

#[test]
fn segmentation_frames_reproduce_the_labels_and_refer_to_their_images() {
    for left_handed in [false, true] {
        let (_folder, labels, source) = labels_and_source(left_handed);
        let object = written(&labels, &source).expect("written");
        let items = |tag| object.get(tag).and_then(|e| e.items()).expect("a sequence");
        let names: Vec<_> = items(tags::SEGMENT_SEQUENCE)
            .iter()
            .map(|segment| segment.get(tags::SEGMENT_LABEL).expect("named").to_str().expect("text").into_owned())
            .collect();
        assert_eq!(names, ["vertebra", "disc", "canal"], "the sacrum has no voxel");

        let bytes = object.get(tags::PIXEL_DATA).expect("pixels").to_bytes().expect("bytes").into_owned();
        let [slices, rows, columns] = labels.grid.array_shape();
        let mut read = Volume::filled(labels.grid.clone(), 0u8);
        let frames = items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE);
        assert_eq!(frames.len(), 3 * slices);
        for (n, frame) in frames.iter().enumerate() {
            let first = |group| &frame.get(group).and_then(|e| e.items()).expect("a group")[0];
            let number = first(tags::SEGMENT_IDENTIFICATION_SEQUENCE).get(tags::REFERENCED_SEGMENT_NUMBER);
            let number: usize = number.expect("a number").to_int().expect("whole");
            let label = [Structure::Vertebra, Structure::Disc, Structure::Canal][number - 1].label();
            let place = first(tags::PLANE_POSITION_SEQUENCE).get(tags::IMAGE_POSITION_PATIENT).expect("a place");
            let place = place.to_multi_float64().expect("numbers");
            let [_, _, k] = labels.grid.voxel(&geometry::Point::new(place[0], place[1], place[2])).expect("inside");
            for at in 0..rows * columns {
                let bit = n * rows * columns + at;
                if bytes[bit / 8] >> (bit % 8) & 1 == 1 {
                    read.data[[k, at / columns, at % columns]] += label;
                }
            }
            // The frame refers to the image at its position.
            let source_image = first(tags::DERIVATION_IMAGE_SEQUENCE).get(tags::SOURCE_IMAGE_SEQUENCE);
            let reference = &source_image.and_then(|e| e.items()).expect("a source")[0];
            let uid = reference.get(tags::REFERENCED_SOP_INSTANCE_UID).expect("a UID").to_str().expect("text");
            let source_slice = source.images.iter().position(|image| image.sop_instance == uid).expect("of the series");
            let corner = source.grid.point([0.0, 0.0, source_slice as f64]);
            assert!((corner - labels.grid.point([0.0, 0.0, k as f64])).norm() < 0.01);
        }
        assert_eq!(read.data, labels.data);
    }
}

#[test]
fn labels_that_do_not_fit_are_refused() {
    let (_folder, labels, source) = labels_and_source(false);
    let mut moved = labels.clone();
    moved.grid.origin.x += 1.0;
    let message = written(&moved, &source).expect_err("another position").to_string();
    assert!(message.contains("1.00 mm from the nearest image"), "{message}");
    let mut unknown = labels.clone();
    unknown.data[[0, 0, 0]] = 77;
    assert!(matches!(written(&unknown, &source), Err(SegmentationError::UnknownLabel(77))));
    let background = labels.map(|_| 0);
    assert!(matches!(written(&background, &source), Err(SegmentationError::Nothing)));
}

#[test]
fn measurements_that_are_not_finite_are_refused() {
    let (folder, _, source) = labels_and_source(false);
    let disc = Disc::between(Vertebra::L4, Vertebra::L5);
    let tilt = Measurement::degrees(Code::dicom("110859", "Angle"), f64::NAN);
    let groups = vec![MeasurementGroup::of_disc(disc, vec![tilt])];
    let report = MeasurementReport { observer: "test".into(), description: "test".into(), groups };
    let path = folder.path().join("report.dcm");
    let message = write_report(&path, &source, &report).expect_err("no number").to_string();
    assert!(message.contains("Angle of L4/L5 is NaN") && !path.exists(), "{message}");
}
