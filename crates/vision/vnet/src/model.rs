//! A trained network, ready to segment images.

use std::path::{Path, PathBuf};

use geometry::Volume;
use ndarray::Array3;
use vnet_kernels::Bf16;
use vnet_kernels::softmax::softmax;

use crate::gpu::{GpuError, GpuNetwork};
use crate::image_contract::ImageContract;
use crate::inference::Inference;
use crate::network_shape::NetworkShape;
use crate::outline::{BODY_CORTEX, ByStructure, Outline, most_probable, structures};
use crate::parameters::Parameters;
use crate::prepare::prepare;
use crate::prepare_error::PrepareError;
use crate::processor::{Processor, ProcessorError};
use crate::segmentation::Segmentation;
use crate::two_scales;
use crate::weights::{self, ModelError, Provenance, Weights};

/// A trained network, ready to segment.
pub struct Model {
    weights: Weights,
    inference: Inference,
    /// The same network in bf16; runs instead of `inference` if present.
    bf16: Option<Inference<Bf16>>,
    /// The same network on a GPU; runs instead of the CPU if present.
    gpu: Option<GpuNetwork>,
    hash: String,
}

/// Why an image could not be segmented.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    /// The image cannot be prepared for the network.
    #[error("the image cannot be prepared for the network: {0}")]
    Image(#[from] PrepareError),
}

impl Model {
    /// Reads a weights file, or the one in a model's folder.
    ///
    /// # Errors
    /// [`ModelError`] if the file cannot be read, is damaged, or is not a network's.
    pub fn load(path: &Path) -> Result<Self, ModelError> {
        let path: PathBuf = weights::file(path);
        let bytes = std::fs::read(&path).map_err(|source| ModelError::Io { path: path.clone(), source })?;
        let hash = blake3::hash(&bytes).to_hex().to_string();
        let weights = Weights::from_bytes(&bytes, &path)?;
        Self::new(weights, hash, &path)
    }

    /// A model from weights in memory.
    ///
    /// # Errors
    /// [`ModelError`] if shape, contract and parameters do not fit together.
    pub fn from_weights(weights: Weights) -> Result<Self, ModelError> {
        Self::new(weights, String::new(), Path::new("memory"))
    }

    fn new(weights: Weights, hash: String, path: &Path) -> Result<Self, ModelError> {
        weights.check(path)?;
        let inference = Inference::new(&weights.network, &weights.parameters);
        Ok(Self { weights, inference, bf16: None, gpu: None, hash })
    }

    /// The same model, run on a processor.
    ///
    /// # Errors
    /// [`ProcessorError`] if a GPU's driver refuses the network, or a level's width is odd and bf16 was asked for.
    pub fn on(mut self, processor: &Processor) -> Result<Self, ProcessorError> {
        let (network, parameters) = (&self.weights.network, &self.weights.parameters);
        (self.bf16, self.gpu) = match processor {
            Processor::Cpu => (None, None),
            Processor::CpuBf16 => {
                if let Some((level, width)) = network.odd_width() {
                    return Err(ProcessorError::OddWidth { level, width });
                }
                (Some(Inference::new(network, parameters)), None)
            }
            Processor::Gpu(gpu) => (None, Some(GpuNetwork::new(gpu.clone(), network, parameters)?)),
        };
        Ok(self)
    }

    /// The name of the processor: "cpu", "cpu-bf16" or the GPU's.
    pub fn processor(&self) -> &str {
        match (&self.gpu, &self.bf16) {
            (Some(gpu), _) => gpu.device().name(),
            (None, Some(_)) => "cpu-bf16",
            (None, None) => "cpu",
        }
    }

    /// Writes the weights to a file.
    pub fn save(&self, path: &Path) -> Result<(), ModelError> {
        self.weights.save(path)
    }

    /// What the network expects of an image.
    pub fn contract(&self) -> &ImageContract {
        &self.weights.image
    }

    /// Where the weights come from.
    pub fn provenance(&self) -> &Provenance {
        &self.weights.provenance
    }

    /// The network's shape.
    pub fn network(&self) -> &NetworkShape {
        &self.weights.network
    }

    /// The contents of its weights file.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The learned parameters.
    pub fn parameters(&self) -> &Parameters {
        &self.weights.parameters
    }

    /// BLAKE3 of the file it was loaded from, hexadecimal; empty for a model from memory.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Runs the network once on an empty image of so many slices, rows and columns of its grid, so that the first real
    /// image up to that size finds its memory allocated and its caches warm. Does nothing for a model on a GPU.
    pub fn warm_up(&self, [slices, rows, columns]: [usize; 3]) {
        let multiple = self.weights.image.multiple;
        let extent = [
            slices.next_multiple_of(multiple[0]),
            rows.next_multiple_of(multiple[1]),
            columns.next_multiple_of(multiple[2]),
        ];
        if self.gpu.is_none() {
            let logits = self.logits(&Array3::zeros(extent));
            most_probable(&structures(&logits, self.weights.network.classes, Outline::Anatomy));
        }
    }

    /// Logits `[voxel, class]` of a prepared image, from the model's processor.
    ///
    /// # Errors
    /// [`GpuError::Failed`] if a GPU was lost, has too little memory for the image, or reports an error.
    ///
    /// # Panics
    /// As [`Self::logits`].
    pub fn logits_on_device(&self, image: &Array3<f32>) -> Result<Vec<f32>, GpuError> {
        self.gpu.as_ref().map_or_else(|| Ok(self.logits(image)), |gpu| gpu.logits(image))
    }

    /// Logits `[voxel, class]` of a prepared image, from the CPU.
    ///
    /// # Panics
    /// If its extents are not multiples of what the network needs.
    pub fn logits(&self, image: &Array3<f32>) -> Vec<f32> {
        self.bf16.as_ref().map_or_else(|| self.inference.logits(image), |bf16| bf16.logits(image))
    }

    /// Class probabilities `[voxel, class]` of a prepared image.
    ///
    /// # Panics
    /// As [`Self::logits`].
    pub fn probabilities(&self, image: &Array3<f32>) -> Vec<f32> {
        softmax(self.logits(image), self.weights.network.classes)
    }

    /// Segments an image; the labels lie on the image's own grid.
    ///
    /// A fine image (see [`ImageContract::fine_pixel_mm`]) is read at both pixel sizes and the probabilities are averaged;
    /// it is outlined by [`Outline::Readers`], any other by [`Outline::Anatomy`]. If a GPU fails, the CPU segments, and
    /// [`Segmentation::device_fault`] says why.
    ///
    /// # Errors
    /// [`SegmentError::Image`] if the image does not fit the contract.
    pub fn segment(&self, image: &Volume<f32>) -> Result<Segmentation, SegmentError> {
        self.segment_outlined(image, None)
    }

    /// The same with a chosen outline; `None` chooses by the image's pixels.
    pub fn segment_outlined(
        &self,
        image: &Volume<f32>,
        outline: Option<Outline>,
    ) -> Result<Segmentation, SegmentError> {
        let contract = &self.weights.image;
        let prepared = prepare(image, contract)?;
        let fine = contract.is_fine(&prepared.grid);
        let outline = match outline {
            // Without a class for it, the cortex belongs to the vertebra whatever was asked for.
            _ if self.weights.network.classes <= usize::from(BODY_CORTEX) => Outline::Anatomy,
            Some(outline) => outline,
            None if fine => Outline::Readers,
            None => Outline::Anatomy,
        };
        let (mut probabilities, mut device_fault) = self.structures_or_fault(&prepared.data, outline);
        if fine {
            let coarse = prepare(image, &contract.coarse())?;
            let (coarse_probabilities, fault) = self.structures_or_fault(&coarse.data, outline);
            two_scales::average(&mut probabilities, &prepared.grid, coarse_probabilities, &coarse.grid);
            device_fault = device_fault.or(fault);
        }
        let mut segmentation = Segmentation::new(probabilities, prepared.grid, &image.grid);
        (segmentation.outline, segmentation.device_fault) = (outline, device_fault);
        Ok(segmentation)
    }

    /// Probabilities of the structures from the model's processor or, if that fails, from the CPU with the reason.
    fn structures_or_fault(&self, image: &Array3<f32>, outline: Outline) -> (ByStructure, Option<String>) {
        let (logits, fault) = match self.logits_on_device(image) {
            Ok(logits) => (logits, None),
            Err(fault) => (self.logits(image), Some(fault.to_string())),
        };
        (structures(&logits, self.weights.network.classes, outline), fault)
    }
}
