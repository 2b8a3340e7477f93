//! Agreement on subjects of several kinds: discs of several levels, whose tilts differ by anatomy.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::AgreementError;

/// What every observer measured of one subject: one disc of one patient.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasuredSubject {
    /// Which patient; any number that tells patients apart.
    pub patient: usize,
    /// Which level; any number that tells levels apart.
    pub level: usize,
    /// Observer j's measurement at place j.
    pub measured: Vec<f64>,
}

/// The variances of the model
///
/// > measurement = mean of the level + subject + observer + residual,
///
/// where a subject is a patient's disc. Levels are fixed: that L5/S1 is steeper than L1/L2 in everybody is anatomy, and no
/// difference between patients. Estimated from mean squares, which equal REML's estimates where these are not negative,
/// since every observer measures every subject (Searle, Casella & McCulloch, Variance Components, 1992, ch. 4).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VarianceComponents {
    /// Between patients at the same level.
    pub subject: f64,
    /// Between observers.
    pub observer: f64,
    /// What is left.
    pub residual: f64,
}

/// A coefficient with its interval, if there is one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdjustedIcc {
    /// The estimate, at most 1.
    pub value: f64,
    /// 95 % confidence interval over patients, for these observers; `None` for fewer than three patients.
    pub ci95: Option<[f64; 2]>,
}

impl VarianceComponents {
    /// Estimates the variances.
    ///
    /// # Errors
    /// [`AgreementError`] for fewer than two patients or observers, for levels with one patient each, for gaps and for
    /// measurements that do not vary.
    pub fn of(subjects: &[MeasuredSubject]) -> Result<Self, AgreementError> {
        let distinct = |key: fn(&MeasuredSubject) -> usize| {
            let mut keys: Vec<usize> = subjects.iter().map(key).collect();
            keys.sort_unstable();
            keys.dedup();
            keys
        };
        let (patients, levels) = (distinct(|subject| subject.patient).len(), distinct(|subject| subject.level));
        if patients < 2 || subjects.len() <= levels.len() {
            return Err(AgreementError::TooFewSubjects { found: patients.min(1), expected: 2 });
        }
        let rows: Vec<Vec<f64>> = subjects.iter().map(|subject| subject.measured.clone()).collect();
        let observers = super::icc::checked(&rows)?;

        let (n, k) = (subjects.len() as f64, observers as f64);
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let of_subject: Vec<f64> = rows.iter().map(|row| mean(row)).collect();
        let grand = mean(&of_subject);
        let of_observer: Vec<f64> = (0..observers).map(|j| rows.iter().map(|row| row[j]).sum::<f64>() / n).collect();
        let between_subjects: f64 = levels
            .iter()
            .map(|level| {
                let at_level = subjects.iter().zip(&of_subject).filter(|(subject, _)| subject.level == *level);
                let means: Vec<f64> = at_level.map(|(_, mean)| *mean).collect();
                let middle = mean(&means);
                means.iter().map(|own| (own - middle).powi(2)).sum::<f64>()
            })
            .sum();
        let residuals = rows.iter().zip(&of_subject).flat_map(|(row, own)| {
            row.iter().zip(&of_observer).map(move |(x, observer)| (x - own - observer + grand).powi(2))
        });

        let subject_square = k * between_subjects / (n - levels.len() as f64);
        let observer_square = n * of_observer.iter().map(|own| (own - grand).powi(2)).sum::<f64>() / (k - 1.0);
        let residual = residuals.sum::<f64>() / ((n - 1.0) * (k - 1.0));
        if subject_square + residual <= 0.0 {
            return Err(AgreementError::NoVariation);
        }
        Ok(Self { subject: (subject_square - residual) / k, observer: (observer_square - residual) / n, residual })
    }

    /// Part of the variance that is the patient: the adjusted repeatability of Nakagawa & Schielzeth (Biol Rev
    /// 2010;85:935) for absolute agreement; ICC(2,1) if there is one level.
    pub fn icc(&self) -> f64 {
        self.subject / (self.subject + self.observer + self.residual)
    }
}

/// ICC of single measurements with the levels' variance removed. The interval is Student's from the jackknife over
/// patients on Fisher's z of an intraclass correlation (Arvesen & Schmitz, Biometrics 1970;26:677): a patient's discs are
/// left out together.
///
/// # Errors
/// As [`VarianceComponents::of`].
pub fn icc_within_levels(subjects: &[MeasuredSubject]) -> Result<AdjustedIcc, AgreementError> {
    let value = VarianceComponents::of(subjects)?.icc();
    if 1.0 - value < 1e-12 {
        return Ok(AdjustedIcc { value: 1.0, ci95: Some([1.0, 1.0]) });
    }
    let k = subjects[0].measured.len() as f64;
    let z_of = |icc: f64| 0.5 * ((1.0 + (k - 1.0) * icc) / (1.0 - icc)).ln();
    let icc_of = |z: f64| ((2.0 * z).exp() - 1.0) / ((2.0 * z).exp() + k - 1.0);

    let mut patients: Vec<usize> = subjects.iter().map(|subject| subject.patient).collect();
    patients.sort_unstable();
    patients.dedup();
    let without = |patient: usize| {
        let others: Vec<_> = subjects.iter().filter(|subject| subject.patient != patient).cloned().collect();
        VarianceComponents::of(&others).ok().map(|components| z_of(components.icc())).filter(|z| z.is_finite())
    };
    let left_out: Option<Vec<f64>> = patients.iter().map(|patient| without(*patient)).collect();
    let ci95 = left_out.map(|z| {
        let n = z.len() as f64;
        let mean = z.iter().sum::<f64>() / n;
        let standard_error = ((n - 1.0) / n * z.iter().map(|own| (own - mean).powi(2)).sum::<f64>()).sqrt();
        let t = StudentsT::new(0.0, 1.0, n - 1.0).expect("at least one degree of freedom").inverse_cdf(0.975);
        [-1.0, 1.0].map(|sign| icc_of(z_of(value) + sign * t * standard_error))
    });
    Ok(AdjustedIcc { value, ci95: ci95.filter(|ends| ends.iter().all(|end| end.is_finite())) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::icc_2_1;
    use randomness::{Stream, normal};

    /// Discs of `patients` patients at five levels that lie 10° apart, tilted by `patient_sd`, each with an error of
    /// `observer_sd` by the observer and `residual_sd` by chance; all in degrees.
    fn simulated(seed: u64, patients: usize, [patient_sd, observer_sd, residual_sd]: [f64; 3]) -> Vec<MeasuredSubject> {
        let mut rng = Stream::from_seed(seed).rng();
        let observers: Vec<f64> = (0..6).map(|_| normal(&mut rng, 0.0, observer_sd)).collect();
        let discs = (0..patients).flat_map(|patient| (0..5).map(move |level| (patient, level)));
        discs
            .map(|(patient, level)| {
                let own = 10.0 * level as f64 + normal(&mut rng, 0.0, patient_sd);
                let measured = observers.iter().map(|observer| own + observer + normal(&mut rng, 0.0, residual_sd));
                MeasuredSubject { patient, level, measured: measured.collect() }
            })
            .collect()
    }

    #[test]
    fn components_match_reml_of_statsmodels() {
        // x ~ C(level) + (1 | subject) + (1 | observer), statsmodels 0.14 MixedLM: 3.4749, 5.2636, 1.6455. The second level
        // lies 20 higher and has one patient less.
        let first = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]];
        let second = [[29, 21, 26, 27], [25, 22, 24, 21], [31, 24, 25, 29], [27, 20, 23, 24], [30, 27, 26, 30]];
        let levels = [first.as_slice(), second.as_slice()];
        let subjects = levels.into_iter().enumerate().flat_map(|(level, table)| {
            let subject = move |(patient, row): (usize, &[i32; 4])| MeasuredSubject {
                patient,
                level,
                measured: row.iter().map(|x| f64::from(*x)).collect(),
            };
            table.iter().enumerate().map(subject)
        });
        let found = VarianceComponents::of(&subjects.collect::<Vec<_>>()).expect("complete");
        for (found, expected) in [(found.subject, 3.4749), (found.observer, 5.2636), (found.residual, 1.6455)] {
            assert!((found - expected).abs() < 2e-4, "{found} {expected}");
        }
        assert!((found.icc() - 0.3346).abs() < 1e-4, "{}", found.icc());
    }

    #[test]
    fn anatomy_that_all_patients_share_is_no_agreement() {
        // Patients differ by 2°, observers by chance by 2°: half of the variance within a level is the patient.
        let subjects = simulated(1, 60, [2.0, 0.0, 2.0]);
        let adjusted = icc_within_levels(&subjects).expect("60 patients");
        assert!((adjusted.value - 0.5).abs() < 0.1, "{adjusted:?}");
        let pooled: Vec<Vec<f64>> = subjects.into_iter().map(|subject| subject.measured).collect();
        assert!(icc_2_1(&pooled).expect("300 discs").value > 0.95, "what counting every disc as a subject gives");
    }

    #[test]
    fn with_one_level_it_is_the_usual_coefficient() {
        let subjects: Vec<_> = simulated(2, 30, [3.0, 1.0, 1.0]).into_iter().filter(|s| s.level == 2).collect();
        let rows: Vec<Vec<f64>> = subjects.iter().map(|subject| subject.measured.clone()).collect();
        let (adjusted, usual) = (icc_within_levels(&subjects).expect("30"), icc_2_1(&rows).expect("30"));
        assert!((adjusted.value - usual.value).abs() < 1e-12, "{adjusted:?} {usual:?}");
    }

    #[test]
    fn one_patient_alone_has_no_coefficient() {
        let one = simulated(3, 1, [3.0, 1.0, 1.0]);
        assert_eq!(icc_within_levels(&one), Err(AgreementError::TooFewSubjects { found: 1, expected: 2 }));
        let two = icc_within_levels(&simulated(3, 2, [3.0, 1.0, 1.0])).expect("two patients");
        assert_eq!(two.ci95, None, "leaving one of two out leaves none to compare");
    }

    #[test]
    fn nineteen_of_twenty_intervals_hold_the_true_coefficient() {
        // No observer bias: the interval is one for the observers at hand.
        let truth = 9.0 / (9.0 + 1.0);
        let held = (0..300).filter(|seed| {
            let interval = icc_within_levels(&simulated(*seed, 24, [3.0, 0.0, 1.0])).expect("24 patients").ci95;
            interval.is_some_and(|[low, high]| (low..=high).contains(&truth))
        });
        let held = held.count();
        // 95 % of 300 are 285; three binomial SDs are 11.
        assert!((271..=297).contains(&held), "{held} of 300 intervals hold the true coefficient");
    }
}
