//! The spread between observers in the measurement's own unit.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::AgreementError;

/// A standard deviation with its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The estimate.
    pub sd: f64,
    /// 95 % confidence interval.
    pub ci95: [f64; 2],
}

/// Pooled between-observer SD: √(mean over subjects of the variance between observers), in the unit of the
/// measurements. `patients[p][s]` holds what observers measured of subject `s` of patient `p`; subjects with fewer than
/// two measurements are ignored.
///
/// The interval counts patients: a patient's subjects resemble each other. It is Student's on the logarithm of the
/// variance, whose error is that of a ratio over clusters (Cochran, Sampling Techniques, 3rd ed. 1977, §6.3); the
/// logarithm keeps it above zero.
///
/// # Errors
/// [`AgreementError::TooFewSubjects`] if fewer than two patients have a subject that two observers measured: one patient
/// says nothing of others.
pub fn between_observer_sd(patients: &[Vec<Vec<f64>>]) -> Result<Spread, AgreementError> {
    // Sum of the variances and number of subjects of each patient.
    let clusters: Vec<(f64, f64)> = patients
        .iter()
        .map(|subjects| {
            let measured = subjects.iter().filter(|measured| measured.len() >= 2);
            measured.fold((0.0, 0.0), |(sum, n), measured| (sum + variance(measured), n + 1.0))
        })
        .filter(|(_, subjects)| *subjects > 0.0)
        .collect();
    let n = clusters.len() as f64;
    if clusters.len() < 2 {
        return Err(AgreementError::TooFewSubjects { found: clusters.len(), expected: 2 });
    }
    let (sum, subjects) = clusters.iter().fold((0.0, 0.0), |whole, own| (whole.0 + own.0, whole.1 + own.1));
    let variance = sum / subjects;
    if variance <= 0.0 {
        return Ok(Spread { sd: 0.0, ci95: [0.0, 0.0] });
    }
    let residuals = clusters.iter().map(|(own, number)| (own - variance * number).powi(2)).sum::<f64>();
    let standard_error = (residuals / (n * (n - 1.0))).sqrt() / (subjects / n);
    let t = StudentsT::new(0.0, 1.0, n - 1.0).expect("at least one degree of freedom").inverse_cdf(0.975);
    // The logarithm of an SD is half that of its variance.
    let factor = (t * standard_error / variance / 2.0).exp();
    let sd = variance.sqrt();
    Ok(Spread { sd, ci95: [sd / factor, sd * factor] })
}

fn variance(measured: &[f64]) -> f64 {
    let n = measured.len() as f64;
    let mean = measured.iter().sum::<f64>() / n;
    measured.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use randomness::{Stream, normal};

    #[test]
    fn sd_pools_the_variances_of_subjects_with_two_measurements() {
        // Variances 2 and 8; the single measurement is ignored.
        let patients = [vec![vec![10.0, 12.0]], vec![vec![20.0, 24.0], vec![99.0]]];
        let spread = between_observer_sd(&patients).expect("two patients");
        assert!((spread.sd - 5.0_f64.sqrt()).abs() < 1e-12, "{spread:?}");
        assert!(spread.ci95[0] > 0.0 && spread.ci95[0] < spread.sd && spread.sd < spread.ci95[1], "{spread:?}");
    }

    #[test]
    fn one_patient_has_no_spread_however_many_discs() {
        let alone = [vec![vec![10.0, 12.0], vec![3.0, 4.0], vec![7.0, 1.0]]];
        assert_eq!(between_observer_sd(&alone), Err(AgreementError::TooFewSubjects { found: 1, expected: 2 }));
    }

    #[test]
    fn nineteen_of_twenty_intervals_hold_the_true_spread() {
        // Six observers with an SD of 2°, five discs a patient, 12 patients, whose care differs by a third.
        let held = (0..400).filter(|seed| {
            let mut rng = Stream::from_seed(*seed).rng();
            let mut patient = || {
                let sd = 2.0 * normal(&mut rng, 0.0, 0.3).exp() / 0.09_f64.exp();
                (0..5).map(|_| (0..6).map(|_| normal(&mut rng, 0.0, sd)).collect()).collect()
            };
            let patients: Vec<Vec<Vec<f64>>> = (0..12).map(|_| patient()).collect();
            let [low, high] = between_observer_sd(&patients).expect("12 patients").ci95;
            (low..=high).contains(&2.0)
        });
        let held = held.count();
        // 95 % of 400 are 380; three binomial SDs are 13.
        assert!((362..=396).contains(&held), "{held} of 400 intervals hold the true SD");
    }
}
