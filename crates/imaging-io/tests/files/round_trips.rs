//! What is written is read back; what is damaged is refused, whatever the damage.

use geometry::{Grid, PatientPosition, Point, Volume};
use imaging_io::{SequenceParameters, SeriesHeader, read_image, read_nifti, read_series, write_nifti, write_series};
use nalgebra::Rotation3;
use proptest::prelude::*;

fn volume(angle: f64, left_handed: bool) -> Volume<f32> {
    let mut axes = *Rotation3::from_euler_angles(angle, 0.3, -0.8).matrix();
    if left_handed {
        axes.column_mut(2).scale_mut(-1.0);
    }
    let grid = Grid::centred(Point::new(11.0, -7.0, 30.0), axes, [1.5, 0.75, 4.4], [9, 12, 5]);
    Volume { data: ndarray::Array3::from_shape_fn(grid.array_shape(), |(k, j, i)| (100 * k + 10 * j + i) as f32), grid }
}

fn header() -> SeriesHeader {
    SeriesHeader {
        patient_name: "Test^Phantom".into(),
        patient_id: "PLUMB000001".into(),
        birth_date: String::new(),
        sex: "F".into(),
        age_years: 44.0,
        height_m: 1.7,
        weight_kg: 70.0,
        position: PatientPosition::FeetFirstProne,
        study_date: "20260102".into(),
        study_time: "080000".into(),
        study_key: "a test".into(),
        series_number: 3,
        description: "T2 TSE sagittal".into(),
        sequence: SequenceParameters {
            scanning_sequence: "SE".into(),
            variant: "SK".into(),
            repetition_time_ms: 3500.0,
            echo_time_ms: 100.0,
            flip_deg: 90.0,
            echo_train_length: 17,
            averages: 1.0,
            bandwidth_hz_per_px: 220.0,
            field_t: 1.5,
            thickness_mm: 4.0,
        },
    }
}

fn same_grid(a: &Grid, b: &Grid) -> bool {
    (a.affine() - b.affine()).amax() < 1e-4 && a.shape == b.shape
}

#[test]
fn nifti_keeps_values_and_places() {
    let folder = tempfile::tempdir().expect("a folder");
    for (angle, left_handed, name) in [(0.4, false, "a.nii.gz"), (-1.1, true, "b.nii"), (3.0, false, "c.nii.gz")] {
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
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 4, "no part is left");
}

#[test]
fn dicom_keeps_values_places_and_the_position() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = volume(0.4, false);
    assert_eq!(write_series(folder.path(), &header(), &written).expect("written").len(), 5);
    let (read, position) = read_series(folder.path()).expect("read");
    assert_eq!(position, Some(PatientPosition::FeetFirstProne));
    assert!(same_grid(&read.grid, &written.grid));
    let worst = read.data.iter().zip(&written.data).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst <= 518.0 / 4095.0, "{worst}");
}

#[test]
fn mixed_missing_and_foreign_files_are_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let series = write_series(folder.path(), &header(), &volume(0.4, false)).expect("written");
    std::fs::write(folder.path().join("readme.txt"), "not an image").expect("written");
    read_series(folder.path()).expect("other files are passed over");
    std::fs::remove_file(&series[2]).expect("removed");
    let message = read_series(folder.path()).expect_err("a gap").to_string();
    assert!(message.contains("IM0004.dcm") && message.contains("evenly spaced"), "{message}");

    let other = SeriesHeader { series_number: 4, ..header() };
    let elsewhere = tempfile::tempdir().expect("a folder");
    let moved = write_series(elsewhere.path(), &other, &volume(0.4, false)).expect("written");
    std::fs::copy(&moved[2], &series[2]).expect("copied");
    let message = read_series(folder.path()).expect_err("mixed").to_string();
    assert!(message.contains("one series"), "{message}");

    for (name, word) in [("absent.nii.gz", "does not exist"), ("readme.txt", "no image")] {
        let message = read_image(&folder.path().join(name)).expect_err("no image").to_string();
        assert!(message.contains(word) && message.contains(name), "{message}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(160) })]
    #[test]
    fn damage_is_an_error_or_an_image_but_never_a_panic(kind in 0usize..3, cut in 0.0f64..1.0, flips in proptest::collection::vec((0.0f64..1.0, 0u8..8), 0..6)) {
        let folder = tempfile::tempdir().expect("a folder");
        let small = volume(0.4, false);
        let path = match kind {
            0 => folder.path().join("a.nii"),
            1 => folder.path().join("a.nii.gz"),
            _ => folder.path().join("IM0001.dcm"),
        };
        if kind < 2 {
            write_nifti(&path, &small).expect("written");
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
