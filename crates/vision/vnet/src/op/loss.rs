//! The training loss as an operation.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};

use super::{composed, extent_and_channels, read, tensor, values};
use crate::kernel::loss::{self, LossWeights};

/// Soft Dice and cross-entropy of `[depth, row, column, class]` logits against labels; a scalar.
#[derive(Clone)]
pub struct SegmentationLoss {
    /// One class number a voxel, each below the number of classes.
    pub labels: Vec<u8>,
    /// Shares of the parts.
    pub weights: LossWeights,
}

impl SegmentationLoss {
    /// The loss of logits.
    pub fn apply(self, logits: &Tensor) -> Result<Tensor> {
        if logits.device().is_cpu() {
            logits.apply_op1(self)
        } else {
            self.check(logits.dims())?;
            composed::segmentation_loss(logits, &self.labels, self.weights)
        }
    }

    /// The number of classes of logits that the labels fit.
    fn check(&self, logits: &[usize]) -> Result<usize> {
        let (extent, classes) = extent_and_channels(logits)?;
        if extent.iter().product::<usize>() != self.labels.len() {
            bail!("{} labels for logits of extent {extent:?}", self.labels.len());
        }
        match self.labels.iter().find(|label| usize::from(**label) >= classes) {
            Some(label) => bail!("label {label} is none of the {classes} classes"),
            None => Ok(classes),
        }
    }
}

impl CustomOp1 for SegmentationLoss {
    fn name(&self) -> &'static str {
        "segmentation-loss"
    }

    fn cpu_fwd(&self, logits: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let classes = self.check(layout.dims())?;
        let value = loss::forward(values(logits, layout)?, &self.labels, classes, self.weights);
        Ok((CpuStorage::F32(vec![value]), Shape::from(())))
    }

    fn bwd(&self, logits: &Tensor, _: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let (_, classes) = extent_and_channels(logits.dims())?;
        let scale = dy.to_scalar::<f32>()?;
        let mut dx = read(logits, |z| Ok(loss::backward(z, &self.labels, classes, self.weights)))?;
        if scale != 1.0 {
            dx.iter_mut().for_each(|g| *g *= scale);
        }
        Ok(Some(tensor(dx, logits.dims())?))
    }
}
