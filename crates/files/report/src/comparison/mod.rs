//! A comparison of two runs for people: a page with pictures, and Markdown for a pull request.

mod page;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use results::Run;
use results::compare::{Change, Comparison, MetricComparison, Role};
use results::metrics;
use run_store::StoreError;
use run_store::files::write_whole;

/// Name of the comparison for programs.
pub const JSON: &str = "compare.json";
/// Name of the page.
pub const PAGE: &str = "compare.html";
/// Name of the summary for a pull request.
pub const MARKDOWN: &str = "compare.md";

/// Heads of the columns that [`cells`] fills.
pub const COLUMNS: [&str; 7] = ["", "metric", "baseline", "candidate", "difference", "95 % interval", "margin"];

/// Writes `compare.html` and `compare.md` and returns the page's path. The same runs give the same bytes.
///
/// # Errors
/// [`StoreError::Io`] when the disk is full or refuses.
pub fn write(comparison: &Comparison, baseline: &Run, candidate: &Run, folder: &Path) -> Result<PathBuf, StoreError> {
    fs::create_dir_all(folder).map_err(StoreError::io("create", folder))?;
    write_whole(&folder.join(MARKDOWN), markdown(comparison, baseline, candidate).as_bytes())?;
    let path = folder.join(PAGE);
    write_whole(&path, page::page(comparison, baseline, candidate).into_string().as_bytes())?;
    Ok(path)
}

/// A row of the comparison as text, in the order of [`COLUMNS`].
pub fn cells(row: &MetricComparison) -> [String; 7] {
    let unit = metrics::find_at(&row.metric).map_or("", |at| at.metric.unit());
    let space = if unit.is_empty() || unit == "°" { "" } else { " " };
    let statistic = row.statistic.name();
    let interval = row.ci95.map_or_else(String::new, |[low, high]| format!("[{low:+.3}, {high:+.3}]"));
    [
        row.words().unwrap_or_default(),
        format!("{} ({statistic})", row.metric),
        format!("{:.3}", row.baseline),
        format!("{:.3}", row.candidate),
        format!("{:+.3}", row.difference),
        interval,
        format!("{}{space}{unit}", row.margin),
    ]
}

/// The comparison in a few lines of Markdown, as a comment on a pull request.
pub fn markdown(comparison: &Comparison, baseline: &Run, candidate: &Run) -> String {
    let mut text = format!("### Plumbline: {}\n\n", comparison.verdict());
    text += &format!("{}\n\n", subject(comparison, baseline, candidate));
    let line =
        |cells: &[String]| format!("| {} |\n", cells.iter().map(|cell| escaped(cell)).collect::<Vec<_>>().join(" | "));
    let table = |rows: &[&MetricComparison]| {
        let head = line(&COLUMNS.map(str::to_owned)) + "| --- | --- | ---: | ---: | ---: | --- | --- |\n";
        head + &rows.iter().map(|row| line(&cells(row))).collect::<String>()
    };
    let decides = |row: &&MetricComparison| row.change != Some(Change::NotWorse);
    let (deciding, quiet): (Vec<_>, Vec<_>) = comparison.rows_to_show().into_iter().partition(decides);
    if !deciding.is_empty() {
        text += &(table(&deciding) + "\n");
    }
    if !comparison.is_non_inferior() && !comparison.worst_cases.is_empty() {
        text += "Patients that fared worse, the gravest first:\n\n";
        for case in &comparison.worst_cases {
            text += &format!("- {}\n", escaped(&case.to_string()));
        }
        text += "\n";
    }
    text += "<details><summary>Not worse within the margin, and not judged</summary>\n\n";
    text += &table(&quiet);
    let unjudged: Vec<_> = comparison.metrics.iter().filter(|row| row.role == Role::Information).collect();
    text += &format!("\nFor information, not judged:\n\n{}\n</details>\n", table(&unjudged));
    text
}

/// Who was compared with whom, on how many patients.
fn subject(comparison: &Comparison, baseline: &Run, candidate: &Run) -> String {
    format!(
        "{} patients in both runs. Baseline: {}. Candidate: {}.",
        comparison.pairs,
        planned(baseline),
        planned(candidate)
    )
}

/// The planner of a run, with what was planted behind it and how the patients were measured.
fn planned(run: &Run) -> String {
    let identity = &run.manifest.provenance.identity;
    let fault = identity.fault.iter().map(|fault| format!("planted fault {fault}"));
    let noise = identity.scenarios.iter().filter_map(|scenario| scenario.noise_seed);
    // One for all scenarios, as the command line gives it.
    let noise = noise.take(1).map(|seed| format!("noise seed {seed}"));
    std::iter::once(identity.planner()).chain(fault).chain(noise).collect::<Vec<_>>().join(", ")
}

/// Text that Markdown and a table of it leave as it is.
fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}
