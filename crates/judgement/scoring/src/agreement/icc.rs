//! Intraclass correlation of single measurements (Shrout & Fleiss, Psychol Bull 1979;86:420) with the
//! F-based intervals of McGraw & Wong (Psychol Methods 1996;1:30, table 7).

use statrs::function::beta::inv_beta_reg;

use super::AgreementError;

/// An intraclass correlation with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Icc {
    /// The estimate, at most 1; below 0 where observers disagree more than subjects differ.
    pub value: f64,
    /// 95 % confidence interval.
    pub ci95: [f64; 2],
}

impl Icc {
    const PERFECT: Self = Self { value: 1.0, ci95: [1.0, 1.0] };
}

/// ICC(1,1), one-way random: each subject is measured by a different random set of observers. `subjects[i][j]` is
/// measurement j of subject i.
///
/// # Errors
/// [`AgreementError`] for fewer than 2 subjects or observers, gaps, NaN, or no variation.
pub fn icc_1_1(subjects: &[Vec<f64>]) -> Result<Icc, AgreementError> {
    let anova = Anova::of(subjects)?;
    Ok(anova.one_ratio(anova.within(), anova.n * (anova.k - 1.0)))
}

/// ICC(2,1), two-way random, absolute agreement: every subject is measured by the same observers, a random
/// sample of all observers. `subjects[i][j]` is observer j's measurement of subject i.
///
/// # Errors
/// As [`icc_1_1`].
pub fn icc_2_1(subjects: &[Vec<f64>]) -> Result<Icc, AgreementError> {
    let anova = Anova::of(subjects)?;
    let Anova { n, k, rows, columns, error } = anova;
    let value = (rows - error) / (rows + (k - 1.0) * error + k * (columns - error) / n);
    if 1.0 - value < 1e-12 {
        return Ok(Icc::PERFECT);
    }

    // Satterthwaite's degrees of freedom for the mixture of observer and residual variance.
    let a = k * value / (n * (1.0 - value));
    let b = 1.0 + k * value * (n - 1.0) / (n * (1.0 - value));
    let (from_columns, from_error) = (a * columns, b * error);
    let df = (from_columns + from_error).powi(2)
        / (from_columns.powi(2) / (k - 1.0) + from_error.powi(2) / ((n - 1.0) * (k - 1.0)));
    // Below 1 only if a negative estimate makes the two terms cancel.
    let df = df.max(1.0);
    let observers = k * columns + (k * n - k - n) * error;
    let f_low = f_quantile_975(n - 1.0, df);
    let f_high = f_quantile_975(df, n - 1.0);
    let low = n * (rows - f_low * error) / (f_low * observers + n * rows);
    let high = n * (f_high * rows - error) / (observers + n * f_high * rows);
    Ok(Icc { value, ci95: [low, high] })
}

/// ICC(3,1), two-way mixed, consistency: as [`icc_2_1`], but an observer's constant bias does not lower it.
///
/// # Errors
/// As [`icc_1_1`].
pub fn icc_3_1(subjects: &[Vec<f64>]) -> Result<Icc, AgreementError> {
    let anova = Anova::of(subjects)?;
    Ok(anova.one_ratio(anova.error, (anova.n - 1.0) * (anova.k - 1.0)))
}

/// Two-way analysis of variance without replication: mean squares.
struct Anova {
    /// Subjects.
    n: f64,
    /// Observers.
    k: f64,
    /// Mean square between subjects.
    rows: f64,
    /// Mean square between observers.
    columns: f64,
    /// Residual mean square.
    error: f64,
}

impl Anova {
    fn of(subjects: &[Vec<f64>]) -> Result<Self, AgreementError> {
        let observers = checked(subjects)?;
        let (n, k) = (subjects.len() as f64, observers as f64);
        let grand = subjects.iter().flatten().sum::<f64>() / (n * k);
        let row_means: Vec<f64> = subjects.iter().map(|subject| subject.iter().sum::<f64>() / k).collect();
        let column_means: Vec<f64> =
            (0..observers).map(|j| subjects.iter().map(|subject| subject[j]).sum::<f64>() / n).collect();

        let rows = k * row_means.iter().map(|mean| (mean - grand).powi(2)).sum::<f64>() / (n - 1.0);
        let columns = n * column_means.iter().map(|mean| (mean - grand).powi(2)).sum::<f64>() / (k - 1.0);
        // Summed from the residuals, not as a difference of sums: no cancellation for near-equal observers.
        let residuals = subjects.iter().zip(&row_means).flat_map(|(subject, row)| {
            subject.iter().zip(&column_means).map(move |(x, column)| (x - row - column + grand).powi(2))
        });
        let error = residuals.sum::<f64>() / ((n - 1.0) * (k - 1.0));
        if rows + error <= 0.0 {
            return Err(AgreementError::NoVariation);
        }
        Ok(Self { n, k, rows, columns, error })
    }

    /// Mean square within subjects.
    fn within(&self) -> f64 {
        (self.columns + (self.n - 1.0) * self.error) / self.n
    }

    /// Coefficient and interval from one F ratio: the mean square between subjects over `noise`, with `df` degrees of
    /// freedom.
    fn one_ratio(&self, noise: f64, df: f64) -> Icc {
        let of = |f: f64| (f - 1.0) / (f + self.k - 1.0);
        let f = self.rows / noise;
        if f.is_infinite() || 1.0 - of(f) < 1e-12 {
            return Icc::PERFECT;
        }
        let low = of(f / f_quantile_975(self.n - 1.0, df));
        let high = of(f * f_quantile_975(df, self.n - 1.0));
        Icc { value: of(f), ci95: [low, high] }
    }
}

/// Number of observers, if every subject has a finite measurement of each.
pub(super) fn checked(subjects: &[Vec<f64>]) -> Result<usize, AgreementError> {
    let expected = subjects.first().map_or(0, Vec::len);
    if subjects.len() < 2 {
        return Err(AgreementError::TooFewSubjects { found: subjects.len(), expected: 2 });
    }
    if expected < 2 {
        return Err(AgreementError::TooFewObservers(expected));
    }
    for (subject, measured) in subjects.iter().enumerate() {
        if measured.len() != expected {
            return Err(AgreementError::Ragged { subject, found: measured.len(), expected });
        }
        if let Some(observer) = measured.iter().position(|x| !x.is_finite()) {
            return Err(AgreementError::NotFinite { subject, observer, value: measured[observer] });
        }
    }
    Ok(expected)
}

/// The 97.5 % point of Fisher's F with `d1` and `d2` degrees of freedom, from the beta distribution.
fn f_quantile_975(d1: f64, d2: f64) -> f64 {
    // The upper tail from the mirrored beta distribution, so that a large F keeps its precision.
    let mirrored = inv_beta_reg(d2 / 2.0, d1 / 2.0, 0.025);
    d2 * (1.0 - mirrored) / (d1 * mirrored)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Six targets by four judges: table 2 of Shrout & Fleiss 1979.
    fn shrout_fleiss() -> Vec<Vec<f64>> {
        [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
            .map(|row| row.map(f64::from).to_vec())
            .to_vec()
    }

    fn assert_icc(found: Icc, value: f64, ci95: [f64; 2]) {
        // Estimates: the paper's table 4; intervals: R's psych::ICC on the same data.
        assert!((found.value - value).abs() < 6e-4, "{found:?}");
        assert!((found.ci95[0] - ci95[0]).abs() < 2e-3 && (found.ci95[1] - ci95[1]).abs() < 2e-3, "{found:?}");
    }

    #[test]
    fn icc_matches_the_worked_example_of_shrout_and_fleiss() {
        let data = shrout_fleiss();
        assert_icc(icc_1_1(&data).expect("complete"), 0.166, [-0.133, 0.723]);
        assert_icc(icc_2_1(&data).expect("complete"), 0.290, [0.019, 0.761]);
        assert_icc(icc_3_1(&data).expect("complete"), 0.715, [0.342, 0.946]);
    }

    #[test]
    fn f_quantiles_match_published_tables() {
        for (d1, d2, expected) in [(5.0, 15.0, 3.5764), (15.0, 5.0, 6.4277), (1.0, 1.0, 647.789), (10.0, 120.0, 2.1570)]
        {
            let found = f_quantile_975(d1, d2);
            assert!((found / expected - 1.0).abs() < 1e-4, "F({d1}, {d2}) = {found}");
        }
    }

    #[test]
    fn a_constant_bias_counts_against_agreement_but_not_consistency() {
        let biased: Vec<Vec<f64>> = (0..8).map(|i| vec![f64::from(i), f64::from(i) + 3.0]).collect();
        assert!((icc_3_1(&biased).expect("complete").value - 1.0).abs() < 1e-12);
        assert!(icc_2_1(&biased).expect("complete").value < 0.7);
    }

    #[test]
    fn incomplete_or_constant_measurements_are_refused() {
        assert_eq!(icc_2_1(&[]), Err(AgreementError::TooFewSubjects { found: 0, expected: 2 }));
        assert_eq!(icc_2_1(&[vec![1.0], vec![2.0]]), Err(AgreementError::TooFewObservers(1)));
        assert_eq!(icc_2_1(&[vec![1.0, 1.0], vec![1.0, 1.0]]), Err(AgreementError::NoVariation));
        assert_eq!(icc_2_1(&[vec![1.0, 2.0], vec![1.0, 2.0]]), Err(AgreementError::NoVariation));
        let ragged = icc_2_1(&[vec![1.0, 2.0], vec![2.0]]);
        assert_eq!(ragged, Err(AgreementError::Ragged { subject: 1, found: 1, expected: 2 }));
        let nan = icc_2_1(&[vec![1.0, 2.0], vec![2.0, f64::NAN]]);
        assert!(matches!(nan, Err(AgreementError::NotFinite { subject: 1, observer: 1, .. })));
    }

    proptest! {
        #[test]
        fn identical_observers_agree_perfectly(values in prop::collection::vec(-40.0f64..40.0, 3..20)) {
            prop_assume!(values.iter().any(|v| (v - values[0]).abs() > 1e-3));
            let subjects: Vec<Vec<f64>> = values.iter().map(|v| vec![*v; 4]).collect();
            prop_assert!((icc_2_1(&subjects).expect("complete").value - 1.0).abs() < 1e-9);
        }

        #[test]
        fn icc_does_not_depend_on_the_order_of_observers_or_the_unit(
            subjects in prop::collection::vec(prop::collection::vec(-40.0f64..40.0, 3), 4..12), scale in 0.1f64..10.0,
        ) {
            let found = icc_2_1(&subjects).expect("complete");
            let reordered: Vec<Vec<f64>> = subjects.iter().map(|s| vec![s[2] * scale, s[0] * scale, s[1] * scale]).collect();
            let again = icc_2_1(&reordered).expect("complete");
            prop_assert!((found.value - again.value).abs() < 1e-9);
            prop_assert!(found.ci95[0] <= found.value && found.value <= found.ci95[1], "{found:?}");
        }
    }
}
