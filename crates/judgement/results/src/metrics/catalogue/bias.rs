//! Signed errors: where the planner errs to the same side again and again. Their mean is the bias, their SD the spread.

use crate::metrics::{Better, Metric, Source};

const WHY: &str =
    "Scatter averages out over patients, a bias does not: it tilts or shifts every examination to the same side.";
const ANGLE_LIMIT: &str = "Mean within ±0.5° (project choice): a quarter of the median angle that is allowed.";
const OFFSET_LIMIT: &str = "Mean within ±0.5 mm (project choice): an eighth of a 4 mm slice.";

/// Of the axial groups, then of the sagittal stack.
pub(super) static BIAS: [Metric; 4] = [
    Metric {
        name: "plan.sagittal_tilt_bias_deg",
        title: "Signed tilt error in the sagittal view",
        what: "The angle error's component in the sagittal view; positive if the prescribed normal is tipped forwards.",
        why: WHY,
        limit: ANGLE_LIMIT,
        better: Better::NearZero,
        margin: 0.5,
        source: Source::Disc(|disc| disc.sagittal_tilt_deg),
    },
    Metric {
        name: "plan.coronal_tilt_bias_deg",
        title: "Signed tilt error in the coronal view",
        what: "The angle error's component in the coronal view; positive if the prescribed normal is tipped to the \
               patient's left.",
        why: WHY,
        limit: ANGLE_LIMIT,
        better: Better::NearZero,
        margin: 0.5,
        source: Source::Disc(|disc| disc.coronal_tilt_deg),
    },
    Metric {
        name: "plan.slice_offset_bias_mm",
        title: "Signed offset of the middle slice from the disc",
        what: "Offset of the group's middle slice from the true disc centre along the true normal; positive towards the \
               head.",
        why: WHY,
        limit: OFFSET_LIMIT,
        better: Better::NearZero,
        margin: 0.5,
        source: Source::Disc(|disc| disc.slice_offset_mm),
    },
    Metric {
        name: "plan.sagittal_offset_bias_mm",
        title: "Signed offset of the sagittal stack from the midline",
        what: "Offset of the sagittal stack's middle slice from the middle of the true spine along the true normal; \
               positive to the patient's left.",
        why: WHY,
        limit: OFFSET_LIMIT,
        better: Better::NearZero,
        margin: 0.5,
        source: Source::Attempt(|attempt| attempt.plan.sagittal_stack.slice_offset_mm),
    },
];
