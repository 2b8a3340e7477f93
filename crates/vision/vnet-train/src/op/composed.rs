//! The operations composed from candle's own, for devices without our kernels: CUDA and Metal.
//!
//! candle differentiates them itself. They compute what the kernels do; the tests compare values and gradients of both on
//! the CPU.

use candle_core::{D, Result, Tensor, bail};
use geometry::Structure;
use vnet::outline::STRUCTURE_OF_CLASS;
use vnet_kernels::norm::EPSILON;

use super::{LossWeights, extent_and_channels};

/// [`super::Conv3d`]: slices are a batch of 2-D images, and every step of the kernel along depth is one 2-D convolution.
pub(super) fn conv3d(kernel: [usize; 3], x: &Tensor, weights: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    let ([depth, rows, columns], inputs) = extent_and_channels(x.dims())?;
    let [kernel_depth, kernel_rows, kernel_columns] = kernel;
    let (taps, weight_inputs, outputs) = weights.dims3()?;
    if taps != kernel_depth * kernel_rows * kernel_columns || weight_inputs != inputs {
        bail!("conv3d of kernel {kernel:?} on {inputs} channels got weights {:?}", weights.dims());
    }
    let y = if taps == 1 {
        let voxels = x.reshape((depth * rows * columns, inputs))?;
        voxels.matmul(&weights.reshape((inputs, outputs))?)?.reshape((depth, rows, columns, outputs))?
    } else {
        let images = [(0, kernel_depth), (2, kernel_rows), (3, kernel_columns)]
            .into_iter()
            .try_fold(x.permute((0, 3, 1, 2))?, |images, (axis, taps)| {
                images.pad_with_zeros(axis, taps / 2, taps / 2)
            })?;
        let weights =
            weights.reshape((kernel_depth, kernel_rows, kernel_columns, inputs, outputs))?.permute((0, 4, 3, 1, 2))?;
        let plane = |step: usize| {
            let slices = images.narrow(0, step, depth)?.contiguous()?;
            slices.conv2d(&weights.get(step)?.contiguous()?, 0, 1, 1, 1)
        };
        (1..kernel_depth).try_fold(plane(0)?, |sum, step| sum + plane(step)?)?.permute((0, 2, 3, 1))?.contiguous()?
    };
    match bias {
        Some(bias) => y.broadcast_add(bias),
        None => Ok(y),
    }
}

/// [`super::NormPrelu`].
pub(super) fn norm_prelu(x: &Tensor, affine: &Tensor, residual: Option<&Tensor>) -> Result<Tensor> {
    let channels = x.dim(D::Minus1)?;
    let voxels = (x.elem_count() / channels.max(1), channels);
    let flat = x.reshape(voxels)?;
    let centred = flat.broadcast_sub(&flat.mean_keepdim(0)?)?;
    let sd = (centred.sqr()?.mean_keepdim(0)? + EPSILON)?.sqrt()?;
    let row = |row: usize| affine.narrow(0, row, 1);
    let (gamma, beta, alpha) = (row(0)?, row(1)?, row(2)?);
    let mut z = centred.broadcast_mul(&gamma.div(&sd)?)?.broadcast_add(&beta)?;
    if let Some(residual) = residual {
        z = (z + residual.reshape(voxels)?)?;
    }
    let negative = z.neg()?.relu()?.broadcast_mul(&alpha)?;
    (z.relu()? - negative)?.reshape(x.dims())
}

/// [`super::SpaceToDepth`].
pub(super) fn space_to_depth(stride: [usize; 3], x: &Tensor) -> Result<Tensor> {
    let (extent, channels) = extent_and_channels(x.dims())?;
    let coarse: [usize; 3] = std::array::from_fn(|axis| extent[axis] / stride[axis]);
    let [d, r, c] = coarse;
    let blocks = x.reshape(vec![d, stride[0], r, stride[1], c, stride[2], channels])?;
    let deep = channels * stride.iter().product::<usize>();
    blocks.permute([0, 2, 4, 1, 3, 5, 6])?.contiguous()?.reshape((d, r, c, deep))
}

/// [`super::DepthToSpace`].
pub(super) fn depth_to_space(stride: [usize; 3], x: &Tensor) -> Result<Tensor> {
    let ([d, r, c], deep) = extent_and_channels(x.dims())?;
    let channels = deep / stride.iter().product::<usize>();
    let blocks = x.reshape(vec![d, r, c, stride[0], stride[1], stride[2], channels])?;
    let fine = (d * stride[0], r * stride[1], c * stride[2], channels);
    blocks.permute([0, 3, 1, 4, 2, 5, 6])?.contiguous()?.reshape(fine)
}

/// [`super::SegmentationLoss`]. Unlike the kernel it does not limit the true class's probability to at least 1e-9, so that a
/// voxel's cross-entropy may exceed 20.7.
pub(super) fn segmentation_loss(logits: &Tensor, labels: &[u8], weights: LossWeights) -> Result<Tensor> {
    let (extent, classes) = extent_and_channels(logits.dims())?;
    let voxels: usize = extent.iter().product();
    let z = logits.reshape((voxels, classes))?;
    let z = z.broadcast_sub(&z.max_keepdim(1)?.detach())?;
    let log_p = z.broadcast_sub(&z.exp()?.sum_keepdim(1)?.log()?)?;
    let p = log_p.exp()?;

    let mut truth = vec![0.0f32; voxels * classes];
    let mut present = [0.0f32; Structure::COUNT];
    for (voxel, label) in truth.chunks_exact_mut(classes).zip(labels) {
        voxel[usize::from(*label)] = 1.0;
        present[STRUCTURE_OF_CLASS[usize::from(*label)]] = 1.0;
    }
    let mut parts = vec![0.0f32; classes * Structure::COUNT];
    for (class, part_of) in parts.chunks_exact_mut(Structure::COUNT).enumerate() {
        part_of[STRUCTURE_OF_CLASS[class]] = 1.0;
    }
    let number = f64::from(present.iter().sum::<f32>());
    let truth = Tensor::from_vec(truth, (voxels, classes), logits.device())?;
    let present = Tensor::new(&present, logits.device())?;
    let parts = Tensor::from_vec(parts, (classes, Structure::COUNT), logits.device())?;

    let log_loss = (&log_p * &truth)?.sum_all()?.neg()?;
    let (p, truth) = (p.matmul(&parts)?, truth.matmul(&parts)?);
    let intersection = (&p * &truth)?.sum(0)?;
    let squares = (p.sqr()?.sum(0)? + truth.sum(0)?)?;
    let mean_dice = ((intersection / squares)? * present)?.sum_all()?.affine(2.0 / number, 0.0)?;
    let by_dice = mean_dice.affine(-f64::from(weights.dice), f64::from(weights.dice))?;
    by_dice + log_loss.affine(f64::from(weights.cross_entropy) / voxels as f64, 0.0)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::{Conv3d, DepthToSpace, Join, NormPrelu, SegmentationLoss, SpaceToDepth, read};
    use candle_core::{Device, Var};
    use randomness::{Stream, normal};

    /// Variables of these dimensions, with the same values each time.
    fn variables(dims: &[&[usize]]) -> Vec<Var> {
        let mut rng = Stream::from_seed(11).rng();
        let numbered = dims.iter().map(|dims| {
            let values: Vec<f32> = (0..dims.iter().product()).map(|_| normal(&mut rng, 0.0, 1.0) as f32).collect();
            Var::from_vec(values, *dims, &Device::Cpu).expect("as many values as the dimensions hold")
        });
        numbered.collect()
    }

    fn values(tensor: &Tensor) -> Vec<f32> {
        read(tensor, |values| Ok(values.to_vec())).expect("a tensor on the CPU")
    }

    /// An operation's value, and its gradients by every variable for an uneven gradient of the value.
    fn found(variables: &[Var], operation: impl Fn(&[Tensor]) -> Result<Tensor>) -> Vec<Vec<f32>> {
        let tensors: Vec<Tensor> = variables.iter().map(|variable| variable.as_tensor().clone()).collect();
        let value = operation(&tensors).expect("the shapes fit");
        let uneven: Vec<f32> = (0..value.elem_count()).map(|i| ((i * 37 + 11) % 101) as f32 / 50.0 - 1.0).collect();
        let uneven = Tensor::from_vec(uneven, value.dims(), &Device::Cpu).expect("as many as the value");
        let store = (&value * uneven).and_then(|sum| sum.sum_all()?.backward()).expect("a gradient");
        let gradients = tensors.iter().map(|tensor| values(store.get(tensor).expect("every input has a gradient")));
        std::iter::once(values(&value)).chain(gradients).collect()
    }

    fn agree(
        dims: &[&[usize]],
        kernel: impl Fn(&[Tensor]) -> Result<Tensor>,
        composed: impl Fn(&[Tensor]) -> Result<Tensor>,
    ) {
        let variables = variables(dims);
        let (kernel, composed) = (found(&variables, kernel), found(&variables, composed));
        for (number, (kernel, composed)) in kernel.iter().zip(&composed).enumerate() {
            let size = kernel.iter().fold(0.0f32, |most, v| most.max(v.abs()));
            let error = kernel.iter().zip(composed).fold(0.0f32, |most, (a, b)| most.max((a - b).abs()));
            assert_eq!(kernel.len(), composed.len(), "{dims:?}, part {number}");
            assert!(size > 0.0 && error <= 2e-5 * size.max(1.0), "{dims:?}, part {number}: off by {error} of {size}");
        }
    }

    #[test]
    fn composed_convolution_matches_the_kernel() {
        for (kernel, extent, inputs, outputs) in [
            ([1, 1, 1], [2, 3, 4], 5, 3),
            ([1, 3, 3], [3, 7, 5], 1, 8),
            ([3, 3, 3], [4, 6, 5], 6, 7),
            ([3, 1, 3], [3, 4, 6], 4, 2),
            ([3, 3, 3], [1, 2, 1], 3, 4),
        ] {
            let [d, r, c] = extent;
            let taps: usize = kernel.iter().product();
            let [x, w, b]: [&[usize]; 3] = [&[d, r, c, inputs], &[taps, inputs, outputs], &[outputs]];
            let op = Conv3d { kernel };
            agree(&[x, w], |t| t[0].apply_op2(&t[1], op), |t| conv3d(kernel, &t[0], &t[1], None));
            agree(&[x, w, b], |t| t[0].apply_op3(&t[1], &t[2], op), |t| conv3d(kernel, &t[0], &t[1], Some(&t[2])));
        }
    }

    #[test]
    fn composed_normalization_and_prelu_match_the_kernel() {
        // The last is written in several pieces.
        for (extent, channels) in [([3, 5, 4], 1), ([2, 6, 7], 8), ([4, 9, 5], 21), ([4, 12, 11], 16)] {
            let [d, r, c] = extent;
            let [x, affine]: [&[usize]; 2] = [&[d, r, c, channels], &[3, channels]];
            agree(&[x, affine], |t| t[0].apply_op2(&t[1], NormPrelu), |t| norm_prelu(&t[0], &t[1], None));
            let with_residual = |t: &[Tensor]| norm_prelu(&t[0], &t[1], Some(&t[2]));
            agree(&[x, affine, x], |t| t[0].apply_op3(&t[1], &t[2], NormPrelu), with_residual);
        }
    }

    #[test]
    fn composed_rearranging_and_joining_match_the_kernels() {
        for stride in [[1, 2, 2], [2, 2, 2], [2, 1, 3]] {
            let [d, r, c] = stride.map(|step| step * 3);
            let fan: usize = stride.iter().product();
            let (gather, spread) = (SpaceToDepth { stride }, DepthToSpace { stride });
            agree(&[&[d, r, c, 5]], |t| t[0].apply_op1(gather), |t| space_to_depth(stride, &t[0]));
            agree(&[&[3, 3, 3, 5 * fan]], |t| t[0].apply_op1(spread), |t| depth_to_space(stride, &t[0]));
        }
        let joined = |t: &[Tensor]| Tensor::cat(&[&t[0], &t[1]], 3);
        agree(&[&[2, 3, 4, 5], &[2, 3, 4, 3]], |t| t[0].apply_op2(&t[1], Join), joined);
        // In several pieces.
        agree(&[&[5, 9, 13, 2], &[5, 9, 13, 3]], |t| t[0].apply_op2(&t[1], Join), joined);
    }

    #[test]
    fn composed_loss_matches_the_kernel() {
        // The fifth class is in no label; the sixth, a part of the second, is.
        for classes in [5, 6] {
            let known = [0, 1, 2, 3, classes as u8 - 1];
            let known = if classes == 5 { &known[..4] } else { &known };
            let labels: Vec<u8> = (0..3 * 4 * 5).map(|i: usize| known[i * 7 / 3 % known.len()]).collect();
            for (dice, cross_entropy) in [(1.0, 0.0), (0.0, 1.0), (1.0, 0.5)] {
                let weights = LossWeights { dice, cross_entropy };
                agree(
                    &[&[3, 4, 5, classes]],
                    |t| t[0].apply_op1(SegmentationLoss { labels: labels.clone(), weights }),
                    |t| segmentation_loss(&t[0], &labels, weights),
                );
            }
        }
    }
}
