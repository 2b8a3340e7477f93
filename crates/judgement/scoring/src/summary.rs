//! Moments and quantiles of a list of values, and intervals of those of patients who gave several values each.

use statrs::distribution::{Beta, ContinuousCDF as _, StudentsT};

/// Descriptive statistics of a list of values, in their unit.
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
    /// Minimum.
    pub min: f64,
    /// Maximum.
    pub max: f64,
}

impl Summary {
    /// The summary of the finite values; `None` if there is none.
    pub fn of(values: &[f64]) -> Option<Self> {
        let mut finite: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
        let n = finite.len();
        let (min, max) = (finite.iter().copied().reduce(f64::min)?, finite.iter().copied().reduce(f64::max)?);
        let mean = mean(&finite);
        let squares = finite.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
        let sd = (squares / (n.max(2) - 1) as f64).sqrt();
        Some(Self { n, mean, sd, median: quantile(&mut finite, 0.5), p95: quantile(&mut finite, 0.95), min, max })
    }
}

/// Mean, summed in the given order; NaN of an empty list.
pub fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Quantile `q` in 0…1 by linear interpolation (type 7 of Hyndman & Fan, Am Stat 1996;50:361, the default of
/// R and NumPy); NaN of an empty list. Reorders the values.
pub fn quantile(values: &mut [f64], q: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return f64::NAN };
    let at = q.clamp(0.0, 1.0) * last as f64;
    let (_, low, above) = values.select_nth_unstable_by(at.floor() as usize, f64::total_cmp);
    let high = above.iter().copied().fold(f64::INFINITY, f64::min);
    if high.is_finite() { *low + at.fract() * (high - *low) } else { *low }
}

/// Exact 95 % interval of a proportion k/n (Clopper & Pearson 1934). `k` may be fractional, where a subject contributes
/// the mean of several answers, and so may `n`. For k = 0 and k = n the limit is one-sided, (1 − limit)ⁿ = 0.05 (Hanley & Lippman-Hand
/// 1983). `None` without subjects.
pub fn exact_ci95(k: f64, n: f64) -> Option<[f64; 2]> {
    if n < 1.0 || !(0.0..=n).contains(&k) {
        return None;
    }
    let one_sided = 1.0 - 0.05_f64.powf(1.0 / n);
    if k == 0.0 || k == n {
        return Some(if k == 0.0 { [0.0, one_sided] } else { [1.0 - one_sided, 1.0] });
    }
    let limit = |a: f64, b: f64, p: f64| Some(Beta::new(a, b).ok()?.inverse_cdf(p));
    Some([limit(k, n - k + 1.0, 0.025)?, limit(k + 1.0, n - k, 0.975)?])
}

/// Number of patients, number of values, and the variance of the mean of `value` over all values: that of a ratio of the
/// patients' sums to their counts (Cochran, Sampling Techniques, 3rd ed. 1977, §9A.6). Patients without a value do not
/// count; `None` for fewer than two.
fn variance_of_mean(patients: &[Vec<f64>], value: impl Fn(f64) -> f64) -> Option<(usize, usize, f64)> {
    let sums = patients.iter().filter(|values| !values.is_empty());
    let sums: Vec<(f64, f64)> =
        sums.map(|values| (values.len() as f64, values.iter().map(|x| value(*x)).sum())).collect();
    let (clusters, n) = (sums.len() as f64, sums.iter().map(|(n, _)| n).sum::<f64>());
    if sums.len() < 2 {
        return None;
    }
    let mean = sums.iter().map(|(_, sum)| sum).sum::<f64>() / n;
    let squares: f64 = sums.iter().map(|(n, sum)| (sum - mean * n).powi(2)).sum();
    Some((sums.len(), n as usize, squares * clusters / (clusters - 1.0) / n.powi(2)))
}

/// The 97.5 % point of Student's t; infinite for no degree of freedom.
pub fn t_quantile_975(degrees_of_freedom: f64) -> f64 {
    StudentsT::new(0.0, 1.0, degrees_of_freedom).map_or(f64::INFINITY, |t| t.inverse_cdf(0.975))
}

/// 95 % interval of the mean of all values, by Student's t over patients: a patient's values resemble each other, and
/// three patients tell little however many values they give. `None` for fewer than two patients.
pub fn mean_ci95(patients: &[Vec<f64>]) -> Option<[f64; 2]> {
    let (clusters, n, variance) = variance_of_mean(patients, |x| x)?;
    let mean = patients.iter().flatten().sum::<f64>() / n as f64;
    let half = t_quantile_975(clusters as f64 - 1.0) * variance.sqrt();
    Some([mean - half, mean + half])
}

/// 95 % interval of a quantile of all values (Woodruff, J Am Stat Assoc 1952;47:635): the exact interval of the share of
/// values below it, on the number of independent values that the patients' are worth (Korn & Graubard, Surv Methodol
/// 1998;24:193). `Err` with the number of patients that would do where these are too few for any value to bound the
/// quantile: even if all lay on one side of it, chance would explain that (in more than one case of 20).
pub fn quantile_ci95(patients: &[Vec<f64>], q: f64) -> Result<[f64; 2], usize> {
    let mut values = patients.concat();
    // Of independent values as many as these would bound the quantile: 59 for the 95th percentile, 5 for the median.
    let enough = (0.05_f64.ln() / q.max(1.0 - q).ln()).ceil();
    let at = quantile(&mut values, q);
    let Some((clusters, n, variance)) = variance_of_mean(patients, |x| f64::from(u8::from(x <= at))) else {
        return Err(enough as usize);
    };
    let (clusters, n) = (clusters as f64, n as f64);
    let independent = if variance > 0.0 { q * (1.0 - q) / variance } else { n };
    let few = (t_quantile_975(n - 1.0) / t_quantile_975(clusters - 1.0)).powi(2);
    let effective = independent.clamp(clusters.min(n), n) * few;
    if effective < enough {
        return Err((clusters * enough / effective).ceil() as usize);
    }
    let Some([low, high]) = exact_ci95(q * effective, effective) else { return Err(enough as usize) };
    Ok([quantile(&mut values, low), quantile(&mut values, high)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use randomness::{Stream, normal};

    #[test]
    fn exact_intervals_match_scipy() {
        // scipy.stats.binomtest(k, n).proportion_ci(method="exact"); 1 − 0.05^(1/24) = 0.1173.
        for (k, n, expected) in [
            (1, 24, [0.001054, 0.211202]),
            (23, 24, [0.788798, 0.998946]),
            (7, 20, [0.153909, 0.592189]),
            (0, 24, [0.0, 0.117346]),
        ] {
            let found = exact_ci95(f64::from(k), f64::from(n)).expect("subjects");
            assert!((0..2).all(|end| (found[end] - expected[end]).abs() < 1e-5), "{k} of {n}: {found:?}");
        }
        assert_eq!(exact_ci95(0.0, 0.0), None);
    }

    #[test]
    fn more_failures_never_raise_the_lower_limit() {
        let limits: Vec<f64> = (0..=240).map(|k| exact_ci95(f64::from(k) / 10.0, 24.0).expect("subjects")[0]).collect();
        assert!(limits.windows(2).all(|pair| pair[0] <= pair[1]), "{limits:?}");
    }

    #[test]
    fn summary_ignores_values_that_are_not_finite() {
        let summary = Summary::of(&[4.0, 1.0, f64::NAN, 3.0, 2.0]).expect("four values");
        assert_eq!((summary.n, summary.mean, summary.median, summary.min, summary.max), (4, 2.5, 2.5, 1.0, 4.0));
        assert!((summary.sd - (5.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert!((summary.p95 - 3.85).abs() < 1e-12);
        assert_eq!(Summary::of(&[f64::NAN]), None);
    }

    #[test]
    fn quantiles_match_numpy() {
        // numpy.percentile([40, 15, 50, 20, 35], [5, 30, 40, 95, 100])
        let values = [40.0, 15.0, 50.0, 20.0, 35.0];
        for (q, expected) in [(0.05, 16.0), (0.30, 23.0), (0.40, 29.0), (0.95, 48.0), (1.0, 50.0)] {
            assert!((quantile(&mut values.clone(), q) - expected).abs() < 1e-12, "{q}");
        }
        assert!(quantile(&mut [], 0.5).is_nan());
    }

    #[test]
    fn the_mean_of_one_value_a_patient_has_students_interval() {
        // scipy.stats.t.interval(0.95, 4, loc=3, scale=scipy.stats.sem([1, 2, 3, 4, 5]))
        let patients: Vec<Vec<f64>> = (1..=5).map(|x| vec![f64::from(x)]).collect();
        let [low, high] = mean_ci95(&patients).expect("five patients");
        assert!((low - 1.036757).abs() < 1e-5 && (high - 4.963243).abs() < 1e-5, "{low} {high}");
        // The same values five times over are no more than before.
        let again: Vec<Vec<f64>> = (1..=5).map(|x| vec![f64::from(x); 5]).collect();
        let repeated = mean_ci95(&again).expect("five patients");
        assert!((repeated[0] - low).abs() < 1e-9 && (repeated[1] - high).abs() < 1e-9, "{repeated:?}");
        assert_eq!(mean_ci95(&again[..1]), None, "one patient says nothing of others");
    }

    #[test]
    fn too_few_patients_bound_no_quantile() {
        let patients = |n: u32| -> Vec<Vec<f64>> { (0..n).map(|x| vec![f64::from(x)]).collect() };
        assert_eq!(quantile_ci95(&patients(1), 0.95), Err(59));
        assert!(quantile_ci95(&patients(58), 0.95).is_err(), "(1 − 0.05)^58 is above 0.05");
        let [low, high] = quantile_ci95(&patients(200), 0.95).expect("200 patients");
        // Order statistics 183 and 196 of 200 hold the 95th percentile: scipy.stats.binom.ppf([0.025, 0.975], 200, 0.95).
        assert!((180.0..186.0).contains(&low) && (193.0..198.0).contains(&high), "{low} {high}");
    }

    #[test]
    fn quantile_intervals_of_clustered_values_hold_the_truth_often_enough() {
        let mut held = [0, 0];
        for seed in 0..200 {
            let mut rng = Stream::from_seed(seed).child("clusters", 0).rng();
            // 60 patients, five values each, half of whose variance is the patient's: standard normal in all.
            let half = 0.5_f64.sqrt();
            let patients: Vec<Vec<f64>> = (0..60)
                .map(|_| {
                    let own = normal(&mut rng, 0.0, half);
                    (0..5).map(|_| own + normal(&mut rng, 0.0, half)).collect()
                })
                .collect();
            for (n, (q, truth)) in [(0.5, 0.0), (0.95, 1.644_854)].into_iter().enumerate() {
                let [low, high] = quantile_ci95(&patients, q).expect("60 patients");
                held[n] += usize::from((low..=high).contains(&truth));
            }
        }
        assert!(held.iter().all(|held| (182..=199).contains(held)), "{held:?} of 200");
    }
}
