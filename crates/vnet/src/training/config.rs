//! The training file.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::augmentation::Augmentation;
use crate::kernel::loss::LossWeights;
use crate::network::NetworkShape;
use crate::outline::BODY_CORTEX;
use crate::prepare::ImageContract;

/// Weights to start from: paths as seen from the training file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected the path of a weights file, or a list of them whose mean is meant")]
pub enum StartFrom {
    /// Those of one file.
    One(PathBuf),
    /// The mean of several, from networks of one shape.
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

/// Everything that determines a training run besides its examples.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct TrainingConfig {
    /// Root of all random draws.
    pub seed: u64,
    /// Weights to start from; random ones if left out. A smaller network grows into this one without a change in what it
    /// computes.
    pub start_from: Option<StartFrom>,
    /// Optimizer steps; none leave the start's weights, the mean of several for instance.
    pub steps: u64,
    /// Crops whose gradients are averaged in one step.
    pub batch: u64,
    /// Crops taken of one example before the next is asked for; spares a slow generator.
    pub crops_per_example: u64,
    /// Highest learning rate.
    pub learning_rate: f64,
    /// Steps over which the learning rate rises linearly.
    pub warm_up_steps: u64,
    /// The learning rate falls along a cosine to this share of the highest.
    pub final_share: f64,
    /// Decoupled weight decay per unit of learning rate; spares normalization and biases.
    pub weight_decay: f64,
    /// Gradients longer than this are shortened to it.
    pub gradient_limit: f64,
    /// Share of the moving average that stays from step to step.
    pub average_decay: f64,
    /// Slices, rows and columns of a training crop: multiples of what the network needs.
    pub crop: [usize; 3],
    /// Steps between checkpoints.
    pub checkpoint_every: u64,
    /// Steps between validations.
    pub validate_every: u64,
    /// Examples of a validation.
    pub validation_examples: u64,
    /// Commit of the program, noted with the weights.
    pub commit: String,
    /// Shares of the loss.
    pub loss: LossWeights,
    /// How examples are varied.
    pub augmentation: Augmentation,
    /// What images the network expects.
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

    /// Whether the network has a class for the cortex of vertebral bodies, [`crate::BODY_CORTEX`].
    pub fn tells_body_cortex_apart(&self) -> bool {
        self.network.classes > usize::from(BODY_CORTEX)
    }

    /// What is wrong with the configuration, if anything.
    pub fn fault(&self) -> Option<String> {
        if let Some(fault) = self.network.fault() {
            return Some(format!("network: {fault}"));
        }
        if let Some(fault) = self.image.fault() {
            return Some(format!("image: {fault}"));
        }
        let multiple = self.network.multiple();
        for (name, extent) in [("crop", self.crop), ("image.multiple", self.image.multiple)] {
            if (0..3).any(|axis| extent[axis] == 0 || !extent[axis].is_multiple_of(multiple[axis])) {
                return Some(format!("{name}: found {extent:?}, expected multiples of {multiple:?}"));
            }
        }
        let counts = [self.batch, self.crops_per_example, self.checkpoint_every, self.validate_every];
        if counts.contains(&0) {
            return Some("batch, crops-per-example, checkpoint-every and validate-every are at least 1".into());
        }
        if self.steps == 0 && self.start_from.is_none() {
            return Some("steps is at least 1, or 0 where start-from names weights whose mean is wanted".into());
        }
        let positive = [self.learning_rate, self.gradient_limit];
        if positive.iter().any(|v| !(v.is_finite() && *v > 0.0)) {
            return Some("learning-rate and gradient-limit are above 0".into());
        }
        if self.image.plane.class_names(self.network.classes).is_none() {
            let count = geometry::Structure::COUNT;
            return Some(format!(
                "network.classes: found {}, expected {count}, or {} where the cortex of vertebral bodies is told apart \
                 (sagittal slices only)",
                self.network.classes,
                count + 1
            ));
        }
        (!(0.0..1.0).contains(&self.average_decay)).then(|| "average-decay lies in 0..1".into())
    }

    /// Learning rate of a step, counted from 0.
    pub fn learning_rate_at(&self, step: u64) -> f64 {
        if step < self.warm_up_steps {
            return self.learning_rate * (step + 1) as f64 / self.warm_up_steps as f64;
        }
        let way = (step - self.warm_up_steps) as f64 / (self.steps.saturating_sub(self.warm_up_steps)).max(1) as f64;
        let cosine = 0.5 * (1.0 + (std::f64::consts::PI * way.min(1.0)).cos());
        self.learning_rate * (self.final_share + (1.0 - self.final_share) * cosine)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_sound_and_survive_their_file() {
        let config = TrainingConfig::default();
        assert_eq!(config.fault(), None);
        let text = toml::to_string(&config).expect("a TOML form");
        assert_eq!(toml::from_str::<TrainingConfig>(&text).expect("its own text"), config);
        assert!(toml::from_str::<TrainingConfig>("learning-rat = 1.0").is_err());
    }

    #[test]
    fn the_learning_rate_rises_then_falls() {
        let config = TrainingConfig::default();
        assert!(config.learning_rate_at(0) < config.learning_rate_at(20));
        assert!((config.learning_rate_at(50) - config.learning_rate).abs() < 1e-9);
        assert!(config.learning_rate_at(3999) < 0.02 * config.learning_rate);
    }
}
