//! How fast convolution and inference are. Tracked figures; the example `throughput` prints GFLOP/s.

use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ndarray::Array3;
use randomness::Stream;
use vnet::kernel::conv3d::{self, ConvShape};
use vnet::kernel::loss::LossWeights;
use vnet::network::Network;
use vnet::op::SegmentationLoss;
use vnet::{Model, Processor};

fn convolution(criterion: &mut Criterion) {
    let shape = ConvShape { extent: [16, 96, 64], kernel: [3, 3, 3], inputs: 16, outputs: 16 };
    let x = vec![0.5; shape.voxels() * shape.inputs];
    let w = vec![0.1; shape.taps() * shape.inputs * shape.outputs];
    let mut group = criterion.benchmark_group("conv3d 16→16, 16 × 96 × 64");
    group.throughput(Throughput::Elements(shape.flop() as u64));
    group.bench_function("forward", |b| b.iter(|| conv3d::forward(&shape, &x, &w, None)));
    group.bench_function("weight gradient", |b| b.iter(|| conv3d::weight_gradient(&shape, &x, &x)));
    group.finish();
}

fn network(criterion: &mut Criterion) {
    let model =
        Model::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../models/lumbar-vnet")).expect("weights");
    let shape = model.network();
    let parameters = shape.initial(Stream::from_seed(1));
    let image = Array3::from_elem((20, 256, 160), 1.0);
    let mut group = criterion.benchmark_group("network");
    group.sample_size(10);
    let crop = candle_core::Tensor::ones((16, 192, 128, 1), candle_core::DType::F32, &candle_core::Device::Cpu)
        .expect("ones need no more than memory");
    let variables = parameters.variables(&candle_core::Device::Cpu).expect("a network of the shipped shape");
    let tensors: Vec<_> = variables.iter().map(|v| v.as_tensor().clone()).collect();
    let labels: Vec<u8> = (0..16 * 192 * 128).map(|i| (i / 1000 % 5) as u8).collect();
    group.bench_function("training step, 16 × 192 × 128", |b| {
        b.iter(|| {
            let weights = LossWeights { dice: 1.0, cross_entropy: 1.0 };
            let logits = Network::new(shape, &tensors).logits(&crop)?;
            SegmentationLoss { labels: labels.clone(), weights }.apply(&logits)?.backward()
        })
    });
    group.bench_function("inference, 20 × 256 × 160", |b| b.iter(|| model.probabilities(&image)));
    if let Ok(processor) = Processor::cpu_bf16() {
        let model = model.on(&processor).expect("even widths");
        group.bench_function("inference in bf16", |b| b.iter(|| model.probabilities(&image)));
    }
    group.finish();
}

criterion_group!(benches, convolution, network);
criterion_main!(benches);
