//! How a body lies: where head, joints, hands and feet are for every position on the table.
//!
//! Everything is in the patient's frame, metres: x to the left, y to the back, z to the head, the L3 body at z = 0 and
//! the middle of the trunk at x = y = 0. Which end goes into the bore first makes no difference here.
//! Lengths of segments are parts of body height after Drillis and Contini (1966; from memory, not
//! looked up); widths and how the limbs are laid are choices.

use bevy::math::Vec3;
use geometry::PatientPosition;

use super::model::PatientShape;

/// The L3 body above the soles, as a part of body height (the lesson's table says the same; choice).
pub const L3_UP: f32 = 0.62;
/// The iliac crests lie this far below the middle of the L3 body, m: level with L4/L5 (choice, see the lesson's table).
pub const CREST_BELOW_L3_M: f32 = coach::table::CREST_BELOW_L3_MM as f32 / 1000.0;
/// The lower costal margin at the flank lies this far above the middle of the L3 body, m (choice: the subcostal plane
/// of the anatomy books passes through L3's upper part).
pub const COSTAL_ABOVE_L3_M: f32 = 0.02;

/// What the patient lies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lying {
    /// On the back.
    Supine,
    /// On the belly, the head turned aside.
    Prone,
    /// On the right or the left side, knees drawn up.
    Side,
}

impl Lying {
    /// Of a position.
    pub fn of(position: PatientPosition) -> Self {
        use PatientPosition as P;
        match position {
            P::HeadFirstSupine | P::FeetFirstSupine => Self::Supine,
            P::HeadFirstProne | P::FeetFirstProne => Self::Prone,
            P::HeadFirstDecubitusRight
            | P::HeadFirstDecubitusLeft
            | P::FeetFirstDecubitusRight
            | P::FeetFirstDecubitusLeft => Self::Side,
        }
    }
}

/// Sizes of a body, m.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Build {
    /// Height.
    pub height: f32,
    /// Half the trunk's width at the waist.
    pub half_width: f32,
    /// Half the trunk's depth at the waist.
    pub half_depth: f32,
    /// Thickness of the limbs, 1 for a person of middle weight.
    pub stout: f32,
}

impl Build {
    /// Of a patient. The trunk follows the phantoms' rule (225 × 335 mm at a body mass index of 25, 6.5 and 6 mm more
    /// for each kg/m²; choice).
    pub fn of(patient: &PatientShape) -> Self {
        let index = (patient.index() as f32 - 25.0).clamp(-9.0, 25.0);
        Self {
            height: (patient.height_cm as f32 / 100.0).clamp(0.9, 2.2),
            half_width: (0.335 + 0.006 * index) / 2.0,
            half_depth: (0.225 + 0.0065 * index) / 2.0,
            stout: 1.0 + 0.015 * index,
        }
    }

    /// z of a height above the soles that is given as a part of body height.
    pub fn level(&self, part: f32) -> f32 {
        (part - L3_UP) * self.height
    }
}

/// One arm or leg, from the trunk outwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limb {
    /// Shoulder or hip.
    pub root: Vec3,
    /// Elbow or knee.
    pub middle: Vec3,
    /// Wrist or ankle.
    pub end: Vec3,
    /// Fingertips or toes.
    pub tip: Vec3,
}

/// Where everything is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Posture {
    /// What the patient lies on.
    pub lying: Lying,
    /// Towards the table.
    pub down: Vec3,
    /// From the middle of the trunk down to the table.
    pub support: f32,
    /// Middle of the head.
    pub head: Vec3,
    /// Where the face looks.
    pub face: Vec3,
    /// Right arm, left arm.
    pub arms: [Limb; 2],
    /// Right leg, left leg.
    pub legs: [Limb; 2],
    /// Middle of the cushion on the table's surface, and its half-extents across the table, its height, and half its extent
    /// along the table.
    pub cushion: Option<(Vec3, Vec3)>,
}

/// Half the height and depth of the head and half its width, as parts of body height.
pub const HEAD: Vec3 = Vec3::new(0.044, 0.056, 0.066);
/// Radii of knee and ankle as parts of body height.
pub const KNEE_RADIUS: f32 = 0.033;
/// Radius of the ankle.
pub const ANKLE_RADIUS: f32 = 0.022;
const THIGH: f32 = 0.245;
const SHANK: f32 = 0.246;
const PILLOW_M: f32 = 0.045;
const CUSHION_M: f32 = 0.15;

impl Posture {
    /// A patient in a position, with or without the cushion.
    pub fn new(position: PatientPosition, patient: &PatientShape, cushion: bool) -> Self {
        let build = Build::of(patient);
        let down = position.down().into_inner();
        let down = Vec3::new(down.x as f32, down.y as f32, down.z as f32);
        match Lying::of(position) {
            Lying::Supine => supine(&build, down, cushion),
            Lying::Prone => prone(&build, down, cushion),
            Lying::Side => on_the_side(&build, down, cushion),
        }
    }
}

/// From the middle of the trunk down to the table, m: the table's height brings the middle of the trunk to the isocentre.
pub fn support_m(position: PatientPosition, patient: &PatientShape) -> f32 {
    let build = Build::of(patient);
    if Lying::of(position) == Lying::Side { side_support(&build) } else { build.half_depth }
}

fn side_support(build: &Build) -> f32 {
    1.08 * build.half_width
}

/// The end of a bone of a length that starts somewhere, ends at a given y, and else points to the feet.
fn reach(start: Vec3, length: f32, x: f32, y: f32) -> Vec3 {
    let aside = (y - start.y).hypot(x - start.x);
    Vec3::new(x, y, start.z - (length * length - aside * aside).max(0.01).sqrt())
}

fn both<T>(side: impl Fn(f32) -> T) -> [T; 2] {
    [side(-1.0), side(1.0)]
}

fn supine(build: &Build, down: Vec3, cushion: bool) -> Posture {
    let (h, w, d) = (build.height, build.half_width, build.half_depth);
    let arms = both(|side| Limb {
        root: Vec3::new(side * 0.112 * h, 0.25 * d, build.level(0.80)),
        middle: Vec3::new(side * (w + 0.055), d - 0.055, build.level(0.632)),
        end: Vec3::new(side * 1.10 * w, -0.35 * d, build.level(0.505)),
        tip: Vec3::new(side * 0.86 * w, -0.62 * d, build.level(0.435)),
    });
    let legs = both(|side| {
        let root = Vec3::new(side * 0.052 * h, 0.2 * d, build.level(0.53));
        let knee_y = if cushion { d - CUSHION_M - KNEE_RADIUS * h } else { d - KNEE_RADIUS * h };
        let middle = reach(root, THIGH * h, side * 0.055 * h, knee_y);
        let end = reach(middle, SHANK * h, side * 0.05 * h, d - (ANKLE_RADIUS + 0.004) * h);
        Limb { root, middle, end, tip: end + Vec3::new(side * 0.025, -0.118, -0.045) * (h / 1.7) }
    });
    let cushion =
        cushion.then(|| (Vec3::new(0.0, d, legs[0].middle.z + 0.015), Vec3::new(0.24, CUSHION_M + 0.012, 0.17)));
    let head = Vec3::new(0.0, d - PILLOW_M - HEAD.y * h, build.level(0.932));
    Posture { lying: Lying::Supine, down, support: d, head, face: Vec3::NEG_Y, arms, legs, cushion }
}

fn prone(build: &Build, down: Vec3, cushion: bool) -> Posture {
    let (h, w, d) = (build.height, build.half_width, build.half_depth);
    let arms = both(|side| Limb {
        root: Vec3::new(side * 0.112 * h, -0.2 * d, build.level(0.80)),
        middle: Vec3::new(side * (w + 0.05), -d + 0.05, build.level(0.63)),
        end: Vec3::new(side * (w + 0.055), -d + 0.035, build.level(0.487)),
        tip: Vec3::new(side * (w + 0.035), -d + 0.03, build.level(0.40)),
    });
    let legs = both(|side| {
        let root = Vec3::new(side * 0.052 * h, -0.1 * d, build.level(0.53));
        let middle = reach(root, THIGH * h, side * 0.055 * h, -d + KNEE_RADIUS * h);
        let ankle_y = if cushion { -d + CUSHION_M + ANKLE_RADIUS * h } else { -d + 0.05 * h };
        let end = reach(middle, SHANK * h, side * 0.055 * h, ankle_y);
        Limb { root, middle, end, tip: end + Vec3::new(side * 0.01, -0.055, -0.115) * (h / 1.7) }
    });
    let cushion = cushion.then(|| (Vec3::new(0.0, -d, legs[0].end.z + 0.05), Vec3::new(0.24, CUSHION_M + 0.005, 0.13)));
    let head = Vec3::new(0.0, -d + PILLOW_M * 0.7 + HEAD.x * h, build.level(0.935));
    let face = Vec3::new(0.97, -0.24, 0.0).normalize();
    Posture { lying: Lying::Prone, down, support: d, head, face, arms, legs, cushion }
}

fn on_the_side(build: &Build, down: Vec3, cushion: bool) -> Posture {
    let (h, w, d) = (build.height, build.half_width, build.half_depth);
    let support = side_support(build);
    // Heights above the table, for the lower and the upper limb of each pair.
    let up = |height_m: f32| -down * (height_m - support);
    let at = |height_m: f32, y: f32, z: f32| up(height_m) + Vec3::new(0.0, y, z);
    let between = if cushion { 0.09 } else { 0.0 };
    let leg = |upper: bool| {
        let (hip, knee, ankle) = if upper {
            (support + 0.05 * h, (3.0 * KNEE_RADIUS) * h + between, (3.0 * ANKLE_RADIUS) * h + between)
        } else {
            (support - 0.05 * h, KNEE_RADIUS * h, ANKLE_RADIUS * h)
        };
        let flexion = if upper { 42.0_f32 } else { 32.0 };
        let root = at(hip, 0.1 * d, build.level(0.53));
        let (sin, cos) = flexion.to_radians().sin_cos();
        let along = |from: Vec3, height_m: f32, length: f32, forward: f32, footward: f32| {
            let rise = up(height_m).x - from.x;
            let flat = (length * length - rise * rise).max(0.01).sqrt();
            Vec3::new(up(height_m).x, from.y - forward * flat, from.z - footward * flat)
        };
        let middle = along(root, knee, THIGH * h, sin, cos);
        let (sin, cos) = (if upper { 44.0_f32 } else { 36.0 }).to_radians().sin_cos();
        let end = along(middle, ankle, SHANK * h, -sin, cos);
        Limb { root, middle, end, tip: end + Vec3::new(0.0, -0.105, -0.075) * (h / 1.7) }
    };
    let lower_arm = Limb {
        root: at(0.065 * h, -0.45 * d, build.level(0.795)),
        middle: at(0.035 * h, -d - 0.10, build.level(0.80)),
        end: at(0.04 * h, -d - 0.075, build.level(0.925)),
        tip: at(0.045 * h, -0.75 * d, build.level(0.985)),
    };
    let upper_arm = Limb {
        root: at(support + 0.085 * h, -0.15 * d, build.level(0.795)),
        middle: at(support + 0.06 * h, -d - 0.02, build.level(0.665)),
        end: at(support - 0.03 * h, -d - 0.085, build.level(0.735)),
        tip: at(support - 0.075 * h, -d - 0.06, build.level(0.80)),
    };
    let (lower_leg, upper_leg) = (leg(false), leg(true));
    // Right first: on the right side the lower limbs are the right ones.
    let on_right = down.x < 0.0;
    let pair = |lower: Limb, upper: Limb| if on_right { [lower, upper] } else { [upper, lower] };
    let knees = (lower_leg.middle + upper_leg.middle) / 2.0;
    let cushion = cushion.then(|| {
        let middle = at((2.0 * KNEE_RADIUS) * h, knees.y + 0.05, knees.z - 0.06);
        (middle, Vec3::new(0.13, between, 0.2))
    });
    let head = Vec3::new(0.0, -0.012 * h, build.level(0.935));
    Posture {
        lying: Lying::Side,
        down,
        support,
        head,
        face: Vec3::NEG_Y,
        arms: pair(lower_arm, upper_arm),
        legs: pair(lower_leg, upper_leg),
        cushion,
    }
    .with_width(w)
}

impl Posture {
    /// Keeps elbows and knees over the cradle: nothing reaches further to the front than it carries.
    fn with_width(mut self, half_width: f32) -> Self {
        let front = -(half_width + 0.12).max(0.28);
        for limb in self.arms.iter_mut().chain(&mut self.legs) {
            for joint in [&mut limb.root, &mut limb.middle, &mut limb.end, &mut limb.tip] {
                joint.y = joint.y.max(front);
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = (PatientPosition, Posture, Build)> {
        let people = [(172.0, 74.0), (155.0, 48.0), (183.0, 128.0)];
        PatientPosition::ALL.into_iter().flat_map(move |position| {
            people.into_iter().flat_map(move |(height_cm, weight_kg)| {
                let patient = PatientShape { height_cm, weight_kg };
                [false, true].map(|cushion| (position, Posture::new(position, &patient, cushion), Build::of(&patient)))
            })
        })
    }

    #[test]
    fn nothing_sinks_into_the_table() {
        for (position, posture, build) in all() {
            let above = |joint: Vec3| posture.support - joint.dot(posture.down);
            for leg in posture.legs {
                assert!(above(leg.middle) > 0.9 * KNEE_RADIUS * build.height, "{} knee {:?}", position.code(), leg);
                assert!(above(leg.end) > 0.9 * ANKLE_RADIUS * build.height, "{} ankle {:?}", position.code(), leg);
            }
            for arm in posture.arms {
                assert!(above(arm.middle) > 0.03 && above(arm.end) > 0.02, "{} {arm:?}", position.code());
            }
            assert!(above(posture.head) > HEAD.x * build.height, "{}", position.code());
        }
    }

    #[test]
    fn bones_keep_their_lengths_and_sides() {
        for (position, posture, build) in all() {
            let h = build.height;
            for (side, leg) in [(-1.0, posture.legs[0]), (1.0, posture.legs[1])] {
                let (thigh, shank) = (leg.root.distance(leg.middle), leg.middle.distance(leg.end));
                let folded = Lying::of(position) == Lying::Side;
                let slack = if folded { 0.25 } else { 1e-3 };
                assert!((thigh / (THIGH * h) - 1.0).abs() < slack, "{} thigh {thigh}", position.code());
                assert!((shank / (SHANK * h) - 1.0).abs() < slack, "{} shank {shank}", position.code());
                assert!(leg.root.x * side > 0.0, "{}: each hip on its side", position.code());
            }
            assert!(posture.head.z > 0.0 && posture.legs[0].end.z < 0.0);
        }
    }

    #[test]
    fn a_cushion_lifts_the_knees_of_who_lies_on_the_back() {
        let patient = PatientShape::default();
        let knees = |cushion| Posture::new(PatientPosition::FeetFirstSupine, &patient, cushion).legs[0].middle.y;
        assert!(knees(true) < knees(false) - 0.1, "the knees rise to the front");
    }
}
