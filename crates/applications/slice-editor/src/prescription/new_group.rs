//! How a group or a saturation band starts: of the protocol's size, in the usual orientation.

use geometry::{PhaseEncoding, Point, SatBand, SliceGroup, SliceRole, Vector};
use planner::PrescriptionRules;

use super::limits;

/// A contiguous block covers the five lumbar discs: as many slices as their five groups together.
const DISCS_IN_A_BLOCK: usize = 5;
/// Thickness of a band where the protocol has none, mm (lumbar-numbers §5b: 40 to 80).
const BAND_THICKNESS_MM: f64 = 60.0;

/// A group aligned with the patient's axes, head or front at the top; coronal stacks have the sagittal one's size.
///
/// Phase encoding is head–foot where that is in the image, so that ghosts of bowel and vessels do not cross the canal,
/// and left–right on axial images (lumbar-numbers §5b).
pub(crate) fn new_group(role: SliceRole, name: String, centre: Point, rules: &PrescriptionRules) -> SliceGroup {
    let (x, y, feet) = (Vector::x_axis(), Vector::y_axis(), -Vector::z_axis());
    let (row, column, rule, phase_encoding) = match role {
        SliceRole::Sagittal => (y, feet, &rules.sagittal, PhaseEncoding::Column),
        SliceRole::Coronal => (x, feet, &rules.sagittal, PhaseEncoding::Column),
        SliceRole::AxialDisc | SliceRole::AxialBlock => (x, y, &rules.axial, PhaseEncoding::Row),
    };
    let (slices, gap_mm) = match role {
        SliceRole::AxialBlock => ((rule.slices * DISCS_IN_A_BLOCK).min(*limits::SLICES.end()), 0.0),
        _ => (rule.slices, rule.gap_mm),
    };
    SliceGroup {
        name,
        role,
        centre,
        row,
        column,
        slices,
        thickness_mm: rule.thickness_mm,
        gap_mm,
        fov_mm: rule.fov_mm,
        matrix: rule.matrix,
        phase_encoding,
    }
}

/// A band that faces the patient's front.
pub(crate) fn new_band(name: String, centre: Point, rules: &PrescriptionRules) -> SatBand {
    let by_rule = rules.sat_band_thickness_mm;
    let thickness_mm = if by_rule > 0.0 { by_rule } else { BAND_THICKNESS_MM };
    SatBand { name, centre, normal: -Vector::y_axis(), thickness_mm }
}

/// What a group of a role is called until somebody names it.
pub(crate) fn usual_name(role: SliceRole) -> &'static str {
    match role {
        SliceRole::Sagittal => "sagittal",
        SliceRole::Coronal => "coronal",
        SliceRole::AxialDisc => "axial",
        SliceRole::AxialBlock => "axial block",
    }
}

/// A name that is not taken: the usual one, or it with the next number.
pub(crate) fn free_name(usual: &str, taken: &[&str]) -> String {
    let numbered = |n: usize| if n == 1 { usual.to_owned() } else { format!("{usual} {n}") };
    (1..=taken.len()).map(numbered).find(|name| !taken.contains(&name.as_str())).unwrap_or(numbered(taken.len() + 1))
}
