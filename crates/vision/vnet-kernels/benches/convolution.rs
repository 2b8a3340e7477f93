//! How fast a 3-D convolution and the gradient of its weights are, beside the seven loops that they are checked against.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use vnet_kernels::conv3d::{self, ConvShape};
use vnet_kernels::reference;

fn convolution(criterion: &mut Criterion) {
    let shape = ConvShape { extent: [16, 96, 64], kernel: [3, 3, 3], inputs: 16, outputs: 16 };
    let x = vec![0.5; shape.voxels() * shape.inputs];
    let w = vec![0.1; shape.taps() * shape.inputs * shape.outputs];
    let mut group = criterion.benchmark_group("conv3d 16→16, 16 × 96 × 64");
    group.throughput(Throughput::Elements(shape.flop() as u64));
    group.bench_function("forward", |b| b.iter(|| conv3d::forward(&shape, &x, &w, None)));
    group.bench_function("weight gradient", |b| b.iter(|| vnet_kernels::weight_gradient(&shape, &x, &x)));
    group.sample_size(10);
    group.bench_function("seven loops", |b| b.iter(|| reference::conv3d(&shape, &x, &w, &[0.0; 16])));
    group.finish();
}

criterion_group!(benches, convolution);
criterion_main!(benches);
