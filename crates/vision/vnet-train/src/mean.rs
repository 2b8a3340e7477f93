//! The mean of several networks' weights, often better than any of them if they share a training history.
//!
//! Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models improves accuracy without increasing
//! inference time", arXiv 2203.05482.

use vnet::{Model, Weights};

/// Why several networks have no mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeanError {
    /// There is none.
    #[error("expected at least one weights file")]
    NoModel,
    /// Layers or classes differ.
    #[error("expected networks of one shape, found different layers or classes")]
    Shape,
    /// Pixels, slice steps or orientations differ.
    #[error("expected networks for the same images, found different pixels, steps or orientations")]
    Contract,
}

/// The network whose weights are the means of those of `models`, with the first one's contract and provenance.
///
/// # Errors
/// [`MeanError`] if there is no model, or if one differs from the first in its shape or contract.
pub fn mean(models: &[Model]) -> Result<Model, MeanError> {
    let [first, others @ ..] = models else { return Err(MeanError::NoModel) };
    let mut weights: Weights = first.weights().clone();
    for other in others {
        if other.network() != first.network() {
            return Err(MeanError::Shape);
        }
        if other.contract() != first.contract() {
            return Err(MeanError::Contract);
        }
        for (sum, other) in weights.parameters.0.iter_mut().zip(&other.parameters().0) {
            sum.values.iter_mut().zip(&other.values).for_each(|(sum, value)| *sum += value);
        }
    }
    let share = 1.0 / models.len() as f32;
    weights.parameters.0.iter_mut().flat_map(|p| &mut p.values).for_each(|value| *value *= share);
    Ok(Model::from_weights(weights).expect("shape, contract and layout are the first model's"))
}

#[cfg(test)]
mod tests {
    use randomness::Stream;
    use vnet::{ImageContract, NetworkShape, Provenance};

    use super::*;

    fn model(seed: u64, network: &NetworkShape, image: ImageContract) -> Model {
        let parameters = network.initial(Stream::from_seed(seed));
        Model::from_weights(Weights { network: network.clone(), image, provenance: Provenance::default(), parameters })
            .expect("a fresh network")
    }

    #[test]
    fn every_weight_is_the_mean() {
        let shape = NetworkShape::default();
        let models = [1, 2].map(|seed| model(seed, &shape, ImageContract::default()));
        let middle = mean(&models).expect("two networks of one shape");
        for (number, parameter) in middle.parameters().0.iter().enumerate() {
            let [a, b] = [0, 1].map(|model: usize| &models[model].parameters().0[number].values);
            for ((found, a), b) in parameter.values.iter().zip(a).zip(b) {
                assert!((found - 0.5 * (a + b)).abs() < 1e-6, "{}: {found}, from {a} and {b}", parameter.name);
            }
        }
        assert_eq!(mean(&models[..1]).expect("one").parameters(), models[0].parameters());
    }

    #[test]
    fn networks_of_different_shape_or_contract_have_no_mean() {
        let shape = NetworkShape::default();
        let usual = || model(1, &shape, ImageContract::default());
        let mut wider = shape.clone();
        wider.levels[0].width *= 2;
        let coarser = ImageContract { pixel_mm: 2.5, ..ImageContract::default() };
        for (other, expected) in [
            (model(1, &wider, ImageContract::default()), MeanError::Shape),
            (model(1, &shape, coarser), MeanError::Contract),
        ] {
            assert_eq!(mean(&[usual(), other]).err(), Some(expected));
        }
        assert_eq!(mean(&[]).err(), Some(MeanError::NoModel));
    }
}
