use super::*;
use crate::fixture::{case, identity, wall_clock};
use crate::identity::Selection;
use crate::manifest::Provenance;
use std::path::Path;

fn run(cases: Vec<CaseResult>) -> Run {
    let identity = identity(cases.len() as u64, Selection::All);
    let provenance = Provenance { identity, devices: Vec::new(), hosts: Vec::new(), wall_clock: Some(wall_clock()) };
    Run::assemble(Path::new("run"), provenance, cases)
}

fn angle(comparison: &Comparison) -> &MetricComparison {
    let mut metrics = comparison.metrics.iter();
    metrics.find(|metric| metric.metric == "plan.disc_angle_deg").expect("the angle is compared")
}

#[test]
fn the_interval_decides() {
    let lower = |interval| change(Some(interval), Better::Lower, 0.5);
    assert_eq!(lower([-0.4, -0.1]), Change::Improved);
    assert_eq!(lower([-0.4, 0.5]), Change::Same);
    assert_eq!(lower([0.1, 0.4]), Change::Same, "worse, but within the margin");
    assert_eq!(lower([-0.1, 0.6]), Change::Inconclusive);
    assert_eq!(lower([0.1, 0.6]), Change::Worse);
    assert_eq!(change(Some([0.1, 0.6]), Better::Higher, 0.5), Change::Improved);
    assert_eq!(change(Some([-0.6, -0.1]), Better::Higher, 0.5), Change::Worse);
    assert_eq!(change(None, Better::Lower, 0.5), Change::Inconclusive);
}

#[test]
fn a_run_is_the_same_as_itself() {
    let run = run((0..8).map(|n| case(n, 1.0)).collect());
    let comparison = compare(&run, &run, &Margins::default()).expect("comparable");
    assert_eq!(comparison.change, Change::Same);
    assert!(comparison.is_non_inferior() && comparison.regressions.is_empty());
    assert_eq!(angle(&comparison).difference, 0.0);
}

#[test]
fn one_bad_case_is_found_and_a_bad_planner_is_worse() {
    let good = || (0..8).map(|n| case(n, 1.0)).collect::<Vec<_>>();
    let mut one_bad = good();
    one_bad[5] = case(5, 9.0);
    let comparison = compare(&run(good()), &run(one_bad), &Margins::default()).expect("comparable");
    assert_eq!(comparison.regressions.iter().map(|found| found.case).collect::<Vec<_>>(), [5]);

    let bad = (0..8).map(|n| case(n, 2.0)).collect();
    let comparison = compare(&run(good()), &run(bad), &Margins::default()).expect("comparable");
    assert_eq!(comparison.change, Change::Worse);
    assert!((angle(&comparison).difference - 1.0).abs() < 0.2, "{}", angle(&comparison).difference);
}

#[test]
fn a_candidate_that_leaves_cases_out_is_not_shown_to_be_as_good() {
    let whole = run((0..8).map(|n| case(n, 1.0)).collect());
    let part = run((0..6).map(|n| case(n, 1.0)).collect());
    let comparison = compare(&whole, &part, &Margins::default()).expect("comparable");
    assert_eq!((comparison.only_in_baseline, comparison.change), (2, Change::Inconclusive));
    assert!(!comparison.is_non_inferior());
    let comparison = compare(&part, &whole, &Margins::default()).expect("comparable");
    assert_eq!((comparison.only_in_candidate, comparison.change), (2, Change::Same));
}

#[test]
fn other_patients_are_refused() {
    let first = run(vec![case(0, 1.0)]);
    let mut other = first.clone();
    other.manifest.provenance.identity.scenarios[0].seed = 8;
    let error = compare(&first, &other, &Margins::default()).expect_err("another seed");
    assert!(error.to_string().contains("seed"), "{error}");
    let error = compare(&first, &run(Vec::new()), &Margins::default()).expect_err("no case in common");
    assert!(matches!(error, CompareError::NothingInCommon));
}

#[test]
fn margins_are_read_and_mistakes_shown_in_place() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("margins.toml");
    let load = |margins: &str| {
        std::fs::write(&path, format!("format-version = 1\n[margins]\n{margins}\n")).expect("written");
        Margins::load(&path)
    };
    let metric = metrics::find("plan.disc_angle_deg").expect("a metric");
    assert_eq!(load("\"plan.disc_angle_deg\" = 0.125").expect("right").of(metric), 0.125);
    let error = load("\"plan.disk_angle_deg\" = 0.1").expect_err("a typo").to_string();
    assert!(error.contains("did you mean 'plan.disc_angle_deg'?"), "{error}");
    let error = load("\"plan.disc_angle_deg\" = -0.1").expect_err("negative").to_string();
    assert!(error.contains("is -0.1") && error.contains("from 0"), "{error}");
}
