//! Training: examples streamed, augmented, learned from, checkpointed and resumed to the bit.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`config`] | the training file |
//! | [`source`] | where examples come from |
//! | [`augmentation`] | how an example is varied |
//! | `growth` | a trained network's weights in a larger one |
//! | `mean` | the mean of several networks' weights |
//! | [`optimizer`] | AdamW with a moving average of the weights |
//! | [`checkpoint`] | all that a resumed run needs |
//! | [`trainer`] | the loop |
//! | [`event`] | what the loop reports |
//! | `journal` | the log, and the lock on the folder |
//! | [`curve`] | the learning curve as a picture |

pub mod augmentation;
pub mod checkpoint;
pub mod config;
pub mod curve;
pub mod event;
mod growth;
mod journal;
mod mean;
pub mod optimizer;
pub mod source;
pub mod trainer;

pub use mean::mean;
