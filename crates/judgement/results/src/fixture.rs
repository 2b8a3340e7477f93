//! Made-up runs for the tests of comparison, store and reports.

use std::path::Path;

use randomness::{Stream, normal};

use crate::criterion::{Criterion, JudgedBy};
use crate::host::Host;
use crate::identity::{Identity, PlannerIdentity, ScenarioIdentity, Selection};
use crate::manifest::{Provenance, WallClock};
use crate::metrics::Statistic;
use crate::run::Run;
use crate::{Arm, AttemptResult, CaseResult, DiscResult, ExaminationResult, PlanResult, Timings};

/// A run's identity: scenario "s" of `cases` cases with two criteria.
pub fn identity(cases: u64, selection: Selection) -> Identity {
    let criterion = |metric: &str, statistic, at_least, at_most| Criterion {
        metric: metric.into(),
        statistic,
        at_least,
        at_most,
        judged_by: Some(JudgedBy::Point),
        ..Criterion::no_errors()
    };
    Identity {
        version: "0.1.0".into(),
        planners: vec![PlannerIdentity::Command { command: "made-up".into(), files: Vec::new() }],
        scenarios: vec![ScenarioIdentity {
            name: "s".into(),
            title: "A made-up scenario".into(),
            hash: "0123456789abcdef".into(),
            patients_hash: "fedcba9876543210".into(),
            seed: 7,
            noise_seed: None,
            cases,
            population: "adult-lumbar".into(),
            protocol: "lumbar-1.5t".into(),
            localizer_affine: None,
            criteria: vec![
                criterion("plan.disc_angle_deg", Statistic::Median, None, Some(2.0)),
                criterion("label.identification_rate", Statistic::Rate, Some(0.95), None),
            ],
        }],
        selection,
        attempts: None,
        fault: None,
    }
}

/// A disc that was planned `angle_deg` off, and of which nothing else is known.
pub fn disc(name: &str, angle_deg: f64) -> DiscResult {
    DiscResult {
        disc: name.parse().expect("the fixtures name discs that exist"),
        true_plane: None,
        level_plane: None,
        group_plane: None,
        identified: true,
        confidence: None,
        angle_deg: Some(angle_deg),
        sagittal_tilt_deg: None,
        coronal_tilt_deg: None,
        centre_mm: None,
        slice_offset_mm: None,
        group: None,
        coverage: 0.0,
        true_sagittal_tilt_deg: None,
        planned_sagittal_tilt_deg: None,
        planned_position_mm: None,
    }
}

/// An attempt that planned these discs.
pub fn attempt(arm: Arm, observer: &str, discs: Vec<DiscResult>) -> AttemptResult {
    AttemptResult {
        arm,
        observer: observer.into(),
        plan: PlanResult { discs, ..PlanResult::default() },
        first_plan: None,
        structures: Vec::new(),
        examination: ExaminationResult::default(),
        timings: Timings::default(),
    }
}

/// A case of scenario "s" with these attempts.
pub fn case_of(number: u64, attempts: Vec<AttemptResult>) -> CaseResult {
    CaseResult { scenario: "s".into(), case: number, patient: None, attempts, warnings: Vec::new() }
}

/// A case whose plans are `angle_deg` off on average.
pub fn case(number: u64, angle_deg: f64) -> CaseResult {
    let mut rng = Stream::from_seed(1).child("case", number).rng();
    let mut attempts = Vec::new();
    for (arm, observer) in [(Arm::Automated, "repeat-0"), (Arm::Automated, "repeat-1"), (Arm::Manual, "Ana")] {
        let mut discs = Vec::new();
        for (n, name) in ["L3/L4", "L4/L5", "L5/S1"].into_iter().enumerate() {
            let error_deg = normal(&mut rng, angle_deg, 0.3);
            let planned_sagittal_tilt_deg = Some(10.0 * n as f64 + number as f64 + error_deg);
            discs.push(DiscResult { planned_sagittal_tilt_deg, ..disc(name, error_deg.abs()) });
        }
        let timings = Timings { loop_ms: Some(normal(&mut rng, 400.0, 20.0)), ..Timings::default() };
        attempts.push(AttemptResult { timings, ..attempt(arm, observer, discs) });
    }
    CaseResult { warnings: vec![format!("case {number} was made up")], ..case_of(number, attempts) }
}

/// Any machine will do.
pub fn host() -> Host {
    Host {
        name: "machine-7".into(),
        os: "Linux".into(),
        cpu: "a processor".into(),
        cores: 2,
        executable: Some("00112233445566778899".into()),
        version: "0.1.0".into(),
        commit: None,
    }
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
        hosts: vec![host()],
        wall_clock: Some(wall_clock()),
    };
    Run::assemble(folder, provenance, (0..3).map(|number| case(number, 1.0)).collect())
}
