//! How right the segmentation is: each family of metrics is described once and holds for every structure.

use super::{NO_LIMIT, of};
use crate::metrics::{Better, Metric, Source};

const DICE_WHY: &str = "Planning rests on the segmentation: a plane fitted to a wrong outline is a wrong plane.";
const HD95_WHY: &str = "Overlap hides small far outliers; the surface distance shows them, and planes follow surfaces.";
const ASSD_WHY: &str =
    "Where overlap depends on a structure's size, this does not: a millimetre is a millimetre in disc and sacrum.";
const CALIBRATION_WHY: &str = "Flags rest on what the network says of itself.";

/// A family's metric for each structure, given by its name and by the words for its surface.
macro_rules! each_structure {
    ($family:ident) => {
        [
            $family!("vertebra", "the vertebrae"),
            $family!("disc", "the discs"),
            $family!("sacrum", "the sacrum"),
            $family!("canal", "the canal"),
        ]
    };
}

macro_rules! dice {
    ($structure:literal, $both:literal, $why:expr, $limit:literal) => {
        Metric {
            name: concat!("dice.", $structure),
            title: concat!("Dice overlap, ", $structure),
            what: concat!("Dice overlap of ", $both, " on the localizer's sagittal stack."),
            why: $why,
            limit: $limit,
            better: Better::Higher,
            margin: 0.01,
            source: Source::Value(|row| of($structure, row, row.dice)),
        }
    };
}

macro_rules! hd95 {
    ($structure:literal, $of:literal) => {
        Metric {
            name: concat!("surface.", $structure, "_mm"),
            title: concat!("95th percentile surface distance (HD95), ", $structure),
            what: concat!("95th percentile of the distance between segmented and true surfaces of ", $of, "."),
            why: HD95_WHY,
            limit: NO_LIMIT,
            better: Better::Lower,
            margin: 0.5,
            source: Source::Value(|row| of($structure, row, row.hd95_mm)),
        }
    };
}

macro_rules! assd {
    ($structure:literal, $of:literal) => {
        Metric {
            name: concat!("surface_mean.", $structure, "_mm"),
            title: concat!("Average symmetric surface distance, ", $structure),
            what: concat!(
                "Mean distance between segmented and true surfaces of ",
                $of,
                " (average symmetric surface distance)."
            ),
            why: ASSD_WHY,
            limit: NO_LIMIT,
            better: Better::Lower,
            margin: 0.2,
            source: Source::Value(|row| of($structure, row, row.assd_mm)),
        }
    };
}

macro_rules! calibration {
    ($structure:literal, $of:literal) => {
        Metric {
            name: concat!("calibration.", $structure),
            title: concat!("Expected calibration error, ", $structure),
            what: concat!(
                "Expected calibration error of the probability of ",
                $structure,
                " over voxels where it is at least 0.01 (Guo 2017)."
            ),
            why: CALIBRATION_WHY,
            limit: NO_LIMIT,
            better: Better::Lower,
            margin: 0.01,
            source: Source::Value(|row| of($structure, row, row.calibration_error)),
        }
    };
}

/// Overlap.
pub(super) static DICE: [Metric; 4] = [
    dice!(
        "vertebra",
        "segmented and true vertebrae (all levels as one class)",
        DICE_WHY,
        "Mean at least 0.90 (this stage of the project); 0.93 is the published system's (Cheng 2026)."
    ),
    dice!(
        "disc",
        "segmented and true discs (all levels as one class)",
        DICE_WHY,
        "Mean at least 0.88 (this stage of the project); 0.92 is the published system's (Cheng 2026)."
    ),
    dice!(
        "sacrum",
        "the segmented and the true sacrum",
        "Levels are counted upward from the sacrum.",
        "Mean at least 0.88 (project choice)."
    ),
    dice!(
        "canal",
        "the segmented and the true spinal canal (thecal sac)",
        "Axial groups are centred on the canal and must not cross inside it.",
        "Mean at least 0.88 (project choice); 0.93 for the sac on axial T2 (Bharadwaj 2023)."
    ),
];

/// Distance of surfaces: its 95th percentile.
pub(super) static HD95: [Metric; 4] = each_structure!(hd95);

/// Distance of surfaces: its mean.
pub(super) static ASSD: [Metric; 4] = each_structure!(assd);

/// What the network says of itself against what is true.
pub(super) static CALIBRATION: [Metric; 4] = each_structure!(calibration);
