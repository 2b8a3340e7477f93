//! Scanner faults in training examples.

use randomness::rand::Rng;
use scanner::Faults;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::error::RecipeError;

/// Frequency and severity of scanner faults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct FaultMix {
    /// Fraction of the examples, 0…1, that come from a faulty scanner.
    pub probability: f64,
    /// The largest faults: each is absent in half of the faulty scanners and else drawn uniformly from 0 to this value; one
    /// of the listed elements may be dead.
    pub worst: Faults,
}

impl FaultMix {
    /// The faults of one scanner.
    pub fn draw(&self, rng: &mut impl Rng) -> Faults {
        if !rng.random_bool(self.probability) {
            return Faults::default();
        }
        let mut graded = |worst: f64| if rng.random_bool(0.5) { worst * rng.random_range(0.0..1.0) } else { 0.0 };
        let worst = &self.worst;
        let mut faults = Faults {
            gradient_error: worst.gradient_error.map(&mut graded),
            slice_thickness_error: graded(worst.slice_thickness_error),
            ghost: graded(worst.ghost),
            spikes: graded(worst.spikes),
            dead_elements: Vec::new(),
            excess_noise: graded(worst.excess_noise),
            shim_ppm: graded(worst.shim_ppm),
            transmit_loss: graded(worst.transmit_loss),
        };
        if !worst.dead_elements.is_empty() && rng.random_bool(0.5) {
            faults.dead_elements.push(worst.dead_elements[rng.random_range(0..worst.dead_elements.len())]);
        }
        faults
    }

    /// Checks the probability and the faults.
    ///
    /// # Errors
    /// [`RecipeError`] with the value found and the limits.
    pub fn check(&self) -> Result<(), RecipeError> {
        let error = |message: String| RecipeError { field: "faults".into(), message };
        if !(0.0..=1.0).contains(&self.probability) {
            return Err(error(format!("probability: found {}, expected 0 to 1", self.probability)));
        }
        self.worst.check().map_err(|(field, value, [low, high])| {
            error(format!("worst.{field}: found {value}, expected {low} to {high}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use randomness::Stream;

    use super::*;

    #[test]
    fn some_scanners_are_faulty_and_none_beyond_the_limits() {
        let worst = Faults { ghost: 0.1, excess_noise: 2.0, dead_elements: vec![1, 4], ..Faults::default() };
        let mix = FaultMix { probability: 0.4, worst };
        let mut rng = Stream::from_seed(3).rng();
        let drawn: Vec<Faults> = (0..400).map(|_| mix.draw(&mut rng)).collect();
        let faulty = drawn.iter().filter(|faults| **faults != Faults::default()).count();
        assert!((90..180).contains(&faulty), "{faulty} of 400 are faulty");
        assert!(drawn.iter().all(|faults| faults.ghost <= 0.1 && faults.excess_noise <= 2.0 && faults.spikes == 0.0));
        assert!(drawn.iter().any(|faults| faults.dead_elements == [4]) && drawn.iter().any(|f| f.ghost > 0.05));
        assert_eq!(mix.check(), Ok(()));
        assert!(FaultMix { probability: 1.5, ..FaultMix::default() }.check().is_err());
        let impossible = FaultMix { probability: 0.5, worst: Faults { dead_elements: vec![9], ..Faults::default() } };
        assert!(impossible.check().expect_err("no element 9").to_string().contains("dead"));
    }
}
