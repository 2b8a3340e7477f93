//! A trained network's weights in a larger network that computes the same, with room to learn more.
//!
//! Chen, Goodfellow, Shlens, "Net2Net: accelerating learning via knowledge transfer", arXiv 1511.05641, with zeros in
//! place of copies: what the old channels read of the new ones weighs nothing at first, while the new ones read
//! everything at random. An added convolution passes its input on: normalizing twice is normalizing once.

use std::collections::HashMap;
use std::ops::Range;

use randomness::Stream;

use crate::network::{Level, NetworkShape};
use crate::outline::structure_of;
use crate::parameters::{Parameter, Parameters};

/// `parameters` of a network `from`, in a network `to` of the same levels and strides whose widths, kernels and stages are
/// at least as large. A class that only the larger one tells apart takes half the probability of the one it is a part of.
///
/// # Errors
/// What of `to` is smaller or other than in `from`.
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
    let seen = Channels::first(from.levels[0].width, to.levels[0].width);
    growth.weight("head", &[0], &seen, &Channels::first(from.classes, to.classes));
    let bias = growth.old["head.bias"].values.clone();
    growth.fresh("head.bias").values[..from.classes].copy_from_slice(&bias);
    for class in from.classes..to.classes {
        growth.split(structure_of(class), class);
    }
    Ok(fresh)
}

impl NetworkShape {
    /// Why a network of this shape cannot grow into another, if it cannot: what of it is larger, or other.
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

/// Where the old channels lie among the new ones.
struct Channels {
    /// New number of each old channel.
    places: Vec<usize>,
}

impl Channels {
    /// The old ones first.
    fn first(small: usize, large: usize) -> Self {
        Self::parts(1, small, large)
    }

    /// Several parts side by side, in each the old ones first.
    fn parts(parts: usize, small: usize, large: usize) -> Self {
        debug_assert!(small <= large);
        Self { places: (0..parts).flat_map(|part| (0..small).map(move |c| part * large + c)).collect() }
    }
}

/// New numbers of a smaller kernel's taps, which lie in the middle of the larger one.
fn taps(small: [usize; 3], large: [usize; 3]) -> Vec<usize> {
    let along = |axis: usize| -> Range<usize> {
        let margin = (large[axis] - small[axis]) / 2;
        margin..margin + small[axis]
    };
    let rows = move |d: usize| along(1).map(move |r| (d, r));
    along(0).flat_map(rows).flat_map(|(d, r)| along(2).map(move |c| (d * large[1] + r) * large[2] + c)).collect()
}

/// The old values and the new ones that receive them, by name.
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
        // What rectified the old stage's end now rectifies the new one's; in between nothing happens.
        let last = format!("{name}.{}", small.convolutions - 1);
        let affine = self.old[format!("{last}.norm").as_str()].values.clone();
        for c in small.convolutions..large.convolutions {
            let middle = taps([1; 3], large.kernel)[0];
            let through = self.fresh(&format!("{name}.{c}.weight"));
            let [_, inputs, outputs] = through.dims[..] else { unreachable!("weights have three dimensions") };
            for place in &channels.places {
                through.values.iter_mut().skip(*place).step_by(outputs).for_each(|value| *value = 0.0);
                through.values[(middle * inputs + place) * outputs + place] = 1.0;
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

    /// Old outputs see the old inputs as before, and nothing of the new.
    fn weight(&mut self, name: &str, taps: &[usize], inputs: &Channels, outputs: &Channels) {
        let name = format!("{name}.weight");
        let old = self.old[name.as_str()];
        let fresh = self.fresh(&name);
        let [_, inputs_now, outputs_now] = fresh.dims[..] else { unreachable!("weights have three dimensions") };
        for place in &outputs.places {
            fresh.values.iter_mut().skip(*place).step_by(outputs_now).for_each(|value| *value = 0.0);
        }
        let mut values = old.values.iter();
        for tap in taps {
            for input in &inputs.places {
                for output in &outputs.places {
                    let value = values.next().expect("as many values as taps, inputs and outputs");
                    fresh.values[(tap * inputs_now + input) * outputs_now + output] = *value;
                }
            }
        }
    }

    /// Two classes at the head, each half as probable as the one was.
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
        let width = channels.places.len();
        self.affine(&name, channels, |row, channel| old.values[row * width + channel]);
    }

    /// γ, β and α (rows 0, 1 and 2) of the old channels.
    fn affine(&mut self, name: &str, channels: &Channels, value: impl Fn(usize, usize) -> f32) {
        let fresh = self.fresh(name);
        let width = fresh.dims[1];
        for row in 0..3 {
            for (channel, place) in channels.places.iter().enumerate() {
                fresh.values[row * width + place] = value(row, channel);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;
    use randomness::normal;

    use super::*;
    use crate::inference::Inference;
    use crate::outline::{Outline, structures};

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
        let larger = grown(&parameters, &small, &large, Stream::from_seed(5)).expect("it fits");
        assert_eq!(large.mismatch(&larger), None);
        let before = Inference::<f32>::new(&small, &parameters).logits(&image);
        let after = Inference::<f32>::new(&large, &larger).logits(&image);
        let apart = before.iter().zip(&after).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 2e-3, "logits lie {apart} apart");
        assert!(larger.count() > 2 * parameters.count());
    }

    #[test]
    fn a_class_that_splits_leaves_the_structures_as_probable_as_they_were() {
        let small = shape([(4, [1, 3, 3], 1), (6, [3, 3, 3], 1), (9, [1, 3, 3], 2)]);
        let large = NetworkShape { classes: small.classes + 1, ..small.clone() };
        let parameters = small.initial(Stream::from_seed(3));
        let parted = grown(&parameters, &small, &large, Stream::from_seed(5)).expect("it fits");
        let mut rng = Stream::from_seed(4).rng();
        let image = Array3::from_shape_simple_fn((4, 16, 24), || normal(&mut rng, 1.0, 0.5) as f32);
        let before = Inference::<f32>::new(&small, &parameters).logits(&image);
        let after = Inference::<f32>::new(&large, &parted).logits(&image);
        assert!(after.chunks_exact(6).all(|classes| classes[1] == classes[5]), "the vertebra's two halves");
        let [before, after] = [(before, &small), (after, &large)]
            .map(|(logits, shape)| structures(&logits, shape.classes, Outline::Anatomy).concat());
        let apart = before.iter().zip(&after).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-4, "probabilities lie {apart} apart");
        assert!(grown(&parted, &large, &small, Stream::from_seed(5)).is_err(), "no class is given up");
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let small = shape([(4, [1, 3, 3], 1), (6, [3, 3, 3], 1), (9, [1, 3, 3], 2)]);
        let thin = shape([(4, [1, 3, 3], 1), (5, [3, 3, 3], 1), (9, [1, 3, 3], 2)]);
        let parameters = small.initial(Stream::from_seed(3));
        let refused = grown(&parameters, &small, &thin, Stream::from_seed(5)).expect_err("level 1 is thinner");
        assert!(refused.contains("level 1 has width 6"), "{refused}");
    }
}
