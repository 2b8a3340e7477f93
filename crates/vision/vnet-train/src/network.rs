//! The forward pass that training differentiates, made of [`crate::op`]'s operations.

use candle_core::{Device, Result, Tensor, Var};
use ndarray::Array3;
use vnet::{NetworkShape, Parameters};

use crate::op::{Conv3d, DepthToSpace, Join, NormPrelu, SpaceToDepth};

/// A network whose parameters are tensors, ready to run.
pub struct Network<'a> {
    shape: &'a NetworkShape,
    /// In the order of the shape's layout.
    tensors: &'a [Tensor],
}

impl<'a> Network<'a> {
    /// Joins a shape with its parameters, given in the order of [`Parameters`].
    pub fn new(shape: &'a NetworkShape, tensors: &'a [Tensor]) -> Self {
        Self { shape, tensors }
    }

    /// Logits `[slice, row, column, class]` of an image `[slice, row, column, 1]` whose extents are
    /// multiples of [`NetworkShape::multiple`].
    pub fn logits(&self, image: &Tensor) -> Result<Tensor> {
        let mut next = self.tensors.iter();
        let mut take = || next.next().ok_or_else(|| candle_core::Error::Msg("the network lacks parameters".into()));
        let mut skips = Vec::new();
        let mut x = image.clone();
        for (number, level) in self.shape.levels.iter().enumerate() {
            let conv = Conv3d { kernel: level.kernel };
            x = if number == 0 {
                conv.apply(&x, take()?)?
            } else {
                let gathered = SpaceToDepth { stride: level.stride }.apply(&x)?;
                skips.push(x);
                Conv3d { kernel: [1; 3] }.apply(&gathered, take()?)?
            };
            x = NormPrelu.apply(&x, take()?)?;
            let entry = x.clone();
            x = stage(x, &entry, conv, level.convolutions, &mut take)?;
        }
        for (pair, skip) in self.shape.levels.windows(2).rev().zip(skips.iter().rev()) {
            let (level, below) = (&pair[0], &pair[1]);
            x = Conv3d { kernel: [1; 3] }.apply(&x, take()?)?;
            x = DepthToSpace { stride: below.stride }.apply(&x)?;
            x = NormPrelu.apply(&x, take()?)?;
            let entry = x;
            let joined = Join.apply(&entry, skip)?;
            x = stage(joined, &entry, Conv3d { kernel: level.kernel }, level.convolutions, &mut take)?;
        }
        let (weight, bias) = (take()?, take()?);
        Conv3d { kernel: [1; 3] }.apply_with_bias(&x, weight, bias)
    }
}

/// A residual stage: convolutions, each normalized; `entry` is added before the last PReLU.
fn stage<'a>(
    mut x: Tensor,
    entry: &Tensor,
    conv: Conv3d,
    convolutions: usize,
    take: &mut impl FnMut() -> Result<&'a Tensor>,
) -> Result<Tensor> {
    for c in 0..convolutions {
        x = conv.apply(&x, take()?)?;
        x = if c + 1 < convolutions {
            NormPrelu.apply(&x, take()?)?
        } else {
            NormPrelu.apply_with_residual(&x, take()?, entry)?
        };
    }
    Ok(x)
}

/// An image `[slice, row, column]` as the network's input on a device.
pub fn input(image: &Array3<f32>, device: &Device) -> Result<Tensor> {
    let (slices, rows, columns) = image.dim();
    Tensor::from_iter(image.iter().copied(), device)?.reshape((slices, rows, columns, 1))
}

/// Parameters as tensors on a device, which carry no gradient.
pub fn tensors(parameters: &Parameters, device: &Device) -> Result<Vec<Tensor>> {
    parameters.0.iter().map(|p| Tensor::from_slice(&p.values, p.dims.as_slice(), device)).collect()
}

/// Parameters as variables on a device, by which a loss can be differentiated.
pub fn variables(parameters: &Parameters, device: &Device) -> Result<Vec<Var>> {
    parameters.0.iter().map(|p| Var::from_slice(&p.values, p.dims.as_slice(), device)).collect()
}
