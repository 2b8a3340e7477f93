//! Calibration of predicted probabilities.

/// Bins of equal width between 0 and 1.
const BINS: usize = 15;

/// Expected calibration error of predicted probabilities and outcomes: the mean difference between predicted probability
/// and observed frequency over bins, weighted by bin size (Guo et al., "On Calibration of Modern Neural Networks", ICML
/// 2017). `None` without predictions.
///
/// ```
/// use scoring::calibration::expected_calibration_error;
///
/// // 0.9 was predicted ten times and was right seven times.
/// let predictions = (0..10).map(|n| (0.9, n < 7));
/// assert!((expected_calibration_error(predictions).unwrap() - 0.2).abs() < 1e-12);
/// ```
pub fn expected_calibration_error(predictions: impl Iterator<Item = (f64, bool)>) -> Option<f64> {
    let mut bins = [(0u64, 0.0, 0u64); BINS];
    for (probability, outcome) in predictions {
        let bin = ((probability * BINS as f64) as usize).min(BINS - 1);
        let (count, sum, hits) = &mut bins[bin];
        *count += 1;
        *sum += probability;
        *hits += u64::from(outcome);
    }
    let total: u64 = bins.iter().map(|(count, ..)| count).sum();
    let difference: f64 = bins.iter().map(|(_, sum, hits)| (sum - *hits as f64).abs()).sum();
    (total > 0).then(|| difference / total as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calibrated_predictions_have_no_error_and_overconfident_ones_their_excess() {
        // Of every hundred predictions of p %, p are right.
        let calibrated = (0..100u32).flat_map(|p| (0..100u32).map(move |n| (f64::from(p) / 100.0, n < p)));
        assert!(expected_calibration_error(calibrated.clone()).is_some_and(|error| error < 1e-9));
        let overconfident = calibrated.map(|(p, outcome)| ((p + 0.1).min(1.0), outcome));
        assert!(expected_calibration_error(overconfident).is_some_and(|error| (error - 0.095).abs() < 0.002));
        assert_eq!(expected_calibration_error(std::iter::empty()), None);
    }
}
