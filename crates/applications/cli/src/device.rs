//! The networks, and where they run.

use std::path::Path;
use std::sync::Arc;

use planner::{Networks, NetworksError};
use vnet::{GpuChoice, GpuDevice, GpuError, Processor, ProcessorError};

use crate::arguments::Device;
use crate::failure::Failure;
use crate::output;

/// The processor that a choice leads to.
pub fn processor(device: Device) -> Result<Processor, Failure> {
    let opened = match device {
        Device::Cpu => return Ok(Processor::Cpu),
        Device::CpuBf16 => Processor::cpu_bf16(),
        Device::Auto => gpu(GpuChoice::Hardware),
        Device::Gpu => gpu(GpuChoice::Any),
    };
    match opened {
        Err(ProcessorError::Gpu(GpuError::NoAdapter)) if device == Device::Auto => Ok(Processor::Cpu),
        Err(error) if device == Device::Auto => Ok(instead(&error)),
        opened => opened.map_err(|error| refused(&error, device)),
    }
}

fn gpu(choice: GpuChoice) -> Result<Processor, ProcessorError> {
    let gpu = GpuDevice::open(choice)?;
    if gpu.is_software() {
        output::note(format!("{} is a software renderer: an image takes a minute, --device cpu a second", gpu.name()));
    }
    Ok(Processor::Gpu(Arc::new(gpu)))
}

/// The networks of a model's folder on a processor.
pub fn networks(folder: &Path, processor: &Processor, device: Device) -> Result<Networks, Failure> {
    match Networks::load(folder, processor) {
        Err(NetworksError::Processor(error)) if device == Device::Auto => {
            Networks::load(folder, &instead(&error)).map_err(Failure::input)
        }
        Err(NetworksError::Processor(error)) => Err(refused(&error, device)),
        loaded => loaded.map_err(Failure::input),
    }
}

fn refused(error: &ProcessorError, device: Device) -> Failure {
    Failure::wrong(format!("--device {device}: {error}; --device cpu runs everywhere"))
}

/// The CPU, with a word on why.
fn instead(error: &ProcessorError) -> Processor {
    output::note(format!("{error}; the CPU computes instead"));
    Processor::Cpu
}
