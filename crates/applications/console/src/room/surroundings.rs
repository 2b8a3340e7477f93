//! Floor, walls and ceiling of the scanner's room, with the window of the control room.
//!
//! Walls are seen from inside only: an eye outside the room looks through them.

use bevy::math::Vec3;

use super::magnet::FLOOR_M;
use super::surface::{Paint, Surface, paint};

/// Half the room's width, its far and its near wall along z, its ceiling, m (choices).
const HALF_WIDTH_M: f32 = 2.7;
const FAR_M: f32 = -2.3;
const NEAR_M: f32 = 4.6;
const CEILING_M: f32 = 1.60;

const FLOOR: [u8; 3] = [70, 78, 88];
const JOINT: [u8; 3] = [58, 65, 74];
const WALL: [u8; 3] = [96, 106, 118];
const WAINSCOT: [u8; 3] = [74, 84, 97];
const CEILING: [u8; 3] = [88, 94, 102];
const FRAME: [u8; 3] = [52, 58, 66];

/// Everything that encloses the scanner.
pub fn walls() -> Surface {
    let mut surface = Surface::default();
    add_floor(&mut surface);
    // Walls, each from a corner along a direction, seen from inside.
    let corner = |x: f32, z: f32| Vec3::new(x * HALF_WIDTH_M, FLOOR_M, z);
    let ring = [corner(-1.0, NEAR_M), corner(-1.0, FAR_M), corner(1.0, FAR_M), corner(1.0, NEAR_M)];
    for k in 0..4 {
        let (a, b) = (ring[k], ring[(k + 1) % 4]);
        let up = |p: Vec3, y: f32| Vec3::new(p.x, y, p.z);
        let rail = FLOOR_M + 0.95;
        surface.quad([up(a, FLOOR_M), up(b, FLOOR_M), up(b, rail), up(a, rail)], paint(WAINSCOT));
        surface.quad([up(a, rail), up(b, rail), up(b, CEILING_M), up(a, CEILING_M)], paint(WALL));
        let inwards = (b - a).cross(Vec3::Y).normalize() * -0.012;
        let strip = |y: f32, half: f32, colour: Paint, surface: &mut Surface| {
            let p = |at: Vec3, y: f32| up(at, y) + inwards;
            surface.quad([p(a, y - half), p(b, y - half), p(b, y + half), p(a, y + half)], colour);
        };
        strip(rail, 0.035, paint(FRAME), &mut surface);
        strip(FLOOR_M + 0.05, 0.05, paint(FRAME), &mut surface);
    }
    let ceiling = [(-1.0, FAR_M), (1.0, FAR_M), (1.0, NEAR_M), (-1.0, NEAR_M)]
        .map(|(x, z)| Vec3::new(x * HALF_WIDTH_M, CEILING_M, z));
    surface.quad(ceiling, paint(CEILING));
    add_window_frame(&mut surface);
    add_door(&mut surface);
    surface
}

/// What shines in the walls: ceiling lamps, dimmed, and the control room behind its window.
pub fn lamps() -> Surface {
    let mut surface = Surface::default();
    for x in [-1.2, 1.2] {
        for z in [-0.9, 1.2, 3.3] {
            let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
                .map(|(a, b)| Vec3::new(x + a * 0.28, CEILING_M - 0.006, z + b * 0.55));
            surface.quad(corners, paint([222, 226, 224]));
        }
    }
    // The window lies in the left wall, seen from inside; the control room is dark but for its screens.
    let pane = |z: f32, y: f32, half: [f32; 2], depth: f32| {
        [(-1.0, -1.0), (-1.0, 1.0), (1.0, 1.0), (1.0, -1.0)]
            .map(|(a, b)| Vec3::new(-HALF_WIDTH_M + depth, y + b * half[1], z - a * half[0]))
            .map(|p| Vec3::new(p.x, p.y, p.z))
    };
    let mut inside = |corners: [Vec3; 4], colour: [u8; 3]| {
        let [a, b, c, d] = corners;
        surface.quad([a, d, c, b], paint(colour));
        surface.quad(corners, paint(colour));
    };
    inside(pane(1.9, 0.42, [0.85, 0.42], 0.016), [16, 22, 30]);
    inside(pane(1.55, 0.22, [0.22, 0.13], 0.018), [52, 84, 98]);
    inside(pane(2.10, 0.22, [0.22, 0.13], 0.018), [44, 70, 84]);
    surface
}

fn add_floor(surface: &mut Surface) {
    const TILE_M: f32 = 0.6;
    let joint = [(-1.0, NEAR_M), (1.0, NEAR_M), (1.0, FAR_M), (-1.0, FAR_M)]
        .map(|(x, z)| Vec3::new(x * HALF_WIDTH_M, FLOOR_M - 0.002, z));
    surface.quad(joint, paint(JOINT));
    let columns = (2.0 * HALF_WIDTH_M / TILE_M).round() as i32;
    let rows = ((NEAR_M - FAR_M) / TILE_M).ceil() as i32;
    // Light falls off towards the walls.
    let shade = |p: Vec3| {
        let away = ((p.x / HALF_WIDTH_M).powi(2) + ((p.z - 1.1) / 3.6).powi(2)).min(1.6);
        let [r, g, b, a] = paint(FLOOR);
        let dim = 1.08 - 0.42 * away;
        [r * dim, g * dim, b * dim, a]
    };
    for column in 0..columns {
        for row in 0..rows {
            let (x, z) = (-HALF_WIDTH_M + column as f32 * TILE_M, FAR_M + row as f32 * TILE_M);
            let (low, high) = (0.006, TILE_M - 0.006);
            let far = (z + high).min(NEAR_M);
            let tile = [(x + low, far), (x + high, far), (x + high, z + low), (x + low, z + low)]
                .map(|(x, z)| Vec3::new(x, FLOOR_M, z));
            surface.shaded_quad(tile, tile.map(shade));
        }
    }
}

/// A flat rectangle on a side wall, seen from inside only: the wall at `side` (±1), `depth` before it.
fn add_panel(surface: &mut Surface, side: f32, depth: f32, middle: [f32; 2], half: [f32; 2], colour: [u8; 3]) {
    let at = |a: f32, b: f32| {
        Vec3::new(side * (HALF_WIDTH_M - depth), middle[0] + b * half[0], middle[1] + side * a * half[1])
    };
    surface.quad([at(-1.0, -1.0), at(1.0, -1.0), at(1.0, 1.0), at(-1.0, 1.0)], paint(colour));
}

fn add_window_frame(surface: &mut Surface) {
    let (y, z, half_y, half_z) = (0.42, 1.9, 0.42, 0.85);
    add_panel(surface, -1.0, 0.013, [y, z], [half_y + 0.06, half_z + 0.06], FRAME);
}

fn add_door(surface: &mut Surface) {
    let middle = FLOOR_M + 1.05;
    add_panel(surface, 1.0, 0.013, [middle, 3.3], [1.05, 0.62], FRAME);
    add_panel(surface, 1.0, 0.016, [middle, 3.3], [1.0, 0.56], [118, 126, 136]);
    add_panel(surface, 1.0, 0.030, [middle, 2.86], [0.09, 0.014], [168, 174, 180]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_face_into_the_room() {
        for side in [-1.0, 1.0] {
            let mut surface = Surface::default();
            add_panel(&mut surface, side, 0.01, [0.0, 1.0], [0.5, 0.3], FRAME);
            assert!(surface.normals.iter().all(|normal| normal.x * side < -0.99), "{:?}", surface.normals);
        }
    }
}
