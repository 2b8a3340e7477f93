//! `plumbline compare`, `merge` and `report`: commands on finished runs.

use std::path::Path;

use report as page;
use report::comparison as comparison_page;
use results::Run;
use results::compare::{Comparison, Margins, MarginsError, MetricComparison, Role, compare as compare_runs};
use results::identity::Selection;
use results::metrics;
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

/// Compares a candidate with a baseline: status 0 only if it is shown to be better, or not worse within the margins.
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
        resources::write(&out.join(comparison_page::JSON), text.as_bytes())?;
        comparison_page::write(&comparison, &baseline, &candidate, out).map_err(Failure::unfinished)?;
    }
    match (arguments.json, arguments.markdown) {
        (true, _) => output::json(&comparison),
        (false, true) => output::result(comparison_page::markdown(&comparison, &baseline, &candidate).trim_end()),
        (false, false) => print_comparison(&comparison),
    }
    Ok(if comparison.is_non_inferior() { ExitStatus::Success } else { ExitStatus::CriterionFailed })
}

fn print_comparison(comparison: &Comparison) {
    let mut table = Table::new([Left, Left, Right, Right, Right, Left, Left, Left])
        .with_header(comparison_page::COLUMNS.into_iter().chain([""]));
    let line = |row: &MetricComparison, judged: bool| {
        let mut cells = comparison_page::cells(row).to_vec();
        if !judged {
            // A margin would look like a judgement.
            cells[6] = String::new();
        }
        cells.push(metrics::find_at(&row.metric).map(|at| at.title()).unwrap_or_default());
        cells
    };
    let shown = comparison.rows_to_show();
    shown.iter().for_each(|row| table.push(line(row, true)));
    for (role, heading) in [(Role::Information, "for information:"), (Role::WallClock, "wall clock, not judged:")] {
        let rows: Vec<_> = comparison.metrics.iter().filter(|row| row.role == role).collect();
        if !rows.is_empty() {
            table.push([heading]);
            rows.into_iter().for_each(|row| table.push(line(row, false)));
        }
    }
    table.lines().iter().for_each(output::result);
    let quiet = comparison.metrics.iter().filter(|row| row.role == Role::Judged).count() - shown.len();
    if quiet > 0 {
        output::result(format!(
            "and {quiet} rows by level that say no more than their metric's; --out or --json has all"
        ));
    }
    // Below a verdict that is fine, single patients who changed places are noise.
    if !comparison.is_non_inferior() && !comparison.worst_cases.is_empty() {
        output::result("patients that fared worse, the gravest first:");
        comparison.worst_cases.iter().for_each(|case| output::result(format!("  {case}")));
    }
    output::result(format!(
        "{} cases in both, {} only in the baseline, {} only in the candidate",
        comparison.pairs, comparison.only_in_baseline, comparison.only_in_candidate
    ));
    output::result(format!("verdict: {}", comparison.verdict()));
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
