//! How a patient lies on the table, and how such positions are distributed.

use geometry::PatientPosition;
use rand::Rng;
use randomness::{Stream, truncated_normal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::motion::Motion;

/// How one patient lies: patient position, rotations and offsets of the trunk, knee cushion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Positioning {
    /// Patient position as registered. The anatomy keeps the patient's axes in every position.
    pub position: PatientPosition,
    /// Rotation about z, degrees; positive turns the patient's left side (+x) to the back (+y).
    pub roll_deg: f64,
    /// Rotation about x, degrees; positive tilts the head (+z) to the front (−y).
    pub pitch_deg: f64,
    /// Rotation about y, degrees; positive tilts the head (+z) to the patient's left (+x).
    pub yaw_deg: f64,
    /// Displacement from the centred position, LPS mm.
    pub offset_mm: [f64; 3],
    /// True with a cushion under the knees, which flattens the lordosis.
    pub knee_cushion: bool,
    /// Landmark error: distance of the L3 body from the isocentre along z, mm.
    pub landmark_error_mm: f64,
    /// Motion during acquisition.
    #[serde(skip_serializing_if = "Motion::is_still")]
    pub motion: Motion,
}

impl Default for Positioning {
    /// Head first supine, straight, centred, with a knee cushion.
    fn default() -> Self {
        Self {
            position: PatientPosition::HeadFirstSupine,
            roll_deg: 0.0,
            pitch_deg: 0.0,
            yaw_deg: 0.0,
            offset_mm: [0.0; 3],
            knee_cushion: true,
            landmark_error_mm: 0.0,
            motion: Motion::STILL,
        }
    }
}

impl Positioning {
    /// Refuses a positioning with a value that is not finite, or impossible motion.
    ///
    /// # Errors
    /// The field, its value and what was expected.
    pub fn check(&self) -> Result<(), PositioningError> {
        let [left, posterior, head] = self.offset_mm;
        for (field, value) in [
            ("roll-deg", self.roll_deg),
            ("pitch-deg", self.pitch_deg),
            ("yaw-deg", self.yaw_deg),
            ("offset-mm[0]", left),
            ("offset-mm[1]", posterior),
            ("offset-mm[2]", head),
            ("landmark-error-mm", self.landmark_error_mm),
        ] {
            if !value.is_finite() {
                return Err(PositioningError::NotFinite { field, what: "the value", value });
            }
        }
        check_motion(&self.motion)
    }
}

fn check_motion(motion: &Motion) -> Result<(), PositioningError> {
    motion.check().map_err(|(field, value, [low, high])| PositioningError::Motion { field, value, low, high })
}

/// A normal distribution truncated at ± `limit` from the mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TruncatedNormal {
    /// Mean.
    #[serde(default)]
    pub mean: f64,
    /// Standard deviation before truncation; with 0 every draw is the mean.
    pub sd: f64,
    /// Largest distance from the mean; 3 standard deviations if omitted.
    #[serde(default)]
    pub limit: Option<f64>,
}

impl TruncatedNormal {
    const fn about_zero(sd: f64, limit: f64) -> Self {
        Self { mean: 0.0, sd, limit: Some(limit) }
    }

    fn sample(&self, stream: &Stream) -> f64 {
        let usable = self.sd.is_finite() && self.sd > 0.0;
        let limit_sd = self.limit.map_or(3.0, |limit| limit.abs() / self.sd);
        // Below a thousandth of an SD rejection sampling would take too long; such a limit means the mean.
        if !usable || limit_sd.is_nan() || limit_sd < 1e-3 {
            return self.mean;
        }
        truncated_normal(&mut stream.rng(), self.mean, self.sd, limit_sd)
    }

    fn check(&self, field: &'static str) -> Result<(), PositioningError> {
        let number = |what, value: f64| {
            if value.is_finite() { Ok(()) } else { Err(PositioningError::NotFinite { field, what, value }) }
        };
        number("mean", self.mean)?;
        number("sd", self.sd)?;
        number("limit", self.limit.unwrap_or(0.0))?;
        if self.sd < 0.0 || self.limit.is_some_and(|limit| limit < 0.0) {
            return Err(PositioningError::Negative { field });
        }
        Ok(())
    }
}

/// A patient position with its weight.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WeightedPosition {
    /// The patient position.
    pub position: PatientPosition,
    /// Its relative weight; weights need not add up to 1.
    pub weight: f64,
}

/// How the patients of a scenario lie. With a standard deviation of 0 the value is the mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PositioningDistribution {
    /// Patient positions with their weights.
    pub positions: Vec<WeightedPosition>,
    /// Rotation about z, degrees.
    pub roll_deg: TruncatedNormal,
    /// Rotation about x, degrees.
    pub pitch_deg: TruncatedNormal,
    /// Rotation about y, degrees.
    pub yaw_deg: TruncatedNormal,
    /// Displacement to the patient's left, mm.
    pub offset_left_mm: TruncatedNormal,
    /// Displacement to the patient's back, mm.
    pub offset_posterior_mm: TruncatedNormal,
    /// Displacement to the head, mm.
    pub offset_head_mm: TruncatedNormal,
    /// Error of the landmark along the table, mm.
    pub landmark_error_mm: TruncatedNormal,
    /// Probability of a cushion under the knees, 0…1.
    pub knee_cushion_probability: f64,
    /// Motion during acquisition.
    #[serde(skip_serializing_if = "Motion::is_still")]
    pub motion: Motion,
    /// Probability that the whole patient moves, 0…1; the others only breathe and pulsate.
    #[serde(skip_serializing_if = "is_one")]
    pub restless_probability: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_one(probability: &f64) -> bool {
    *probability == 1.0
}

impl Default for PositioningDistribution {
    /// Routine positioning: head first supine, a few degrees and millimetres off
    /// (project choice; no published figures were found).
    fn default() -> Self {
        Self {
            positions: vec![WeightedPosition { position: PatientPosition::HeadFirstSupine, weight: 1.0 }],
            roll_deg: TruncatedNormal::about_zero(3.0, 9.0),
            pitch_deg: TruncatedNormal::about_zero(2.0, 6.0),
            yaw_deg: TruncatedNormal::about_zero(2.5, 8.0),
            offset_left_mm: TruncatedNormal::about_zero(8.0, 25.0),
            offset_posterior_mm: TruncatedNormal::about_zero(5.0, 15.0),
            offset_head_mm: TruncatedNormal::about_zero(3.0, 10.0),
            landmark_error_mm: TruncatedNormal::about_zero(10.0, 30.0),
            knee_cushion_probability: 0.8,
            motion: Motion::STILL,
            restless_probability: 1.0,
        }
    }
}

/// Why positionings cannot be drawn.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PositioningError {
    /// A value that is not finite.
    #[error("positioning: {what} of {field} is {value}, expected a finite number")]
    NotFinite {
        /// The field.
        field: &'static str,
        /// Mean, sd or limit.
        what: &'static str,
        /// What it was.
        value: f64,
    },
    /// A negative sd or limit.
    #[error("positioning: sd and limit of {field} must not be negative")]
    Negative {
        /// The field.
        field: &'static str,
    },
    /// No position with a positive weight.
    #[error("positioning: positions needs at least one entry with a positive, finite weight and none below 0")]
    NoPosition,
    /// A probability outside 0…1.
    #[error("positioning: {field} is {value}, expected 0 to 1")]
    NoProbability {
        /// The field.
        field: &'static str,
        /// What it was.
        value: f64,
    },
    /// A motion outside its limits.
    #[error("positioning: motion.{field} is {value}, expected {low} to {high}")]
    Motion {
        /// The field.
        field: &'static str,
        /// What it was.
        value: f64,
        /// The least it may be.
        low: f64,
        /// The most it may be.
        high: f64,
    },
}

impl PositioningError {
    /// The wrong field, as named in a file.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NotFinite { field, .. } | Self::Negative { field } | Self::NoProbability { field, .. } => field,
            Self::NoPosition => "positions",
            Self::Motion { .. } => "motion",
        }
    }
}

impl PositioningDistribution {
    /// Refuses a distribution that cannot be drawn from.
    ///
    /// # Errors
    /// The field and what was expected.
    pub fn check(&self) -> Result<(), PositioningError> {
        self.roll_deg.check("roll-deg")?;
        self.pitch_deg.check("pitch-deg")?;
        self.yaw_deg.check("yaw-deg")?;
        self.offset_left_mm.check("offset-left-mm")?;
        self.offset_posterior_mm.check("offset-posterior-mm")?;
        self.offset_head_mm.check("offset-head-mm")?;
        self.landmark_error_mm.check("landmark-error-mm")?;
        let valid = self.positions.iter().all(|entry| entry.weight.is_finite() && entry.weight >= 0.0);
        if !valid || self.positions.iter().map(|entry| entry.weight).sum::<f64>() <= 0.0 {
            return Err(PositioningError::NoPosition);
        }
        for (field, value) in [
            ("knee-cushion-probability", self.knee_cushion_probability),
            ("restless-probability", self.restless_probability),
        ] {
            if !(0.0..=1.0).contains(&value) {
                return Err(PositioningError::NoProbability { field, value });
            }
        }
        check_motion(&self.motion)
    }

    /// One patient's positioning. Every quantity has its own stream, so that changing one distribution does not
    /// change the draws of the others.
    pub fn sample(&self, stream: &Stream) -> Positioning {
        let draw = |name: &str, distribution: &TruncatedNormal| distribution.sample(&stream.child(name, 0));
        Positioning {
            position: self.sample_position(&stream.child("position", 0)),
            roll_deg: draw("roll", &self.roll_deg),
            pitch_deg: draw("pitch", &self.pitch_deg),
            yaw_deg: draw("yaw", &self.yaw_deg),
            offset_mm: [
                draw("offset left", &self.offset_left_mm),
                draw("offset posterior", &self.offset_posterior_mm),
                draw("offset head", &self.offset_head_mm),
            ],
            knee_cushion: stream.child("knee cushion", 0).rng().random::<f64>() < self.knee_cushion_probability,
            landmark_error_mm: draw("landmark", &self.landmark_error_mm),
            motion: self.motion.with_probability(self.restless_probability, &mut stream.child("restless", 0).rng()),
        }
    }

    fn sample_position(&self, stream: &Stream) -> PatientPosition {
        let total: f64 = self.positions.iter().map(|entry| entry.weight).sum();
        let mut remaining = stream.rng().random::<f64>() * total;
        for entry in &self.positions {
            remaining -= entry.weight;
            if remaining < 0.0 {
                return entry.position;
            }
        }
        self.positions.last().map_or(PatientPosition::HeadFirstSupine, |entry| entry.position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_respect_limits_and_weights() {
        let distribution = PositioningDistribution {
            positions: vec![
                WeightedPosition { position: PatientPosition::FeetFirstSupine, weight: 1.0 },
                WeightedPosition { position: PatientPosition::HeadFirstProne, weight: 3.0 },
            ],
            roll_deg: TruncatedNormal { mean: 20.0, sd: 5.0, limit: Some(6.0) },
            yaw_deg: TruncatedNormal { mean: -4.0, sd: 0.0, limit: None },
            ..Default::default()
        };
        let draws: Vec<_> = (0..2000).map(|n| distribution.sample(&Stream::from_seed(n))).collect();
        assert!(draws.iter().all(|d| (14.0..=26.0).contains(&d.roll_deg) && d.yaw_deg == -4.0));
        let prone = draws.iter().filter(|d| d.position == PatientPosition::HeadFirstProne).count();
        assert!((1420..1580).contains(&prone), "{prone} of 2000 prone, expected 1500");
        let cushions = draws.iter().filter(|d| d.knee_cushion).count();
        assert!((1530..1670).contains(&cushions), "{cushions} of 2000 with cushion, expected 1600");
    }

    #[test]
    fn impossible_distributions_are_refused() {
        let refused = |distribution: PositioningDistribution| distribution.check().expect_err("refused").to_string();
        assert_eq!(PositioningDistribution::default().check(), Ok(()));
        let negative = TruncatedNormal { mean: 0.0, sd: -1.0, limit: None };
        assert!(refused(PositioningDistribution { roll_deg: negative, ..Default::default() }).contains("roll-deg"));
        assert!(refused(PositioningDistribution { positions: vec![], ..Default::default() }).contains("positions"));
        let unlikely = PositioningDistribution { knee_cushion_probability: 1.5, ..Default::default() };
        assert!(refused(unlikely).contains("1.5"));
    }
}
