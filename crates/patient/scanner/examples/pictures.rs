//! Scans one patient and writes the middle slices of every series as a PGM picture:
//! `cargo run --release -p plumbline-scanner --example pictures -- SEED PICTURE.pgm`.

use std::io::Write;
use std::sync::Arc;

use geometry::{Point, SliceTarget, Vector, Volume};
use phantom::{PatientOnTable, Population, Positioning, Spine};
use randomness::Stream;
use scanner::{Protocol, acquire, localizer};

const SIDE: usize = 384;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let seed = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let path = arguments.next().ok_or("expected SEED PICTURE.pgm")?;
    let parameters = Population::adult_lumbar().sample(&Stream::from_seed(seed));
    let patient = PatientOnTable::new(Arc::new(Spine::build(&parameters, true)?), Positioning::default());
    let protocol = Protocol::builtin("lumbar-1.5t").ok_or("ships with the crate")?;
    let truth = patient.truth();
    let disc = truth.discs[6].labelled.plane;
    let mut groups: Vec<_> =
        localizer(&protocol).into_iter().map(|group| (&protocol.localizer.series, group)).collect();
    let middle = Point::new(truth.midsagittal.centre.x, disc.centre.y, truth.midsagittal.centre.z);
    let sagittal =
        protocol.sagittal_stack.at("sagittal", SliceTarget::Sagittal, middle, Vector::y_axis(), -Vector::z_axis());
    groups.push((&protocol.sagittal_t2, sagittal));
    let axial = protocol.axial_stack.at(
        "axial",
        SliceTarget::Block(Vec::new()),
        disc.centre,
        Vector::x_axis(),
        Vector::y_axis(),
    );
    groups.push((&protocol.axial_t2, axial));

    let width = SIDE * groups.len();
    let mut picture = vec![0u8; SIDE * width];
    for (number, (series, group)) in groups.iter().enumerate() {
        let images: Volume<f32> = acquire(
            &patient,
            &protocol.scanner(),
            series,
            group,
            &scanner::Saturation::default(),
            &Stream::from_seed(3),
        );
        let slice = images.data.index_axis(ndarray::Axis(0), images.data.dim().0 / 2);
        let mut values: Vec<f32> = slice.iter().copied().collect();
        values.sort_by(f32::total_cmp);
        let white = values[values.len() * 995 / 1000];
        let (rows, columns) = slice.dim();
        for ((j, i), value) in slice.indexed_iter() {
            let (row, column) = (j + (SIDE - rows) / 2, i + (SIDE - columns) / 2);
            picture[row * width + number * SIDE + column] = (value / white * 255.0).min(255.0) as u8;
        }
    }
    let mut file = std::fs::File::create(path)?;
    write!(file, "P5\n{width} {SIDE}\n255\n")?;
    file.write_all(&picture)?;
    Ok(())
}
