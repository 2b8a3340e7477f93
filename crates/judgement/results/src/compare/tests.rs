use super::*;
use crate::fixture::{attempt, case, case_of, disc, identity, wall_clock};
use crate::identity::Selection;
use crate::manifest::Provenance;
use crate::metrics;
use crate::{AttemptResult, DiscResult, PlanFailure};
use scoring::positioning::Failure;
use std::path::Path;

fn run(cases: Vec<CaseResult>) -> Run {
    let identity = identity(cases.len() as u64, Selection::All);
    let provenance = Provenance { identity, devices: Vec::new(), hosts: Vec::new(), wall_clock: Some(wall_clock()) };
    Run::assemble(Path::new("run"), provenance, cases)
}

fn compared(before: Vec<CaseResult>, after: Vec<CaseResult>) -> Comparison {
    compare(&run(before), &run(after), &Margins::default()).expect("comparable")
}

fn row<'a>(comparison: &'a Comparison, metric: &str, statistic: Statistic) -> &'a MetricComparison {
    let mut rows = comparison.metrics.iter();
    rows.find(|row| row.metric == metric && row.statistic == statistic).unwrap_or_else(|| panic!("no row {metric}"))
}

/// `number` patients of whom every attempt is changed.
fn patients(number: u64, change: impl Fn(u64, &mut AttemptResult)) -> Vec<CaseResult> {
    let of_one = |patient| {
        let mut case = case(patient, 1.0);
        case.attempts.iter_mut().for_each(|attempt| change(patient, attempt));
        case
    };
    (0..number).map(of_one).collect()
}

#[test]
fn the_same_plans_are_not_worse_if_there_are_enough_patients() {
    let same = |number| compared(patients(number, |_, _| {}), patients(number, |_, _| {}));
    let enough = same(59);
    assert_eq!((enough.change, enough.verdict().as_str()), (Change::NotWorse, "not worse within the margin"));
    assert!(enough.is_non_inferior() && enough.worst_cases.is_empty());
    assert_eq!(row(&enough, "plan.disc_angle_deg", Statistic::Mean).difference, 0.0);

    let two = same(2);
    assert_eq!((two.change, two.patients_needed), (Change::Inconclusive, Some(59)));
    assert_eq!(two.verdict(), "inconclusive: 59 cases would settle it");
    let rate = row(&two, "plan.silent_failure_rate", Statistic::Rate);
    assert!(rate.ci95.is_some_and(|[_, high]| high > 0.7), "two patients say little of a rate: {rate:?}");
    assert_eq!(same(1).change, Change::Inconclusive);
}

#[test]
fn a_planner_that_is_off_is_worse_and_one_bad_patient_is_found() {
    let comparison = compared((0..12).map(|n| case(n, 1.0)).collect(), (0..12).map(|n| case(n, 3.0)).collect());
    assert_eq!((comparison.change, comparison.verdict().as_str()), (Change::Worse, "worse"));
    let angle = row(&comparison, "plan.disc_angle_deg", Statistic::Mean);
    assert!((angle.difference - 2.0).abs() < 0.3 && angle.change == Some(Change::Worse), "{angle:?}");
    assert!(comparison.deciding().any(|row| row.metric == "plan.disc_angle_deg"));

    let mut one_bad: Vec<_> = (0..12).map(|n| case(n, 1.0)).collect();
    one_bad[5] = case(5, 9.0);
    let comparison = compared((0..12).map(|n| case(n, 1.0)).collect(), one_bad);
    assert_eq!(comparison.change, Change::Inconclusive);
    assert_eq!(comparison.worst_cases.iter().map(|found| found.case).collect::<Vec<_>>(), [5]);
}

#[test]
fn the_gravest_patient_comes_first() {
    let after = patients(12, |patient, attempt| {
        attempt.plan.silent_failure = patient == 7;
        let tilted = PlanFailure { place: "L5/S1".into(), failure: Failure::Angle };
        attempt.plan.failures = if matches!(patient, 7 | 1) { vec![tilted] } else { Vec::new() };
        let discs = &mut attempt.plan.discs;
        match patient {
            2 => discs[0].angle_deg = Some(9.0),
            4 => discs[2].identified = false,
            9 => attempt.examination.error = Some("no answer".into()),
            _ => {}
        }
    });
    let worst = compared(patients(12, |_, _| {}), after).worst_cases;
    assert_eq!(worst.iter().map(|found| found.case).collect::<Vec<_>>(), [7, 9, 1, 4, 2]);
    let told: Vec<String> = worst.iter().map(ToString::to_string).collect();
    assert_eq!(told[0], "s case 7: silent failure (L5/S1 tilted too far), none in the baseline");
    assert_eq!(told[2], "s case 1: wrong with a warning, not so in the baseline: L5/S1 tilted too far");
    assert!(told[4].starts_with("s case 2: plan.disc_angle_deg@L3/L4 "), "{}", told[4]);
}

#[test]
fn a_candidate_that_leaves_cases_out_is_not_shown_to_be_as_good() {
    let comparison = compared(patients(62, |_, _| {}), patients(60, |_, _| {}));
    assert_eq!((comparison.only_in_baseline, comparison.change), (2, Change::Inconclusive));
    assert_eq!(comparison.verdict(), "inconclusive: 2 cases of the baseline are missing in the candidate");
    let comparison = compared(patients(60, |_, _| {}), patients(62, |_, _| {}));
    assert_eq!((comparison.only_in_candidate, comparison.change), (2, Change::NotWorse));
}

#[test]
fn a_rate_is_worse_once_chance_is_excluded() {
    let silent = |number: u64, bad: u64| {
        let after = patients(number, |patient, attempt| attempt.plan.silent_failure = patient < bad);
        compared(patients(number, |_, _| {}), after)
    };
    let rate = |comparison: &Comparison| row(comparison, "plan.silent_failure_rate", Statistic::Rate).clone();
    let many = rate(&silent(60, 20));
    assert_eq!(many.change, Some(Change::Worse), "{many:?}");
    let few = rate(&silent(60, 4));
    assert_eq!(few.change, Some(Change::Inconclusive), "{few:?}");
    let needed = few.patients_needed.expect("4 of 60 is beyond 5 %");
    assert!((100..400).contains(&needed), "{needed}");
}

#[test]
fn a_candidate_that_no_longer_crashes_is_not_worse_for_its_scan_time() {
    let scanned = |attempt: &mut AttemptResult, seconds: f64| {
        attempt.examination.scan_time_s = Some(seconds);
        attempt.examination.repeats = Some(0);
    };
    let before = patients(60, |patient, attempt| {
        let crashed = patient < 2;
        // The localizer's time is that of no examination; older runs hold it.
        scanned(attempt, if crashed { 45.0 } else { 1045.0 });
        attempt.examination.error = crashed.then(|| "crashed".into());
    });
    let comparison = compared(before, patients(60, |_, attempt| scanned(attempt, 1045.0)));
    assert!(comparison.is_non_inferior() && comparison.worst_cases.is_empty(), "{}", comparison.verdict());
    let time = row(&comparison, "exam.scan_time_s", Statistic::Mean);
    assert_eq!((time.pairs, time.difference, time.change), (58, 0.0, None), "only where both scanned");
}

#[test]
fn what_no_slice_hangs_from_is_shown_and_not_judged_unless_margins_name_it() {
    let with = |repeats: u32, loop_ms: f64| {
        patients(60, |_, attempt| {
            attempt.examination.repeats = Some(repeats);
            attempt.timings.loop_ms = Some(loop_ms);
        })
    };
    let (before, after) = (run(with(0, 400.0)), run(with(1, 900.0)));
    let comparison = compare(&before, &after, &Margins::default()).expect("comparable");
    assert_eq!(comparison.change, Change::NotWorse);
    for (metric, role) in [("exam.repeats", Role::Information), ("latency.loop_ms", Role::WallClock)] {
        let shown = row(&comparison, metric, Statistic::Mean);
        assert_eq!((shown.role, shown.change, shown.p_holm), (role, None, None), "{metric}");
        assert!(shown.difference > 0.0);
    }

    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("margins.toml");
    std::fs::write(&path, "format-version = 1\n[margins]\n\"exam.repeats\" = 0.5\n").expect("written");
    let named = compare(&before, &after, &Margins::load(&path).expect("right")).expect("comparable");
    assert_eq!(named.change, Change::Worse);
}

#[test]
fn a_bias_is_compared_by_its_size() {
    let tilted = |tilt_deg: f64| {
        let of_one = |number| {
            let jitter_deg = [0.1, -0.1, 0.05][number as usize % 3];
            let tilt = DiscResult { sagittal_tilt_deg: Some(tilt_deg + jitter_deg), ..disc("L4/L5", 1.0) };
            case_of(number, vec![attempt(Arm::Automated, "repeat-0", vec![tilt])])
        };
        (0..60).map(of_one).collect::<Vec<_>>()
    };
    let bias = |before, after| {
        row(&compared(tilted(before), tilted(after)), "plan.sagittal_tilt_bias_deg", Statistic::Mean).clone()
    };
    let other_side = bias(1.0, -1.0);
    assert!(other_side.difference.abs() < 0.1 && other_side.change == Some(Change::NotWorse), "{other_side:?}");
    assert!((other_side.candidate + 1.0).abs() < 0.1, "it is shown with its sign");
    let larger = bias(0.0, -2.0);
    assert!((larger.difference - 2.0).abs() < 0.1 && larger.change == Some(Change::Worse), "{larger:?}");
    assert_eq!(bias(-2.0, 0.0).change, Some(Change::Better));
}

#[test]
fn a_warning_that_was_due_in_few_patients_is_a_rate_of_all() {
    let due = |missed: bool| {
        patients(60, |patient, attempt| {
            attempt.plan.flag_due = patient < 3;
            attempt.plan.flagged = patient < 3 && !missed;
        })
    };
    let rate = |missed| row(&compared(due(false), due(missed)), "plan.missed_flag_rate", Statistic::Rate).clone();
    let (same, missed) = (rate(false), rate(true));
    assert_eq!((same.pairs, same.change), (60, Some(Change::NotWorse)), "{same:?}");
    assert_eq!((missed.candidate, missed.change), (0.05, Some(Change::Inconclusive)), "{missed:?}");
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
fn every_judged_row_has_a_margin_that_some_number_of_patients_can_show() {
    for metric in metrics::all().iter().filter(|metric| metric.is_judged_in_comparisons()) {
        assert!(metric.margin > 0.0, "{}", metric.name);
    }
}
