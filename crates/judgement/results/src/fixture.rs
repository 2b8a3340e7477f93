//! Made-up runs for the tests of comparison, store and reports.

use std::path::Path;

use randomness::{Stream, normal};

use crate::criterion::Criterion;
use crate::manifest::{Identity, Provenance, ScenarioIdentity, Selection, WallClock};
use crate::metrics::Statistic;
use crate::record::{Arm, CaseRow};
use crate::run::{FinishedCase, Run};

/// A run's identity: scenario "s" of `cases` cases with two criteria.
pub fn identity(cases: u64, selection: Selection) -> Identity {
    let criterion = |metric: &str, statistic, at_least, at_most| Criterion {
        metric: metric.into(),
        statistic,
        arm: None,
        at_least,
        at_most,
    };
    Identity {
        version: "0.1.0".into(),
        planner: "made up".into(),
        model: None,
        scenarios: vec![ScenarioIdentity {
            name: "s".into(),
            title: "A made-up scenario".into(),
            hash: "0123456789abcdef".into(),
            patients_hash: "fedcba9876543210".into(),
            seed: 7,
            cases,
            population: "adult-lumbar".into(),
            protocol: "lumbar-1.5t".into(),
            criteria: vec![
                criterion("plan.disc_angle_deg", Statistic::Median, None, Some(2.0)),
                criterion("label.identification_rate", Statistic::Rate, Some(0.95), None),
            ],
        }],
        selection,
        attempts: None,
    }
}

/// A case whose plans are `angle_deg` off on average.
pub fn case(number: u64, angle_deg: f64) -> FinishedCase {
    let mut rng = Stream::from_seed(1).child("case", number).rng();
    let mut rows = Vec::new();
    for (arm, observer) in [(Arm::Automated, "repeat-0"), (Arm::Automated, "repeat-1"), (Arm::Manual, "Ana")] {
        let row = |structure: &str| CaseRow {
            scenario: "s".into(),
            case: number,
            arm: arm.name().into(),
            observer: observer.into(),
            structure: structure.into(),
            ..CaseRow::default()
        };
        for (n, disc) in ["L3/L4", "L4/L5", "L5/S1"].into_iter().enumerate() {
            let error_deg = normal(&mut rng, angle_deg, 0.3);
            rows.push(CaseRow {
                identified: Some(true),
                angle_deg: Some(error_deg.abs()),
                planned_sagittal_tilt_deg: Some(10.0 * n as f64 + number as f64 + error_deg),
                ..row(disc)
            });
        }
        let latency_loop_ms = Some(normal(&mut rng, 400.0, 20.0));
        rows.push(CaseRow { flagged: Some(false), silent_failure: Some(false), latency_loop_ms, ..row("case") });
    }
    FinishedCase { scenario: "s".into(), case: number, rows, warnings: vec![format!("case {number} was made up")] }
}

/// Any time will do.
pub fn wall_clock() -> WallClock {
    WallClock { started_at: "2026-03-01T08:00:00Z".into(), finished_at: "2026-03-01T08:01:00Z".into(), elapsed_s: 60.0 }
}

/// A run of three cases in a folder that is not written.
pub fn run(folder: &Path) -> Run {
    let provenance = Provenance {
        identity: identity(3, Selection::All),
        devices: vec!["cpu".into()],
        wall_clock: Some(wall_clock()),
    };
    Run::assemble(folder, provenance, (0..3).map(|number| case(number, 1.0)).collect())
}
