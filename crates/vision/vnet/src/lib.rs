//! The V-Net: network, 3-D kernels, training and inference.
//!
//! An image goes in, labels and probabilities of vertebra, disc, sacrum and canal come out:
//!
//! ```
//! use geometry::{Grid, Point, Volume};
//! use vnet::{ImageContract, Model, NetworkShape, Provenance, Weights};
//!
//! let network = NetworkShape::default();
//! let parameters = network.initial(randomness::Stream::from_seed(1)); // untrained
//! let model = Model::from_weights(Weights {
//!     network,
//!     image: ImageContract::default(),
//!     provenance: Provenance::default(),
//!     parameters,
//! })?;
//! let grid = Grid::axis_aligned(Point::new(-20.0, -50.0, -50.0), [2.0, 2.0, 2.0], [20, 50, 50]);
//! let image = Volume::from_fn(grid, |p| if p.coords.norm() < 40.0 { 300.0 } else { 0.0 });
//! let seen = model.segment(&image)?;
//! assert_eq!(seen.labels.grid, image.grid);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`kernel`] | convolution, normalization, rearrangement and loss on plain slices |
//! | [`op`] | the kernels as candle operations with gradients |
//! | [`network`] | the shape of the network and its forward pass |
//! | [`parameters`] | the learned numbers |
//! | [`weights`] | the weights file and what is checked at load |
//! | `slice_plane`, `image_contract` | how slices lie, and what else an image must be like |
//! | [`mod@prepare`], `body` | bringing any image onto the network's grid, without its air |
//! | `processor` | what computes |
//! | `inference`, [`gpu`] | the forward pass without gradients, on the CPU and on a GPU |
//! | [`outline`] | where a vertebra ends: at its cortex or at its marrow |
//! | `two_scales` | what is read of a fine image on two grids |
//! | [`model`], [`segmentation`] | a network with its weights, and what it sees in an image |
//! | [`training`] | the training loop |

mod body;
pub mod gpu;
mod image_contract;
mod inference;
pub mod kernel;
pub mod model;
pub mod network;
pub mod op;
pub mod outline;
pub mod parameters;
pub mod prepare;
mod processor;
pub mod segmentation;
mod slice_plane;
pub mod training;
mod two_scales;
pub mod weights;

pub use body::FRONT_TO_BACK_MM;
pub use gpu::{GpuChoice, GpuDevice, GpuError};
pub use image_contract::ImageContract;
pub use model::{Model, SegmentError};
pub use network::{Level, NetworkShape};
pub use outline::{BODY_CORTEX, Outline};
pub use prepare::{PrepareError, PreparedImage, prepare};
pub use processor::{Processor, ProcessorError};
pub use segmentation::Segmentation;
pub use slice_plane::SlicePlane;
pub use training::config::{ConfigFault, StartFrom, TrainingConfig};
pub use training::event::{TrainingEvent, TrainingSummary};
pub use training::mean;
pub use training::source::{Example, TrainingSource};
pub use training::trainer::{TrainError, is_begun, train};
pub use weights::{ModelError, Provenance, Weights};
