//! Acceptance criteria: a statistic of a metric, and the limit that it must keep.

use randomness::Stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case_result::attempts_of;
use crate::metrics::{self, Observations, Statistic};
use crate::{Arm, CaseResult};

/// One `[[criteria]]` entry of a scenario. Exactly one of `at-least` and `at-most` is given; the unit is
/// the one that the metric's name ends in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Criterion {
    /// Name of the metric (`plumbline explain` lists them).
    pub metric: String,
    /// Which statistic of its values.
    pub statistic: Statistic,
    /// Whose plans; the automated arm if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arm: Option<Arm>,
    /// The least that passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// The most that passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
}

/// Which side of its limit a criterion must stay on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// The limit or more.
    AtLeast,
    /// The limit or less.
    AtMost,
}

impl Bound {
    /// The sign in tables.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::AtLeast => "≥",
            Self::AtMost => "≤",
        }
    }

    /// True if `value` keeps `limit`.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::AtLeast => value >= limit,
            Self::AtMost => value <= limit,
        }
    }
}

/// How a criterion, a scenario or a run came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// All criteria hold.
    Pass,
    /// A criterion failed.
    Fail,
    /// Something that the verdict needs is missing: cases, or values of a metric.
    Incomplete,
}

impl Verdict {
    /// The verdict on several: failed if any failed, which nothing that is missing can mend; else
    /// incomplete if any is.
    pub fn of_all(parts: impl IntoIterator<Item = Self>) -> Self {
        parts.into_iter().fold(Self::Pass, |whole, part| match (whole, part) {
            (Self::Fail, _) | (_, Self::Fail) => Self::Fail,
            (Self::Incomplete, _) | (_, Self::Incomplete) => Self::Incomplete,
            (Self::Pass, Self::Pass) => Self::Pass,
        })
    }

    /// The word in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Incomplete => "incomplete",
        }
    }
}

/// A criterion with what was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CriterionResult {
    /// Name of the metric.
    pub metric: String,
    /// Whose plans.
    pub arm: Arm,
    /// Which statistic of its values.
    pub statistic: Statistic,
    /// Which side of the limit passes.
    pub bound: Bound,
    /// The limit, in the metric's unit.
    pub limit: f64,
    /// What was measured; null if there was nothing to measure.
    pub value: Option<f64>,
    /// 95 % confidence interval of the value: bootstrap over cases; for a rate, exact on cases.
    pub ci95: Option<[f64; 2]>,
    /// Number of values that it was measured on.
    pub n: usize,
    /// True if the value keeps the limit.
    pub pass: bool,
    /// True if nothing can be measured because the planner under test does not deliver it: an outside planner answers
    /// with a plan and no segmentation. Then the criterion counts for nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_applicable: bool,
}

impl Criterion {
    /// Bound and limit; `None` unless exactly one was given.
    pub fn bound(&self) -> Option<(Bound, f64)> {
        match (self.at_least, self.at_most) {
            (Some(limit), None) => Some((Bound::AtLeast, limit)),
            (None, Some(limit)) => Some((Bound::AtMost, limit)),
            _ => None,
        }
    }

    /// Judges the cases of one scenario. The point estimate decides; the interval says how sure that is.
    pub fn evaluate<'a>(
        &self,
        cases: impl IntoIterator<Item = &'a CaseResult>,
        resampling: &Stream,
    ) -> CriterionResult {
        let arm = self.arm.unwrap_or(Arm::Automated);
        let observations = match metrics::find(&self.metric) {
            Some(metric) => metric.observe(&attempts_of(cases, arm)),
            None => Observations::default(),
        };
        let (bound, limit) = self.bound().unwrap_or((Bound::AtMost, f64::NAN));
        let value = observations.statistic(self.statistic);
        CriterionResult {
            metric: self.metric.clone(),
            arm,
            statistic: self.statistic,
            bound,
            limit,
            value,
            ci95: observations.confidence_interval(self.statistic, &resampling.child(&self.metric, 0)),
            n: observations.len(),
            pass: value.is_some_and(|value| bound.holds(value, limit)),
            not_applicable: false,
        }
    }
}

impl CriterionResult {
    /// Pass, fail, or incomplete where nothing could be measured; `None` where the criterion does not apply.
    pub fn verdict(&self) -> Option<Verdict> {
        match (self.value, self.pass) {
            _ if self.not_applicable => None,
            (None, _) => Some(Verdict::Incomplete),
            (Some(_), true) => Some(Verdict::Pass),
            (Some(_), false) => Some(Verdict::Fail),
        }
    }

    /// The word for its verdict in tables.
    pub fn word(&self) -> &'static str {
        match self.verdict() {
            Some(Verdict::Pass) => "pass",
            Some(Verdict::Fail) => "FAIL",
            Some(Verdict::Incomplete) => "open",
            None => "n/a",
        }
    }

    /// The criterion that was judged.
    pub fn criterion(&self) -> Criterion {
        let limit_if = |bound| (self.bound == bound).then_some(self.limit);
        Criterion {
            metric: self.metric.clone(),
            statistic: self.statistic,
            arm: Some(self.arm),
            at_least: limit_if(Bound::AtLeast),
            at_most: limit_if(Bound::AtMost),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{attempt, case_of, disc};

    fn cases(angles_deg: &[f64]) -> Vec<CaseResult> {
        let case = |(number, angle): (usize, &f64)| {
            case_of(number as u64, vec![attempt(Arm::Automated, "repeat-0", vec![disc("L4/L5", *angle)])])
        };
        angles_deg.iter().enumerate().map(case).collect()
    }

    fn at_most(statistic: Statistic, limit: f64) -> Criterion {
        let metric = "plan.disc_angle_deg".to_owned();
        Criterion { metric, statistic, arm: None, at_least: None, at_most: Some(limit) }
    }

    #[test]
    fn the_limit_itself_passes_and_more_fails() {
        let stream = Stream::from_seed(1);
        let cases = cases(&[1.0, 2.0, 3.0]);
        assert!(at_most(Statistic::Median, 2.0).evaluate(&cases, &stream).pass);
        let failed = at_most(Statistic::Median, 1.999).evaluate(&cases, &stream);
        assert_eq!((failed.pass, failed.verdict()), (false, Some(Verdict::Fail)));
        let [low, high] = failed.ci95.expect("three cases give an interval");
        assert!((1.0..=2.0).contains(&low) && (2.0..=3.0).contains(&high), "{low} {high}");
    }

    #[test]
    fn without_values_the_verdict_is_open() {
        let result = at_most(Statistic::P95, 6.0).evaluate(&[], &Stream::from_seed(1));
        assert_eq!((result.value, result.verdict()), (None, Some(Verdict::Incomplete)));
    }

    #[test]
    fn other_arms_do_not_count_unless_asked_for() {
        let mut cases = cases(&[1.0, 1.0, 9.0]);
        cases[2].attempts[0].arm = Arm::Manual;
        let stream = Stream::from_seed(1);
        assert_eq!(at_most(Statistic::Max, 2.0).evaluate(&cases, &stream).value, Some(1.0));
        let manual = Criterion { arm: Some(Arm::Manual), ..at_most(Statistic::Max, 2.0) };
        assert_eq!(manual.evaluate(&cases, &stream).value, Some(9.0));
    }

    #[test]
    fn one_failed_part_fails_the_whole() {
        use Verdict::{Fail, Incomplete, Pass};
        assert_eq!(Verdict::of_all([Fail, Incomplete, Pass]), Fail);
        assert_eq!(Verdict::of_all([Pass, Incomplete]), Incomplete);
        assert_eq!(Verdict::of_all([]), Pass);
    }
}
