//! Written files can be read back, and damaged files are refused.

use crate::support::{header, same_grid, volume};
use geometry::PatientPosition;
use imaging_io::{Image, SeriesHeader, read_image, read_nifti, read_series, write_enhanced, write_nifti, write_series};
use proptest::prelude::*;

#[test]
fn nifti_round_trip_keeps_values_and_geometry() {
    let folder = tempfile::tempdir().expect("a folder");
    for (angle, left_handed, name) in [(0.4, false, "a.nii.gz"), (-1.1, true, "b.nii"), (3.0, false, "C.NII.GZ")] {
        let written = volume(angle, left_handed);
        let path = folder.path().join(name);
        write_nifti(&path, &written).expect("written");
        let read = read_nifti(&path).expect("read");
        assert!(same_grid(&read.grid, &written.grid), "{:?} {:?}", read.grid, written.grid);
        assert_eq!(read.data, written.data);
    }
    let labels = volume(0.1, false).map(|v| (*v as u32 % 5) as u8);
    write_nifti(&folder.path().join("labels.nii.gz"), &labels).expect("written");
    let read = read_nifti(&folder.path().join("labels.nii.gz")).expect("read");
    assert_eq!(read.map(|v| *v as u8).data, labels.data);
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 4, "no temporary file remains");
}

#[test]
fn nifti_colours_and_complex_numbers_are_refused_and_units_are_respected() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("image.nii");
    let written = volume(0.4, false);
    write_nifti(&path, &written).expect("written");
    let good = std::fs::read(&path).expect("read");
    // Offsets of `datatype` and `xyzt_units` in the header (nifti1.h).
    for code in [32i16, 128, 1536, 1792, 2304, 1, 77] {
        let mut other = good.clone();
        other[70..72].copy_from_slice(&code.to_le_bytes());
        std::fs::write(&path, other).expect("written");
        let refused = read_nifti(&path).expect_err("not one real number per voxel").to_string();
        assert!(refused.contains(&format!("datatype {code}, expected integers or real numbers")), "{refused}");
    }
    let mut inconsistent = good.clone();
    inconsistent[72] = 16; // `bitpix` of 32-bit voxels
    std::fs::write(&path, inconsistent).expect("written");
    let refused = read_nifti(&path).expect_err("no such voxels").to_string();
    assert!(refused.contains("16 bits per voxel with datatype 16"), "{refused}");
    let mut in_metres = good;
    in_metres[123] = 1;
    std::fs::write(&path, in_metres).expect("written");
    let read = read_nifti(&path).expect("read");
    assert!((read.grid.spacing_mm[0] - 1000.0 * written.grid.spacing_mm[0]).abs() < 0.1);
}

#[test]
fn dicom_round_trip_keeps_values_geometry_and_patient_position() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = volume(0.4, false);
    assert_eq!(write_series(folder.path(), &header(), &written).expect("written").len(), 5);
    let Image { volume: read, position, source } = read_series(folder.path()).expect("read");
    assert_eq!(source.expect("the series can be referred to").images.len(), 5);
    assert_eq!(position, Some(PatientPosition::FeetFirstProne));
    assert!(same_grid(&read.grid, &written.grid));
    let worst = read.data.iter().zip(&written.data).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst <= 518.0 / 4095.0, "{worst}");
}

#[test]
fn a_nifti_header_that_claims_more_voxels_than_the_file_has_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.nii");
    write_nifti(&path, &volume(0.4, false)).expect("written");
    let mut bytes = std::fs::read(&path).expect("there");
    for axis in 1..4 {
        bytes[40 + 2 * axis..][..2].copy_from_slice(&600u16.to_le_bytes()); // dim[axis] of the header
    }
    std::fs::write(&path, bytes).expect("written");
    let message = read_nifti(&path).expect_err("too few bytes").to_string();
    assert!(message.contains("a.nii") && message.contains("bytes for [600, 600, 600] voxels"), "{message}");
    assert!(message.contains("864000000 bytes uncompressed"), "{message}");
}

#[test]
fn incomplete_and_damaged_nifti_files_are_refused_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let plain = folder.path().join("a.nii");
    write_nifti(&plain, &volume(0.4, false)).expect("written");
    let good = std::fs::read(&plain).expect("there");
    let mut negative = good.clone();
    negative[42..44].copy_from_slice(&(-40i16).to_le_bytes()); // dim[1] of the header
    let beginning = |byte: f32| {
        let mut bytes = good.clone();
        bytes[108..112].copy_from_slice(&byte.to_le_bytes()); // vox_offset of the header
        bytes
    };
    let (beyond, before) = (beginning(1e30), beginning(-10.0));
    let compressed = folder.path().join("b.nii.gz");
    write_nifti(&compressed, &volume(0.4, false)).expect("written");
    let packed = std::fs::read(&compressed).expect("there");
    let padded = folder.path().join("c.nii.gz");
    std::fs::write(&padded, [packed.as_slice(), &[0; 512]].concat()).expect("written");
    assert!(read_nifti(&padded).expect("zero padding is ignored").data == read_nifti(&compressed).expect("whole").data);
    // The checksum itself is wrong, so that only it reveals the damage.
    let mut flipped = packed.clone();
    flipped[packed.len() - 6] ^= 1;
    for (name, bytes, found) in [
        ("a.nii", negative.as_slice(), "axes of [-40, "),
        ("a.nii", &good[..100], "ends within its header"),
        ("a.nii", &good[..good.len() - 1], "ends before its last voxel"),
        ("a.nii.gz", &good, "gzip"),
        ("a.nii", &beyond, "voxels that begin at byte 1000000015"),
        ("a.nii", &before, "voxels that begin at byte -10"),
        ("b.nii.gz", &flipped, "checksum"),
        ("b.nii.gz", &packed[..packed.len() - 8], "ends before its checksum"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        let message = read_nifti(&path).expect_err("incomplete or damaged").to_string();
        assert!(message.contains(name) && message.contains(found) && message.contains("expected"), "{message}");
    }
}

#[test]
fn classic_and_enhanced_files_give_the_same_image() {
    let folder = tempfile::tempdir().expect("a folder");
    let (classic, enhanced) = (folder.path().join("classic"), folder.path().join("enhanced"));
    std::fs::create_dir(&classic).expect("made");
    std::fs::create_dir(&enhanced).expect("made");
    let written = volume(0.4, false);
    write_series(&classic, &header(), &written).expect("written");
    let file = enhanced.join("IM0001.dcm");
    write_enhanced(&file, &header(), &written).expect("written");
    let expected = read_image(&classic).expect("read");
    for path in [&enhanced, &file] {
        let read = read_image(path).expect("the enhanced image");
        assert_eq!((read.volume, read.position), (expected.volume.clone(), expected.position), "{}", path.display());
    }
    assert_eq!(expected.position, Some(PatientPosition::FeetFirstProne));
}

#[test]
fn mixed_missing_and_unsupported_files_are_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let series = write_series(folder.path(), &header(), &volume(0.4, false)).expect("written");
    std::fs::write(folder.path().join("readme.txt"), "not an image").expect("written");
    read_series(folder.path()).expect("other files are skipped");
    std::fs::remove_file(&series[2]).expect("removed");
    let message = read_series(folder.path()).expect_err("a gap").to_string();
    assert!(message.contains("IM0004.dcm") && message.contains("evenly spaced"), "{message}");

    let other = SeriesHeader { series_number: 4, ..header() };
    let elsewhere = tempfile::tempdir().expect("a folder");
    let moved = write_series(elsewhere.path(), &other, &volume(0.4, false)).expect("written");
    std::fs::copy(&moved[2], &series[2]).expect("copied");
    let message = read_series(folder.path()).expect_err("mixed").to_string();
    assert!(message.contains("one series"), "{message}");

    for (name, word) in [("absent.nii.gz", "does not exist"), ("readme.txt", "not an image")] {
        let message = read_image(&folder.path().join(name)).expect_err("not an image").to_string();
        assert!(message.contains(word) && message.contains(name), "{message}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(160) })]
    #[test]
    fn damaged_files_never_panic(kind in 0usize..4, cut in 0.0f64..1.0, flips in proptest::collection::vec((0.0f64..1.0, 0u8..8), 0..6)) {
        let folder = tempfile::tempdir().expect("a folder");
        let small = volume(0.4, false);
        let path = match kind {
            0 => folder.path().join("a.nii"),
            1 => folder.path().join("a.nii.gz"),
            _ => folder.path().join("IM0001.dcm"),
        };
        if kind < 2 {
            write_nifti(&path, &small).expect("written");
        } else if kind == 2 {
            write_enhanced(&path, &header(), &small).expect("written");
        } else {
            write_series(folder.path(), &header(), &small).expect("written");
        }
        let mut bytes = std::fs::read(&path).expect("there");
        if flips.len() % 2 == 0 {
            bytes.truncate((bytes.len() as f64 * cut) as usize);
        }
        for (place, bit) in flips {
            if !bytes.is_empty() {
                let at = ((bytes.len() as f64 * place * place) as usize).min(bytes.len() - 1); // mostly in the header
                bytes[at] ^= 1 << bit;
            }
        }
        std::fs::write(&path, bytes).expect("written");
        let _ = if kind < 2 { read_image(&path) } else { read_image(folder.path()) };
    }
}

/// Study, frame of reference, series and first instance of a volume written into a folder of its own.
fn identifiers(header: &SeriesHeader, volume: &geometry::Volume<f32>) -> [String; 4] {
    let folder = tempfile::tempdir().expect("a folder");
    let files = write_series(folder.path(), header, volume).expect("written");
    let object = dicom_object::open_file(&files[0]).expect("read");
    ["StudyInstanceUID", "FrameOfReferenceUID", "SeriesInstanceUID", "SOPInstanceUID"]
        .map(|name| object.element_by_name(name).expect("there").to_str().expect("text").into_owned())
}

#[test]
fn other_content_has_other_identifiers_and_the_same_content_the_same() {
    let (header, images) = (header(), volume(0.4, false));
    let own = identifiers(&header, &images);
    assert_eq!(identifiers(&header, &images), own, "made twice");

    let mut brighter = images.clone();
    brighter.data[[4, 3, 2]] += 1.0;
    let tilted = volume(0.41, false);
    let mut slower = header.clone();
    slower.sequence.averages = 2.0;
    let mut numbered = header.clone();
    numbered.series_number = 4;
    for (what, header, images) in [
        ("one voxel", &header, &brighter),
        ("the geometry", &header, &tilted),
        ("the sequence", &slower, &images),
        ("the number", &numbered, &images),
    ] {
        let other = identifiers(header, images);
        assert_eq!(other[..2], own[..2], "{what}: the same examination");
        assert!(other[2] != own[2] && other[3] != own[3], "{what}: another series of other images");
    }
    let next_day = SeriesHeader { study_key: "another".into(), ..header };
    assert!(identifiers(&next_day, &images).iter().zip(&own).all(|(a, b)| a != b), "another examination");
}
