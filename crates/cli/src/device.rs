//! The networks, and where they run.

use std::path::Path;
use std::sync::Arc;

use planner::{Networks, NetworksError};
use vnet::{GpuChoice, GpuDevice, GpuError};

use crate::arguments::Device;
use crate::failure::Failure;
use crate::output;

/// The GPU that a choice leads to; none means the CPU.
pub fn gpu(device: Device) -> Result<Option<Arc<GpuDevice>>, Failure> {
    let opened = match device {
        Device::Cpu => return Ok(None),
        Device::Auto => GpuDevice::open(GpuChoice::Hardware),
        Device::Gpu => GpuDevice::open(GpuChoice::Any),
    };
    match opened {
        Ok(gpu) => Ok(Some(Arc::new(gpu))),
        Err(GpuError::NoAdapter) if device == Device::Auto => Ok(None),
        Err(error) if device == Device::Auto => Ok(on_the_cpu(&error)),
        Err(error) => Err(Failure::wrong(format!("--device gpu: {error}; --device cpu needs none"))),
    }
}

/// The networks of a model's folder on a GPU, if there is one.
pub fn networks(folder: &Path, gpu: Option<&Arc<GpuDevice>>, device: Device) -> Result<Networks, Failure> {
    match Networks::load(folder, gpu) {
        Err(NetworksError::Gpu(error)) if device == Device::Auto => {
            on_the_cpu::<()>(&error);
            Networks::load(folder, None).map_err(Failure::input)
        }
        Err(NetworksError::Gpu(error)) => {
            Err(Failure::wrong(format!("--device gpu: {error}; --device cpu needs none")))
        }
        loaded => loaded.map_err(Failure::input),
    }
}

fn on_the_cpu<T>(error: &GpuError) -> Option<T> {
    output::note(format!("{error}; the CPU computes instead"));
    None
}
