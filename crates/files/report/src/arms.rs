//! The arms of a run beside each other.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use crate::figures::colour;
use crate::text::{figure, interval};
use results::manifest::Manifest;
use results::metrics::{self, Better, Metric};
use results::{Arm, Run};

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

/// The arms that the run has, in their order.
fn present(manifest: &Manifest) -> Vec<Arm> {
    Arm::ALL.into_iter().filter(|arm| manifest.by_arm.contains_key(arm.name())).collect()
}

/// What the section is called: how many arms there are.
pub(super) fn title(manifest: &Manifest) -> String {
    match present(manifest).as_slice() {
        [only] => format!("The {} arm", only.name()),
        [_, _] => "Two arms".to_owned(),
        _ => "Three arms".to_owned(),
    }
}

/// What each arm is.
const fn meaning(arm: Arm) -> &'static str {
    match arm {
        Arm::Automated => "Automated: the planner alone, on repeated localizers.",
        Arm::Collaborative => {
            "Collaborative: a panel of simulated technologists, and people at the console, start from its plan."
        }
        Arm::Manual => "Manual: the same people plan alone.",
    }
}

pub(super) fn arms(run: &Run) -> Markup {
    let manifest = &run.manifest;
    let arms = present(manifest);
    html! {
        p { @for arm in &arms { (meaning(*arm)) " " } }
        table.stacked {
            thead { tr { th { "" } @for arm in &arms { th.number style={ "color:" (colour(*arm)) } { (arm.name()) } } } }
            tbody { @for name in BY_ARM { (arm_row(run, &arms, name)) @for at in levels(manifest, name) { (arm_row(run, &arms, &at)) } } }
        }
    }
}

/// The names of a figure of agreement at each level: what all levels together hide.
fn levels(manifest: &Manifest, name: &str) -> BTreeSet<String> {
    let agreement = metrics::find(name).is_some_and(Metric::is_agreement);
    let names = manifest.by_arm.values().flat_map(BTreeMap::keys);
    let at_level = |found: &&String| agreement && found.strip_prefix(name).is_some_and(|rest| rest.starts_with('@'));
    names.filter(at_level).cloned().collect()
}

fn arm_row(run: &Run, arms: &[Arm], name: &str) -> Markup {
    let Ok(at) = metrics::find_at(name) else { return html! {} };
    let metric = at.metric;
    let single = metric.is_rate() || metric.is_agreement();
    let higher = metric.better == Better::Higher;
    let spread = if higher { "median; worst" } else { "median; 95th percentile" };
    html! {
        tr {
            td.what { (at.title()) @if !single { ", " (spread) } br; code { (name) } @if single && at.level.is_none() { " " span.quiet { (metric.what) } } }
            @for arm in arms {
                td.number data-label=(arm.name()) {
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
