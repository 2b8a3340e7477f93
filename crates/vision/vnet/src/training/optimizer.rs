//! AdamW (Loshchilov, Hutter, arXiv 1711.05101) with a moving average of the weights.

use crate::parameters::Parameters;

/// Decay of the gradient's running mean.
const BETA_1: f64 = 0.9;
/// Decay of the gradient's running square.
const BETA_2: f64 = 0.99;
/// Keeps the division finite.
const EPSILON: f64 = 1e-8;

/// Weights on their way: all that one step hands to the next.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Steps taken.
    pub step: u64,
    /// Current weights.
    pub weights: Parameters,
    /// Running mean of the gradients.
    pub mean: Parameters,
    /// Running mean of the squared gradients.
    pub square: Parameters,
    /// Moving average of the weights: what is validated and shipped.
    pub average: Parameters,
}

/// Settings of one step.
#[derive(Clone, Copy, Debug)]
pub struct StepSettings {
    /// Learning rate.
    pub learning_rate: f64,
    /// Decoupled decay of convolution weights.
    pub weight_decay: f64,
    /// Longest gradient.
    pub gradient_limit: f64,
    /// Decay of the moving average; less in the first steps.
    pub average_decay: f64,
}

impl State {
    /// The state before the first step.
    pub fn start(weights: Parameters) -> Self {
        let zero = weights.filled(0.0);
        Self { step: 0, mean: zero.clone(), square: zero, average: weights.clone(), weights }
    }

    /// Takes one step along `gradients` (one vector a parameter); returns the gradient's length
    /// before it was limited.
    pub fn advance(&mut self, gradients: &[Vec<f32>], settings: StepSettings) -> f64 {
        let length = gradients.iter().flatten().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
        let shorten = if length > settings.gradient_limit { settings.gradient_limit / length } else { 1.0 };
        self.step += 1;
        let unbias = |beta: f64| 1.0 - beta.powf(self.step as f64);
        let (unbias_1, unbias_2) = (unbias(BETA_1), unbias(BETA_2));
        // Early averages forget fast, as the first weights are worth nothing.
        let keep = settings.average_decay.min((1.0 + self.step as f64) / (10.0 + self.step as f64));
        for (number, gradient) in gradients.iter().enumerate() {
            let weights = &mut self.weights.0[number];
            let decay = if weights.name.ends_with("weight") { settings.weight_decay } else { 0.0 };
            let (mean, square) = (&mut self.mean.0[number].values, &mut self.square.0[number].values);
            let average = &mut self.average.0[number].values;
            for (i, g) in gradient.iter().enumerate() {
                let g = f64::from(*g) * shorten;
                let m = BETA_1 * f64::from(mean[i]) + (1.0 - BETA_1) * g;
                let v = BETA_2 * f64::from(square[i]) + (1.0 - BETA_2) * g * g;
                (mean[i], square[i]) = (m as f32, v as f32);
                let w = f64::from(weights.values[i]);
                let toward = m / unbias_1 / ((v / unbias_2).sqrt() + EPSILON) + decay * w;
                weights.values[i] = (w - settings.learning_rate * toward) as f32;
                average[i] = (keep * f64::from(average[i]) + (1.0 - keep) * f64::from(weights.values[i])) as f32;
            }
        }
        length
    }
}
