//! A volume and a header to write.

use geometry::{Grid, PatientPosition, PhaseEncoding, Point, Volume};
use imaging_io::{Scanned, SequenceParameters, SeriesHeader};
use nalgebra::Rotation3;

/// Voxels that all differ, on an oblique grid.
pub fn volume(angle: f64, left_handed: bool) -> Volume<f32> {
    let mut axes = *Rotation3::from_euler_angles(angle, 0.3, -0.8).matrix();
    if left_handed {
        axes.column_mut(2).scale_mut(-1.0);
    }
    let grid = Grid::centred(Point::new(11.0, -7.0, 30.0), axes, [1.5, 0.75, 4.4], [9, 12, 5]);
    Volume { data: ndarray::Array3::from_shape_fn(grid.array_shape(), |(k, j, i)| (100 * k + 10 * j + i) as f32), grid }
}

/// The header of a spin echo series.
pub fn header() -> SeriesHeader {
    SeriesHeader {
        scanned: Scanned::LumbarSpine,
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
        protocol: "lumbar-1.5t".into(),
        sequence: SequenceParameters {
            scanning_sequence: "SE".into(),
            variant: "SK".into(),
            repetition_time_ms: 3500.0,
            echo_time_ms: 100.0,
            inversion_time_ms: None,
            flip_deg: 90.0,
            echo_train_length: 17,
            averages: 1.0,
            bandwidth_hz_per_px: 220.0,
            sar_w_per_kg: 1.2,
            phase_encoding: PhaseEncoding::Column,
            field_t: 1.5,
            thickness_mm: 4.0,
        },
    }
}

/// True if the voxels have the same positions.
pub fn same_grid(a: &Grid, b: &Grid) -> bool {
    (a.affine() - b.affine()).amax() < 1e-4 && a.shape == b.shape
}
