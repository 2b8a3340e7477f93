//! Writes one of every object that this crate can write, as input of independent programs:
//!
//! ```text
//! cargo run --release -p plumbline-imaging-io --example dicom_objects -- FOLDER
//! ```
//!
//! | file | content |
//! | --- | --- |
//! | `series/`, `enhanced/`, `series.nii.gz` | the same oblique volume, classic, enhanced and as NIfTI |
//! | `labels.nii.gz`, `segmentation.dcm`, `enhanced-segmentation.dcm` | the same labels, for either series |
//! | `report.dcm`, `measurements.tsv` | the same measurements |
//! | `sequences/GR-SP/`, … | gradient echo, balanced, spin echo and inversion recovery, classic and enhanced |
//! | `positions/HFS/`, `positions/HFS.nii.gz`, … | a bright block on the patient's left, front and head side |

use std::error::Error;
use std::path::Path;

use geometry::{Disc, Grid, PatientPosition, PhaseEncoding, Point, Structure, Vector, Vertebra, Volume};
use imaging_io::{
    Algorithm, Code, Measurement, MeasurementGroup, MeasurementReport, Scanned, Segment, Segmentation,
    SequenceParameters, SeriesHeader, read_series, write_enhanced, write_nifti, write_report, write_segmentation,
    write_series,
};
use nalgebra::{Matrix3, Rotation3};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).ok_or("expected the folder to write into")?;
    let folder = Path::new(&folder);
    for name in ["series", "enhanced"] {
        std::fs::create_dir_all(folder.join(name))?;
    }
    let volume = Volume::from_fn(sagittal_grid(), |p| (200.0 + 3.0 * p.x + 2.0 * p.y + p.z) as f32);
    write_series(&folder.join("series"), &header(1, PatientPosition::HeadFirstSupine), &volume)?;
    write_enhanced(&folder.join("enhanced/IM0001.dcm"), &header(2, PatientPosition::HeadFirstSupine), &volume)?;
    write_nifti(&folder.join("series.nii.gz"), &volume)?;

    let labels = labels();
    let algorithm = Algorithm { name: "Plumbline V-Net".into(), version: env!("CARGO_PKG_VERSION").into() };
    let segments = Segment::of_class_map();
    let segmentation =
        Segmentation { labels: &labels, segments: &segments, algorithm: &algorithm, description: "Lumbar spine" };
    write_nifti(&folder.join("labels.nii.gz"), &labels)?;
    let source = read_series(&folder.join("series"))?.source?;
    write_segmentation(&folder.join("segmentation.dcm"), &source, &segmentation)?;
    let enhanced = read_series(&folder.join("enhanced"))?.source?;
    write_segmentation(&folder.join("enhanced-segmentation.dcm"), &enhanced, &segmentation)?;

    let report = report();
    write_report(&folder.join("report.dcm"), &source, &report)?;
    std::fs::write(folder.join("measurements.tsv"), table(&report))?;
    write_sequences(&folder.join("sequences"))?;
    write_positions(&folder.join("positions"))
}

/// Oblique sagittal slices: columns to the back, rows to the feet, both slightly rotated.
fn sagittal_grid() -> Grid {
    let axes = Matrix3::from_columns(&[Vector::y(), -Vector::z(), -Vector::x()]);
    let turned = Rotation3::from_euler_angles(0.05, -0.08, 0.11).matrix() * axes;
    Grid::centred(Point::new(3.0, -12.0, 20.0), turned, [1.25, 1.25, 4.4], [75, 91, 9])
}

/// A short spine made of blocks; the sacrum is missing in half of the slices.
fn labels() -> Volume<u8> {
    Volume::from_fn(sagittal_grid(), |p| {
        let structure = match (p.x.abs(), p.y, p.z) {
            (..8.0, 10.0..18.0, _) => Structure::Canal,
            (..12.0, -20.0..10.0, -30.0..) if p.z.rem_euclid(36.0) < 9.0 => Structure::Disc,
            (..12.0, -20.0..10.0, -30.0..) => Structure::Vertebra,
            (_, -20.0..10.0, ..-30.0) if p.x > 0.0 => Structure::Sacrum,
            _ => Structure::Background,
        };
        structure.label()
    })
}

fn report() -> MeasurementReport {
    let tilt = Code::own("SAGITTAL-TILT", "Sagittal tilt of the disc plane");
    let height = Code::dicom("121207", "Height");
    let probability = Code::dicom("122157", "Probability");
    let group = |upper, lower, n: f64| {
        let measurements = vec![
            Measurement::degrees(tilt.clone(), -3.7 * n),
            Measurement::mm(height.clone(), 8.0 + n / 7.0),
            Measurement::fraction(probability.clone(), 1.0 - 0.013 * n),
        ];
        MeasurementGroup::of_disc(Disc::between(upper, lower), measurements)
    };
    use Vertebra::{L3, L4, L5, L6, S1};
    let groups = vec![group(L3, L4, 1.0), group(L4, L5, 2.0), group(L5, S1, 3.0), group(L6, S1, 4.0)];
    MeasurementReport { observer: "Plumbline planner".into(), description: "Lumbar discs".into(), groups }
}

/// One line per measurement: group, site, name, value, unit.
fn table(report: &MeasurementReport) -> String {
    let lines = report.groups.iter().flat_map(|group| {
        group.measurements.iter().map(|m| {
            let codes = [&group.site, &m.name, &m.unit].map(|code| code.value.as_ref());
            format!("{}\t{}\t{}\t{}\t{}\n", group.tracking_id, codes[0], codes[1], m.value, codes[2])
        })
    });
    lines.collect()
}

/// The other kinds of sequence, classic and enhanced: they differ in their required attributes.
fn write_sequences(folder: &Path) -> Result<(), Box<dyn Error>> {
    let volume = Volume::filled(sagittal_grid(), 100.0f32);
    for (number, scanning, variant, inversion_time_ms, echo_train_length) in [
        (30, "GR", "SP", None, 1),
        (31, "GR", "SS", None, 1),
        (32, "SE", "NONE", None, 1),
        (33, "IR", "SK", Some(150.0), 17),
    ] {
        let mut header = header(number, PatientPosition::FeetFirstSupine);
        header.sequence.scanning_sequence = scanning.into();
        header.sequence.variant = variant.into();
        header.sequence.inversion_time_ms = inversion_time_ms;
        header.sequence.echo_train_length = echo_train_length;
        let folder = folder.join(format!("{scanning}-{variant}"));
        std::fs::create_dir_all(&folder)?;
        write_series(&folder, &header, &volume)?;
        write_enhanced(&folder.join("enhanced.dcm"), &header, &volume)?;
    }
    Ok(())
}

/// A block on the patient's left (+x), front (−y) and head side (+z) in axial slices, in all eight positions.
fn write_positions(folder: &Path) -> Result<(), Box<dyn Error>> {
    for (position, number) in PatientPosition::ALL.into_iter().zip(10..) {
        let series = folder.join(position.code());
        std::fs::create_dir_all(&series)?;
        // Axial images in table axes, as a technologist sees the patient.
        let axes = position.table_to_patient();
        let grid = Grid::centred(Point::origin(), axes, [2.0, 2.0, 5.0], [64, 48, 12]);
        let marker =
            |p: Point| (10.0..40.0).contains(&p.x) && (-30.0..-8.0).contains(&p.y) && (6.0..22.0).contains(&p.z);
        let volume = Volume::from_fn(grid, |p| if marker(p) { 900.0f32 } else { 100.0 });
        write_series(&series, &header(number, position), &volume)?;
        write_nifti(&folder.join(format!("{}.nii.gz", position.code())), &volume)?;
    }
    Ok(())
}

fn header(series_number: u32, position: PatientPosition) -> SeriesHeader {
    SeriesHeader {
        scanned: Scanned::LumbarSpine,
        patient_name: "Phantom^Blocks".into(),
        patient_id: "PLUMB-BLOCKS".into(),
        birth_date: String::new(),
        sex: "O".into(),
        age_years: 44.0,
        height_m: 1.7,
        weight_kg: 70.0,
        position,
        study_date: "20260101".into(),
        study_time: "080000".into(),
        study_key: "dicom objects".into(),
        series_number,
        description: format!("T2 TSE {series_number}"),
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
