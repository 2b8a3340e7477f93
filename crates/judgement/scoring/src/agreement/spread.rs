//! The spread between observers in the measurement's own unit.

/// Pooled between-observer SD: √(mean over subjects of the variance between observers), in the unit of the
/// measurements. Subjects with fewer than two measurements are ignored; `None` if none is left.
pub fn between_observer_sd(subjects: &[Vec<f64>]) -> Option<f64> {
    let variances: Vec<f64> = subjects.iter().filter(|measured| measured.len() >= 2).map(|m| variance(m)).collect();
    let n = variances.len() as f64;
    (n > 0.0).then(|| (variances.iter().sum::<f64>() / n).sqrt())
}

fn variance(measured: &[f64]) -> f64 {
    let n = measured.len() as f64;
    let mean = measured.iter().sum::<f64>() / n;
    measured.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sd_pools_the_variances_of_subjects_with_two_measurements() {
        // Variances 2 and 8; the single measurement is ignored.
        let subjects = [vec![10.0, 12.0], vec![20.0, 24.0], vec![99.0]];
        let sd = between_observer_sd(&subjects).expect("two subjects");
        assert!((sd - 5.0_f64.sqrt()).abs() < 1e-12, "{sd}");
        assert_eq!(between_observer_sd(&subjects[2..]), None);
    }
}
