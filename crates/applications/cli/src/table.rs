//! The summary at the end of a run: a line a criterion.

use results::manifest::Manifest;
use results::{Arm, metrics};

/// The lines, verdict last.
pub fn summary(manifest: &Manifest) -> Vec<String> {
    let mut lines = Vec::new();
    for scenario in &manifest.scenarios {
        lines.push(format!(
            "{}: {} ({} of {} cases)",
            scenario.name,
            scenario.verdict.word(),
            scenario.cases_done,
            scenario.cases
        ));
        for criterion in &scenario.criteria {
            let metric = metrics::find(&criterion.metric);
            let (unit, title) = metric.map_or(("", ""), |metric| (metric.unit(), metric.title));
            let figure =
                |value: f64| format!("{value:.3}{}{unit}", if unit.is_empty() || unit == "°" { "" } else { " " });
            let value = criterion.value.map_or_else(|| "nothing to measure".into(), figure);
            let interval = criterion.ci95.map_or_else(String::new, |[low, high]| format!(" [{low:.3}, {high:.3}]"));
            let arm = match criterion.arm {
                Arm::Automated => String::new(),
                arm => format!(", {}", arm.name()),
            };
            let name = format!("{} ({}{arm})", criterion.metric, criterion.statistic.name());
            lines.push(format!(
                "  {:<4}  {name:<42} {value:>10}{interval:<18} {} {:<10} n = {:<5} {title}",
                criterion.word(),
                criterion.bound.sign(),
                figure(criterion.limit),
                criterion.n
            ));
        }
    }
    lines
}
