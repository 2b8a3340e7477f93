//! The metrics, one entry each: definition, reason, limit and its source.
//!
//! Sources are those of the project's list of numbers; a limit without one is a project choice and says so.

use crate::metrics::{Better, Metric, Source, agreement};
use crate::record::CaseRow;

/// Every metric, in the order of reports.
pub fn all() -> &'static [Metric] {
    &METRICS
}

/// The metric with a name.
pub fn find(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.name == name)
}

/// A disc's row has its level for a structure; the sagittal stack and the classes have other words there.
fn disc(row: &CaseRow) -> bool {
    row.structure.contains('/')
}

fn of_disc(row: &CaseRow, value: Option<f64>) -> Option<f64> {
    value.filter(|_| disc(row))
}

fn of(structure: &str, row: &CaseRow, value: Option<f64>) -> Option<f64> {
    value.filter(|_| row.structure == structure)
}

/// True if a level's label, angle and centre are right, by the rule that confidences are set by.
fn level_is_right(row: &CaseRow) -> Option<bool> {
    Some(row.identified? && row.angle_deg? <= 5.0 && row.centre_mm? <= 5.0)
}

const CALIBRATION_WHY: &str = "Flags rest on what the network says of itself.";
const DICE_WHY: &str = "Planning rests on the segmentation: a plane fitted to a wrong outline is a wrong plane.";
const HD95_WHY: &str = "Overlap hides small far outliers; the surface distance shows them, and planes follow surfaces.";
const ASSD_WHY: &str =
    "Where overlap depends on a structure's size, this does not: a millimetre is a millimetre in disc and sacrum.";
const TILT_WHY: &str = "10° of tilt changes the measured dural sac area by −16 to +32 % (BASS 2011-035), enough to cross \
     the 100 mm² that calls a canal narrow.";
const LATENCY_WHY: &str = "The patient lies in the bore while the computer thinks.";
const NO_LIMIT: &str = "None; for information.";

static METRICS: [Metric; 42] = [
    Metric {
        name: "dice.vertebra",
        what: "Dice overlap of segmented and true vertebrae (all levels as one class) on the localizer's sagittal stack.",
        why: DICE_WHY,
        limit: "Mean at least 0.90 (this stage of the project); 0.93 is the published system's (Cheng 2026).",
        better: Better::Higher,
        margin: 0.01,
        source: Source::Value(|row| of("vertebra", row, row.dice)),
    },
    Metric {
        name: "dice.disc",
        what: "Dice overlap of segmented and true discs (all levels as one class) on the localizer's sagittal stack.",
        why: DICE_WHY,
        limit: "Mean at least 0.88 (this stage of the project); 0.92 is the published system's (Cheng 2026).",
        better: Better::Higher,
        margin: 0.01,
        source: Source::Value(|row| of("disc", row, row.dice)),
    },
    Metric {
        name: "dice.sacrum",
        what: "Dice overlap of the segmented and the true sacrum on the localizer's sagittal stack.",
        why: "Levels are counted upward from the sacrum.",
        limit: "Mean at least 0.88 (project choice).",
        better: Better::Higher,
        margin: 0.01,
        source: Source::Value(|row| of("sacrum", row, row.dice)),
    },
    Metric {
        name: "dice.canal",
        what: "Dice overlap of the segmented and the true spinal canal (thecal sac) on the localizer's sagittal stack.",
        why: "Axial groups are centred on the canal and must not cross inside it.",
        limit: "Mean at least 0.88 (project choice); 0.93 for the sac on axial T2 (Bharadwaj 2023).",
        better: Better::Higher,
        margin: 0.01,
        source: Source::Value(|row| of("canal", row, row.dice)),
    },
    Metric {
        name: "surface.vertebra_mm",
        what: "95th percentile of the distance between segmented and true surfaces of the vertebrae.",
        why: HD95_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.5,
        source: Source::Value(|row| of("vertebra", row, row.hd95_mm)),
    },
    Metric {
        name: "surface.disc_mm",
        what: "95th percentile of the distance between segmented and true surfaces of the discs.",
        why: HD95_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.5,
        source: Source::Value(|row| of("disc", row, row.hd95_mm)),
    },
    Metric {
        name: "surface.sacrum_mm",
        what: "95th percentile of the distance between segmented and true surfaces of the sacrum.",
        why: HD95_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.5,
        source: Source::Value(|row| of("sacrum", row, row.hd95_mm)),
    },
    Metric {
        name: "surface.canal_mm",
        what: "95th percentile of the distance between segmented and true surfaces of the canal.",
        why: HD95_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.5,
        source: Source::Value(|row| of("canal", row, row.hd95_mm)),
    },
    Metric {
        name: "surface_mean.vertebra_mm",
        what: "Mean distance between segmented and true surfaces of the vertebrae (average symmetric surface distance).",
        why: ASSD_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.2,
        source: Source::Value(|row| of("vertebra", row, row.assd_mm)),
    },
    Metric {
        name: "surface_mean.disc_mm",
        what: "Mean distance between segmented and true surfaces of the discs (average symmetric surface distance).",
        why: ASSD_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.2,
        source: Source::Value(|row| of("disc", row, row.assd_mm)),
    },
    Metric {
        name: "surface_mean.sacrum_mm",
        what: "Mean distance between segmented and true surfaces of the sacrum (average symmetric surface distance).",
        why: ASSD_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.2,
        source: Source::Value(|row| of("sacrum", row, row.assd_mm)),
    },
    Metric {
        name: "surface_mean.canal_mm",
        what: "Mean distance between segmented and true surfaces of the canal (average symmetric surface distance).",
        why: ASSD_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.2,
        source: Source::Value(|row| of("canal", row, row.assd_mm)),
    },
    Metric {
        name: "calibration.vertebra",
        what: "Expected calibration error of the probability of vertebra over voxels where it is at least 0.01 (Guo 2017).",
        why: CALIBRATION_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.01,
        source: Source::Value(|row| of("vertebra", row, row.calibration_error)),
    },
    Metric {
        name: "calibration.disc",
        what: "Expected calibration error of the probability of disc over voxels where it is at least 0.01 (Guo 2017).",
        why: CALIBRATION_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.01,
        source: Source::Value(|row| of("disc", row, row.calibration_error)),
    },
    Metric {
        name: "calibration.sacrum",
        what: "Expected calibration error of the probability of sacrum over voxels where it is at least 0.01 (Guo 2017).",
        why: CALIBRATION_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.01,
        source: Source::Value(|row| of("sacrum", row, row.calibration_error)),
    },
    Metric {
        name: "calibration.canal",
        what: "Expected calibration error of the probability of canal over voxels where it is at least 0.01 (Guo 2017).",
        why: CALIBRATION_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.01,
        source: Source::Value(|row| of("canal", row, row.calibration_error)),
    },
    Metric {
        name: "plan.confidence_brier",
        what: "Mean squared distance between a level's confidence and what came true: 1 if label, angle (5°) and centre \
               (5 mm) are right, else 0 (Brier 1950).",
        why: "A confidence that is high where the plan is wrong flags nothing.",
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.01,
        source: Source::Value(|row| Some((row.confidence? - f64::from(u8::from(level_is_right(row)?))).powi(2))),
    },
    Metric {
        name: "label.identification_rate",
        what: "Part of the true discs that carry their right label within 8 mm of their true centre.",
        why: "A finding reported at the wrong level can become surgery at the wrong level.",
        limit: "At least 0.95 (this stage of the project); 0.90 is the published system's (Cheng 2026); the 8 mm are \
                the acceptance rule of ISMRM 2021 #3812.",
        better: Better::Higher,
        margin: 0.01,
        source: Source::Rate(|row| row.identified),
    },
    Metric {
        name: "plan.disc_angle_deg",
        what: "Angle between the normal of the prescribed axial group and that of the true disc plane.",
        why: TILT_WHY,
        limit: "Median at most 2° and p95 at most 6° (this stage of the project); a single plan beyond 10° is wrong \
                (10° no effect, 20° effect on canal size: CT study of 1991).",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Value(|row| of_disc(row, row.angle_deg)),
    },
    Metric {
        name: "plan.sagittal_tilt_deg",
        what: "Size of the angle error's component in the sagittal view.",
        why: TILT_WHY,
        limit: "Median at most 2° (project choice); manual planning has an SD of about 3° (proxy: endplate angles, \
                inter-observer SD 2.0–3.1°).",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Value(|row| of_disc(row, row.sagittal_tilt_deg.map(f64::abs))),
    },
    Metric {
        name: "plan.coronal_tilt_deg",
        what: "Size of the angle error's component in the coronal view.",
        why: "A slice that is oblique in the coronal view shows left and right recess at different levels.",
        limit: "Median at most 2° (project choice).",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Value(|row| of_disc(row, row.coronal_tilt_deg.map(f64::abs))),
    },
    Metric {
        name: "plan.disc_centre_mm",
        what: "Distance between the planned and the true centre of a disc.",
        why: "The middle slice must cut the disc, not the endplate.",
        limit: "Median at most 2 mm (this stage of the project), half a 4 mm slice.",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Value(|row| of_disc(row, row.centre_mm)),
    },
    Metric {
        name: "plan.slice_centre_mm",
        what: "Distance of the group's middle slice from the true disc centre along the true normal.",
        why: "More than one slice off, the middle slice shows the wrong thing.",
        limit: "Median at most 1 mm and p95 at most 3 mm are the target (project choice); one slice thickness is wrong.",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Value(|row| of_disc(row, row.slice_offset_mm.map(f64::abs))),
    },
    Metric {
        name: "plan.sagittal_angle_deg",
        what: "Angle between the sagittal stack's normal and that of the true mid-sagittal plane.",
        why: "An oblique sagittal stack cuts canal and foramina at different distances from the middle at each level.",
        limit: "Median at most 2° (project choice).",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Value(|row| of("sagittal", row, row.angle_deg)),
    },
    Metric {
        name: "plan.sagittal_centre_mm",
        what: "Distance of the sagittal stack's middle slice from the middle of the true spine, along the true normal.",
        why: "A stack that lies to one side leaves the other side's foramina uncovered.",
        limit: "Median at most 2 mm (project choice), half a 4 mm slice.",
        better: Better::Lower,
        margin: 0.5,
        source: Source::Value(|row| of("sagittal", row, row.slice_offset_mm.map(f64::abs))),
    },
    Metric {
        name: "plan.coverage",
        what: "Part of the disc and of the canal at its level that the group's slices cover.",
        why: "What is not covered is not seen; the patient has to come back.",
        limit: "Mean at least 0.95 (project choice).",
        better: Better::Higher,
        margin: 0.01,
        source: Source::Value(|row| row.coverage),
    },
    Metric {
        name: "plan.silent_failure_rate",
        what: "Part of the plans that are wrong (wrong level, beyond 10°, more than a slice off, or a disc uncovered) \
               and carry no warning.",
        why: "The worst thing that a planner can do: nobody looks again.",
        limit: "At most 0.05 (project choice; ends at 0).",
        better: Better::Lower,
        margin: 0.0,
        source: Source::Rate(|row| row.silent_failure),
    },
    Metric {
        name: "plan.flagged_rate",
        what: "Part of the plans that ask for a person (a warning or worse).",
        why: "Every flag costs a technologist a look; too many and nobody looks any more.",
        limit: "At most 0.20 on ordinary patients (project choice).",
        better: Better::Lower,
        margin: 0.05,
        source: Source::Rate(|row| row.flagged),
    },
    Metric {
        name: "exam.error_rate",
        what: "Part of the attempts that ended in an error: no plan, a crash, an impossible prescription.",
        why: "The technologist is left with nothing.",
        limit: "0 (project choice).",
        better: Better::Lower,
        margin: 0.0,
        source: Source::Rate(|row| (row.structure == "case").then_some(row.error.is_some())),
    },
    Metric {
        name: "exam.repeats",
        what: "Series repeated and plans replaced until the checks accepted the examination.",
        why: "Each costs minutes of table time.",
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 0.1,
        source: Source::Value(|row| row.repeats.map(f64::from)),
    },
    Metric {
        name: "exam.scan_time_s",
        what: "Simulated time on the scanner, all series.",
        why: "Patients move, and the next one waits.",
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 30.0,
        source: Source::Value(|row| row.scan_time_s),
    },
    Metric {
        name: "exam.planning_time_s",
        what: "Simulated time that planning takes a technologist.",
        why: "60–120 s by hand (assumption); time saved is the first thing vendors claim.",
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 5.0,
        source: Source::Value(|row| row.planning_time_s),
    },
    Metric {
        name: "agreement.angle_sd_deg",
        what: "Standard deviation between observers of the planned sagittal tilt of the same disc, pooled over discs; \
               for the automated arm, between plans on repeated localizers.",
        why: "A follow-up scan is compared with this one; the planes should not depend on who stood at the console.",
        limit: "Manual planning has about 3° (proxy: endplate angles); the collaborative arm should stay below it.",
        better: Better::Lower,
        margin: 0.25,
        source: Source::Agreement(agreement::angle_sd_deg),
    },
    Metric {
        name: "agreement.position_sd_mm",
        what: "Standard deviation between observers of the planned disc position along the table, pooled over discs.",
        why: "A follow-up scan is compared with this one; the slices should lie where they lay.",
        limit: "Manual planning has 1.5–2.5 mm (assumption).",
        better: Better::Lower,
        margin: 0.25,
        source: Source::Agreement(agreement::position_sd_mm),
    },
    Metric {
        name: "agreement.icc",
        what: "Intraclass correlation ICC(2,1) of the planned sagittal tilt: two-way random, absolute agreement, single \
               observer (Shrout & Fleiss 1979; interval of McGraw & Wong 1996).",
        why: "How much of the difference between two plans is the patient, and how much the observer.",
        limit: "At least 0.90 for the collaborative arm (project choice); 0.83 is the closest published figure for \
                planning (oblique rectal planes, radiographer against radiologist).",
        better: Better::Higher,
        margin: 0.02,
        source: Source::Agreement(agreement::icc),
    },
    Metric {
        name: "latency.synthesize_ms",
        what: "Wall-clock time to build the phantom.",
        why: "Cost of the harness, not of the planner.",
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 20.0,
        source: Source::Value(|row| row.latency_synthesize_ms),
    },
    Metric {
        name: "latency.acquire_ms",
        what: "Wall-clock time to simulate the localizer.",
        why: "Cost of the harness, not of the planner.",
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 100.0,
        source: Source::Value(|row| row.latency_acquire_ms),
    },
    Metric {
        name: "latency.segment_ms",
        what: "Wall-clock time of the segmentation.",
        why: LATENCY_WHY,
        limit: "1100 ms is the published system's (Cheng 2026).",
        better: Better::Lower,
        margin: 50.0,
        source: Source::Value(|row| row.latency_segment_ms),
    },
    Metric {
        name: "latency.label_ms",
        what: "Wall-clock time from segmentation to labelled discs.",
        why: LATENCY_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 20.0,
        source: Source::Value(|row| row.latency_label_ms),
    },
    Metric {
        name: "latency.plan_ms",
        what: "Wall-clock time from labelled discs to slice groups.",
        why: LATENCY_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 20.0,
        source: Source::Value(|row| row.latency_plan_ms),
    },
    Metric {
        name: "latency.check_ms",
        what: "Wall-clock time of the quality checks after the planned series.",
        why: "The technologist waits for the check before the next series.",
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 20.0,
        source: Source::Value(|row| row.latency_check_ms),
    },
    Metric {
        name: "latency.loop_ms",
        what: "Wall-clock time from the complete localizer to the ready plan.",
        why: LATENCY_WHY,
        limit: "Median at most 500 ms on two CPU cores is the target (project choice); 3000 ms is too long.",
        better: Better::Lower,
        margin: 50.0,
        source: Source::Value(|row| row.latency_loop_ms),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_every_promised_metric_is_there() {
        let names: Vec<_> = all().iter().map(|metric| metric.name).collect();
        for (i, name) in names.iter().enumerate() {
            assert!(!names[..i].contains(name), "{name} twice");
        }
        // The list of the design document.
        for promised in [
            "dice.vertebra",
            "dice.disc",
            "dice.sacrum",
            "dice.canal",
            "label.identification_rate",
            "plan.disc_angle_deg",
            "plan.disc_centre_mm",
            "plan.sagittal_angle_deg",
            "plan.coverage",
            "plan.silent_failure_rate",
            "plan.flagged_rate",
            "latency.segment_ms",
            "latency.plan_ms",
            "latency.loop_ms",
        ] {
            assert!(find(promised).is_some(), "{promised}");
        }
    }

    #[test]
    fn the_sagittal_stack_is_no_disc() {
        let row = |structure: &str| CaseRow { structure: structure.into(), angle_deg: Some(4.0), ..CaseRow::default() };
        let rows = [row("L4/L5"), row("sagittal")];
        for name in ["plan.disc_angle_deg", "plan.sagittal_angle_deg"] {
            assert_eq!(find(name).expect("a metric").observe(rows.iter()).len(), 1, "{name}");
        }
    }
}
