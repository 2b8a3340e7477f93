//! Where the network runs.

use std::path::Path;
use std::sync::Arc;

use vnet::{GpuChoice, GpuDevice, GpuError, Model};

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

/// A model on a GPU, if there is one.
pub fn load(path: &Path, gpu: Option<&Arc<GpuDevice>>, device: Device) -> Result<Model, Failure> {
    let model = Model::load(path).map_err(Failure::input)?;
    let Some(gpu) = gpu else { return Ok(model) };
    match model.on(Arc::clone(gpu)) {
        Ok(model) => Ok(model),
        Err(error) if device == Device::Auto => {
            on_the_cpu::<()>(&error);
            Model::load(path).map_err(Failure::input)
        }
        Err(error) => Err(Failure::wrong(format!("--device gpu: {error}; --device cpu needs none"))),
    }
}

fn on_the_cpu<T>(error: &GpuError) -> Option<T> {
    output::note(format!("{error}; the CPU computes instead"));
    None
}
