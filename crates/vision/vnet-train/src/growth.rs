//! Growing a trained network: its weights in a larger network that at first computes the same.
//!
//! Chen, Goodfellow, Shlens, "Net2Net: accelerating learning via knowledge transfer", arXiv 1511.05641, with zeros
//! instead of copies: the weights from new channels to old ones start at zero, those to the new channels at random. An added
//! convolution is the identity; normalizing twice is the same as normalizing once.

use std::collections::HashMap;
use std::ops::Range;

use randomness::Stream;
use vnet::outline::STRUCTURE_OF_CLASS;
use vnet::{Level, NetworkShape, Parameter, Parameters};

/// `parameters` of a network `from`, in a network `to` of the same levels and strides whose widths, kernels and stages are
/// at least as large. A class that only the larger network has takes half the probability of the class that it is part of.
///
/// # Errors
/// The first part of `to` that is smaller than in `from`, or different.
pub(crate) fn grown(
    parameters: &Parameters,
    from: &NetworkShape,
    to: &NetworkShape,
    stream: Stream,
) -> Result<Parameters, String> {
    if let Some(reason) = from.obstacle_to(to) {
        return Err(reason);
    }
    let mut fresh = to.initial(stream);
    let old: HashMap<&str, &Parameter> = parameters.0.iter().map(|p| (p.name.as_str(), p)).collect();
    let mut growth = Growth { old, fresh: fresh.0.iter_mut().map(|p| (p.name.clone(), p)).collect() };
    for (number, (small, large)) in from.levels.iter().zip(&to.levels).enumerate() {
        let channels = Channels::first(small.width, large.width);
        let kernel = taps(small.kernel, large.kernel);
        match number.checked_sub(1).map(|above| (from.levels[above].width, to.levels[above].width)) {
            None => growth.layer("lift", &kernel, &Channels::first(1, 1), &channels),
            Some((small_above, large_above)) => {
                let gathered = Channels::parts(large.stride.iter().product(), small_above, large_above);
                growth.layer(&format!("down{number}"), &[0], &gathered, &channels);
            }
        }
        growth.stage(&format!("encode{number}"), small, large, &channels);
        if let (Some(small_below), Some(below)) = (from.levels.get(number + 1), to.levels.get(number + 1)) {
            let spread = Channels::parts(below.stride.iter().product(), small.width, large.width);
            growth.weight(&format!("up{number}"), &[0], &Channels::first(small_below.width, below.width), &spread);
            growth.norm(&format!("up{number}"), &channels);
            growth.stage(&format!("decode{number}"), small, large, &Channels::parts(2, small.width, large.width));
        }
    }
    let inputs = Channels::first(from.levels[0].width, to.levels[0].width);
    growth.weight("head", &[0], &inputs, &Channels::first(from.classes, to.classes));
    let bias = growth.old["head.bias"].values.clone();
    growth.fresh("head.bias").values[..from.classes].copy_from_slice(&bias);
    for (class, structure) in STRUCTURE_OF_CLASS.into_iter().enumerate().take(to.classes).skip(from.classes) {
        growth.split(structure, class);
    }
    Ok(fresh)
}

/// Where the old channels lie among the new ones.
struct Channels {
    /// New index of each old channel.
    indices: Vec<usize>,
}

impl Channels {
    /// The old channels first.
    fn first(small: usize, large: usize) -> Self {
        Self::parts(1, small, large)
    }

    /// Several parts side by side, each with its old channels first.
    fn parts(parts: usize, small: usize, large: usize) -> Self {
        debug_assert!(small <= large);
        Self { indices: (0..parts).flat_map(|part| (0..small).map(move |c| part * large + c)).collect() }
    }
}

/// New indices of a smaller kernel's taps, in the middle of the larger kernel.
fn taps(small: [usize; 3], large: [usize; 3]) -> Vec<usize> {
    let along = |axis: usize| -> Range<usize> {
        let margin = (large[axis] - small[axis]) / 2;
        margin..margin + small[axis]
    };
    let rows = move |d: usize| along(1).map(move |r| (d, r));
    along(0).flat_map(rows).flat_map(|(d, r)| along(2).map(move |c| (d * large[1] + r) * large[2] + c)).collect()
}

/// The old parameters and the new ones that receive their values, by name.
struct Growth<'a> {
    old: HashMap<&'a str, &'a Parameter>,
    fresh: HashMap<String, &'a mut Parameter>,
}

impl Growth<'_> {
    fn fresh(&mut self, name: &str) -> &mut Parameter {
        self.fresh.get_mut(name).expect("both networks have the same layers")
    }

    /// The stage's convolutions: `entering` are the channels of the first one's input.
    fn stage(&mut self, name: &str, small: &Level, large: &Level, entering: &Channels) {
        let kernel = taps(small.kernel, large.kernel);
        let channels = Channels::first(small.width, large.width);
        for c in 0..small.convolutions {
            let inputs = if c == 0 { entering } else { &channels };
            self.layer(&format!("{name}.{c}"), &kernel, inputs, &channels);
        }
        // The PReLU of the old stage's end moves to the new stage's end; in between there is none.
        let last = format!("{name}.{}", small.convolutions - 1);
        let affine = self.old[format!("{last}.norm").as_str()].values.clone();
        for c in small.convolutions..large.convolutions {
            let middle = taps([1; 3], large.kernel)[0];
            let identity = self.fresh(&format!("{name}.{c}.weight"));
            let [_, inputs, outputs] = identity.dims[..] else { unreachable!("weights have three dimensions") };
            for index in &channels.indices {
                identity.values.iter_mut().skip(*index).step_by(outputs).for_each(|value| *value = 0.0);
                identity.values[(middle * inputs + index) * outputs + index] = 1.0;
            }
            self.affine(&format!("{name}.{}.norm", c - 1), &channels, |row, _| [1.0, 0.0, 1.0][row]);
        }
        let width = small.width;
        let end = format!("{name}.{}.norm", large.convolutions - 1);
        self.affine(&end, &channels, |row, channel| affine[row * width + channel]);
    }

    /// A convolution and its normalization.
    fn layer(&mut self, name: &str, taps: &[usize], inputs: &Channels, outputs: &Channels) {
        self.weight(name, taps, inputs, outputs);
        self.norm(name, outputs);
    }

    /// Old outputs read the old inputs as before, and the new ones with zero weight.
    fn weight(&mut self, name: &str, taps: &[usize], inputs: &Channels, outputs: &Channels) {
        let name = format!("{name}.weight");
        let old = self.old[name.as_str()];
        let fresh = self.fresh(&name);
        let [_, inputs_now, outputs_now] = fresh.dims[..] else { unreachable!("weights have three dimensions") };
        for index in &outputs.indices {
            fresh.values.iter_mut().skip(*index).step_by(outputs_now).for_each(|value| *value = 0.0);
        }
        let mut values = old.values.iter();
        for tap in taps {
            for input in &inputs.indices {
                for output in &outputs.indices {
                    let value = values.next().expect("as many values as taps, inputs and outputs");
                    fresh.values[(tap * inputs_now + input) * outputs_now + output] = *value;
                }
            }
        }
    }

    /// Splits a class at the head in two, each half as probable.
    fn split(&mut self, class: usize, part: usize) {
        let head = self.fresh("head.weight");
        for of_input in head.values.chunks_exact_mut(head.dims[2]) {
            of_input[part] = of_input[class];
        }
        let bias = &mut self.fresh("head.bias").values;
        bias[class] -= std::f32::consts::LN_2;
        bias[part] = bias[class];
    }

    fn norm(&mut self, name: &str, channels: &Channels) {
        let name = format!("{name}.norm");
        let old = self.old[name.as_str()];
        let width = channels.indices.len();
        self.affine(&name, channels, |row, channel| old.values[row * width + channel]);
    }

    /// γ, β and α (rows 0, 1 and 2) of the old channels.
    fn affine(&mut self, name: &str, channels: &Channels, value: impl Fn(usize, usize) -> f32) {
        let fresh = self.fresh(name);
        let width = fresh.dims[1];
        for row in 0..3 {
            for (channel, index) in channels.indices.iter().enumerate() {
                fresh.values[row * width + index] = value(row, channel);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;
    use randomness::normal;
    use vnet::outline::{Outline, structures};
    use vnet::{ImageContract, Model, Provenance, Weights};

    use super::*;

    fn logits(shape: &NetworkShape, parameters: &Parameters, image: &Array3<f32>) -> Vec<f32> {
        let (network, parameters) = (shape.clone(), parameters.clone());
        let (image_contract, provenance) = (ImageContract::default(), Provenance::default());
        let weights = Weights { network, image: image_contract, provenance, parameters };
        Model::from_weights(weights).expect("parameters of the shape").logits(image)
    }

    fn shape(levels: [(usize, [usize; 3], usize); 3]) -> NetworkShape {
        let strides = [[1, 1, 1], [1, 2, 2], [2, 2, 2]];
        let level = |((width, kernel, convolutions), stride)| Level { width, kernel, stride, convolutions };
        NetworkShape { levels: levels.into_iter().zip(strides).map(level).collect(), classes: 5 }
    }

    #[test]
    fn a_grown_network_computes_what_the_small_one_did() {
        let small = shape([(4, [1, 3, 3], 1), (6, [3, 3, 3], 1), (9, [1, 3, 3], 2)]);
        let large = shape([(7, [3, 3, 3], 2), (6, [3, 3, 3], 3), (12, [3, 3, 3], 2)]);
        let mut parameters = small.initial(Stream::from_seed(3));
        let mut rng = Stream::from_seed(4).rng();
        parameters.0.iter_mut().flat_map(|p| &mut p.values).for_each(|v| *v += normal(&mut rng, 0.0, 0.2) as f32);
        let image = Array3::from_shape_simple_fn((4, 16, 24), || normal(&mut rng, 1.0, 0.5) as f32);
        let larger =
            grown(&parameters, &small, &large, Stream::from_seed(5)).expect("the larger network holds the smaller one");
        assert_eq!(large.mismatch(&larger), None);
        let before = logits(&small, &parameters, &image);
        let after = logits(&large, &larger, &image);
        let error = before.iter().zip(&after).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(error < 2e-3, "logits differ by {error}");
        assert!(larger.count() > 2 * parameters.count());
    }

    #[test]
    fn splitting_a_class_keeps_the_structures_probabilities() {
        let small = shape([(4, [1, 3, 3], 1), (6, [3, 3, 3], 1), (9, [1, 3, 3], 2)]);
        let large = NetworkShape { classes: small.classes + 1, ..small.clone() };
        let parameters = small.initial(Stream::from_seed(3));
        let split =
            grown(&parameters, &small, &large, Stream::from_seed(5)).expect("the larger network holds the smaller one");
        let mut rng = Stream::from_seed(4).rng();
        let image = Array3::from_shape_simple_fn((4, 16, 24), || normal(&mut rng, 1.0, 0.5) as f32);
        let before = logits(&small, &parameters, &image);
        let after = logits(&large, &split, &image);
        assert!(after.chunks_exact(6).all(|classes| classes[1] == classes[5]), "the vertebra's two halves");
        let [before, after] = [(before, &small), (after, &large)]
            .map(|(logits, shape)| structures(&logits, shape.classes, Outline::Anatomy).concat());
        let error = before.iter().zip(&after).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(error < 1e-4, "probabilities differ by {error}");
        assert!(grown(&split, &large, &small, Stream::from_seed(5)).is_err(), "classes cannot be removed");
    }

    #[test]
    fn a_smaller_level_is_refused_by_name() {
        let small = shape([(4, [1, 3, 3], 1), (6, [3, 3, 3], 1), (9, [1, 3, 3], 2)]);
        let thin = shape([(4, [1, 3, 3], 1), (5, [3, 3, 3], 1), (9, [1, 3, 3], 2)]);
        let parameters = small.initial(Stream::from_seed(3));
        let refused = grown(&parameters, &small, &thin, Stream::from_seed(5)).expect_err("level 1 is thinner");
        assert!(refused.contains("level 1 has width 6"), "{refused}");
    }
}
