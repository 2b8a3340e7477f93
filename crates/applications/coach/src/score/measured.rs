//! One series of images held against one disc, or against the spine.

use geometry::{Direction, Disc, LabelledDisc, Point, SliceGroup, StackGeometry, Vector, Vertebra};
use phantom::{DiscTruth, SpineTruth};
use planner::quality_check::FORAMEN_MM;
use scoring::positioning::{PlaneError, TrueDisc, coverage};
use scoring::prescription::{canal_points, saturated};

use super::scanned::{ScannedSeries, Spoiled};
use super::weights::part;

/// Slices tilted up to here show the disc, and from here on do not, degrees (lumbar-numbers §2c: acceptable, failed).
const SHOWS_TO_DEG: [f64; 2] = [5.0, 10.0];
/// The same of a sagittal stack, which shows the canal as long as it follows it.
const STACK_SHOWS_TO_DEG: [f64; 2] = [7.0, 15.0];
/// The same for the part that the slices leave out: the disc's edge may be missing, half of disc and canal may not (choice).
const SHOWS_WITHOUT: [f64; 2] = [0.15, 0.5];
/// Slices or pixels that are larger than the protocol's by the first factor still show what they should, by the second
/// not: 4 mm slices show a root, 10 mm slices do not (choice).
const COARSE: [f64; 2] = [1.3, 2.5];
/// What a series that was spoiled by movement is worth after one repeat: more was not to be had.
const SPOILED_AGAIN: f64 = 0.5;

/// A series held against one disc.
#[derive(Clone, Debug)]
pub(super) struct AtDisc<'a> {
    pub series: &'a ScannedSeries,
    pub disc: Disc,
    pub error: PlaneError,
    /// The true disc that the slices cross; `None` if they cross none.
    pub crossed: Option<Disc>,
    /// How far towards the head of the disc's centre the middle slice passes, mm.
    pub offset_mm: f64,
    /// Part of disc and canal within the slices, 0…1.
    pub coverage: f64,
    /// Turn in the plane, degrees; a quarter turn is none.
    pub turned_deg: f64,
    /// Middle of the slices, mm to the patient's left of the disc's.
    pub aside_mm: f64,
    /// Part of the sac's width that a saturation band darkens, 0…1.
    pub canal_saturated: f64,
    /// How many times larger than the protocol's its slices or pixels are.
    pub coarseness: f64,
}

impl<'a> AtDisc<'a> {
    pub fn of(series: &'a ScannedSeries, truth: &SpineTruth, disc: &DiscTruth, asked: &StackGeometry) -> Self {
        let (group, left) = (&series.group, truth.midsagittal.normal);
        let labelled = disc.labelled;
        let plane = group.plane();
        let headwards = if plane.normal.dot(&labelled.plane.normal) < 0.0 { -1.0 } else { 1.0 };
        let region = TrueDisc::new(labelled, disc.height_mm[1], left).region;
        Self {
            series,
            disc: labelled.label,
            error: PlaneError::between(&plane, &labelled.plane, &left),
            crossed: crossed(truth, group),
            offset_mm: -headwards * plane.distance_mm(&labelled.plane.centre),
            coverage: coverage(&region, group),
            turned_deg: turned_deg(group, &left.into_inner()),
            aside_mm: (group.centre - labelled.plane.centre).dot(&across(&left.into_inner(), &plane.normal)),
            canal_saturated: saturated(&canal_points(&labelled.canal, &labelled.plane, &left), &series.bands),
            coarseness: coarseness(group, asked),
        }
    }

    /// How far the images can be used to read this disc, 0…1.
    pub fn usable(&self) -> f64 {
        if self.crossed != Some(self.disc) {
            return 0.0;
        }
        let shown = part(1.0 - self.coverage, SHOWS_WITHOUT) * part(self.error.angle_deg, SHOWS_TO_DEG);
        shown * (1.0 - self.canal_saturated) * part(self.coarseness, COARSE) * quality(self.series)
    }
}

/// A series held against the spine.
#[derive(Clone, Debug)]
pub(super) struct OfStack<'a> {
    pub series: &'a ScannedSeries,
    pub error: PlaneError,
    /// How far to the patient's left of the spine's middle the middle slice passes, mm.
    pub offset_mm: f64,
    /// Part of the foramina of the ordered levels within the slices, 0…1.
    pub coverage: f64,
    /// Turn in the plane against the table's axis, degrees; a quarter turn is none.
    pub turned_deg: f64,
    /// Part of the sac that a saturation band darkens, 0…1.
    pub canal_saturated: f64,
    /// How many times larger than the protocol's its slices or pixels are.
    pub coarseness: f64,
}

impl<'a> OfStack<'a> {
    /// `levels` are those that must be shown; none stands for every lumbar disc.
    pub fn of(series: &'a ScannedSeries, truth: &SpineTruth, levels: &[Disc], asked: &StackGeometry) -> Self {
        let (group, left) = (&series.group, truth.midsagittal.normal);
        let is_wanted = |disc: &&DiscTruth| {
            let label = disc.labelled.label;
            if levels.is_empty() { label.upper >= Vertebra::L1 } else { levels.contains(&label) }
        };
        let discs: Vec<LabelledDisc> = truth.discs.iter().filter(is_wanted).map(|disc| disc.labelled).collect();
        let aside = left.into_inner() * FORAMEN_MM;
        let foramina: Vec<Point> = discs.iter().flat_map(|disc| [disc.canal - aside, disc.canal + aside]).collect();
        let sacs: Vec<Point> = discs.iter().flat_map(|disc| canal_points(&disc.canal, &disc.plane, &left)).collect();
        let plane = group.plane();
        let leftwards = if plane.normal.dot(&left) < 0.0 { -1.0 } else { 1.0 };
        let count = discs.len().max(1) as f64;
        let middle = Point::from(discs.iter().map(|disc| disc.canal.coords).sum::<Vector>() / count);
        Self {
            series,
            error: PlaneError::between(&plane, &truth.midsagittal, &left),
            offset_mm: -leftwards * plane.distance_mm(&middle),
            coverage: coverage(&foramina, group),
            turned_deg: turned_deg(group, &Vector::z()),
            canal_saturated: saturated(&sacs, &series.bands),
            coarseness: coarseness(group, asked),
        }
    }

    /// How far the images can be used to read the spine, 0…1.
    pub fn usable(&self) -> f64 {
        let shown = part(1.0 - self.coverage, SHOWS_WITHOUT) * part(self.error.angle_deg, STACK_SHOWS_TO_DEG);
        shown * (1.0 - self.canal_saturated) * part(self.coarseness, COARSE) * quality(self.series)
    }
}

/// What the images are worth for how they look, 0…1.
fn quality(series: &ScannedSeries) -> f64 {
    match series.spoiled {
        None => 1.0,
        Some(Spoiled::Moved { .. }) if series.repeats > 0 => SPOILED_AGAIN,
        Some(_) => 0.0,
    }
}

/// The largest factor between a group's slice thickness or pixels and the protocol's.
fn coarseness(group: &SliceGroup, asked: &StackGeometry) -> f64 {
    let pixel_mm = |fov_mm: [f64; 2], matrix: [usize; 2]| [0, 1].map(|axis| fov_mm[axis] / matrix[axis] as f64);
    let (here, there) = (pixel_mm(group.fov_mm, group.matrix), pixel_mm(asked.fov_mm, asked.matrix));
    let pixels = [0, 1].map(|axis| here[axis] / there[axis]);
    pixels.into_iter().fold(group.thickness_mm / asked.thickness_mm, f64::max)
}

/// The true disc whose centre lies nearest to the middle slice, if it lies within the slices.
fn crossed(truth: &SpineTruth, group: &SliceGroup) -> Option<Disc> {
    let away = |disc: &LabelledDisc| group.plane().distance_mm(&disc.plane.centre).abs();
    let discs = truth.discs.iter().map(|disc| &disc.labelled);
    let nearest = discs.min_by(|a, b| away(a).total_cmp(&away(b)))?;
    group.contains(&nearest.plane.centre).then_some(nearest.label)
}

/// The angle in the image's plane between an axis and the nearest side of the image, 0…45°.
fn turned_deg(group: &SliceGroup, axis: &Vector) -> f64 {
    let within = across(axis, &group.normal());
    let angle = group.row.dot(&within).abs().clamp(0.0, 1.0).acos().to_degrees();
    angle.min(90.0 - angle)
}

/// The unit vector of what of a vector is perpendicular to a direction; the vector itself where nothing is.
fn across(v: &Vector, direction: &Direction) -> Vector {
    (v - direction.into_inner() * direction.dot(v)).try_normalize(1e-6).unwrap_or(*v)
}
