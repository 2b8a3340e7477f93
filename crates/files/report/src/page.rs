//! The page: what was asked, what came out, why one may believe it.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::figures::{Figure, colour};
use crate::gallery::gallery;
use crate::methods::methods;
use crate::text::{figure, interval};
use results::Arm;
use results::CriterionState;
use results::Run;
use results::criterion::CriterionResult;
use results::identity::{Identity, PlannerIdentity, ScenarioIdentity, Selection};
use results::manifest::{Manifest, ScenarioResult};
use results::metrics::{self, Better};

const STYLE: &str = include_str!("style.css");

/// Figures of the table by arm.
const BY_ARM: [&str; 9] = [
    "plan.disc_angle_deg",
    "plan.disc_centre_mm",
    "plan.coverage",
    "label.identification_rate",
    "plan.silent_failure_rate",
    "plan.flagged_rate",
    "agreement.angle_sd_deg",
    "agreement.position_sd_mm",
    "agreement.icc",
];

/// Anchors and titles of the sections.
const PARTS: [(&str, &str); 7] = [
    ("criteria", "Criteria"),
    ("arms", "Three arms"),
    ("figures", "Figures"),
    ("cases", "Cases"),
    ("all", "All figures"),
    ("methods", "Methods and limits"),
    ("provenance", "Provenance"),
];

pub(super) fn page(run: &Run, figures: &[Figure]) -> Markup {
    let manifest = &run.manifest;
    let names: Vec<&str> = manifest.scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Plumbline: " (names.join(", ")) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header class=(manifest.verdict.word().replace(' ', "-")) {
                    p.product { "Plumbline · lumbar spine positioning" }
                    h1 { (names.join(", ")) ": " (manifest.verdict.word()) }
                    (subject(manifest))
                    (held(manifest))
                    nav aria-label="parts of this page" {
                        @for (anchor, title) in PARTS { a href={ "#" (anchor) } { (title) } }
                    }
                }
                main {
                    section id="criteria" { h2 { "Criteria" } (criteria(run)) }
                    section id="arms" { h2 { "Three arms" } (arms(run)) }
                    section.figures id="figures" {
                        h2 { "Figures" }
                        @for drawing in figures {
                            figure id=(drawing.name) {
                                (PreEscaped(&drawing.svg))
                                figcaption { (drawing.caption) }
                            }
                        }
                    }
                    section id="cases" { h2 { "Cases" } (gallery(run)) }
                    section id="all" { h2 { "All figures" } (all_metrics(manifest)) }
                    section id="methods" { h2 { "Methods and limits" } (methods()) }
                    section id="provenance" { h2 { "Provenance" } (provenance(manifest)) }
                }
            }
        }
    }
}

/// Who was examined by whom.
fn subject(manifest: &Manifest) -> Markup {
    let identity = &manifest.provenance.identity;
    html! {
        @for (scenario, planner) in identity.scenarios.iter().zip(&identity.planners) {
            @let done = manifest.scenarios.iter().find(|s| s.name == scenario.name).map_or(0, |s| s.cases_done);
            p { (scenario.title) ". " (done) " of " (scenario.cases) " virtual patients of the population "
                strong { (scenario.population) } ", protocol " strong { (scenario.protocol) }
                ", seed " (scenario.seed) ", planned by " strong { (planner) } "." }
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

fn criteria(run: &Run) -> Markup {
    let manifest = &run.manifest;
    html! {
        @for scenario in &manifest.scenarios {
            @if manifest.scenarios.len() > 1 { h3 { (scenario.name) ": " (scenario.verdict.word()) } }
            table {
                thead { tr { th { "" } th { "metric" } th { "limit" } th.number { "measured" } th.number { "95 % interval" } th.number { "n" } } }
                tbody { @for criterion in &scenario.criteria { (criterion_row(criterion)) } }
            }
            @if scenario.criteria.iter().all(|criterion| criterion.implied) {
                p.quiet { "The scenario names no criterion: nothing is shown." }
            }
            @if !scenario.patterns.is_empty() {
                p { "The planner's errors are consistent with:" }
                ul.patterns { @for pattern in &scenario.patterns { li { strong { (pattern) } } } }
            }
        }
    }
}

fn criterion_row(criterion: &CriterionResult) -> Markup {
    let metric = metrics::find_at(&criterion.metric).ok().map(|at| at.metric);
    let unit = metric.map_or("", |metric| metric.unit());
    let (class, mark) = match criterion.applied() {
        Some(CriterionState::Pass) => ("pass", "✓ pass"),
        Some(CriterionState::Warn) => ("warn", "! warn"),
        Some(CriterionState::Fail) => ("fail", "✗ fail"),
        Some(CriterionState::NotShown) => ("not-shown", "? not shown"),
        Some(CriterionState::NotMeasured) => ("incomplete", "not measured"),
        None => ("incomplete", "n/a"),
    };
    html! {
        tr class=(class) {
            td.mark { (mark) }
            td { @if let Some(metric) = metric { (metric.title) ", " } (criterion.statistic.name())
                @if criterion.arm != Arm::Automated { " of the " (criterion.arm.name()) " arm" }
                br; code { (criterion.metric) }
                @if let Some(metric) = metric { br; span.quiet { (metric.what) } } }
            td.limit { (criterion.bound.sign()) " " (figure(criterion.limit, unit)) }
            td.number { @match criterion.value { Some(value) => (figure(value, unit)), None => "nothing to measure" } }
            td.number { (interval(criterion.ci95)) @if let Some(remedy) = criterion.remedy() { br; span.quiet { (remedy) } } }
            td.number { (criterion.n) }
        }
    }
}

fn arms(run: &Run) -> Markup {
    let manifest = &run.manifest;
    let arms: Vec<Arm> = Arm::ALL.into_iter().filter(|arm| manifest.by_arm.contains_key(arm.name())).collect();
    html! {
        p { "Automated: the planner alone, on repeated localizers. Collaborative: a panel of simulated technologists starts from its plan. "
            "Manual: the same panel plans alone." }
        table {
            thead { tr { th { "" } @for arm in &arms { th.number style={ "color:" (colour(*arm)) } { (arm.name()) } } } }
            tbody { @for name in BY_ARM { (arm_row(run, &arms, name)) } }
        }
    }
}

fn arm_row(run: &Run, arms: &[Arm], name: &str) -> Markup {
    let Some(metric) = metrics::find(name) else { return html! {} };
    let single = metric.is_rate() || metric.is_agreement();
    let higher = metric.better == Better::Higher;
    let spread = if higher { "median; worst" } else { "median; 95th percentile" };
    html! {
        tr {
            td { (metric.title) @if !single { ", " (spread) } br; code { (name) } @if single { " " span.quiet { (metric.what) } } }
            @for arm in arms {
                td.number {
                    @match run.manifest.by_arm.get(arm.name()).and_then(|figures| figures.get(name)) {
                        Some(summary) if single => { (figure(summary.mean, metric.unit())) " " span.quiet { (interval(summary.ci95)) } },
                        Some(summary) => { (figure(summary.median, metric.unit())) "; " (figure(if higher { summary.min } else { summary.p95 }, metric.unit())) },
                        None => "–",
                    }
                }
            }
        }
    }
}

fn all_metrics(manifest: &Manifest) -> Markup {
    html! {
        details {
            summary { "Every metric of the automated arm" }
            table {
                thead { tr { th { "metric" } th.number { "n" } th.number { "mean" } th.number { "95 % interval" } th.number { "median" } th.number { "p95" } th.number { "worst to best" } } }
                tbody {
                    @for metric in metrics::all() {
                        @if let Some(summary) = manifest.metrics.get(metric.name) {
                            tr {
                                td { (metric.title) br; code { (metric.name) } br; span.quiet { (metric.what) } }
                                td.number { (summary.n) }
                                td.number { (figure(summary.mean, metric.unit())) }
                                td.number { (interval(summary.ci95)) }
                                td.number { (figure(summary.median, metric.unit())) }
                                td.number { (figure(summary.p95, metric.unit())) }
                                td.number { (figure(summary.min, "")) " … " (figure(summary.max, "")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The command that examines a scenario's cases once more, from the folder that holds the scenario.
fn again(identity: &Identity, scenario: &ScenarioIdentity, planner: &PlannerIdentity) -> String {
    let mut command = format!("plumbline run {}.toml --seed {}", scenario.name, scenario.seed);
    if let Some(seed) = scenario.noise_seed {
        command += &format!(" --noise-seed {seed}");
    }
    match identity.selection {
        Selection::All => {}
        Selection::Case(case) => command += &format!(" --case {case}"),
        Selection::Shard { index, count } => command += &format!(" --shard {index}/{count}"),
    }
    if let PlannerIdentity::Command { .. } = planner {
        command += &format!(" --planner {}", shlex::try_quote(&planner.to_string()).unwrap_or_default());
    }
    command
}

fn provenance(manifest: &Manifest) -> Markup {
    let provenance = &manifest.provenance;
    let identity = &provenance.identity;
    let sources: Vec<String> = identity.scenarios.iter().map(|s| format!("{} {}", s.name, s.hash)).collect();
    html! {
        table.plain { tbody {
            tr { td { "program" } td { "plumbline " (identity.version) } }
            tr { td { "planner" } td { (identity.planner()) } }
            @if let Some(model) = identity.model() { tr { td { "model (BLAKE3)" } td { code { (model) } } } }
            @for source in &sources { tr { td { "scenario (BLAKE3)" } td { code { (source) } } } }
            tr { td { "cases" } td { (identity.selection.to_string()) } }
            tr { td { "device" } td { (provenance.devices.join(", ")) } }
            @if let Some(clock) = &provenance.wall_clock {
                tr { td { "run" } td { (clock.started_at) " to " (clock.finished_at) ", " (figure(clock.elapsed_s, "s")) } }
            }
        } }
        @for (scenario, planner) in identity.scenarios.iter().zip(&identity.planners) {
            p { "Again: " code { (again(identity, scenario, planner)) } " gives the same figures but for the wall clock"
                @if identity.attempts.is_some() { ", with the same people's plans as " code { "--attempts" } }
                "." }
        }
        @if !manifest.warnings.is_empty() {
            h3 { "Warnings" }
            ul { @for warning in &manifest.warnings { li { (warning.scenario) " case " (warning.case) ": " (warning.message) } } }
        }
    }
}
