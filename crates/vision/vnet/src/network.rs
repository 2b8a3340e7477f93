//! The network: one definition of its shape, its parameters and its forward pass.
//!
//! V-Net (Milletari, Navab, Ahmadi, arXiv 1606.04797): residual stages, PReLU, strided convolutions
//! on the way down, transposed ones on the way up, skips joined by their channels. Ours differs in
//! four points: every convolution is followed by instance normalization; kernels and strides are
//! given level by level, because sagittal slices are thicker than their pixels; the image is lifted
//! to the first width by a convolution of its own; and on the way up a stage first brings the joined
//! channels back to its width.

use candle_core::{Device, Result, Tensor};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::op::{Conv3d, DepthToSpace, Join, NormPrelu, SpaceToDepth};
use crate::parameters::{Parameter, Parameters};

/// One resolution of the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Level {
    /// Channels.
    pub width: usize,
    /// Convolution kernel along slices, rows, columns; 1 or 3 each.
    pub kernel: [usize; 3],
    /// Step from the level above to this one along slices, rows, columns; `[1, 1, 1]` for the first.
    pub stride: [usize; 3],
    /// Convolutions of the residual stage.
    pub convolutions: usize,
}

/// Shape of the network, from full resolution down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NetworkShape {
    /// Resolutions, finest first.
    pub levels: Vec<Level>,
    /// Classes told apart, background included.
    pub classes: usize,
}

impl Default for NetworkShape {
    /// The shape that training begins with, for voxels of 1.75 × 1.75 × 3.5…6.5 mm: cheap where voxels are many, and
    /// wide where a voxel is 28 mm and sees spine and sacrum at once. Later stages widen it
    /// (`models/lumbar-vnet/finer.toml`).
    fn default() -> Self {
        let level = |width, kernel, stride, convolutions| Level { width, kernel, stride, convolutions };
        Self {
            levels: vec![
                level(8, [1, 3, 3], [1, 1, 1], 1),
                level(16, [3, 3, 3], [1, 2, 2], 1),
                level(32, [3, 3, 3], [2, 2, 2], 2),
                level(64, [3, 3, 3], [2, 2, 2], 2),
                level(96, [1, 3, 3], [1, 2, 2], 2),
            ],
            classes: geometry::Structure::COUNT,
        }
    }
}

/// Beyond these no network fits a computer; a damaged header may say anything.
const MOST_LEVELS: usize = 8;
const MOST_CHANNELS: usize = 2048;
const MOST_CONVOLUTIONS: usize = 16;
const MOST_STRIDE: usize = 4;

impl NetworkShape {
    /// What is wrong with this shape, if anything.
    pub fn fault(&self) -> Option<String> {
        let [levels, classes] = [self.levels.len(), self.classes];
        if !(1..=MOST_LEVELS).contains(&levels) || !(2..=MOST_CHANNELS).contains(&classes) {
            return Some(format!(
                "{levels} levels and {classes} classes, expected 1 to {MOST_LEVELS} and 2 to {MOST_CHANNELS}"
            ));
        }
        for (number, level) in self.levels.iter().enumerate() {
            if level.kernel.iter().any(|k| ![1, 3].contains(k)) {
                return Some(format!("level {number}: a kernel is 1 or 3 along each axis, not {:?}", level.kernel));
            }
            let [width, convolutions] = [level.width, level.convolutions];
            if !(1..=MOST_CHANNELS).contains(&width) || !(1..=MOST_CONVOLUTIONS).contains(&convolutions) {
                return Some(format!(
                    "level {number}: width {width} and {convolutions} convolutions, expected 1 to {MOST_CHANNELS} and 1 \
                     to {MOST_CONVOLUTIONS}"
                ));
            }
            if level.stride.iter().any(|step| !(1..=MOST_STRIDE).contains(step)) {
                return Some(format!("level {number}: a stride is 1 to {MOST_STRIDE}, not {:?}", level.stride));
            }
        }
        (self.levels[0].stride != [1, 1, 1]).then(|| "the first level's stride is [1, 1, 1]".into())
    }

    /// What the image's slices, rows and columns must be multiples of.
    pub fn multiple(&self) -> [usize; 3] {
        std::array::from_fn(|axis| self.levels.iter().map(|level| level.stride[axis]).product())
    }

    /// The first level with an odd number of channels, and how many it has.
    pub(crate) fn odd_width(&self) -> Option<(usize, usize)> {
        self.levels.iter().map(|level| level.width).enumerate().find(|(_, width)| !width.is_multiple_of(2))
    }

    /// Voxels that one output voxel can see along slices, rows, columns.
    pub fn receptive_field(&self) -> [usize; 3] {
        std::array::from_fn(|axis| {
            let (mut step, mut seen) = (1, 1);
            for (number, level) in self.levels.iter().enumerate() {
                seen += (level.stride[axis] - 1) * step;
                step *= level.stride[axis];
                // Down and up pass the same level, the lowest only once.
                let passes = if number + 1 == self.levels.len() { 1 } else { 2 };
                let lift = usize::from(number == 0);
                seen += (passes * level.convolutions + lift) * (level.kernel[axis] - 1) * step;
            }
            seen
        })
    }

    /// Names and dimensions of all parameters, in the order of the forward pass.
    pub(crate) fn layout(&self) -> Vec<(String, Vec<usize>)> {
        let mut list = Vec::new();
        let mut block = |name: String, taps: usize, inputs: usize, outputs: usize| {
            list.push((format!("{name}.weight"), vec![taps, inputs, outputs]));
            list.push((format!("{name}.norm"), vec![3, outputs]));
        };
        for (number, level) in self.levels.iter().enumerate() {
            let taps = level.kernel.iter().product();
            let fan: usize = level.stride.iter().product();
            match number.checked_sub(1).map(|above| self.levels[above].width) {
                None => block("lift".into(), taps, 1, level.width),
                Some(above) => block(format!("down{number}"), 1, above * fan, level.width),
            }
            for c in 0..level.convolutions {
                block(format!("encode{number}.{c}"), taps, level.width, level.width);
            }
        }
        for (number, pair) in self.levels.windows(2).enumerate().rev() {
            let (level, below) = (&pair[0], &pair[1]);
            let taps = level.kernel.iter().product();
            let fan: usize = below.stride.iter().product();
            list.push((format!("up{number}.weight"), vec![1, below.width, level.width * fan]));
            list.push((format!("up{number}.norm"), vec![3, level.width]));
            for c in 0..level.convolutions {
                let inputs = if c == 0 { 2 * level.width } else { level.width };
                list.push((format!("decode{number}.{c}.weight"), vec![taps, inputs, level.width]));
                list.push((format!("decode{number}.{c}.norm"), vec![3, level.width]));
            }
        }
        list.push(("head.weight".into(), vec![1, self.levels[0].width, self.classes]));
        list.push(("head.bias".into(), vec![self.classes]));
        list
    }

    /// Fresh parameters: He-normal weights, normalization at identity, PReLU slopes of 0.25
    /// (He et al., arXiv 1502.01852).
    pub fn initial(&self, stream: randomness::Stream) -> Parameters {
        let parameters = self.layout().into_iter().enumerate().map(|(number, (name, dims))| {
            let count = dims.iter().product();
            let values = if name.ends_with("weight") {
                let sd = (2.0 / (dims[0] * dims[1]) as f64).sqrt();
                let mut rng = stream.child("parameter", number as u64).rng();
                (0..count).map(|_| randomness::normal(&mut rng, 0.0, sd) as f32).collect()
            } else if name.ends_with("norm") {
                [1.0, 0.0, 0.25].iter().flat_map(|v| std::iter::repeat_n(*v, dims[1])).collect()
            } else {
                vec![0.0; count]
            };
            Parameter { name, dims, values }
        });
        Parameters(parameters.collect())
    }

    /// How `parameters` differ from what this shape needs, if they do.
    pub fn mismatch(&self, parameters: &Parameters) -> Option<String> {
        let layout = self.layout();
        if layout.len() != parameters.0.len() {
            return Some(format!("expected {} tensors, found {}", layout.len(), parameters.0.len()));
        }
        layout.iter().zip(&parameters.0).find_map(|((name, dims), found)| {
            (*name != found.name || *dims != found.dims).then(|| {
                format!("expected tensor {name} of dimensions {dims:?}, found {} of {:?}", found.name, found.dims)
            })
        })
    }
}

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
pub(crate) fn input(image: &ndarray::Array3<f32>, device: &Device) -> Result<Tensor> {
    let (slices, rows, columns) = image.dim();
    Tensor::from_iter(image.iter().copied(), device)?.reshape((slices, rows, columns, 1))
}
