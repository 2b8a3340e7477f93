//! `plumbline compare`, `merge` and `report`: what is done with finished runs.

use std::path::Path;
use std::process::ExitCode;

use report as page;
use results::compare::{Margins, MarginsError, compare as compare_runs};
use results::{Run, Verdict};
use run_store::StoreError;
use run_store::merge::{MergeError, merge as merge_runs};

use crate::arguments::{CompareArguments, MergeArguments, ReportArguments};
use crate::failure::Failure;
use crate::{output, resources, table};

fn open(folder: &Path) -> Result<Run, Failure> {
    run_store::open(folder).map_err(|error| match error {
        StoreError::Io { .. } => Failure::wrong(format!(
            "{} is no run: {error}; expected a folder that `plumbline run` wrote",
            folder.display()
        )),
        error => Failure::input(error),
    })
}

/// Holds a candidate against a baseline: status 1 if it is not shown to be as good.
pub fn compare(arguments: &CompareArguments) -> Result<ExitCode, Failure> {
    let (baseline, candidate) = (open(&arguments.baseline)?, open(&arguments.candidate)?);
    let margins = match arguments.margin.as_deref().map(Margins::load) {
        None => Margins::default(),
        Some(Ok(margins)) => margins,
        Some(Err(MarginsError::Wrong(mistake))) => return Err(Failure::diagnosis(&mistake)),
        Some(Err(error)) => return Err(Failure::input(error)),
    };
    let comparison = compare_runs(&baseline, &candidate, &margins).map_err(Failure::input)?;
    if let Some(out) = &arguments.out {
        resources::folder(out)?;
        let text = serde_json::to_string_pretty(&comparison).expect("comparisons have a JSON form");
        resources::write(&out.join("compare.json"), text.as_bytes())?;
    }
    if arguments.json {
        output::json(&comparison);
    } else {
        for metric in &comparison.metrics {
            let interval = metric.ci95.map_or_else(String::new, |[low, high]| format!(" [{low:+.3}, {high:+.3}]"));
            output::result(format!(
                "{:<13} {:<32} {:>9.3} → {:>9.3}  {:+.3}{interval}  margin {}{}",
                metric.change.word(),
                metric.metric,
                metric.baseline,
                metric.candidate,
                metric.difference,
                metric.margin,
                results::metrics::find(&metric.metric).map_or_else(String::new, |metric| format!(
                    "  {}{}",
                    metric.title,
                    if metric.is_wall_clock() { " (wall clock: not judged)" } else { "" }
                ))
            ));
        }
        for case in &comparison.regressions {
            output::result(format!("worse: {case}"));
        }
        output::result(format!(
            "{} cases in both, {} only in the baseline, {} only in the candidate; verdict: {}",
            comparison.pairs,
            comparison.only_in_baseline,
            comparison.only_in_candidate,
            comparison.change.word()
        ));
    }
    Ok(if comparison.is_non_inferior() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Joins shards.
pub fn merge(arguments: &MergeArguments) -> Result<ExitCode, Failure> {
    let parts = arguments.runs.iter().map(|folder| open(folder)).collect::<Result<Vec<_>, _>>()?;
    let run = merge_runs(&parts, &arguments.out).map_err(|error| match error {
        MergeError::Store(error) if !error.is_wrong_input() => Failure::unfinished(error),
        error => Failure::input(error),
    })?;
    let path = page::write(&run).map_err(Failure::unfinished)?;
    table::summary(&run.manifest).iter().for_each(output::result);
    output::result(format!("verdict: {}", run.manifest.verdict.word()));
    missing_cases(&run).iter().for_each(output::result);
    output::result(format!("report:  {}", path.display()));
    Ok(match run.manifest.verdict {
        Verdict::Pass => ExitCode::SUCCESS,
        Verdict::Fail => ExitCode::from(1),
        Verdict::Incomplete => ExitCode::from(3),
    })
}

/// What no part held, a line a scenario.
fn missing_cases(run: &Run) -> Vec<String> {
    let scenarios = run.manifest.provenance.identity.scenarios.iter();
    scenarios
        .filter_map(|scenario| {
            let has = |case: u64| run.rows.iter().any(|row| row.scenario == scenario.name && row.case == case);
            let missing: Vec<String> =
                (0..scenario.cases).filter(|case| !has(*case)).map(|case| case.to_string()).collect();
            (!missing.is_empty()).then(|| format!("missing: {} cases {}", scenario.name, missing.join(", ")))
        })
        .collect()
}

/// Rebuilds the page.
pub fn report(arguments: &ReportArguments) -> Result<ExitCode, Failure> {
    let run = open(&arguments.run)?;
    let path = page::write(&run).map_err(Failure::unfinished)?;
    output::result(path.display());
    Ok(ExitCode::SUCCESS)
}
