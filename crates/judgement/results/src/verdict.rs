//! How a criterion, a scenario or a run came out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a criterion came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CriterionState {
    /// The limit is shown to hold.
    Pass,
    /// The limit is shown to hold, and the figure is beyond the action level.
    Warn,
    /// The figure is beyond the limit.
    Fail,
    /// The figure keeps the limit, and its interval reaches beyond: too few patients to say so.
    NotShown,
    /// There is nothing to measure.
    NotMeasured,
}

/// How a scenario or a run came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// All criteria are shown to hold.
    Pass,
    /// All criteria are shown to hold, and a figure is beyond its action level.
    Warn,
    /// A criterion failed.
    Fail,
    /// No criterion failed, and one is not shown to hold; or there is none.
    NotShown,
    /// Something that the verdict needs is missing: cases, or values of a metric.
    Incomplete,
}

impl CriterionState {
    /// What it makes of the whole.
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Pass => Verdict::Pass,
            Self::Warn => Verdict::Warn,
            Self::Fail => Verdict::Fail,
            Self::NotShown => Verdict::NotShown,
            Self::NotMeasured => Verdict::Incomplete,
        }
    }

    /// The word in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
            Self::NotShown => "not shown",
            Self::NotMeasured => "not measured",
        }
    }
}

impl Verdict {
    /// The verdict on several, `None` of none. The worst decides: a failure, which nothing that is missing can mend; then
    /// what is missing, then what is not shown, then a figure beyond its action level.
    pub fn of_all(parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        let rank = |verdict: &Self| match verdict {
            Self::Pass => 0,
            Self::Warn => 1,
            Self::NotShown => 2,
            Self::Incomplete => 3,
            Self::Fail => 4,
        };
        parts.into_iter().max_by_key(rank)
    }

    /// The word in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::NotShown => "not shown",
            Self::Incomplete => "incomplete",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Fail, Incomplete, NotShown, Pass, Warn};
    use super::*;

    #[test]
    fn the_worst_part_decides() {
        assert_eq!(Verdict::of_all([Fail, Incomplete, Pass]), Some(Fail));
        assert_eq!(Verdict::of_all([Pass, Incomplete, NotShown]), Some(Incomplete));
        assert_eq!(Verdict::of_all([NotShown, Warn]), Some(NotShown));
        assert_eq!(Verdict::of_all([Pass, Warn]), Some(Warn));
        assert_eq!(Verdict::of_all([]), None);
    }
}
