//! Machines that need service, as part of what a network is shown.

use randomness::rand::Rng;
use scanner::Faults;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often machines are faulty, and how badly.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct FaultMix {
    /// Part of the examples, 0…1, that come from a faulty machine.
    pub probability: f64,
    /// The worst of its faults: each is drawn evenly from none to this, half of them absent; one of the elements listed
    /// may be dead.
    pub worst: Faults,
}

impl FaultMix {
    /// What is wrong with one machine.
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

    /// What is wrong with the mix, if anything.
    pub fn fault(&self) -> Option<String> {
        if !(0.0..=1.0).contains(&self.probability) {
            return Some(format!("probability: found {}, expected 0 to 1", self.probability));
        }
        let impossible = self.worst.check().err();
        impossible.map(|(field, value, [low, high])| format!("worst.{field}: found {value}, expected {low} to {high}"))
    }
}

#[cfg(test)]
mod tests {
    use randomness::Stream;

    use super::*;

    #[test]
    fn some_machines_are_faulty_and_none_worse_than_the_worst() {
        let worst = Faults { ghost: 0.1, excess_noise: 2.0, dead_elements: vec![1, 4], ..Faults::default() };
        let mix = FaultMix { probability: 0.4, worst };
        let mut rng = Stream::from_seed(3).rng();
        let drawn: Vec<Faults> = (0..400).map(|_| mix.draw(&mut rng)).collect();
        let faulty = drawn.iter().filter(|faults| **faults != Faults::default()).count();
        assert!((90..180).contains(&faulty), "{faulty} of 400 are faulty");
        assert!(drawn.iter().all(|faults| faults.ghost <= 0.1 && faults.excess_noise <= 2.0 && faults.spikes == 0.0));
        assert!(drawn.iter().any(|faults| faults.dead_elements == [4]) && drawn.iter().any(|f| f.ghost > 0.05));
        assert_eq!(mix.fault(), None);
        assert!(FaultMix { probability: 1.5, ..FaultMix::default() }.fault().is_some());
        let impossible = Faults { dead_elements: vec![9], ..Faults::default() };
        assert!(FaultMix { probability: 0.5, worst: impossible }.fault().is_some_and(|fault| fault.contains("dead")));
    }
}
