//! The training loop.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

use candle_core::{Device, Tensor};
use ndarray::Axis;
use randomness::Stream;
use rayon::prelude::*;
use vnet::outline::{Outline, STRUCTURE_OF_CLASS, most_probable, structures};
use vnet::weights;
use vnet::{Model, Parameters, Provenance, Weights};

use crate::checkpoint::{self, Lineage};
use crate::config::TrainingConfig;
use crate::error::TrainError;
use crate::event::{TrainingEvent, TrainingSummary};
use crate::growth;
use crate::journal::Journal;
use crate::network::{Network, input, variables};
use crate::op::{SegmentationLoss, read, training_device};
use crate::optimizer::{State, StepSettings};
use crate::source::{Example, TrainingSource};

/// Augmented crops that may wait for the optimizer.
const QUEUE: usize = 4;

/// Trains, or resumes from the checkpoint in `out`, until `config.steps` or until `stop` is set.
/// `start` is the model that `config.start_from` names.
///
/// `out` receives `checkpoint.safetensors`, `weights.safetensors` (the averaged weights), `log.jsonl`,
/// `curve.svg`, and `lock`, which keeps a second training out. A resumed run ends with the same bits as an uninterrupted
/// one, and continues its log and curve from the checkpoint. Apart from the fields named `wall`, everything follows from
/// configuration, start and sources alone. A checkpoint of another configuration, start or source is refused.
pub fn train(
    config: &TrainingConfig,
    start: Option<&Model>,
    source: &dyn TrainingSource,
    validation: &dyn TrainingSource,
    out: &Path,
    stop: &AtomicBool,
    sink: &mut dyn FnMut(TrainingEvent),
) -> Result<TrainingSummary, TrainError> {
    if let Some(fault) = config.fault() {
        return Err(TrainError::Config(fault.to_string()));
    }
    let mut journal = Journal::open(out, config, sink)?;
    let stream = Stream::from_seed(config.seed);
    let path = out.join(checkpoint::FILE_NAME);
    let lineage = Lineage { config: config.hash(), examples: source.identity(), start: None };
    // If the start's configuration is this one, an earlier session has exported its result over the initial weights.
    let start_is_own_result = start.is_some_and(|model| model.provenance().config_hash == lineage.config);
    let start_digest = start.map_or_else(|| "random".to_owned(), |model| model.parameters().digest());
    let checkpoint = if has_checkpoint(out) {
        let expected = if start_is_own_result || config.steps == 0 { None } else { Some(start_digest.clone()) };
        let expected = Lineage { start: expected, ..lineage.clone() };
        Some(checkpoint::load(&config.network, &expected, &path)?)
    } else {
        None
    };
    let (state, lineage) = match checkpoint {
        // With 0 steps the result is the start, whatever an earlier run left.
        Some((state, lineage)) if config.steps > 0 => {
            journal.resume(state.step)?;
            (state, lineage)
        }
        _ => {
            journal.start_over()?;
            let state = State::start(initial_weights(config, start, stream)?);
            (state, Lineage { start: Some(start_digest), ..lineage })
        }
    };

    let device = training_device()?;
    std::thread::scope(|scope| {
        let (sender, queue) = sync_channel(QUEUE);
        let first = state.step * config.batch;
        scope.spawn(move || feed(config, source, stream, first, &sender));
        let mut run = Run { config, lineage, device, state, validation, validation_examples: Vec::new(), dice: None };
        run.train(&queue, stop, &mut journal)
        // The queue is dropped here, which ends the feeding thread.
    })
}

/// Whether a folder holds a checkpoint, from which [`train`] would resume.
pub fn has_checkpoint(out: &Path) -> bool {
    out.join(checkpoint::FILE_NAME).exists()
}

/// The start model's weights, grown into a larger network if the configuration has one; random ones without a start model.
fn initial_weights(config: &TrainingConfig, start: Option<&Model>, stream: Stream) -> Result<Parameters, TrainError> {
    let Some(model) = start else { return Ok(config.network.initial(stream.child("weights", 0))) };
    if *model.network() == config.network {
        return Ok(model.parameters().clone());
    }
    growth::grown(model.parameters(), model.network(), &config.network, stream.child("growth", 0))
        .map_err(|reason| TrainError::Config(format!("start-from: {reason}")))
}

/// Sends augmented crops in order, until all are sent or the receiver is gone.
fn feed(
    config: &TrainingConfig,
    source: &dyn TrainingSource,
    stream: Stream,
    first: u64,
    sender: &SyncSender<Example>,
) {
    let left_right = Axis(config.image.left_right_axis());
    let mut current: Option<(u64, Example)> = None;
    for number in first..config.steps * config.batch {
        let index = number / config.crops_per_example;
        let example = match current.take() {
            Some((held, example)) if held == index => example,
            _ => source.example(index),
        };
        let crop = config.augmentation.augment(&example, config.crop, left_right, stream.child("crop", number));
        current = Some((index, example));
        if sender.send(crop).is_err() {
            return;
        }
    }
}

struct Run<'a> {
    config: &'a TrainingConfig,
    lineage: Lineage,
    device: Device,
    state: State,
    validation: &'a dyn TrainingSource,
    /// Validation examples, made once.
    validation_examples: Vec<Example>,
    dice: Option<[f64; 4]>,
}

impl Run<'_> {
    fn train(
        &mut self,
        queue: &Receiver<Example>,
        stop: &AtomicBool,
        journal: &mut Journal<'_>,
    ) -> Result<TrainingSummary, TrainError> {
        let config = self.config;
        if self.state.step >= config.steps {
            // No step is left: 0 were asked for, or a run ended before everything was written.
            self.write(journal)?;
            self.validate(journal)?;
        }
        let mut written = self.state.step;
        while self.state.step < config.steps && !stop.load(Ordering::Relaxed) {
            self.step(queue, journal)?;
            let step = self.state.step;
            if step == config.steps || step.is_multiple_of(config.checkpoint_every) {
                self.write(journal)?;
                written = step;
            }
            if step == config.steps || step.is_multiple_of(config.validate_every) {
                self.validate(journal)?;
            }
        }
        if written < self.state.step {
            self.write(journal)?;
        }
        Ok(TrainingSummary {
            steps: self.state.step,
            stopped: self.state.step < config.steps,
            dice: self.dice,
            waiting_share: journal.waiting_share(),
        })
    }

    /// One optimizer step over a batch of crops.
    fn step(&mut self, queue: &Receiver<Example>, journal: &mut Journal<'_>) -> Result<(), TrainError> {
        let config = self.config;
        let begun = Instant::now();
        let crops: Vec<Example> = (0..config.batch)
            .map(|_| queue.recv().expect("the feeding thread sends every crop of every step"))
            .collect();
        let waiting_ms = begun.elapsed().as_secs_f64() * 1e3;
        let variables = variables(&self.state.weights, &self.device)?;
        let tensors: Vec<_> = variables.iter().map(|v| v.as_tensor().clone()).collect();
        // In parallel, since one crop alone leaves cores idle between its operations; summed in order.
        let parts: Vec<_> = crops.into_par_iter().map(|crop| self.differentiate(&tensors, crop)).collect();
        let mut gradients: Vec<Vec<f32>> = self.state.weights.0.iter().map(|p| vec![0.0; p.values.len()]).collect();
        let mut loss = 0.0;
        for part in parts {
            let (crop_loss, crop_gradients) = part?;
            loss += crop_loss / config.batch as f32;
            for (sum, gradient) in gradients.iter_mut().zip(crop_gradients) {
                sum.iter_mut().zip(gradient).for_each(|(sum, g)| *sum += g / config.batch as f32);
            }
        }
        let learning_rate = config.learning_rate_at(self.state.step);
        if !loss.is_finite() {
            return Err(TrainError::Diverged { step: self.state.step, loss });
        }
        let gradient = self.state.advance(
            &gradients,
            StepSettings {
                learning_rate,
                weight_decay: config.weight_decay,
                gradient_limit: config.gradient_limit,
                average_decay: config.average_decay,
            },
        );
        journal.record(TrainingEvent::Step {
            step: self.state.step,
            loss,
            gradient,
            learning_rate,
            wall_ms: begun.elapsed().as_secs_f64() * 1e3,
            wall_waiting_ms: waiting_ms,
        })
    }

    /// The loss of one crop and its gradient by each tensor of weights.
    fn differentiate(&self, tensors: &[Tensor], crop: Example) -> Result<(f32, Vec<Vec<f32>>), candle_core::Error> {
        let config = self.config;
        let logits = Network::new(&config.network, tensors).logits(&input(&crop.image, &self.device)?)?;
        let labels = crop.labels.into_iter().collect();
        let loss = SegmentationLoss { labels, weights: config.loss }.apply(&logits)?;
        let store = loss.backward()?;
        let by_tensor = |tensor| store.get(tensor).map_or_else(|| Ok(Vec::new()), |g| read(g, |g| Ok(g.to_vec())));
        Ok((loss.to_scalar()?, tensors.iter().map(by_tensor).collect::<Result<_, _>>()?))
    }

    fn weights(&self) -> Weights {
        Weights {
            network: self.config.network.clone(),
            image: self.config.image.clone(),
            provenance: Provenance {
                steps: self.state.step,
                config_hash: self.config.hash(),
                commit: self.config.commit.clone(),
            },
            parameters: self.state.average.clone(),
        }
    }

    fn write(&self, journal: &mut Journal<'_>) -> Result<(), TrainError> {
        checkpoint::save(&self.state, &self.lineage, &journal.out.join(checkpoint::FILE_NAME))?;
        self.weights().save(&journal.out.join(weights::FILE_NAME))?;
        journal.record(TrainingEvent::Checkpoint { step: self.state.step })
    }

    /// Records the validation Dice of the averaged weights and draws the curve.
    fn validate(&mut self, journal: &mut Journal<'_>) -> Result<(), TrainError> {
        let dice = self.validation_dice()?;
        self.dice = Some(dice);
        journal.record(TrainingEvent::Validation { step: self.state.step, dice })?;
        journal.draw()
    }

    /// Dice of the averaged weights by structure, over all voxels of the validation examples.
    fn validation_dice(&mut self) -> Result<[f64; 4], TrainError> {
        let model = Model::from_weights(self.weights())?;
        for number in self.validation_examples.len() as u64..self.config.validation_examples {
            self.validation_examples.push(self.validation.example(number));
        }
        let (mut intersection, mut sum) = ([0u64; 5], [0u64; 5]);
        for example in &self.validation_examples {
            let logits = model.logits(&example.image);
            let found = most_probable(&structures(&logits, self.config.network.classes, Outline::Anatomy));
            for (found, truth) in found.iter().zip(&example.labels) {
                let (found, truth) = (usize::from(*found), STRUCTURE_OF_CLASS[usize::from(*truth)]);
                sum[found] += 1;
                sum[truth] += 1;
                intersection[truth] += u64::from(found == truth);
            }
        }
        Ok(std::array::from_fn(|class| 2.0 * intersection[class + 1] as f64 / sum[class + 1].max(1) as f64))
    }
}
