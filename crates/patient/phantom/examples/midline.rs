//! Writes mid-sagittal, parasagittal, coronal and axial slices of one phantom as a PGM picture, shaded
//! roughly like a T2-weighted image: `cargo run --release --example midline -- SEED PICTURE.pgm`.

use std::io::Write;
use std::sync::Arc;

use geometry::{Grid, Point, Vector};
use nalgebra::Matrix3;
use phantom::{PatientOnTable, Population, Positioning, Spine};
use randomness::Stream;

const SIDE: usize = 420;
const SPACING_MM: f64 = 1.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let seed = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let path = arguments.next().ok_or("expected SEED PICTURE.pgm")?;
    let parameters = Population::adult_lumbar().sample(&Stream::from_seed(seed));
    let patient = PatientOnTable::new(Arc::new(Spine::build(&parameters, true)?), Positioning::default());

    let truth = patient.truth();
    let l3 = truth.vertebra(geometry::Vertebra::L3).ok_or("the spine has an L3")?.centre;
    let l45 = truth.discs[6].labelled.plane.centre;
    let sagittal = Matrix3::from_columns(&[Vector::y(), -Vector::z(), -Vector::x()]);
    let coronal = Matrix3::from_columns(&[Vector::x(), -Vector::z(), Vector::y()]);
    let views = [
        (sagittal, Point::new(l3.x, 0.0, l3.z - 20.0)),
        (sagittal, Point::new(l3.x + 14.0, 0.0, l3.z - 20.0)),
        (coronal, Point::new(l3.x, l3.y, l3.z - 20.0)),
        (Matrix3::identity(), Point::new(l45.x, 0.0, l3.z)),
        (Matrix3::identity(), Point::new(l45.x, 0.0, l45.z)),
    ];

    // Signal of a long-TE spin echo; moving blood gives none.
    let grey: Vec<u8> = patient
        .materials()
        .iter()
        .map(|material| {
            let r = material.relaxation_1_5t;
            let signal = r.proton_density * (-100.0 / r.t2_ms).exp() * (1.0 - (-3500.0 / r.t1_ms).exp());
            if material.tissue.flows() { 0 } else { (signal * 400.0).min(255.0) as u8 }
        })
        .collect();
    let mut picture = vec![0u8; SIDE * SIDE * views.len()];
    for (number, (axes, centre)) in views.into_iter().enumerate() {
        let grid = Grid::centred(centre, axes, [SPACING_MM; 3], [SIDE, SIDE, 1]);
        let slice = patient.rasterize(&grid);
        for ((_, j, i), index) in slice.data.indexed_iter() {
            picture[j * SIDE * 5 + number * SIDE + i] = grey[usize::from(*index)];
        }
    }
    let mut file = std::fs::File::create(path)?;
    write!(file, "P5\n{} {SIDE}\n255\n", SIDE * 5)?;
    file.write_all(&picture)?;
    Ok(())
}
