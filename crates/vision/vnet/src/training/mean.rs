//! The mean of several networks' weights, which is often better than any of them where one was trained on from another.
//!
//! Wortsman et al., "Model soups: averaging weights of multiple fine-tuned models improves accuracy without increasing
//! inference time", arXiv 2203.05482.

use crate::model::Model;
use crate::weights::Weights;

/// A network whose every weight is the mean of the `models`'; the first says which images it expects.
///
/// # Errors
/// What of a model is other than in the first, or that there is none.
pub fn mean(models: &[Model]) -> Result<Model, String> {
    let [first, others @ ..] = models else { return Err("expected at least one weights file".into()) };
    let mut weights: Weights = first.weights().clone();
    for other in others {
        if other.network() != first.network() {
            return Err("networks of one shape are expected: layers or classes differ".into());
        }
        if other.contract() != first.contract() {
            return Err("networks for the same images are expected: pixels, steps or planes differ".into());
        }
        for (sum, more) in weights.parameters.0.iter_mut().zip(&other.parameters().0) {
            sum.values.iter_mut().zip(&more.values).for_each(|(sum, value)| *sum += value);
        }
    }
    let share = 1.0 / models.len() as f32;
    weights.parameters.0.iter_mut().flat_map(|p| &mut p.values).for_each(|value| *value *= share);
    Model::from_weights(weights).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use randomness::Stream;

    use super::*;
    use crate::image_contract::ImageContract;
    use crate::network::NetworkShape;
    use crate::weights::Provenance;

    fn model(seed: u64, network: &NetworkShape, image: ImageContract) -> Model {
        let parameters = network.initial(Stream::from_seed(seed));
        Model::from_weights(Weights { network: network.clone(), image, provenance: Provenance::default(), parameters })
            .expect("a fresh network")
    }

    #[test]
    fn every_weight_lies_in_the_middle() {
        let shape = NetworkShape::default();
        let models = [1, 2].map(|seed| model(seed, &shape, ImageContract::default()));
        let middle = mean(&models).expect("two of a kind");
        for (number, parameter) in middle.parameters().0.iter().enumerate() {
            let [a, b] = [0, 1].map(|model: usize| &models[model].parameters().0[number].values);
            for ((found, a), b) in parameter.values.iter().zip(a).zip(b) {
                assert!((found - 0.5 * (a + b)).abs() < 1e-6, "{}: {found}, from {a} and {b}", parameter.name);
            }
        }
        assert_eq!(mean(&models[..1]).expect("one").parameters(), models[0].parameters());
    }

    #[test]
    fn networks_of_two_kinds_have_no_mean() {
        let shape = NetworkShape::default();
        let usual = || model(1, &shape, ImageContract::default());
        let mut wider = shape.clone();
        wider.levels[0].width *= 2;
        let coarser = ImageContract { pixel_mm: 2.5, ..ImageContract::default() };
        for other in [model(1, &wider, ImageContract::default()), model(1, &shape, coarser)] {
            assert!(mean(&[usual(), other]).is_err());
        }
        assert!(mean(&[]).is_err());
    }
}
