//! What the training loop reports.

use serde::{Deserialize, Serialize};

/// One line of `log.jsonl`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event", rename_all_fields = "kebab-case")]
pub enum TrainingEvent {
    /// Training was resumed from a checkpoint.
    Resumed {
        /// Steps already taken.
        step: u64,
    },
    /// A step was taken.
    Step {
        /// Steps taken so far.
        step: u64,
        /// Mean loss of the batch.
        loss: f32,
        /// Norm of the gradient before it was limited.
        gradient: f64,
        /// Learning rate.
        learning_rate: f64,
        /// Wall-clock time of the step, ms.
        wall_ms: f64,
        /// Part of it spent waiting for examples, ms.
        wall_waiting_ms: f64,
    },
    /// The averaged weights were validated.
    Validation {
        /// Steps taken so far.
        step: u64,
        /// Dice by class over all validation voxels.
        dice: [f64; 4],
    },
    /// A checkpoint and the weights file were written.
    Checkpoint {
        /// Steps taken so far.
        step: u64,
    },
}

impl TrainingEvent {
    /// Steps taken before the event, its own included.
    pub fn step(&self) -> u64 {
        match self {
            Self::Resumed { step }
            | Self::Step { step, .. }
            | Self::Validation { step, .. }
            | Self::Checkpoint { step } => *step,
        }
    }
}

/// How a training run ended.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TrainingSummary {
    /// Steps taken in all.
    pub steps: u64,
    /// Whether it was stopped before its last step.
    pub stopped: bool,
    /// Dice by class at the last validation.
    pub dice: Option<[f64; 4]>,
    /// Share of the steps' wall-clock time spent waiting for examples, 0…1; `None` if no step was taken.
    pub waiting_share: Option<f64>,
}
