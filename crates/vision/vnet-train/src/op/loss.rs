//! The training loss as an operation.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use geometry::Structure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vnet::outline::STRUCTURE_OF_CLASS;
use vnet_kernels::loss::DiceCrossEntropy;

use super::{composed, extent_and_channels, read, tensor, values};

/// Shares of the two parts of the loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LossWeights {
    /// Share of 1 − mean soft Dice over the classes present.
    pub dice: f32,
    /// Share of the mean cross-entropy over voxels.
    pub cross_entropy: f32,
}

/// Soft Dice and cross-entropy of `[depth, row, column, class]` logits against labels; a scalar.
#[derive(Clone)]
pub struct SegmentationLoss {
    /// One class per voxel, each below the number of classes.
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

    /// The kernel for so many classes; its Dice is that of the structures.
    fn kernel(&self, classes: usize) -> DiceCrossEntropy<'static, { Structure::COUNT }> {
        let LossWeights { dice, cross_entropy } = self.weights;
        DiceCrossEntropy { group_of_class: &STRUCTURE_OF_CLASS[..classes], dice, cross_entropy }
    }

    /// Checks that the labels fit logits of these dimensions; returns the number of classes.
    fn check(&self, logits: &[usize]) -> Result<usize> {
        let (extent, classes) = extent_and_channels(logits)?;
        if classes > STRUCTURE_OF_CLASS.len() {
            bail!("the loss expects at most {} classes, got {classes}", STRUCTURE_OF_CLASS.len());
        }
        if extent.iter().product::<usize>() != self.labels.len() {
            bail!("the loss expects one label per voxel, got {} for logits of extent {extent:?}", self.labels.len());
        }
        match self.labels.iter().find(|label| usize::from(**label) >= classes) {
            Some(label) => bail!("the loss expects labels below {classes}, got {label}"),
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
        let value = self.kernel(classes).forward(values(logits, layout)?, &self.labels);
        Ok((CpuStorage::F32(vec![value]), Shape::from(())))
    }

    fn bwd(&self, logits: &Tensor, _: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let (_, classes) = extent_and_channels(logits.dims())?;
        let scale = dy.to_scalar::<f32>()?;
        let mut dx = read(logits, |z| Ok(self.kernel(classes).backward(z, &self.labels)))?;
        if scale != 1.0 {
            dx.iter_mut().for_each(|g| *g *= scale);
        }
        Ok(Some(tensor(dx, logits.dims())?))
    }
}
