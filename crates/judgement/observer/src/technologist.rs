//! One simulated technologist.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What makes one technologist's plans differ from the truth and from another's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Technologist {
    /// The name in tables.
    pub name: String,
    /// Years at the scanner, for the report.
    #[serde(default)]
    pub experience_years: Option<f64>,
    /// Random error of marking and placing.
    pub perception: Perception,
    /// Habits, the same for every patient.
    pub bias: Bias,
    /// How carefully he works.
    pub care: Care,
    /// How he reviews an AI's plan.
    pub review: Review,
    /// How long he takes.
    pub pace: Pace,
}

/// Random error of marking and placing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Perception {
    /// SD of marking an edge at unlimited contrast, mm.
    pub edge_sd_mm: f64,
    /// SD that a contrast-to-noise ratio of 10 adds in quadrature, mm; in inverse proportion to the ratio.
    pub contrast_sd_mm: f64,
    /// SD of placing a stack with the mouse, each direction, mm.
    pub drag_sd_mm: f64,
    /// SD of turning a stack in the axial view, degrees.
    pub rotation_sd_deg: f64,
}

/// Habits, the same for every patient.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bias {
    /// Tips every group forwards, degrees.
    pub sagittal_tilt_deg: f64,
    /// Tips every group to the patient's left, degrees.
    pub coronal_tilt_deg: f64,
    /// Places every group towards the head, mm.
    pub head_foot_mm: f64,
}

/// How carefully a technologist works.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Care {
    /// Probability that a level of an AI's plan is really looked at, 0…1.
    pub attention: f64,
    /// Probability of counting the levels wrong, per examination, 0…1.
    pub miscount: f64,
    /// Probability of a sloppy drag, per disc, 0…1.
    pub sloppy_drag: f64,
}

/// How a technologist reviews an AI's plan.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Review {
    /// Tilt that is seen half of the time, degrees.
    pub seen_angle_deg: f64,
    /// Offset that is seen half of the time, mm.
    pub seen_offset_mm: f64,
    /// Spread of the psychometric function, in units of the thresholds.
    pub spread: f64,
    /// Share of a seen error that is taken out, 0…1.
    pub correction: f64,
    /// Noise of judging an overlay, as a share of that of drawing by hand.
    pub comparison: f64,
}

/// How long a technologist takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pace {
    /// Opening the localizer and planning the sagittal stack, s.
    pub setup_s: f64,
    /// Drawing one axial group, s.
    pub per_disc_s: f64,
    /// Looking an AI's plan over, s.
    pub review_s: f64,
    /// SD of the logarithm of a planning time.
    pub spread: f64,
}

impl Technologist {
    /// Every number of the file, with the range that it must lie in.
    pub(crate) fn ranges(&self) -> Vec<(&'static str, f64, [f64; 2])> {
        const SHARE: [f64; 2] = [0.0, 1.0];
        const SPREAD_MM: [f64; 2] = [0.0, 20.0];
        const TILT_DEG: [f64; 2] = [-20.0, 20.0];
        const TIME_S: [f64; 2] = [0.0, 3600.0];
        let Self { perception, bias, care, review, pace, .. } = self;
        vec![
            ("experience-years", self.experience_years.unwrap_or(0.0), [0.0, 80.0]),
            ("perception.edge-sd-mm", perception.edge_sd_mm, SPREAD_MM),
            ("perception.contrast-sd-mm", perception.contrast_sd_mm, SPREAD_MM),
            ("perception.drag-sd-mm", perception.drag_sd_mm, SPREAD_MM),
            ("perception.rotation-sd-deg", perception.rotation_sd_deg, [0.0, 20.0]),
            ("bias.sagittal-tilt-deg", bias.sagittal_tilt_deg, TILT_DEG),
            ("bias.coronal-tilt-deg", bias.coronal_tilt_deg, TILT_DEG),
            ("bias.head-foot-mm", bias.head_foot_mm, [-20.0, 20.0]),
            ("care.attention", care.attention, SHARE),
            ("care.miscount", care.miscount, SHARE),
            ("care.sloppy-drag", care.sloppy_drag, SHARE),
            ("review.seen-angle-deg", review.seen_angle_deg, [0.1, 45.0]),
            ("review.seen-offset-mm", review.seen_offset_mm, [0.1, 50.0]),
            ("review.spread", review.spread, [0.01, 10.0]),
            ("review.correction", review.correction, SHARE),
            ("review.comparison", review.comparison, SHARE),
            ("pace.setup-s", pace.setup_s, TIME_S),
            ("pace.per-disc-s", pace.per_disc_s, TIME_S),
            ("pace.review-s", pace.review_s, TIME_S),
            ("pace.spread", pace.spread, [0.0, 2.0]),
        ]
    }
}
