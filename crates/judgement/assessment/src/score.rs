//! A plan held against the truth: the rows of one attempt.

use geometry::{LabelledSpine, Orientation, Plane, Point, Structure, Vertebra, Volume};
use phantom::{PatientOnTable, SpineTruth};
use planner::ScanPlan;
use planner::quality_check::FORAMEN_MM;
use rayon::prelude::*;
use scoring::positioning::{
    DiscScore, FailureLimits, PlaneError, PlannedDisc, TrueDisc, is_silent_failure, sagittal_tilt_deg,
};
use vnet::Segmentation;

use results::record::{Arm, CaseRow};

/// The truth in the form in which it is compared.
pub struct TrueSpine {
    discs: Vec<TrueDisc>,
    midsagittal: Plane,
    foramina: Vec<Point>,
    limits: FailureLimits,
}

/// Whose attempt it is.
pub struct Attempted<'a> {
    /// Name of the scenario.
    pub scenario: &'a str,
    /// Case number.
    pub case: u64,
    /// Who planned.
    pub arm: Arm,
    /// The observer or repeat.
    pub observer: String,
}

impl Attempted<'_> {
    /// An empty row of this attempt.
    pub fn row(&self, structure: &str) -> CaseRow {
        CaseRow {
            scenario: self.scenario.to_owned(),
            case: self.case,
            arm: self.arm.name().to_owned(),
            observer: self.observer.clone(),
            structure: structure.to_owned(),
            ..CaseRow::default()
        }
    }
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

    /// A row for each disc and for each planned one that is not there, a row for the sagittal stack, and the case row.
    pub fn rows(&self, attempted: &Attempted<'_>, plan: &ScanPlan) -> Vec<CaseRow> {
        let mut scores = Vec::new();
        let mut rows = Vec::new();
        for truth in &self.discs {
            let label = truth.disc.label;
            let level = plan.level(label);
            let planned = PlannedDisc { level: level.map(|level| level.plane()), group: plan.disc_group(label) };
            let score = DiscScore::of(&planned, truth);
            let scanned = score.group.or(score.level);
            rows.push(CaseRow {
                identified: Some(score.identified),
                confidence: level.map(|level| level.confidence),
                angle_deg: scanned.map(|error| error.angle_deg),
                sagittal_tilt_deg: scanned.map(|error| error.sagittal_tilt_deg),
                coronal_tilt_deg: scanned.map(|error| error.coronal_tilt_deg),
                centre_mm: score.level.map(|error| error.centre_mm),
                slice_offset_mm: scanned.map(|error| error.slice_offset_mm),
                coverage: Some(score.coverage),
                true_sagittal_tilt_deg: Some(sagittal_tilt_deg(&truth.disc.plane)),
                planned_sagittal_tilt_deg: level.map(|level| sagittal_tilt_deg(&level.plane())),
                planned_position_mm: level.map(|level| level.centre.z),
                ..attempted.row(&label.to_string())
            });
            scores.push(score);
        }
        // What a plan is sure of, and is not there: four lumbar vertebrae counted as five, for one.
        let lumbar = plan.levels.iter().filter(|level| level.label.upper >= Vertebra::L1);
        for level in lumbar.filter(|level| self.discs.iter().all(|truth| truth.disc.label != level.label)) {
            rows.push(CaseRow { confidence: Some(level.confidence), ..attempted.row(&level.label.to_string()) });
        }
        let stack = plan.groups_of(Orientation::Sagittal).next();
        let error = stack.map(|stack| PlaneError::between(&stack.plane(), &self.midsagittal, &self.midsagittal.normal));
        rows.push(CaseRow {
            angle_deg: error.map(|error| error.angle_deg),
            slice_offset_mm: error.map(|error| error.slice_offset_mm),
            coverage: Some(stack.map_or(0.0, |stack| scoring::positioning::coverage(&self.foramina, stack))),
            ..attempted.row("sagittal")
        });
        let flagged = plan.is_flagged();
        rows.push(CaseRow {
            flagged: Some(flagged),
            silent_failure: Some(is_silent_failure(&scores, &self.limits, flagged)),
            ..attempted.row("case")
        });
        rows
    }
}

/// A class's voxels are judged for calibration where it is at least so probable: almost all of an image is far from it.
const WORTH_ASKING: f32 = 0.01;

/// Overlap of a segmentation with the truth on the image's grid, and its calibration on the network's: a row a class
/// that either of them has there.
pub fn overlap_rows(attempted: &Attempted<'_>, patient: &PatientOnTable, seen: &Segmentation) -> Vec<CaseRow> {
    let segmentation = &seen.labels;
    let truth = patient.structures(&segmentation.grid);
    let prepared_truth = patient.structures(&seen.prepared_labels.grid);
    let Ok(dice) = scoring::overlap::dice_by_class(segmentation, &truth) else { return Vec::new() };
    Structure::FOREGROUND
        .into_par_iter()
        .filter(|structure| dice[usize::from(structure.label())].is_some())
        .map(|structure| {
            let surface = scoring::overlap::SurfaceDistance::of(segmentation, &truth, structure).ok().flatten();
            CaseRow {
                dice: dice[usize::from(structure.label())],
                hd95_mm: surface.map(|surface| surface.p95_mm),
                assd_mm: surface.map(|surface| surface.mean_mm),
                calibration_error: calibration_error(seen, &prepared_truth, structure),
                ..attempted.row(structure.name())
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

    fn rows(missed: Option<Structure>) -> Vec<CaseRow> {
        let (patient, attempted) =
            (patient(), Attempted { scenario: "s", case: 0, arm: Arm::Automated, observer: "repeat-0".into() });
        overlap_rows(&attempted, &patient, &seen(&patient, missed))
    }

    #[test]
    fn a_perfect_segmentation_overlaps_wholly_and_is_calibrated() {
        let rows = rows(None);
        assert_eq!(rows.len(), 4);
        for row in rows {
            assert_eq!((row.dice, row.hd95_mm, row.calibration_error), (Some(1.0), Some(0.0), Some(0.0)), "{row:?}");
        }
    }

    #[test]
    fn a_structure_that_is_missed_has_no_surface_and_a_dice_of_zero() {
        for row in rows(Some(Structure::Sacrum)) {
            let expected =
                if row.structure == "sacrum" { (Some(0.0), None, None) } else { (Some(1.0), Some(0.0), Some(0.0)) };
            assert_eq!((row.dice, row.hd95_mm, row.calibration_error), expected, "{row:?}");
        }
    }

    #[test]
    fn a_planned_level_that_no_disc_has_is_a_row_with_its_confidence_alone() {
        let (patient, attempted) =
            (patient(), Attempted { scenario: "s", case: 0, arm: Arm::Automated, observer: "repeat-0".into() });
        let truth = patient.truth();
        let [level, absent] = ["L4/L5", "L6/S1"].map(|label| planner::PlannedLevel {
            label: label.parse().expect("a disc"),
            centre: truth.discs[0].labelled.plane.centre,
            normal: truth.discs[0].labelled.plane.normal,
            confidence: 0.9,
        });
        let plan = ScanPlan { levels: vec![level, absent], ..ScanPlan::default() };
        let rows = TrueSpine::of(&truth).rows(&attempted, &plan);
        let row = |structure: &str| rows.iter().find(|row| row.structure == structure).expect("a row");
        assert_eq!((row("L6/S1").confidence, row("L6/S1").identified), (Some(0.9), None));
        assert!(row("L4/L5").identified.is_some());
        assert_eq!(row("sagittal").coverage, Some(0.0), "there is no stack");
        let brier = results::metrics::find("plan.confidence_brier").expect("known").observe(rows.iter());
        assert_eq!(brier.len(), 2, "both were planned");
    }
}
