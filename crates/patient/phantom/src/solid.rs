//! Solids of one material: a blended union of parts minus carved parts, with an optional shell.

use geometry::{Direction, Point, Pose, Vector};
use nalgebra::{Rotation3, Translation3, UnitQuaternion};

use crate::shape::{Local, Shape};

/// A primitive with its pose in the anatomical frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub shape: Shape,
    /// From the shape's own frame to the anatomical frame.
    pub pose: Pose,
}

/// A union of parts in one material; where several solids overlap, the one listed first has priority.
#[derive(Clone, Debug)]
pub(crate) struct Solid {
    /// Subtracted from the union.
    pub carved: Vec<Part>,
    /// The union.
    pub parts: Vec<Part>,
    /// Radius over which creases between parts are filled, mm; 0 leaves them sharp.
    pub blend_mm: f32,
    /// Material index of the core.
    pub core: u8,
    /// Thickness in mm and material index of the outer layer.
    pub shell: Option<(f32, u8)>,
}

impl Solid {
    /// Parts of one material without a shell.
    pub fn plain(core: u8, parts: Vec<Part>) -> Self {
        Self { carved: Vec::new(), parts, blend_mm: 0.0, core, shell: None }
    }

    /// The same with an outer layer.
    pub fn with_shell(mut self, thickness_mm: f32, material: u8) -> Self {
        self.shell = Some((thickness_mm, material));
        self
    }
}

/// A pose from an origin and the directions of two axes; x is made perpendicular to z.
pub(crate) fn frame(origin: Point, x: Vector, z: Vector) -> Pose {
    let z = z.normalize();
    let y = z.cross(&x).normalize();
    let rotation = Rotation3::from_basis_unchecked(&[y.cross(&z), y, z]);
    Pose::from_parts(Translation3::from(origin.coords), UnitQuaternion::from_rotation_matrix(&rotation))
}

/// Single-precision point or semi-axes.
pub(crate) fn local(x: f64, y: f64, z: f64) -> Local {
    Local::new(x as f32, y as f32, z as f32)
}

impl Part {
    /// A primitive placed by a pose.
    pub fn at(pose: Pose, shape: Shape) -> Self {
        Self { shape, pose }
    }

    /// An axis-aligned ellipsoid.
    pub fn ellipsoid(frame: &Pose, centre: [f64; 3], semi: [f64; 3]) -> Self {
        let pose = frame * Translation3::from(Vector::from(centre));
        Self::at(pose, Shape::Ellipsoid { semi: local(semi[0], semi[1], semi[2]) })
    }

    /// A round cone between two points.
    pub fn round_cone(a: Point, b: Point, radius_a: f64, radius_b: f64) -> Self {
        let axis = direction_or_head(b - a);
        let x = if axis.x.abs() < 0.9 { Vector::x() } else { Vector::y() };
        let length = (b - a).norm().max(1e-3) as f32;
        let shape = Shape::RoundCone { length, start: radius_a as f32, end: radius_b as f32 };
        Self::at(frame(a, x, axis.into_inner()), shape)
    }

    /// An elliptic cone between two points; `x` is the direction of the first radius.
    pub fn elliptic_cone(a: Point, b: Point, x: Vector, radii_a: [f64; 2], radii_b: [f64; 2]) -> Self {
        let axis = direction_or_head(b - a);
        let length = (b - a).norm().max(1e-3) as f32;
        let single = |radii: [f64; 2]| radii.map(|r| r as f32);
        let shape = Shape::EllipticCone { length, start: single(radii_a), end: single(radii_b) };
        Self::at(frame(a, x, axis.into_inner()), shape)
    }
}

/// [`tube`] with a squarer cross-section: first on the side of `x` × the direction along the points, then on the other.
pub(crate) fn squared_tube(points: &[(Point, [f64; 2])], x: Vector, squareness: [f64; 2]) -> Vec<Part> {
    let mut parts = tube(points, x);
    if squareness == [0.0; 2] {
        return parts;
    }
    for part in &mut parts {
        if let Shape::EllipticCone { length, start, end } = part.shape {
            part.shape = Shape::SquaredCone { length, start, end, squareness: squareness.map(|part| part as f32) };
        }
    }
    parts
}

/// A tube through points, elliptic with `x` the direction of the first radius.
pub(crate) fn tube(points: &[(Point, [f64; 2])], x: Vector) -> Vec<Part> {
    points.windows(2).map(|pair| Part::elliptic_cone(pair[0].0, pair[1].0, x, pair[0].1, pair[1].1)).collect()
}

/// A round tube through points.
pub(crate) fn round_tube(points: &[(Point, f64)]) -> Vec<Part> {
    points.windows(2).map(|pair| Part::round_cone(pair[0].0, pair[1].0, pair[0].1, pair[1].1)).collect()
}

fn direction_or_head(v: Vector) -> Direction {
    Direction::try_new(v, 1e-9).unwrap_or(Vector::z_axis())
}
