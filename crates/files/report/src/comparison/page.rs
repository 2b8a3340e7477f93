//! `compare.html`: the rows, and the patients that got worse with both runs' pictures beside each other.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use results::Run;
use results::compare::{Change, Comparison, FAMILY_ERROR, MetricComparison, Role, WorstCase};
use results::metrics;
use run_store::files::sheet_path;

use super::{COLUMNS, cells, subject};
use crate::text::base64;

/// The report's style, and what a comparison adds: two pictures beside each other where there is room.
const STYLE: &str = concat!(
    include_str!("../style.css"),
    ".pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(36rem, 100%), 1fr)); gap: .6rem; }\n",
    "main { max-width: 96rem; }\nheader { padding-inline: max(1.2rem, calc(50vw - 46.8rem)); }\nheader.better, header.not-worse { border-color: var(--pass); }\nheader.worse { border-color: var(--fail); }\n",
    "tr.better .mark, tr.not-worse .mark { color: var(--pass); }\ntr.worse .mark { color: var(--fail); }\ntr.inconclusive .mark { color: var(--open); }\n",
    ".mark { white-space: normal; min-width: 9rem; }\n",
);

pub(super) fn page(comparison: &Comparison, baseline: &Run, candidate: &Run) -> Markup {
    let rows = |role| comparison.metrics.iter().filter(move |row| row.role == role);
    let shown = comparison.rows_to_show();
    let others: Vec<&MetricComparison> = rows(Role::Judged).filter(|row| !shown.contains(row)).collect();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Plumbline: " (comparison.verdict()) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header class=(class(Some(comparison.change))) {
                    p.product { "Plumbline · comparison of two runs" }
                    h1 { "Candidate: " (comparison.verdict()) }
                    p { (subject(comparison, baseline, candidate)) }
                    @if comparison.only_in_baseline + comparison.only_in_candidate > 0 {
                        p { (comparison.only_in_baseline) " cases only in the baseline, " (comparison.only_in_candidate) " only in the candidate." }
                    }
                }
                main {
                    section { h2 { "Judged" } (table(&shown)) }
                    section {
                        h2 { "Patients that fared worse" }
                        @if comparison.worst_cases.is_empty() { p { "None fared worse by more than another localizer's noise explains." } }
                        @for case in &comparison.worst_cases { (beside(case, baseline, candidate)) }
                    }
                    section {
                        h2 { "Further rows" }
                        details { summary { "Levels: " (others.len()) " rows that say what the whole says" } (table(&others)) }
                        details { summary { "For information, not judged" } (table(&rows(Role::Information).collect::<Vec<_>>())) }
                        details { summary { "Wall clock, not judged: another machine or hour changes it" } (table(&rows(Role::WallClock).collect::<Vec<_>>())) }
                    }
                    section { h2 { "How it was judged" } (rule(comparison)) }
                }
            }
        }
    }
}

/// The class of a row or of the whole.
fn class(change: Option<Change>) -> &'static str {
    match change {
        Some(Change::Better) => "better",
        Some(Change::NotWorse) => "not-worse",
        Some(Change::Inconclusive) => "inconclusive",
        Some(Change::Worse) => "worse",
        None => "information",
    }
}

fn table(rows: &[&MetricComparison]) -> Markup {
    html! {
        table {
            thead { tr { @for (n, name) in COLUMNS.iter().enumerate() { th.number[(2..5).contains(&n)] { (name) } } } }
            tbody { @for row in rows { tr class=(class(row.change)) { (filled(row)) } } }
        }
    }
}

fn filled(row: &MetricComparison) -> Markup {
    let [words, metric, baseline, candidate, difference, interval, margin] = cells(row);
    let title = metrics::find_at(&row.metric).map(|at| at.title()).unwrap_or_default();
    html! {
        td.mark { (words) }
        td { (title) br; code { (metric) } }
        td.number { (baseline) }
        td.number { (candidate) }
        td.number { (difference) }
        td.number { (interval) }
        td { (margin) }
    }
}

/// A patient's pictures of both runs.
fn beside(case: &WorstCase, baseline: &Run, candidate: &Run) -> Markup {
    html! {
        article.case {
            h3 { (case.scenario) " · case " (case.case) }
            p { (case.what) }
            div.pair {
                @for (name, run) in [("Baseline", baseline), ("Candidate", candidate)] {
                    figure {
                        @match std::fs::read(sheet_path(&run.folder, &case.scenario, case.case)) {
                            Ok(png) => img loading="lazy" src={ "data:image/png;base64," (base64(&png)) }
                                alt={ (name) ": localizer with planned and true slices, segmentation, scanned series of case " (case.case) };,
                            Err(_) => p.quiet { "No pictures are stored for this case." },
                        }
                        figcaption { (name) ": yellow, planned slices; blue and dashed, true planes" }
                    }
                }
            }
        }
    }
}

fn rule(comparison: &Comparison) -> Markup {
    let judged = comparison.metrics.iter().filter(|row| row.role == Role::Judged).count();
    html! {
        ul {
            li { "Each patient is compared with themselves; a patient's discs and repeats are averaged before, so that intervals count patients." }
            li { strong { "Worse" } ": the change for the worse exceeds the margin, and is no chance: its probability, adjusted for the "
                (judged) " judged rows (Holm 1979), is at most " (FAMILY_ERROR * 100.0) " %." }
            li { strong { "Not worse within the margin" } ": the 95 % interval of the change ends within the margin (non-inferiority; Piaggio et al., JAMA 2012, doi:10.1001/jama.2012.87802). All judged rows must show it." }
            li { strong { "Better" } ": not worse anywhere, and somewhere a change for the better that is no chance, adjusted likewise." }
            li { strong { "Inconclusive" } ": anything else. The number of cases that would settle it takes the change and its spread as they are." }
            li { "Means: Student's paired interval. Rates: exact (Clopper & Pearson 1934) on the patients that got worse and better, exact test of McNemar. "
                "95th percentiles, judged from 20 patients on: standard error by bootstrap over patients. Bias: the size of the mean signed error." }
        }
    }
}
