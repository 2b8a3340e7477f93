//! The marks of a plan: what was found, what would have been right, where to look.

use geometry::Disc;

use crate::score::Subject;

pub(crate) const fn subject(subject: Subject) -> &'static str {
    match subject {
        Subject::Safety => "Safety",
        Subject::Level => "Level",
        Subject::Angle => "Angle",
        Subject::Centre => "Centre",
        Subject::Coverage => "Coverage",
        Subject::Time => "Time",
        Subject::Repeats => "Repeats",
    }
}

// The sagittal stack.

pub(crate) const NO_SAGITTAL_STACK: &str = "there is no sagittal stack";

pub(crate) fn stack_angle(deg: f64) -> String {
    format!("the sagittal stack is turned by {deg:.1}° against the spine's mid-sagittal plane")
}

/// `offset_mm` is towards the patient's left.
pub(crate) fn stack_offset(offset_mm: f64) -> String {
    let side = if offset_mm > 0.0 { "left" } else { "right" };
    format!("the sagittal stack's middle lies {:.1} mm to the patient's {side} of the midline", offset_mm.abs())
}

pub(crate) fn stack_coverage(part: f64) -> String {
    format!("the sagittal stack shows {:.0} % of the foramina", part * 100.0)
}

// One disc.

pub(crate) fn no_slices(disc: Disc) -> String {
    format!("{disc} has no slices")
}

pub(crate) fn named_rightly(disc: Disc) -> String {
    format!("{disc} is named rightly")
}

/// `nearest` is the disc on which the group lies.
pub(crate) fn named_wrongly(disc: Disc, nearest: Option<Disc>) -> String {
    match nearest {
        Some(other) if other != disc => format!("the group for {disc} lies on {other}"),
        _ => format!("the group for {disc} lies beside the disc"),
    }
}

/// `offset_mm` is towards the head; `None` if it could not be measured.
pub(crate) fn disc_offset(disc: Disc, offset_mm: Option<f64>) -> String {
    let Some(offset_mm) = offset_mm else {
        return format!("how far the middle slice of {disc} lies from the disc could not be measured");
    };
    let towards = if offset_mm > 0.0 { "head" } else { "feet" };
    format!("the middle slice of {disc} lies {:.1} mm towards the {towards} of the disc's plane", offset_mm.abs())
}

pub(crate) fn disc_coverage(disc: Disc, part: f64) -> String {
    format!("the slices show {:.0} % of {disc} and the canal beside it", part * 100.0)
}

pub(crate) fn disc_angle(disc: Disc, deg: f64) -> String {
    format!("{disc} is {deg:.1}° off: as good as it gets")
}

/// `tilt_deg` is how far the slices are from the disc in the sagittal view, beyond the disc's own tilt or short of it.
pub(crate) fn disc_sagittal_tilt(disc: Disc, deg: f64, tilt_deg: f64, is_short: bool) -> String {
    let way = if is_short { "short of" } else { "beyond" };
    format!("{disc} is {deg:.1}° off: its slices are {tilt_deg:.1}° {way} the disc's tilt in the sagittal view")
}

/// `tilt_deg` is how far the slices lean towards the patient's left in the coronal view.
pub(crate) fn disc_coronal_tilt(disc: Disc, deg: f64, tilt_deg: f64) -> String {
    let side = if tilt_deg > 0.0 { "left" } else { "right" };
    format!(
        "{disc} is {deg:.1}° off: its slices lean {:.1}° too far to the patient's {side} in the coronal view",
        tilt_deg.abs()
    )
}
