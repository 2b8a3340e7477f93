//! Made-up planners whose errors are like those of real ones: what the comparison is tried on hundreds of times.

use std::path::Path;

use geometry::Disc;
use randomness::rand::Rng;
use randomness::{Stream, normal};

use crate::case_result::{StackResult, repeat_name};
use crate::fixture::{attempt, case_of, disc, identity};
use crate::identity::Selection;
use crate::manifest::Provenance;
use crate::run::Run;
use crate::{Arm, AttemptResult, CaseResult, DiscResult, PlanResult};

/// The lumbar levels.
const LEVELS: [&str; 5] = ["L1/L2", "L2/L3", "L3/L4", "L4/L5", "L5/S1"];
/// Plans of each patient, on localizers of their own.
const REPEATS: u32 = 2;

/// SD of the tilt error that a patient's disc gives every planner (its shape, its degeneration), degrees.
const DISC_SD_DEG: f64 = 0.5;
/// SD of the tilt error that a patient gives all their discs, degrees.
const PATIENT_SD_DEG: f64 = 0.3;
/// SD of the tilt error that the localizer's noise adds, degrees; with the two above 0.8° in all, as the built-in planner's.
const NOISE_SD_DEG: f64 = 0.5;
/// SD of the slices' offset by the patient, and the same by noise, mm.
const OFFSET_SD_MM: f64 = 0.3;

/// A planner in a simulated run.
#[derive(Clone, Copy, Debug, Default)]
pub struct SimulatedPlanner {
    /// Added to the sagittal tilt at `at_level`, or at every level, degrees.
    pub tilt_deg: f64,
    /// The only level that is tilted.
    pub at_level: Option<Disc>,
    /// Part of the patients whose plan is a silent failure, 0…1, beyond the one in 200 of every planner.
    pub silent_failures: f64,
}

/// A run of `patients` patients, who are the same for the same `patients_seed`; `noise_seed` draws the localizers' noise.
pub fn run(planner: SimulatedPlanner, patients: u64, [patients_seed, noise_seed]: [u64; 2]) -> Run {
    let of_seed = Stream::from_seed(patients_seed);
    let cases = (0..patients).map(|number| case(planner, number, of_seed.child("case", number), noise_seed));
    let identity = identity(patients, Selection::All);
    let provenance = Provenance { identity, devices: Vec::new(), hosts: Vec::new(), wall_clock: None };
    // Without the figures of run.json, which a comparison does not read.
    Run { cases: cases.collect(), ..Run::assemble(Path::new("simulated"), provenance, Vec::new()) }
}

fn case(planner: SimulatedPlanner, number: u64, patient: Stream, noise_seed: u64) -> CaseResult {
    let noise = patient.child("noise", noise_seed);
    let attempts = (0..REPEATS).map(|repeat| plan(planner, repeat, patient, noise.child("repeat", u64::from(repeat))));
    case_of(number, attempts.collect())
}

fn plan(planner: SimulatedPlanner, repeat: u32, patient: Stream, noise: Stream) -> AttemptResult {
    let (mut own, mut noise) = (patient.child("own", 0).rng(), noise.rng());
    let mut error = |own_sd: f64, noise_sd: f64| normal(&mut own, 0.0, own_sd) + normal(&mut noise, 0.0, noise_sd);
    // How hard a patient is, mostly by anatomy: one in twenty is flagged, one in a hundred fails, half of them silently.
    let difficulty = error(0.95, 0.31);
    let of_patient_deg = error(PATIENT_SD_DEG, 0.0);
    let discs = LEVELS
        .iter()
        .map(|name| {
            let level = disc(name, 0.0);
            let tilted = planner.at_level.is_none_or(|only| only == level.disc);
            let sagittal_deg =
                of_patient_deg + error(DISC_SD_DEG, NOISE_SD_DEG) + if tilted { planner.tilt_deg } else { 0.0 };
            let coronal_deg = error(DISC_SD_DEG, NOISE_SD_DEG) / 2.0;
            let offset_mm = error(OFFSET_SD_MM, OFFSET_SD_MM);
            DiscResult {
                angle_deg: Some(sagittal_deg.hypot(coronal_deg)),
                sagittal_tilt_deg: Some(sagittal_deg),
                coronal_tilt_deg: Some(coronal_deg),
                centre_mm: Some(offset_mm.hypot(error(OFFSET_SD_MM, OFFSET_SD_MM))),
                slice_offset_mm: Some(offset_mm),
                coverage: 1.0 - (offset_mm.abs() - 1.0).max(0.0) / 10.0,
                ..level
            }
        })
        .collect();
    let stack = StackResult {
        angle_deg: Some(error(PATIENT_SD_DEG, PATIENT_SD_DEG).abs()),
        slice_offset_mm: Some(error(OFFSET_SD_MM, OFFSET_SD_MM)),
        coverage: 1.0,
        ..StackResult::default()
    };
    let unlucky = patient.child("unlucky", 0).rng().random_range(0.0..1.0) < planner.silent_failures;
    let planned = attempt(Arm::Automated, &repeat_name(repeat), discs);
    let plan = PlanResult {
        sagittal_stack: stack,
        flagged: (1.64..2.58).contains(&difficulty),
        flag_due: difficulty > 2.33 || unlucky,
        silent_failure: difficulty > 2.58 || unlucky,
        ..planned.plan
    };
    AttemptResult { plan, ..planned }
}
