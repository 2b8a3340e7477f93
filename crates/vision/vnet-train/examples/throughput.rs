//! Prints GFLOP/s of a model's convolutions and the time of its training step and of an inference:
//! `cargo run --release -p plumbline-vnet-train --example throughput -- [MODEL]`.
#![expect(clippy::print_stdout, reason = "an example prints its result")]

use std::path::Path;
use std::time::Instant;

use ndarray::Array3;
use randomness::Stream;
use vnet::{Model, NetworkShape};
use vnet_kernels::conv3d::{self, ConvShape};
use vnet_train::network::variables;
use vnet_train::op::SegmentationLoss;
use vnet_train::{LossWeights, Network};

fn best_of<T>(runs: usize, mut f: impl FnMut() -> T) -> f64 {
    (0..runs)
        .map(|_| {
            let begun = Instant::now();
            std::hint::black_box(f());
            begun.elapsed().as_secs_f64()
        })
        .fold(f64::INFINITY, f64::min)
}

/// The convolutions of every level: of its own channels, and of those concatenated with a skip connection.
fn convolutions(network: &NetworkShape, extent: [usize; 3]) -> Vec<ConvShape> {
    let mut extent = extent;
    let at_level = network.levels.iter().flat_map(|level| {
        extent = std::array::from_fn(|axis| extent[axis] / level.stride[axis]);
        let conv = |inputs| ConvShape { extent, kernel: level.kernel, inputs, outputs: level.width };
        [conv(level.width), conv(2 * level.width)]
    });
    at_level.collect()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "models/lumbar-vnet".into());
    let model = Model::load(Path::new(&path))?;
    let network = model.network();
    for shape in convolutions(network, [16, 192, 128]) {
        let ConvShape { extent, kernel, inputs, outputs } = shape;
        let x = vec![0.5; shape.voxels() * inputs];
        let y = vec![0.5; shape.voxels() * outputs];
        let w = vec![0.1; shape.taps() * inputs * outputs];
        let forward = best_of(5, || conv3d::forward(&shape, &x, &w, None));
        let back = best_of(5, || conv3d::forward(&shape.transposed(), &y, &w, None));
        let weights = best_of(5, || vnet_kernels::weight_gradient(&shape, &x, &y));
        let rate = |s: f64| shape.flop() as f64 / s / 1e9;
        println!(
            "{extent:?} {kernel:?} {inputs:>2}→{outputs:<2}  GFLOP/s: forward {:6.1}  to input {:6.1}  to weights {:6.1}   ms {:.1} {:.1} {:.1}",
            rate(forward),
            rate(back),
            rate(weights),
            forward * 1e3,
            back * 1e3,
            weights * 1e3
        );
    }

    println!("receptive field {:?} voxels, multiple {:?}", network.receptive_field(), network.multiple());
    let parameters = network.initial(Stream::from_seed(1));
    println!("{} parameters", parameters.count());
    let image = Array3::from_shape_fn((16, 192, 128), |(k, j, i)| ((k + j * i) % 7) as f32);
    let labels: Vec<u8> = image.iter().map(|v| (*v as u8).min(4)).collect();
    let variables = variables(&parameters, &candle_core::Device::Cpu)?;
    let tensors: Vec<_> = variables.iter().map(|v| v.as_tensor().clone()).collect();
    let input =
        candle_core::Tensor::from_iter(image.iter().copied(), &candle_core::Device::Cpu)?.reshape((16, 192, 128, 1))?;
    let (mut up, mut down) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..4 {
        let begun = Instant::now();
        let logits = Network::new(network, &tensors).logits(&input)?;
        let weights = LossWeights { dice: 1.0, cross_entropy: 1.0 };
        let loss = SegmentationLoss { labels: labels.clone(), weights }.apply(&logits)?;
        up = up.min(begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        std::hint::black_box(loss.backward()?);
        down = down.min(begun.elapsed().as_secs_f64());
    }
    println!("training crop 16 × 192 × 128: forward {:.0} ms, backward {:.0} ms", up * 1e3, down * 1e3);
    let whole = Array3::from_elem((20, 256, 160), 1.0);
    println!("inference 20 × 256 × 160: {:.0} ms", best_of(4, || model.probabilities(&whole)) * 1e3);
    Ok(())
}
