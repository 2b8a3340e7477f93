//! Primitive solids as signed distances, each in its own frame.
//!
//! Distances are negative inside. They need not be exact. The rasterizer only relies on their Lipschitz bound
//! [`Shape::slope`], with which the distance at the centre of a box decides about the whole box.

use nalgebra::Vector3;

/// A point in a shape's own frame, mm. Single precision: a micrometre over a metre.
pub(crate) type Local = Vector3<f32>;

/// A primitive solid. Lengths in mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Shape {
    /// An ellipsoid about the origin.
    Ellipsoid { semi: Local },
    /// A cone with round ends along z, from the origin to `length`.
    RoundCone { length: f32, start: f32, end: f32 },
    /// An elliptic cone with round ends along z; radii along x and y.
    EllipticCone { length: f32, start: [f32; 2], end: [f32; 2] },
    /// The same with a squarer cross-section on the −y and the +y side (0: ellipse, 1: quartic superellipse).
    SquaredCone { length: f32, start: [f32; 2], end: [f32; 2], squareness: [f32; 2] },
    /// A vertebral body about its centre.
    Body(Body),
    /// A disc about its centre.
    Disc(DiscShape),
    /// The trunk: infinite along z.
    Trunk(Trunk),
    /// Everything outside a trunk.
    Around(Trunk),
}

/// A waisted body: kidney-shaped cross-section, concave endplates. x left, y posterior, z head.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Body {
    /// Half the height between the planes of the rims, at the middle.
    pub half_height: f32,
    /// Semi-extents along x and y at the lower and at the upper rim.
    pub inferior: [f32; 2],
    /// See `inferior`.
    pub superior: [f32; 2],
    /// Slope of the upper rim's plane along y, mm per mm; the lower one has the opposite slope.
    pub rim_slope: f32,
    /// Depth of the concavity of the lower and the upper endplate.
    pub concavity: [f32; 2],
    /// Narrowing at mid-height as a fraction of the radius.
    pub waist: f32,
}

/// The space between two rims.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct DiscShape {
    /// Half the distance between the planes of the rims, at the middle.
    pub half_height: f32,
    /// Semi-extents along x and y, bulge included.
    pub semi: [f32; 2],
    /// Slope of the lower surface along x and y, mm per mm.
    pub lower_slope: [f32; 2],
    /// Slope of the upper surface along x and y, mm per mm.
    pub upper_slope: [f32; 2],
    /// Additional height in the middle relative to the rim, below and above.
    pub concavity: [f32; 2],
}

/// An elliptic cylinder about z, flattened behind, wider at the hips and the chest than at the waist.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Trunk {
    /// Semi-extents along x and y at the waist (z = 0).
    pub semi: [f32; 2],
    /// Position of the flat back along y.
    pub back: f32,
    /// Relative widening at 200 mm above and below the waist.
    pub widening: [f32; 2],
}

/// Distance of the widest part of a kidney-shaped outline from its posterior wall, as a fraction of its depth.
const KIDNEY_FRONT: f32 = 0.60;

/// Depth of the posterior wall's concavity in the midline, as a fraction of half the depth.
const POSTERIOR_CONCAVITY: f32 = 0.03;

/// Rounding between flanks and back, mm.
const BACK_ROUNDING: f32 = 30.0;

/// Rounding of the rim, mm.
const RIM_ROUNDING: f32 = 1.2;

/// Up to N points as three arrays of coordinates, so that loops over them vectorize.
pub(crate) struct Places<const N: usize>([[f32; N]; 3]);

impl<const N: usize> Default for Places<N> {
    fn default() -> Self {
        Self([[0.0; N]; 3])
    }
}

impl<const N: usize> Places<N> {
    pub fn set(&mut self, n: usize, place: [f32; 3]) {
        for (axis, value) in place.into_iter().enumerate() {
            self.0[axis][n] = value;
        }
    }

    /// The coordinates of the first `number` points.
    pub fn axes(&self, number: usize) -> [&[f32]; 3] {
        [&self.0[0][..number], &self.0[1][..number], &self.0[2][..number]]
    }

    pub fn axis_mut(&mut self, axis: usize) -> &mut [f32; N] {
        &mut self.0[axis]
    }
}

impl Shape {
    /// Signed distance, mm: negative inside, accurate to about 10 % near the surface.
    #[inline]
    pub fn signed(&self, p: Local) -> f32 {
        match self {
            Self::Ellipsoid { semi } => ellipsoid(semi, p),
            Self::RoundCone { length, start, end } => round_cone(*length, *start, *end, p),
            Self::EllipticCone { length, start, end } => elliptic_cone(*length, *start, *end, p),
            Self::SquaredCone { length, start, end, squareness } => squared_cone(*length, *start, *end, *squareness, p),
            Self::Body(body) => body.signed(p),
            Self::Disc(disc) => disc.signed(p),
            Self::Trunk(trunk) => trunk.signed(p),
            Self::Around(trunk) => -trunk.signed(p),
        }
    }

    /// [`Self::signed`] at the first `out.len()` points.
    pub fn signed_each<const N: usize>(&self, places: &Places<N>, out: &mut [f32]) {
        match self {
            Self::Ellipsoid { semi } => each(places, out, |p| ellipsoid(semi, p)),
            Self::RoundCone { length, start, end } => each(places, out, |p| round_cone(*length, *start, *end, p)),
            Self::EllipticCone { length, start, end } => each(places, out, |p| elliptic_cone(*length, *start, *end, p)),
            Self::SquaredCone { length, start, end, squareness } => {
                each(places, out, |p| squared_cone(*length, *start, *end, *squareness, p));
            }
            Self::Body(body) => each(places, out, |p| body.signed(p)),
            Self::Disc(disc) => each(places, out, |p| disc.signed(p)),
            Self::Trunk(trunk) => each(places, out, |p| trunk.signed(p)),
            Self::Around(trunk) => each(places, out, |p| -trunk.signed(p)),
        }
    }

    /// Lipschitz bound of [`Self::signed`], mm per mm.
    pub fn slope(&self) -> f32 {
        match self {
            Self::Ellipsoid { .. } => 1.0,
            Self::RoundCone { length, start, end } => 1.0 + (end - start).abs() / length,
            Self::EllipticCone { length, start, end } | Self::SquaredCone { length, start, end, .. } => {
                1.0 + 2.0 * (end[0] - start[0]).abs().max((end[1] - start[1]).abs()) / length
            }
            Self::Body(_) | Self::Disc(_) => 1.7,
            Self::Trunk(_) | Self::Around(_) => 1.3,
        }
    }
}

#[inline(always)]
fn each<const N: usize>(places: &Places<N>, out: &mut [f32], signed: impl Fn(Local) -> f32) {
    let [x, y, z] = places.axes(out.len());
    for (((out, x), y), z) in out.iter_mut().zip(x).zip(y).zip(z) {
        *out = signed(Local::new(*x, *y, *z));
    }
}

#[inline(always)]
fn ellipsoid(semi: &Local, p: Local) -> f32 {
    (p.component_div(semi).norm() - 1.0) * semi.x.min(semi.y).min(semi.z)
}

#[inline(always)]
fn round_cone(length: f32, start: f32, end: f32, p: Local) -> f32 {
    let t = (p.z / length).clamp(0.0, 1.0);
    let along = p.z - t * length;
    (p.x * p.x + p.y * p.y + along * along).sqrt() - (start + (end - start) * t)
}

/// A point relative to the radii of the cone's nearest cross-section (beyond its ends also along z), with the smaller
/// radius.
#[inline(always)]
fn by_radii(length: f32, start: [f32; 2], end: [f32; 2], p: Local) -> ([f32; 3], f32) {
    let t = (p.z / length).clamp(0.0, 1.0);
    let rx = start[0] + (end[0] - start[0]) * t;
    let ry = start[1] + (end[1] - start[1]) * t;
    let least = rx.min(ry);
    ([p.x / rx, p.y / ry, (p.z - t * length) / least], least)
}

#[inline(always)]
fn elliptic_cone(length: f32, start: [f32; 2], end: [f32; 2], p: Local) -> f32 {
    let ([x, y, z], least) = by_radii(length, start, end, p);
    ((x * x + y * y + z * z).sqrt() - 1.0) * least
}

/// A weighted mean of the Euclidean and the quartic norm, which never exceeds the Euclidean norm: neither does its slope.
#[inline(always)]
fn squared_cone(length: f32, start: [f32; 2], end: [f32; 2], squareness: [f32; 2], p: Local) -> f32 {
    let ([x, y, z], least) = by_radii(length, start, end, p);
    let (xx, yy, zz) = (x * x, y * y, z * z);
    let euclidean = (xx + yy + zz).sqrt();
    let quartic = ((xx * xx + yy * yy).sqrt() + zz).sqrt();
    let weight = if p.y < 0.0 { squareness[0] } else { squareness[1] };
    (euclidean + weight * (quartic - euclidean) - 1.0) * least
}

impl Body {
    #[inline(always)]
    fn signed(&self, p: Local) -> f32 {
        let t = (p.z / self.half_height).clamp(-1.0, 1.0);
        let upward = (t + 1.0) / 2.0;
        let a = self.inferior[0] + (self.superior[0] - self.inferior[0]) * upward;
        let b = self.inferior[1] + (self.superior[1] - self.inferior[1]) * upward;
        let narrow = 1.0 - self.waist * (1.0 - t * t);
        let wall = outline(p.x, p.y, a * narrow, b * narrow);

        let hollow = (1.0 - (p.x / a).powi(2) - (p.y / b).powi(2)).max(0.0);
        let top = p.z - self.half_height + self.rim_slope * p.y + self.concavity[1] * hollow;
        let bottom = -p.z - self.half_height + self.rim_slope * p.y + self.concavity[0] * hollow;
        smooth_max(wall, top.max(bottom), RIM_ROUNDING)
    }
}

impl DiscShape {
    #[inline(always)]
    fn signed(&self, p: Local) -> f32 {
        let [a, b] = self.semi;
        let hollow = (1.0 - (p.x / a).powi(2) - (p.y / b).powi(2)).max(0.0);
        let top =
            p.z - self.half_height - self.upper_slope[0] * p.x - self.upper_slope[1] * p.y - self.concavity[1] * hollow;
        let bottom = -p.z - self.half_height + self.lower_slope[0] * p.x + self.lower_slope[1] * p.y
            - self.concavity[0] * hollow;
        outline(p.x, p.y, a, b).max(top).max(bottom)
    }
}

impl Trunk {
    #[inline(always)]
    fn signed(&self, p: Local) -> f32 {
        let z = (p.z / 200.0).clamp(-1.5, 1.5);
        let widen = 1.0 + if z > 0.0 { self.widening[1] } else { self.widening[0] } * z * z / (0.5 + 0.5 * z.abs());
        let (a, b) = (self.semi[0] * widen, self.semi[1] * (1.0 + 0.4 * (widen - 1.0)));
        let (u, v) = (p.x / a, p.y / b);
        let around = ((u * u + v * v).sqrt() - 1.0) * a.min(b);
        smooth_max(around, p.y - self.back, BACK_ROUNDING)
    }
}

/// Signed distance to a kidney-shaped outline of extents ±a and ±b, with a concave posterior wall.
#[inline(always)]
fn outline(x: f32, y: f32, a: f32, b: f32) -> f32 {
    let depth = 2.0 * b;
    let front = KIDNEY_FRONT * depth;
    let side = (x / (0.55 * a)).powi(2).min(1.0);
    let behind = y - b + POSTERIOR_CONCAVITY * b * (1.0 - side);
    smooth_max(ellipse(x, y + b - front, a, front), behind, 2.0)
}

/// Signed distance to an ellipse, exact to first order (Quílez, "ellipsoid bound").
#[inline(always)]
fn ellipse(x: f32, y: f32, a: f32, b: f32) -> f32 {
    let (u, v) = (x / a, y / b);
    let k = (u * u + v * v).sqrt();
    let gradient = ((u / a).powi(2) + (v / b).powi(2)).sqrt();
    // Near the centre the quotient depends on the direction; the shorter semi-axis bounds it.
    if gradient < 1e-9 { -a.min(b) } else { (k * (k - 1.0) / gradient).max(-a.min(b)) }
}

/// The larger of two, with the edge between them rounded over `radius` (Quílez, polynomial).
#[inline(always)]
pub(crate) fn smooth_max(a: f32, b: f32, radius: f32) -> f32 {
    let h = (radius - (a - b).abs()).max(0.0) / radius;
    a.max(b) + h * h * radius / 4.0
}

/// The smaller of two, with the crease between them filled over `radius`.
#[inline(always)]
pub(crate) fn smooth_min(a: f32, b: f32, radius: f32) -> f32 {
    -smooth_max(-a, -b, radius)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shapes() -> Vec<Shape> {
        vec![
            Shape::Ellipsoid { semi: Local::new(6.0, 20.0, 50.0) },
            Shape::RoundCone { length: 20.0, start: 5.0, end: 3.0 },
            Shape::EllipticCone { length: 12.0, start: [10.0, 7.0], end: [9.0, 6.0] },
            Shape::Body(Body {
                half_height: 13.0,
                inferior: [24.0, 17.0],
                superior: [22.0, 17.5],
                rim_slope: 0.06,
                concavity: [1.4, 0.9],
                waist: 0.1,
            }),
            Shape::Disc(DiscShape {
                half_height: 5.0,
                semi: [24.0, 17.5],
                lower_slope: [0.02, 0.1],
                upper_slope: [-0.02, -0.1],
                concavity: [1.0, 1.4],
            }),
            Shape::Trunk(Trunk { semi: [165.0, 110.0], back: 95.0, widening: [0.1, 0.1] }),
            Shape::Around(Trunk { semi: [120.0, 90.0], back: 70.0, widening: [0.1, 0.0] }),
            Shape::SquaredCone { length: 12.0, start: [10.0, 7.0], end: [9.0, 6.0], squareness: [1.0, 0.4] },
        ]
    }

    proptest! {
        /// The rasterizer relies on it.
        #[test]
        fn slope_is_a_lipschitz_bound_of_every_distance(
            p in prop::array::uniform3(-60.0f32..60.0),
            step in prop::array::uniform3(-6.0f32..6.0),
        ) {
            let (p, step) = (Local::from(p), Local::from(step));
            for shape in shapes() {
                let change = (shape.signed(p + step) - shape.signed(p)).abs();
                prop_assert!(change <= shape.slope() * step.norm() + 1e-3, "{shape:?}: {change} over {}", step.norm());
            }
        }
    }

    #[test]
    fn surfaces_lie_at_the_given_sizes() {
        let body = shapes()[3];
        assert!(body.signed(Local::new(0.0, -17.0, 12.0)) < 0.5);
        assert!(body.signed(Local::new(0.0, -18.5, 12.0)) > 0.5);
        assert!(body.signed(Local::new(0.0, 0.0, 12.5)) > 0.0, "the endplate is concave");
        assert!(body.signed(Local::new(0.0, 0.0, 11.5)) < 0.0);
        let cone = shapes()[2];
        assert!((cone.signed(Local::new(10.0, 0.0, 0.0))).abs() < 1e-4);
        assert!((cone.signed(Local::new(0.0, 6.0, 12.0))).abs() < 1e-4);
    }
}
