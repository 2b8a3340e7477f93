//! Does a probability mean what it says?

/// Bins of equal width between 0 and 1.
const BINS: usize = 15;

/// Expected calibration error of forecasts and what came true: the mean distance between forecast and frequency over
/// bins, weighted by their size (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017). `None` without a
/// forecast.
///
/// ```
/// use scoring::calibration::expected_calibration_error;
///
/// // Said 0.9 ten times; came true seven times.
/// let said = (0..10).map(|n| (0.9, n < 7));
/// assert!((expected_calibration_error(said).unwrap() - 0.2).abs() < 1e-12);
/// ```
pub fn expected_calibration_error(forecasts: impl Iterator<Item = (f64, bool)>) -> Option<f64> {
    let mut bins = [(0u64, 0.0, 0u64); BINS];
    for (probability, came_true) in forecasts {
        let bin = ((probability * BINS as f64) as usize).min(BINS - 1);
        let (count, sum, hits) = &mut bins[bin];
        *count += 1;
        *sum += probability;
        *hits += u64::from(came_true);
    }
    let total: u64 = bins.iter().map(|(count, ..)| count).sum();
    let apart: f64 = bins.iter().map(|(_, sum, hits)| (sum - *hits as f64).abs()).sum();
    (total > 0).then(|| apart / total as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_forecasts_err_by_chance_alone_and_boasts_by_their_excess() {
        // Of every hundred forecasts of p %, p come true.
        let honest = (0..100u32).flat_map(|p| (0..100u32).map(move |n| (f64::from(p) / 100.0, n < p)));
        assert!(expected_calibration_error(honest.clone()).is_some_and(|error| error < 1e-9));
        let boast = honest.map(|(p, came_true)| ((p + 0.1).min(1.0), came_true));
        assert!(expected_calibration_error(boast).is_some_and(|error| (error - 0.095).abs() < 0.002));
        assert_eq!(expected_calibration_error(std::iter::empty()), None);
    }
}
