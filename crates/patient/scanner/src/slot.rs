//! What of the object shares one weighting of the k-space lines.
//!
//! All substances whose echoes decay alike and which move alike are summed in the image before they are
//! transformed: one transform a slot in place of one a substance.

use rustfft::num_complex::{Complex32, Complex64};

use crate::motion::Course;
use crate::ordering::{Line, Ordering};
use crate::{Sequence, Substance};

/// T2 that stand for all tissues when an echo train shapes k-space, ms: tendon to muscle, disc and marrow,
/// fat and nucleus, fluid.
const TYPICAL_T2_MS: [f64; 4] = [30.0, 55.0, 115.0, 1000.0];

/// Loss of signal and phase (radians) that fluid and blood show at the peak of an ordinary pulse; by eye
/// beside unflattering real images.
const FLUID_PULSE: (f64, f64) = (0.12, 0.5);
const BLOOD_PULSE: (f64, f64) = (0.4, 1.4);

/// How a substance moves against the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mover {
    /// Not at all.
    Still,
    /// With the heartbeat, as cerebrospinal fluid.
    Fluid,
    /// With the heartbeat, as blood.
    Blood,
    /// With the belly's wall.
    Breathing,
}

/// One weighting of the lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slot {
    /// T2 of the decay along the echo train; `None` without a train.
    t2_ms: Option<f64>,
    pub mover: Mover,
}

impl Slot {
    /// The slot of a substance that lies still or pulsates.
    pub fn of(substance: &Substance, sequence: &Sequence, course: &Course) -> Self {
        let mover = match () {
            () if !course.pulsates() => Mover::Still,
            () if substance.pulsates => Mover::Fluid,
            () if substance.flows => Mover::Blood,
            () => Mover::Still,
        };
        let near = |t2: &f64| (t2 / substance.t2_ms).ln().abs();
        let typical = TYPICAL_T2_MS.into_iter().min_by(|a, b| near(a).total_cmp(&near(b)));
        Self { t2_ms: typical.filter(|_| sequence.echo_train().0 > 1), mover }
    }

    /// The slot of whatever breathes.
    pub fn breathing(sequence: &Sequence) -> Self {
        Self { t2_ms: (sequence.echo_train().0 > 1).then_some(TYPICAL_T2_MS[2]), mover: Mover::Breathing }
    }

    /// Weight of each line, 1 in the middle of k-space for what lies still; lines that the patient spends in
    /// another pose than `pose` weigh nothing. `start_s` is when the slice's first excitation comes.
    pub fn weights(
        &self,
        ordering: &Ordering,
        te_ms: f64,
        course: &Course,
        pose: usize,
        start_s: f64,
    ) -> Vec<Complex32> {
        let weight = |line: &Line| {
            let decay = self.t2_ms.map_or(1.0, |t2| ((te_ms - line.echo_ms) / t2).exp());
            let seen = line.times_s.iter().map(|time| start_s + time).filter(|&time| course.pose_at(time) == pose);
            let sum: Complex64 = seen.map(|time| self.pulse(course, time)).sum();
            let weight = sum * decay / line.times_s.len() as f64;
            Complex32::new(weight.re as f32, weight.im as f32)
        };
        ordering.lines.iter().map(|line| line.as_ref().map_or(Complex32::ZERO, weight)).collect()
    }

    fn pulse(&self, course: &Course, time_s: f64) -> Complex64 {
        let (loss, phase) = match self.mover {
            Mover::Still | Mover::Breathing => return Complex64::ONE,
            Mover::Fluid => FLUID_PULSE,
            Mover::Blood => BLOOD_PULSE,
        };
        let pulse = course.pulse(time_s);
        Complex64::from_polar((-loss * pulse.abs()).exp(), phase * pulse)
    }
}
