//! What a comparison finds, and what it leaves alone, tried on simulated planners with realistic errors.

#![expect(clippy::print_stdout, reason = "the figures are part of what the test shows (--nocapture)")]

use results::Run;
use results::compare::{Change, Comparison, Margins, compare};
use results::simulation::{SimulatedPlanner, run};

fn compared(baseline: &Run, candidate: &Run) -> Comparison {
    compare(baseline, candidate, &Margins::default()).expect("the same patients")
}

/// How many of `repeats` comparisons of `patients` patients with themselves come out so; only the noise differs.
fn nulls(repeats: u64, patients: u64, is: impl Fn(&Comparison) -> bool) -> usize {
    let planner = SimulatedPlanner::default();
    let null = |seed| compared(&run(planner, patients, [seed, 0]), &run(planner, patients, [seed, 1]));
    (0..repeats).map(null).filter(|comparison| is(comparison)).count()
}

#[test]
fn the_same_planner_on_other_noise_is_called_worse_in_one_of_twenty_repeats_at_most() {
    for patients in [6, 24, 60] {
        let worse = nulls(200, patients, |comparison| comparison.change == Change::Worse);
        println!("{patients} patients: worse in {worse} of 200 null comparisons");
        assert!(worse <= 10, "{worse} of 200 null comparisons of {patients} patients are called worse");
    }
}

#[test]
fn no_patient_is_named_below_a_comparison_of_the_same_planner() {
    let named = nulls(200, 24, |comparison| comparison.worst_cases.iter().any(|case| case.margins >= 2.0));
    println!("a patient is named in {named} of 200 null comparisons of 24 patients");
    assert!(named <= 10, "{named} of 200");
}

#[test]
fn two_degrees_at_one_level_are_found_in_24_patients_and_the_level_is_named() {
    let level = "L5/S1".parse().expect("a disc");
    let found = (0..100).filter(|seed| {
        let before = run(SimulatedPlanner::default(), 24, [*seed, 0]);
        for tilt_deg in [2.0, -2.0] {
            let tilted = SimulatedPlanner { tilt_deg, at_level: Some(level), ..SimulatedPlanner::default() };
            let comparison = compared(&before, &run(tilted, 24, [*seed, 1]));
            let named: Vec<&str> = comparison.deciding().map(|row| row.metric.as_str()).collect();
            let only_there = named.iter().all(|name| name.ends_with("@L5/S1") || !name.contains('@'));
            if comparison.change != Change::Worse
                || !named.iter().any(|name| name.ends_with("deg@L5/S1"))
                || !only_there
            {
                return false;
            }
        }
        true
    });
    let found = found.count();
    println!("2° at L5/S1, either way, found and named in {found} of 100 comparisons of 24 patients");
    assert!(found >= 95, "{found} of 100");
}

#[test]
fn a_candidate_that_loses_patients_never_passes_for_as_good() {
    // Silent failures in 10 % of the patients more than before.
    let losing = SimulatedPlanner { silent_failures: 0.1, ..SimulatedPlanner::default() };
    for patients in [3, 12, 24, 60] {
        let passed = (0..100).filter(|seed| {
            let before = run(SimulatedPlanner::default(), patients, [*seed, 0]);
            compared(&before, &run(losing, patients, [*seed, 1])).is_non_inferior()
        });
        let passed = passed.count();
        println!("{patients} patients: 10 % more silent failures pass in {passed} of 100 comparisons");
        assert!(passed <= 5, "{passed} of 100 with {patients} patients");
    }
}
