//! The training file: the training examples, and how the network learns from them.

use geometry::Orientation;
use phantom::PositioningDistribution;
use randomness::rand::Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vnet_train::TrainingConfig;

use super::error::RecipeError;
use super::fault_mix::FaultMix;

/// The version of training files that this program reads.
pub const FORMAT_VERSION: u32 = 1;

/// A training file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TrainingFile {
    /// Version of the format: 1.
    pub format_version: u32,
    /// The training examples.
    pub examples: ExampleRecipe,
    /// How the network learns.
    pub training: TrainingConfig,
}

/// The training examples: which patients are scanned and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExampleRecipe {
    /// Name of a population in phantoms/, or a file relative to the training file.
    pub population: String,
    /// Protocols to draw from, by built-in name or as files.
    pub protocols: Vec<String>,
    /// Seed of the training patients.
    pub seed: u64,
    /// Seed of the validation patients.
    pub validation_seed: u64,
    /// Kinds of series, by weight.
    pub contrasts: ContrastMix,
    /// How the patients lie.
    pub positioning: PositioningDistribution,
    /// Faults of the scanners; none if omitted.
    #[serde(default)]
    pub faults: FaultMix,
}

impl ExampleRecipe {
    /// Checks the recipe for slices of an orientation.
    ///
    /// # Errors
    /// [`RecipeError`] for the first field that is wrong.
    pub fn check(&self, plane: Orientation) -> Result<(), RecipeError> {
        let error = |field: &str, message: String| Err(RecipeError { field: field.into(), message });
        if self.protocols.is_empty() {
            return error("protocols", "found none, expected one or more".into());
        }
        if self.seed == self.validation_seed {
            let found = self.seed;
            let message = format!("validation-seed: found {found}, which is the seed of the training patients");
            return error("validation-seed", message);
        }
        if let Err(wrong) = self.positioning.check() {
            return error(&format!("positioning.{}", wrong.field()), wrong.to_string());
        }
        self.contrasts.check(plane)?;
        self.faults.check()
    }
}

/// Weights of the kinds of series; they need not add up to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ContrastMix {
    /// The protocol's sagittal localizer.
    pub localizer: f64,
    /// The protocol's sagittal T2 series, prescribed on the spine.
    pub sagittal_t2: f64,
    /// A spin echo or gradient echo of random timing on the localizer's slices.
    pub free: f64,
    /// An out-of-protocol series: any slice step, field of view, contrast and saturation band. Also read as `foreign`.
    #[serde(default, alias = "foreign")]
    pub out_of_protocol: f64,
    /// Fraction of all examples, 0…1, with a random signal for each tissue.
    #[serde(default)]
    pub random: f64,
}

/// The kinds of series that a [`ContrastMix`] weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SeriesKind {
    Localizer,
    SagittalT2,
    Free,
    OutOfProtocol,
}

impl ContrastMix {
    /// Draws a kind of series by the weights.
    pub(super) fn draw(&self, rng: &mut impl Rng) -> SeriesKind {
        let drawn = rng.random_range(0.0..self.localizer + self.sagittal_t2 + self.free + self.out_of_protocol);
        match drawn {
            _ if drawn < self.localizer => SeriesKind::Localizer,
            _ if drawn < self.localizer + self.sagittal_t2 => SeriesKind::SagittalT2,
            _ if drawn < self.localizer + self.sagittal_t2 + self.free => SeriesKind::Free,
            _ => SeriesKind::OutOfProtocol,
        }
    }

    /// Checks the weights for slices of an orientation.
    fn check(&self, plane: Orientation) -> Result<(), RecipeError> {
        let error = |message: String| Err(RecipeError { field: "contrasts".into(), message });
        if plane == Orientation::Coronal && self.sagittal_t2 + self.out_of_protocol > 0.0 {
            return error("sagittal-t2 and out-of-protocol series are sagittal: expected 0 for coronal slices".into());
        }
        let weights = [self.localizer, self.sagittal_t2, self.free, self.out_of_protocol];
        if weights.iter().any(|w| !(w.is_finite() && *w >= 0.0)) || weights.iter().sum::<f64>() <= 0.0 {
            return error(format!("found weights {weights:?}, expected none below 0 and at least one above 0"));
        }
        if !(0.0..=1.0).contains(&self.random) {
            return error(format!("random: found {}, expected 0 to 1", self.random));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use randomness::Stream;

    use super::*;

    #[test]
    fn kinds_of_series_are_drawn_in_proportion_to_their_weights() {
        let mix = ContrastMix { localizer: 4.0, sagittal_t2: 2.0, free: 0.0, out_of_protocol: 2.0, random: 0.0 };
        let mut rng = Stream::from_seed(3).rng();
        let drawn: Vec<SeriesKind> = (0..4000).map(|_| mix.draw(&mut rng)).collect();
        let fraction = |kind| drawn.iter().filter(|other| **other == kind).count() as f64 / 4000.0;
        for (kind, expected) in [
            (SeriesKind::Localizer, 0.5),
            (SeriesKind::SagittalT2, 0.25),
            (SeriesKind::Free, 0.0),
            (SeriesKind::OutOfProtocol, 0.25),
        ] {
            assert!((fraction(kind) - expected).abs() < 0.03, "{kind:?}: {}", fraction(kind));
        }
    }
}
