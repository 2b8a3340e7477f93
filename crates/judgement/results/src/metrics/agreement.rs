//! How far observers agree on the same disc: one figure from all attempts of an arm.
//!
//! What differs between patients is judged at one level, or within levels: L5/S1 is steeper than L1/L2 in everybody, and
//! that is no difference between patients. Intervals are over patients, and one patient alone has no figure.

use std::collections::{BTreeMap, BTreeSet};

use geometry::Disc;
use scoring::agreement::{MeasuredSubject, Spread, between_observer_sd, icc_2_1, icc_within_levels};

use crate::metrics::observations::Observations;
use crate::{CaseAttempt, DiscResult};

/// What each observer planned for one disc of one patient.
type Subject<'a> = BTreeMap<&'a str, f64>;
/// Patients with their discs.
type Patients<'a> = Vec<BTreeMap<Disc, Subject<'a>>>;

/// Between-observer SD of the planned sagittal tilt, degrees.
pub(crate) fn angle_sd_deg(attempts: &[CaseAttempt<'_>], level: Option<Disc>) -> Observations {
    spread(&patients(attempts, level, |disc| disc.planned_sagittal_tilt_deg))
}

/// Between-observer SD of the planned position along the table, mm.
pub(crate) fn position_sd_mm(attempts: &[CaseAttempt<'_>], level: Option<Disc>) -> Observations {
    spread(&patients(attempts, level, |disc| disc.planned_position_mm))
}

/// ICC of the planned sagittal tilt over the discs that every observer planned: of one level ICC(2,1) over patients, of
/// all levels the same from variance components, with the levels' variance removed.
pub(crate) fn icc(attempts: &[CaseAttempt<'_>], level: Option<Disc>) -> Observations {
    let patients = patients(attempts, level, |disc| disc.planned_sagittal_tilt_deg);
    let discs =
        || patients.iter().enumerate().flat_map(|(n, discs)| discs.iter().map(move |(disc, own)| (n, disc, own)));
    let observers: BTreeSet<&str> = discs().flat_map(|(_, _, subject)| subject.keys().copied()).collect();
    let levels: BTreeSet<Disc> = discs().map(|(_, disc, _)| *disc).collect();
    let complete: Vec<MeasuredSubject> = discs()
        .filter(|(_, _, subject)| subject.len() == observers.len())
        .map(|(patient, disc, subject)| MeasuredSubject {
            patient,
            level: levels.iter().position(|level| level == disc).unwrap_or_default(),
            measured: subject.values().copied().collect(),
        })
        .collect();
    let measured_patients = complete.iter().map(|subject| subject.patient).collect::<BTreeSet<_>>().len();
    let found = match level {
        Some(_) => {
            let rows: Vec<Vec<f64>> = complete.into_iter().map(|subject| subject.measured).collect();
            icc_2_1(&rows).map(|icc| (icc.value, Some(icc.ci95)))
        }
        None => icc_within_levels(&complete).map(|icc| (icc.value, icc.ci95)),
    };
    found.map_or_else(
        |_| Observations::default(),
        |(value, ci95)| Observations::Estimate { value, ci95, subjects: measured_patients },
    )
}

/// Patients with what each observer planned for their discs; only discs that two observers or more planned.
fn patients<'a>(
    attempts: &[CaseAttempt<'a>],
    level: Option<Disc>,
    planned: impl Fn(&DiscResult) -> Option<f64>,
) -> Patients<'a> {
    let mut patients: BTreeMap<(&str, u64), BTreeMap<Disc, Subject<'_>>> = BTreeMap::new();
    for CaseAttempt { case, attempt } in attempts {
        for disc in attempt.plan.discs.iter().filter(|disc| level.is_none_or(|level| level == disc.disc)) {
            if let Some(planned) = planned(disc).filter(|planned| planned.is_finite()) {
                let discs = patients.entry((&case.scenario, case.case)).or_default();
                discs.entry(disc.disc).or_default().insert(&attempt.observer, planned);
            }
        }
    }
    patients.values_mut().for_each(|discs| discs.retain(|_, subject| subject.len() >= 2));
    patients.into_values().filter(|discs| !discs.is_empty()).collect()
}

/// √(mean of the discs' variances between observers).
fn spread(patients: &Patients<'_>) -> Observations {
    let measured: Vec<Vec<Vec<f64>>> = patients
        .iter()
        .map(|discs| discs.values().map(|subject| subject.values().copied().collect()).collect())
        .collect();
    match between_observer_sd(&measured) {
        Ok(Spread { sd, ci95 }) => Observations::Estimate { value: sd, ci95: Some(ci95), subjects: measured.len() },
        Err(_) => Observations::default(),
    }
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
        let found = angle_sd_deg(&attempts_of(&cases, Arm::Manual), None);
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
        let found = icc(&attempts, None);
        let Observations::Estimate { value, ci95: Some([low, high]), subjects: 12 } = found else {
            panic!("{found:?}")
        };
        assert!(value > 0.99 && low < value && value < high, "{low} {value} {high}");
        let alone: Vec<_> = attempts.into_iter().filter(|planned| planned.attempt.observer == "a").collect();
        assert!(icc(&alone, None).is_empty());
    }

    /// Two observers who differ by 2° and more, on discs whose tilt is mostly their level's.
    fn lordotic(patients: u64) -> Vec<CaseResult> {
        (0..patients)
            .map(|number| {
                let own_deg = (number % 3) as f64;
                let by = |sign: f64| {
                    ["L3/L4", "L4/L5", "L5/S1"].map(|name| {
                        let level_deg = f64::from(name.as_bytes()[1]) * 15.0;
                        (name, level_deg + own_deg + sign * (1.0 + (number % 2) as f64))
                    })
                };
                let (first, second) = (by(1.0), by(-1.0));
                case(number, &[("a", &first), ("b", &second)])
            })
            .collect()
    }

    #[test]
    fn lordosis_is_not_taken_for_the_patient() {
        let cases = lordotic(24);
        let attempts = attempts_of(&cases, Arm::Manual);
        for level in [None, Some("L4/L5".parse().expect("a disc"))] {
            let Observations::Estimate { value, subjects: 24, .. } = icc(&attempts, level) else {
                panic!("{:?}", icc(&attempts, level))
            };
            // Patients' variance 0.7 deg²; observers' and residual variance several times that.
            assert!(value < 0.3, "{level:?}: {value}, though levels lie 15° apart");
        }
    }

    #[test]
    fn one_patient_alone_has_no_agreement() {
        let one = lordotic(1);
        let attempts = attempts_of(&one, Arm::Manual);
        for level in [None, Some("L4/L5".parse().expect("a disc"))] {
            assert!(icc(&attempts, level).is_empty(), "ICC");
            assert!(angle_sd_deg(&attempts, level).is_empty(), "SD");
        }
    }
}
