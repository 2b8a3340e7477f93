//! Training the V-Net: streamed examples, augmentation, optimizer, checkpoints; a resumed run gives the same bits.
//!
//! To train, implement [`TrainingSource`] and call [`train`]:
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//!
//! use ndarray::Array3;
//! use vnet::{Level, Model, NetworkShape};
//! use vnet_train::{Example, TrainingConfig, TrainingSource, train};
//!
//! /// A bright disc in every image.
//! struct Discs;
//!
//! impl TrainingSource for Discs {
//!     fn example(&self, index: u64) -> Example {
//!         let row = 4 + index as usize % 8;
//!         let labels = Array3::from_shape_fn((1, 16, 16), |(_, j, _)| if j.abs_diff(row) < 3 { 2 } else { 0 });
//!         Example { image: labels.mapv(f32::from), labels }
//!     }
//!
//!     fn identity(&self) -> String {
//!         "discs".into()
//!     }
//! }
//!
//! let level = Level { width: 4, kernel: [1, 3, 3], stride: [1, 1, 1], convolutions: 1 };
//! let network = NetworkShape { levels: vec![level], classes: 5 };
//! let config = TrainingConfig { steps: 3, crop: [1, 16, 16], network, ..TrainingConfig::default() };
//! let folder = tempfile::tempdir()?;
//! let never = AtomicBool::new(false);
//! let summary = train(&config, None, &Discs, &Discs, folder.path(), &never, &mut |_event| ())?;
//! assert_eq!(summary.steps, 3);
//! assert_eq!(Model::load(folder.path())?.provenance().steps, 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`op`] | [`vnet_kernels`] as candle operations with gradients |
//! | [`network`] | the forward pass that is differentiated |
//! | `config` | the training file |
//! | `source` | where examples come from |
//! | `augmentation` | how an example is varied |
//! | `growth` | a trained network's weights grown into a larger one |
//! | `mean` | the mean of several networks' weights |
//! | `optimizer` | AdamW with a moving average of the weights |
//! | `checkpoint` | everything that a resumed run needs |
//! | `trainer` | the loop |
//! | `event` | what the loop reports |
//! | `journal` | the training folder's log and lock |
//! | `curve` | the learning curve as a picture |

#![forbid(unsafe_code)]

mod augmentation;
mod checkpoint;
mod config;
mod curve;
mod error;
mod event;
mod growth;
mod journal;
mod mean;
pub mod network;
pub mod op;
mod optimizer;
mod source;
mod trainer;

pub use augmentation::Augmentation;
pub use config::{ConfigFault, StartFrom, TrainingConfig};
pub use error::TrainError;
pub use event::{TrainingEvent, TrainingSummary};
pub use mean::{MeanError, mean};
pub use network::Network;
pub use op::LossWeights;
pub use source::{Example, TrainingSource};
pub use trainer::{has_checkpoint, train};
