//! Where training examples come from.

use ndarray::Array3;

/// An image on the network's grid with its true labels.
#[derive(Clone, Debug)]
pub struct Example {
    /// Prepared intensities `[slice, row, column]` (see [`vnet::prepare()`]).
    pub image: Array3<f32>,
    /// Label values of the same shape.
    pub labels: Array3<u8>,
}

/// An endless, reproducible list of examples.
pub trait TrainingSource: Sync {
    /// The example with this index, always the same.
    fn example(&self, index: u64) -> Example;

    /// A text that differs whenever the examples do; a checkpoint is resumed only with the same.
    fn identity(&self) -> String;
}
