//! How fast the shipped network reads an image. The example `forward_pass` times it on images of any size.

use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use ndarray::Array3;
use vnet::{Model, Processor};

fn inference(criterion: &mut Criterion) {
    let model =
        Model::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../models/lumbar-vnet")).expect("weights");
    let image = Array3::from_elem((20, 256, 160), 1.0);
    let mut group = criterion.benchmark_group("inference, 20 × 256 × 160");
    group.sample_size(10);
    group.bench_function("f32", |b| b.iter(|| model.probabilities(&image)));
    if let Ok(processor) = Processor::cpu_bf16() {
        let model = model.on(&processor).expect("even widths");
        group.bench_function("bf16", |b| b.iter(|| model.probabilities(&image)));
    }
    group.finish();
}

criterion_group!(benches, inference);
criterion_main!(benches);
