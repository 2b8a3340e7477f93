//! Values of one metric, kept together by case: values of one patient are not independent.

use std::collections::BTreeMap;

use scoring::summary::{exact_ci95, mean_ci95, quantile_ci95};

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

    /// 95 % interval of a statistic, over patients, whose values resemble each other; `None` where too few patients bound
    /// it. A rate's is exact ([`exact_ci95`]) with a patient's answers taken for one, which is what they are at worst; a
    /// mean's is Student's ([`mean_ci95`]), a median's and percentile's Woodruff's ([`quantile_ci95`]). The smallest and the
    /// largest value are facts about what was seen and have none.
    pub fn confidence_interval(&self, statistic: Statistic) -> Option<[f64; 2]> {
        match (self, statistic) {
            (Self::Estimate { ci95, .. }, _) => *ci95,
            (Self::RateByCase(cases), Statistic::Rate | Statistic::Mean) => {
                let rate = self.statistic(Statistic::Rate)?;
                exact_ci95(rate * cases.len() as f64, cases.len() as f64)
            }
            (Self::ByCase(cases), Statistic::Rate | Statistic::Mean) => mean_ci95(cases),
            (Self::ByCase(cases) | Self::RateByCase(cases), Statistic::Median) => quantile_ci95(cases, 0.5).ok(),
            (Self::ByCase(cases) | Self::RateByCase(cases), Statistic::P95) => quantile_ci95(cases, 0.95).ok(),
            (_, Statistic::Min | Statistic::Max) => None,
        }
    }

    /// Number of patients behind the values; of an estimate, its subjects.
    pub fn patients(&self) -> usize {
        match self {
            Self::ByCase(cases) | Self::RateByCase(cases) => cases.iter().filter(|values| !values.is_empty()).count(),
            Self::Estimate { subjects, .. } => *subjects,
        }
    }

    /// How many patients like these would bring the interval to the side of `limit` on which the figure lies: exactly for
    /// a rate, for others by the square root of their number. `None` if no number would, or none can be told.
    pub fn patients_needed(&self, statistic: Statistic, limit: f64) -> Option<u64> {
        let (value, patients) = (self.statistic(statistic)?, self.patients());
        if value == limit {
            return None;
        }
        if let (Self::RateByCase(_), Statistic::Rate | Statistic::Mean) = (self, statistic) {
            let clear = |n: u64| {
                let [low, high] = exact_ci95(value * n as f64, n as f64).unwrap_or([0.0, 1.0]);
                if value < limit { high <= limit } else { low >= limit }
            };
            return first(patients as u64 + 1, clear);
        }
        let quantile = match statistic {
            Statistic::Median => Some(0.5),
            Statistic::P95 => Some(0.95),
            _ => None,
        };
        if let (Self::ByCase(cases) | Self::RateByCase(cases), Some(q)) = (self, quantile)
            && let Err(needed) = quantile_ci95(cases, q)
        {
            return Some(needed as u64);
        }
        let Some([low, high]) = self.confidence_interval(statistic) else {
            return (patients < 2).then_some(2);
        };
        let (reach, room) = if value < limit { (high - value, limit - value) } else { (value - low, value - limit) };
        let needed = patients as f64 * (reach / room).powi(2);
        (needed.is_finite() && needed < MOST_PATIENTS as f64).then_some(needed.ceil() as u64)
    }
}

/// More patients than this are not asked for.
const MOST_PATIENTS: u64 = 100_000;

/// The first number from `least` on for which something holds that goes on holding; `None` beyond [`MOST_PATIENTS`].
fn first(least: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut low, mut high) = (least, least);
    while !holds(high) {
        (low, high) = (high + 1, high * 2);
        if high > MOST_PATIENTS {
            return None;
        }
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use randomness::{Stream, normal};

    #[test]
    fn nine_of_ten_intervals_and_more_hold_the_true_mean() {
        // Four patients only, with five values each.
        let held = (0..200).filter(|seed| {
            let mut rng = Stream::from_seed(*seed).child("data", 0).rng();
            let mut patient = || {
                let own = normal(&mut rng, 5.0, 2.0);
                (0..5).map(|_| own + normal(&mut rng, 0.0, 1.0)).collect()
            };
            let cases = (0..4).map(|_| patient()).collect();
            let interval = Observations::ByCase(cases).confidence_interval(Statistic::Mean);
            let [low, high] = interval.expect("four cases");
            (low..=high).contains(&5.0)
        });
        let held = held.count();
        // 95 %; three binomial SDs are 9 of 200.
        assert!((181..=199).contains(&held), "{held} of 200 intervals hold the mean");
    }

    #[test]
    fn values_of_one_case_widen_the_interval_together() {
        let values: Vec<f64> = (0..40).map(|n| f64::from(n / 5)).collect();
        let width = |cases: Vec<Vec<f64>>| {
            let interval = Observations::ByCase(cases).confidence_interval(Statistic::Mean);
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
            cases.confidence_interval(Statistic::Rate).expect("24 patients")
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
            let interval = Observations::RateByCase(cases).confidence_interval(Statistic::Rate);
            interval.expect("24 patients")[0]
        };
        let limits: Vec<f64> = (0..8).map(lower).collect();
        assert!(limits.windows(2).all(|pair| pair[0] >= pair[1]), "{limits:?}");
    }

    #[test]
    fn one_case_gives_no_interval() {
        let one = Observations::ByCase(vec![vec![1.0, 2.0, 3.0]]);
        assert_eq!(one.confidence_interval(Statistic::Mean), None);
        assert_eq!(one.statistic(Statistic::Mean), Some(2.0));
    }

    #[test]
    fn the_number_of_patients_that_would_settle_a_limit_settles_it() {
        let without_failure = |patients: usize| Observations::RateByCase(vec![vec![0.0]; patients]);
        assert_eq!(without_failure(24).patients_needed(Statistic::Rate, 0.05), Some(59));
        let [_, high] = without_failure(59).confidence_interval(Statistic::Rate).expect("59 patients");
        let [_, before] = without_failure(58).confidence_interval(Statistic::Rate).expect("58 patients");
        assert!(high <= 0.05 && before > 0.05, "{high} {before}");
        assert_eq!(without_failure(24).patients_needed(Statistic::Rate, 0.0), None, "no number shows a rate of 0");

        let angles = |patients: u32| {
            let value = |n: u32| 1.0 + f64::from(n % 5) / 5.0;
            Observations::ByCase((0..patients).map(|n| vec![value(n)]).collect())
        };
        let needed = angles(10).patients_needed(Statistic::Mean, 1.5).expect("a number") as u32;
        let [_, high] = angles(needed).confidence_interval(Statistic::Mean).expect("patients");
        assert!(needed > 10 && high < 1.5, "{needed} patients, {high}");
        let bounded = angles(10).patients_needed(Statistic::P95, 3.0).expect("a number");
        assert!((59..120).contains(&bounded), "{bounded} patients bound a 95th percentile");
    }
}
