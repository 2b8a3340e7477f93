//! The patient's motion as a function of time during one series.

use std::f64::consts::TAU;

use geometry::{Point, Pose, Vector};
use nalgebra::{Translation3, UnitQuaternion};
use phantom::Motion;
use randomness::rand::Rng;
use randomness::{Stream, normal};

/// Duration of a breath and of a heartbeat, s (usual adult rates: 15 and 65 per minute); SD between people 10 %.
const BREATH_S: f64 = 4.0;
const HEARTBEAT_S: f64 = 0.92;

/// Distances in front of the isocentre, mm, at which the abdominal wall begins to move with breathing and at which it
/// moves fully (choice).
const BREATHES_FROM_MM: f64 = 10.0;
const BREATHES_FULLY_MM: f64 = 90.0;

/// The motion during one series.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    motion: Motion,
    breath_s: f64,
    breath_phase: f64,
    beat_s: f64,
    beat_phase: f64,
    moved: Option<Moved>,
}

/// A movement of the whole patient.
#[derive(Clone, Copy, Debug)]
struct Moved {
    /// Time after the start, s.
    at_s: f64,
    /// The pose afterwards.
    pose: Pose,
}

impl Course {
    /// Draws the phases of breathing and heartbeat, and time and extent of a movement in a series of `duration_s`.
    pub fn draw(motion: Motion, duration_s: f64, stream: &Stream) -> Self {
        let mut rng = stream.rng();
        let mut rate = |period: f64| period * (1.0 + normal(&mut rng, 0.0, 0.1)).clamp(0.6, 1.5);
        let (breath_s, beat_s) = (rate(BREATH_S), rate(HEARTBEAT_S));
        let (breath_phase, beat_phase) = (rng.random_range(0.0..TAU), rng.random_range(0.0..TAU));
        let at_s = duration_s * rng.random_range(0.25..0.75);
        let mut spread = |sd: f64| Vector::from_fn(|_, _| normal(&mut rng, 0.0, sd));
        let (shift, turn) = (spread(motion.bulk_mm), spread(motion.bulk_deg.to_radians()));
        let pose = Pose::from_parts(Translation3::from(shift), UnitQuaternion::from_scaled_axis(turn));
        // Drawn last and only where it matters: a movement that is certain leaves every earlier draw as it was.
        let happens = motion.bulk_probability >= 1.0 || rng.random::<f64>() < motion.bulk_probability;
        let moved = (motion.is_bulk() && happens).then_some(Moved { at_s, pose });
        Self { motion, breath_s, breath_phase, beat_s, beat_phase, moved }
    }

    /// The patient's poses; the first is that of the truth.
    pub fn poses(&self) -> Vec<Pose> {
        std::iter::once(Pose::identity()).chain(self.moved.map(|moved| moved.pose)).collect()
    }

    /// Where the patient lies after the movement, if there was one.
    pub fn movement(&self) -> Option<Pose> {
        self.moved.map(|moved| moved.pose)
    }

    /// Index into [`Self::poses`] at a time.
    pub fn pose_at(&self, time_s: f64) -> usize {
        usize::from(self.moved.is_some_and(|moved| time_s >= moved.at_s))
    }

    /// Displacement of the abdominal wall from its mean position towards the front, mm.
    pub fn breath_mm(&self, time_s: f64) -> f64 {
        0.5 * self.motion.breathing_mm * (TAU * time_s / self.breath_s + self.breath_phase).cos()
    }

    /// Velocity of pulsating fluid and blood, relative to its normal amplitude.
    pub fn pulse(&self, time_s: f64) -> f64 {
        let phase = TAU * time_s / self.beat_s + self.beat_phase;
        // The second harmonic makes systole steeper than a sine.
        self.motion.pulsation * (phase.sin() + 0.35 * (2.0 * phase).sin())
    }

    /// True if the abdominal wall moves.
    pub fn breathes(&self) -> bool {
        self.motion.breathing_mm > 0.0
    }

    /// True if fluid and vessels pulsate.
    pub fn pulsates(&self) -> bool {
        self.motion.pulsation > 0.0
    }
}

/// Fraction of the abdominal wall's displacement at a point, 0…1.
pub(crate) fn breathing_fraction(place: &Point) -> f32 {
    let t = ((-place.y - BREATHES_FROM_MM) / (BREATHES_FULLY_MM - BREATHES_FROM_MM)).clamp(0.0, 1.0);
    (t * t * (3.0 - 2.0 * t)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patient_who_moves_now_and_then_moves_as_far_as_one_who_always_does() {
        let always = Motion { bulk_mm: 3.0, bulk_deg: 1.0, ..Motion::STILL };
        let sometimes = Motion { bulk_probability: 0.4, ..always };
        let never = Motion { bulk_probability: 0.0, ..always };
        let streams = || (0..1000).map(|n| Stream::from_seed(7).child("series", n));
        let drawn = |motion| streams().map(move |stream| Course::draw(motion, 60.0, &stream).movement());
        let moved = drawn(sometimes).flatten().count();
        assert!((350..450).contains(&moved), "{moved} of 1000");
        for (here, there) in drawn(sometimes).zip(drawn(always)) {
            assert!(here.is_none() || here == there, "{here:?} {there:?}");
        }
        assert_eq!(drawn(never).flatten().count(), 0);
    }
}
