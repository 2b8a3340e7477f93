//! Agreement of two readers who grade (Cohen, Educ Psychol Meas 1960;20:37; weighted: Psychol Bull 1968;70:213).

use super::AgreementError;

/// How a disagreement counts by the number of grades between two readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// Every disagreement counts alike.
    Unweighted,
    /// In proportion to the distance.
    Linear,
    /// In proportion to its square.
    Quadratic,
}

impl Weighting {
    fn disagreement(self, a: usize, b: usize) -> f64 {
        let distance = a.abs_diff(b) as f64;
        match self {
            Self::Unweighted => f64::from(a != b),
            Self::Linear => distance,
            Self::Quadratic => distance.powi(2),
        }
    }
}

/// Cohen's kappa of paired grades: 1 for perfect, 0 for chance agreement.
///
/// # Errors
/// [`AgreementError`] for lists of other lengths or empty ones, and where both readers give all
/// subjects one same grade.
pub fn cohen_kappa(first: &[usize], second: &[usize], weighting: Weighting) -> Result<f64, AgreementError> {
    if first.len() != second.len() {
        return Err(AgreementError::Unpaired { first: first.len(), second: second.len() });
    }
    if first.is_empty() {
        return Err(AgreementError::TooFewSubjects { found: 0, expected: 1 });
    }
    let n = first.len() as f64;
    let seen = first.iter().zip(second).map(|(a, b)| weighting.disagreement(*a, *b)).sum::<f64>() / n;
    // Chance: every grade of the first reader against every grade of the second.
    let pairs = first.iter().flat_map(|a| second.iter().map(|b| weighting.disagreement(*a, *b)));
    let chance = pairs.sum::<f64>() / (n * n);
    if chance > 0.0 { Ok(1.0 - seen / chance) } else { Err(AgreementError::NoVariation) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paired grades from a table of counts.
    fn grades<const N: usize>(table: [[usize; N]; N]) -> (Vec<usize>, Vec<usize>) {
        let cells = (0..N).flat_map(|a| (0..N).map(move |b| (a, b)));
        cells.flat_map(|(a, b)| std::iter::repeat_n((a, b), table[a][b])).unzip()
    }

    #[test]
    fn worked_examples() {
        // 70 % seen, 50 % by chance: kappa 0.4.
        let (a, b) = grades([[20, 5], [10, 15]]);
        for weighting in [Weighting::Unweighted, Weighting::Linear, Weighting::Quadratic] {
            assert!((cohen_kappa(&a, &b, weighting).expect("pairs") - 0.4).abs() < 1e-12);
        }
        // Disagreement by hand: seen (4 + 2)/20 and (4 + 2·4)/20; chance from the margins 9, 6, 5 and 8, 6, 6.
        let (a, b) = grades([[6, 2, 1], [1, 4, 1], [1, 0, 4]]);
        let linear = (9.0 * 6.0 + 9.0 * 6.0 * 2.0 + 6.0 * 8.0 + 6.0 * 6.0 + 5.0 * 8.0 * 2.0 + 5.0 * 6.0) / 400.0;
        let found = cohen_kappa(&a, &b, Weighting::Linear).expect("pairs");
        assert!((found - (1.0 - (4.0 + 2.0 * 2.0) / 20.0 / linear)).abs() < 1e-12, "{found}");
    }

    #[test]
    fn perfect_agreement_is_one_and_one_grade_says_nothing() {
        assert_eq!(cohen_kappa(&[0, 1, 2], &[0, 1, 2], Weighting::Quadratic), Ok(1.0));
        assert_eq!(cohen_kappa(&[1, 1], &[1, 1], Weighting::Unweighted), Err(AgreementError::NoVariation));
        assert!(cohen_kappa(&[1], &[], Weighting::Unweighted).is_err());
    }
}
