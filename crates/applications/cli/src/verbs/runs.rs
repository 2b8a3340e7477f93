//! `plumbline compare`, `merge` and `report`: commands on finished runs.

use std::path::Path;

use report as page;
use results::Run;
use results::compare::{Margins, MarginsError, compare as compare_runs};
use results::identity::Selection;
use results::metrics::{self, Metric};
use run_store::StoreError;
use run_store::merge::{MergeError, merge as merge_runs};

use crate::arguments::{CompareArguments, MergeArguments, ReportArguments};
use crate::exit_status::ExitStatus;
use crate::failure::{Failure, store_failure};
use crate::run_folder::RunFolder;
use crate::table::Align::{Left, Right};
use crate::table::{self, Table};
use crate::{output, resources};

fn open(folder: &Path) -> Result<Run, Failure> {
    run_store::open(folder).map_err(|error| match error {
        StoreError::Io { .. } => Failure::wrong(format!(
            "{} is not a run: {error}; expected a folder written by `plumbline run`",
            folder.display()
        )),
        error => Failure::input(error),
    })
}

/// Compares a candidate with a baseline: status 1 if non-inferiority is not shown.
pub fn compare(arguments: &CompareArguments) -> Result<ExitStatus, Failure> {
    let (baseline, candidate) = (open(&arguments.baseline)?, open(&arguments.candidate)?);
    let margins = match arguments.margin.as_deref().map(Margins::load) {
        None => Margins::default(),
        Some(Ok(margins)) => margins,
        Some(Err(MarginsError::Wrong(mistake))) => return Err(Failure::from(mistake.as_ref())),
        Some(Err(error)) => return Err(Failure::input(error)),
    };
    let comparison = compare_runs(&baseline, &candidate, &margins).map_err(Failure::input)?;
    if let Some(out) = &arguments.out {
        resources::make_folder(out)?;
        let text = serde_json::to_string_pretty(&comparison).expect("comparisons have a JSON form");
        resources::write(&out.join("compare.json"), text.as_bytes())?;
    }
    if arguments.json {
        output::json(&comparison);
    } else {
        let mut table = Table::new([Left, Left, Right, Right, Right, Left, Left, Left]).with_header([
            "",
            "metric",
            "baseline",
            "candidate",
            "difference",
            "95 % interval",
            "margin",
            "",
        ]);
        for metric in &comparison.metrics {
            let known = metrics::find(&metric.metric);
            let not_judged = if known.is_some_and(Metric::is_wall_clock) { " (wall clock: not judged)" } else { "" };
            table.push([
                metric.change.word().to_owned(),
                metric.metric.clone(),
                format!("{:.3}", metric.baseline),
                format!("{:.3}", metric.candidate),
                format!("{:+.3}", metric.difference),
                metric.ci95.map_or_else(String::new, |[low, high]| format!("[{low:+.3}, {high:+.3}]")),
                metric.margin.to_string(),
                format!("{}{not_judged}", known.map_or("", |known| known.title)),
            ]);
        }
        table.lines().iter().for_each(output::result);
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
    Ok(if comparison.is_non_inferior() { ExitStatus::Success } else { ExitStatus::CriterionFailed })
}

/// Joins shards.
pub fn merge(arguments: &MergeArguments) -> Result<ExitStatus, Failure> {
    let parts = arguments.runs.iter().map(|folder| open(folder)).collect::<Result<Vec<_>, _>>()?;
    let place = RunFolder::named(&arguments.out, arguments.replace, Selection::All)?;
    let run = merge_runs(&parts, place.folder()).map_err(|error| match error {
        MergeError::Store(error) => store_failure(error),
        error => Failure::input(error),
    })?;
    let path = page::write(&run).map_err(Failure::unfinished)?;
    let path = place.keep(&path, false)?;
    table::summary(&run.manifest).iter().for_each(output::result);
    output::result(format!("verdict: {}", run.manifest.verdict.word()));
    missing_cases(&run).iter().for_each(output::result);
    output::result(format!("report:  {}", path.display()));
    Ok(run.manifest.verdict.into())
}

/// Cases that no part contains, one line per scenario.
fn missing_cases(run: &Run) -> Vec<String> {
    let scenarios = run.manifest.provenance.identity.scenarios.iter();
    scenarios
        .filter_map(|scenario| {
            let has = |case: u64| run.has(&scenario.name, case);
            let missing: Vec<String> =
                (0..scenario.cases).filter(|case| !has(*case)).map(|case| case.to_string()).collect();
            (!missing.is_empty()).then(|| format!("missing: {} cases {}", scenario.name, missing.join(", ")))
        })
        .collect()
}

/// Rebuilds report.html.
pub fn report(arguments: &ReportArguments) -> Result<ExitStatus, Failure> {
    let run = open(&arguments.run)?;
    let path = page::write(&run).map_err(Failure::unfinished)?;
    output::result(path.display());
    Ok(ExitStatus::Success)
}
