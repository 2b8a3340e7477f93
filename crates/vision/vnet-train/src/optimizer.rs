//! AdamW (Loshchilov, Hutter, arXiv 1711.05101) with a moving average of the weights.

use vnet::Parameters;

/// Decay of the gradient's running mean.
const BETA_1: f64 = 0.9;
/// Decay of the gradient's running square.
const BETA_2: f64 = 0.99;
/// Keeps the division by the root of the square finite.
const EPSILON: f64 = 1e-8;

/// The optimizer's state: everything that one step passes to the next.
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
    /// Upper limit of the gradient's norm.
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

    /// Takes one step along `gradients`, one vector per parameter; returns the gradient's norm before it was limited.
    pub fn advance(&mut self, gradients: &[Vec<f32>], settings: StepSettings) -> f64 {
        let norm = gradients.iter().flatten().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
        let scale = if norm > settings.gradient_limit { settings.gradient_limit / norm } else { 1.0 };
        self.step += 1;
        let bias_correction = |beta: f64| 1.0 - beta.powf(self.step as f64);
        let (correction_1, correction_2) = (bias_correction(BETA_1), bias_correction(BETA_2));
        // Early averages decay faster: the first weights are still poor.
        let keep = settings.average_decay.min((1.0 + self.step as f64) / (10.0 + self.step as f64));
        for (number, gradient) in gradients.iter().enumerate() {
            let weights = &mut self.weights.0[number];
            let decay = if weights.name.ends_with("weight") { settings.weight_decay } else { 0.0 };
            let (mean, square) = (&mut self.mean.0[number].values, &mut self.square.0[number].values);
            let average = &mut self.average.0[number].values;
            for (i, g) in gradient.iter().enumerate() {
                let g = f64::from(*g) * scale;
                let m = BETA_1 * f64::from(mean[i]) + (1.0 - BETA_1) * g;
                let v = BETA_2 * f64::from(square[i]) + (1.0 - BETA_2) * g * g;
                (mean[i], square[i]) = (m as f32, v as f32);
                let w = f64::from(weights.values[i]);
                let update = m / correction_1 / ((v / correction_2).sqrt() + EPSILON) + decay * w;
                weights.values[i] = (w - settings.learning_rate * update) as f32;
                average[i] = (keep * f64::from(average[i]) + (1.0 - keep) * f64::from(weights.values[i])) as f32;
            }
        }
        norm
    }
}
