//! The patient as smooth surfaces, in the patient's frame (see [`super::posture`]), and the marks that hands feel.

use bevy::math::{Mat3, Vec3};

use super::model::PatientShape;
use super::posture::{
    ANKLE_RADIUS, Build, COSTAL_ABOVE_L3_M, CREST_BELOW_L3_M, HEAD, KNEE_RADIUS, Limb, Lying, Posture,
};
use super::surface::{Paint, Ring, Surface, catmull_rom_1, paint, superellipse};

/// sRGB of what is seen.
const SKIN: [u8; 3] = [196, 154, 126];
const GOWN: [u8; 3] = [116, 148, 158];
const HAIR: [u8; 3] = [62, 52, 48];
const SOCK: [u8; 3] = [168, 174, 178];
const EARMUFF: [u8; 3] = [52, 58, 66];
const LINEN: [u8; 3] = [176, 182, 186];
const CUSHION: [u8; 3] = [72, 84, 98];
/// Marks that a technologist feels for.
pub const CREST_MARK: [u8; 3] = [86, 214, 196];
/// The lower costal margin.
pub const COSTAL_MARK: [u8; 3] = [240, 196, 92];

/// The trunk's sections: part of body height, half-width and half-depth relative to the waist's.
const TRUNK: [[f32; 3]; 13] = [
    [0.455, 0.50, 0.45],
    [0.480, 0.92, 0.78],
    [0.505, 1.06, 0.92],
    [0.535, 1.08, 0.97],
    [0.565, 1.04, 0.98],
    [0.590, 0.99, 0.98],
    [0.625, 0.95, 0.99],
    [0.660, 0.97, 1.00],
    [0.700, 1.00, 1.00],
    [0.740, 1.02, 0.98],
    [0.775, 1.00, 0.88],
    [0.805, 0.92, 0.72],
    [0.830, 0.58, 0.56],
];

/// The trunk as a tube of sections.
struct Trunk {
    build: Build,
    lying: Lying,
}

impl Trunk {
    fn ring(&self, z: f32, colour: Paint) -> Ring {
        let part = z / self.build.height + super::posture::L3_UP;
        let next = TRUNK.iter().position(|section| section[0] > part).unwrap_or(TRUNK.len() - 1).max(1);
        let t = ((part - TRUNK[next - 1][0]) / (TRUNK[next][0] - TRUNK[next - 1][0])).clamp(0.0, 1.0);
        let stop = |k: usize, column: usize| TRUNK[k.min(TRUNK.len() - 1)][column];
        let between = |column: usize| {
            let around = [next.saturating_sub(2), next - 1, next, next + 1];
            catmull_rom_1(around.map(|k| stop(k, column)), t)
        };
        let (half_width, half_depth) = (between(1) * self.build.half_width, between(2) * self.build.half_depth);
        // Thin sections rest on the table, too; on the side the shoulder sinks into the pillow.
        let rest = self.build.half_depth - half_depth;
        let y = match self.lying {
            Lying::Supine => 0.75 * rest,
            Lying::Prone => -0.75 * rest,
            Lying::Side => 0.15 * rest,
        };
        Ring { centre: Vec3::new(0.0, y, z), u: Vec3::X * half_width, v: Vec3::Y * half_depth, power: 2.35, colour }
    }

    fn surface(&self) -> Surface {
        const SLICES: usize = 34;
        let (low, high) = (self.build.level(TRUNK[0][0]), self.build.level(TRUNK[TRUNK.len() - 1][0]));
        let gown = paint(GOWN);
        let mut rings: Vec<_> =
            (0..=SLICES).map(|k| self.ring(low + (high - low) * k as f32 / SLICES as f32, gown)).collect();
        let (first, last) = (rings[0], rings[SLICES]);
        let shrunk = |ring: Ring, by: f32, up: f32| Ring {
            centre: ring.centre + Vec3::Z * up,
            u: ring.u * by,
            v: ring.v * by,
            ..ring
        };
        rings.insert(0, shrunk(first, 0.4, -0.02));
        rings.push(shrunk(last, 0.7, 0.012));
        Surface::loft(&rings, false)
    }

    /// A band on the skin at heights that follow the angle around the trunk (0: left, quarter turn: back).
    fn mark(&self, height: impl Fn(f32) -> Option<f32>, colour: Paint) -> Surface {
        const STEPS: usize = 96;
        let mut surface = Surface::default();
        let mut before: Option<(Vec3, Vec3)> = None;
        for k in 0..=STEPS {
            let angle = std::f32::consts::TAU * k as f32 / STEPS as f32;
            let here = height(angle).map(|z| {
                let skin = |z: f32| {
                    let ring = self.ring(z, colour);
                    let [x, y] = superellipse(angle, ring.power);
                    ring.centre + (ring.u + Vec3::X * 0.004) * x + (ring.v + Vec3::Y * 0.004) * y
                };
                (skin(z - 0.005), skin(z + 0.005))
            });
            if let (Some((a, b)), Some((c, d))) = (before, here) {
                surface.quad([a, c, d, b], colour);
            }
            before = here;
        }
        surface
    }
}

/// Height of the iliac crest's mark above the L3 body at an angle around the trunk: level at the back and the flanks, then
/// down to the anterior spine (8 cm below the crest; choice), and none in front.
pub fn crest_height(angle: f32) -> Option<f32> {
    let front = (-angle.sin()).max(0.0);
    (front < 0.8).then(|| -CREST_BELOW_L3_M - 0.10 * front.powi(2))
}

/// Height of the costal margin's mark: lowest at the flank, rising to the breastbone's tip in front.
pub fn costal_height(angle: f32) -> Option<f32> {
    let front = (-angle.sin()).max(0.0);
    let back = angle.sin().max(0.0);
    (back < 0.85).then(|| COSTAL_ABOVE_L3_M + 0.135 * front.powi(3) + 0.03 * back)
}

/// The patient with what holds and protects: pillow, cushion, earmuffs.
pub fn patient_surface(posture: &Posture, patient: &PatientShape) -> Surface {
    let build = Build::of(patient);
    let mut surface = trunk_surface(posture, patient);
    for arm in &posture.arms {
        surface.add(arm_surface(arm, &build));
    }
    for leg in &posture.legs {
        surface.add(leg_surface(leg, &build));
    }
    surface.add(head_surface(posture, &build));
    surface.add(pillow_surface(posture, &build));
    if let Some((middle, half)) = posture.cushion {
        surface.add(dome(middle, posture.down, half, paint(CUSHION)));
    }
    surface
}

/// The trunk alone, on which a body array comes to lie.
pub fn trunk_surface(posture: &Posture, patient: &PatientShape) -> Surface {
    let trunk = Trunk { build: Build::of(patient), lying: posture.lying };
    trunk.surface()
}

/// The marks of the iliac crests and of the lower costal margin.
pub fn marks_surface(posture: &Posture, patient: &PatientShape) -> Surface {
    let trunk = Trunk { build: Build::of(patient), lying: posture.lying };
    let mut marks = trunk.mark(crest_height, paint(CREST_MARK));
    marks.add(trunk.mark(costal_height, paint(COSTAL_MARK)));
    marks
}

fn arm_surface(arm: &Limb, build: &Build) -> Surface {
    let (h, stout) = (build.height, build.stout);
    let (skin, gown) = (paint(SKIN), paint(GOWN));
    let sleeve = arm.root.lerp(arm.middle, 0.55);
    let mut surface = Surface::limb(&[
        (arm.root, 0.034 * h * stout, gown),
        (sleeve, 0.031 * h * stout, gown),
        (sleeve.lerp(arm.middle, 0.15), 0.026 * h * stout, skin),
        (arm.middle, 0.024 * h * stout, skin),
        (arm.middle.lerp(arm.end, 0.3), 0.025 * h * stout, skin),
        (arm.end, 0.016 * h, skin),
    ]);
    let along = (arm.tip - arm.end).normalize_or(Vec3::NEG_Z);
    let across = along.cross(Vec3::Y).normalize_or(Vec3::X);
    let flat = across.cross(along);
    let length = arm.tip.distance(arm.end) / 2.0 + 0.012 * h;
    surface.add(Surface::ellipsoid(
        arm.end.lerp(arm.tip, 0.5),
        Mat3::from_cols(across * 0.024 * h, flat * 0.012 * h, along * length),
        skin,
    ));
    surface
}

fn leg_surface(leg: &Limb, build: &Build) -> Surface {
    let (h, stout) = (build.height, build.stout);
    let (skin, gown, sock) = (paint(SKIN), paint(GOWN), paint(SOCK));
    let hem = leg.root.lerp(leg.middle, 0.80);
    let mut surface = Surface::limb(&[
        (leg.root, 0.052 * h * stout, gown),
        (leg.root.lerp(leg.middle, 0.4), 0.047 * h * stout, gown),
        (hem, 0.040 * h * stout, gown),
        (hem.lerp(leg.middle, 0.2), 0.036 * h * stout, skin),
        (leg.middle, KNEE_RADIUS * h, skin),
        (leg.middle.lerp(leg.end, 0.3), 0.034 * h * stout, skin),
        (leg.middle.lerp(leg.end, 0.62), 0.026 * h, skin),
        (leg.middle.lerp(leg.end, 0.75), 0.025 * h, sock),
        (leg.end, ANKLE_RADIUS * h, sock),
    ]);
    let shin = (leg.end - leg.middle).normalize_or(Vec3::NEG_Z);
    let heel = leg.end + shin * 0.012 * h - (leg.tip - leg.end).normalize_or(Vec3::Y) * 0.008 * h;
    surface.add(Surface::limb(&[
        (heel, 0.022 * h, sock),
        (heel.lerp(leg.tip, 0.55), 0.022 * h, sock),
        (leg.tip, 0.014 * h, sock),
    ]));
    surface
}

fn head_surface(posture: &Posture, build: &Build) -> Surface {
    let h = build.height;
    let (face, head) = (posture.face, posture.head);
    let side = face.cross(Vec3::Z).normalize_or(Vec3::X);
    let axes = |scale: Vec3| {
        let half = HEAD * h * scale;
        Mat3::from_cols(side * half.x, -face * half.y, Vec3::Z * half.z)
    };
    let skin = paint(SKIN);
    let nape = Vec3::new(0.0, posture.head.y * 0.4, build.level(0.815));
    let mut surface = Surface::limb(&[
        (nape, 0.036 * h, skin),
        (nape.lerp(head, 0.45), 0.033 * h, skin),
        (head - face * 0.01 * h, 0.034 * h, skin),
    ]);
    surface.add(Surface::ellipsoid(head, axes(Vec3::ONE), skin));
    let jaw = head + face * 0.016 * h - Vec3::Z * 0.034 * h;
    surface.add(Surface::ellipsoid(jaw, axes(Vec3::new(0.72, 0.62, 0.48)), skin));
    let crown = head - face * 0.019 * h + Vec3::Z * 0.010 * h;
    surface.add(Surface::ellipsoid(crown, axes(Vec3::new(1.05, 0.86, 0.96)), paint(HAIR)));
    let nose = head + face * 0.056 * h - Vec3::Z * 0.010 * h;
    surface.add(Surface::limb(&[
        (nose + Vec3::Z * 0.014 * h - face * 0.004 * h, 0.005 * h, skin),
        (nose, 0.0075 * h, skin),
    ]));
    for sign in [-1.0, 1.0] {
        let ear = head + side * (sign * 0.045 * h) - Vec3::Z * 0.006 * h;
        let cup = Mat3::from_cols(face * 0.024 * h, side * (sign * 0.013 * h), Vec3::Z * (sign * 0.03 * h));
        surface.add(Surface::ellipsoid(ear, cup, paint(EARMUFF)));
    }
    let over =
        |angle: f32| head + (side * angle.sin() + Vec3::Z * angle.cos()) * 0.070 * h * Vec3::new(0.72, 0.72, 1.0);
    let band: Vec<_> = [-1.4_f32, -0.9, -0.45, 0.0, 0.45, 0.9, 1.4]
        .map(|angle| (over(angle), 0.0045 * h, paint(EARMUFF)))
        .into_iter()
        .collect();
    surface.add(Surface::limb(&band));
    surface
}

fn pillow_surface(posture: &Posture, build: &Build) -> Surface {
    let h = build.height;
    let thickness = posture.support
        - posture.head.dot(posture.down)
        - if posture.lying == Lying::Supine { HEAD.y } else { HEAD.x } * h;
    let head_on_table = posture.head + posture.down * (posture.support - posture.head.dot(posture.down));
    dome(head_on_table, posture.down, Vec3::new(0.16, thickness + 0.018, 0.12), paint(LINEN))
}

/// A cushion on the table: half-extent across, height, and half-extent along the table.
fn dome(middle: Vec3, down: Vec3, half: Vec3, colour: Paint) -> Surface {
    const ARC: usize = 14;
    let up = -down;
    let across = up.cross(Vec3::Z).normalize_or(Vec3::X);
    let section = |at: f32, by: f32| -> Vec<Vec3> {
        let arc = (0..=ARC).map(|k| {
            let [z, y] = superellipse(std::f32::consts::PI * k as f32 / ARC as f32, 2.6);
            middle + across * at + (Vec3::Z * (z * half.z) + up * (y.max(0.0) * half.y)) * by
        });
        arc.collect()
    };
    let stops = [(-1.0, 0.75), (-0.97, 0.92), (-0.9, 1.0), (0.9, 1.0), (0.97, 0.92), (1.0, 0.75)];
    // `across` × (z towards up) runs along the loft: order the arc so that faces look outwards.
    let rings: Vec<Vec<Vec3>> = stops.iter().map(|&(at, by)| section(at * half.x, by)).collect();
    let outward = (Vec3::Z.cross(up)).dot(across) > 0.0;
    let rings: Vec<Vec<Vec3>> =
        if outward { rings } else { rings.into_iter().map(|ring| ring.into_iter().rev().collect()).collect() };
    Surface::skin(&rings, &vec![colour; rings.len()], false)
}

#[cfg(test)]
mod tests {
    use geometry::PatientPosition;

    use super::*;

    #[test]
    fn the_marks_lie_where_a_hand_would_feel_them() {
        let patient = PatientShape::default();
        let posture = Posture::new(PatientPosition::HeadFirstSupine, &patient, false);
        let marks = marks_surface(&posture, &patient);
        let at_flank = |low: f32, high: f32| {
            marks.positions.iter().filter(|p| p.y.abs() < 0.02 && (low..high).contains(&p.z)).count()
        };
        assert!(at_flank(-0.065, -0.045) > 4, "the crest stands 55 mm below L3");
        assert!(at_flank(0.01, 0.03) > 4, "the costal margin reaches down to 20 mm above L3");
        assert_eq!(at_flank(-0.04, 0.005), 0, "nothing in between");
    }

    #[test]
    fn the_patient_rests_on_the_table_and_fits_into_the_bore() {
        for position in PatientPosition::ALL {
            let patient = PatientShape { height_cm: 178.0, weight_kg: 84.0 };
            let posture = Posture::new(position, &patient, true);
            let surface = patient_surface(&posture, &patient);
            let lowest = surface.positions.iter().map(|p| p.dot(posture.down)).fold(f32::MIN, f32::max);
            assert!((lowest - posture.support).abs() < 0.03, "{}: {lowest} {}", position.code(), posture.support);
            let widest = surface.positions.iter().map(|p| p.truncate().length()).fold(0.0, f32::max);
            assert!(widest < 0.35, "{}: {widest} m from the axis", position.code());
            let soles = surface.positions.iter().map(|p| p.z).fold(f32::MAX, f32::min);
            let top = surface.positions.iter().map(|p| p.z).fold(f32::MIN, f32::max);
            assert!((top - 0.38 * 1.78).abs() < 0.03, "{}: the head ends at {top}", position.code());
            assert!(soles > -(0.62 * 1.78 + 0.2), "{}: the feet end at {soles}", position.code());
        }
    }
}
