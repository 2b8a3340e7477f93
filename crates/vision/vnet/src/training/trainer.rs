//! The training loop.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Instant;

use candle_core::{Device, Tensor};
use randomness::Stream;
use rayon::prelude::*;

use super::checkpoint::{self, Lineage};
use super::config::TrainingConfig;
use super::event::{TrainingEvent, TrainingSummary};
use super::growth;
use super::journal::Journal;
use super::optimizer::{State, StepSettings};
use super::source::{Example, TrainingSource};
use crate::model::Model;
use crate::network::{Network, input};
use crate::op::{SegmentationLoss, read, training_device};
use crate::outline::{Outline, most_probable, structure_of, structures};
use crate::parameters::Parameters;
use crate::weights::{self, ModelError, Provenance, Weights};

/// Varied crops that may wait for the optimizer.
const QUEUE: usize = 4;

/// Why training ended early.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The configuration contradicts itself.
    #[error("training configuration: {0}")]
    Config(String),
    /// A file of the training folder.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// Another training writes to the folder.
    #[error("{}: another training is writing there; expected a folder of its own", .0.display())]
    InUse(PathBuf),
    /// A checkpoint or weights file.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The network itself failed.
    #[error("the network failed: {0}")]
    Network(#[from] candle_core::Error),
    /// The loss is no number.
    #[error("the loss is {loss} at step {step}: lower the learning rate")]
    Diverged {
        /// The step.
        step: u64,
        /// The loss.
        loss: f32,
    },
}

/// Trains, or goes on from the checkpoint in `out`, until `config.steps` or until `stop` is set.
/// `start` is the model that `config.start_from` names.
///
/// `out` receives `checkpoint.safetensors`, `weights.safetensors` (the averaged weights), `log.jsonl`,
/// `curve.svg`, and `lock`, by which no second training writes there at the same time. A resumed run ends with the same bits as an uninterrupted one; its log and its picture go on from
/// the checkpoint. Apart from the fields named `wall`, everything follows from configuration, start and sources alone.
/// A checkpoint of another configuration, start or source is refused.
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
    let any_start = Lineage { config: config.hash(), examples: source.identity(), start: None };
    // Weights that this training exported over those that it started from are its own end.
    let is_own = start.is_some_and(|model| model.provenance().config_hash == any_start.config);
    let of_start = start.map_or_else(|| "random".to_owned(), |model| model.parameters().digest());
    let begun = if is_begun(out) {
        let expected = if is_own || config.steps == 0 { None } else { Some(of_start.clone()) };
        let expected = Lineage { start: expected, ..any_start.clone() };
        Some(checkpoint::load(&config.network, &expected, &path)?)
    } else {
        None
    };
    let (state, lineage) = match begun {
        // Without a step there is nothing to go on from: the start is all, whatever it was before.
        Some((state, lineage)) if config.steps > 0 => {
            journal.goes_on(state.step)?;
            (state, lineage)
        }
        _ => {
            journal.begins()?;
            let state = State::start(first_weights(config, start, stream)?);
            (state, Lineage { start: Some(of_start), ..any_start })
        }
    };

    let device = training_device()?;
    std::thread::scope(|scope| {
        let (sender, queue) = sync_channel(QUEUE);
        let first = state.step * config.batch;
        scope.spawn(move || feed(config, source, stream, first, &sender));
        let mut run = Run { config, lineage, device, state, validation, seen: Vec::new(), dice: None };
        run.learn(&queue, stop, &mut journal)
        // The queue is dropped here, which ends the feeding thread.
    })
}

/// Whether a folder holds a training that [`train`] goes on with.
pub fn is_begun(out: &Path) -> bool {
    out.join(checkpoint::FILE_NAME).exists()
}

/// The start model's weights, in a larger network if that is asked for; without a start model random ones.
fn first_weights(config: &TrainingConfig, start: Option<&Model>, stream: Stream) -> Result<Parameters, TrainError> {
    let Some(model) = start else { return Ok(config.network.initial(stream.child("weights", 0))) };
    if *model.network() == config.network {
        return Ok(model.parameters().clone());
    }
    growth::grown(model.parameters(), model.network(), &config.network, stream.child("growth", 0))
        .map_err(|reason| TrainError::Config(format!("start-from: {reason}")))
}

/// Sends varied crops in order until all are sent or nobody listens.
fn feed(
    config: &TrainingConfig,
    source: &dyn TrainingSource,
    stream: Stream,
    first: u64,
    sender: &SyncSender<Example>,
) {
    let mut current: Option<(u64, Example)> = None;
    for number in first..config.steps * config.batch {
        let index = number / config.crops_per_example;
        let example = match current.take() {
            Some((held, example)) if held == index => example,
            _ => source.example(index),
        };
        let varied = config.augmentation.vary(&example, config.crop, config.image.plane, stream.child("crop", number));
        current = Some((index, example));
        if sender.send(varied).is_err() {
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
    seen: Vec<Example>,
    dice: Option<[f64; 4]>,
}

impl Run<'_> {
    fn learn(
        &mut self,
        queue: &Receiver<Example>,
        stop: &AtomicBool,
        journal: &mut Journal<'_>,
    ) -> Result<TrainingSummary, TrainError> {
        let config = self.config;
        if self.state.step >= config.steps {
            // Nothing is left to be learned: of a mean of weights, or of a run that ended before all of it was written.
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
        let variables = self.state.weights.variables(&self.device)?;
        let tensors: Vec<_> = variables.iter().map(|v| v.as_tensor().clone()).collect();
        // Side by side, since one crop alone leaves cores idle between its operations; added up in order.
        let parts: Vec<_> = crops.into_par_iter().map(|crop| self.differentiate(&tensors, crop)).collect();
        let mut gradients: Vec<Vec<f32>> = self.state.weights.0.iter().map(|p| vec![0.0; p.values.len()]).collect();
        let mut loss = 0.0;
        for part in parts {
            let (of_crop, by_weights) = part?;
            loss += of_crop / config.batch as f32;
            for (sum, gradient) in gradients.iter_mut().zip(by_weights) {
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
        journal.note(TrainingEvent::Step {
            step: self.state.step,
            loss,
            gradient,
            learning_rate,
            wall_ms: begun.elapsed().as_secs_f64() * 1e3,
            wall_waiting_ms: waiting_ms,
        })
    }

    /// The loss of one crop, and its gradient by each tensor of weights.
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
        journal.note(TrainingEvent::Checkpoint { step: self.state.step })
    }

    /// Notes and draws how good the averaged weights are.
    fn validate(&mut self, journal: &mut Journal<'_>) -> Result<(), TrainError> {
        let dice = self.validation_dice()?;
        self.dice = Some(dice);
        journal.note(TrainingEvent::Validation { step: self.state.step, dice })?;
        journal.draw()
    }

    /// Dice of the averaged weights over all voxels of the validation examples.
    fn validation_dice(&mut self) -> Result<[f64; 4], TrainError> {
        let model = Model::from_weights(self.weights())?;
        for number in self.seen.len() as u64..self.config.validation_examples {
            self.seen.push(self.validation.example(number));
        }
        let (mut both, mut either) = ([0u64; 5], [0u64; 5]);
        for example in &self.seen {
            let logits = model.logits(&example.image);
            let found = most_probable(&structures(&logits, self.config.network.classes, Outline::Anatomy));
            for (found, truth) in found.iter().zip(&example.labels) {
                let (found, truth) = (usize::from(*found), structure_of(usize::from(*truth)));
                either[found] += 1;
                either[truth] += 1;
                both[truth] += u64::from(found == truth);
            }
        }
        Ok(std::array::from_fn(|class| 2.0 * both[class + 1] as f64 / either[class + 1].max(1) as f64))
    }
}
