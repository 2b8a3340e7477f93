//! Which way the patient's left, back and head point, in a corner of the picture, with letters.

use bevy::math::{Mat3, Quat, Vec2, Vec3};
use geometry::PatientPosition;

use super::frames::patient_axes;
use super::surface::{Paint, Surface, paint, sheer};

/// Length of an arm and size of a letter at 1 m before the eye, m.
const ARM_M: f32 = 0.036;
const LETTER_M: f32 = 0.011;
const STROKE_M: f32 = 0.0011;

/// Colour-blind-safe colours of the axes left–right, front–back and head–feet.
const COLOURS: [[u8; 3]; 3] = [[240, 144, 92], [112, 196, 240], [240, 224, 132]];
/// The letters of the negative and of the positive ends.
const LETTERS: [[char; 2]; 3] = [['R', 'L'], ['A', 'P'], ['F', 'H']];

/// A letter's strokes in a box from −½ to ½.
fn strokes(letter: char) -> &'static [&'static [[f32; 2]]] {
    match letter {
        'R' => &[
            &[[-0.35, -0.5], [-0.35, 0.5], [0.15, 0.5], [0.35, 0.36], [0.35, 0.14], [0.15, 0.0], [-0.35, 0.0]],
            &[[0.02, 0.0], [0.37, -0.5]],
        ],
        'L' => &[&[[-0.3, 0.5], [-0.3, -0.5], [0.35, -0.5]]],
        'A' => &[&[[-0.4, -0.5], [0.0, 0.5], [0.4, -0.5]], &[[-0.25, -0.12], [0.25, -0.12]]],
        'P' => &[&[[-0.33, -0.5], [-0.33, 0.5], [0.15, 0.5], [0.35, 0.36], [0.35, 0.1], [0.15, -0.04], [-0.33, -0.04]]],
        'H' => &[&[[-0.36, -0.5], [-0.36, 0.5]], &[[0.36, -0.5], [0.36, 0.5]], &[[-0.36, 0.0], [0.36, 0.0]]],
        'F' => &[&[[-0.3, -0.5], [-0.3, 0.5], [0.36, 0.5]], &[[-0.3, 0.03], [0.22, 0.03]]],
        _ => &[],
    }
}

/// The ends of the axes as the eye sees them: letter, direction in the eye's frame (x right, y up, z towards the eye).
pub fn ends(position: PatientPosition, eye: Quat) -> [(char, Vec3); 6] {
    let axes = Mat3::from_quat(eye.inverse()) * patient_axes(position);
    std::array::from_fn(|k| {
        let (axis, positive) = (k / 2, k % 2 == 1);
        let direction = axes.col(axis);
        (LETTERS[axis][usize::from(positive)], if positive { direction } else { -direction })
    })
}

/// The triad in the eye's frame, 1 m before the eye, in the lower left corner of a picture of an aspect and of the tangent
/// of half its angle of view.
pub fn surface(position: PatientPosition, eye: Quat, aspect: f32, half_view: f32) -> Surface {
    let margin = ARM_M + LETTER_M * 1.9;
    let centre = Vec3::new(-aspect * half_view + margin, -half_view + margin, -1.0);
    let mut surface = Surface::default();
    for (k, (letter, direction)) in ends(position, eye).into_iter().enumerate() {
        // What points away from the eye fades.
        let colour = sheer(paint(COLOURS[k / 2]), 0.62 + 0.38 * direction.z);
        let tip = centre + direction * ARM_M;
        add_stroke(&mut surface, &[centre, tip], colour);
        let place = centre + direction * (ARM_M + LETTER_M * 0.95);
        // An axis towards the eye has no room for letters.
        if direction.truncate().length() < 0.25 {
            continue;
        }
        for stroke in strokes(letter) {
            let path: Vec<_> = stroke.iter().map(|[x, y]| place + Vec3::new(*x, *y, 0.0) * LETTER_M).collect();
            add_stroke(&mut surface, &path, colour);
        }
    }
    surface
}

fn add_stroke(surface: &mut Surface, path: &[Vec3], colour: Paint) {
    for pair in path.windows(2) {
        let along = (pair[1] - pair[0]).truncate().normalize_or(Vec2::X);
        let across = Vec3::new(-along.y, along.x, 0.0) * (STROKE_M / 2.0);
        let overlap = along.extend(0.0) * (STROKE_M * 0.4);
        let (from, to) = (pair[0] - overlap, pair[1] + overlap);
        surface.add(Surface::ribbon(&[(from, -across), (to, -across)], colour));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_the_foot_the_left_of_who_goes_feet_first_is_on_the_left() {
        let at = |position, letter| {
            ends(position, Quat::IDENTITY).into_iter().find(|(name, _)| *name == letter).expect("six letters").1
        };
        assert!(at(PatientPosition::HeadFirstSupine, 'L').x > 0.99);
        assert!(at(PatientPosition::FeetFirstSupine, 'L').x < -0.99);
        assert!(at(PatientPosition::HeadFirstSupine, 'A').y > 0.99);
        assert!(at(PatientPosition::FeetFirstProne, 'P').y > 0.99);
        assert!(at(PatientPosition::HeadFirstDecubitusLeft, 'R').y > 0.99);
        assert!(at(PatientPosition::HeadFirstSupine, 'H').z < -0.99, "the head goes away from the eye");
    }
}
