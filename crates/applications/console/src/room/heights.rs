//! How high what lies on the couch reaches, for what is laid upon it.

use bevy::math::{Vec2, Vec3};

use super::surface::Surface;

/// How high a surface reaches over each place of the floor, m.
#[derive(Clone, Debug)]
pub struct Heights {
    cell_m: f32,
    origin: Vec2,
    size: [usize; 2],
    values: Vec<f32>,
}

impl Heights {
    /// Of the highest triangle above each place of a lattice.
    pub fn above(surface: &Surface, cell_m: f32) -> Self {
        let flat = |p: Vec3| Vec2::new(p.x, p.z);
        let (low, high) =
            surface.positions.iter().fold((Vec2::splat(f32::MAX), Vec2::splat(f32::MIN)), |(low, high), &p| {
                (low.min(flat(p)), high.max(flat(p)))
            });
        if surface.is_empty() {
            return Self { cell_m, origin: Vec2::ZERO, size: [0, 0], values: Vec::new() };
        }
        let size = [((high.x - low.x) / cell_m) as usize + 2, ((high.y - low.y) / cell_m) as usize + 2];
        let mut heights = Self { cell_m, origin: low, size, values: vec![f32::NEG_INFINITY; size[0] * size[1]] };
        for triangle in &surface.triangles {
            heights.raise(triangle.map(|v| surface.positions[v as usize]));
        }
        heights
    }

    fn raise(&mut self, [a, b, c]: [Vec3; 3]) {
        let cell = |p: Vec3| (Vec2::new(p.x, p.z) - self.origin) / self.cell_m;
        let [p, q, r] = [cell(a), cell(b), cell(c)];
        let area = (q - p).perp_dot(r - p);
        if area.abs() < 1e-9 {
            return;
        }
        let (low, high) = (p.min(q).min(r).max(Vec2::ZERO), p.max(q).max(r));
        for column in low.x as usize..=(high.x as usize + 1).min(self.size[0] - 1) {
            for row in low.y as usize..=(high.y as usize + 1).min(self.size[1] - 1) {
                let place = Vec2::new(column as f32, row as f32);
                let (u, v) = ((place - p).perp_dot(r - p) / area, (q - p).perp_dot(place - p) / area);
                if u >= -1e-4 && v >= -1e-4 && u + v <= 1.0001 {
                    let height = a.y + u * (b.y - a.y) + v * (c.y - a.y);
                    let value = &mut self.values[row * self.size[0] + column];
                    *value = value.max(height);
                }
            }
        }
    }

    /// The height above a place, m; `None` where there is nothing.
    pub fn at(&self, x: f32, z: f32) -> Option<f32> {
        let place = (Vec2::new(x, z) - self.origin) / self.cell_m;
        if place.cmplt(Vec2::splat(-0.5)).any() {
            return None;
        }
        let [column, row] = [place.x.round().max(0.0) as usize, place.y.round().max(0.0) as usize];
        if column >= self.size[0] || row >= self.size[1] {
            return None;
        }
        Some(self.values[row * self.size[0] + column]).filter(|height| height.is_finite())
    }

    /// The highest place within a distance, m.
    pub fn highest(&self, x: f32, z: f32, within_m: f32) -> Option<f32> {
        let offsets = [-1.0, -0.5, 0.0, 0.5, 1.0].map(|k| k * within_m);
        offsets
            .iter()
            .flat_map(|dx| offsets.iter().map(move |dz| (dx, dz)))
            .filter_map(|(dx, dz)| self.at(x + dx, z + dz))
            .reduce(f32::max)
    }
}

#[cfg(test)]
mod tests {
    use bevy::math::Mat3;

    use super::*;

    #[test]
    fn heights_are_those_of_the_upper_side() {
        let ball = Surface::ellipsoid(Vec3::new(0.0, 0.5, 0.0), Mat3::from_diagonal(Vec3::splat(0.2)), [1.0; 4]);
        let heights = Heights::above(&ball, 0.005);
        assert!((heights.at(0.0, 0.0).expect("above the ball") - 0.7).abs() < 0.005);
        let side = heights.at(0.12, 0.0).expect("above the ball");
        assert!((side - 0.66).abs() < 0.01, "{side}");
        assert_eq!(heights.at(0.25, 0.0), None);
        assert_eq!(heights.at(-0.25, 0.1), None);
    }
}
