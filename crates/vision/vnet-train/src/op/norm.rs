//! Instance normalization, affine map, residual and PReLU as one operation.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor, bail};
use vnet_kernels::norm::{self, Affine};

use super::{composed, read, tensor, values};

/// `PReLU(norm(x)·γ + β + residual)`: activation, `[3, channels]` of γ, β and α, and (as a ternary
/// operation) the residual.
#[derive(Clone, Copy, Debug)]
pub struct NormPrelu;

impl NormPrelu {
    /// Without a residual.
    pub fn apply(self, x: &Tensor, affine: &Tensor) -> Result<Tensor> {
        if x.device().is_cpu() { x.apply_op2(affine, self) } else { composed::norm_prelu(x, affine, None) }
    }

    /// With a residual.
    pub fn apply_with_residual(self, x: &Tensor, affine: &Tensor, residual: &Tensor) -> Result<Tensor> {
        if x.device().is_cpu() {
            x.apply_op3(affine, residual, self)
        } else {
            composed::norm_prelu(x, affine, Some(residual))
        }
    }
}

fn split(affine: &[f32], channels: usize) -> Result<Affine<'_>> {
    if affine.len() != 3 * channels {
        bail!("norm expects [3, {channels}] parameters, got {} values", affine.len());
    }
    let (gamma, rest) = affine.split_at(channels);
    let (beta, alpha) = rest.split_at(channels);
    Ok(Affine { gamma, beta, alpha })
}

fn channels(dims: &[usize]) -> usize {
    dims.last().copied().unwrap_or(0)
}

fn gradients(x: &Tensor, affine: &Tensor, residual: Option<&[f32]>, dy: &Tensor) -> Result<norm::Gradients> {
    read(x, |x_values| {
        read(affine, |affine| {
            let affine = split(affine, channels(x.dims()))?;
            read(dy, |dy| Ok(norm::backward(x_values, residual, affine, dy)))
        })
    })
}

impl CustomOp2 for NormPrelu {
    fn name(&self) -> &'static str {
        "norm-prelu"
    }

    fn cpu_fwd(&self, x: &CpuStorage, xl: &Layout, a: &CpuStorage, al: &Layout) -> Result<(CpuStorage, Shape)> {
        let affine = split(values(a, al)?, channels(xl.dims()))?;
        Ok((CpuStorage::F32(norm::forward(values(x, xl)?, None, affine)), xl.shape().clone()))
    }

    fn bwd(&self, x: &Tensor, affine: &Tensor, _: &Tensor, dy: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let found = gradients(x, affine, None, dy)?;
        Ok((Some(tensor(found.x, x.dims())?), Some(tensor(found.affine, affine.dims())?)))
    }
}

impl CustomOp3 for NormPrelu {
    fn name(&self) -> &'static str {
        "norm-residual-prelu"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        xl: &Layout,
        a: &CpuStorage,
        al: &Layout,
        r: &CpuStorage,
        rl: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        if xl.dims() != rl.dims() {
            bail!("norm expects a residual of shape {:?}, got {:?}", xl.dims(), rl.dims());
        }
        let affine = split(values(a, al)?, channels(xl.dims()))?;
        Ok((CpuStorage::F32(norm::forward(values(x, xl)?, Some(values(r, rl)?), affine)), xl.shape().clone()))
    }

    fn bwd(
        &self,
        x: &Tensor,
        affine: &Tensor,
        residual: &Tensor,
        _: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let found = read(residual, |r| gradients(x, affine, Some(r), dy))?;
        Ok((
            Some(tensor(found.x, x.dims())?),
            Some(tensor(found.affine, affine.dims())?),
            Some(tensor(found.residual, x.dims())?),
        ))
    }
}
