//! The networks of a model's folder, and the planner that they make.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use geometry::{Orientation, Volume};
use vnet::{Model, ModelError, Processor, ProcessorError};

use crate::VnetPlanner;
use crate::rib_count::ASIDE_MM;

/// Weights for coronal slices beside the sagittal ones in a model's folder.
const CORONAL: &str = "coronal.safetensors";
/// Sagittal and coronal slices of a localizer that are read beforehand; a larger one takes more memory when it comes.
const LOCALIZER_SLICES: [usize; 2] = [20, 12];
/// Its field of view, mm.
const LOCALIZER_MM: f64 = 448.0;

/// The networks of a model's folder.
#[derive(Clone)]
pub struct Networks {
    /// For sagittal slices: it segments.
    pub sagittal: Arc<Model>,
    /// For coronal slices: it counts; a folder may lack it.
    coronal: Option<Arc<Model>>,
}

/// Why networks cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NetworksError {
    /// The file.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A network where another is expected.
    #[error("{}: expected a network for {} slices, found one for {} slices", path.display(), expected.name(), found.name())]
    Plane {
        /// The file or folder.
        path: PathBuf,
        /// The slices it should be for.
        expected: Orientation,
        /// The slices it is for.
        found: Orientation,
    },
    /// The processor refuses a network.
    #[error(transparent)]
    Processor(#[from] ProcessorError),
}

impl Networks {
    /// Loads a folder's networks onto a processor.
    ///
    /// # Errors
    /// [`NetworksError`] for a file that is wrong or in the wrong place, and for a processor that refuses.
    pub fn load(folder: &Path, processor: &Processor) -> Result<Self, NetworksError> {
        let coronal = folder.join(CORONAL);
        let coronal = coronal.is_file().then(|| of_plane(&coronal, Orientation::Coronal, processor)).transpose()?;
        Ok(Self { sagittal: of_plane(folder, Orientation::Sagittal, processor)?, coronal })
    }

    /// Reads an empty localizer, as a scanner's computer does before the patient comes: memory that a system hands out anew
    /// can cost as much time as the network.
    pub fn warm_up(&self) {
        let [sagittal, coronal] = LOCALIZER_SLICES;
        let about_the_spine = self.coronal.iter().map(|model| (model, coronal, 2.0 * ASIDE_MM));
        for (model, slices, across_mm) in
            std::iter::once((&self.sagittal, sagittal, vnet::FRONT_TO_BACK_MM)).chain(about_the_spine)
        {
            let pixels = |mm: f64| (mm / model.contract().pixel_mm).round() as usize;
            model.warm_up([slices, pixels(LOCALIZER_MM), pixels(across_mm)]);
        }
    }

    /// The built-in planner with these networks.
    pub fn planner(&self) -> VnetPlanner {
        VnetPlanner::new(Arc::clone(&self.sagittal)).with_ribs(self.coronal.clone())
    }

    /// Why the ribs on a coronal image cannot be read, if they cannot.
    ///
    /// # Errors
    /// In words: no network for coronal slices, or an image that it cannot take.
    pub fn reads_ribs(&self, coronal: &Volume<f32>) -> Result<(), String> {
        let ribs =
            self.coronal.as_ref().ok_or_else(|| format!("the model has no {CORONAL}, which reads coronal slices"))?;
        vnet::prepare(coronal, ribs.contract()).map(|_| ()).map_err(|error| error.to_string())
    }

    /// Whether there is a network that counts by ribs.
    pub fn counts_by_ribs(&self) -> bool {
        self.coronal.is_some()
    }

    /// The networks' hashes.
    pub fn hash(&self) -> String {
        let all = std::iter::once(&self.sagittal).chain(&self.coronal);
        all.map(|model| model.hash()).collect::<Vec<_>>().join(" ")
    }
}

fn of_plane(path: &Path, expected: Orientation, processor: &Processor) -> Result<Arc<Model>, NetworksError> {
    let model = Model::load(path)?;
    let found = model.contract().plane;
    if found != expected {
        return Err(NetworksError::Plane { path: path.to_owned(), expected, found });
    }
    Ok(Arc::new(model.on(processor)?))
}
