//! How fast the shipped network learns from one crop: forward, loss and backward.

use std::path::Path;

use candle_core::{DType, Device, Tensor};
use criterion::{Criterion, criterion_group, criterion_main};
use vnet::Model;
use vnet_train::op::SegmentationLoss;
use vnet_train::{LossWeights, Network, network};

fn training_step(criterion: &mut Criterion) {
    let model =
        Model::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../models/lumbar-vnet")).expect("weights");
    let crop = Tensor::ones((16, 192, 128, 1), DType::F32, &Device::Cpu).expect("ones need no more than memory");
    let variables = network::variables(model.parameters(), &Device::Cpu).expect("the shipped network's");
    let tensors: Vec<_> = variables.iter().map(|v| v.as_tensor().clone()).collect();
    let labels: Vec<u8> = (0..16 * 192 * 128).map(|i| (i / 1000 % 5) as u8).collect();
    let mut group = criterion.benchmark_group("training");
    group.sample_size(10);
    group.bench_function("step, 16 × 192 × 128", |b| {
        b.iter(|| {
            let weights = LossWeights { dice: 1.0, cross_entropy: 1.0 };
            let logits = Network::new(model.network(), &tensors).logits(&crop)?;
            SegmentationLoss { labels: labels.clone(), weights }.apply(&logits)?.backward()
        })
    });
    group.finish();
}

criterion_group!(benches, training_step);
criterion_main!(benches);
