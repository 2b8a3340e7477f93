//! The kernels as candle operations with their gradients. Tensors are `[depth, row, column, channel]`, f32.
//!
//! The kernels run on the CPU. For a tensor on a CUDA or Metal device (cargo features `cuda` and `metal`), `apply` composes
//! the operation from candle's own.

mod composed;
mod conv;
mod join;
mod loss;
mod norm;
mod rearrange;

use candle_core::{CpuStorage, Device, Layout, Result, Storage, Tensor, bail};

pub use conv::Conv3d;
pub use join::Join;
pub use loss::{LossWeights, SegmentationLoss};
pub use norm::NormPrelu;
pub use rearrange::{DepthToSpace, SpaceToDepth};

/// The values of a contiguous CPU tensor.
fn values<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((from, to)) => Ok(&storage.as_slice::<f32>()?[from..to]),
        None => bail!("a vnet operation expects contiguous input, got strides {:?}", layout.stride()),
    }
}

/// Calls a function with the values of a tensor, which are fetched if they are on another device.
pub fn read<R>(tensor: &Tensor, f: impl FnOnce(&[f32]) -> Result<R>) -> Result<R> {
    let tensor = tensor.to_device(&Device::Cpu)?.contiguous()?;
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cpu(storage) => f(values(storage, layout)?),
        _ => bail!("a vnet operation expects a tensor on the CPU"),
    }
}

/// The device for training: CUDA or Metal if the crate was built for it, else the CPU.
///
/// # Errors
/// The driver's error if the crate was built for such a device and it cannot be opened.
pub fn training_device() -> Result<Device> {
    match Device::cuda_if_available(0)? {
        Device::Cpu => Device::metal_if_available(0),
        cuda => Ok(cuda),
    }
}

/// A new CPU tensor.
fn tensor(values: Vec<f32>, dims: &[usize]) -> Result<Tensor> {
    Tensor::from_vec(values, dims, &Device::Cpu)
}

/// Depth, rows, columns and channels of an activation.
fn extent_and_channels(dims: &[usize]) -> Result<([usize; 3], usize)> {
    match *dims {
        [depth, rows, columns, channels] => Ok(([depth, rows, columns], channels)),
        _ => bail!("an activation has [depth, row, column, channel], got {dims:?}"),
    }
}
