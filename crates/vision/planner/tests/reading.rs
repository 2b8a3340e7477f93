//! The spine read from what a perfect network would say of a patient: what remains is the reading's own error.

use std::sync::Arc;

use geometry::{Disc, Grid, LabelledDisc, LabelledSpine, Plane, Point, PrescriptionRules, Structure, Vertebra, Volume};
use nalgebra::{Matrix3, Vector3};
use phantom::{PatientOnTable, Population, Positioning, Spine};
use planner::reading::read_spine_ending_at;
use planner::vnet_planner::plan_of;
use planner::{ClassMap, FlagCode, ReadSpine, Severity, instances, read_spine};
use proptest::prelude::*;
use randomness::Stream;

/// Part of each voxel that a structure fills, as a perfect network would put it.
struct Perfect {
    labels: Volume<u8>,
    probabilities: [Volume<f32>; Structure::COUNT],
}

impl Perfect {
    /// Seen on sagittal slices of 5 mm with pixels of 1.75 mm, 448 mm × 280 mm × 100 mm about a centre.
    fn network(patient: &PatientOnTable, centre: Point) -> Self {
        let axes = Matrix3::from_columns(&[Vector3::y(), -Vector3::z(), -Vector3::x()]);
        let grid = Grid::centred(centre, axes, [1.75, 1.75, 5.0], [160, 256, 20]);
        let mut counts = Structure::ALL.map(|_| Volume::filled(grid.clone(), 0.0f32));
        let samples = [[0.25, 0.25], [0.25, -0.25], [-0.25, 0.25], [-0.25, -0.25]];
        let through = [-0.33, 0.0, 0.33];
        let share = 1.0 / (samples.len() * through.len()) as f32;
        for [i, j] in samples {
            for k in through {
                let shifted = Grid { origin: grid.point([i, j, k]), ..grid.clone() };
                for (voxel, label) in patient.structures(&shifted).data.indexed_iter() {
                    counts[usize::from(*label)].data[voxel] += share;
                }
            }
        }
        let labels = Volume {
            data: ndarray::Array3::from_shape_fn(grid.array_shape(), |voxel| {
                let p = |class: &usize| counts[*class].data[voxel];
                (0..Structure::COUNT).max_by(|a, b| p(a).total_cmp(&p(b)).then(b.cmp(a))).expect("five") as u8
            }),
            grid,
        };
        Self { labels, probabilities: counts }
    }

    fn map(&self) -> ClassMap<'_> {
        ClassMap { labels: &self.labels, probabilities: self.probabilities.each_ref(), scanned: &self.labels.grid }
    }
}

fn patient(seed: u64, positioning: Positioning) -> PatientOnTable {
    let population = Population::adult_lumbar();
    let parameters = population.sample(&Stream::from_seed(seed));
    let spine = Spine::build(&parameters, positioning.knee_cushion).expect("an ordinary adult");
    PatientOnTable::new(Arc::new(spine), positioning)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Angles (degrees) and distances (mm) of all lumbar discs against the truth.
fn errors(spine: &LabelledSpine, patient: &PatientOnTable) -> Vec<(f64, f64)> {
    let truth = patient.truth();
    let error = |disc: &LabelledDisc| {
        let read = spine.discs.iter().find(|read| read.label == disc.label).expect("every lumbar disc is read");
        (read.plane.angle_deg(&disc.plane), (read.plane.centre - disc.plane.centre).norm())
    };
    truth.labelled().discs.iter().filter(|disc| disc.label.upper >= Vertebra::L1).map(error).collect()
}

#[test]
fn a_perfect_segmentation_gives_every_level_within_a_degree_and_a_millimetre() {
    let (mut angles, mut distances, mut midlines) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 500..506 {
        let patient = patient(seed, Positioning { roll_deg: 5.0, yaw_deg: -4.0, ..Positioning::default() });
        let perfect = Perfect::network(&patient, Point::origin());
        let (spine, flags) = read_spine(&perfect.map());
        assert!(flags.iter().all(|flag| flag.severity < Severity::Critical), "{seed}: {flags:?}");
        let spine = spine.expect("nothing critical").spine;
        for (angle, distance) in errors(&spine, &patient) {
            angles.push(angle);
            distances.push(distance);
        }
        midlines.push(spine.midsagittal.angle_deg(&patient.truth().midsagittal));
    }
    let worst = angles.iter().copied().fold(0.0, f64::max);
    let (angle, distance, midline) = (median(&mut angles), median(&mut distances), median(&mut midlines));
    assert!(
        angle < 0.3 && worst < 1.5 && distance < 1.0 && midline < 1.5,
        "{angle}° (worst {worst}°), {distance} mm, midline {midline}°"
    );
}

#[test]
fn levels_are_named_from_the_lowest_lumbar_vertebra_that_is_known() {
    let perfect = Perfect::network(&patient(500, Positioning::default()), Point::origin());
    for (lowest, names) in [
        (Vertebra::L4, ["L4/S1", "L3/L4", "L2/L3", "L1/L2", "T12/L1"]),
        (Vertebra::L5, ["L5/S1", "L4/L5", "L3/L4", "L2/L3", "L1/L2"]),
        (Vertebra::L6, ["L6/S1", "L5/L6", "L4/L5", "L3/L4", "L2/L3"]),
    ] {
        let (spine, flags) = read_spine_ending_at(&perfect.map(), &instances::find(&perfect.map()), lowest);
        let discs = spine.expect("nothing critical").spine.discs;
        let found: Vec<String> = discs.iter().rev().take(5).map(|disc| disc.label.to_string()).collect();
        assert_eq!(found, names);
        assert!(flags.iter().all(|flag| flag.code != FlagCode::MissingDisc), "{flags:?}");
    }
}

#[test]
fn without_the_sacrum_nothing_is_counted() {
    let patient = patient(500, Positioning::default());
    let sacrum = patient.truth().sacral_endplate.centre.z;
    let perfect = Perfect::network(&patient, Point::new(0.0, 0.0, sacrum + 0.5 * 448.0 + 15.0));
    let (spine, flags) = read_spine(&perfect.map());
    assert!(spine.is_none());
    assert!(flags.iter().any(|flag| flag.code == FlagCode::SacrumOutOfView && flag.severity == Severity::Critical));
}

#[test]
fn a_spine_beside_the_slices_is_flagged_and_its_middle_estimated() {
    // The discs reach 25 mm to the left of a spine that lies 34 mm off: beyond the slices' ±50 mm.
    let patient = patient(502, Positioning { offset_mm: [34.0, 0.0, 0.0], ..Positioning::default() });
    let perfect = Perfect::network(&patient, Point::origin());
    let (spine, flags) = read_spine(&perfect.map());
    assert!(flags.iter().any(|flag| flag.code == FlagCode::OutOfField), "{flags:?}");
    let spine = spine.expect("a spine");
    for (_, distance) in errors(&spine.spine, &patient) {
        assert!(distance < 6.5, "{distance} mm; 8 mm would be another level");
    }

    // A file may have its axes in any order: from left to right first, as many NIfTI files have it.
    let (grid, order) = (&perfect.labels.grid, [2, 0, 1]);
    let reordered = Grid {
        axes: Matrix3::from_columns(&order.map(|axis| grid.axes.column(axis).into_owned())),
        spacing_mm: order.map(|axis| grid.spacing_mm[axis]),
        shape: order.map(|axis| grid.shape[axis]),
        ..grid.clone()
    };
    let (same, same_flags) = read_spine(&ClassMap { scanned: &reordered, ..perfect.map() });
    assert_eq!((same.as_ref(), &same_flags), (Some(&spine), &flags));
    let rules = PrescriptionRules::default();
    assert_eq!(plan_of(&spine, &rules, &reordered), plan_of(&spine, &rules, grid));
}

#[test]
fn a_disc_that_the_network_misses_shifts_no_label_and_is_flagged() {
    const L3_L4: Disc = Disc::between(Vertebra::L3, Vertebra::L4);
    let patient = patient(501, Positioning::default());
    let mut perfect = Perfect::network(&patient, Point::origin());
    let truth = patient.truth().labelled();
    let missed = truth.discs.iter().find(|disc| disc.label.upper == Vertebra::L3).expect("L3/L4").plane;
    let grid = perfect.labels.grid.clone();
    for ((k, j, i), label) in perfect.labels.data.indexed_iter_mut() {
        let near = missed.distance_mm(&grid.point([i as f64, j as f64, k as f64])).abs() < 12.0;
        if near && *label == Structure::Disc.label() {
            *label = Structure::Vertebra.label();
            perfect.probabilities[2].data[[k, j, i]] = 0.0;
            perfect.probabilities[1].data[[k, j, i]] = 1.0;
        }
    }
    let (spine, flags) = read_spine(&perfect.map());
    let spine = spine.expect("the others are there").spine;
    assert!(flags.iter().any(|flag| flag.code == FlagCode::MissingDisc && flag.discs == [L3_L4]), "{flags:?}");
    for disc in truth.discs.iter().filter(|disc| disc.label.upper >= Vertebra::L1 && disc.label.upper != Vertebra::L3) {
        let read: &Plane = &spine.discs.iter().find(|read| read.label == disc.label).expect("labelled").plane;
        assert!((read.centre - disc.plane.centre).norm() < 5.0, "{}", disc.label);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]
    #[test]
    fn no_map_does_harm(kind in 0u8..6, seed in any::<u64>()) {
        let grid = Grid::axis_aligned(Point::new(-20.0, -60.0, -60.0), [2.0, 2.0, 5.0], [40, 40, 8]);
        let mut state = seed | 1;
        let mut next = || { state ^= state << 13; state ^= state >> 7; state ^= state << 17; state };
        let labels = Volume { data: ndarray::Array3::from_shape_fn(grid.array_shape(), |(k, j, _)| match kind {
            0 => 0,
            1 => 2,
            2 => (next() % 5) as u8,
            3 => (j / 6 % 5) as u8,
            4 => (k % 5) as u8,
            _ => (next() % 256) as u8,
        }), grid: grid.clone() };
        let values: [Volume<f32>; 5] = std::array::from_fn(|class| Volume {
            data: labels.data.map(|label| match next() % 8 {
                0 => f32::NAN,
                1 => f32::INFINITY,
                _ => f32::from(u8::from(usize::from(*label) == class)),
            }),
            grid: grid.clone(),
        });
        let (spine, flags) = read_spine(&ClassMap { labels: &labels, probabilities: values.each_ref(), scanned: &grid });
        prop_assert!(spine.is_some() || flags.iter().any(|flag| flag.severity == Severity::Critical));
        for (disc, confidence) in spine.iter().flat_map(ReadSpine::discs) {
            prop_assert!(disc.plane.centre.iter().all(|x| x.is_finite()) && (0.0..=1.0).contains(&confidence));
        }
    }
}
