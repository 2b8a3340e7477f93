//! The V-Net's numeric kernels: plain slices in, plain slices out, no tensors. All `unsafe` of the network is here.
//!
//! Activations are `[depth, row, column, channel]`, weights `[tap, channel in, channel out]`:
//!
//! ```
//! use vnet_kernels::conv3d::{self, ConvShape};
//! use vnet_kernels::reference;
//!
//! let shape = ConvShape { extent: [2, 8, 8], kernel: [1, 3, 3], inputs: 1, outputs: 4 };
//! let image = vec![1.0; shape.voxels() * shape.inputs];
//! let weights = vec![0.5; shape.taps() * shape.inputs * shape.outputs];
//! let fast = conv3d::forward(&shape, &image, &weights, None);
//! assert_eq!(fast, reference::conv3d(&shape, &image, &weights, &[0.0; 4]));
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`conv3d`] | 3-D convolution of a whole volume and its gradients |
//! | [`mod@reference`] | its slow twin, with which tests and the bench compare |
//! | [`norm`] | instance normalization, residual and PReLU of a whole volume, with gradients |
//! | [`rearrange`] | space to depth and back, concatenation of channels |
//! | [`softmax`], [`loss`] | class probabilities; soft Dice and cross-entropy with their gradient |
//! | [`rectify`] | moments, normalization and PReLU of one line: what inference does line by line |
//! | `conv_line`, `brick` | one line of a convolution in f32; four lines at once by `winograd` |
//! | `bf16`, `bf16_line`, `amx` | one line of a convolution in bf16, by AVX-512 BF16 or AMX |
//! | `activation` | the two number formats of inference, f32 and bf16, behind one trait |
//! | `weight_gradient` | the gradient of a convolution's weights |
//! | `lanes`, `fill` | vector registers; filling memory without zeroing it first |
//!
//! In f32 every vector unit and every number of threads gives the same bits; bf16 gives those of the machine's
//! instructions.

mod activation;
#[cfg(target_arch = "x86_64")]
mod amx;
mod bf16;
mod bf16_line;
mod brick;
pub mod conv3d;
mod conv_line;
mod fill;
mod lanes;
pub mod loss;
pub mod norm;
pub mod rearrange;
pub mod rectify;
pub mod reference;
pub mod softmax;
mod weight_gradient;
mod winograd;

pub use activation::Activation;
pub use bf16::{Bf16, is_native as bf16_is_native};
pub use brick::{BrickInput, ROWS as BRICK_ROWS, Scratch};
pub use conv_line::InputLine;
pub use lanes::VectorUnit;
pub use weight_gradient::weight_gradient;

/// Parts into which a reduction is cut whatever the number of threads, so that its bits do not change.
pub(crate) const CHUNKS: usize = 8;
