//! Finding a GPU.

use std::fmt;
use std::sync::{Arc, Mutex};

use pollster::block_on;

/// Why a GPU gives no result.
#[derive(Clone, Debug, thiserror::Error)]
pub enum GpuError {
    /// No adapter of the wanted kind.
    #[error(
        "no GPU was found: expected an adapter with a Vulkan, Metal or Direct3D 12 driver; \
         on Debian, mesa-vulkan-drivers also brings a software one"
    )]
    NoAdapter,
    /// The adapter is there but cannot be used.
    #[error("the GPU '{adapter}' cannot be used: {reason}")]
    Refused {
        /// Its name.
        adapter: String,
        /// The driver's message.
        reason: String,
    },
    /// Lost, out of memory, or at fault while computing.
    #[error("the GPU '{adapter}' failed: {reason}")]
    Failed {
        /// Its name.
        adapter: String,
        /// The driver's message.
        reason: String,
    },
}

/// Which adapters may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GpuChoice {
    /// Hardware only.
    Hardware,
    /// Hardware, else a software rasterizer.
    Any,
}

/// An open GPU.
pub struct GpuDevice {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    name: String,
    is_software: bool,
    /// The first error that no error scope caught.
    fault: Arc<Mutex<Option<String>>>,
}

impl fmt::Debug for GpuDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GpuDevice").field("name", &self.name).finish_non_exhaustive()
    }
}

impl GpuDevice {
    /// Opens the best adapter of the wanted kind: discrete before integrated before software.
    ///
    /// # Errors
    /// [`GpuError::NoAdapter`], or [`GpuError::Refused`] if the best one does not open.
    pub fn open(choice: GpuChoice) -> Result<Self, GpuError> {
        let mut description = wgpu::InstanceDescriptor::new_without_display_handle();
        description.backends = wgpu::Backends::PRIMARY;
        let instance = wgpu::Instance::new(description);
        let adapters = block_on(instance.enumerate_adapters(wgpu::Backends::PRIMARY));
        let best = adapters.into_iter().filter_map(|adapter| Some((rank(&adapter.get_info(), choice)?, adapter)));
        let (_, adapter) = best.min_by_key(|(rank, _)| *rank).ok_or(GpuError::NoAdapter)?;
        Self::of(&adapter)
    }

    fn of(adapter: &wgpu::Adapter) -> Result<Self, GpuError> {
        let info = adapter.get_info();
        let name = format!("{} ({:?})", info.name, info.backend);
        let description =
            wgpu::DeviceDescriptor { required_limits: adapter.limits(), ..wgpu::DeviceDescriptor::default() };
        let (device, queue) = block_on(adapter.request_device(&description))
            .map_err(|error| GpuError::Refused { adapter: name.clone(), reason: error.to_string() })?;
        let fault = Arc::new(Mutex::new(None));
        let (uncaptured, lost) = (Arc::clone(&fault), Arc::clone(&fault));
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| note(&uncaptured, &error.to_string())));
        device.set_device_lost_callback(move |_, message| note(&lost, &format!("device lost: {message}")));
        Ok(Self { device, queue, name, is_software: info.device_type == wgpu::DeviceType::Cpu, fault })
    }

    /// The adapter's name and its interface.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether this is a software rasterizer, which takes far longer than inference on the CPU.
    pub fn is_software(&self) -> bool {
        self.is_software
    }

    /// Destroys the device, as if the driver had lost it: everything afterwards fails.
    pub fn lose(&self) {
        self.device.destroy();
    }

    /// # Errors
    /// The first fault since the device was opened.
    pub(super) fn check(&self) -> Result<(), GpuError> {
        let fault = self.fault.lock().ok().and_then(|fault| fault.clone());
        fault.map_or(Ok(()), |reason| Err(self.failed(reason)))
    }

    pub(super) fn failed(&self, reason: impl Into<String>) -> GpuError {
        GpuError::Failed { adapter: self.name.clone(), reason: reason.into() }
    }
}

fn note(fault: &Mutex<Option<String>>, message: &str) {
    if let Ok(mut fault) = fault.lock() {
        fault.get_or_insert_with(|| message.split_whitespace().collect::<Vec<_>>().join(" "));
    }
}

/// Lower is better; none if the adapter must not be taken.
fn rank(info: &wgpu::AdapterInfo, choice: GpuChoice) -> Option<u8> {
    match info.device_type {
        wgpu::DeviceType::DiscreteGpu => Some(0),
        wgpu::DeviceType::VirtualGpu => Some(1),
        wgpu::DeviceType::IntegratedGpu => Some(2),
        wgpu::DeviceType::Other => Some(3),
        wgpu::DeviceType::Cpu => (choice == GpuChoice::Any).then_some(4),
    }
}
