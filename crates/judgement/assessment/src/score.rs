//! A plan and a segmentation held against the truth.

use std::collections::BTreeMap;

use geometry::{
    Disc, LabelledSpine, Orientation, Plane, Point, PrescriptionRules, SliceGroup, StackGeometry, Structure, Vertebra,
    Volume,
};
use phantom::{PatientOnTable, SpineTruth};
use planner::quality_check::FORAMEN_MM;
use planner::{Flag, ScanPlan};
use rayon::prelude::*;
use scoring::positioning::{
    DiscScore, Failure, FailureLimits, PlaneError, PlannedDisc, TrueDisc, sagittal_tilt_deg, stack_tilts_deg,
};
use scoring::prescription::{Deviation, Placement, canal_points, saturated};
use vnet::Segmentation;

use crate::true_plan::true_plan;
use results::{
    AbsentLevel, DiscResult, GroupResult, PlanFailure, PlanResult, SaturationResult, StackResult, StructureResult,
};

/// Lumbar vertebrae of most people: another number has to be confirmed by a person.
const USUAL_LUMBAR_DISCS: usize = 5;

/// The truth in the form in which it is compared, with the prescription that it asks for.
pub struct TrueSpine {
    discs: Vec<TrueDisc>,
    midsagittal: Plane,
    foramina: Vec<Point>,
    canal: Vec<Point>,
    disc_points: Vec<Point>,
    rules: PrescriptionRules,
    expected: ScanPlan,
    limits: FailureLimits,
}

impl TrueSpine {
    /// The lumbar discs of the truth, L1/L2 and below, and what the rules ask to be prescribed for them.
    pub fn of(truth: &SpineTruth, rules: &PrescriptionRules) -> Self {
        let left = truth.midsagittal.normal;
        let lumbar = truth.discs.iter().filter(|disc| disc.labelled.label.upper >= Vertebra::L1);
        let points = lumbar.clone().flat_map(|disc| [disc.anterior, disc.left, disc.right, disc.posterior]);
        let discs: Vec<_> = lumbar.clone().map(|disc| TrueDisc::new(disc.labelled, disc.height_mm[1], left)).collect();
        let aside = left.into_inner() * FORAMEN_MM;
        Self {
            foramina: discs.iter().flat_map(|truth| [truth.disc.canal - aside, truth.disc.canal + aside]).collect(),
            canal: discs.iter().flat_map(|truth| canal_points(&truth.disc.canal, &truth.disc.plane, &left)).collect(),
            disc_points: points.collect(),
            discs,
            midsagittal: truth.midsagittal,
            rules: rules.clone(),
            expected: true_plan(truth, rules),
            limits: FailureLimits::default(),
        }
    }

    /// A plan's errors at each disc, at the sagittal stack and of its saturation bands, and whether it fails.
    pub fn assess(&self, plan: &ScanPlan) -> PlanResult {
        let judged: Vec<(DiscResult, Vec<Failure>)> =
            self.discs.iter().map(|truth| self.assess_disc(truth, plan)).collect();
        let (sagittal_stack, of_stack) = self.assess_stack(plan);
        let (saturation, of_bands) = self.assess_saturation(plan);
        let doubled_levels = doubled(plan.levels.iter().map(|level| level.label));
        let of_levels = doubled_levels.iter().map(|disc| failure(disc, Failure::DoubledLevel));

        let of_discs = judged.iter().flat_map(|(disc, failures)| failures.iter().map(|f| failure(&disc.disc, *f)));
        let of_stack = of_stack.into_iter().map(|found| failure("sagittal", found));
        let of_bands = of_bands.into_iter().map(|found| failure("saturation", found));
        let failures: Vec<PlanFailure> = of_discs.chain(of_levels).chain(of_stack).chain(of_bands).collect();
        // What a plan is sure of, and is not there: four lumbar vertebrae counted as five, for one.
        let lumbar = plan.levels.iter().filter(|level| level.label.upper >= Vertebra::L1);
        let absent = lumbar.filter(|level| self.discs.iter().all(|truth| truth.disc.label != level.label));
        let flagged = plan.is_flagged();
        PlanResult {
            absent_levels: absent
                .map(|level| AbsentLevel {
                    disc: level.label,
                    level_plane: finite(level.plane()),
                    confidence: level.confidence,
                })
                .collect(),
            discs: judged.into_iter().map(|(disc, _)| disc).collect(),
            sagittal_stack,
            saturation,
            doubled_levels,
            flags: plan.flags.iter().map(flag_text).collect(),
            flag_due: !failures.is_empty() || self.discs.len() != USUAL_LUMBAR_DISCS,
            silent_failure: !flagged && !failures.is_empty(),
            failures,
            flagged,
        }
    }

    fn assess_disc(&self, truth: &TrueDisc, plan: &ScanPlan) -> (DiscResult, Vec<Failure>) {
        let label = truth.disc.label;
        let (level, group) = (plan.level(label), plan.disc_group(label));
        let expected = self.expected.disc_group(label).expect("the true plan has a group for each true disc");
        let planned = PlannedDisc { level: level.map(|level| level.plane()), group, expected };
        let score = DiscScore::of(&planned, truth);
        let groups = plan.groups.iter().filter(|group| group.target.disc() == Some(label)).count();
        let group_result = group.map(|group| group_result(group, expected, &self.rules.axial, groups));
        let mut failures = score.failures(&self.limits);
        failures.extend(group_result.as_ref().and_then(not_as_prescribed));
        let scanned = score.group.or(score.level);
        let disc = DiscResult {
            disc: label,
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
            group: group_result,
            coverage: score.coverage,
            true_sagittal_tilt_deg: Some(sagittal_tilt_deg(&truth.disc.plane)),
            planned_sagittal_tilt_deg: level.map(|level| sagittal_tilt_deg(&level.plane())),
            planned_position_mm: level.map(|level| level.centre.z),
        };
        (disc, failures)
    }

    fn assess_stack(&self, plan: &ScanPlan) -> (StackResult, Vec<Failure>) {
        let true_plane = Some(self.midsagittal);
        let expected = self.expected.groups_of(Orientation::Sagittal).next();
        let (Some(stack), Some(expected)) = (plan.groups_of(Orientation::Sagittal).next(), expected) else {
            return (StackResult { true_plane, ..StackResult::default() }, vec![Failure::NoSlices]);
        };
        let error = PlaneError::between(&stack.plane(), &self.midsagittal, &self.midsagittal.normal);
        let [turn_deg, coronal_tilt_deg] = stack_tilts_deg(&stack.plane(), expected);
        let stacks = plan.groups_of(Orientation::Sagittal).count();
        let group = group_result(stack, expected, &self.rules.sagittal, stacks);
        let coverage = scoring::positioning::coverage(&self.foramina, stack);
        let placement = Placement::between(stack, expected);
        let found = [
            (Failure::Angle, error.angle_deg > self.limits.angle_deg),
            (Failure::Offset, error.slice_offset_mm.abs() > self.limits.stack_offset_mm),
            (Failure::Uncovered, coverage < self.limits.coverage),
        ];
        let found = found.into_iter().filter(|(_, holds)| *holds).map(|(failure, _)| failure);
        let failures = found.chain(self.limits.of_placement(&placement)).chain(not_as_prescribed(&group)).collect();
        let result = StackResult {
            true_plane,
            group_plane: finite(stack.plane()),
            angle_deg: Some(error.angle_deg),
            turn_deg: Some(turn_deg),
            coronal_tilt_deg: Some(coronal_tilt_deg),
            slice_offset_mm: Some(error.slice_offset_mm),
            group: Some(group),
            coverage,
        };
        (result, failures)
    }

    fn assess_saturation(&self, plan: &ScanPlan) -> (SaturationResult, Vec<Failure>) {
        let result = SaturationResult {
            bands: u32::try_from(plan.sat_bands.len()).unwrap_or(u32::MAX),
            asked: !self.expected.sat_bands.is_empty(),
            canal: saturated(&self.canal, &plan.sat_bands),
            discs: saturated(&self.disc_points, &plan.sat_bands),
        };
        let found = [
            (Failure::SaturatedAnatomy, result.canal.max(result.discs) > self.limits.saturated),
            (Failure::NoSaturationBand, result.asked && result.bands == 0),
        ];
        (result, found.into_iter().filter(|(_, holds)| *holds).map(|(failure, _)| failure).collect())
    }
}

fn failure(place: &(impl ToString + ?Sized), failure: Failure) -> PlanFailure {
    PlanFailure { place: place.to_string(), failure }
}

fn not_as_prescribed(group: &GroupResult) -> Option<Failure> {
    (!group.deviations.is_empty()).then_some(Failure::NotAsPrescribed)
}

/// The placement of the first of `groups` groups that are for the same thing.
fn group_result(group: &SliceGroup, expected: &SliceGroup, asked: &StackGeometry, groups: usize) -> GroupResult {
    let mut deviations = Deviation::of(group, expected, asked);
    deviations.extend((groups > 1).then_some(Deviation::Doubled { groups }));
    GroupResult::new(Placement::between(group, expected), deviations)
}

/// Labels that come more than once, each once.
fn doubled(labels: impl Iterator<Item = Disc>) -> Vec<Disc> {
    let mut times: BTreeMap<Disc, usize> = BTreeMap::new();
    labels.for_each(|label| *times.entry(label).or_default() += 1);
    times.into_iter().filter(|(_, times)| *times > 1).map(|(label, _)| label).collect()
}

/// Severity, code and discs of a flag; the message is for people and may be anything.
fn flag_text(flag: &Flag) -> String {
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mut text = [serde_json::json!(flag.severity), serde_json::json!(flag.code)].map(word).join(" ");
    flag.discs.iter().for_each(|disc| text += &format!(" {disc}"));
    text
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
        let assessed = TrueSpine::of(&truth, &PrescriptionRules::default()).assess(&plan);
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

    #[test]
    fn the_true_plan_is_without_fault_and_each_wrong_one_is_wrong() {
        let (truth, rules) = (patient().truth(), PrescriptionRules::default());
        let spine = TrueSpine::of(&truth, &rules);
        let right = true_plan(&truth, &rules);
        let assessed = spine.assess(&right);
        assert_eq!((assessed.failures.as_slice(), assessed.flag_due, assessed.silent_failure), (&[][..], false, false));
        assert!(assessed.discs.iter().all(|disc| disc.group.as_ref().is_some_and(|group| group.deviations.is_empty())));

        let wrong = |change: fn(&mut ScanPlan)| {
            let mut plan = right.clone();
            change(&mut plan);
            let assessed = spine.assess(&plan);
            assert!(assessed.silent_failure && assessed.flag_due, "{:?}", assessed.failures);
            let mut found: Vec<Failure> = assessed.failures.iter().map(|failure| failure.failure).collect();
            found.dedup();
            found
        };
        let no_stack = wrong(|plan| plan.groups.retain(|group| group.target.disc().is_some()));
        assert_eq!(no_stack, [Failure::NoSlices]);
        assert_eq!(wrong(|plan| plan.groups.clear()), [Failure::NoSlices]);
        let aside = wrong(|plan| plan.groups[1..].iter_mut().for_each(|group| group.centre.x -= 40.0));
        assert_eq!(aside, [Failure::InPlaneOffset]);
        let thick = wrong(|plan| plan.groups[2].thickness_mm = 12.0);
        assert_eq!(thick, [Failure::NotAsPrescribed]);
        assert_eq!(
            wrong(|plan| plan.groups[1].row = -plan.groups[1].row),
            [Failure::Rotation, Failure::NotAsPrescribed]
        );
        let canal = wrong(|plan| plan.sat_bands[0].centre.y += 60.0);
        assert_eq!(canal, [Failure::SaturatedAnatomy]);
        assert_eq!(wrong(|plan| plan.sat_bands.clear()), [Failure::NoSaturationBand]);
        assert_eq!(wrong(|plan| plan.levels.push(plan.levels[3])), [Failure::DoubledLevel]);

        let flagged =
            ScanPlan { groups: Vec::new(), flags: vec![Flag::warning(planner::FlagCode::LowConfidence, "")], ..right };
        let assessed = spine.assess(&flagged);
        assert!(assessed.flag_due && !assessed.silent_failure);
        assert_eq!(assessed.flags, ["warning low-confidence"]);
    }
}
