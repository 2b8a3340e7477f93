//! Area under the ROC curve with the confidence interval of DeLong et al. (Biometrics 1988;44:837).

/// Area under the ROC curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Auc {
    /// Probability that a diseased case scores above a healthy one, 0…1; ties count half.
    pub value: f64,
    /// DeLong's standard error.
    pub standard_error: f64,
    /// 95 % confidence interval (normal approximation, clipped to 0…1).
    pub ci95: [f64; 2],
}

/// Why the area cannot be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AucError {
    /// Too few cases of one kind for a variance.
    #[error("{diseased} diseased and {healthy} healthy cases, expected at least 2 of each")]
    TooFew {
        /// Diseased cases.
        diseased: usize,
        /// Healthy cases.
        healthy: usize,
    },
    /// A score that cannot be ordered.
    #[error("a score is NaN, expected a number")]
    NotANumber,
}

impl Auc {
    /// The area for the scores of diseased and of healthy cases.
    ///
    /// # Errors
    /// [`AucError`] for fewer than two cases of a kind, or NaN.
    pub fn of(diseased: &[f64], healthy: &[f64]) -> Result<Self, AucError> {
        if diseased.len() < 2 || healthy.len() < 2 {
            return Err(AucError::TooFew { diseased: diseased.len(), healthy: healthy.len() });
        }
        if diseased.iter().chain(healthy).any(|score| score.is_nan()) {
            return Err(AucError::NotANumber);
        }
        let placement =
            |score: &f64, others: &[f64]| others.iter().map(|o| wins(*score, *o)).sum::<f64>() / others.len() as f64;
        let of_diseased: Vec<f64> = diseased.iter().map(|score| placement(score, healthy)).collect();
        let of_healthy: Vec<f64> = healthy.iter().map(|score| 1.0 - placement(score, diseased)).collect();
        let (value, diseased_variance) = mean_and_variance(&of_diseased);
        let (_, healthy_variance) = mean_and_variance(&of_healthy);

        let standard_error =
            (diseased_variance / diseased.len() as f64 + healthy_variance / healthy.len() as f64).sqrt();
        let half = 1.959_963_985 * standard_error;
        Ok(Self { value, standard_error, ci95: [(value - half).max(0.0), (value + half).min(1.0)] })
    }
}

fn wins(a: f64, b: f64) -> f64 {
    if a > b {
        1.0
    } else if a < b {
        0.0
    } else {
        0.5
    }
}

fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use randomness::{Stream, normal};

    #[test]
    fn auc_of_a_hand_calculated_example() {
        // 7.5 of 9 pairs won; placements ⅔ ⅚ 1 and 1 1 ½: variance (1/36 + 1/12) / 3.
        let auc = Auc::of(&[3.0, 4.0, 5.0], &[1.0, 2.0, 4.0]).expect("three of each");
        assert!((auc.value - 7.5 / 9.0).abs() < 1e-12);
        assert!((auc.standard_error - (1.0_f64 / 27.0).sqrt()).abs() < 1e-12, "{auc:?}");
        assert_eq!(auc.ci95[1], 1.0);
    }

    #[test]
    fn auc_of_a_binormal_reader_follows_from_d_prime() {
        // d′ = 1.812 gives an area of 0.90 (lumbar-numbers §4c).
        let mut rng = Stream::from_seed(5).rng();
        let mut draw = |mean: f64| (0..1500).map(|_| normal(&mut rng, mean, 1.0)).collect::<Vec<f64>>();
        let auc = Auc::of(&draw(1.812), &draw(0.0)).expect("plenty");
        assert!(auc.ci95[0] < 0.90 && 0.90 < auc.ci95[1], "{auc:?}");
        assert!(auc.standard_error < 0.008, "{auc:?}");
    }

    #[test]
    fn too_few_cases_and_nan_are_refused() {
        assert_eq!(Auc::of(&[1.0], &[1.0, 2.0]), Err(AucError::TooFew { diseased: 1, healthy: 2 }));
        assert_eq!(Auc::of(&[1.0, f64::NAN], &[1.0, 2.0]), Err(AucError::NotANumber));
    }
}
