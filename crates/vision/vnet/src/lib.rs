//! The V-Net: its shape, its weights file, and segmentation of images on the CPU or on a GPU.
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
//! let segmentation = model.segment(&image)?;
//! assert_eq!(segmentation.labels.grid, image.grid);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! One shape ([`NetworkShape`]) has four forward passes, three of them here, without a training framework:
//!
//! | pass | where | numbers | same bits | checked against |
//! | --- | --- | --- | --- | --- |
//! | training, differentiable | `vnet_train::Network`: candle operations over [`vnet_kernels`] | f32 | on every vector unit, with any number of threads | finite differences, PyTorch |
//! | inference on the CPU | `inference`, over [`vnet_kernels`] | f32 | on every vector unit, with any number of threads | training's logits, to 1e-4 |
//! | inference on the CPU in bf16 | the same code for [`vnet_kernels::Bf16`] | bf16 products, f32 sums | on one machine | f32: 1 % of voxels may get another label |
//! | inference on a GPU | [`gpu`], through wgpu | f32 | on one adapter | the CPU's logits, to 1e-4 |
//!
//! | module | what it holds |
//! | --- | --- |
//! | `network_shape` | levels, widths, kernels and strides; the layout of the parameters; He initialization |
//! | [`parameters`] | the learned parameters |
//! | [`weights`] | the weights file and what is checked at load |
//! | `image_contract` | what a network expects of an image, and the names of its classes |
//! | [`mod@prepare`], `body` | bringing any image onto the network's grid, cropped to the body |
//! | `processor` | the processors that a network runs on |
//! | `inference`, [`gpu`] | the forward pass without gradients, on the CPU and on a GPU |
//! | [`outline`] | where a vertebra ends: at its cortex or at its marrow |
//! | `two_scales` | averaging a fine image's probabilities at two pixel sizes |
//! | [`model`], [`segmentation`] | a network with its weights, and the result of segmenting an image |

#![forbid(unsafe_code)]

mod body;
pub mod gpu;
mod image_contract;
mod inference;
pub mod model;
mod network_shape;
pub mod outline;
pub mod parameters;
pub mod prepare;
mod prepare_error;
mod processor;
pub mod segmentation;
mod two_scales;
pub mod weights;

pub use body::FRONT_TO_BACK_MM;
pub use gpu::{GpuChoice, GpuDevice, GpuError};
pub use image_contract::ImageContract;
pub use model::{Model, SegmentError};
pub use network_shape::{Level, NetworkShape};
pub use outline::{BODY_CORTEX, Outline};
pub use parameters::{Parameter, Parameters};
pub use prepare::{PreparedImage, prepare};
pub use prepare_error::PrepareError;
pub use processor::{Processor, ProcessorError};
pub use segmentation::Segmentation;
pub use weights::{ModelError, Provenance, Weights};
