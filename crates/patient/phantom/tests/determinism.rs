//! The same seed gives the same voxels for any number of threads and any extent of the grid.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use geometry::{Grid, Point};
use nalgebra::Matrix3;
use ndarray::s;
use phantom::{PatientOnTable, Population, Positioning, Spine};
use randomness::Stream;

fn patient(seed: u64) -> PatientOnTable {
    let parameters = Population::adult_lumbar().sample(&Stream::from_seed(seed));
    PatientOnTable::new(Arc::new(Spine::build(&parameters, true).unwrap()), Positioning::default())
}

fn grid() -> Grid {
    Grid::centred(Point::new(0.0, 20.0, -10.0), Matrix3::identity(), [1.7, 1.6, 2.0], [100, 90, 120])
}

#[test]
fn voxels_do_not_depend_on_the_number_of_threads() {
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| patient(3).rasterize(&grid()))
    };
    assert_eq!(with_threads(1), with_threads(3));
}

#[test]
fn voxels_do_not_depend_on_the_extent_of_the_grid() {
    // A part of a volume equals the volume of that part.
    let patient = patient(4);
    let whole = patient.rasterize(&grid());
    let mut part = grid();
    part.origin = grid().point([13.0, 0.0, 29.0]);
    part.shape = [61, 90, 53];
    let expected = whole.data.slice(s![29..82, .., 13..74]).to_owned();
    let differing = patient.rasterize(&part).data.iter().zip(&expected).filter(|(a, b)| a != b).count();
    // The position of the corner is rounded differently: a voxel centre within a micrometre of a surface may fall
    // on its other side.
    assert!(differing * 20_000 < expected.len(), "{differing} of {} voxels differ", expected.len());
}

#[test]
fn one_seed_gives_one_spine_and_another_seed_another() {
    let population = Population::adult_lumbar();
    let draw = |seed| population.sample(&Stream::from_seed(seed));
    assert_eq!(draw(5), draw(5));
    assert_ne!(draw(5), draw(6));
}
