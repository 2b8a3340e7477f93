//! The metrics, one entry each: definition, reason, limit and its source.
//!
//! Sources are those of the project's list of numbers; a limit without one is a project choice and says so.

mod agreement;
mod bias;
mod examination;
mod latency;
mod planning;
mod segmentation;

use std::sync::LazyLock;

use crate::metrics::Metric;

/// Every metric, in the order of reports.
pub fn all() -> &'static [Metric] {
    static ALL: LazyLock<Vec<Metric>> = LazyLock::new(|| {
        let families: [&[Metric]; 9] = [
            &segmentation::DICE,
            &segmentation::HD95,
            &segmentation::ASSD,
            &segmentation::CALIBRATION,
            &planning::PLANNING,
            &bias::BIAS,
            &examination::EXAMINATION,
            &agreement::AGREEMENT,
            &latency::LATENCY,
        ];
        families.concat()
    });
    &ALL
}

/// The metric with a name.
pub fn find(name: &str) -> Option<&'static Metric> {
    all().iter().find(|metric| metric.name == name)
}

const NO_LIMIT: &str = "None; for information.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_every_promised_metric_is_there() {
        let names: Vec<_> = all().iter().map(|metric| metric.name).collect();
        for (i, name) in names.iter().enumerate() {
            assert!(!names[..i].contains(name), "{name} twice");
        }
        let mut titles: Vec<_> = all().iter().map(|metric| metric.title).collect();
        titles.sort_unstable();
        titles.dedup();
        assert_eq!(titles.len(), names.len(), "each metric has a clinical name of its own");
        // The list of the design document.
        for promised in [
            "dice.vertebra",
            "dice.disc",
            "dice.sacrum",
            "dice.canal",
            "label.identification_rate",
            "plan.disc_angle_deg",
            "plan.disc_centre_mm",
            "plan.sagittal_angle_deg",
            "plan.coverage",
            "plan.silent_failure_rate",
            "plan.flagged_rate",
            "latency.segment_ms",
            "latency.plan_ms",
            "latency.loop_ms",
        ] {
            assert!(find(promised).is_some(), "{promised}");
        }
    }
}
