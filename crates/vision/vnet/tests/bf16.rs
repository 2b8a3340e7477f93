//! Inference in bf16 agrees with f32; on a CPU without the instructions the tests say that they were skipped.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::Path;

use ndarray::Array3;
use randomness::{Stream, normal};
use vnet::{ImageContract, Level, Model, NetworkShape, Processor, ProcessorError, Provenance, Weights};

mod classes;
use classes::voxels_that_differ;

fn bf16() -> Option<Processor> {
    Processor::cpu_bf16().inspect_err(|why| drop(writeln!(std::io::stderr(), "skipped: {why}"))).ok()
}

#[test]
fn the_shipped_network_labels_almost_every_voxel_alike() {
    let Some(processor) = bf16() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../models/lumbar-vnet");
    let (f32_model, bf16_model) =
        (Model::load(&folder).unwrap(), Model::load(&folder).unwrap().on(&processor).unwrap());
    assert_eq!([f32_model.processor(), bf16_model.processor()], ["cpu", "cpu-bf16"]);
    let mut rng = Stream::from_seed(2).rng();
    let image = Array3::from_shape_simple_fn((8, 96, 96), || normal(&mut rng, 1.0, 0.5) as f32);
    let (expected, found) = (f32_model.logits(&image), bf16_model.logits(&image));
    let differ = voxels_that_differ(&expected, &found, f32_model.network().classes);
    assert!(differ > 0, "bf16 gave the logits of f32");
    assert!(differ * 100 <= image.len(), "{differ} of {} voxels differ", image.len());
    assert_eq!(found, bf16_model.logits(&image), "the same bits every time");
}

#[test]
fn odd_widths_are_refused() {
    let Some(processor) = bf16() else { return };
    let level = |width| Level { width, kernel: [1, 3, 3], stride: [1, 1, 1], convolutions: 1 };
    let network = NetworkShape { levels: vec![level(8), level(7)], classes: geometry::Structure::COUNT };
    let parameters = network.initial(Stream::from_seed(1));
    let (image, provenance) = (ImageContract::default(), Provenance::default());
    let model = Model::from_weights(Weights { network, image, provenance, parameters }).unwrap();
    let refused = model.on(&processor).err();
    assert!(matches!(refused, Some(ProcessorError::OddWidth { level: 1, width: 7 })), "{refused:?}");
}
