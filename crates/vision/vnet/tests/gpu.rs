//! Logits of GPU and CPU agree, and if a GPU fails the CPU segments.
//!
//! Any adapter will do, including Mesa's software Vulkan; without one the tests say that they were skipped.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use geometry::{Grid, Point, Volume};
use ndarray::Array3;
use randomness::{Stream, normal};
use vnet::{GpuChoice, GpuDevice, GpuError, ImageContract, Level, Model, NetworkShape, Processor, Provenance, Weights};

mod classes;
use classes::voxels_that_differ;

fn gpu() -> Option<Arc<GpuDevice>> {
    match GpuDevice::open(GpuChoice::Any) {
        Ok(gpu) => Some(Arc::new(gpu)),
        Err(GpuError::NoAdapter) => {
            let _ = writeln!(std::io::stderr(), "skipped: {}", GpuError::NoAdapter);
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// A model whose parameters are zero nowhere.
fn untrained(network: NetworkShape) -> Model {
    let mut parameters = network.initial(Stream::from_seed(3));
    let mut rng = Stream::from_seed(4).rng();
    parameters.0.iter_mut().flat_map(|p| &mut p.values).for_each(|v| *v += normal(&mut rng, 0.0, 0.05) as f32);
    let image = ImageContract { multiple: [4, 48, 48], ..ImageContract::default() };
    Model::from_weights(Weights { network, image, provenance: Provenance::default(), parameters }).unwrap()
}

fn noise(shape: (usize, usize, usize)) -> Array3<f32> {
    let mut rng = Stream::from_seed(2).rng();
    Array3::from_shape_simple_fn(shape, || normal(&mut rng, 1.0, 0.5) as f32)
}

fn odd() -> NetworkShape {
    let level = |width, kernel, stride, convolutions| Level { width, kernel, stride, convolutions };
    let levels =
        vec![level(5, [1, 3, 3], [1, 1, 1], 2), level(12, [3, 3, 1], [2, 1, 2], 1), level(21, [3, 3, 3], [1, 2, 3], 3)];
    NetworkShape { levels, classes: usize::from(vnet::BODY_CORTEX) + 1 }
}

#[test]
fn the_gpu_agrees_with_the_cpu() {
    let Some(gpu) = gpu() else { return };
    for (shape, extents) in [(NetworkShape::default(), [(4, 32, 48), (8, 48, 32)]), (odd(), [(4, 12, 18), (6, 50, 54)])]
    {
        let model = untrained(shape).on(&Processor::Gpu(Arc::clone(&gpu))).unwrap();
        for extent in extents {
            let image = noise(extent);
            let expected = model.logits(&image);
            for _ in 0..2 {
                let found = model.logits_on_device(&image).unwrap();
                let error = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(error < 1e-4, "{extent:?}: logits differ by {error}");
            }
        }
    }
}

#[test]
fn the_shipped_network_labels_almost_every_voxel_alike() {
    let Some(gpu) = gpu() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../models/lumbar-vnet");
    let (cpu, gpu) = (Model::load(&folder).unwrap(), Model::load(&folder).unwrap().on(&Processor::Gpu(gpu)).unwrap());
    let image = noise((8, 96, 96));
    let (expected, found) = (cpu.logits(&image), gpu.logits_on_device(&image).unwrap());
    let differ = voxels_that_differ(&expected, &found, cpu.network().classes);
    assert!(differ * 1000 <= image.len(), "{differ} of {} voxels differ", image.len());
    let error = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(error < 1e-3, "logits differ by {error}");
}

#[test]
fn the_cpu_segments_when_the_gpu_is_lost() {
    let Some(gpu) = gpu() else { return };
    let network = NetworkShape::default();
    let (cpu, model) = (untrained(network.clone()), untrained(network).on(&Processor::Gpu(Arc::clone(&gpu))).unwrap());
    let grid = Grid::axis_aligned(Point::new(-20.0, -50.0, -50.0), [2.0, 2.0, 2.0], [20, 50, 50]);
    let image = Volume::from_fn(grid, |p| if p.coords.norm() < 40.0 { 300.0 } else { 0.0 });
    assert_eq!(model.segment(&image).unwrap().device_fault, None);
    gpu.lose();
    let found = model.segment(&image).unwrap();
    assert!(found.device_fault.is_some());
    assert_eq!(found.labels, cpu.segment(&image).unwrap().labels);
}
