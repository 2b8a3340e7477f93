//! Inference computes the network that training differentiates, and both give the same bits on every vector unit.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use candle_core::Device;
use ndarray::Array3;
use randomness::{Stream, normal};
use vnet::{ImageContract, Level, Model, NetworkShape, Parameters, Provenance, Weights};
use vnet_kernels::VectorUnit;
use vnet_train::network::{input, tensors, variables};
use vnet_train::op::{SegmentationLoss, read};
use vnet_train::{LossWeights, Network};

fn image(shape: (usize, usize, usize)) -> Array3<f32> {
    let mut rng = Stream::from_seed(2).rng();
    Array3::from_shape_simple_fn(shape, || normal(&mut rng, 1.0, 0.5) as f32)
}

fn model(network: &NetworkShape, parameters: &Parameters) -> Model {
    let image = ImageContract { multiple: network.multiple(), ..ImageContract::default() };
    let (network, parameters, provenance) = (network.clone(), parameters.clone(), Provenance::default());
    Model::from_weights(Weights { network, image, provenance, parameters }).unwrap()
}

#[test]
fn inference_matches_the_differentiable_forward_pass() {
    let level = |width, kernel, stride, convolutions| Level { width, kernel, stride, convolutions };
    let classes = geometry::Structure::COUNT;
    let odd = NetworkShape {
        levels: vec![
            level(5, [1, 3, 3], [1, 1, 1], 2),
            level(12, [3, 3, 1], [2, 1, 2], 1),
            level(20, [3, 3, 3], [1, 2, 2], 3),
        ],
        classes,
    };
    let flat = NetworkShape { levels: vec![level(6, [3, 3, 3], [1, 1, 1], 2)], classes };
    for (shape, extent) in [(NetworkShape::default(), (4, 32, 48)), (odd, (4, 12, 20)), (flat, (3, 5, 9))] {
        let mut parameters = shape.initial(Stream::from_seed(3));
        let mut rng = Stream::from_seed(4).rng();
        parameters.0.iter_mut().flat_map(|p| &mut p.values).for_each(|v| *v += normal(&mut rng, 0.0, 0.05) as f32);
        let model = model(&shape, &parameters);
        // Buffers are reused: another image in between must not change the result,
        let (image, other) = (image(extent), image((extent.0 * 2, extent.1, extent.2 * 2)));
        let tensors = tensors(&parameters, &Device::Cpu).unwrap();
        let by_tensors = Network::new(&shape, &tensors).logits(&input(&image, &Device::Cpu).unwrap()).unwrap();
        let expected = read(&by_tensors, |z| Ok(z.to_vec())).unwrap();
        // nor one that needs more memory.
        model.logits(&Array3::zeros((extent.0, extent.1 * 2, extent.2 * 2)));
        for _ in 0..2 {
            model.logits(&other);
            let found = model.logits(&image);
            let error = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(error < 1e-4, "logits differ by {error}");
        }
    }
}

#[test]
fn every_vector_unit_gives_the_same_logits_and_gradients() {
    let level = |width, kernel, stride| Level { width, kernel, stride, convolutions: 2 };
    let shape = NetworkShape {
        levels: vec![
            level(8, [3, 3, 3], [1, 1, 1]),
            level(16, [1, 3, 3], [1, 2, 2]),
            level(21, [3, 3, 3], [2, 2, 2]),
            level(48, [3, 3, 3], [1, 2, 2]),
        ],
        classes: geometry::Structure::COUNT,
    };
    let parameters = shape.initial(Stream::from_seed(3));
    let image = image((4, 24, 40));
    let labels = (0..image.len()).map(|voxel| (voxel / 7 % 5) as u8).collect();
    let loss = SegmentationLoss { labels, weights: LossWeights { dice: 1.0, cross_entropy: 1.0 } };
    let found = VectorUnit::each(|| {
        let variables = variables(&parameters, &Device::Cpu).unwrap();
        let tensors: Vec<_> = variables.iter().map(|v| v.as_tensor().clone()).collect();
        let logits = Network::new(&shape, &tensors).logits(&input(&image, &Device::Cpu).unwrap()).unwrap();
        let store = loss.clone().apply(&logits).and_then(|loss| loss.backward()).unwrap();
        let gradient = |tensor| read(store.get(tensor).unwrap(), |g| Ok(g.to_vec())).unwrap();
        let gradients: Vec<Vec<f32>> = tensors.iter().map(gradient).collect();
        (model(&shape, &parameters).logits(&image), gradients)
    });
    let [(_, widest), others @ ..] = found.as_slice() else { unreachable!("the portable unit is always there") };
    for (unit, other) in others {
        assert!(widest.0 == other.0, "{unit:?} gives other logits");
        assert!(widest.1 == other.1, "{unit:?} gives other gradients");
    }
}
