//! The statistics that a criterion can ask for.

use schemars::JsonSchema;
use scoring::summary::quantile;
use serde::{Deserialize, Serialize};

/// One number that stands for many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Statistic {
    /// Arithmetic mean.
    Mean,
    /// Middle value.
    Median,
    /// 95th percentile.
    P95,
    /// Smallest value.
    Min,
    /// Largest value.
    Max,
    /// Part of the values that are "yes", 0…1; for yes-or-no metrics.
    Rate,
}

impl Statistic {
    /// The word in scenario files and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Median => "median",
            Self::P95 => "p95",
            Self::Min => "min",
            Self::Max => "max",
            Self::Rate => "rate",
        }
    }

    /// The statistic of values, which are put in another order; `None` if there are none.
    pub(crate) fn of(self, values: &mut [f64]) -> Option<f64> {
        if values.is_empty() {
            return None;
        }
        Some(match self {
            Self::Mean | Self::Rate => values.iter().sum::<f64>() / values.len() as f64,
            Self::Median => quantile(values, 0.5),
            Self::P95 => quantile(values, 0.95),
            Self::Min => values.iter().copied().fold(f64::INFINITY, f64::min),
            Self::Max => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_statistic_of_a_known_list() {
        let expected = [
            (Statistic::Mean, 4.0),
            (Statistic::Median, 3.0),
            (Statistic::P95, 8.8),
            (Statistic::Min, 1.0),
            (Statistic::Max, 10.0),
            (Statistic::Rate, 4.0),
        ];
        for (statistic, value) in expected {
            let found = statistic.of(&mut [10.0, 1.0, 3.0, 2.0, 4.0]).expect("values");
            assert!((found - value).abs() < 1e-12, "{statistic:?} {found}");
        }
        assert_eq!(Statistic::Mean.of(&mut []), None);
    }
}
