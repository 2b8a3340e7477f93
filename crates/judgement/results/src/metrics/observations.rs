//! Values of one metric, kept together by case: values of one patient are not independent.

use std::collections::BTreeMap;

use randomness::Stream;
use scoring::summary::{bootstrap_ci95, exact_ci95};

use crate::metrics::statistic::Statistic;
use crate::{AttemptResult, CaseAttempt};

/// What a metric found in a set of attempts.
#[derive(Clone, Debug, PartialEq)]
pub enum Observations {
    /// Values, grouped by case.
    ByCase(Vec<Vec<f64>>),
    /// Yes and no as 1 and 0, grouped by case.
    RateByCase(Vec<Vec<f64>>),
    /// One figure estimated from all attempts.
    Estimate {
        /// The figure.
        value: f64,
        /// Its 95 % confidence interval, where there is one.
        ci95: Option<[f64; 2]>,
        /// Number of subjects behind it.
        subjects: usize,
    },
}

impl Default for Observations {
    fn default() -> Self {
        Self::ByCase(Vec::new())
    }
}

impl Observations {
    /// Reads the values of each attempt; cases come in order of scenario and number.
    /// Infinite and missing numbers are left out.
    pub(crate) fn by_case(attempts: &[CaseAttempt<'_>], values: impl Fn(&AttemptResult) -> Vec<f64>) -> Self {
        let mut cases: BTreeMap<(&str, u64), Vec<f64>> = BTreeMap::new();
        for CaseAttempt { case, attempt } in attempts {
            for value in values(attempt).into_iter().filter(|value| value.is_finite()) {
                cases.entry((&case.scenario, case.case)).or_default().push(value);
            }
        }
        Self::ByCase(cases.into_values().collect())
    }

    /// Reads answers of each attempt, 1 for yes and 0 for no.
    pub(crate) fn rate_by_case(attempts: &[CaseAttempt<'_>], answers: impl Fn(&AttemptResult) -> Vec<f64>) -> Self {
        match Self::by_case(attempts, answers) {
            Self::ByCase(cases) => Self::RateByCase(cases),
            other => other,
        }
    }

    /// Values by case, unless this is an estimate.
    fn cases(&self) -> Option<&[Vec<f64>]> {
        match self {
            Self::ByCase(cases) | Self::RateByCase(cases) => Some(cases),
            Self::Estimate { .. } => None,
        }
    }

    /// Number of values, or of subjects behind an estimate.
    pub fn len(&self) -> usize {
        match self {
            Self::ByCase(cases) | Self::RateByCase(cases) => cases.iter().map(Vec::len).sum(),
            Self::Estimate { subjects, .. } => *subjects,
        }
    }

    /// True if there is nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A statistic of the values; an estimate is its own statistic.
    pub fn statistic(&self, statistic: Statistic) -> Option<f64> {
        match self {
            Self::ByCase(cases) | Self::RateByCase(cases) => statistic.of(&mut cases.concat()),
            Self::Estimate { value, .. } => Some(*value),
        }
    }

    /// Standard deviation of the values (n − 1); `None` for fewer than two and for estimates.
    pub fn sd(&self) -> Option<f64> {
        let values = self.cases()?.concat();
        if values.len() < 2 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Some((squares / (values.len() - 1) as f64).sqrt())
    }

    /// 95 % percentile-bootstrap interval of a statistic; whole cases are drawn, since a patient's discs
    /// resemble each other. `None` for fewer than two cases.
    ///
    /// Resampling cannot tell what was never seen, and little of what is rare: a rate's interval is the exact one on
    /// patients ([`exact_ci95`]), widened to the bootstrap's where a patient gives several answers. That takes a patient's
    /// answers for one, which is what they are at worst.
    pub fn confidence_interval(&self, statistic: Statistic, stream: &Stream) -> Option<[f64; 2]> {
        let bootstrap = |cases: &[Vec<f64>], statistic: Statistic| {
            let mut resampled = Vec::new();
            bootstrap_ci95(cases.len(), stream, |drawn| {
                resampled.clear();
                drawn.iter().for_each(|case| resampled.extend_from_slice(&cases[*case]));
                statistic.of(&mut resampled)
            })
        };
        match self {
            Self::RateByCase(cases) if matches!(statistic, Statistic::Rate | Statistic::Mean) => {
                let rate = self.statistic(Statistic::Rate)?;
                let [low, high] = exact_ci95(rate * cases.len() as f64, cases.len())?;
                if cases.iter().all(|answers| answers.len() == 1) {
                    return Some([low, high]);
                }
                let drawn = bootstrap(cases, Statistic::Rate).unwrap_or([low, high]);
                Some([low.min(drawn[0]), high.max(drawn[1])])
            }
            Self::ByCase(cases) | Self::RateByCase(cases) => bootstrap(cases, statistic),
            Self::Estimate { ci95, .. } => *ci95,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use randomness::normal;

    #[test]
    fn nine_of_ten_intervals_and_more_hold_the_true_mean() {
        let held = (0..200).filter(|seed| {
            let stream = Stream::from_seed(*seed);
            let mut rng = stream.child("data", 0).rng();
            let cases = (0..30).map(|_| vec![normal(&mut rng, 5.0, 2.0)]).collect();
            let interval = Observations::ByCase(cases).confidence_interval(Statistic::Mean, &stream);
            let [low, high] = interval.expect("30 cases");
            (low..=high).contains(&5.0)
        });
        let held = held.count();
        // Percentile intervals of 30 values hold about 93 %; 3 binomial SDs are 11 of 200.
        assert!((175..=198).contains(&held), "{held} of 200 intervals hold the mean");
    }

    #[test]
    fn values_of_one_case_widen_the_interval_together() {
        let stream = Stream::from_seed(4);
        let values: Vec<f64> = (0..40).map(|n| f64::from(n / 5)).collect();
        let width = |cases: Vec<Vec<f64>>| {
            let interval = Observations::ByCase(cases).confidence_interval(Statistic::Mean, &stream);
            interval.map(|[low, high]| high - low).expect("several cases")
        };
        let clustered = width(values.chunks(5).map(<[f64]>::to_vec).collect());
        let independent = width(values.iter().map(|value| vec![*value]).collect());
        assert!(clustered > 1.8 * independent, "{clustered} against {independent}");
    }

    #[test]
    fn a_rate_that_was_never_seen_is_bounded_by_the_number_of_patients() {
        let interval = |value: f64| {
            let cases = Observations::RateByCase(vec![vec![value]; 24]);
            cases.confidence_interval(Statistic::Rate, &Stream::from_seed(1)).expect("24 patients")
        };
        // 1 − 0.05^(1/24) = 0.1173.
        let (none, all) = (interval(0.0), interval(1.0));
        assert!(none[0] == 0.0 && (none[1] - 0.1173).abs() < 1e-4, "{none:?}");
        assert!(all[1] == 1.0 && (all[0] - 0.8827).abs() < 1e-4, "{all:?}");
    }

    #[test]
    fn one_failure_more_never_makes_a_rate_surer_of_success() {
        // Five answers a patient, as discs give them.
        let lower = |failures: usize| {
            let mut cases = vec![vec![1.0; 5]; 24];
            (0..failures).for_each(|n| cases[n % 24][n / 24] = 0.0);
            let interval = Observations::RateByCase(cases).confidence_interval(Statistic::Rate, &Stream::from_seed(1));
            interval.expect("24 patients")[0]
        };
        let limits: Vec<f64> = (0..8).map(lower).collect();
        assert!(limits.windows(2).all(|pair| pair[0] >= pair[1]), "{limits:?}");
    }

    #[test]
    fn one_case_gives_no_interval() {
        let one = Observations::ByCase(vec![vec![1.0, 2.0, 3.0]]);
        assert_eq!(one.confidence_interval(Statistic::Mean, &Stream::from_seed(1)), None);
        assert_eq!(one.statistic(Statistic::Mean), Some(2.0));
    }
}
