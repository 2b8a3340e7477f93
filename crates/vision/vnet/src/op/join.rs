//! Joining the channels of a skip connection with those of the path from below.

use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor, bail};

use super::{extent_and_channels, read, tensor, values};
use crate::kernel::written::{written, written_pair};

/// The channels of two activations of one extent, side by side.
#[derive(Clone, Copy, Debug)]
pub struct Join;

impl Join {
    /// Joins `a` with `b`.
    pub fn apply(self, a: &Tensor, b: &Tensor) -> Result<Tensor> {
        if a.device().is_cpu() { a.apply_op2(b, self) } else { Tensor::cat(&[a, b], 3) }
    }
}

/// Voxels that one task copies.
const RUN: usize = 256;

impl CustomOp2 for Join {
    fn name(&self) -> &'static str {
        "join"
    }

    fn cpu_fwd(&self, a: &CpuStorage, al: &Layout, b: &CpuStorage, bl: &Layout) -> Result<(CpuStorage, Shape)> {
        let ((extent, first), (other, second)) = (extent_and_channels(al.dims())?, extent_and_channels(bl.dims())?);
        if extent != other {
            bail!("joined activations have one extent, got {extent:?} and {other:?}");
        }
        let (a, b) = (values(a, al)?, values(b, bl)?);
        let width = first + second;
        let y = written(extent.iter().product::<usize>() * width, RUN * width, |number, y| {
            let (a, b) = (&a[number * RUN * first..], &b[number * RUN * second..]);
            let parts = a.chunks_exact(first).zip(b.chunks_exact(second));
            for (y, (a, b)) in y.chunks_exact_mut(width).zip(parts) {
                y[..first].copy_from_slice(a);
                y[first..].copy_from_slice(b);
            }
        });
        Ok((CpuStorage::F32(y), Shape::from((extent[0], extent[1], extent[2], width))))
    }

    fn bwd(&self, a: &Tensor, b: &Tensor, _: &Tensor, dy: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let ((extent, first), (_, second)) = (extent_and_channels(a.dims())?, extent_and_channels(b.dims())?);
        let voxels: usize = extent.iter().product();
        let width = first + second;
        let [da, db] = read(dy, |dy| {
            let len = [voxels * first, voxels * second];
            Ok(written_pair(len, [RUN * first, RUN * second], |number, da, db| {
                let parts = da.chunks_exact_mut(first).zip(db.chunks_exact_mut(second));
                for ((da, db), dy) in parts.zip(dy[number * RUN * width..].chunks_exact(width)) {
                    da.copy_from_slice(&dy[..first]);
                    db.copy_from_slice(&dy[first..]);
                }
            }))
        })?;
        Ok((Some(tensor(da, a.dims())?), Some(tensor(db, b.dims())?)))
    }
}
