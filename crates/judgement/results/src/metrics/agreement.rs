//! How far observers agree on the same disc: one figure from all attempts of an arm.

use std::collections::{BTreeMap, BTreeSet};

use randomness::Stream;
use scoring::summary::bootstrap_ci95;

use crate::metrics::observations::Observations;
use crate::{CaseAttempt, DiscResult};
use geometry::Disc;

/// Seed of the agreement figures' resampling: any constant serves, since it only draws cases.
const RESAMPLING_SEED: u64 = 0;

/// What each observer planned for one disc of one case.
type Subject<'a> = BTreeMap<&'a str, f64>;

/// Pooled between-observer SD of the planned sagittal tilt, degrees.
pub(crate) fn angle_sd_deg(attempts: &[CaseAttempt<'_>]) -> Observations {
    pooled_sd(&cases(attempts, |disc| disc.planned_sagittal_tilt_deg))
}

/// Pooled between-observer SD of the planned position along the table, mm.
pub(crate) fn position_sd_mm(attempts: &[CaseAttempt<'_>]) -> Observations {
    pooled_sd(&cases(attempts, |disc| disc.planned_position_mm))
}

/// ICC(2,1) of the planned sagittal tilt over the discs that every observer planned.
pub(crate) fn icc(attempts: &[CaseAttempt<'_>]) -> Observations {
    let cases = cases(attempts, |disc| disc.planned_sagittal_tilt_deg);
    let subjects: Vec<&Subject<'_>> = cases.iter().flatten().collect();
    let observers: BTreeSet<&str> = subjects.iter().flat_map(|subject| subject.keys().copied()).collect();
    let complete: Vec<Vec<f64>> = subjects
        .into_iter()
        .filter(|subject| subject.len() == observers.len())
        .map(|subject| subject.values().copied().collect())
        .collect();
    match scoring::agreement::icc_2_1(&complete) {
        Ok(icc) => Observations::Estimate { value: icc.value, ci95: Some(icc.ci95), subjects: complete.len() },
        Err(_) => Observations::default(),
    }
}

/// Discs with what each observer planned, by case; only discs that two observers or more planned.
fn cases<'a>(attempts: &[CaseAttempt<'a>], planned: impl Fn(&DiscResult) -> Option<f64>) -> Vec<Vec<Subject<'a>>> {
    let mut cases: BTreeMap<(&str, u64), BTreeMap<Disc, Subject<'_>>> = BTreeMap::new();
    for CaseAttempt { case, attempt } in attempts {
        for disc in &attempt.plan.discs {
            if let Some(planned) = planned(disc).filter(|planned| planned.is_finite()) {
                let discs = cases.entry((&case.scenario, case.case)).or_default();
                discs.entry(disc.disc).or_default().insert(&attempt.observer, planned);
            }
        }
    }
    let several = |subject: &Subject<'_>| subject.len() >= 2;
    cases.into_values().map(|discs| discs.into_values().filter(several).collect()).collect()
}

/// √(mean of the discs' variances between observers), with a bootstrap interval over cases.
fn pooled_sd(cases: &[Vec<Subject<'_>>]) -> Observations {
    let variances: Vec<Vec<f64>> = cases.iter().map(|discs| discs.iter().map(variance).collect()).collect();
    let pooled = |drawn: &[usize]| {
        let (sum, n) = drawn
            .iter()
            .fold((0.0, 0), |(sum, n), case| (sum + variances[*case].iter().sum::<f64>(), n + variances[*case].len()));
        (n > 0).then(|| (sum / n as f64).sqrt())
    };
    let all: Vec<usize> = (0..variances.len()).collect();
    match pooled(&all) {
        Some(value) => Observations::Estimate {
            value,
            ci95: bootstrap_ci95(variances.len(), &Stream::from_seed(RESAMPLING_SEED), pooled),
            subjects: variances.iter().map(Vec::len).sum(),
        },
        None => Observations::default(),
    }
}

fn variance(subject: &Subject<'_>) -> f64 {
    let n = subject.len() as f64;
    let mean = subject.values().sum::<f64>() / n;
    subject.values().map(|planned| (planned - mean).powi(2)).sum::<f64>() / (n - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case_result::attempts_of;
    use crate::fixture::{attempt, case_of, disc};
    use crate::{Arm, CaseResult};

    /// A case of observers who planned these tilts, degrees.
    fn case(number: u64, planned: &[(&str, &[(&str, f64)])]) -> CaseResult {
        let attempts = planned.iter().map(|(observer, tilts)| {
            let discs = tilts
                .iter()
                .map(|(name, tilt_deg)| DiscResult { planned_sagittal_tilt_deg: Some(*tilt_deg), ..disc(name, 0.0) });
            attempt(Arm::Manual, observer, discs.collect())
        });
        case_of(number, attempts.collect())
    }

    #[test]
    fn pooled_sd_of_a_worked_example() {
        // Variances between observers 2 and 8: pooled √5. The disc that only one planned does not count.
        let cases = [
            case(0, &[("a", &[("L4/L5", 10.0)]), ("b", &[("L4/L5", 12.0)])]),
            case(1, &[("a", &[("L4/L5", 20.0), ("L5/S1", 99.0)]), ("b", &[("L4/L5", 24.0)])]),
        ];
        let found = angle_sd_deg(&attempts_of(&cases, Arm::Manual));
        let Observations::Estimate { value, subjects, .. } = found else { panic!("{found:?}") };
        assert!((value - 5.0_f64.sqrt()).abs() < 1e-12, "{value}");
        assert_eq!(subjects, 2);
    }

    #[test]
    fn observers_who_agree_have_a_high_icc_and_one_observer_has_none() {
        let cases: Vec<_> = (0..12)
            .map(|number| {
                let tilt_deg = number as f64 * 3.0;
                let other_deg = tilt_deg + if number % 2 == 0 { 0.3 } else { -0.3 };
                case(number, &[("a", &[("L4/L5", tilt_deg)]), ("b", &[("L4/L5", other_deg)])])
            })
            .collect();
        let attempts = attempts_of(&cases, Arm::Manual);
        let found = icc(&attempts);
        let Observations::Estimate { value, ci95: Some([low, high]), subjects: 12 } = found else {
            panic!("{found:?}")
        };
        assert!(value > 0.99 && low < value && value < high, "{low} {value} {high}");
        let alone: Vec<_> = attempts.into_iter().filter(|planned| planned.attempt.observer == "a").collect();
        assert!(icc(&alone).is_empty());
    }
}
