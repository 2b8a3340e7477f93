//! Where training examples come from.

use ndarray::Array3;

/// An image on the network's grid with its truth.
#[derive(Clone, Debug)]
pub struct Example {
    /// Prepared intensities `[slice, row, column]` (see [`crate::prepare::prepare`]).
    pub image: Array3<f32>,
    /// Label values of the same shape.
    pub labels: Array3<u8>,
}

/// An endless, reproducible list of examples.
pub trait TrainingSource: Sync {
    /// The example of a number: always the same for the same number.
    fn example(&self, index: u64) -> Example;

    /// What decides the examples, in a form that differs where they do; a checkpoint belongs to it.
    fn identity(&self) -> String;
}
