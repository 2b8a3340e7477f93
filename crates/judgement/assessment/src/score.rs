//! A plan and a segmentation held against the truth.

use geometry::{LabelledSpine, Orientation, Plane, Point, Structure, Vertebra, Volume};
use phantom::{PatientOnTable, SpineTruth};
use planner::ScanPlan;
use planner::quality_check::FORAMEN_MM;
use rayon::prelude::*;
use scoring::positioning::{
    DiscScore, FailureLimits, PlaneError, PlannedDisc, TrueDisc, is_silent_failure, sagittal_tilt_deg,
};
use vnet::Segmentation;

use results::{AbsentLevel, DiscResult, PlanResult, StackResult, StructureResult};

/// The truth in the form in which it is compared.
pub struct TrueSpine {
    discs: Vec<TrueDisc>,
    midsagittal: Plane,
    foramina: Vec<Point>,
    limits: FailureLimits,
}

impl TrueSpine {
    /// The lumbar discs of the truth, L1/L2 and below.
    pub fn of(truth: &SpineTruth) -> Self {
        let left = truth.midsagittal.normal;
        let lumbar = truth.discs.iter().filter(|disc| disc.labelled.label.upper >= Vertebra::L1);
        let discs: Vec<_> = lumbar.map(|disc| TrueDisc::new(disc.labelled, disc.height_mm[1], left)).collect();
        let aside = left.into_inner() * FORAMEN_MM;
        Self {
            foramina: discs.iter().flat_map(|truth| [truth.disc.canal - aside, truth.disc.canal + aside]).collect(),
            discs,
            midsagittal: truth.midsagittal,
            limits: FailureLimits::default(),
        }
    }

    /// A plan's errors at each disc and at the sagittal stack, and whether it fails.
    pub fn assess(&self, plan: &ScanPlan) -> PlanResult {
        let scores: Vec<DiscScore> = self.discs.iter().map(|truth| score(truth, plan)).collect();
        let discs = self.discs.iter().zip(&scores).map(|(truth, score)| disc_result(truth, score, plan));
        // What a plan is sure of, and is not there: four lumbar vertebrae counted as five, for one.
        let lumbar = plan.levels.iter().filter(|level| level.label.upper >= Vertebra::L1);
        let absent = lumbar.filter(|level| self.discs.iter().all(|truth| truth.disc.label != level.label));
        let flagged = plan.is_flagged();
        PlanResult {
            discs: discs.collect(),
            absent_levels: absent
                .map(|level| AbsentLevel {
                    disc: level.label,
                    level_plane: finite(level.plane()),
                    confidence: level.confidence,
                })
                .collect(),
            sagittal_stack: self.assess_stack(plan),
            flagged,
            silent_failure: is_silent_failure(&scores, &self.limits, flagged),
        }
    }

    fn assess_stack(&self, plan: &ScanPlan) -> StackResult {
        let stack = plan.groups_of(Orientation::Sagittal).next();
        let error = stack.map(|stack| PlaneError::between(&stack.plane(), &self.midsagittal, &self.midsagittal.normal));
        StackResult {
            true_plane: Some(self.midsagittal),
            group_plane: stack.and_then(|stack| finite(stack.plane())),
            angle_deg: error.map(|error| error.angle_deg),
            slice_offset_mm: error.map(|error| error.slice_offset_mm),
            coverage: stack.map_or(0.0, |stack| scoring::positioning::coverage(&self.foramina, stack)),
        }
    }
}

fn score(truth: &TrueDisc, plan: &ScanPlan) -> DiscScore {
    let level = plan.level(truth.disc.label).map(|level| level.plane());
    DiscScore::of(&PlannedDisc { level, group: plan.disc_group(truth.disc.label) }, truth)
}

fn disc_result(truth: &TrueDisc, score: &DiscScore, plan: &ScanPlan) -> DiscResult {
    let (level, group) = (plan.level(truth.disc.label), plan.disc_group(truth.disc.label));
    let scanned = score.group.or(score.level);
    DiscResult {
        disc: truth.disc.label,
        true_plane: Some(truth.disc.plane),
        level_plane: level.and_then(|level| finite(level.plane())),
        group_plane: group.and_then(|group| finite(group.plane())),
        identified: score.identified,
        confidence: level.map(|level| level.confidence),
        angle_deg: scanned.map(|error| error.angle_deg),
        sagittal_tilt_deg: scanned.map(|error| error.sagittal_tilt_deg),
        coronal_tilt_deg: scanned.map(|error| error.coronal_tilt_deg),
        centre_mm: score.level.map(|error| error.centre_mm),
        slice_offset_mm: scanned.map(|error| error.slice_offset_mm),
        coverage: score.coverage,
        true_sagittal_tilt_deg: Some(sagittal_tilt_deg(&truth.disc.plane)),
        planned_sagittal_tilt_deg: level.map(|level| sagittal_tilt_deg(&level.plane())),
        planned_position_mm: level.map(|level| level.centre.z),
    }
}

/// A plane that JSON can hold: one that is not finite is no plane.
fn finite(plane: Plane) -> Option<Plane> {
    let numbers = plane.centre.iter().chain(plane.normal.iter());
    numbers.into_iter().all(|number| number.is_finite()).then_some(plane)
}

/// A class's voxels are judged for calibration where it is at least so probable: almost all of an image is far from it.
const WORTH_ASKING: f32 = 0.01;

/// Overlap of a segmentation with the truth on the image's grid, and its calibration on the network's, of each structure
/// that either of them has there.
pub fn overlap(patient: &PatientOnTable, seen: &Segmentation) -> Vec<StructureResult> {
    let segmentation = &seen.labels;
    let truth = patient.structures(&segmentation.grid);
    let prepared_truth = patient.structures(&seen.prepared_labels.grid);
    let Ok(dice) = scoring::overlap::dice_by_class(segmentation, &truth) else { return Vec::new() };
    Structure::FOREGROUND
        .into_par_iter()
        .filter_map(|structure| Some((structure, dice[usize::from(structure.label())]?)))
        .map(|(structure, dice)| {
            let surface = scoring::overlap::SurfaceDistance::of(segmentation, &truth, structure).ok().flatten();
            StructureResult {
                structure,
                dice,
                surface_p95_mm: surface.map(|surface| surface.p95_mm),
                surface_mean_mm: surface.map(|surface| surface.mean_mm),
                calibration_error: calibration_error(seen, &prepared_truth, structure),
            }
        })
        .collect()
}

/// Expected calibration error of a class's probabilities over the voxels that were scanned.
fn calibration_error(seen: &Segmentation, truth: &Volume<u8>, structure: Structure) -> Option<f64> {
    let (probability, scanned) = (seen.probability(structure), &seen.labels.grid);
    let asked = probability.data.indexed_iter().filter(|((k, j, i), p)| {
        **p >= WORTH_ASKING && scanned.voxel(&truth.grid.point([*i as f64, *j as f64, *k as f64])).is_some()
    });
    let forecasts = asked.map(|(at, p)| (f64::from(*p), truth.data[at] == structure.label()));
    scoring::calibration::expected_calibration_error(forecasts)
}

/// What a technologist could see of the spine in the localizer.
pub fn visible(truth: &SpineTruth) -> LabelledSpine {
    let mut spine = truth.labelled();
    spine.discs.retain(|disc| disc.label.upper >= Vertebra::T12);
    spine
}

/// Contrast of the discs' edges in the localizer, in multiples of its noise: from the darkest to the
/// brightest along the normal through each lumbar disc, so that the dark endplate counts, which is what a
/// person marks.
pub fn contrast_to_noise(truth: &SpineTruth, localizer: &Volume<f32>) -> f64 {
    let contrasts: Vec<f64> = truth
        .discs
        .iter()
        .filter(|disc| disc.labelled.label.upper >= Vertebra::L1)
        .filter_map(|disc| {
            let (plane, reach) = (disc.labelled.plane, disc.height_mm[1] / 2.0 + 5.0);
            let along =
                (-10..=10).map(|step| plane.centre + plane.normal.into_inner() * (reach * f64::from(step) / 10.0));
            let values: Vec<f64> = along.filter_map(|point| localizer.trilinear(&point)).map(f64::from).collect();
            let most = values.iter().copied().reduce(f64::max)?;
            let least = values.iter().copied().reduce(f64::min)?;
            Some(most - least)
        })
        .collect();
    if contrasts.is_empty() {
        return 1.0;
    }
    let contrast = contrasts.iter().sum::<f64>() / contrasts.len() as f64;
    (contrast / planner::quality_check::noise_sd(localizer).max(1e-9)).clamp(1.0, 100.0)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use geometry::Grid;
    use nalgebra::{Matrix3, Vector3};
    use phantom::{Population, Positioning, Spine};
    use randomness::Stream;
    use results::case_result::attempts_of;
    use results::{Arm, AttemptResult, fixture};
    use vnet::{ImageContract, Level, Model, NetworkShape, Provenance, Weights};

    use super::*;

    fn patient() -> PatientOnTable {
        let spine = Spine::build(&Population::adult_lumbar().sample(&Stream::from_seed(3)), true).expect("an adult");
        PatientOnTable::new(Arc::new(spine), Positioning::default())
    }

    /// What a network that knew the truth would say of an image of everything, but for one structure that it calls air.
    fn seen(patient: &PatientOnTable, missed: Option<Structure>) -> Segmentation {
        let network = NetworkShape {
            levels: vec![Level { width: 2, kernel: [1; 3], stride: [1; 3], convolutions: 1 }],
            classes: Structure::COUNT,
        };
        let model = Model::from_weights(Weights {
            parameters: network.initial(Stream::from_seed(1)),
            network,
            image: ImageContract::default(),
            provenance: Provenance::default(),
        });
        let axes = Matrix3::from_columns(&[Vector3::y(), -Vector3::z(), -Vector3::x()]);
        let grid = Grid::centred(Point::new(0.0, 0.0, -60.0), axes, [1.75, 1.75, 4.4], [120, 220, 12]);
        let mut seen = model.expect("a network").segment(&Volume::filled(grid, 1.0f32)).expect("a body");
        let truth = patient.structures(&seen.prepared_labels.grid);
        for structure in Structure::ALL {
            let voxels = truth.data.indexed_iter().filter(|(_, label)| **label == structure.label());
            let voxels: Vec<_> = voxels.map(|((k, j, i), _)| [k, j, i]).collect();
            seen.reassign(&voxels, if missed == Some(structure) { Structure::Background } else { structure });
        }
        seen
    }

    fn results(missed: Option<Structure>) -> Vec<StructureResult> {
        let patient = patient();
        overlap(&patient, &seen(&patient, missed))
    }

    #[test]
    fn a_perfect_segmentation_overlaps_wholly_and_is_calibrated() {
        let results = results(None);
        assert_eq!(results.len(), 4);
        for result in results {
            let found = (result.dice, result.surface_p95_mm, result.calibration_error);
            assert_eq!(found, (1.0, Some(0.0), Some(0.0)), "{result:?}");
        }
    }

    #[test]
    fn a_structure_that_is_missed_has_no_surface_and_a_dice_of_zero() {
        for result in results(Some(Structure::Sacrum)) {
            let is_missed = result.structure == Structure::Sacrum;
            let expected = if is_missed { (0.0, None, None) } else { (1.0, Some(0.0), Some(0.0)) };
            assert_eq!((result.dice, result.surface_p95_mm, result.calibration_error), expected, "{result:?}");
        }
    }

    #[test]
    fn a_planned_level_that_no_disc_has_stands_apart_with_its_confidence() {
        let truth = patient().truth();
        let [level, absent] = ["L4/L5", "L6/S1"].map(|label| planner::PlannedLevel {
            label: label.parse().expect("a disc"),
            centre: truth.discs[0].labelled.plane.centre,
            normal: truth.discs[0].labelled.plane.normal,
            confidence: 0.9,
        });
        let plan = ScanPlan { levels: vec![level, absent], ..ScanPlan::default() };
        let assessed = TrueSpine::of(&truth).assess(&plan);
        assert_eq!(assessed.absent_levels.iter().map(|level| level.disc).collect::<Vec<_>>(), [absent.label]);
        assert!(assessed.discs.iter().all(|disc| disc.confidence.is_some() == (disc.disc == level.label)));
        assert_eq!(assessed.sagittal_stack.coverage, 0.0, "there is no stack");
        let case = fixture::case_of(
            0,
            vec![AttemptResult { plan: assessed, ..fixture::attempt(Arm::Automated, "repeat-0", Vec::new()) }],
        );
        let brier = results::metrics::find("plan.confidence_brier").expect("known");
        assert_eq!(brier.observe(&attempts_of([&case], Arm::Automated)).len(), 2, "both were planned");
    }
}
