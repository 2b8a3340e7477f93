//! Why training ended early.

use std::path::PathBuf;

use vnet::ModelError;

/// Why training ended early.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The configuration is invalid, or does not fit the weights to start from.
    #[error("training configuration: {0}")]
    Config(String),
    /// A file of the training folder could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// Another training is writing to the folder.
    #[error("{}: another training is writing to this folder, expected a folder for this one alone", .0.display())]
    InUse(PathBuf),
    /// A checkpoint or weights file was refused, or could not be written.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// An operation of the network failed.
    #[error("the network failed: {0}")]
    Network(#[from] candle_core::Error),
    /// The loss is not finite.
    #[error("the loss is {loss} at step {step}: lower the learning rate")]
    Diverged {
        /// The step.
        step: u64,
        /// The loss.
        loss: f32,
    },
}
