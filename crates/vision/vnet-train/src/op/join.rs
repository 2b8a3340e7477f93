//! Concatenation of a skip connection's channels with those from the level below.

use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};
use vnet_kernels::rearrange::{join_channels, split_channels};

use super::{extent_and_channels, read, tensor, values};

/// Concatenation of the channels of two activations of one extent.
#[derive(Clone, Copy, Debug)]
pub struct Join;

impl Join {
    /// The channels of `a`, then those of `b`.
    pub fn apply(self, a: &Tensor, b: &Tensor) -> Result<Tensor> {
        if a.device().is_cpu() { a.apply_op2(b, self) } else { Tensor::cat(&[a, b], 3) }
    }
}

impl CustomOp2 for Join {
    fn name(&self) -> &'static str {
        "join"
    }

    fn cpu_fwd(&self, a: &CpuStorage, al: &Layout, b: &CpuStorage, bl: &Layout) -> Result<(CpuStorage, Shape)> {
        let ((extent, first), (other, second)) = (extent_and_channels(al.dims())?, extent_and_channels(bl.dims())?);
        if extent != other {
            bail!("join expects activations of one extent, got {extent:?} and {other:?}");
        }
        let y = join_channels(values(a, al)?, values(b, bl)?, [first, second]);
        Ok((CpuStorage::F32(y), Shape::from((extent[0], extent[1], extent[2], first + second))))
    }

    fn bwd(&self, a: &Tensor, b: &Tensor, _: &Tensor, dy: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let ((_, first), (_, second)) = (extent_and_channels(a.dims())?, extent_and_channels(b.dims())?);
        let [da, db] = read(dy, |dy| Ok(split_channels(dy, [first, second])))?;
        Ok((Some(tensor(da, a.dims())?), Some(tensor(db, b.dims())?)))
    }
}
