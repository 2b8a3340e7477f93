//! `plumbline eval`: a model on the patients of a scenario.

use std::process::ExitCode;
use std::sync::atomic::Ordering;

use harness::metrics::{self, MetricSummary};
use harness::scenario::Arms;
use harness::{Arm, ScenarioSetup, runner};
use randomness::Stream;

use crate::arguments::EvalArguments;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::{interrupt, output, resources};

/// What is printed: overlap, identification, planes and doubts.
const FIGURES: [&str; 23] = [
    "dice.vertebra",
    "dice.disc",
    "dice.sacrum",
    "dice.canal",
    "surface.vertebra_mm",
    "surface.disc_mm",
    "surface.sacrum_mm",
    "surface.canal_mm",
    "surface_mean.vertebra_mm",
    "surface_mean.disc_mm",
    "surface_mean.sacrum_mm",
    "surface_mean.canal_mm",
    "calibration.vertebra",
    "calibration.disc",
    "calibration.sacrum",
    "calibration.canal",
    "label.identification_rate",
    "plan.disc_angle_deg",
    "plan.disc_centre_mm",
    "plan.confidence_brier",
    "plan.flagged_rate",
    "plan.silent_failure_rate",
    "latency.loop_ms",
];

/// Plans every patient's localizer with the model; nothing is written.
pub fn eval(arguments: &EvalArguments) -> Result<ExitCode, Failure> {
    let networks = resources::networks(Some(&arguments.model), arguments.device)?;
    let mut setup = ScenarioSetup::load(&arguments.cohort).map_err(|error| Failure::scenario(&error))?;
    setup.scenario.arms = Arms { arms: vec![Arm::Automated], automated_repeats: 1, ..setup.scenario.arms };
    let cases = arguments.cases.unwrap_or(setup.scenario.cases);
    let stop = interrupt::flag();
    let progress = Progress::new(0, cases);
    let mut rows = Vec::new();
    let mut planner = networks.planner();
    for case in 0..cases {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let outcome = runner::plan_only(&setup, setup.scenario.seed, case, &mut planner);
        progress.step(&format!("case {case}: {}", outcome.summary()));
        rows.extend(outcome.rows);
    }
    progress.finish();
    let all: Vec<_> = rows.iter().collect();
    let figures = metrics::summaries(&all, &Stream::from_seed(0));
    if arguments.json {
        output::json(&figures);
    } else {
        output::result(format!("model {}", networks.hash()));
        output::result(format!(
            "{:<28} {:>5} {:>8} {:>20} {:>8} {:>8}",
            "", "n", "mean", "95 % interval", "median", "p95"
        ));
        for name in FIGURES {
            if let Some(summary) = figures.get(name) {
                output::result(line(name, summary));
            }
        }
    }
    Ok(if stop.load(Ordering::Relaxed) { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

fn line(name: &str, summary: &MetricSummary) -> String {
    let interval = summary.ci95.map_or_else(String::new, |[low, high]| format!("[{low:.3}, {high:.3}]"));
    let MetricSummary { n, mean, median, p95, .. } = summary;
    format!("{name:<28} {n:>5} {mean:>8.3} {interval:>20} {median:>8.3} {p95:>8.3}")
}
