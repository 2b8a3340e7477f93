//! The training file: everything that determines a run besides its examples.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vnet::{BODY_CORTEX, ImageContract, NetworkShape};

use crate::augmentation::Augmentation;
use crate::op::LossWeights;

/// Weights to start from: paths relative to the training file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected the path of a weights file, or a list of paths whose mean is taken")]
pub enum StartFrom {
    /// The weights of one file.
    One(PathBuf),
    /// The mean of several files' weights, all of one network shape.
    MeanOf(Vec<PathBuf>),
}

impl StartFrom {
    /// The files.
    pub fn paths(&self) -> &[PathBuf] {
        match self {
            Self::One(path) => std::slice::from_ref(path),
            Self::MeanOf(paths) => paths,
        }
    }
}

/// An invalid value in a training configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFault {
    /// The key, dotted where it lies in a table.
    pub field: &'static str,
    /// What was found and what expected.
    pub reason: String,
}

impl fmt::Display for ConfigFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.reason)
    }
}

/// Everything that determines a training run besides its examples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct TrainingConfig {
    /// Root of all random draws.
    pub seed: u64,
    /// Weights to start from; random ones if left out. The weights of a smaller network are grown into this one, which at
    /// first computes the same.
    pub start_from: Option<StartFrom>,
    /// Optimizer steps; 0 writes the weights of `start-from` unchanged, for instance the mean of several files.
    pub steps: u64,
    /// Crops per step, whose gradients are averaged.
    pub batch: u64,
    /// Crops taken from one example before the next is requested, for examples that are slow to make.
    pub crops_per_example: u64,
    /// Highest learning rate.
    pub learning_rate: f64,
    /// Steps over which the learning rate rises linearly.
    pub warm_up_steps: u64,
    /// The learning rate falls along a cosine to this share of the highest.
    pub final_share: f64,
    /// Decoupled weight decay per unit of learning rate; normalization and biases do not decay.
    pub weight_decay: f64,
    /// Upper limit of the gradient's norm; longer gradients are scaled down to it.
    pub gradient_limit: f64,
    /// Decay of the moving average of the weights: the share that is kept at each step.
    pub average_decay: f64,
    /// Slices, rows and columns of a training crop: multiples of what the network needs.
    pub crop: [usize; 3],
    /// Steps between checkpoints.
    pub checkpoint_every: u64,
    /// Steps between validations.
    pub validate_every: u64,
    /// Number of validation examples.
    pub validation_examples: u64,
    /// Commit of the program, stored with the weights.
    pub commit: String,
    /// Shares of the loss's two parts.
    pub loss: LossWeights,
    /// How examples are varied.
    pub augmentation: Augmentation,
    /// What the network expects of an image.
    pub image: ImageContract,
    /// Shape of the network.
    pub network: NetworkShape,
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            seed: 1,
            start_from: None,
            steps: 4000,
            batch: 1,
            crops_per_example: 1,
            learning_rate: 3e-3,
            warm_up_steps: 50,
            final_share: 0.01,
            weight_decay: 0.01,
            gradient_limit: 1.0,
            average_decay: 0.99,
            crop: [16, 192, 128],
            checkpoint_every: 100,
            validate_every: 200,
            validation_examples: 6,
            commit: "unknown".into(),
            loss: LossWeights { dice: 1.0, cross_entropy: 1.0 },
            augmentation: Augmentation::default(),
            image: ImageContract::default(),
            network: NetworkShape::default(),
        }
    }
}

impl TrainingConfig {
    /// BLAKE3 of the configuration without the commit, hexadecimal.
    pub fn hash(&self) -> String {
        let lasting = Self { commit: String::new(), ..self.clone() };
        let text = serde_json::to_string(&lasting).expect("a configuration has a JSON form");
        blake3::hash(text.as_bytes()).to_hex().to_string()
    }

    /// Whether the network has a class for the cortex of vertebral bodies ([`BODY_CORTEX`]).
    pub fn has_cortex_class(&self) -> bool {
        self.network.classes > usize::from(BODY_CORTEX)
    }

    /// The first invalid value, if any.
    pub fn fault(&self) -> Option<ConfigFault> {
        let fault = |field, reason| Some(ConfigFault { field, reason });
        if let Some(reason) = self.network.fault() {
            return fault("network", reason);
        }
        if let Some(reason) = self.image.fault() {
            return fault("image", reason);
        }
        let multiple = self.network.multiple();
        for (field, extent) in [("crop", self.crop), ("image.multiple", self.image.multiple)] {
            if (0..3).any(|axis| extent[axis] == 0 || !extent[axis].is_multiple_of(multiple[axis])) {
                return fault(field, format!("found {extent:?}, expected multiples of {multiple:?}"));
            }
        }
        let counts = [
            ("batch", self.batch),
            ("crops-per-example", self.crops_per_example),
            ("checkpoint-every", self.checkpoint_every),
            ("validate-every", self.validate_every),
            ("validation-examples", self.validation_examples),
        ];
        if let Some((field, _)) = counts.into_iter().find(|(_, count)| *count == 0) {
            return fault(field, "found 0, expected 1 or more".into());
        }
        if self.steps == 0 && self.start_from.is_none() {
            let expected =
                "found 0, expected 1 or more; 0 is allowed only with start-from, whose weights it writes unchanged";
            return fault("steps", expected.into());
        }
        let lengths = [("learning-rate", self.learning_rate), ("gradient-limit", self.gradient_limit)];
        if let Some((field, value)) = lengths.into_iter().find(|(_, value)| !(value.is_finite() && *value > 0.0)) {
            return fault(field, format!("found {value}, expected a number above 0"));
        }
        let decay = self.weight_decay;
        if !(decay.is_finite() && decay >= 0.0) {
            return fault("weight-decay", format!("found {decay}, expected 0 or more"));
        }
        if !(0.0..=1.0).contains(&self.final_share) {
            return fault("final-share", format!("found {}, expected 0 to 1", self.final_share));
        }
        let LossWeights { dice, cross_entropy } = self.loss;
        let shares = [dice, cross_entropy];
        if !shares.iter().all(|share| share.is_finite() && *share >= 0.0) || shares == [0.0; 2] {
            return fault("loss", format!("found {shares:?}, expected two shares of 0 or more, at least one above 0"));
        }
        if let Some((name, value)) = self.augmentation.fault() {
            return fault("augmentation", format!("{name} is {value}, expected 0 or more"));
        }
        if self.image.class_names(self.network.classes).is_none() {
            let (found, count) = (self.network.classes, geometry::Structure::COUNT);
            let reason = format!(
                "found {found}, expected {count}, or {} with a class for the cortex of vertebral bodies (sagittal slices only)",
                count + 1
            );
            return fault("network.classes", reason);
        }
        if !(0.0..1.0).contains(&self.average_decay) {
            return fault("average-decay", format!("found {}, expected 0 or more, below 1", self.average_decay));
        }
        None
    }

    /// Learning rate of a step, counted from 0.
    pub fn learning_rate_at(&self, step: u64) -> f64 {
        if step < self.warm_up_steps {
            return self.learning_rate * (step + 1) as f64 / self.warm_up_steps as f64;
        }
        let progress =
            (step - self.warm_up_steps) as f64 / (self.steps.saturating_sub(self.warm_up_steps)).max(1) as f64;
        let cosine = 0.5 * (1.0 + (std::f64::consts::PI * progress.min(1.0)).cos());
        self.learning_rate * (self.final_share + (1.0 - self.final_share) * cosine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_valid_and_survive_toml() {
        let config = TrainingConfig::default();
        assert_eq!(config.fault(), None);
        let text = toml::to_string(&config).expect("a TOML form");
        assert_eq!(toml::from_str::<TrainingConfig>(&text).expect("its own text"), config);
        assert!(toml::from_str::<TrainingConfig>("learning-rat = 1.0").is_err());
    }

    #[test]
    fn every_invalid_value_is_reported_with_its_key() {
        let usual = TrainingConfig::default;
        for (wrong, field) in [
            (TrainingConfig { crop: [16, 190, 128], ..usual() }, "crop"),
            (TrainingConfig { checkpoint_every: 0, ..usual() }, "checkpoint-every"),
            (TrainingConfig { steps: 0, ..usual() }, "steps"),
            (TrainingConfig { learning_rate: f64::NAN, ..usual() }, "learning-rate"),
            (TrainingConfig { gradient_limit: 0.0, ..usual() }, "gradient-limit"),
            (TrainingConfig { average_decay: 1.0, ..usual() }, "average-decay"),
            (TrainingConfig { validation_examples: 0, ..usual() }, "validation-examples"),
            (TrainingConfig { weight_decay: f64::NAN, ..usual() }, "weight-decay"),
            (TrainingConfig { final_share: -0.1, ..usual() }, "final-share"),
            (TrainingConfig { loss: LossWeights { dice: 0.0, cross_entropy: 0.0 }, ..usual() }, "loss"),
            (
                TrainingConfig {
                    augmentation: Augmentation { noise: f32::INFINITY, ..Augmentation::default() },
                    ..usual()
                },
                "augmentation",
            ),
            (
                TrainingConfig { network: NetworkShape { classes: 3, ..NetworkShape::default() }, ..usual() },
                "network.classes",
            ),
        ] {
            assert_eq!(wrong.fault().map(|fault| fault.field), Some(field));
        }
        let start_from = Some(StartFrom::One("weights.safetensors".into()));
        assert_eq!(TrainingConfig { steps: 0, start_from, ..usual() }.fault(), None);
    }

    #[test]
    fn the_learning_rate_rises_then_falls() {
        let config = TrainingConfig::default();
        assert!(config.learning_rate_at(0) < config.learning_rate_at(20));
        assert!((config.learning_rate_at(50) - config.learning_rate).abs() < 1e-9);
        assert!(config.learning_rate_at(3999) < 0.02 * config.learning_rate);
    }
}
