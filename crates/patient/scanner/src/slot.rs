//! Substances that share one weighting of the k-space lines.
//!
//! All substances with the same decay along the echo train and the same motion are summed in the image before they are
//! transformed: one transform per slot instead of one per substance.

use rustfft::num_complex::{Complex32, Complex64};

use crate::motion::Course;
use crate::ordering::{Line, Ordering};
use crate::{Sequence, Substance};

/// T2 values that represent all tissues in the decay along an echo train, ms: tendon to muscle, disc and marrow,
/// fat and nucleus, fluid.
const TYPICAL_T2_MS: [f64; 4] = [30.0, 55.0, 115.0, 1000.0];

/// Signal loss and phase (radians) of fluid and blood at the peak of a normal pulse; chosen by visual comparison with real
/// images that have strong pulsation artefacts.
const FLUID_PULSE: (f64, f64) = (0.12, 0.5);
const BLOOD_PULSE: (f64, f64) = (0.4, 1.4);

/// How a substance moves relative to the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MotionType {
    /// Not at all.
    Still,
    /// With the heartbeat, as cerebrospinal fluid.
    Fluid,
    /// With the heartbeat, as blood.
    Blood,
    /// With the abdominal wall.
    Breathing,
}

/// One weighting of the k-space lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slot {
    /// T2 of the decay along the echo train; `None` without a train.
    t2_ms: Option<f64>,
    pub motion: MotionType,
}

impl Slot {
    /// The slot of a substance that lies still or pulsates.
    pub fn of(substance: &Substance, sequence: &Sequence, course: &Course) -> Self {
        let motion = match () {
            () if !course.pulsates() => MotionType::Still,
            () if substance.pulsates => MotionType::Fluid,
            () if substance.flows => MotionType::Blood,
            () => MotionType::Still,
        };
        let near = |t2: &f64| (t2 / substance.t2_ms).ln().abs();
        let typical = TYPICAL_T2_MS.into_iter().min_by(|a, b| near(a).total_cmp(&near(b)));
        Self { t2_ms: typical.filter(|_| sequence.echo_train().0 > 1), motion }
    }

    /// The slot of the moving abdominal wall.
    pub fn breathing(sequence: &Sequence) -> Self {
        Self { t2_ms: (sequence.echo_train().0 > 1).then_some(TYPICAL_T2_MS[2]), motion: MotionType::Breathing }
    }

    /// Weight of each line, 1 in the centre of k-space without motion. Lines acquired in another pose than `pose` have
    /// weight 0. `start_s` is the time of the slice's first excitation.
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
            let in_pose = line.times_s.iter().map(|time| start_s + time).filter(|&time| course.pose_at(time) == pose);
            let sum: Complex64 = in_pose.map(|time| self.pulse(course, time)).sum();
            let weight = sum * decay / line.times_s.len() as f64;
            Complex32::new(weight.re as f32, weight.im as f32)
        };
        ordering.lines.iter().map(|line| line.as_ref().map_or(Complex32::ZERO, weight)).collect()
    }

    fn pulse(&self, course: &Course, time_s: f64) -> Complex64 {
        let (loss, phase) = match self.motion {
            MotionType::Still | MotionType::Breathing => return Complex64::ONE,
            MotionType::Fluid => FLUID_PULSE,
            MotionType::Blood => BLOOD_PULSE,
        };
        let pulse = course.pulse(time_s);
        Complex64::from_polar((-loss * pulse.abs()).exp(), phase * pulse)
    }
}
