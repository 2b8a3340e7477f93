//! The table: a pedestal with rails in front of the magnet, rails inside the bore, and the cradle that travels on them.

use bevy::math::Vec3;

use super::frames::CRADLE_EDGE_MM;
use super::magnet::FLOOR_M;
use super::surface::{Surface, paint};

/// Half the cradle's width, m.
pub const CRADLE_HALF_WIDTH_M: f32 = 0.25;
/// The cradle's length, m.
pub const CRADLE_LENGTH_M: f32 = 2.45;

const SHELL: [u8; 3] = [196, 200, 204];
const RAIL: [u8; 3] = [92, 98, 106];
const COLUMN: [u8; 3] = [168, 174, 180];
const MATTRESS: [u8; 3] = [58, 66, 76];

/// What stands still: pedestal and rails; `top` is the mattress's surface, m (negative: below the isocentre).
pub fn rails(top: f32) -> Surface {
    let edge = CRADLE_EDGE_MM as f32 / 1000.0;
    let (rail, column) = (paint(RAIL), paint(COLUMN));
    let under = top - 0.10;
    let mut surface = Surface::default();
    // Inside the bore.
    surface.add(Surface::rounded(Vec3::new(0.0, under - 0.012, 0.0), Vec3::new(0.17, 0.018, 0.90), 5.0, rail));
    // In front of the magnet: frame, pedestal, plate on the floor.
    let length = CRADLE_LENGTH_M - 0.12;
    let middle = edge + 0.03 + length / 2.0;
    surface.add(Surface::rounded(
        Vec3::new(0.0, under - 0.035, middle),
        Vec3::new(0.235, 0.045, length / 2.0),
        5.0,
        column,
    ));
    surface.add(Surface::rounded(
        Vec3::new(0.0, under - 0.095, middle),
        Vec3::new(0.19, 0.03, length / 2.0 - 0.1),
        5.0,
        rail,
    ));
    let height = under - 0.10 - FLOOR_M;
    surface.add(Surface::rounded(
        Vec3::new(0.0, FLOOR_M + height / 2.0, 2.05),
        Vec3::new(0.15, height / 2.0, 0.42),
        4.0,
        column,
    ));
    surface.add(Surface::rounded(Vec3::new(0.0, FLOOR_M + 0.03, 2.05), Vec3::new(0.24, 0.03, 0.72), 5.0, rail));
    surface
}

/// The cradle with its mattress; its leading edge at z = 0, its foot at positive z.
pub fn cradle(top: f32) -> Surface {
    let middle = CRADLE_LENGTH_M / 2.0;
    let mut surface = Surface::rounded(
        Vec3::new(0.0, top - 0.065, middle),
        Vec3::new(CRADLE_HALF_WIDTH_M + 0.012, 0.035, middle),
        5.0,
        paint(SHELL),
    );
    surface.add(Surface::rounded(
        Vec3::new(0.0, top - 0.022, middle),
        Vec3::new(CRADLE_HALF_WIDTH_M - 0.012, 0.024, middle - 0.03),
        6.0,
        paint(MATTRESS),
    ));
    surface
}
