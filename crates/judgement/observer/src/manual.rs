//! Prescription by hand: mark the discs, count the levels, draw the stacks.

use geometry::{Direction, Disc, LabelledDisc, LabelledSpine, Plane, PrescriptionRules, Vertebra};
use nalgebra::UnitQuaternion;
use planner::ReadSpine;
use rand::Rng;
use randomness::{Stream, normal};

use crate::attempt::Attempt;
use crate::axes::Axes;
use crate::perception::{edge_sd_mm, jitter_mm, perceived_plane};
use crate::technologist::{Pace, Technologist};

/// SD of a drag that was let go too early, mm and degrees (project choice: twice what is noticed).
const SLOPPY_MM: f64 = 4.0;
const SLOPPY_DEG: f64 = 6.0;

/// A technologist plans alone. `visible` is the spine in the localizer as a perfect eye would see it. The same stream gives
/// the same attempt.
pub fn prescribe_manually(
    visible: &LabelledSpine,
    contrast_to_noise: f64,
    technologist: &Technologist,
    rules: &PrescriptionRules,
    stream: &Stream,
) -> Attempt {
    let spine = perceived_spine(visible, contrast_to_noise, technologist, stream);
    let plan = ReadSpine::certain(spine).plan(rules);
    let drawn = plan.levels.iter().filter(|level| is_planned(level.label)).count();
    let pace = &technologist.pace;
    let time_s = pace.setup_s + pace.per_disc_s * drawn as f64;
    Attempt { plan, planning_time_s: taken_s(pace, time_s, stream), edits: Vec::new() }
}

/// True for the discs that get an axial group: L1/L2 down to the sacrum.
pub(crate) fn is_planned(disc: Disc) -> bool {
    disc.upper >= Vertebra::L1
}

/// A time around a typical one, log-normal, s.
pub(crate) fn taken_s(pace: &Pace, typical_s: f64, stream: &Stream) -> f64 {
    typical_s * normal(&mut stream.child("time", 0).rng(), 0.0, pace.spread).exp()
}

/// The spine as a technologist marks and counts it.
pub(crate) fn perceived_spine(
    visible: &LabelledSpine,
    contrast_to_noise: f64,
    technologist: &Technologist,
    stream: &Stream,
) -> LabelledSpine {
    let noise_mm = edge_sd_mm(&technologist.perception, contrast_to_noise);
    let labels = counted_labels(visible, technologist, stream);
    let discs = visible.discs.iter().zip(labels).enumerate().filter_map(|(index, (disc, label))| {
        let stream = stream.child("disc", index as u64);
        Some(drawn_disc(disc, label?, &visible.midsagittal.normal, technologist, noise_mm, &stream))
    });
    let discs = discs.collect();

    let mut rng = stream.child("midline", 0).rng();
    let perception = &technologist.perception;
    let turn = |sd_deg: f64, rng: &mut _| normal(rng, 0.0, sd_deg).to_radians();
    // Turned in the axial view (about the head axis); the coronal line is drawn along the whole spine, over
    // some 150 mm, so its two ends' noise hardly tilts it.
    let tilt_sd_deg = (std::f64::consts::SQRT_2 * noise_mm / 150.0).to_degrees();
    let turned =
        UnitQuaternion::from_euler_angles(0.0, turn(tilt_sd_deg, &mut rng), turn(perception.rotation_sd_deg, &mut rng));
    let midsagittal = Plane {
        centre: visible.midsagittal.centre + jitter_mm(&mut rng, perception.drag_sd_mm),
        normal: turned * visible.midsagittal.normal,
    };
    let anterior_wall = visible.anterior_wall.iter().map(|point| point + jitter_mm(&mut rng, noise_mm)).collect();
    LabelledSpine { discs, midsagittal, anterior_wall }
}

/// The label that each visible disc gets. A miscount shifts them all by one; the disc at the end then
/// takes the place of none in view and is left out.
pub(crate) fn counted_labels(
    visible: &LabelledSpine,
    technologist: &Technologist,
    stream: &Stream,
) -> Vec<Option<Disc>> {
    let mut rng = stream.child("count", 0).rng();
    let labels: Vec<Disc> = visible.discs.iter().map(|disc| disc.label).collect();
    let miscounted = rng.random::<f64>() < technologist.care.miscount;
    let from_above = rng.random::<bool>();
    let counted = |index: usize| match (miscounted, from_above) {
        (false, _) => Some(labels[index]),
        (true, true) => labels.get(index + 1).copied(),
        (true, false) => index.checked_sub(1).map(|above| labels[above]),
    };
    (0..labels.len()).map(counted).collect()
}

/// One disc marked in two views, with the stack dragged onto it.
pub(crate) fn drawn_disc(
    disc: &LabelledDisc,
    label: Disc,
    left: &Direction,
    technologist: &Technologist,
    noise_mm: f64,
    stream: &Stream,
) -> LabelledDisc {
    let mut rng = stream.rng();
    let mut plane = perceived_plane(disc, left, technologist, noise_mm, &mut rng);
    plane.centre += jitter_mm(&mut rng, technologist.perception.drag_sd_mm);
    if rng.random::<f64>() < technologist.care.sloppy_drag {
        plane.centre += jitter_mm(&mut rng, SLOPPY_MM);
        let axes = Axes::of(&plane, left);
        plane.normal = axes.tipped(normal(&mut rng, 0.0, SLOPPY_DEG), normal(&mut rng, 0.0, SLOPPY_DEG));
    }
    LabelledDisc {
        label,
        plane,
        canal: disc.canal + jitter_mm(&mut rng, noise_mm),
        depth_mm: (disc.depth_mm + normal(&mut rng, 0.0, noise_mm)).max(1.0),
        width_mm: (disc.width_mm + normal(&mut rng, 0.0, noise_mm)).max(1.0),
    }
}
