//! Agreement of two methods of measurement (Bland & Altman, Lancet 1986;i:307; intervals of the limits
//! after Bland & Altman, Stat Methods Med Res 1999;8:135).

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::AgreementError;

/// Bias and 95 % limits of agreement, in the unit of the measurements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlandAltman {
    /// Number of pairs.
    pub n: usize,
    /// Mean of first − second.
    pub bias: f64,
    /// SD of the differences.
    pub sd: f64,
    /// bias ± 1.96 SD.
    pub limits: [f64; 2],
    /// 95 % confidence interval of the bias.
    pub bias_ci95: [f64; 2],
    /// 95 % confidence interval of the lower limit.
    pub lower_limit_ci95: [f64; 2],
    /// 95 % confidence interval of the upper limit.
    pub upper_limit_ci95: [f64; 2],
}

impl BlandAltman {
    /// Compares paired measurements of the same subjects.
    ///
    /// # Errors
    /// [`AgreementError`] for lists of different lengths, fewer than 2 pairs, or values that are not finite.
    pub fn of(first: &[f64], second: &[f64]) -> Result<Self, AgreementError> {
        if first.len() != second.len() {
            return Err(AgreementError::Unpaired { first: first.len(), second: second.len() });
        }
        let pairs = first.len();
        if pairs < 2 {
            return Err(AgreementError::TooFewSubjects { found: pairs, expected: 2 });
        }
        for (observer, list) in [first, second].into_iter().enumerate() {
            if let Some(subject) = list.iter().position(|x| !x.is_finite()) {
                return Err(AgreementError::NotFinite { subject, observer, value: list[subject] });
            }
        }

        let n = pairs as f64;
        let differences = || first.iter().zip(second).map(|(a, b)| a - b);
        let bias = differences().sum::<f64>() / n;
        let sd = (differences().map(|d| (d - bias).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        let t = StudentsT::new(0.0, 1.0, n - 1.0).expect("at least one degree of freedom").inverse_cdf(0.975);
        let around = |middle: f64, half: f64| [middle - half, middle + half];
        let limits = around(bias, 1.96 * sd);
        let limit_half = t * sd * (1.0 / n + 1.96_f64.powi(2) / (2.0 * (n - 1.0))).sqrt();
        Ok(Self {
            n: pairs,
            bias,
            sd,
            limits,
            bias_ci95: around(bias, t * sd / n.sqrt()),
            lower_limit_ci95: around(limits[0], limit_half),
            upper_limit_ci95: around(limits[1], limit_half),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_match_the_peak_flow_example_of_bland_and_altman_1986() {
        // Table 1 of Bland & Altman 1986, first readings, l/min: bias −2.1, SD 38.8, and with 2 SD limits
        // of −79.7 and 75.5; interval of the bias −22.0 … 17.8, of the lower limit −114.3 … −45.1.
        let wright =
            [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427].map(f64::from);
        let mini = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451].map(f64::from);
        let found = BlandAltman::of(&wright, &mini).expect("pairs");
        assert!((found.bias + 2.1).abs() < 0.05 && (found.sd - 38.8).abs() < 0.05, "{found:?}");
        assert!((found.bias_ci95[0] + 22.0).abs() < 0.15 && (found.bias_ci95[1] - 17.8).abs() < 0.15, "{found:?}");
        // 1.96 SD in place of the paper's 2 SD, and 1999's variance in place of 3 s²/n.
        assert!((found.limits[0] + 78.1).abs() < 0.1 && (found.limits[1] - 73.9).abs() < 0.1, "{found:?}");
        assert!((found.lower_limit_ci95[0] + 114.3).abs() < 2.0, "{found:?}");
        assert!((found.lower_limit_ci95[1] + 45.1).abs() < 2.0, "{found:?}");
    }

    #[test]
    fn swapping_the_methods_negates_bias_and_limits() {
        let (a, b) = ([1.0, 4.0, 2.5], [0.5, 5.0, 2.0]);
        let [ab, ba] = [(&a, &b), (&b, &a)].map(|(first, second)| BlandAltman::of(first, second).expect("pairs"));
        assert!((ab.bias + ba.bias).abs() < 1e-12 && (ab.limits[0] + ba.limits[1]).abs() < 1e-12);
        assert!(BlandAltman::of(&a, &b[..2]).is_err());
        assert!(BlandAltman::of(&a, &[0.0, f64::INFINITY, 1.0]).is_err());
    }
}
