//! Parameters in the GPU's layout: channels in groups of four, padded with zeros.

use crate::network_shape::NetworkShape;
use crate::parameters::Parameters;

/// Channels of one group.
pub(super) const GROUP: usize = 4;

/// Number of groups that hold so many channels.
pub(super) fn groups(channels: usize) -> usize {
    channels.div_ceil(GROUP)
}

/// Channels in equal parts, each padded to whole groups.
#[derive(Clone, Copy)]
struct Parts {
    count: usize,
    channels: usize,
}

impl Parts {
    fn one(channels: usize) -> Self {
        Self { count: 1, channels }
    }

    fn padded(self) -> usize {
        self.count * groups(self.channels) * GROUP
    }

    /// Index of a channel after padding.
    fn place(self, channel: usize) -> usize {
        channel / self.channels * groups(self.channels) * GROUP + channel % self.channels
    }
}

/// All parameters, repacked, in the order of the shape's layout.
pub(super) fn parameters(shape: &NetworkShape, parameters: &Parameters) -> Vec<Vec<f32>> {
    let mut values = parameters.0.iter().map(|parameter| parameter.values.as_slice());
    let mut packed = Vec::new();
    let mut block = |taps: usize, inputs: Parts, outputs: Parts, width: usize| {
        packed.push(weights(values.next().expect("parameters fit the shape"), taps, inputs, outputs));
        packed.push(rows(values.next().expect("parameters fit the shape"), width));
    };
    for (number, level) in shape.levels.iter().enumerate() {
        let own = Parts::one(level.width);
        let taps = level.kernel.iter().product();
        match number.checked_sub(1).map(|above| shape.levels[above].width) {
            None => block(taps, Parts::one(1), own, level.width),
            Some(above) => block(level.stride.iter().product(), Parts::one(above), own, level.width),
        }
        for _ in 0..level.convolutions {
            block(taps, own, own, level.width);
        }
    }
    for pair in shape.levels.windows(2).rev() {
        let (level, below) = (&pair[0], &pair[1]);
        let fan = below.stride.iter().product();
        block(1, Parts::one(below.width), Parts { count: fan, channels: level.width }, level.width);
        for c in 0..level.convolutions {
            let inputs = Parts { count: if c == 0 { 2 } else { 1 }, channels: level.width };
            block(level.kernel.iter().product(), inputs, Parts::one(level.width), level.width);
        }
    }
    block(1, Parts::one(shape.levels[0].width), Parts::one(shape.classes), shape.classes);
    packed
}

/// `[tap, in, out]` as `[tap, input group, output group, input, output]`.
fn weights(values: &[f32], taps: usize, inputs: Parts, outputs: Parts) -> Vec<f32> {
    let (all_inputs, all_outputs) = (inputs.count * inputs.channels, outputs.count * outputs.channels);
    let (wide, high) = (outputs.padded(), inputs.padded());
    let mut packed = vec![0.0; taps * high * wide];
    for (number, value) in values.iter().enumerate() {
        let tap = number / (all_inputs * all_outputs);
        let input = inputs.place(number / all_outputs % all_inputs);
        let output = outputs.place(number % all_outputs);
        let block = (tap * high / GROUP + input / GROUP) * (wide / GROUP) + output / GROUP;
        packed[(block * GROUP + input % GROUP) * GROUP + output % GROUP] = *value;
    }
    packed
}

/// Rows of `channels` values, each padded to whole groups.
fn rows(values: &[f32], channels: usize) -> Vec<f32> {
    let wide = groups(channels) * GROUP;
    values.chunks(channels).flat_map(|row| (0..wide).map(|c| row.get(c).copied().unwrap_or(0.0))).collect()
}
