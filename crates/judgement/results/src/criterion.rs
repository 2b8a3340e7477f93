//! Acceptance criteria: a statistic of a metric, and the limit that it must keep.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::case_result::attempts_of;
use crate::metrics::{self, Better, Observations, Statistic};
use crate::verdict::CriterionState;
use crate::{Arm, CaseResult};

/// One `[[criteria]]` entry of a scenario. Exactly one of `at-least` and `at-most` is given; the unit is
/// the one that the metric's name ends in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Criterion {
    /// Name of the metric (`plumbline explain` lists them); `METRIC@L5/S1` for one level alone.
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
    /// Below this a passing figure is a warning; beside at-least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_at_least: Option<f64>,
    /// Above this a passing figure is a warning; beside at-most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_at_most: Option<f64>,
    /// What must lie on the limit's side; as the scenario says if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged_by: Option<JudgedBy>,
}

/// What must lie on the limit's side for a criterion to hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JudgedBy {
    /// The whole 95 % interval: the patients seen stand for those who will come.
    #[default]
    Interval,
    /// The figure itself: it says something of the patients seen alone.
    Point,
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
    /// Beyond this a passing figure is a warning.
    pub action_level: Option<f64>,
    /// What must lie on the limit's side.
    pub judged_by: JudgedBy,
    /// What was measured; null if there was nothing to measure.
    pub value: Option<f64>,
    /// 95 % confidence interval of the value over patients; null where too few patients bound it.
    pub ci95: Option<[f64; 2]>,
    /// Number of values that it was measured on.
    pub n: usize,
    /// Number of patients who gave the values.
    pub patients: usize,
    /// How it came out.
    pub state: CriterionState,
    /// True for `pass` and `warn`.
    pub pass: bool,
    /// Where it is not shown: how many patients like these would settle it; null if no number would.
    pub patients_needed: Option<u64>,
    /// True if nothing can be measured because the planner under test does not deliver it: an outside planner answers
    /// with a plan and no segmentation. Then the criterion counts for nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_applicable: bool,
    /// True if the scenario does not name it: examinations that end in an error, and plans that are wrong without a
    /// warning, fail a scenario that allows for none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub implied: bool,
}

impl Criterion {
    /// No examination may end in an error: what holds where a scenario says nothing of errors. Cases that are lost would
    /// otherwise only leave the figures.
    pub fn no_errors() -> Self {
        Self {
            metric: "exam.error_rate".into(),
            statistic: Statistic::Rate,
            arm: None,
            at_least: None,
            at_most: Some(0.0),
            action_at_least: None,
            action_at_most: None,
            judged_by: Some(JudgedBy::Point),
        }
    }

    /// No plan may be wrong without a warning: what holds where a scenario says nothing of silent failures. A scenario that
    /// watches angles alone must not pass slices beside the spine.
    pub fn no_silent_failure() -> Self {
        Self { metric: "plan.silent_failure_rate".into(), ..Self::no_errors() }
    }

    /// Bound and limit; `None` unless exactly one was given.
    pub fn bound(&self) -> Option<(Bound, f64)> {
        match (self.at_least, self.at_most) {
            (Some(limit), None) => Some((Bound::AtLeast, limit)),
            (None, Some(limit)) => Some((Bound::AtMost, limit)),
            _ => None,
        }
    }

    /// The action level on the limit's side.
    fn action_level(&self) -> Option<f64> {
        if self.at_least.is_some() { self.action_at_least } else { self.action_at_most }
    }

    /// Judges the cases of one scenario.
    pub fn evaluate<'a>(&self, cases: impl IntoIterator<Item = &'a CaseResult>) -> CriterionResult {
        let arm = self.arm.unwrap_or(Arm::Automated);
        let at = metrics::find_at(&self.metric).ok();
        let observations = at.map_or_else(Observations::default, |at| at.observe(&attempts_of(cases, arm)));
        let better = at.map_or(Better::Lower, |at| at.metric.better);
        let (bound, limit) = self.bound().unwrap_or((Bound::AtMost, f64::NAN));
        let judged_by = self.judged_by.unwrap_or_default();
        let value = observations.statistic(self.statistic);
        let ci95 = observations.confidence_interval(self.statistic);
        // The smallest and the largest value are facts about what was seen: there is no interval to wait for.
        let by_point = judged_by == JudgedBy::Point || matches!(self.statistic, Statistic::Min | Statistic::Max);
        let judged = value.map(|value| better.judged(value, ci95));
        let interval_holds = |ends: [f64; 2]| ends.iter().all(|end| bound.holds(*end, limit));
        let shown = by_point || judged.and_then(|(_, ci95)| ci95).is_some_and(interval_holds);
        let beyond_action = |value| self.action_level().is_some_and(|level| !bound.holds(value, level));
        let state = match judged.map(|(size, _)| size) {
            None => CriterionState::NotMeasured,
            Some(value) if !bound.holds(value, limit) => CriterionState::Fail,
            Some(_) if !shown => CriterionState::NotShown,
            Some(value) if beyond_action(value) => CriterionState::Warn,
            Some(_) => CriterionState::Pass,
        };
        let patients_needed = match state {
            CriterionState::NotShown => {
                let on_other_side = better == Better::NearZero && value.is_some_and(|value| value < 0.0);
                observations.patients_needed(self.statistic, if on_other_side { -limit } else { limit })
            }
            _ => None,
        };
        CriterionResult {
            metric: self.metric.clone(),
            arm,
            statistic: self.statistic,
            bound,
            limit,
            action_level: self.action_level(),
            judged_by,
            value,
            ci95,
            n: observations.len(),
            patients: observations.patients(),
            state,
            pass: matches!(state, CriterionState::Pass | CriterionState::Warn),
            patients_needed,
            not_applicable: false,
            implied: false,
        }
    }
}

impl CriterionResult {
    /// How it came out; `None` where the criterion does not apply.
    pub fn applied(&self) -> Option<CriterionState> {
        (!self.not_applicable).then_some(self.state)
    }

    /// The word for its state in tables.
    pub fn word(&self) -> &'static str {
        self.applied().map_or("n/a", CriterionState::word)
    }

    /// Why it is not shown and what would settle it, for a person; `None` in any other state.
    pub fn remedy(&self) -> Option<String> {
        if self.state != CriterionState::NotShown {
            return None;
        }
        let seen =
            if self.patients == 1 { "1 patient is".to_owned() } else { format!("{} patients are", self.patients) };
        Some(match self.patients_needed {
            Some(needed) => format!("{seen} too few; about {needed} like these would settle it"),
            None => format!(
                "no number of patients like these shows it: the interval never reaches {} {}; allow for more, or judge by \
                 the point",
                self.bound.sign(),
                self.limit
            ),
        })
    }

    /// The criterion that was judged.
    pub fn criterion(&self) -> Criterion {
        let if_bound = |bound, value: Option<f64>| value.filter(|_| self.bound == bound);
        Criterion {
            metric: self.metric.clone(),
            statistic: self.statistic,
            arm: Some(self.arm),
            at_least: if_bound(Bound::AtLeast, Some(self.limit)),
            at_most: if_bound(Bound::AtMost, Some(self.limit)),
            action_at_least: if_bound(Bound::AtLeast, self.action_level),
            action_at_most: if_bound(Bound::AtMost, self.action_level),
            judged_by: Some(self.judged_by),
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

    fn at_most(statistic: Statistic, limit: f64, judged_by: JudgedBy) -> Criterion {
        Criterion {
            metric: "plan.disc_angle_deg".into(),
            statistic,
            at_most: Some(limit),
            judged_by: Some(judged_by),
            ..Criterion::no_errors()
        }
    }

    fn state(criterion: &Criterion, angles_deg: &[f64]) -> CriterionState {
        criterion.evaluate(&cases(angles_deg)).state
    }

    #[test]
    fn the_limit_itself_passes_by_the_point_and_more_fails() {
        let angles = [1.0, 2.0, 3.0];
        assert_eq!(state(&at_most(Statistic::Median, 2.0, JudgedBy::Point), &angles), CriterionState::Pass);
        assert_eq!(state(&at_most(Statistic::Median, 1.999, JudgedBy::Point), &angles), CriterionState::Fail);
    }

    #[test]
    fn a_limit_holds_only_if_the_interval_is_on_its_side() {
        let criterion = at_most(Statistic::Mean, 2.5, JudgedBy::Interval);
        let few = criterion.evaluate(&cases(&[1.0, 2.0, 3.0]));
        assert_eq!((few.state, few.pass), (CriterionState::NotShown, false));
        let needed = few.patients_needed.expect("a number") as usize;
        assert!(few.remedy().expect("a reason").contains(&needed.to_string()));
        let many: Vec<f64> = (0..needed).map(|n| 1.0 + (n % 3) as f64).collect();
        assert_eq!(state(&criterion, &many), CriterionState::Pass, "{needed} patients settle it");
        assert_eq!(state(&criterion, &[2.6, 2.6, 2.6]), CriterionState::Fail);
    }

    #[test]
    fn two_patients_without_an_event_show_no_rate() {
        let rate = Criterion { judged_by: None, at_most: Some(0.05), ..Criterion::no_errors() };
        let found = rate.evaluate(&cases(&[1.0, 1.0]));
        assert_eq!((found.state, found.patients_needed), (CriterionState::NotShown, Some(59)));
        assert_eq!(rate.evaluate(&cases(&[1.0; 59])).state, CriterionState::Pass);
        let never = Criterion { at_most: Some(0.0), ..rate };
        let found = never.evaluate(&cases(&[1.0; 59]));
        assert_eq!((found.state, found.patients_needed), (CriterionState::NotShown, None));
        assert!(found.remedy().is_some_and(|text| text.contains("judge by the point")));
    }

    #[test]
    fn beyond_the_action_level_a_pass_is_a_warning() {
        let criterion = Criterion { action_at_most: Some(1.5), ..at_most(Statistic::Median, 3.0, JudgedBy::Point) };
        assert_eq!(state(&criterion, &[1.4, 1.5]), CriterionState::Pass);
        let warned = criterion.evaluate(&cases(&[1.6, 1.7]));
        assert_eq!((warned.state, warned.pass), (CriterionState::Warn, true));
        assert_eq!(warned.criterion().action_at_most, Some(1.5));
    }

    #[test]
    fn without_values_nothing_is_measured() {
        assert_eq!(state(&at_most(Statistic::P95, 6.0, JudgedBy::Point), &[]), CriterionState::NotMeasured);
    }

    #[test]
    fn other_arms_do_not_count_unless_asked_for() {
        let mut cases = cases(&[1.0, 1.0, 9.0]);
        cases[2].attempts[0].arm = Arm::Manual;
        let automated = at_most(Statistic::Max, 2.0, JudgedBy::Interval);
        assert_eq!(automated.evaluate(&cases).value, Some(1.0));
        assert_eq!(automated.evaluate(&cases).state, CriterionState::Pass, "the largest value has no interval");
        let manual = Criterion { arm: Some(Arm::Manual), ..automated };
        assert_eq!(manual.evaluate(&cases).value, Some(9.0));
    }
}
