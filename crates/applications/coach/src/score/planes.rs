//! How the images were planned, disc by disc, from the slices that were scanned. Limits are those of lumbar-numbers §2c:
//! ideal up to 3° and 2 mm, failed over 10° and a slice.

use geometry::Disc;
use phantom::SpineTruth;
use scoring::positioning::sagittal_tilt_deg;

use super::images::Shown;
use super::measured::{AtDisc, OfStack};
use super::weights::{ANGLE, CENTRE, COVERAGE, IN_PLANE, LEVEL, part};
use super::{Examined, Item, Subject, text};

/// Up to here an angle is as good as any, and from here on worth nothing, degrees.
const ANGLE_DEG: [f64; 2] = [3.0, 10.0];
/// The same for the distance of the middle slice from the disc, mm.
const CENTRE_MM: [f64; 2] = [2.0, 5.0];
/// The same for the distance of the sagittal stack from the midline, mm.
const STACK_CENTRE_MM: [f64; 2] = [4.0, 15.0];
/// The same for the part that is not shown.
const UNCOVERED: [f64; 2] = [0.05, 0.5];
/// The same for a turn in the plane of axial slices, degrees: beyond 20° left and right can no longer be compared.
const TURNED_DEG: [f64; 2] = [5.0, 20.0];
/// The same of a sagittal stack, which some turn along the spine.
const STACK_TURNED_DEG: [f64; 2] = [12.0, 30.0];
/// The same for the lateral position in the plane, mm: front and back are the trainee's choice.
const ASIDE_MM: [f64; 2] = [10.0, 30.0];

pub(super) fn items(examined: &Examined<'_>, shown: &Shown<'_>) -> Vec<Item> {
    let levels = &examined.order.levels;
    let has_stack = !examined.order.sagittal.is_empty();
    // The sagittal stack weighs as much as one disc, scanned or not.
    let share = 1.0 / (levels.len() + usize::from(has_stack)).max(1) as f64;
    let mut items = if has_stack { of_stack(shown.stack(), share) } else { Vec::new() };
    for disc in levels {
        items.extend(of_disc(*disc, shown.disc(*disc), examined.truth, share, LEVEL / levels.len() as f64));
    }
    items
}

fn item(subject: Subject, disc: Option<Disc>, part: f64, of: f64, measured: Option<f64>, explanation: String) -> Item {
    Item { subject, disc, points: of * part, of, measured, explanation }
}

/// The subjects in which a plane is marked, with their points.
const SUBJECTS: [(Subject, f64); 4] =
    [(Subject::Coverage, COVERAGE), (Subject::Angle, ANGLE), (Subject::Centre, CENTRE), (Subject::InPlane, IN_PLANE)];

fn of_stack(stack: Option<&OfStack<'_>>, share: f64) -> Vec<Item> {
    let Some(stack) = stack else {
        let missing = |(subject, of)| item(subject, None, 0.0, of * share, None, text::NO_SAGITTAL_STACK.into());
        return SUBJECTS.map(missing).to_vec();
    };
    let OfStack { error, offset_mm, coverage, turned_deg, .. } = stack;
    SUBJECTS
        .map(|(subject, of)| {
            let (part, measured, explanation) = match subject {
                Subject::Coverage => (part(1.0 - coverage, UNCOVERED), *coverage, text::stack_coverage(*coverage)),
                Subject::Angle => {
                    (part(error.angle_deg, ANGLE_DEG), error.angle_deg, text::stack_angle(error.angle_deg))
                }
                Subject::Centre => {
                    (part(offset_mm.abs(), STACK_CENTRE_MM), offset_mm.abs(), text::stack_offset(*offset_mm))
                }
                _ => (part(*turned_deg, STACK_TURNED_DEG), *turned_deg, text::stack_turned(*turned_deg)),
            };
            item(subject, None, part, of * share, Some(measured), explanation)
        })
        .to_vec()
}

fn of_disc(disc: Disc, view: Option<&AtDisc<'_>>, truth: &SpineTruth, share: f64, level: f64) -> Vec<Item> {
    let Some(view) = view else {
        let missing = |subject, of| item(subject, Some(disc), 0.0, of, None, text::no_slices(disc));
        let mut items = vec![missing(Subject::Level, level)];
        items.extend(SUBJECTS.map(|(subject, of)| missing(subject, of * share)));
        return items;
    };
    let is_there = view.crossed == Some(disc);
    let named = if is_there { text::named_rightly(disc) } else { text::named_wrongly(disc, view.crossed) };
    let mut items = vec![item(Subject::Level, Some(disc), f64::from(u8::from(is_there)), level, None, named)];
    items.extend(SUBJECTS.map(|(subject, of)| {
        let (earned, measured, explanation) = match subject {
            Subject::Coverage => {
                (part(1.0 - view.coverage, UNCOVERED), view.coverage, text::disc_coverage(disc, view.coverage))
            }
            Subject::Angle => (part(view.error.angle_deg, ANGLE_DEG), view.error.angle_deg, tilt(view, truth)),
            Subject::Centre => {
                let offset_mm = view.offset_mm;
                (part(offset_mm.abs(), CENTRE_MM), offset_mm.abs(), text::disc_offset(disc, offset_mm))
            }
            _ => {
                let (turned, aside) = (part(view.turned_deg, TURNED_DEG), part(view.aside_mm.abs(), ASIDE_MM));
                if turned < aside {
                    (turned, view.turned_deg, text::disc_turned(disc, view.turned_deg))
                } else {
                    (aside, view.aside_mm.abs(), text::disc_aside(disc, view.aside_mm))
                }
            }
        };
        // Slices that lie on another disc show nothing of this one, however straight they lie.
        let earned = if is_there { earned } else { 0.0 };
        item(subject, Some(disc), earned, of * share, Some(measured), explanation)
    }));
    items
}

/// The angle for the trainee: in which view it is wrong, and which way.
fn tilt(view: &AtDisc<'_>, truth: &SpineTruth) -> String {
    let (disc, error) = (view.disc, &view.error);
    let (angle, sagittal, coronal) = (error.angle_deg, error.sagittal_tilt_deg, error.coronal_tilt_deg);
    let labelled = truth.discs.iter().find(|other| other.labelled.label == disc);
    let true_tilt = labelled.map_or(0.0, |disc| sagittal_tilt_deg(&disc.labelled.plane));
    if angle <= 1.0 {
        text::disc_angle(disc, angle)
    } else if sagittal.abs() >= coronal.abs() {
        // The disc's own tilt says whether more or less of it was asked for.
        text::disc_sagittal_tilt(disc, angle, sagittal.abs(), sagittal * true_tilt < 0.0)
    } else {
        text::disc_coronal_tilt(disc, angle, coronal)
    }
}
