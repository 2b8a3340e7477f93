//! In all eight patient positions, a marker on the patient's left, front and head side is read from there, in DICOM and
//! NIfTI, although its position on the table differs.

use crate::support::header;
use geometry::{Grid, PatientPosition, Point, Vector, Volume};
use imaging_io::{SeriesHeader, read_image, read_nifti, write_nifti, write_series};

/// The table axis and sign of the patient's left, front and head in each patient position, derived by hand from
/// PS3.3 C.7.3.1.1.2. Table axes: x to the right of a person at the foot end who looks into the bore, y down, z into the
/// bore.
const ON_THE_TABLE: [(PatientPosition, [(usize, f64); 3]); 8] = {
    use PatientPosition as P;
    // (axis of the table, sign) of the patient's left, front and head.
    [
        (P::HeadFirstSupine, [(0, 1.0), (1, -1.0), (2, 1.0)]),
        (P::HeadFirstProne, [(0, -1.0), (1, 1.0), (2, 1.0)]),
        (P::HeadFirstDecubitusRight, [(1, -1.0), (0, -1.0), (2, 1.0)]),
        (P::HeadFirstDecubitusLeft, [(1, 1.0), (0, 1.0), (2, 1.0)]),
        (P::FeetFirstSupine, [(0, -1.0), (1, -1.0), (2, -1.0)]),
        (P::FeetFirstProne, [(0, 1.0), (1, 1.0), (2, -1.0)]),
        (P::FeetFirstDecubitusRight, [(1, -1.0), (0, 1.0), (2, -1.0)]),
        (P::FeetFirstDecubitusLeft, [(1, 1.0), (0, -1.0), (2, -1.0)]),
    ]
};

/// Distances of the marker from the isocentre to the left, the front and the head, mm; all different.
const MARKER_MM: [f64; 3] = [24.0, 16.0, 10.0];

/// Position of the marker on the table, mm.
fn on_the_table(sides: [(usize, f64); 3]) -> Vector {
    let mut place = Vector::zeros();
    for ((axis, sign), distance) in sides.into_iter().zip(MARKER_MM) {
        place[axis] = sign * distance;
    }
    place
}

/// Position of the brightest voxel, LPS mm.
fn brightest(volume: &Volume<f32>) -> Point {
    let ((k, j, i), _) = volume.data.indexed_iter().max_by(|a, b| a.1.total_cmp(b.1)).expect("voxels");
    volume.grid.point([i as f64, j as f64, k as f64])
}

#[test]
fn left_front_and_head_are_correct_in_every_patient_position() {
    let expected = Point::new(MARKER_MM[0], -MARKER_MM[1], MARKER_MM[2]); // LPS: left, back, head
    for (position, sides) in ON_THE_TABLE {
        // The image axes are the table axes, in patient coordinates.
        let axes = position.table_to_patient();
        let grid = Grid::centred(Point::origin(), axes, [2.0, 2.0, 5.0], [41, 41, 9]);
        let place = on_the_table(sides);
        let marker = grid.index(&Point::from(axes * place));
        let mut volume = Volume::filled(grid, 100.0f32);
        let [i, j, k] = marker.map(|index| index.round() as usize);
        volume.data[[k, j, i]] = 900.0;
        // The voxel corresponds to the position on the table, in steps along the table axes.
        assert_eq!([i as f64, j as f64, k as f64], [20.0 + place.x / 2.0, 20.0 + place.y / 2.0, 4.0 + place.z / 5.0]);

        let folder = tempfile::tempdir().expect("a folder");
        let (series, nifti) = (folder.path().join("series"), folder.path().join("image.nii.gz"));
        std::fs::create_dir(&series).expect("made");
        write_series(&series, &SeriesHeader { position, ..header() }, &volume).expect("written");
        write_nifti(&nifti, &volume).expect("written");
        let read = read_image(&series).expect("read");
        assert_eq!(read.position, Some(position));
        let object = dicom_object::open_file(series.join("IM0001.dcm")).expect("DICOM");
        let code = object.get(dicom_dictionary_std::tags::PATIENT_POSITION).expect("there").to_str().expect("text");
        assert_eq!(code.trim(), position.code());
        for (format, volume) in [("DICOM", read.volume), ("NIfTI", read_nifti(&nifti).expect("read"))] {
            let found = brightest(&volume);
            assert!((found - expected).norm() < 1e-3, "{} as {format}: at {found}", position.code());
        }
    }
}
