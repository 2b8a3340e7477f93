//! Convolution as an operation.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor, bail};
use vnet_kernels::conv3d::{self, ConvShape};

use super::{composed, extent_and_channels, read, tensor, values};

/// 3-D convolution, stride 1, same padding: activation, weights `[tap, in, out]` and (as a ternary
/// operation) a bias `[out]`.
#[derive(Clone, Copy, Debug)]
pub struct Conv3d {
    /// Kernel along depth, rows, columns; odd.
    pub kernel: [usize; 3],
}

impl Conv3d {
    /// Convolves `x` with `weights`.
    pub fn apply(self, x: &Tensor, weights: &Tensor) -> Result<Tensor> {
        if x.device().is_cpu() { x.apply_op2(weights, self) } else { composed::conv3d(self.kernel, x, weights, None) }
    }

    /// The same with a bias.
    pub fn apply_with_bias(self, x: &Tensor, weights: &Tensor, bias: &Tensor) -> Result<Tensor> {
        if x.device().is_cpu() {
            x.apply_op3(weights, bias, self)
        } else {
            composed::conv3d(self.kernel, x, weights, Some(bias))
        }
    }

    fn shape(&self, x: &[usize], weights: &[usize]) -> Result<ConvShape> {
        let (extent, inputs) = extent_and_channels(x)?;
        let taps: usize = self.kernel.iter().product();
        match *weights {
            [t, i, outputs] if t == taps && i == inputs => {
                Ok(ConvShape { extent, kernel: self.kernel, inputs, outputs })
            }
            _ => bail!("conv3d expects weights [{taps}, {inputs}, out], got {weights:?}"),
        }
    }

    fn run(
        &self,
        x: (&CpuStorage, &Layout),
        w: (&CpuStorage, &Layout),
        bias: Option<&[f32]>,
    ) -> Result<(CpuStorage, Shape)> {
        let shape = self.shape(x.1.dims(), w.1.dims())?;
        let y = conv3d::forward(&shape, values(x.0, x.1)?, values(w.0, w.1)?, bias);
        let [depth, rows, columns] = shape.extent;
        Ok((CpuStorage::F32(y), Shape::from((depth, rows, columns, shape.outputs))))
    }

    fn gradients(&self, x: &Tensor, w: &Tensor, dy: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let shape = self.shape(x.dims(), w.dims())?;
        let by_weights = read(x, |x| read(dy, |dy| Ok(vnet_kernels::weight_gradient(&shape, x, dy))))?;
        // The image itself needs no gradient.
        let by_input = if x.track_op() {
            let transposed = read(w, |w| Ok(conv3d::transposed_weights(&shape, w)))?;
            let dx = read(dy, |dy| Ok(conv3d::forward(&shape.transposed(), dy, &transposed, None)))?;
            Some(tensor(dx, x.dims())?)
        } else {
            None
        };
        Ok((by_input, Some(tensor(by_weights, w.dims())?)))
    }
}

impl CustomOp2 for Conv3d {
    fn name(&self) -> &'static str {
        "conv3d"
    }

    fn cpu_fwd(&self, x: &CpuStorage, xl: &Layout, w: &CpuStorage, wl: &Layout) -> Result<(CpuStorage, Shape)> {
        self.run((x, xl), (w, wl), None)
    }

    fn bwd(&self, x: &Tensor, w: &Tensor, _: &Tensor, dy: &Tensor) -> Result<(Option<Tensor>, Option<Tensor>)> {
        self.gradients(x, w, dy)
    }
}

impl CustomOp3 for Conv3d {
    fn name(&self) -> &'static str {
        "conv3d with bias"
    }

    fn cpu_fwd(
        &self,
        x: &CpuStorage,
        xl: &Layout,
        w: &CpuStorage,
        wl: &Layout,
        b: &CpuStorage,
        bl: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        self.run((x, xl), (w, wl), Some(values(b, bl)?))
    }

    fn bwd(
        &self,
        x: &Tensor,
        w: &Tensor,
        bias: &Tensor,
        _: &Tensor,
        dy: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (by_input, by_weights) = self.gradients(x, w, dy)?;
        let shape = self.shape(x.dims(), w.dims())?;
        let by_bias = read(dy, |dy| Ok(conv3d::bias_gradient(&shape, dy)))?;
        Ok((by_input, by_weights, Some(tensor(by_bias, bias.dims())?)))
    }
}
