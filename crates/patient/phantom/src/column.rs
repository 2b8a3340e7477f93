//! The frames of the spinal column: pose and size of every vertebra, disc and sacral segment.
//!
//! The chain is built from the sacral endplate upwards, disc by disc and body by body, then moved so
//! that the centre of the L3 body is the origin. Sagittal tilts are rotations about the patient's left–right axis
//! (positive tilts the upper side forward), coronal tilts about the antero-posterior axis.

use geometry::{Disc, Plane, Point, Pose, Vector, Vertebra};
use nalgebra::{Rotation3, Translation3, UnitQuaternion};

use crate::parameters::{DiscParameters, SpineParameters, VertebraParameters};
use crate::solid::frame;

/// Number of vertebrae above T10 that fill the field of view: unnamed, labelled by class only.
const ABOVE_T10: usize = 4;

/// Size of a thoracic vertebra relative to the one below it (choice, after Panjabi 1991).
const THORACIC_TAPER: f64 = 0.96;

/// Fraction of the sagittal lean between sacrum and chest that lying down removes (choice: the remaining spread, about
/// ± 20 mm between T11 and S2, is that of real images).
const LEAN_REMOVED: f64 = 0.6;

/// Forward lean of the line from S2 to T10 in an average spine, degrees (from the population's means).
const USUAL_LEAN_DEG: f64 = 8.5;

/// Least height of a disc at its posterior and anterior rim, as a fraction of its middle height.
const LEAST_RIM: f64 = 0.42;

/// A vertebra with its pose.
#[derive(Clone, Debug)]
pub(crate) struct PlacedVertebra {
    /// Its name, from T10 downwards.
    pub label: Option<Vertebra>,
    /// Value in instance label volumes; unnamed vertebrae count down from T10's.
    pub instance_label: u8,
    pub size: VertebraParameters,
    /// From the vertebra's frame (x left, y posterior, z to the head, origin at the centre of the body).
    pub pose: Pose,
}

impl PlacedVertebra {
    /// Plane through the rim of the upper endplate.
    pub fn superior_endplate(&self) -> Plane {
        self.endplate(1.0)
    }

    /// Plane through the rim of the lower endplate; the normal points to the head.
    pub fn inferior_endplate(&self) -> Plane {
        self.endplate(-1.0)
    }

    fn endplate(&self, up: f64) -> Plane {
        let half_wedge = self.size.lordotic_wedge_deg.to_radians() / 2.0;
        let normal = Vector::new(0.0, up * half_wedge.sin(), half_wedge.cos());
        Plane::new(self.point(0.0, 0.0, up * self.size.height_mm / 2.0), self.pose.rotation * normal)
    }

    /// A point given in the vertebra's frame.
    pub fn point(&self, x: f64, y: f64, z: f64) -> Point {
        self.pose * Point::new(x, y, z)
    }

    /// Where the bony canal begins behind the body, mm along the vertebra's y.
    pub fn posterior_wall_mm(&self) -> f64 {
        self.size.superior_depth_mm.max(self.size.inferior_depth_mm) / 2.0 - 0.4
    }

    /// Middle of the bony canal, mm along the vertebra's y.
    pub fn canal_middle_mm(&self) -> f64 {
        self.posterior_wall_mm() + self.size.canal_depth_mm / 2.0
    }

    /// True from L1 downwards.
    pub fn is_lumbar(&self) -> bool {
        self.size.label >= Vertebra::L1
    }

    /// Direction to the patient's left.
    pub fn left(&self) -> Vector {
        self.pose.rotation * Vector::x()
    }

    /// Half the body's depth at a height from −1 (lower rim) to 1 (upper rim), with the waist, mm.
    pub fn half_depth_mm(&self, t: f64) -> f64 {
        let s = &self.size;
        let rim = s.inferior_depth_mm + (s.superior_depth_mm - s.inferior_depth_mm) * (t + 1.0) / 2.0;
        rim / 2.0 * (1.0 - s.waist * (1.0 - t * t))
    }

    /// Half the body's width at a height from −1 to 1, with the waist, mm.
    pub fn half_width_mm(&self, t: f64) -> f64 {
        let s = &self.size;
        let rim = s.inferior_width_mm + (s.superior_width_mm - s.inferior_width_mm) * (t + 1.0) / 2.0;
        rim / 2.0 * (1.0 - s.waist * (1.0 - t * t))
    }
}

/// A disc with its pose: x left, y posterior, z along the bisector of its endplates to the head.
#[derive(Clone, Debug)]
pub(crate) struct PlacedDisc {
    /// Its name, from T10/T11 downwards.
    pub label: Option<Disc>,
    /// Value in instance label volumes.
    pub instance_label: u8,
    pub size: DiscParameters,
    pub pose: Pose,
    /// Distance between the planes of the two rims at the middle, mm.
    pub rim_height_mm: f64,
    /// Slope of the plane of the lower rim along x and y, mm per mm.
    pub lower_slope: [f64; 2],
    /// The same of the upper rim.
    pub upper_slope: [f64; 2],
    /// Left–right extent of the rims, mm.
    pub width_mm: f64,
    /// Antero-posterior extent of the rims, mm.
    pub depth_mm: f64,
    /// Depth of the endplate concavity below and above, mm.
    pub concavity_mm: [f64; 2],
}

impl PlacedDisc {
    /// The disc plane: centre, bisector of the endplates, normal to the head.
    pub fn plane(&self) -> Plane {
        Plane::new(self.point(0.0, 0.0, 0.0), self.pose.rotation * Vector::z())
    }

    /// A point given in the disc's frame.
    pub fn point(&self, x: f64, y: f64, z: f64) -> Point {
        self.pose * Point::new(x, y, z)
    }

    /// Distance between the planes of the rims at a point in the disc's frame, mm.
    pub fn rim_height_at_mm(&self, x: f64, y: f64) -> f64 {
        let rise = |slope: [f64; 2]| slope[0] * x + slope[1] * y;
        self.rim_height_mm + rise(self.upper_slope) - rise(self.lower_slope)
    }
}

/// A sacral segment with its pose: origin at the centre of its body.
#[derive(Clone, Debug)]
pub(crate) struct PlacedSegment {
    pub pose: Pose,
    pub height_mm: f64,
    /// Semi-extents along x and y at the lower and the upper end, mm.
    pub inferior_mm: [f64; 2],
    /// See `inferior_mm`.
    pub superior_mm: [f64; 2],
}

impl PlacedSegment {
    /// A point given in the segment's frame.
    pub fn point(&self, x: f64, y: f64, z: f64) -> Point {
        self.pose * Point::new(x, y, z)
    }
}

/// The whole column, from the head downwards.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub vertebrae: Vec<PlacedVertebra>,
    /// The disc below each vertebra.
    pub discs: Vec<PlacedDisc>,
    /// Upper endplate of S1, normal to the head.
    pub sacral_endplate: Plane,
    /// S1…S5.
    pub sacrum: Vec<PlacedSegment>,
}

impl Column {
    /// Chains the segments together.
    pub fn build(parameters: &SpineParameters, knee_cushion: bool) -> Self {
        let vertebrae = with_thoracic(parameters);
        let discs = with_thoracic_discs(parameters);
        let alignment = &parameters.alignment;
        let cushion = if knee_cushion { alignment.knee_cushion_factor } else { 1.0 };
        let factor = alignment.recumbent_factor * cushion;
        let standing_deg: f64 = parameters.discs.iter().map(|d| d.segment_lordosis_deg.max(0.0)).sum();
        // Flexing the knees tilts the pelvis back by about half the lost lordosis (choice).
        let sacral_slope_deg =
            alignment.sacral_slope_deg - 0.5 * standing_deg * alignment.recumbent_factor * (1.0 - cushion);

        let sacrum_size = &parameters.sacrum;
        let (coronal_deg, axial_deg) = curve(parameters, 5.0);
        let rotation = rotation_by(sacral_slope_deg, coronal_deg, axial_deg);
        let sacral_endplate = Plane::new(Point::origin(), rotation * Vector::z());

        let mut below = Rim {
            plane: sacral_endplate,
            posterior: rotation * Vector::y(),
            tilt_deg: sacral_slope_deg,
            extent_mm: [sacrum_size.width_mm, sacrum_size.depth_mm],
            concavity_mm: 0.8,
        };
        let (mut placed_vertebrae, mut placed_discs) = (Vec::new(), Vec::new());
        for (index, (named, size, disc)) in vertebrae.iter().zip(&discs).map(|((n, v), d)| (n, v, d)).enumerate().rev()
        {
            let level = index as f64 - (ABOVE_T10 + 3) as f64;
            let lordotic = disc.segment_lordosis_deg > 0.0 || size.label >= Vertebra::L1;
            let segment_deg = disc.segment_lordosis_deg * if lordotic { factor } else { 1.0 };

            let concavity_mm = [below.concavity_mm, size.inferior_concavity_mm];
            // Published middle heights are measured between the concavities; the rims are closer.
            let rim_height_mm = (disc.middle_height_mm - concavity_mm[0] - concavity_mm[1]).max(2.5);
            let depth_mm = (below.extent_mm[1] + size.inferior_depth_mm) / 2.0;
            let steepest_deg = 2.0 * ((1.0 - LEAST_RIM) * rim_height_mm / depth_mm).atan().to_degrees();
            let wedge_deg = (segment_deg - size.lordotic_wedge_deg).clamp(-steepest_deg, steepest_deg);

            let (coronal_deg, axial_deg) = curve(parameters, level);
            let inferior_tilt_deg = below.tilt_deg - wedge_deg;
            let middle_tilt_deg = inferior_tilt_deg - size.lordotic_wedge_deg / 2.0;
            let rotation = rotation_by(middle_tilt_deg, coronal_deg, axial_deg);
            let mut vertebra = PlacedVertebra {
                label: named.then_some(size.label),
                instance_label: if *named {
                    size.label.instance_label()
                } else {
                    Vertebra::T10.instance_label() - (ABOVE_T10 - index) as u8
                },
                size: *size,
                pose: Pose::from_parts(Translation3::identity(), UnitQuaternion::from_rotation_matrix(&rotation)),
            };

            let upper_normal = vertebra.inferior_endplate().normal;
            let bisector = (upper_normal.into_inner() + below.plane.normal.into_inner()).normalize();
            let slip = parameters.findings.slips.iter().find(|slip| *named && slip.vertebra == size.label);
            let forward = rotation * -Vector::y() * slip.map_or(0.0, |slip| slip.slip_mm);
            let upper_centre = below.plane.centre + bisector * rim_height_mm + forward;
            let up = rotation * Vector::z();
            vertebra.pose.translation = Translation3::from((upper_centre + up * (size.height_mm / 2.0)).coords);

            let posterior = below.posterior + rotation * Vector::y();
            let middle = below.plane.centre + bisector * (rim_height_mm / 2.0) + forward / 2.0;
            let pose = frame(middle, posterior.cross(&bisector), bisector);
            let slope = |normal: &Vector| {
                let n = pose.rotation.inverse() * normal;
                [-n.x / n.z, -n.y / n.z]
            };
            placed_discs.push(PlacedDisc {
                label: named.then_some(disc.label),
                instance_label: 100 + vertebra.instance_label,
                size: *disc,
                rim_height_mm,
                lower_slope: slope(&below.plane.normal),
                upper_slope: slope(&upper_normal),
                width_mm: (below.extent_mm[0] + size.inferior_width_mm) / 2.0,
                depth_mm,
                concavity_mm,
                pose,
            });
            below = Rim {
                plane: vertebra.superior_endplate(),
                posterior: rotation * Vector::y(),
                tilt_deg: inferior_tilt_deg - size.lordotic_wedge_deg,
                extent_mm: [size.superior_width_mm, size.superior_depth_mm],
                concavity_mm: size.superior_concavity_mm,
            };
            placed_vertebrae.push(vertebra);
        }
        placed_vertebrae.reverse();
        placed_discs.reverse();

        let column = Self {
            vertebrae: placed_vertebrae,
            discs: placed_discs,
            sacral_endplate,
            sacrum: sacral_segments(parameters, sacral_slope_deg, coronal_deg, axial_deg),
        };
        column.supine()
    }

    /// The column of a supine patient, the L3 body at the origin: the table removes most of the sagittal lean between
    /// sacrum and chest.
    fn supine(self) -> Self {
        let chest = self.vertebra(Vertebra::T10).point(0.0, 0.0, 0.0);
        let rise = chest - self.sacrum[1].point(0.0, 0.0, 0.0);
        let levelled = LEAN_REMOVED * (rise.y.atan2(rise.z) + USUAL_LEAN_DEG.to_radians());
        let rotation = UnitQuaternion::from_axis_angle(&Vector::x_axis(), levelled);
        let l3 = rotation * self.vertebra(Vertebra::L3).point(0.0, 0.0, 0.0);
        self.moved(&Pose::from_parts(Translation3::from(-l3.coords), rotation))
    }

    /// Slope of the sacral endplate in the sagittal plane of the supine patient, degrees.
    pub fn sacral_slope_deg(&self) -> f64 {
        let normal = self.sacral_endplate.normal;
        (-normal.y).atan2(normal.z).to_degrees()
    }

    /// A disc with the vertebra above it and, except for the last disc, the one below.
    pub fn segment(&self, label: Disc) -> Option<(&PlacedDisc, &PlacedVertebra, Option<&PlacedVertebra>)> {
        let index = self.discs.iter().position(|disc| disc.label == Some(label))?;
        Some((&self.discs[index], &self.vertebrae[index], self.vertebrae.get(index + 1)))
    }

    /// A vertebra by its label, if the spine has it.
    pub fn named(&self, label: Vertebra) -> Option<&PlacedVertebra> {
        self.vertebrae.iter().find(|v| v.label == Some(label))
    }

    /// Number of lumbar vertebrae.
    pub fn lumbar_vertebrae(&self) -> usize {
        self.vertebrae.iter().filter(|v| v.is_lumbar()).count()
    }

    /// A vertebra that every spine has.
    pub fn vertebra(&self, label: Vertebra) -> &PlacedVertebra {
        self.named(label).expect("the build names T10 to L4 at least")
    }

    fn moved(mut self, pose: &Pose) -> Self {
        for vertebra in &mut self.vertebrae {
            vertebra.pose = pose * vertebra.pose;
        }
        for disc in &mut self.discs {
            disc.pose = pose * disc.pose;
        }
        for segment in &mut self.sacrum {
            segment.pose = pose * segment.pose;
        }
        self.sacral_endplate = self.sacral_endplate.moved(pose);
        self
    }
}

/// The endplate below the next disc.
struct Rim {
    plane: Plane,
    posterior: Vector,
    tilt_deg: f64,
    extent_mm: [f64; 2],
    concavity_mm: f64,
}

/// The named vertebrae (true) below four unnamed ones, each a little smaller than the one below.
fn with_thoracic(parameters: &SpineParameters) -> Vec<(bool, VertebraParameters)> {
    let t10 = parameters.vertebrae[0];
    let above = (1..=ABOVE_T10).rev().map(|n| {
        let f = THORACIC_TAPER.powi(n as i32);
        let v = VertebraParameters {
            superior_width_mm: t10.superior_width_mm * f,
            superior_depth_mm: t10.superior_depth_mm * f,
            inferior_width_mm: t10.inferior_width_mm * f,
            inferior_depth_mm: t10.inferior_depth_mm * f,
            height_mm: t10.height_mm * f,
            ..t10
        };
        (false, v)
    });
    above.chain(parameters.vertebrae.iter().map(|v| (true, *v))).collect()
}

fn with_thoracic_discs(parameters: &SpineParameters) -> Vec<DiscParameters> {
    let first = parameters.discs[0];
    let above = (1..=ABOVE_T10)
        .rev()
        .map(|n| DiscParameters { middle_height_mm: first.middle_height_mm * THORACIC_TAPER.powi(n as i32), ..first });
    above.chain(parameters.discs.iter().copied()).collect()
}

/// Rotation by a sagittal, a coronal and an axial angle, degrees.
fn rotation_by(sagittal_deg: f64, coronal_deg: f64, axial_deg: f64) -> Rotation3<f64> {
    Rotation3::from_axis_angle(&Vector::y_axis(), coronal_deg.to_radians())
        * Rotation3::from_axis_angle(&Vector::x_axis(), sagittal_deg.to_radians())
        * Rotation3::from_axis_angle(&Vector::z_axis(), axial_deg.to_radians())
}

/// Coronal tilt and axial rotation of the scoliotic curve, degrees, `level` vertebrae below L1.
///
/// The tilt is half the Cobb angle on either side of the apex, is greatest two and a half vertebrae from it,
/// and decreases beyond. A curve convex to the left tilts its upper half to the right.
fn curve(parameters: &SpineParameters, level: f64) -> (f64, f64) {
    let a = &parameters.alignment;
    let from_apex = (level - a.apex_level) / 2.5;
    let fade = |x: f64| (0.5 * (1.0 - x * x)).exp();
    let coronal_deg = 0.5 * a.cobb_deg * from_apex * fade(from_apex);
    let axial_deg = a.apex_rotation_deg * (-0.5 * from_apex * from_apex).exp();
    (coronal_deg, axial_deg)
}

/// S1…S5, chained downwards from the sacral endplate at the origin.
fn sacral_segments(p: &SpineParameters, slope_deg: f64, coronal_deg: f64, axial_deg: f64) -> Vec<PlacedSegment> {
    /// Width and depth at the ends of the segments relative to the endplate (choice).
    const WIDTH: [f64; 6] = [0.5, 0.34, 0.28, 0.25, 0.22, 0.17];
    const DEPTH: [f64; 6] = [0.5, 0.34, 0.25, 0.20, 0.16, 0.12];
    let size = &p.sacrum;
    let mut top = Point::origin();
    (0..5)
        .map(|segment| {
            let tilt_deg = slope_deg + size.segment_tilts_deg[segment];
            // The top of S1 is the endplate itself: S1 has the endplate's direction.
            let tilt_deg = if segment == 0 { slope_deg } else { tilt_deg };
            let fade = 1.0 - segment as f64 / 4.0;
            let rotation = rotation_by(tilt_deg, coronal_deg * fade, axial_deg * fade);
            let down = rotation * -Vector::z();
            let height_mm = size.segment_heights_mm[segment];
            let centre = top + down * (height_mm / 2.0);
            top += down * height_mm;
            let ratio = |ratios: [f64; 6], end: usize| {
                ratios[end] + (1.0 - p.proportions.sacral_taper) * (ratios[0] - ratios[end])
            };
            let extent = |end: usize| [ratio(WIDTH, end) * size.width_mm, ratio(DEPTH, end) * size.depth_mm];
            PlacedSegment {
                pose: Pose::from_parts(
                    Translation3::from(centre.coords),
                    UnitQuaternion::from_rotation_matrix(&rotation),
                ),
                height_mm,
                inferior_mm: extent(segment + 1),
                superior_mm: extent(segment),
            }
        })
        .collect()
}
