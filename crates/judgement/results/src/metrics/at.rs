//! A metric of all levels together, or of one: `plan.disc_angle_deg`, `plan.disc_angle_deg@L5/S1`.

use std::collections::BTreeSet;
use std::fmt;

use diagnosis::did_you_mean;
use geometry::Disc;

use crate::CaseAttempt;
use crate::metrics::{Metric, Observations, all, find};

/// A metric, perhaps restricted to one disc level: what criteria, margins, `explain` and the rows of `run.json` and
/// `compare.json` name.
///
/// ```
/// use results::metrics;
///
/// let at = metrics::find_at("plan.disc_angle_deg@L5/S1")?;
/// assert_eq!(at.metric.name, "plan.disc_angle_deg");
/// assert_eq!(at.to_string(), "plan.disc_angle_deg@L5/S1");
/// assert!(metrics::find_at("plan.disc_angle_deg")?.level.is_none());
/// assert!(metrics::find_at("plan.sagittal_angle_deg@L5/S1").is_err(), "the sagittal stack has no level");
/// # Ok::<(), metrics::UnknownMetric>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MetricAt {
    /// The metric.
    pub metric: &'static Metric,
    /// The only level that counts; `None` for all of them.
    pub level: Option<Disc>,
}

/// Why a name is that of no metric.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct UnknownMetric {
    /// What was found.
    pub message: String,
    /// What was expected, or what may have been meant; may be empty.
    pub help: String,
}

/// The metric that a name stands for: `METRIC` or `METRIC@LEVEL`.
///
/// # Errors
/// [`UnknownMetric`] for a name that is not in the catalogue, a level that is no disc, and a level of a metric that is
/// not measured by level.
pub fn find_at(name: &str) -> Result<MetricAt, UnknownMetric> {
    let wrong = |message: String, help: String| Err(UnknownMetric { message, help });
    let (known, level) = match name.split_once('@') {
        Some((known, level)) => (known, Some(level)),
        None => (name, None),
    };
    let Some(metric) = find(known) else {
        return wrong(format!("unknown metric '{known}'"), did_you_mean(known, all().iter().map(|metric| metric.name)));
    };
    let Some(level) = level else { return Ok(metric.into()) };
    if !metric.has_levels() {
        let help = format!("expected {known} without a level");
        return wrong(format!("{known} is not measured by level"), help);
    }
    match level.parse::<Disc>() {
        Ok(disc) => Ok(MetricAt { metric, level: Some(disc) }),
        Err(_) => wrong(format!("'{level}' is no disc level"), format!("expected a disc, such as {known}@L5/S1")),
    }
}

impl MetricAt {
    /// The metric at one level; `None` if it is not measured by level.
    pub fn level(metric: &'static Metric, level: Disc) -> Option<Self> {
        metric.has_levels().then_some(Self { metric, level: Some(level) })
    }

    /// What a radiographer or a physicist would call it, in a few words.
    pub fn title(&self) -> String {
        self.level.map_or_else(|| self.metric.title.to_owned(), |level| format!("{}, {level}", self.metric.title))
    }

    /// What `plumbline explain` prints.
    pub fn explanation(&self) -> String {
        let all = self.metric.explanation();
        match self.level {
            Some(level) => format!("{self}: at {level} alone.\n\n{all}"),
            None => all,
        }
    }

    /// Reads the metric from attempts; those of several arms are not told apart.
    pub fn observe(&self, attempts: &[CaseAttempt<'_>]) -> Observations {
        self.metric.observe_level(attempts, self.level)
    }
}

impl From<&'static Metric> for MetricAt {
    fn from(metric: &'static Metric) -> Self {
        Self { metric, level: None }
    }
}

/// The name as files write it.
impl fmt::Display for MetricAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Some(level) => write!(f, "{}@{level}", self.metric.name),
            None => f.write_str(self.metric.name),
        }
    }
}

/// The levels of the attempts' patients, from the head downwards.
pub fn levels_of<'a>(attempts: impl IntoIterator<Item = &'a CaseAttempt<'a>>) -> BTreeSet<Disc> {
    attempts.into_iter().flat_map(|planned| planned.attempt.plan.discs.iter().map(|disc| disc.disc)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Arm;
    use crate::case_result::attempts_of;
    use crate::fixture::{attempt, case_of, disc};
    use crate::metrics::Statistic;

    #[test]
    fn a_level_counts_alone() {
        let case = case_of(0, vec![attempt(Arm::Automated, "repeat-0", vec![disc("L4/L5", 1.0), disc("L5/S1", 4.0)])]);
        let attempts = attempts_of([&case], Arm::Automated);
        let mean = |name: &str| find_at(name).expect("a metric").observe(&attempts).statistic(Statistic::Mean);
        assert_eq!(mean("plan.disc_angle_deg"), Some(2.5));
        assert_eq!(mean("plan.disc_angle_deg@L5/S1"), Some(4.0));
        assert_eq!(mean("plan.disc_angle_deg@L3/L4"), None);
        assert_eq!(mean("label.identification_rate@L4/L5"), Some(1.0));
        let levels: Vec<_> = levels_of(&attempts).iter().map(ToString::to_string).collect();
        assert_eq!(levels, ["L4/L5", "L5/S1"]);
    }

    #[test]
    fn names_that_are_wrong_say_what_is() {
        for (name, message, help) in [
            ("plan.disk_angle_deg@L5/S1", "unknown metric 'plan.disk_angle_deg'", "plan.disc_angle_deg"),
            ("plan.disc_angle_deg@L5", "'L5' is no disc level", "plan.disc_angle_deg@L5/S1"),
            ("plan.disc_angle_deg@", "'' is no disc level", "such as"),
            ("plan.flagged_rate@L5/S1", "plan.flagged_rate is not measured by level", "without a level"),
        ] {
            let error = find_at(name).expect_err(name);
            assert!(error.message == message && error.help.contains(help), "{error:?}");
        }
    }
}
