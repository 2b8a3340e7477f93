//! The marks of a plan: what was found, what would have been right, where to look.

use geometry::Disc;

use crate::score::Subject;

pub(crate) const fn subject(subject: Subject) -> &'static str {
    match subject {
        Subject::Images => "Images",
        Subject::Level => "Level",
        Subject::Coverage => "Coverage",
        Subject::Angle => "Angle",
        Subject::Centre => "Centre",
        Subject::InPlane => "In plane",
        Subject::Saturation => "Saturation",
        Subject::Safety => "Safety",
        Subject::Positioning => "Positioning",
        Subject::Time => "Time",
        Subject::Repeats => "Repeats",
    }
}

// What fails an examination.

pub(crate) const NOTHING_SCANNED: &str = "nothing of what was ordered was scanned";
pub(crate) const NO_USABLE_SAGITTAL: &str = "no sagittal series can be used for a report";
pub(crate) const NO_USABLE_AXIAL: &str = "no axial series can be used for a report";

pub(crate) fn wrong_level(disc: Disc, other: Disc) -> String {
    format!("the images called {disc} show {other}: a report would name the wrong level")
}

pub(crate) fn error_accepted(error: &str) -> String {
    format!("{error}; it was accepted and is in the images")
}

pub(crate) fn wrong_patient(fields: &str) -> String {
    format!("another patient is registered than the one on the table: {fields} differ from the wristband")
}

pub(crate) fn labelled_wrong(registered: &str, lying: &str) -> String {
    format!(
        "registered {registered}, but the patient lies {lying}: left and right, front and back or head and foot of every \
         image are labelled wrong"
    )
}

// Images; `name` is the series, at one disc the disc, too.

pub(crate) fn not_scanned(name: &str) -> String {
    format!("{name} was ordered and not scanned")
}

pub(crate) fn moved_and_kept(name: &str, mm: f64) -> String {
    format!(
        "{name}: the patient moved by {mm:.1} mm during the series, and it was kept; repeat what is blurred or doubled"
    )
}

pub(crate) fn moved_again(name: &str, mm: f64) -> String {
    format!("{name}: the patient moved again, by {mm:.1} mm, when it was repeated")
}

pub(crate) fn noisy(name: &str, snr: f64) -> String {
    format!("{name}: noise hides the anatomy (signal-to-noise ratio {snr:.1})")
}

/// `factor` is how many times larger than the protocol's slices or pixels are.
pub(crate) fn coarse(name: &str, factor: f64) -> String {
    format!("{name}: slices or pixels are {factor:.1} times as large as the protocol's, and hide what is small")
}

pub(crate) fn canal_is_dark(name: &str) -> String {
    format!("{name}: the saturation band darkens the canal")
}

pub(crate) fn shows_in_part(name: &str, part: f64) -> String {
    format!("{name} was scanned, but tilt, place or extent leave {:.0} % of its worth for a report", part * 100.0)
}

pub(crate) fn shows(name: &str) -> String {
    format!("{name} was scanned and shows what it should")
}

// The saturation band.

pub(crate) const NO_BAND: &str = "the saturation band in front of the spine is missing: vessels and bowel leave ghosts";
pub(crate) const BAND_IN_PART: &str = "some series were scanned without the saturation band";
pub(crate) const BAND_IN_FRONT: &str = "the saturation band lies in front of the bodies";

pub(crate) fn band_over_canal(part: f64) -> String {
    format!("a saturation band lies over {:.0} % of the canal", part * 100.0)
}

pub(crate) fn band_over_bodies(part: f64) -> String {
    format!("a saturation band lies over {:.0} % of the discs' edges", part * 100.0)
}

// Safety.

pub(crate) const IDENTITY_AGREES: &str = "the registration agrees with the wristband";
pub(crate) const NOT_REGISTERED_BY_ORDER: &str =
    "registered as an emergency, although order and wristband tell who the patient is";

pub(crate) fn mistyped(fields: &str) -> String {
    format!("the registration differs from the wristband: {fields}")
}

pub(crate) fn lies_as_registered(code: &str) -> String {
    format!("the patient lies as registered ({code})")
}

// Positioning.

pub(crate) const LIES_AS_ORDERED: &str = "the position is the one that was asked for";
pub(crate) const SPINE_ARRAY: &str = "the spine array receives";
pub(crate) const BODY_COIL: &str = "the body coil was used: the images are noisy for no reason";
pub(crate) const CUSHION: &str = "the knees lie on the cushion";
pub(crate) const NO_CUSHION: &str = "no cushion under the knees: the back hurts sooner, and hollows";

pub(crate) fn lies_otherwise(ordered: &str, lying: &str) -> String {
    format!("{ordered} was asked for, the patient lies {lying}")
}

/// `off_mm` is how far L3 lies from the isocentre towards the head.
pub(crate) fn landmark(off_mm: f64, is_near: bool) -> String {
    if is_near {
        return format!("L3 lies {off_mm:+.0} mm from the isocentre");
    }
    let towards = if off_mm > 0.0 { "the head" } else { "the feet" };
    format!("the landmark left L3 {:.0} mm from the isocentre towards {towards}", off_mm.abs())
}

// Time and repeats.

pub(crate) const NOTHING_SCANNED_IN_TIME: &str = "no time counts without images";

pub(crate) fn planned_in(seconds: f64, limit_s: f64) -> String {
    format!("planned in {} of {} min", clock(seconds), clock(limit_s))
}

pub(crate) fn repeats(needless: u32, due: u32) -> String {
    let scans = |number: u32| if number == 1 { "one scan".to_owned() } else { format!("{number} scans") };
    let was = |number: u32| if number == 1 { "was" } else { "were" };
    match (needless, due) {
        (0, 0) => "nothing was scanned twice".to_owned(),
        (0, due) => format!("{} {} made again for good reason", scans(due), was(due)),
        (needless, 0) => format!("{} {} made again without need", scans(needless), was(needless)),
        (needless, due) => {
            format!("{} {} made again without need, {} for good reason", scans(needless), was(needless), scans(due))
        }
    }
}

/// Minutes and seconds.
fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
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

pub(crate) fn stack_turned(deg: f64) -> String {
    format!("the sagittal picture is turned by {deg:.0}° against the table's axis")
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

/// `crossed` is the disc that the slices cross.
pub(crate) fn named_wrongly(disc: Disc, crossed: Option<Disc>) -> String {
    match crossed {
        Some(other) if other != disc => format!("the group for {disc} lies on {other}"),
        _ => format!("the group for {disc} lies beside the disc"),
    }
}

/// `offset_mm` is towards the head.
pub(crate) fn disc_offset(disc: Disc, offset_mm: f64) -> String {
    let towards = if offset_mm > 0.0 { "head" } else { "feet" };
    format!("the middle slice of {disc} passes {:.1} mm towards the {towards} of the disc's middle", offset_mm.abs())
}

pub(crate) fn disc_turned(disc: Disc, deg: f64) -> String {
    format!("the picture of {disc} is turned by {deg:.0}° in its plane")
}

/// `aside_mm` is towards the patient's left.
pub(crate) fn disc_aside(disc: Disc, aside_mm: f64) -> String {
    let side = if aside_mm > 0.0 { "left" } else { "right" };
    format!("the picture of {disc} is centred {:.0} mm to the patient's {side} of the disc", aside_mm.abs())
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
