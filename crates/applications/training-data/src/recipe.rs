//! The training file: who is scanned how, and how the network learns from it.

use geometry::Orientation;
use phantom::PositioningDistribution;
use randomness::rand::Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vnet_train::TrainingConfig;

use super::fault_mix::FaultMix;

/// The version of training files that this program reads.
pub const FORMAT_VERSION: u32 = 1;

/// A training file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TrainingFile {
    /// Version of the format: 1.
    pub format_version: u32,
    /// Where examples come from.
    pub examples: ExampleRecipe,
    /// How the network learns.
    pub training: TrainingConfig,
}

/// Who is scanned how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ExampleRecipe {
    /// Name of a population in phantoms/, or a file as seen from the training file.
    pub population: String,
    /// Protocols that are drawn from, by built-in name or as files.
    pub protocols: Vec<String>,
    /// Seed of the training patients.
    pub seed: u64,
    /// Seed of the validation patients.
    pub validation_seed: u64,
    /// Which series, how often.
    pub contrasts: ContrastMix,
    /// How the patients lie.
    pub positioning: PositioningDistribution,
    /// What may be wrong with the machines; nothing if left out.
    #[serde(default)]
    pub faults: FaultMix,
}

impl ExampleRecipe {
    /// What is wrong for slices of a plane, if anything: the field, and what was found and expected.
    pub(super) fn fault(&self, plane: Orientation) -> Option<(String, String)> {
        if self.protocols.is_empty() {
            return Some(("protocols".into(), "found none, expected one or more".into()));
        }
        if self.seed == self.validation_seed {
            let found = self.seed;
            let message = format!("validation-seed: found {found}, which is the seed of the training patients");
            return Some(("validation-seed".into(), message));
        }
        if let Err(error) = self.positioning.check() {
            return Some((format!("positioning.{}", error.field()), error.to_string()));
        }
        let contrasts = self.contrasts.fault(plane).map(|fault| ("contrasts".into(), fault));
        contrasts.or_else(|| Some(("faults".into(), self.faults.fault()?)))
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
    /// A series that no protocol here has: any slice step, field of view, contrast and saturation band.
    #[serde(default)]
    pub foreign: f64,
    /// Part of all examples, 0…1, in which each tissue gives any signal.
    #[serde(default)]
    pub random: f64,
}

/// The kinds of series that a [`ContrastMix`] weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SeriesKind {
    Localizer,
    SagittalT2,
    Free,
    Foreign,
}

impl ContrastMix {
    /// Draws a kind of series by the weights.
    pub(super) fn draw(&self, rng: &mut impl Rng) -> SeriesKind {
        let drawn = rng.random_range(0.0..self.localizer + self.sagittal_t2 + self.free + self.foreign);
        match drawn {
            _ if drawn < self.localizer => SeriesKind::Localizer,
            _ if drawn < self.localizer + self.sagittal_t2 => SeriesKind::SagittalT2,
            _ if drawn < self.localizer + self.sagittal_t2 + self.free => SeriesKind::Free,
            _ => SeriesKind::Foreign,
        }
    }

    /// What is wrong with the weights for slices of a plane, if anything.
    fn fault(&self, plane: Orientation) -> Option<String> {
        if plane == Orientation::Coronal && self.sagittal_t2 + self.foreign > 0.0 {
            return Some("sagittal-t2 and foreign series are sagittal: expected 0 for coronal slices".into());
        }
        let weights = [self.localizer, self.sagittal_t2, self.free, self.foreign];
        if weights.iter().any(|w| !(w.is_finite() && *w >= 0.0)) || weights.iter().sum::<f64>() <= 0.0 {
            return Some(format!("found weights {weights:?}, expected none below 0 and one above"));
        }
        let part = 0.0..=1.0;
        (!part.contains(&self.random)).then(|| format!("random: found {}, expected 0 to 1", self.random))
    }
}

#[cfg(test)]
mod tests {
    use randomness::Stream;

    use super::*;

    #[test]
    fn kinds_of_series_come_as_often_as_their_weights_say() {
        let mix = ContrastMix { localizer: 4.0, sagittal_t2: 2.0, free: 0.0, foreign: 2.0, random: 0.0 };
        let mut rng = Stream::from_seed(3).rng();
        let drawn: Vec<SeriesKind> = (0..4000).map(|_| mix.draw(&mut rng)).collect();
        let share = |kind| drawn.iter().filter(|other| **other == kind).count() as f64 / 4000.0;
        for (kind, expected) in [
            (SeriesKind::Localizer, 0.5),
            (SeriesKind::SagittalT2, 0.25),
            (SeriesKind::Free, 0.0),
            (SeriesKind::Foreign, 0.25),
        ] {
            assert!((share(kind) - expected).abs() < 0.03, "{kind:?}: {}", share(kind));
        }
    }
}
