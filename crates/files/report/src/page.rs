//! The page: what was asked, what came out, why one may believe it.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::arms::{self, arms};
use crate::criteria::{criteria, signed_errors};
use crate::figures::{self, Figure};
use crate::gallery::gallery;
use crate::methods::methods;
use crate::provenance::provenance;
use crate::references::references;
use crate::text::{figure, interval};
use results::Run;
use results::manifest::{Manifest, ScenarioResult};
use results::metrics;

const STYLE: &str = include_str!("style.css");

/// Anchors and titles of the sections.
fn parts(manifest: &Manifest) -> [(&'static str, String); 8] {
    [
        ("criteria", "Criteria".to_owned()),
        ("arms", arms::title(manifest)),
        ("figures", "Figures".to_owned()),
        ("cases", "Cases".to_owned()),
        ("all", "All figures".to_owned()),
        ("methods", "Methods and limits".to_owned()),
        ("references", "References".to_owned()),
        ("provenance", "Provenance".to_owned()),
    ]
}

pub(super) fn page(run: &Run, drawings: &[Figure]) -> Markup {
    let manifest = &run.manifest;
    let names: Vec<&str> = manifest.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    let names = names.join(", ");
    let planner = manifest.provenance.identity.planner();
    let day = manifest.provenance.wall_clock.as_ref().and_then(|clock| clock.started_at.get(..10));
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Plumbline: " (names) ", " (planner) @if let Some(day) = day { ", " (day) } }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header class=(manifest.verdict.word().replace(' ', "-")) {
                    p.product { "Plumbline · lumbar spine positioning" }
                    h1 { (names) ": " (manifest.verdict.word()) }
                    (made(manifest))
                    (subject(manifest))
                    (held(manifest))
                    nav aria-label="parts of this page" {
                        @for (anchor, title) in parts(manifest) { a href={ "#" (anchor) } { (title) } }
                    }
                }
                main {
                    section id="criteria" { h2 { "Criteria" } (criteria(run)) (signed_errors(run)) }
                    section id="arms" { h2 { (arms::title(manifest)) } (arms(run)) }
                    section.figures id="figures" {
                        h2 { "Figures" }
                        p.quiet { (figures::legend(manifest)) }
                        @for drawing in drawings {
                            figure id=(drawing.name) {
                                (PreEscaped(&drawing.svg))
                                figcaption { (drawing.caption) }
                            }
                        }
                    }
                    section id="cases" { h2 { "Cases" } (gallery(run)) }
                    section id="all" { h2 { "All figures" } (all_metrics(manifest)) }
                    section id="methods" { h2 { "Methods and limits" } (methods()) }
                    section id="references" { h2 { "References" } (references()) }
                    section id="provenance" { h2 { "Provenance" } (provenance(manifest)) }
                }
            }
        }
    }
}

/// Which planner, when, and where.
fn made(manifest: &Manifest) -> Markup {
    let provenance = &manifest.provenance;
    let hosts: Vec<&str> = provenance.hosts.iter().map(|host| host.name.as_str()).collect();
    html! {
        p { "Planner " strong { (provenance.identity.planner()) }
            @if let Some(fault) = &provenance.identity.fault { ", with the planted fault " strong { (fault) } }
            @if let Some(clock) = &provenance.wall_clock { ", run on " strong { (clock.started_at.get(..10).unwrap_or(&clock.started_at)) } }
            @if !hosts.is_empty() { " on " (hosts.join(", ")) }
            ", plumbline " (provenance.identity.version) "." }
    }
}

/// Who was examined by whom.
fn subject(manifest: &Manifest) -> Markup {
    let identity = &manifest.provenance.identity;
    let several = identity.planners.iter().any(|planner| *planner != identity.planners[0]);
    html! {
        @for (scenario, planner) in identity.scenarios.iter().zip(&identity.planners) {
            @let done = manifest.scenarios.iter().find(|s| s.name == scenario.name).map_or(0, |s| s.cases_done);
            p { (scenario.title) ". " (done) " of " (scenario.cases) " virtual patients of the population "
                strong { (scenario.population) } ", protocol " strong { (scenario.protocol) }
                ", seed " (scenario.seed) @if several { ", planned by " strong { (planner) } } "." }
        }
    }
}

/// How many criteria hold.
fn held(manifest: &Manifest) -> Markup {
    let criteria = manifest.scenarios.iter().flat_map(|scenario| &scenario.criteria);
    let applied: Vec<_> = criteria.filter(|criterion| !criterion.not_applicable).collect();
    let held = applied.iter().filter(|criterion| criterion.pass).count();
    let total = |number: fn(&ScenarioResult) -> u64| manifest.scenarios.iter().map(number).sum::<u64>();
    let (done, cases) = (total(|scenario| scenario.cases_done), total(|scenario| scenario.cases));
    html! { p.verdict {
        (held) " of " (applied.len()) " criteria are shown to hold"
        @if done < cases { " on the " (done) " of " (cases) " cases that were examined: no verdict yet" }
        "."
    } }
}

fn all_metrics(manifest: &Manifest) -> Markup {
    html! {
        details {
            summary { "Every metric of the automated arm" }
            table.stacked {
                thead { tr { th { "metric" } th.number { "n" } th.number { "mean" } th.number { "95 % interval" } th.number { "median" } th.number { "p95" } th.number { "smallest to largest" } } }
                tbody {
                    @for metric in metrics::all() {
                        @if let Some(summary) = manifest.metrics.get(metric.name) {
                            tr {
                                td.what { (metric.title) br; code { (metric.name) } br; span.quiet { (metric.what) } }
                                td.number data-label="n" { (summary.n) }
                                td.number data-label="mean" { (figure(summary.mean, metric.unit())) }
                                td.number data-label="95 % interval" { (interval(summary.ci95)) }
                                td.number data-label="median" { (figure(summary.median, metric.unit())) }
                                td.number data-label="p95" { (figure(summary.p95, metric.unit())) }
                                td.number data-label="range" { (figure(summary.min, "")) " … " (figure(summary.max, "")) }
                            }
                        }
                    }
                }
            }
        }
    }
}
