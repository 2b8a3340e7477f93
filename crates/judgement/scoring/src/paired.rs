//! The same patients measured twice: how far a candidate differs from a baseline, how sure that is, and how many patients
//! would settle it.

use randomness::Stream;
use randomness::rand::Rng;
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, StudentsT};

use crate::summary::exact_ci95;

/// Most patients that a question of sample size is answered with: beyond, no run settles it.
const MOST_PATIENTS: u64 = 1_000_000;

/// A change for the worse over the same patients, one number each. Positive is worse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PairedChange {
    /// Of a mean, or of another figure with a standard error over patients.
    Mean {
        /// Number of patients.
        patients: usize,
        /// The change.
        change: f64,
        /// Its standard error.
        standard_error: f64,
    },
    /// Of a rate.
    Rate {
        /// Number of patients.
        patients: usize,
        /// Sum over patients of the part of a patient's answers that got worse.
        worse: f64,
        /// The same for what got better.
        better: f64,
        /// Number of patients that got worse on the whole.
        patients_worse: usize,
        /// Number of patients that got better on the whole.
        patients_better: usize,
    },
}

impl PairedChange {
    /// The change of a mean from each patient's change. A patient's answers (discs, repeats) are averaged before, so that
    /// what they have in common does not make the interval too narrow. `None` without patients; of one patient the
    /// standard error is infinite.
    pub fn of_mean(changes: &[f64]) -> Option<Self> {
        let n = changes.len() as f64;
        if changes.is_empty() {
            return None;
        }
        let change = changes.iter().sum::<f64>() / n;
        let squares = changes.iter().map(|own| (own - change).powi(2)).sum::<f64>();
        let standard_error = if changes.len() < 2 { f64::INFINITY } else { (squares / (n - 1.0) / n).sqrt() };
        Some(Self::Mean { patients: changes.len(), change, standard_error })
    }

    /// The change of a rate from each patient's change of the part of answers that are bad, −1…1. `None` without patients.
    pub fn of_rate(changes: &[f64]) -> Option<Self> {
        (!changes.is_empty()).then(|| Self::Rate {
            patients: changes.len(),
            worse: changes.iter().map(|own| own.max(0.0)).sum(),
            better: changes.iter().map(|own| (-own).max(0.0)).sum(),
            patients_worse: changes.iter().filter(|own| **own > 0.0).count(),
            patients_better: changes.iter().filter(|own| **own < 0.0).count(),
        })
    }

    /// The change.
    pub fn change(&self) -> f64 {
        match *self {
            Self::Mean { change, .. } => change,
            Self::Rate { patients, worse, better, .. } => (worse - better) / patients as f64,
        }
    }

    /// 95 % interval of the change: of a mean Student's; of a rate from the exact intervals (Clopper & Pearson 1934) of the
    /// parts that got worse and better, the upper limit of one less the lower of the other, so that it holds at least
    /// 95 % whatever the number of patients. `None` for the mean of one patient.
    pub fn ci95(&self) -> Option<[f64; 2]> {
        match *self {
            Self::Mean { patients, change, standard_error } => {
                if !standard_error.is_finite() {
                    return None;
                }
                let half = student(patients)?.inverse_cdf(0.975) * standard_error;
                Some([change - half, change + half])
            }
            Self::Rate { patients, worse, better, .. } => {
                let (worse, better) = (exact_ci95(worse, patients as f64)?, exact_ci95(better, patients as f64)?);
                Some([worse[0] - better[1], worse[1] - better[0]])
            }
        }
    }

    /// Two-sided probability of a change as large as this if there is none: Student's paired test; of a rate the exact
    /// test on the patients that changed (McNemar 1947, exact as a sign test). `None` for the mean of one patient.
    pub fn p_value(&self) -> Option<f64> {
        match *self {
            Self::Mean { patients, change, standard_error } => {
                if !standard_error.is_finite() {
                    return None;
                }
                if standard_error == 0.0 {
                    return Some(if change == 0.0 { 1.0 } else { 0.0 });
                }
                Some(2.0 * student(patients)?.sf((change / standard_error).abs()))
            }
            Self::Rate { patients_worse, patients_better, .. } => {
                Some(sign_test(patients_worse as u64, patients_better as u64))
            }
        }
    }

    /// The least number of patients that would settle the question if change and spread stayed what they are: that it
    /// stays within `margin`, or, where it is beyond, that it is no chance at the level `alpha`. `None` if no number would:
    /// the change is the margin itself. One patient alone shows no spread: at least two can tell.
    pub fn patients_to_settle(&self, margin: f64, alpha: f64) -> Option<u64> {
        if let Self::Mean { patients: 0..=1, .. } = self {
            return Some(2);
        }
        if self.change() > margin {
            least(|n| self.with_patients(n).p_value().is_some_and(|p| p <= alpha))
        } else {
            least(|n| self.with_patients(n).ci95().is_some_and(|[_, worst]| worst <= margin))
        }
    }

    /// The same change and spread with another number of patients; a change for the better counts as none, since more
    /// patients may well take it back.
    fn with_patients(&self, n: u64) -> Self {
        let count = n as usize;
        match *self {
            Self::Mean { patients, change, standard_error } => Self::Mean {
                patients: count,
                change: change.max(0.0),
                standard_error: standard_error * (patients as f64 / n as f64).sqrt(),
            },
            Self::Rate { patients, worse, better, patients_worse, patients_better } => {
                let factor = n as f64 / patients as f64;
                let whole = |number: usize| (number as f64 * factor).floor() as usize;
                Self::Rate {
                    patients: count,
                    worse: worse * factor,
                    better: better.min(worse) * factor,
                    patients_worse: whole(patients_worse),
                    patients_better: whole(patients_better),
                }
            }
        }
    }
}

/// Student's t with one degree of freedom less than there are patients.
fn student(patients: usize) -> Option<StudentsT> {
    StudentsT::new(0.0, 1.0, patients.checked_sub(1)? as f64).ok()
}

/// Two-sided exact probability of a split at least as uneven as this if both sides are as likely.
fn sign_test(one: u64, other: u64) -> f64 {
    let binomial = Binomial::new(0.5, one + other).expect("one half is a probability");
    (2.0 * binomial.cdf(one.min(other))).min(1.0)
}

/// The least number of patients from 2 from which on the question is settled.
fn least(settled: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut too_few, mut enough) = (1, 2);
    while !settled(enough) {
        if enough >= MOST_PATIENTS {
            return None;
        }
        (too_few, enough) = (enough, enough * 2);
    }
    while enough - too_few > 1 {
        let middle = too_few.midpoint(enough);
        if settled(middle) {
            enough = middle;
        } else {
            too_few = middle;
        }
    }
    Some(enough)
}

/// Standard error of a statistic over patients by bootstrap (Efron & Tibshirani 1993, ch. 6): whole patients are drawn.
/// `statistic` receives the drawn numbers. `None` for fewer than two patients. The same stream gives the same error.
pub fn bootstrap_standard_error(
    patients: usize,
    stream: &Stream,
    mut statistic: impl FnMut(&[usize]) -> Option<f64>,
) -> Option<f64> {
    /// Enough for an error's first two digits (ibid., §6.4).
    const RESAMPLES: usize = 400;
    if patients < 2 {
        return None;
    }
    let mut rng = stream.child("standard error", 0).rng();
    let mut drawn = vec![0; patients];
    let values: Vec<f64> = (0..RESAMPLES)
        .filter_map(|_| {
            drawn.iter_mut().for_each(|patient| *patient = rng.random_range(0..patients));
            statistic(&drawn)
        })
        .collect();
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
    (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt())
}

/// Probabilities adjusted for their number (Holm, Scand J Stat 1979;6:65): calling all those at most α real is wrong
/// anywhere with a probability of at most α, however they depend on each other.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut largest = 0.0_f64;
    for (rank, place) in order.into_iter().enumerate() {
        largest = largest.max(p_values[place] * (p_values.len() - rank) as f64).min(1.0);
        adjusted[place] = largest;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use randomness::normal;

    fn close(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() < within, "{found}, expected {expected}");
    }

    #[test]
    fn means_match_the_paired_test_of_scipy() {
        // scipy.stats.ttest_1samp of these differences: p 0.052905, interval −0.005567 … 0.680567.
        let changes = [0.3, -0.1, 0.8, 0.4, 0.2, 0.9, -0.3, 0.5];
        let found = PairedChange::of_mean(&changes).expect("patients");
        close(found.p_value().expect("eight"), 0.052905, 1e-6);
        let [low, high] = found.ci95().expect("eight");
        close(low, -0.005567, 1e-6);
        close(high, 0.680567, 1e-6);
        let one = PairedChange::of_mean(&changes[..1]).expect("a patient");
        assert_eq!((one.ci95(), one.p_value(), one.patients_to_settle(1.0, 0.05)), (None, None, Some(2)));
    }

    #[test]
    fn rates_match_the_binomial_test_of_scipy() {
        // scipy.stats.binomtest(k, n, 0.5).pvalue
        for (worse, better, expected) in [(5, 0, 0.0625), (8, 1, 0.0390625), (1, 3, 0.625), (5, 5, 1.0)] {
            close(sign_test(worse, better), expected, 1e-9);
        }
        // Of 60 patients three got worse: scipy's exact interval of 3 of 60, and 1 − 0.05^(1/60) for what got better.
        let changes: Vec<f64> = (0..60).map(|n| f64::from(u8::from(n < 3))).collect();
        let [low, high] = PairedChange::of_rate(&changes).expect("patients").ci95().expect("patients");
        close(low, 0.010432 - 0.048703, 1e-5);
        close(high, 0.139243, 1e-5);
    }

    #[test]
    fn nothing_seen_on_two_patients_shows_little_and_59_settle_it() {
        let nothing = PairedChange::of_rate(&[0.0, 0.0]).expect("two patients");
        let [_, worst] = nothing.ci95().expect("two patients");
        close(worst, 1.0 - 0.05_f64.sqrt(), 1e-9);
        // 1 − 0.05^(1/59) is the first below 5 %.
        assert_eq!(nothing.patients_to_settle(0.05, 0.05), Some(59));
        assert_eq!(
            nothing.patients_to_settle(0.0, 0.05),
            None,
            "no number of patients shows that nothing ever happens"
        );
    }

    #[test]
    fn the_number_of_patients_that_settles_is_the_first_whose_interval_does() {
        // Smallest n with t(n − 1; 0.975) · SD / √n ≤ margin, by scipy.
        for (sd, margin, expected) in [(1.0, 0.5, 18), (1.0, 1.0, 7), (2.0, 0.25, 249)] {
            let few = PairedChange::Mean { patients: 4, change: -0.1, standard_error: sd / 2.0 };
            assert_eq!(few.patients_to_settle(margin, 0.05), Some(expected), "{sd} {margin}");
        }
        // 2° beyond a margin of 1° with an SD of 3°: t of 12 patients is 2.31 > 2.20, of 11 2.21 < 2.23.
        let beyond = PairedChange::Mean { patients: 4, change: 2.0, standard_error: 1.5 };
        assert_eq!(beyond.patients_to_settle(1.0, 0.05), Some(12));
    }

    #[test]
    fn holm_matches_statsmodels() {
        // statsmodels.stats.multitest.multipletests(p, method="holm")
        let found = holm(&[0.01, 0.04, 0.03, 0.005, 0.5]);
        for (found, expected) in found.into_iter().zip([0.04, 0.09, 0.09, 0.025, 0.5]) {
            close(found, expected, 1e-12);
        }
    }

    #[test]
    fn bootstrap_error_of_a_mean_matches_theory() {
        let mut rng = Stream::from_seed(1).rng();
        let values: Vec<f64> = (0..100).map(|_| normal(&mut rng, 0.0, 2.0)).collect();
        let mean = |drawn: &[usize]| Some(drawn.iter().map(|n| values[*n]).sum::<f64>() / drawn.len() as f64);
        let found = bootstrap_standard_error(values.len(), &Stream::from_seed(2), mean).expect("many");
        close(found, 0.2, 0.03);
        assert_eq!(bootstrap_standard_error(1, &Stream::from_seed(2), mean), None);
    }

    #[test]
    fn intervals_of_rates_hold_the_truth_with_few_patients() {
        // 4 % of patients get worse, 2 % better: the change is 2 %.
        let held = (0..400).filter(|seed| {
            let mut rng = Stream::from_seed(*seed).rng();
            let changes: Vec<f64> = (0..30)
                .map(|_| match rng.random_range(0..100) {
                    0..4 => 1.0,
                    4..6 => -1.0,
                    _ => 0.0,
                })
                .collect();
            let interval = PairedChange::of_rate(&changes).expect("30 patients").ci95().expect("30 patients");
            (interval[0]..=interval[1]).contains(&0.02)
        });
        assert!(held.count() >= 380, "at least 95 %");
    }
}
