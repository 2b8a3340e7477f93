//! Inference: the network's forward pass without tensors, gradients or copies.
//!
//! Activations lie in padded buffers ([`padded`]), so that a convolution reads its borders like any other voxel. The two
//! halves of a concatenated activation share one buffer. A convolution sums its lines' moments while they are in the
//! cache. Normalization writes into the next layer's padded buffer ([`vnet_kernels::rectify`]) or, at the end, passes each
//! line to the head. Buffers are kept from one image to the next and may be allocated before the first
//! ([`crate::Model::warm_up`]). A test in `vnet-train` compares the logits with those of the pass that is differentiated.

mod layer;
mod padded;

use std::sync::Mutex;

use ndarray::Array3;
use vnet_kernels::Activation;

use crate::network_shape::NetworkShape;
use crate::parameters::Parameters;
use layer::{Layer, Normalized, Source};
use padded::{Channels, Padded};

/// A network ready to run on the CPU.
pub(crate) struct Inference<T: Activation = f32> {
    /// From the image, which is always f32, to the first level's width.
    lift: Normalized<f32>,
    levels: Vec<Level<T>>,
    head: Layer<T>,
    classes: usize,
    /// Buffers of the last image, reused for the next one.
    buffers: Mutex<Option<Buffers<T>>>,
}

/// One resolution.
struct Level<T: Activation> {
    width: usize,
    half_kernel: [usize; 3],
    stride: [usize; 3],
    /// The strided convolution from the level above, if there is one.
    enter: Option<Normalized<T>>,
    encode: Vec<Normalized<T>>,
    /// The transposed convolution from the level below and the stage after it; none at the lowest level.
    up: Option<Normalized<T>>,
    decode: Vec<Normalized<T>>,
}

/// Activations of one level.
struct LevelBuffers<T> {
    extent: [usize; 3],
    /// Input of the encoding stage, added at its end as residual.
    entry: Padded<T>,
    /// Between the convolutions of a stage; at the end of the decoding stage, its result.
    inner: Padded<T>,
    /// First half: from the level below. Second half: result of the encoding stage (the skip connection).
    joined: Padded<T>,
}

/// Activations of all levels.
struct Buffers<T> {
    levels: Vec<LevelBuffers<T>>,
    image: Padded<f32>,
    /// A convolution's result before it is normalized.
    raw: Vec<f32>,
}

impl<T: Activation> Inference<T> {
    /// A network from its shape and parameters, which must fit.
    pub fn new(shape: &NetworkShape, parameters: &Parameters) -> Self {
        let mut next = parameters.0.iter().map(|parameter| parameter.values.as_slice());
        let mut take = || next.next().expect("parameters fit the shape");
        let first = &shape.levels[0];
        let lift = Normalized::new(take(), take(), first.kernel.iter().product(), 1, first.width);
        let mut levels: Vec<Level<T>> = Vec::new();
        for level in &shape.levels {
            let fan = level.stride.iter().product();
            let enter = levels.last().map(|above| Normalized::new(take(), take(), fan, above.width, level.width));
            let encode = (0..level.convolutions)
                .map(|_| Normalized::of_kernel(take(), take(), level.kernel, level.width, level.width));
            let (encode, half_kernel) = (encode.collect(), level.kernel.map(|k| k / 2));
            let (width, stride) = (level.width, level.stride);
            levels.push(Level { width, half_kernel, stride, enter, encode, up: None, decode: Vec::new() });
        }
        for number in (0..shape.levels.len().saturating_sub(1)).rev() {
            let (level, below) = (&shape.levels[number], &shape.levels[number + 1]);
            let fan = below.stride.iter().product();
            levels[number].up = Some(Normalized::transposed(take(), take(), below.width, level.width, fan));
            let decode = (0..level.convolutions).map(|c| {
                let inputs = if c == 0 { 2 * level.width } else { level.width };
                Normalized::of_kernel(take(), take(), level.kernel, inputs, level.width)
            });
            levels[number].decode = decode.collect();
        }
        let head = Layer::new(take(), 1, shape.levels[0].width, shape.classes, Some(take()));
        Self { lift, levels, head, classes: shape.classes, buffers: Mutex::new(None) }
    }

    /// Logits `[voxel, class]` of an image whose extents are multiples of the network's.
    pub fn logits(&self, image: &Array3<f32>) -> Vec<f32> {
        let (slices, rows, columns) = image.dim();
        let fits = |extent: usize, axis: usize| {
            extent.is_multiple_of(self.levels.iter().map(|level| level.stride[axis]).product())
        };
        assert!(
            fits(slices, 0) && fits(rows, 1) && fits(columns, 2),
            "the image's extents {:?} are multiples of the network's strides",
            image.dim()
        );
        let kept = self.buffers.lock().ok().and_then(|mut kept| kept.take());
        let mut buffers = match kept {
            Some(kept) if kept.levels[0].extent == [slices, rows, columns] => kept,
            kept => self.buffers_for([slices, rows, columns], kept),
        };
        buffers.image.fill(image);
        let mut logits = vec![0.0; slices * rows * columns * self.classes];
        for number in 0..self.levels.len() {
            self.encode(number, &mut buffers, &mut logits);
        }
        for number in (0..self.levels.len() - 1).rev() {
            self.decode(number, &mut buffers, &mut logits);
        }
        if let Ok(mut kept) = self.buffers.lock() {
            *kept = Some(buffers);
        }
        logits
    }

    fn buffers_for(&self, extent: [usize; 3], kept: Option<Buffers<T>>) -> Buffers<T> {
        let mut extent = extent;
        let (image, mut raw, earlier) =
            kept.map_or_else(Default::default, |kept| (Some(kept.image), kept.raw, kept.levels));
        let mut earlier = earlier.into_iter();
        let image = Padded::new(extent, self.levels[0].half_kernel, 1, image);
        let levels: Vec<_> = self
            .levels
            .iter()
            .map(|level| {
                extent = std::array::from_fn(|axis| extent[axis] / level.stride[axis]);
                let (entry, inner, joined) =
                    earlier.next().map_or((None, None, None), |e| (Some(e.entry), Some(e.inner), Some(e.joined)));
                let padded = |channels, earlier| Padded::new(extent, level.half_kernel, channels, earlier);
                let both = if level.up.is_some() { 2 * level.width } else { 0 };
                let (entry, inner) = (padded(level.width, entry), padded(level.width, inner));
                LevelBuffers { extent, entry, inner, joined: padded(both, joined) }
            })
            .collect();
        let values =
            |(level, buffers): (&Level<T>, &LevelBuffers<T>)| buffers.extent.iter().product::<usize>() * level.width;
        let most = self.levels.iter().zip(&levels).map(values).max().unwrap_or(0);
        if raw.len() < most {
            raw = vec![0.0; most];
        }
        Buffers { levels, image, raw }
    }

    /// Runs a level's encoding stage; if it is the only level, that fills the logits.
    fn encode(&self, number: usize, buffers: &mut Buffers<T>, logits: &mut [f32]) {
        let level = &self.levels[number];
        let (above, here) = buffers.levels.split_at_mut(number);
        let LevelBuffers { entry, inner, joined, .. } = &mut here[0];
        let raw = &mut buffers.raw;
        let taps = kernel_taps(level.half_kernel);
        match above.last().zip(level.enter.as_ref()) {
            None => {
                let source = Source::new(buffers.image.view(Channels::All), &taps, [1; 3]);
                self.lift.run(&source, [1; 3], entry, Channels::All);
            }
            Some((above, enter)) => {
                let gathered = stride_taps(level.stride);
                let source = Source::new(above.joined.view(Channels::Second), &gathered, level.stride);
                enter.run(&source, [1; 3], entry, Channels::All);
            }
        }
        for (c, layer) in level.encode.iter().enumerate() {
            let last = c + 1 == level.encode.len();
            let source = if c == 0 { entry.view(Channels::All) } else { inner.view(Channels::All) };
            let norm = layer.convolve(&Source::new(source, &taps, [1; 3]), raw);
            let residual = last.then(|| entry.view(Channels::All));
            match (residual, number) {
                (Some(residual), 0) if level.up.is_none() => {
                    layer.rectify_through(raw, &norm, residual, &self.head, logits);
                }
                (Some(_), _) if level.up.is_some() => layer.rectify(raw, &norm, residual, joined, Channels::Second),
                _ => layer.rectify(raw, &norm, residual, inner, Channels::All),
            }
        }
    }

    /// Runs a level's decoding stage; that of the first level fills the logits.
    fn decode(&self, number: usize, buffers: &mut Buffers<T>, logits: &mut [f32]) {
        let level = &self.levels[number];
        let stride = self.levels[number + 1].stride;
        let (here, below) = buffers.levels.split_at_mut(number + 1);
        let LevelBuffers { inner, joined, entry, .. } = here.last_mut().expect("the level itself");
        let raw = &mut buffers.raw;
        let up = level.up.as_ref().expect("every level but the lowest has a level below");
        let source = Source::new(below[0].inner.view(Channels::All), &[[0; 3]], [1; 3]);
        up.run(&source, stride, joined, Channels::First);
        let taps = kernel_taps(level.half_kernel);
        for (c, layer) in level.decode.iter().enumerate() {
            let last = c + 1 == level.decode.len();
            let source = if c == 0 { joined.view(Channels::All) } else { entry.view(Channels::All) };
            let norm = layer.convolve(&Source::new(source, &taps, [1; 3]), raw);
            let residual = joined.view(Channels::First);
            match (last, number) {
                // The encoding stage's entry is no longer needed and serves as the buffer between convolutions.
                (false, _) => layer.rectify(raw, &norm, None, entry, Channels::All),
                (true, 0) => layer.rectify_through(raw, &norm, residual, &self.head, logits),
                (true, _) => layer.rectify(raw, &norm, Some(residual), inner, Channels::All),
            }
        }
    }
}

/// Offsets of a kernel's taps from a voxel, in voxels.
fn kernel_taps(half: [usize; 3]) -> Vec<[isize; 3]> {
    let along = |axis: usize| -(half[axis] as isize)..=half[axis] as isize;
    along(0).flat_map(|d| along(1).flat_map(move |r| along(2).map(move |c| [d, r, c]))).collect()
}

/// Offsets of the taps of a strided convolution, in voxels.
fn stride_taps(stride: [usize; 3]) -> Vec<[isize; 3]> {
    let along = |axis: usize| 0..stride[axis] as isize;
    along(0).flat_map(|d| along(1).flat_map(move |r| along(2).map(move |c| [d, r, c]))).collect()
}

#[cfg(test)]
mod tests {
    use randomness::{Stream, normal};

    use super::*;

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        let shape = NetworkShape::default();
        let inference = Inference::<f32>::new(&shape, &shape.initial(Stream::from_seed(3)));
        let mut rng = Stream::from_seed(2).rng();
        let image = Array3::from_shape_simple_fn((4, 32, 32), || normal(&mut rng, 1.0, 0.5) as f32);
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| inference.logits(&image))
        };
        assert_eq!(with(1), with(3));
    }
}
