//! The forward pass on a GPU, through wgpu: any vendor's, and Mesa's software Vulkan for tests.
//!
//! The passes (`network.wgsl`) are those of the CPU's inference: convolve, gather the moments, rectify; the weights are the
//! same, repacked. Sums are added in another order than on the CPU, so that logits differ by rounding; on one adapter they
//! are the same from run to run.

mod device;
mod packed;
mod program;

use std::sync::{Arc, Mutex};

use ndarray::Array3;

pub use device::{GpuChoice, GpuDevice, GpuError};

use crate::network_shape::NetworkShape;
use crate::parameters::Parameters;
use program::Program;

/// A network ready to run on a GPU.
pub(crate) struct GpuNetwork {
    gpu: Arc<GpuDevice>,
    shape: NetworkShape,
    pipelines: Pipelines,
    /// Repacked parameters in the order of the shape's layout.
    learned: Vec<wgpu::Buffer>,
    /// The passes recorded for the last image, reused for the next one of its size.
    program: Mutex<Option<Program>>,
}

/// The compiled shader entry points.
struct Pipelines {
    convolve: wgpu::ComputePipeline,
    gather_moments: wgpu::ComputePipeline,
    fold_norm: wgpu::ComputePipeline,
    rectify: wgpu::ComputePipeline,
}

impl GpuNetwork {
    /// Uploads parameters, which must fit the shape.
    ///
    /// # Errors
    /// [`GpuError::Failed`] if the driver refuses a pass or the memory.
    pub fn new(gpu: Arc<GpuDevice>, shape: &NetworkShape, parameters: &Parameters) -> Result<Self, GpuError> {
        let source = wgpu::include_wgsl!("network.wgsl");
        let module = gpu.device.create_shader_module(source);
        let pipeline = |entry: &str| {
            gpu.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(entry),
                layout: None,
                module: &module,
                entry_point: Some(entry),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                cache: None,
            })
        };
        let pipelines = Pipelines {
            convolve: pipeline("convolve"),
            gather_moments: pipeline("gather_moments"),
            fold_norm: pipeline("fold_norm"),
            rectify: pipeline("rectify"),
        };
        let learned = packed::parameters(shape, parameters);
        let learned = learned.iter().map(|values| program::filled(&gpu, values)).collect();
        gpu.check()?;
        Ok(Self { gpu, shape: shape.clone(), pipelines, learned, program: Mutex::new(None) })
    }

    /// The device it runs on.
    pub fn device(&self) -> &GpuDevice {
        &self.gpu
    }

    /// Logits `[voxel, class]` of an image whose extents are multiples of the network's.
    ///
    /// # Errors
    /// [`GpuError::Failed`] if the device is lost, too small for the image, or at fault.
    pub fn logits(&self, image: &Array3<f32>) -> Result<Vec<f32>, GpuError> {
        self.gpu.check()?;
        let (slices, rows, columns) = image.dim();
        let extent = [slices, rows, columns];
        let mut kept = self.program.lock().map_err(|_| self.gpu.failed("an earlier image ended in a panic"))?;
        let program = match kept.take().filter(|program| program.extent == extent) {
            Some(program) => program,
            None => Program::record(self, extent)?,
        };
        let logits = program.run(&self.gpu, image)?;
        *kept = Some(program);
        Ok(logits)
    }
}
