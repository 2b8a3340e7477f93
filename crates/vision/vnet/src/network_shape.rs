//! The network: the one definition of its shape and of the layout of its parameters.
//!
//! V-Net (Milletari, Navab, Ahmadi, arXiv 1606.04797): residual stages, PReLU, strided convolutions
//! on the way down, transposed ones on the way up, skip connections concatenated by channels. Ours differs in
//! four points: every convolution is followed by instance normalization; kernels and strides are
//! given level by level, because sagittal slices are thicker than their pixels; a convolution of its own
//! lifts the image to the first width; and on the way up the first convolution of a stage reduces the
//! concatenated channels to its width.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
    /// Number of classes, background included.
    pub classes: usize,
}

impl Default for NetworkShape {
    /// The shape of the first training stage, for voxels of 1.75 × 1.75 × 3.5…6.5 mm: narrow where voxels are many, and
    /// wide where a voxel is 28 mm and its surroundings hold spine and sacrum. Later stages widen it
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

/// Upper limits: a damaged file header may contain any number.
const MAX_LEVELS: usize = 8;
const MAX_CHANNELS: usize = 2048;
const MAX_CONVOLUTIONS: usize = 16;
const MAX_STRIDE: usize = 4;

impl NetworkShape {
    /// The first invalid value, if any: what was found and expected.
    pub fn fault(&self) -> Option<String> {
        let [levels, classes] = [self.levels.len(), self.classes];
        if !(1..=MAX_LEVELS).contains(&levels) || !(2..=MAX_CHANNELS).contains(&classes) {
            return Some(format!(
                "{levels} levels and {classes} classes, expected 1 to {MAX_LEVELS} and 2 to {MAX_CHANNELS}"
            ));
        }
        for (number, level) in self.levels.iter().enumerate() {
            if level.kernel.iter().any(|k| ![1, 3].contains(k)) {
                return Some(format!("level {number}: a kernel is 1 or 3 along each axis, not {:?}", level.kernel));
            }
            let [width, convolutions] = [level.width, level.convolutions];
            if !(1..=MAX_CHANNELS).contains(&width) || !(1..=MAX_CONVOLUTIONS).contains(&convolutions) {
                return Some(format!(
                    "level {number}: width {width} and {convolutions} convolutions, expected 1 to {MAX_CHANNELS} and 1 \
                     to {MAX_CONVOLUTIONS}"
                ));
            }
            if level.stride.iter().any(|step| !(1..=MAX_STRIDE).contains(step)) {
                return Some(format!("level {number}: a stride is 1 to {MAX_STRIDE}, not {:?}", level.stride));
            }
        }
        (self.levels[0].stride != [1, 1, 1]).then(|| "the first level's stride is [1, 1, 1]".into())
    }

    /// Slices, rows and columns of an image must be multiples of these.
    pub fn multiple(&self) -> [usize; 3] {
        std::array::from_fn(|axis| self.levels.iter().map(|level| level.stride[axis]).product())
    }

    /// The first level with an odd number of channels, and how many it has.
    pub(crate) fn odd_width(&self) -> Option<(usize, usize)> {
        self.levels.iter().map(|level| level.width).enumerate().find(|(_, width)| !width.is_multiple_of(2))
    }

    /// Voxels along slices, rows, columns that influence one output voxel.
    pub fn receptive_field(&self) -> [usize; 3] {
        std::array::from_fn(|axis| {
            let (mut step, mut voxels) = (1, 1);
            for (number, level) in self.levels.iter().enumerate() {
                voxels += (level.stride[axis] - 1) * step;
                step *= level.stride[axis];
                // The way down and the way up pass the same level; the lowest is passed once.
                let passes = if number + 1 == self.levels.len() { 1 } else { 2 };
                let lift = usize::from(number == 0);
                voxels += (passes * level.convolutions + lift) * (level.kernel[axis] - 1) * step;
            }
            voxels
        })
    }

    /// Names and dimensions of all parameters, in the order of the forward pass.
    pub fn layout(&self) -> Vec<(String, Vec<usize>)> {
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

    /// Untrained parameters: He-normal weights, normalization at identity, PReLU slopes of 0.25
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

    /// How `parameters` differ from those of this shape, if they do: what was found and expected.
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

    /// Why a network of this shape cannot grow into `to`, if it cannot: the first part that is larger or different.
    pub fn obstacle_to(&self, to: &Self) -> Option<String> {
        if self.levels.len() != to.levels.len() || self.classes > to.classes {
            let [levels, classes] = [to.levels.len(), to.classes];
            let (found, classes_found) = (self.levels.len(), self.classes);
            return Some(format!(
                "found weights of {found} levels and {classes_found} classes, expected {levels} levels and at most \
                 {classes} classes"
            ));
        }
        self.levels.iter().zip(&to.levels).enumerate().find_map(|(number, (small, large))| {
            let fits = small.stride == large.stride
                && small.width <= large.width
                && small.convolutions <= large.convolutions
                && (0..3).all(|axis| small.kernel[axis] <= large.kernel[axis]);
            let in_words = |level: &Level| {
                let Level { width, kernel, stride, convolutions } = level;
                format!("width {width}, kernel {kernel:?}, stride {stride:?} and {convolutions} convolutions")
            };
            (!fits).then(|| {
                let (found, most) = (in_words(small), in_words(large));
                format!("found weights whose level {number} has {found}, expected the same stride, and at most {most}")
            })
        })
    }
}
