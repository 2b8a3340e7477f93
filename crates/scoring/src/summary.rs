//! Moments, quantiles and bootstrap intervals of a list of values.

use rand::Rng;
use randomness::Stream;

/// What a report says of a list of values, in their unit.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Summary {
    /// Number of values.
    pub n: usize,
    /// Mean.
    pub mean: f64,
    /// Standard deviation with n − 1; 0 for one value.
    pub sd: f64,
    /// Median.
    pub median: f64,
    /// 95th percentile.
    pub p95: f64,
    /// Least.
    pub min: f64,
    /// Greatest.
    pub max: f64,
}

impl Summary {
    /// The summary of the finite values; `None` if there is none.
    pub fn of(values: &[f64]) -> Option<Self> {
        let sorted = sorted_finite(values);
        let n = sorted.len();
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let mean = mean(&sorted);
        let squares = sorted.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
        let sd = (squares / (n.max(2) - 1) as f64).sqrt();
        Some(Self { n, mean, sd, median: quantile(&sorted, 0.5), p95: quantile(&sorted, 0.95), min, max })
    }
}

/// The finite values in ascending order.
pub fn sorted_finite(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// Mean, summed in the order given; NaN of none.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Quantile `q` in 0…1 of ascending values by linear interpolation (type 7 of Hyndman & Fan, Am Stat
/// 1996;50:361, the default of R and NumPy); NaN of none.
pub fn quantile(ascending: &[f64], q: f64) -> f64 {
    let Some(last) = ascending.len().checked_sub(1) else { return f64::NAN };
    let at = q.clamp(0.0, 1.0) * last as f64;
    let low = at.floor() as usize;
    let high = (low + 1).min(last);
    ascending[low] + (ascending[high] - ascending[low]) * (at - low as f64)
}

/// Resamples of a bootstrap interval: the tails of 2.5 % hold 50 each.
pub const RESAMPLES: usize = 2000;

/// 95 % percentile-bootstrap interval (Efron & Tibshirani 1993) of any statistic of independent values;
/// `None` of fewer than two. The same stream gives the same interval.
pub fn bootstrap_ci95(values: &[f64], stream: &Stream, statistic: impl Fn(&[f64]) -> f64) -> Option<[f64; 2]> {
    let alone: Vec<&[f64]> = values.chunks(1).collect();
    clustered_bootstrap_ci95(&alone, stream, statistic)
}

/// As [`bootstrap_ci95`], but whole clusters are drawn: the discs of one patient resemble each other,
/// and drawing them apart would make the interval too narrow.
pub fn clustered_bootstrap_ci95(
    clusters: &[&[f64]],
    stream: &Stream,
    statistic: impl Fn(&[f64]) -> f64,
) -> Option<[f64; 2]> {
    if clusters.len() < 2 {
        return None;
    }
    let mut rng = stream.child("bootstrap", 0).rng();
    let mut drawn = Vec::new();
    let figures: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            drawn.clear();
            for _ in clusters {
                drawn.extend_from_slice(clusters[rng.random_range(0..clusters.len())]);
            }
            statistic(&drawn)
        })
        .collect();
    let sorted = sorted_finite(&figures);
    (!sorted.is_empty()).then(|| [quantile(&sorted, 0.025), quantile(&sorted, 0.975)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use randomness::normal;

    #[test]
    fn a_summary_by_hand_ignores_what_is_not_finite() {
        let summary = Summary::of(&[4.0, 1.0, f64::NAN, 3.0, 2.0]).expect("four values");
        assert_eq!((summary.n, summary.mean, summary.median, summary.min, summary.max), (4, 2.5, 2.5, 1.0, 4.0));
        assert!((summary.sd - (5.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert!((summary.p95 - 3.85).abs() < 1e-12);
        assert_eq!(Summary::of(&[f64::NAN]), None);
    }

    #[test]
    fn the_interval_of_a_mean_is_that_of_theory() {
        let mut rng = Stream::from_seed(1).rng();
        let values: Vec<f64> = (0..200).map(|_| normal(&mut rng, 10.0, 2.0)).collect();
        let found = bootstrap_ci95(&values, &Stream::from_seed(2), mean).expect("many");
        let summary = Summary::of(&values).expect("many");
        let half = 1.96 * summary.sd / 200.0_f64.sqrt();
        assert!((found[0] - (summary.mean - half)).abs() < 0.2 * half, "{found:?}");
        assert!((found[1] - (summary.mean + half)).abs() < 0.2 * half, "{found:?}");
        assert_eq!(bootstrap_ci95(&values, &Stream::from_seed(2), mean), Some(found));
    }

    #[test]
    fn clusters_of_equal_values_widen_the_interval() {
        // Twenty patients with five equal discs each: only twenty independent values.
        let mut rng = Stream::from_seed(3).rng();
        let values: Vec<f64> = (0..20).flat_map(|_| [normal(&mut rng, 0.0, 1.0); 5]).collect();
        let clusters: Vec<&[f64]> = values.chunks(5).collect();
        let apart = bootstrap_ci95(&values, &Stream::from_seed(4), mean).expect("many");
        let together = clustered_bootstrap_ci95(&clusters, &Stream::from_seed(4), mean).expect("many");
        let ratio = (together[1] - together[0]) / (apart[1] - apart[0]);
        assert!((ratio / 5.0_f64.sqrt() - 1.0).abs() < 0.2, "{ratio}");
    }
}
