//! Triangles with colours: lofts, boxes, ribbons.

use bevy::asset::RenderAssetUsages;
use bevy::color::{Color, ColorToComponents};
use bevy::math::{Mat3, Vec3};
use bevy::mesh::{Indices, Mesh, PrimitiveTopology};

/// Linear red, green, blue and opacity.
pub type Paint = [f32; 4];

/// Points around each ring of a loft.
const AROUND: usize = 28;

/// A paint from sRGB.
pub fn paint(srgb: [u8; 3]) -> Paint {
    Color::srgb_u8(srgb[0], srgb[1], srgb[2]).to_linear().to_f32_array()
}

/// The same paint with an opacity.
pub fn sheer(colour: Paint, opacity: f32) -> Paint {
    [colour[0], colour[1], colour[2], opacity]
}

/// Triangles with normals and colours, m.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surface {
    /// Vertices, m.
    pub positions: Vec<Vec3>,
    /// Unit normals.
    pub normals: Vec<Vec3>,
    /// Colours.
    pub colours: Vec<Paint>,
    /// Triples of vertices, counter-clockwise seen from outside.
    pub triangles: Vec<[u32; 3]>,
}

/// One ring of a loft: a superellipse.
#[derive(Clone, Copy, Debug)]
pub struct Ring {
    /// Middle, m.
    pub centre: Vec3,
    /// First half-axis; `u` × `v` points along the loft.
    pub u: Vec3,
    /// Second half-axis.
    pub v: Vec3,
    /// 2 is an ellipse; more is squarer.
    pub power: f32,
    /// Colour.
    pub colour: Paint,
}

impl Ring {
    /// The point at an angle, radians from `u` to `v`.
    pub fn point(&self, angle: f32) -> Vec3 {
        let [x, y] = superellipse(angle, self.power);
        self.centre + self.u * x + self.v * y
    }

    fn points(&self) -> Vec<Vec3> {
        (0..AROUND).map(|k| self.point(std::f32::consts::TAU * k as f32 / AROUND as f32)).collect()
    }
}

/// The point of |x|ᵖ + |y|ᵖ = 1 at an angle.
pub fn superellipse(angle: f32, power: f32) -> [f32; 2] {
    let bend = |c: f32| c.signum() * c.abs().powf(2.0 / power);
    [bend(angle.cos()), bend(angle.sin())]
}

impl Surface {
    /// True if there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.triangles.is_empty()
    }

    /// Adds another surface.
    pub fn add(&mut self, other: Self) {
        let first = self.positions.len() as u32;
        self.positions.extend(other.positions);
        self.normals.extend(other.normals);
        self.colours.extend(other.colours);
        self.triangles.extend(other.triangles.iter().map(|t| t.map(|v| v + first)));
    }

    /// The surface turned by a rotation.
    #[must_use]
    pub fn turned(mut self, rotation: Mat3) -> Self {
        for vector in self.positions.iter_mut().chain(&mut self.normals) {
            *vector = rotation * *vector;
        }
        self
    }

    /// The surface moved.
    #[must_use]
    pub fn moved(mut self, by: Vec3) -> Self {
        for position in &mut self.positions {
            *position += by;
        }
        self
    }

    /// A skin over rings of equally many points with smooth normals; `closed` joins the last ring to the first, otherwise
    /// both ends are filled.
    pub fn skin(rings: &[Vec<Vec3>], colours: &[Paint], closed: bool) -> Self {
        let Some(around) = rings.first().map(Vec::len) else { return Self::default() };
        let mut surface = Self::default();
        for (ring, colour) in rings.iter().zip(colours) {
            surface.positions.extend(ring);
            surface.colours.extend(std::iter::repeat_n(*colour, around));
        }
        let at = |ring: usize, k: usize| (ring % rings.len() * around + k % around) as u32;
        let last = if closed { rings.len() } else { rings.len() - 1 };
        for ring in 0..last {
            for k in 0..around {
                let [a, b] = [at(ring, k), at(ring, k + 1)];
                let [c, d] = [at(ring + 1, k + 1), at(ring + 1, k)];
                surface.triangles.extend([[a, b, c], [a, c, d]]);
            }
        }
        surface.smooth();
        if !closed {
            surface.fill(&rings[0], colours[0], true);
            surface.fill(&rings[rings.len() - 1], colours[rings.len() - 1], false);
        }
        surface
    }

    /// A skin over superellipses.
    pub fn loft(rings: &[Ring], closed: bool) -> Self {
        let points: Vec<_> = rings.iter().map(Ring::points).collect();
        let colours: Vec<_> = rings.iter().map(|ring| ring.colour).collect();
        Self::skin(&points, &colours, closed)
    }

    /// An ellipsoid whose half-axes are the columns.
    pub fn ellipsoid(centre: Vec3, half_axes: Mat3, colour: Paint) -> Self {
        const RINGS: usize = 14;
        let rings: Vec<_> = (0..=RINGS)
            .map(|k| {
                let polar = std::f32::consts::PI * (k as f32 / RINGS as f32 * 0.996 + 0.002);
                Ring {
                    centre: centre - half_axes.z_axis * polar.cos(),
                    u: half_axes.x_axis * polar.sin(),
                    v: half_axes.y_axis * polar.sin(),
                    power: 2.0,
                    colour,
                }
            })
            .collect();
        Self::loft(&rings, false)
    }

    /// A limb: round, of changing radius, with round ends. Each stop is a centre, a radius and a colour; between the stops
    /// the path is a smooth curve (Catmull–Rom).
    pub fn limb(stops: &[(Vec3, f32, Paint)]) -> Self {
        const STEPS: usize = 6;
        let at = |k: isize| stops[k.clamp(0, stops.len() as isize - 1) as usize];
        let mut path = Vec::new();
        for k in 0..stops.len() as isize - 1 {
            let steps = if k == stops.len() as isize - 2 { STEPS + 1 } else { STEPS };
            for step in 0..steps {
                let t = step as f32 / STEPS as f32;
                let [p, q, r, s] = [at(k - 1).0, at(k).0, at(k + 1).0, at(k + 2).0];
                let colour = if t < 0.5 { at(k).2 } else { at(k + 1).2 };
                let radius = [at(k - 1).1, at(k).1, at(k + 1).1, at(k + 2).1];
                let (centre, radius) = (catmull_rom(p, q, r, s, t), catmull_rom_1(radius, t));
                path.push((centre, radius, colour));
            }
        }
        let tangent = |k: usize| {
            let (before, after) = (path[k.saturating_sub(1)].0, path[(k + 1).min(path.len() - 1)].0);
            (after - before).normalize_or(Vec3::Z)
        };
        let mut rings = Vec::new();
        let mut u = tangent(0).any_orthonormal_vector();
        let mut ring = |centre: Vec3, along: Vec3, radius: f32, colour: Paint| {
            u = (u - along * u.dot(along)).normalize_or(along.any_orthonormal_vector());
            rings.push(Ring { centre, u: u * radius, v: along.cross(u) * radius, power: 2.0, colour });
        };
        let (first, last) = (path[0], path[path.len() - 1]);
        for angle in [1.5_f32, 1.1, 0.6] {
            ring(first.0 - tangent(0) * first.1 * angle.sin(), tangent(0), first.1 * angle.cos(), first.2);
        }
        for (k, (centre, radius, colour)) in path.iter().enumerate() {
            ring(*centre, tangent(k), *radius, *colour);
        }
        let end = tangent(path.len() - 1);
        for angle in [0.6_f32, 1.1, 1.5] {
            ring(last.0 + end * last.1 * angle.sin(), end, last.1 * angle.cos(), last.2);
        }
        Self::loft(&rings, false)
    }

    /// A box with flat faces.
    pub fn cuboid(centre: Vec3, half: Vec3, colour: Paint) -> Self {
        let mut surface = Self::default();
        for (normal, u) in [
            (Vec3::X, Vec3::Y),
            (Vec3::NEG_X, Vec3::Z),
            (Vec3::Y, Vec3::Z),
            (Vec3::NEG_Y, Vec3::X),
            (Vec3::Z, Vec3::X),
            (Vec3::NEG_Z, Vec3::Y),
        ] {
            let v = normal.cross(u);
            surface.quad(
                [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
                    .map(|(a, b)| centre + (normal + u * a + v * b) * half),
                colour,
            );
        }
        surface
    }

    /// A box with rounded long edges and chamfered ends; it runs along z.
    pub fn rounded(centre: Vec3, half: Vec3, power: f32, colour: Paint) -> Self {
        let chamfer = half.x.min(half.y).min(half.z) * 0.35;
        let ring = |z: f32, inset: f32| Ring {
            centre: centre + Vec3::Z * z,
            u: Vec3::X * (half.x - inset),
            v: Vec3::Y * (half.y - inset),
            power,
            colour,
        };
        Self::loft(
            &[
                ring(-half.z, chamfer),
                ring(-half.z + chamfer * 0.3, chamfer * 0.3),
                ring(-half.z + chamfer, 0.0),
                ring(half.z - chamfer, 0.0),
                ring(half.z - chamfer * 0.3, chamfer * 0.3),
                ring(half.z, chamfer),
            ],
            false,
        )
    }

    /// Adds a flat quadrangle, corners counter-clockwise seen from the front.
    pub fn quad(&mut self, corners: [Vec3; 4], colour: Paint) {
        self.shaded_quad(corners, [colour; 4]);
    }

    /// Adds a flat quadrangle with a colour for each corner.
    pub fn shaded_quad(&mut self, corners: [Vec3; 4], colours: [Paint; 4]) {
        let normal = (corners[1] - corners[0]).cross(corners[3] - corners[0]).normalize_or(Vec3::Y);
        let first = self.positions.len() as u32;
        self.positions.extend(corners);
        self.normals.extend([normal; 4]);
        self.colours.extend(colours);
        self.triangles.extend([[first, first + 1, first + 2], [first, first + 2, first + 3]]);
    }

    /// A ribbon along a path: each stop is a point and half the ribbon's width as a vector.
    pub fn ribbon(stops: &[(Vec3, Vec3)], colour: Paint) -> Self {
        let mut surface = Self::default();
        for pair in stops.windows(2) {
            let [(a, across_a), (b, across_b)] = [pair[0], pair[1]];
            surface.quad([a - across_a, a + across_a, b + across_b, b - across_b], colour);
        }
        surface
    }

    /// For the graphics card.
    pub fn mesh(&self) -> Mesh {
        Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default())
            .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, self.positions.clone())
            .with_inserted_attribute(Mesh::ATTRIBUTE_NORMAL, self.normals.clone())
            .with_inserted_attribute(Mesh::ATTRIBUTE_COLOR, self.colours.clone())
            .with_inserted_indices(Indices::U32(self.triangles.concat()))
    }

    /// Normals as the mean of the triangles around, by area.
    fn smooth(&mut self) {
        self.normals = vec![Vec3::ZERO; self.positions.len()];
        for triangle in &self.triangles {
            let [a, b, c] = triangle.map(|v| self.positions[v as usize]);
            let normal = (b - a).cross(c - a);
            for &vertex in triangle {
                self.normals[vertex as usize] += normal;
            }
        }
        for normal in &mut self.normals {
            *normal = normal.normalize_or(Vec3::Y);
        }
    }

    fn fill(&mut self, ring: &[Vec3], colour: Paint, start: bool) {
        let middle = ring.iter().sum::<Vec3>() / ring.len() as f32;
        let turn = (ring[0] - middle).cross(ring[1] - middle).normalize_or(Vec3::Y);
        let first = self.positions.len() as u32;
        let around = ring.len() as u32;
        self.positions.extend(ring);
        self.positions.push(middle);
        let normal = if start { -turn } else { turn };
        self.normals.extend(std::iter::repeat_n(normal, ring.len() + 1));
        self.colours.extend(std::iter::repeat_n(colour, ring.len() + 1));
        self.triangles.extend((0..around).map(|k| {
            let [a, b] = [first + k, first + (k + 1) % around];
            if start { [first + around, b, a] } else { [first + around, a, b] }
        }));
    }
}

fn catmull_rom(p: Vec3, q: Vec3, r: Vec3, s: Vec3, t: f32) -> Vec3 {
    let [a, b, c] = [2.0 * p - 5.0 * q + 4.0 * r - s, 3.0 * q - p - 3.0 * r + s, r - p];
    0.5 * (2.0 * q + c * t + a * t * t + b * t * t * t)
}

/// The Catmull–Rom curve through four numbers, between the second and the third.
pub fn catmull_rom_1([p, q, r, s]: [f32; 4], t: f32) -> f32 {
    let curve = catmull_rom(Vec3::splat(p), Vec3::splat(q), Vec3::splat(r), Vec3::splat(s), t);
    curve.x
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHITE: Paint = [1.0; 4];

    /// Volume by the divergence theorem: positive only if every triangle faces outwards.
    fn volume(surface: &Surface) -> f32 {
        let corner = |v: u32| surface.positions[v as usize];
        surface.triangles.iter().map(|&[a, b, c]| corner(a).dot(corner(b).cross(corner(c))) / 6.0).sum()
    }

    #[test]
    fn solids_are_closed_and_face_outwards() {
        let ball = Surface::ellipsoid(Vec3::new(0.3, 0.1, -0.2), Mat3::from_diagonal(Vec3::new(0.1, 0.2, 0.3)), WHITE);
        let expected = 4.0 / 3.0 * std::f32::consts::PI * 0.1 * 0.2 * 0.3;
        assert!((volume(&ball) / expected - 1.0).abs() < 0.04, "{} for {expected}", volume(&ball));
        let cube = Surface::cuboid(Vec3::new(1.0, 2.0, 3.0), Vec3::splat(0.5), WHITE);
        assert!((volume(&cube) - 1.0).abs() < 1e-4);
        let rod = Surface::limb(&[(Vec3::ZERO, 0.1, WHITE), (Vec3::new(0.0, 0.0, 1.0), 0.1, WHITE)]);
        let capsule = std::f32::consts::PI * 0.01 * (1.0 + 4.0 / 3.0 * 0.1);
        assert!((volume(&rod) / capsule - 1.0).abs() < 0.05);
        for surface in [&ball, &cube, &rod] {
            for &[a, b, c] in &surface.triangles {
                let [p, q, r] = [a, b, c].map(|v| surface.positions[v as usize]);
                let mean = [a, b, c].iter().map(|&v| surface.normals[v as usize]).sum::<Vec3>();
                assert!((q - p).cross(r - p).dot(mean) > -1e-9, "normals point to the triangles' front");
            }
        }
    }
}
