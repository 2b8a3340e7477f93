//! The processor that the networks run on.

use std::path::Path;
use std::sync::Arc;

use planner::{Networks, NetworksError};
use vnet::{GpuChoice, GpuDevice, GpuError, Processor, ProcessorError};

use crate::arguments::Device;
use crate::failure::Failure;
use crate::output;

/// The processor for a `--device` choice.
pub fn processor(device: Device) -> Result<Processor, Failure> {
    let opened = match device {
        Device::Cpu => return Ok(Processor::Cpu),
        Device::CpuBf16 => Processor::cpu_bf16(),
        Device::Auto => gpu(GpuChoice::Hardware),
        Device::Gpu => gpu(GpuChoice::Any),
    };
    match opened {
        Err(ProcessorError::Gpu(GpuError::NoAdapter)) if device == Device::Auto => Ok(Processor::Cpu),
        Err(error) if device == Device::Auto => Ok(fall_back(&error)),
        opened => opened.map_err(|error| refused(&error, device)),
    }
}

fn gpu(choice: GpuChoice) -> Result<Processor, ProcessorError> {
    let gpu = GpuDevice::open(choice)?;
    if gpu.is_software() {
        output::note(format!(
            "{} is a software renderer: an image takes about a minute; with --device cpu, a second",
            gpu.name()
        ));
    }
    Ok(Processor::Gpu(Arc::new(gpu)))
}

/// The networks of a model's folder on a processor.
pub fn networks(folder: &Path, processor: &Processor, device: Device) -> Result<Networks, Failure> {
    match Networks::load(folder, processor) {
        Err(NetworksError::Processor(error)) if device == Device::Auto => {
            Networks::load(folder, &fall_back(&error)).map_err(Failure::input)
        }
        Err(NetworksError::Processor(error)) => Err(refused(&error, device)),
        loaded => loaded.map_err(Failure::input),
    }
}

fn refused(error: &ProcessorError, device: Device) -> Failure {
    Failure::wrong(format!("--device {device}: {error}; --device cpu works on every machine"))
}

/// The CPU, with a note on why no GPU is used.
fn fall_back(error: &ProcessorError) -> Processor {
    output::note(format!("{error}; using the CPU"));
    Processor::Cpu
}
