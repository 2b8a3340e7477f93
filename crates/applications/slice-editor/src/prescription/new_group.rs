//! How a group or a saturation band starts: of the protocol's size, in the usual orientation.

use geometry::{Orientation, Point, PrescriptionRules, SatBand, SliceGroup, SliceTarget, Vector};

use super::limits;

/// Thickness of a band where the protocol has none, mm (lumbar-numbers §5b: 40 to 80).
const BAND_THICKNESS_MM: f64 = 60.0;

/// A group aligned with the patient's axes, head or front at the top; coronal stacks have the sagittal one's size, and a
/// block over several discs has as many slices as their groups together, without gaps.
pub(crate) fn new_group(target: SliceTarget, name: String, centre: Point, rules: &PrescriptionRules) -> SliceGroup {
    let (x, y, feet) = (Vector::x_axis(), Vector::y_axis(), -Vector::z_axis());
    let (row, column) = match target.orientation() {
        Orientation::Sagittal => (y, feet),
        Orientation::Coronal => (x, feet),
        Orientation::Axial => (x, y),
    };
    let mut size = *rules.stack(&target);
    let discs = target.discs().len();
    if discs > 1 {
        (size.slices, size.gap_mm) = ((size.slices * discs).min(*limits::SLICES.end()), 0.0);
    }
    size.at(name, target, centre, row, column)
}

/// A band that faces the patient's front.
pub(crate) fn new_band(name: String, centre: Point, rules: &PrescriptionRules) -> SatBand {
    let by_rule = rules.sat_band_thickness_mm;
    let thickness_mm = if by_rule > 0.0 { by_rule } else { BAND_THICKNESS_MM };
    SatBand { name, centre, normal: -Vector::y_axis(), thickness_mm }
}

/// What a group is called until somebody names it.
pub(crate) fn usual_name(target: &SliceTarget) -> String {
    match target {
        SliceTarget::Block(discs) if discs.is_empty() => "axial".to_owned(),
        target => target.to_string(),
    }
}

/// A name that is not taken: the usual one, or it with the next number.
pub(crate) fn free_name(usual: &str, taken: &[&str]) -> String {
    let numbered = |n: usize| if n == 1 { usual.to_owned() } else { format!("{usual} {n}") };
    (1..=taken.len()).map(numbered).find(|name| !taken.contains(&name.as_str())).unwrap_or(numbered(taken.len() + 1))
}
