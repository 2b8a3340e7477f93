//! Any parameters give a spine or an error with its reason: building never panics.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use geometry::{Grid, Point, Structure};
use nalgebra::Matrix3;
use phantom::{PatientOnTable, Population, Positioning, Spine, SpineParameters, SpineTruth};
use proptest::prelude::*;
use randomness::Stream;
use serde_json::Value;

fn drawn(seed: u64) -> SpineParameters {
    Population::adult_lumbar().sample(&Stream::from_seed(seed))
}

/// Deep enough for the spine in the deepest trunk that is allowed.
fn coarse_grid() -> Grid {
    Grid::centred(Point::new(0.0, 0.0, -10.0), Matrix3::identity(), [9.0, 8.0, 7.0], [40, 64, 60])
}

/// Every number of a document, in order.
fn numbers(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Number(_) => vec![value],
        Value::Array(items) => items.iter_mut().flat_map(numbers).collect(),
        Value::Object(fields) => fields.values_mut().flat_map(numbers).collect(),
        _ => Vec::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_number_makes_the_build_panic(
        which in 0usize..200,
        value in prop_oneof![-1e3..1e3, Just(0.0), Just(-1.0), Just(1e300), -5.0..5.0],
    ) {
        let mut lined = drawn(1);
        // Proportions are only serialized if they are unusual.
        lined.proportions.cartilage_mm = 0.5;
        let mut document = serde_json::to_value(lined).unwrap();
        let mut places = numbers(&mut document);
        let place = which % places.len();
        *places[place] = Value::from(value);
        if let Ok(parameters) = serde_json::from_value::<SpineParameters>(document)
            && let Ok(spine) = Spine::build(&parameters, true)
        {
            let patient = PatientOnTable::new(Arc::new(spine), Positioning::default());
            let labels = patient.structures(&coarse_grid());
            prop_assert!(labels.data.iter().any(|label| *label == Structure::Vertebra.label()));
        }
    }
}

#[test]
fn every_draw_is_a_complete_spine() {
    for seed in 0..150 {
        let parameters = drawn(seed);
        let spine = Spine::build(&parameters, seed % 2 == 0).unwrap();
        let truth = spine.truth();
        assert_eq!((truth.vertebrae.len(), truth.discs.len()), (8, 8));
        assert!(spine.materials().len() < 200, "seed {seed}: {} materials", spine.materials().len());
        for disc in &truth.discs {
            assert!(
                disc.height_mm.iter().all(|h| (1.0..25.0).contains(h)),
                "seed {seed} {}: {:?}",
                disc.labelled.label,
                disc.height_mm
            );
        }
        for pair in truth.vertebrae.windows(2) {
            assert!(
                pair[0].centre.z > pair[1].centre.z + 12.0,
                "seed {seed}: {} is above {}",
                pair[0].label,
                pair[1].label
            );
        }
        let canal = truth.disc(geometry::Disc::between(geometry::Vertebra::L3, geometry::Vertebra::L4)).unwrap();
        assert!((canal.labelled.canal - canal.posterior).norm() < 14.0, "seed {seed}: the sac lies behind the disc");
    }
}

#[test]
fn wrong_parameters_are_refused_with_level_and_limits() {
    let mut parameters = drawn(1);
    parameters.vertebrae[5].height_mm = f64::NAN;
    let message = Spine::build(&parameters, true).unwrap_err().to_string();
    assert!(message.contains("height_mm of L3 is NaN, expected 8 to 50"), "{message}");

    let mut parameters = drawn(1);
    parameters.discs.swap(2, 3);
    let message = Spine::build(&parameters, true).unwrap_err().to_string();
    assert!(message.contains("first mismatch at L1/L2"), "{message}");

    let mut parameters = drawn(1);
    parameters.vertebrae.clear();
    assert!(Spine::build(&parameters, true).unwrap_err().to_string().contains("found 0 vertebrae"));
}

#[test]
fn parameters_and_truth_survive_a_round_trip_through_json() {
    let parameters = drawn(3);
    let text = serde_json::to_string(&parameters).unwrap();
    let read: SpineParameters = serde_json::from_str(&text).unwrap();
    let (a, b) = (Spine::build(&parameters, true).unwrap(), Spine::build(&read, true).unwrap());
    let text = serde_json::to_string(a.truth()).unwrap();
    let truth: SpineTruth = serde_json::from_str(&text).unwrap();
    let discs = [a.truth(), b.truth(), &truth].map(|truth| truth.labelled().discs);
    for ((written, built), read) in discs[0].iter().zip(&discs[1]).zip(&discs[2]) {
        assert!((written.plane.centre - built.plane.centre).norm() < 1e-9);
        assert!((written.plane.centre - read.plane.centre).norm() < 1e-9);
        assert_eq!(written.label, read.label);
    }
}

#[test]
fn a_grid_beside_the_patient_is_air() {
    let patient = PatientOnTable::new(
        Arc::new(Spine::build(&drawn(2), true).unwrap()),
        Positioning { offset_mm: [2000.0, 0.0, 0.0], ..Default::default() },
    );
    assert!(patient.rasterize(&coarse_grid()).data.iter().all(|index| *index == 0));

    let nan = Positioning { roll_deg: f64::NAN, ..Default::default() };
    assert!(nan.check().unwrap_err().to_string().contains("roll-deg is NaN"));
    assert_eq!(Positioning::default().check(), Ok(()));
}
