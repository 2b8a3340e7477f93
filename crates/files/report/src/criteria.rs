//! The criteria with what was measured, what the errors have in common, and signed errors by level.

use maud::{Markup, html};

use crate::text::{figure, interval};
use geometry::{Disc, Vertebra};
use results::case_result::attempts_of;
use results::criterion::{CriterionResult, JudgedBy};
use results::manifest::ScenarioResult;
use results::metrics::{self, Better, Metric, MetricAt, MetricSummary};
use results::{Arm, CriterionState, Run};

pub(super) fn criteria(run: &Run) -> Markup {
    let manifest = &run.manifest;
    html! {
        @for scenario in &manifest.scenarios {
            @if manifest.scenarios.len() > 1 { h3 { (scenario.name) ": " (scenario.verdict.word()) } }
            (table(scenario))
            (common_errors(scenario))
        }
        (meaning_of_states())
    }
}

fn table(scenario: &ScenarioResult) -> Markup {
    let without_segmentation = scenario.criteria.iter().any(|criterion| criterion.not_applicable);
    html! {
        table.stacked {
            thead { tr { th { "" } th { "metric" } th { "limit" } th.number { "measured" } th.number { "95 % interval" } th.number { "patients" } th.number { "values" } } }
            tbody { @for criterion in &scenario.criteria { (row(criterion)) } }
        }
        @if scenario.criteria.iter().all(|criterion| criterion.implied) {
            p.quiet { "The scenario names no criterion: nothing is shown." }
        }
        @if without_segmentation {
            p.quiet { "n/a: this planner answers with a plan and no segmentation. Criteria of the segmentation count for nothing." }
        }
    }
}

/// Class, mark, word and meaning of a state, the same in the table and in its legend.
const fn shown(state: Option<CriterionState>) -> (&'static str, &'static str, &'static str) {
    match state {
        Some(CriterionState::Pass) => ("pass", "✓ pass", "the limit is shown to hold"),
        Some(CriterionState::Warn) => {
            ("warn", "! warn", "the limit is shown to hold, and the figure is beyond its action level")
        }
        Some(CriterionState::Fail) => ("fail", "✗ fail", "the figure is beyond the limit"),
        Some(CriterionState::NotShown) => (
            "not-shown",
            "? not shown",
            "the figure keeps the limit and its interval reaches beyond: too few patients to say",
        ),
        Some(CriterionState::NotMeasured) => ("incomplete", "– not measured", "there is nothing to measure"),
        None => ("incomplete", "n/a", "the planner does not deliver what would be measured"),
    }
}

fn meaning_of_states() -> Markup {
    use CriterionState::{Fail, NotMeasured, NotShown, Pass, Warn};
    let states = [Some(Pass), Some(Warn), Some(Fail), Some(NotShown), Some(NotMeasured), None];
    html! {
        dl.legend { @for (class, mark, meaning) in states.map(shown) {
            div class=(class) { dt.mark { (mark) } dd { (meaning) } }
        } }
    }
}

fn row(criterion: &CriterionResult) -> Markup {
    let metric = metrics::find_at(&criterion.metric).ok().map(|at| at.metric);
    let unit = metric.map_or("", Metric::unit);
    let (class, mark, _) = shown(criterion.applied());
    html! {
        tr class=(class) {
            td.mark { (mark) }
            td.what { @if let Some(metric) = metric { (metric.title) ", " } (criterion.statistic.name())
                @if criterion.arm != Arm::Automated { " of the " (criterion.arm.name()) " arm" }
                @if criterion.implied { span.quiet { " (holds for every scenario)" } }
                br; code { (criterion.metric) }
                @if let Some(metric) = metric {
                    br; span.quiet { (metric.what) }
                    br; span.quiet { "Usual limit: " (metric.limit) }
                }
                @if let Some(remedy) = criterion.remedy() { br; strong { (remedy) "." } } }
            td.limit data-label="limit" { (criterion.bound.sign()) " " (figure(criterion.limit, unit))
                @if let Some(level) = criterion.action_level { br; " " span.quiet { "action " (figure(level, unit)) } }
                @if criterion.judged_by == JudgedBy::Point { br; " " span.quiet { "by the point" } } }
            td.number data-label="measured" { @match criterion.value { Some(value) => (figure(value, unit)), None => "–" } }
            td.number data-label="95 % interval" { @if criterion.ci95.is_some() { (interval(criterion.ci95)) } @else { "–" } }
            td.number data-label="patients" { (criterion.patients) }
            td.number data-label="values" { (criterion.n) }
        }
    }
}

fn common_errors(scenario: &ScenarioResult) -> Markup {
    html! {
        @if !scenario.patterns.is_empty() {
            p { "The planner's errors are consistent with:" }
            ul.patterns { @for pattern in &scenario.patterns { li { strong { (pattern) } } } }
        }
    }
}

/// The discs that every patient has.
const LEVELS: [Disc; 5] = [
    Disc::between(Vertebra::L1, Vertebra::L2),
    Disc::between(Vertebra::L2, Vertebra::L3),
    Disc::between(Vertebra::L3, Vertebra::L4),
    Disc::between(Vertebra::L4, Vertebra::L5),
    Disc::between(Vertebra::L5, Vertebra::S1),
];

/// Bias and spread of every signed error of the automated arm, over all levels and at each.
pub(super) fn signed_errors(run: &Run) -> Markup {
    let signed: Vec<&Metric> = metrics::all()
        .iter()
        .filter(|metric| metric.better == Better::NearZero && run.manifest.metrics.contains_key(metric.name))
        .collect();
    let attempts = attempts_of(&run.cases, Arm::Automated);
    let of_level = |metric: &'static Metric, level| {
        MetricAt::level(metric, level).and_then(|at| MetricSummary::of(&at.observe(&attempts)))
    };
    html! {
        @if !signed.is_empty() {
            h3 { "Signed errors: bias ± SD, and the bias's 95 % interval" }
            table.stacked.levels {
                thead { tr { th { "" } th.number { "all" } @for level in LEVELS { th.number { (level) } } } }
                tbody { @for metric in signed {
                    tr {
                        td.what { (metric.title) ", " (metric.unit()) br; code { (metric.name) } br; span.quiet { (metric.what) } }
                        td.number data-label="all" { (bias(run.manifest.metrics.get(metric.name))) }
                        @for level in LEVELS {
                            td.number data-label=(level) { (bias(of_level(metric, level).as_ref())) }
                        }
                    }
                } }
            }
        }
    }
}

fn bias(summary: Option<&MetricSummary>) -> Markup {
    let Some(summary) = summary else { return html! { "–" } };
    let sign = if summary.mean > 0.0 { "+" } else { "" };
    html! {
        (sign) (figure(summary.mean, ""))
        @if let Some(sd) = summary.sd { " ± " (figure(sd, "")) }
        br; " " span.quiet { (interval(summary.ci95)) }
    }
}
