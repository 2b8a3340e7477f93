//! Space to depth and back as operations; each is the other's gradient.

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, Tensor, bail};
use vnet_kernels::rearrange::{depth_to_space, space_to_depth};

use super::{composed, extent_and_channels, read, tensor, values};

/// Gathers every stride block of voxels into the channels of one.
#[derive(Clone, Copy, Debug)]
pub struct SpaceToDepth {
    /// Block size along depth, rows, columns.
    pub stride: [usize; 3],
}

/// Spreads the channels of one voxel over a stride block of voxels.
#[derive(Clone, Copy, Debug)]
pub struct DepthToSpace {
    /// Block size along depth, rows, columns.
    pub stride: [usize; 3],
}

impl SpaceToDepth {
    /// Gathers.
    pub fn apply(self, x: &Tensor) -> Result<Tensor> {
        if x.device().is_cpu() { x.apply_op1(self) } else { composed::space_to_depth(self.stride, x) }
    }
}

impl DepthToSpace {
    /// Spreads.
    pub fn apply(self, x: &Tensor) -> Result<Tensor> {
        if x.device().is_cpu() { x.apply_op1(self) } else { composed::depth_to_space(self.stride, x) }
    }
}

impl CustomOp1 for SpaceToDepth {
    fn name(&self) -> &'static str {
        "space-to-depth"
    }

    fn cpu_fwd(&self, x: &CpuStorage, xl: &Layout) -> Result<(CpuStorage, Shape)> {
        let (extent, channels) = extent_and_channels(xl.dims())?;
        if (0..3).any(|axis| !extent[axis].is_multiple_of(self.stride[axis])) {
            bail!("space-to-depth expects an extent that is a multiple of {:?}, got {extent:?}", self.stride);
        }
        let y = space_to_depth(extent, channels, self.stride, values(x, xl)?);
        let [d, r, c] = std::array::from_fn(|axis| extent[axis] / self.stride[axis]);
        Ok((CpuStorage::F32(y), Shape::from((d, r, c, channels * self.stride.iter().product::<usize>()))))
    }

    fn bwd(&self, x: &Tensor, _: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let (extent, channels) = extent_and_channels(x.dims())?;
        let dx = read(dy, |dy| Ok(depth_to_space(extent, channels, self.stride, dy)))?;
        Ok(Some(tensor(dx, x.dims())?))
    }
}

impl CustomOp1 for DepthToSpace {
    fn name(&self) -> &'static str {
        "depth-to-space"
    }

    fn cpu_fwd(&self, x: &CpuStorage, xl: &Layout) -> Result<(CpuStorage, Shape)> {
        let (coarse, deep) = extent_and_channels(xl.dims())?;
        let fan: usize = self.stride.iter().product();
        if !deep.is_multiple_of(fan) {
            bail!("depth-to-space expects a multiple of {fan} channels, got {deep}");
        }
        let extent: [usize; 3] = std::array::from_fn(|axis| coarse[axis] * self.stride[axis]);
        let y = depth_to_space(extent, deep / fan, self.stride, values(x, xl)?);
        Ok((CpuStorage::F32(y), Shape::from((extent[0], extent[1], extent[2], deep / fan))))
    }

    fn bwd(&self, x: &Tensor, y: &Tensor, dy: &Tensor) -> Result<Option<Tensor>> {
        let (extent, channels) = extent_and_channels(y.dims())?;
        let dx = read(dy, |dy| Ok(space_to_depth(extent, channels, self.stride, dy)))?;
        Ok(Some(tensor(dx, x.dims())?))
    }
}
