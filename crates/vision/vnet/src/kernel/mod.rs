//! The numeric kernels: plain slices in, plain slices out, no tensors.
//!
//! The convolution has a slow twin in `reference`, which property tests compare with; every vector unit gives the same
//! bits.

#[cfg(target_arch = "x86_64")]
mod amx;
pub(crate) mod bf16;
pub(crate) mod brick;
pub mod conv3d;
pub(crate) mod conv_line;
pub(crate) mod lanes;
pub mod loss;
pub mod norm;
pub mod rearrange;
#[cfg(test)]
mod reference;
pub(crate) mod softmax;
mod weight_gradient;
mod winograd;
pub(crate) mod written;

/// Parts into which a reduction is cut whatever the number of threads, so that its bits do not change.
pub(crate) const CHUNKS: usize = 8;
