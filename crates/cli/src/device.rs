//! The networks, and where they run.

use std::path::Path;
use std::sync::Arc;

use geometry::Volume;
use planner::VnetPlanner;
use vnet::{GpuChoice, GpuDevice, GpuError, Model, SlicePlane};

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

/// Weights for coronal slices beside the sagittal ones in a model's folder.
const CORONAL: &str = "coronal.safetensors";

/// The networks of a model's folder.
#[derive(Clone)]
pub struct Networks {
    /// For sagittal slices: it segments.
    pub sagittal: Arc<Model>,
    /// For coronal slices: it counts; a folder may lack it.
    coronal: Option<Arc<Model>>,
}

impl Networks {
    /// Loads a folder's networks onto a GPU, if there is one.
    pub fn load(folder: &Path, gpu: Option<&Arc<GpuDevice>>, device: Device) -> Result<Self, Failure> {
        let coronal = folder.join(CORONAL);
        let of_plane = |path: &Path, plane: SlicePlane| {
            let model = load(path, gpu, device)?;
            let found = model.contract().plane;
            let wrong = || {
                format!("{}: expected a network for {plane:?} slices, found one for {found:?} slices", path.display())
            };
            if found == plane { Ok(Arc::new(model)) } else { Err(Failure::wrong(wrong())) }
        };
        let coronal = coronal.is_file().then(|| of_plane(&coronal, SlicePlane::Coronal)).transpose()?;
        Ok(Self { sagittal: of_plane(folder, SlicePlane::Sagittal)?, coronal })
    }

    /// The built-in planner with these networks.
    pub fn planner(&self) -> VnetPlanner {
        VnetPlanner::new(Arc::clone(&self.sagittal)).with_ribs(self.coronal.clone())
    }

    /// Why the ribs on a coronal image cannot be read, if they cannot.
    pub fn reads_ribs(&self, coronal: &Volume<f32>) -> Result<(), String> {
        let ribs =
            self.coronal.as_ref().ok_or_else(|| format!("the model has no {CORONAL}, which reads coronal slices"))?;
        vnet::prepare(coronal, ribs.contract()).map(|_| ()).map_err(|error| error.to_string())
    }

    /// The networks' hashes.
    pub fn hash(&self) -> String {
        let all = std::iter::once(&self.sagittal).chain(&self.coronal);
        all.map(|model| model.hash()).collect::<Vec<_>>().join(" ")
    }
}

/// A model on a GPU, if there is one.
fn load(path: &Path, gpu: Option<&Arc<GpuDevice>>, device: Device) -> Result<Model, Failure> {
    let model = Model::load(path).map_err(Failure::input)?;
    let Some(gpu) = gpu else { return Ok(model) };
    match model.on(Arc::clone(gpu)) {
        Ok(model) => Ok(model),
        Err(error) if device == Device::Auto => {
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
