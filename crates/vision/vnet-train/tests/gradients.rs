//! The gradient of the whole network, through every operation, matches finite differences of the loss.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use candle_core::{Device, Tensor};
use randomness::Stream;
use vnet::{Level, NetworkShape, Parameters};
use vnet_train::network::{tensors, variables};
use vnet_train::op::SegmentationLoss;
use vnet_train::{LossWeights, Network};

fn loss(shape: &NetworkShape, tensors: &[Tensor], image: &Tensor, labels: &[u8]) -> Tensor {
    let weights = LossWeights { dice: 1.0, cross_entropy: 0.5 };
    let logits = Network::new(shape, tensors).logits(image).unwrap();
    SegmentationLoss { labels: labels.to_vec(), weights }.apply(&logits).unwrap()
}

/// Every tensor is moved along its own gradient: the loss must change by the square of its norm. A contribution missing
/// from a skip connection, a residual or a rearrangement would change the slope.
#[test]
fn moving_along_the_gradient_changes_the_loss_by_its_squared_norm() {
    let level = |width, kernel, stride| Level { width, kernel, stride, convolutions: 2 };
    let shape = NetworkShape {
        levels: vec![level(3, [1, 3, 3], [1, 1, 1]), level(5, [3, 3, 3], [1, 2, 2]), level(6, [3, 1, 3], [2, 2, 2])],
        classes: 5,
    };
    let mut start = shape.initial(Stream::from_seed(3));
    // PReLU slopes near 1 flatten its kink, across which finite differences are no derivatives.
    for norm in start.0.iter_mut().filter(|p| p.name.ends_with("norm")) {
        let channels = norm.dims[1];
        norm.values[2 * channels..].fill(0.9);
    }
    let numbers: Vec<f32> = (0..4 * 8 * 8).map(|i: usize| (i * 37 % 101) as f32 / 50.0).collect();
    let labels: Vec<u8> = (0..4 * 8 * 8).map(|i: usize| (i / 7 % 5) as u8).collect();
    let image = Tensor::from_vec(numbers, (4, 8, 8, 1), &Device::Cpu).unwrap();

    let variables = variables(&start, &Device::Cpu).unwrap();
    let weights: Vec<_> = variables.iter().map(|v| v.as_tensor().clone()).collect();
    let store = loss(&shape, &weights, &image, &labels).backward().unwrap();
    for (number, tensor) in weights.iter().enumerate() {
        let gradient: Vec<f32> = store.get(tensor).unwrap().flatten_all().unwrap().to_vec1().unwrap();
        let square: f64 = gradient.iter().map(|g| f64::from(*g).powi(2)).sum();
        let step = 2e-3 / square.sqrt();
        let at = |by: f64| {
            let mut moved: Parameters = start.clone();
            moved.0[number].values.iter_mut().zip(&gradient).for_each(|(w, g)| *w += by as f32 * g);
            f64::from(
                loss(&shape, &tensors(&moved, &Device::Cpu).unwrap(), &image, &labels).to_scalar::<f32>().unwrap(),
            )
        };
        let slope = (at(step) - at(-step)) / (2.0 * step);
        let name = &start.0[number].name;
        assert!((slope / square - 1.0).abs() < 0.03, "{name}: slope {slope}, gradient² {square}");
    }
}
