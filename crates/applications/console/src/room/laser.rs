//! The landmark's light: a cross on the patient, along the body and across it, and the fan it comes from.

use bevy::math::Vec3;

use super::heights::Heights;
use super::surface::{Surface, paint, sheer};

const RED: [u8; 3] = [255, 56, 48];
/// Half the light's width on the skin, m.
const HALF_WIDTH_M: f32 = 0.0022;
/// The light reaches this far along the patient to both sides, m (choice).
const REACH_M: f32 = 0.26;

/// The cross on what lies under the light. Places are in the frame of `heights`; the light's plane stands at `z`; where
/// nothing lies it falls on the mattress at `table`.
pub fn cross(heights: &Heights, z: f32, table: f32, half_width: f32) -> Surface {
    let red = paint(RED);
    let skin = |x: f32, z: f32| heights.highest(x, z, 0.004).unwrap_or(table).max(table) + 0.004;
    let along: Vec<_> = (0..=104)
        .map(|k| {
            let z = z + (k as f32 / 52.0 - 1.0) * REACH_M;
            (Vec3::new(0.0, skin(0.0, z), z), Vec3::X * HALF_WIDTH_M)
        })
        .collect();
    let across: Vec<_> = (0..=120)
        .map(|k| {
            let x = (k as f32 / 60.0 - 1.0) * half_width;
            (Vec3::new(x, skin(x, z), z), Vec3::Z * HALF_WIDTH_M)
        })
        .collect();
    let mut surface = Surface::ribbon(&along, red);
    surface.add(Surface::ribbon(&across, red));
    surface
}

/// The light on its way from the magnet's brow to the line across the patient; room, m.
pub fn fan(source: Vec3, heights: &Heights, offset_z: f32, table: f32, half_width: f32) -> Surface {
    const STEPS: usize = 30;
    let local = source.z - offset_z;
    let skin = |x: f32| heights.highest(x, local, 0.004).unwrap_or(table).max(table);
    let end = |k: usize| {
        let x = (k as f32 / STEPS as f32 * 2.0 - 1.0) * half_width;
        Vec3::new(x, skin(x), source.z)
    };
    let (bright, dim) = (sheer(paint(RED), 0.16), sheer(paint(RED), 0.05));
    let mut surface = Surface::default();
    for k in 0..STEPS {
        surface.shaded_quad([source, end(k), end(k + 1), source], [bright, dim, dim, bright]);
    }
    surface
}
