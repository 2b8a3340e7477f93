//! Receive coils: the spine array in the cradle, the body array on the patient, the body coil in the bore's wall.
//!
//! Everything but the body coil is in the cradle's frame, the L3 body at z = 0: room directions, m.

use bevy::math::Vec3;
use exam::CoilChoice;

use super::heights::Heights;
use super::lines::Lines;
use super::magnet::BORE_RADIUS_M;
use super::surface::{Surface, paint, sheer};

/// Distance between neighbouring rows of elements, m (the simulated scanner's array: 46 cm in six rows).
pub const ROW_PITCH_M: f32 = 0.46 / 6.0;
/// Rows that are switched on together.
pub const ROWS_ON: usize = 6;
/// Rows in the cradle (choice: enough for any spine, either end first).
pub const ROWS: usize = 20;
/// Half the extent of the body array along the patient, m (choice).
const BODY_HALF_M: f32 = 0.22;

const OFF: [u8; 3] = [70, 78, 90];
const ON: [u8; 3] = [64, 200, 172];
const PAD: [u8; 3] = [92, 104, 122];

/// Middles of the rows that are on, m towards the patient's head from L3: the window of [`ROWS_ON`] rows of the fixed
/// array nearest to the wanted middle.
pub fn rows_on(coil_centre_mm: f64) -> Vec<f32> {
    let wanted = coil_centre_mm as f32 / 1000.0;
    let first_middle = -(ROWS as f32 - 1.0) / 2.0 * ROW_PITCH_M;
    let window_middle = (ROWS_ON as f32 - 1.0) / 2.0;
    let first = ((wanted - first_middle) / ROW_PITCH_M - window_middle).round().clamp(0.0, (ROWS - ROWS_ON) as f32);
    (0..ROWS_ON).map(|k| first_middle + (first + k as f32) * ROW_PITCH_M).collect()
}

/// The spine array: what is off is dull, what is on shines. `head` is +1 if the head points to +z in the room.
pub fn spine_array(top: f32, coil: CoilChoice, coil_centre_mm: f64, head: f32) -> [Surface; 2] {
    let on = if coil == CoilChoice::BodyCoil { Vec::new() } else { rows_on(coil_centre_mm) };
    let (mut dull, mut shining) = (Surface::default(), Surface::default());
    let first = -(ROWS as f32 - 1.0) / 2.0 * ROW_PITCH_M;
    for row in 0..ROWS {
        let along = first + row as f32 * ROW_PITCH_M;
        let lit = on.iter().any(|middle| (middle - along).abs() < 0.1 * ROW_PITCH_M);
        for side in [-1.0, 1.0] {
            let centre = Vec3::new(side * 0.118, top + 0.004, head * along);
            let half = Vec3::new(0.108, 0.003, ROW_PITCH_M / 2.0 - 0.005);
            if lit {
                let frame = Surface::cuboid(centre, half, paint(ON));
                shining.add(frame);
                let inner = Surface::cuboid(centre + Vec3::Y * 0.001, half - Vec3::new(0.008, 0.0, 0.008), paint(OFF));
                dull.add(inner);
            } else {
                dull.add(Surface::cuboid(centre, half, paint(OFF)));
            }
        }
    }
    [dull, shining]
}

/// The body array draped over what lies there: the pad, and its elements' loops as lines.
pub fn body_array(heights: &Heights, coil_centre_mm: f64, head: f32, half_width: f32) -> (Surface, Lines) {
    const ACROSS: usize = 24;
    const ALONG: usize = 18;
    let middle = head * coil_centre_mm as f32 / 1000.0;
    let place = |i: f32, k: f32| {
        let x = (i / ACROSS as f32 * 2.0 - 1.0) * half_width;
        let z = middle + (k / ALONG as f32 * 2.0 - 1.0) * BODY_HALF_M;
        (x, z)
    };
    // The stiff pad spans hollows: the mean of the highest places around, nowhere below 3 cm under its crest's slope.
    let raw = |i: f32, k: f32| {
        let (x, z) = place(i, k);
        heights.highest(x, z, 0.03)
    };
    let mut lattice = vec![[0.0_f32; ALONG + 1]; ACROSS + 1];
    let crest = raw(ACROSS as f32 / 2.0, ALONG as f32 / 2.0).unwrap_or(0.0);
    for (i, column) in lattice.iter_mut().enumerate() {
        for (k, height) in column.iter_mut().enumerate() {
            let (x, _) = place(i as f32, 0.0);
            let hang = crest - 1.9 * x * x - 0.35 * x.abs();
            *height = raw(i as f32, k as f32).unwrap_or(f32::MIN).max(hang);
        }
    }
    for _ in 0..3 {
        let before = lattice.clone();
        for i in 0..=ACROSS {
            for k in 0..=ALONG {
                let around = [
                    (i.saturating_sub(1), k),
                    ((i + 1).min(ACROSS), k),
                    (i, k.saturating_sub(1)),
                    (i, (k + 1).min(ALONG)),
                ];
                let mean = around.iter().map(|&(i, k)| before[i][k]).sum::<f32>() / 4.0;
                lattice[i][k] = before[i][k].max(f32::midpoint(before[i][k], mean)).min(before[i][k] + 0.01);
            }
        }
    }
    const THICK_M: f32 = 0.022;
    let at = |i: usize, k: usize, lift: f32| {
        let (x, z) = place(i as f32, k as f32);
        Vec3::new(x, lattice[i][k] + 0.004 + lift, z)
    };
    // Rings around the pad: over the top from one side to the other, and back underneath.
    let rings: Vec<Vec<Vec3>> = (0..=ALONG)
        .map(|k| {
            let edge = if k == 0 || k == ALONG { 0.45 } else { 1.0 };
            let over = (0..=ACROSS).rev().map(|i| at(i, k, THICK_M * edge));
            over.chain((0..=ACROSS).map(|i| at(i, k, 0.0))).collect()
        })
        .collect();
    let surface = Surface::skin(&rings, &vec![paint(PAD); rings.len()], false);

    let mut loops = Lines::default();
    const LOOPS: [usize; 2] = [4, 3];
    for column in 0..LOOPS[0] {
        for row in 0..LOOPS[1] {
            let cell = |u: f32, v: f32| {
                let i = (column as f32 + 0.5 + u * 0.56) / LOOPS[0] as f32 * ACROSS as f32;
                let k = (row as f32 + 0.5 + v * 0.56) / LOOPS[1] as f32 * ALONG as f32;
                let (i, k) = (i.clamp(0.0, ACROSS as f32), k.clamp(0.0, ALONG as f32));
                let (x, z) = place(i, k);
                let (low, high) = ((i.floor() as usize).min(ACROSS - 1), (k.floor() as usize).min(ALONG - 1));
                let (s, t) = (i - low as f32, k - high as f32);
                let height = (lattice[low][high] * (1.0 - s) + lattice[low + 1][high] * s) * (1.0 - t)
                    + (lattice[low][high + 1] * (1.0 - s) + lattice[low + 1][high + 1] * s) * t;
                Vec3::new(x, height + THICK_M + 0.008, z)
            };
            let corners: Vec<_> = (0..24)
                .map(|k| {
                    let angle = std::f32::consts::TAU * k as f32 / 24.0;
                    let [u, v] = super::surface::superellipse(angle, 4.0);
                    cell(u, v)
                })
                .collect();
            loops.outline(&corners, paint(ON));
        }
    }
    (surface, loops)
}

/// The body coil in the bore's wall, while it is the one that receives: rungs and end rings as lines, in the room.
pub fn birdcage() -> Lines {
    const RUNGS: usize = 16;
    const HALF_M: f32 = 0.25;
    let mut lines = Lines::default();
    let colour = sheer(paint(ON), 0.8);
    let at = |k: usize, z: f32| {
        let angle = std::f32::consts::TAU * k as f32 / (RUNGS * 4) as f32;
        Vec3::new(angle.cos(), angle.sin(), 0.0) * (BORE_RADIUS_M - 0.004) + Vec3::Z * z
    };
    for z in [-HALF_M, HALF_M] {
        let ring: Vec<_> = (0..RUNGS * 4).map(|k| at(k, z)).collect();
        lines.outline(&ring, colour);
    }
    for rung in 0..RUNGS {
        lines.line(at(rung * 4, -HALF_M), at(rung * 4, HALF_M), colour);
    }
    lines
}

#[cfg(test)]
mod tests {
    use bevy::math::Mat3;

    use super::*;

    #[test]
    fn six_rows_around_the_wanted_middle_are_on() {
        for wanted_mm in [-300.0, -40.0, 0.0, 55.0, 400.0] {
            let on = rows_on(wanted_mm);
            assert_eq!(on.len(), ROWS_ON);
            let middle = on.iter().sum::<f32>() / ROWS_ON as f32;
            assert!((middle - wanted_mm as f32 / 1000.0).abs() <= ROW_PITCH_M / 2.0 + 1e-6, "{wanted_mm}: {middle}");
        }
        let [_, shining] = spine_array(-0.1, CoilChoice::BodyCoil, 0.0, 1.0);
        assert!(shining.is_empty(), "the body coil switches the arrays off");
    }

    #[test]
    fn the_body_array_lies_on_the_body() {
        let belly = Surface::ellipsoid(Vec3::ZERO, Mat3::from_diagonal(Vec3::new(0.17, 0.11, 0.5)), [1.0; 4]);
        let (pad, loops) = body_array(&Heights::above(&belly, 0.01), 60.0, -1.0, 0.22);
        let heights = Heights::above(&belly, 0.005);
        // The middles of the two end faces lie inside, where nobody sees them.
        let ends = pad.positions.iter().map(|p| p.z).fold([f32::MAX, f32::MIN], |[a, b], z| [a.min(z), b.max(z)]);
        for p in pad.positions.iter().filter(|p| ends.iter().all(|end| (p.z - end).abs() > 1e-3)) {
            if let Some(height) = heights.at(p.x, p.z) {
                assert!(p.y > height - 0.012, "{p} inside the belly at {height}");
            }
        }
        let middle = pad.positions.iter().map(|p| p.z).sum::<f32>() / pad.positions.len() as f32;
        assert!((middle + 0.06).abs() < 0.01, "60 mm towards a head that lies at -z: {middle}");
        assert!(!loops.positions.is_empty());
    }
}
