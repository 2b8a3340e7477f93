//! Agreement of two readers' grades (Cohen, Educ Psychol Meas 1960;20:37; weighted: Psychol Bull 1968;70:213).

use super::AgreementError;

/// Weight of a disagreement, by the number of grades between the two readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighting {
    /// Every disagreement has the same weight.
    Unweighted,
    /// Proportional to the distance.
    Linear,
    /// Proportional to the squared distance.
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
/// [`AgreementError`] for lists of different lengths, empty lists, and if both readers give every subject
/// the same grade.
pub fn cohen_kappa(first: &[usize], second: &[usize], weighting: Weighting) -> Result<f64, AgreementError> {
    if first.len() != second.len() {
        return Err(AgreementError::Unpaired { first: first.len(), second: second.len() });
    }
    if first.is_empty() {
        return Err(AgreementError::TooFewSubjects { found: 0, expected: 1 });
    }
    let n = first.len() as f64;
    let observed = first.iter().zip(second).map(|(a, b)| weighting.disagreement(*a, *b)).sum::<f64>() / n;
    // Expected by chance: every grade of the first reader against every grade of the second.
    let pairs = first.iter().flat_map(|a| second.iter().map(|b| weighting.disagreement(*a, *b)));
    let expected = pairs.sum::<f64>() / (n * n);
    if expected > 0.0 { Ok(1.0 - observed / expected) } else { Err(AgreementError::NoVariation) }
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
    fn kappa_of_hand_calculated_examples() {
        // 70 % observed, 50 % expected by chance: kappa 0.4.
        let (a, b) = grades([[20, 5], [10, 15]]);
        for weighting in [Weighting::Unweighted, Weighting::Linear, Weighting::Quadratic] {
            assert!((cohen_kappa(&a, &b, weighting).expect("pairs") - 0.4).abs() < 1e-12);
        }
        // Disagreement by hand: observed (4 + 2·2)/20; expected from the margins 9, 6, 5 and 8, 6, 6.
        let (a, b) = grades([[6, 2, 1], [1, 4, 1], [1, 0, 4]]);
        let linear = (9.0 * 6.0 + 9.0 * 6.0 * 2.0 + 6.0 * 8.0 + 6.0 * 6.0 + 5.0 * 8.0 * 2.0 + 5.0 * 6.0) / 400.0;
        let found = cohen_kappa(&a, &b, Weighting::Linear).expect("pairs");
        assert!((found - (1.0 - (4.0 + 2.0 * 2.0) / 20.0 / linear)).abs() < 1e-12, "{found}");
    }

    #[test]
    fn kappa_is_one_for_perfect_agreement_and_undefined_for_a_single_grade() {
        assert_eq!(cohen_kappa(&[0, 1, 2], &[0, 1, 2], Weighting::Quadratic), Ok(1.0));
        assert_eq!(cohen_kappa(&[1, 1], &[1, 1], Weighting::Unweighted), Err(AgreementError::NoVariation));
        assert!(cohen_kappa(&[1], &[], Weighting::Unweighted).is_err());
    }
}
