//! The magnet: a housing around a bore of 70 cm, 1.7 m long, on a foot.

use bevy::math::Vec3;

use super::surface::{Paint, Ring, Surface, paint, sheer};

/// Half the bore's width, m.
pub const BORE_RADIUS_M: f32 = 0.35;
/// Half the magnet's length, m.
pub const HALF_LENGTH_M: f32 = 0.85;
/// The floor, below the isocentre, m.
pub const FLOOR_M: f32 = -1.02;

const COVER: [u8; 3] = [214, 218, 220];
const LINER: [u8; 3] = [190, 196, 200];
const FOOT: [u8; 3] = [78, 84, 92];
const PANEL: [u8; 3] = [34, 38, 44];

/// Housing and bore in one closed skin, the foot, and the panels beside the bore.
pub fn housing() -> Surface {
    let cover = paint(COVER);
    let liner = paint(LINER);
    // From the bore's middle along the liner to the front, around the housing and back: radius, z, squareness, colour.
    let half: [(f32, f32, f32, Paint); 13] = [
        (BORE_RADIUS_M, 0.0, 2.0, liner),
        (BORE_RADIUS_M, 0.30, 2.0, liner),
        (BORE_RADIUS_M, 0.58, 2.0, liner),
        (0.358, 0.66, 2.0, liner),
        (0.385, 0.74, 2.0, cover),
        (0.430, 0.80, 2.0, cover),
        (0.490, 0.838, 2.05, cover),
        (0.560, 0.850, 2.1, cover),
        (0.760, 0.842, 2.5, cover),
        (0.880, 0.820, 2.8, cover),
        (0.930, 0.785, 3.0, cover),
        (0.952, 0.730, 3.1, cover),
        (0.960, 0.600, 3.1, cover),
    ];
    let ring = |(radius, z, power, colour): (f32, f32, f32, Paint), side: f32| Ring {
        centre: Vec3::Z * (z * side),
        u: Vec3::X * radius,
        v: Vec3::Y * radius,
        power,
        colour,
    };
    // Out of the bore at the near end, over the outside to the far end, and back in; reversed, the skin faces outwards.
    let mut rings: Vec<_> = half.iter().map(|&stop| ring(stop, 1.0)).collect();
    rings.extend(half[1..].iter().rev().map(|&stop| ring(stop, -1.0)));
    rings.reverse();
    let mut surface = Surface::loft(&rings, true);

    let foot = paint(FOOT);
    let middle = f32::midpoint(FLOOR_M, -0.90);
    surface.add(Surface::rounded(
        Vec3::new(0.0, middle, 0.0),
        Vec3::new(0.52, (-0.90 - FLOOR_M) / 2.0, 0.62),
        5.0,
        foot,
    ));
    for side in [-1.0, 1.0] {
        let centre = Vec3::new(side * 0.70, 0.14, 0.848);
        surface.add(Surface::rounded(centre, Vec3::new(0.085, 0.15, 0.02), 6.0, paint(PANEL)));
    }
    surface.add(Surface::rounded(Vec3::new(0.0, 0.52, 0.85), Vec3::new(0.10, 0.022, 0.02), 4.0, paint(PANEL)));
    surface
}

/// What shines on the magnet: a ring around the bore's mouth, amber while scanning, and the panels' displays.
pub fn lights(scanning: bool) -> Surface {
    let glow = if scanning { paint([255, 176, 64]) } else { paint([150, 196, 206]) };
    const STEPS: usize = 72;
    let path: Vec<_> = (0..=STEPS)
        .map(|k| {
            let angle = std::f32::consts::TAU * k as f32 / STEPS as f32;
            let out = Vec3::new(angle.cos(), angle.sin(), 0.0);
            (out * 0.545 + Vec3::Z * 0.8525, out * 0.006)
        })
        .collect();
    let mut surface = Surface::ribbon(&path, glow);
    let display = paint(if scanning { [120, 92, 40] } else { [40, 92, 104] });
    for side in [-1.0, 1.0] {
        let (x, y, z) = (side * 0.70, 0.14, 0.8695);
        let rectangle = |dx: f32, dy: f32, half: [f32; 2]| {
            [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
                .map(|(a, b)| Vec3::new(x + dx + a * half[0], y + dy + b * half[1], z))
        };
        surface.quad(rectangle(0.0, 0.055, [0.062, 0.062]), display);
        for (k, colour) in [[170, 182, 190], [170, 182, 190], [196, 74, 66]].into_iter().enumerate() {
            surface.quad(rectangle(0.042 * (k as f32 - 1.0), -0.075, [0.014, 0.014]), paint(colour));
        }
    }
    surface
}

/// The shade under magnet and table.
pub fn shade() -> Surface {
    let dark = [0.0, 0.0, 0.0, 0.55];
    let mut surface = Surface::default();
    for (middle, half, soft) in [
        (Vec3::new(0.0, FLOOR_M + 0.004, 0.0), Vec3::new(0.62, 0.0, 0.62), 0.55),
        (Vec3::new(0.0, FLOOR_M + 0.006, 2.05), Vec3::new(0.20, 0.0, 0.80), 0.40),
    ] {
        let at = |x: f32, z: f32| middle + Vec3::new(x, 0.0, z);
        // Nine patches: the middle dark, the edges fading to nothing.
        let stops = |half: f32| [-half - soft, -half, half, half + soft];
        let (xs, zs) = (stops(half.x), stops(half.z));
        let shade =
            |i: usize, k: usize| if (1..=2).contains(&i) && (1..=2).contains(&k) { dark } else { sheer(dark, 0.0) };
        for i in 0..3 {
            for k in 0..3 {
                let corners = [(i, k), (i, k + 1), (i + 1, k + 1), (i + 1, k)];
                surface.shaded_quad(corners.map(|(i, k)| at(xs[i], zs[k])), corners.map(|(i, k)| shade(i, k)));
            }
        }
    }
    surface
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bore_is_open_and_the_housing_faces_outwards() {
        let housing = housing();
        let narrowest = housing.positions.iter().map(|p| p.truncate().length()).fold(f32::MAX, f32::min);
        assert!((narrowest - BORE_RADIUS_M).abs() < 1e-3, "{narrowest}");
        // On the liner normals point to the axis, on the cover away from it.
        for (p, n) in housing.positions.iter().zip(&housing.normals) {
            let radius = p.truncate().length();
            if p.z.abs() < 0.4 && radius < 0.36 {
                assert!(n.truncate().dot(p.truncate()) < 0.0, "{p} {n}");
            }
            if p.z.abs() < 0.65 && radius > 0.95 && p.y > -0.5 {
                assert!(n.truncate().dot(p.truncate()) > 0.0, "{p} {n}");
            }
        }
        assert!(housing.positions.iter().all(|p| p.y >= FLOOR_M - 1e-3), "nothing below the floor");
    }
}
