//! A small network learns toy images in seconds, and a resumed run ends with the same bits.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::Array3;
use randomness::Stream;
use randomness::rand::Rng;
use vnet::{Level, Model, NetworkShape};
use vnet_train::{
    Augmentation, Example, StartFrom, TrainError, TrainingConfig, TrainingEvent, TrainingSource, TrainingSummary, train,
};

/// Four balls of different brightness, one per class, on a grey background.
struct Balls(u64);

impl TrainingSource for Balls {
    fn example(&self, index: u64) -> Example {
        let stream = Stream::from_seed(self.0).child("example", index);
        let mut rng = stream.rng();
        let mut image = Array3::from_elem((4, 32, 32), 1.0f32);
        let mut labels = Array3::zeros((4, 32, 32));
        for (class, quarter) in [(1, (8, 8)), (2, (8, 24)), (3, (24, 8)), (4, (24, 24))] {
            let centre = [rng.random_range(1.0..3.0), quarter.0 as f32, quarter.1 as f32];
            for ((k, j, i), label) in labels.indexed_iter_mut() {
                let off = [2.0 * (k as f32 - centre[0]), j as f32 - centre[1], i as f32 - centre[2]];
                if off.iter().map(|v| v * v).sum::<f32>() < 36.0 {
                    *label = class;
                    image[[k, j, i]] = [0.3, 1.8, 2.6, 3.4][usize::from(class) - 1];
                }
            }
        }
        image.iter_mut().for_each(|v| *v += rng.random_range(-0.1..0.1));
        Example { image, labels }
    }

    fn identity(&self) -> String {
        format!("balls {}", self.0)
    }
}

fn config(steps: u64) -> TrainingConfig {
    let level = |width, kernel, stride| Level { width, kernel, stride, convolutions: 1 };
    TrainingConfig {
        steps,
        crop: [4, 32, 32],
        warm_up_steps: 5,
        learning_rate: 1e-2,
        average_decay: 0.9,
        checkpoint_every: 7,
        validate_every: 50,
        validation_examples: 3,
        augmentation: Augmentation { log_gamma: 0.05, log_scale: 0.05, log_bias: 0.05, ..Augmentation::default() },
        network: NetworkShape {
            levels: vec![level(8, [1, 3, 3], [1, 1, 1]), level(16, [3, 3, 3], [2, 2, 2])],
            classes: 5,
        },
        ..TrainingConfig::default()
    }
}

#[test]
fn a_small_network_learns_toy_images() {
    let folder = tempfile::tempdir().unwrap();
    let mut losses = Vec::new();
    let summary =
        train(&config(120), None, &Balls(1), &Balls(2), folder.path(), &AtomicBool::new(false), &mut |event| {
            if let TrainingEvent::Step { loss, .. } = event {
                losses.push(loss);
            }
        })
        .unwrap();
    assert_eq!((summary.steps, summary.stopped), (120, false));
    assert!(losses[110..].iter().sum::<f32>() < 0.3 * losses[..10].iter().sum::<f32>(), "{losses:?}");
    assert!(summary.dice.unwrap().iter().all(|dice| *dice > 0.85), "{:?}", summary.dice);
    let model = Model::load(folder.path()).unwrap();
    assert_eq!(model.provenance().steps, 120);
    assert_eq!(model.hash().len(), 64);
    assert!(folder.path().join("curve.svg").exists());
}

/// Trains on balls 1, and sets `stop` once `until` happens.
fn train_until(
    config: &TrainingConfig,
    folder: &Path,
    until: impl Fn(&TrainingEvent) -> bool,
) -> Result<TrainingSummary, TrainError> {
    let stop = AtomicBool::new(false);
    train(config, None, &Balls(1), &Balls(2), folder, &stop, &mut |event| {
        if until(&event) {
            stop.store(true, Ordering::Relaxed);
        }
    })
}

/// Steps and validations in the log, without times.
fn logged(folder: &Path) -> Vec<(u64, Option<f32>)> {
    let text = std::fs::read_to_string(folder.join("log.jsonl")).unwrap();
    let events = text.lines().map(|line| serde_json::from_str(line).unwrap());
    events
        .filter_map(|event| match event {
            TrainingEvent::Step { step, loss, .. } => Some((step, Some(loss))),
            TrainingEvent::Validation { step, .. } => Some((step, None)),
            _ => None,
        })
        .collect()
}

#[test]
fn a_resumed_run_ends_with_the_bits_of_an_uninterrupted_one() {
    // It is stopped in the middle of an example, and resumed with another number of threads.
    let config = TrainingConfig { batch: 2, crops_per_example: 3, validate_every: 5, ..config(12) };
    let whole = tempfile::tempdir().unwrap();
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool(1).install(|| train_until(&config, whole.path(), |_| false)).unwrap();

    for stops in [
        |event: &TrainingEvent| matches!(event, TrainingEvent::Step { step: 5, .. }),
        |event: &TrainingEvent| matches!(event, TrainingEvent::Validation { step: 5, .. }),
    ] {
        let parts = tempfile::tempdir().unwrap();
        let first = pool(3).install(|| train_until(&config, parts.path(), stops)).unwrap();
        assert_eq!((first.steps, first.stopped), (5, true));
        // As if it had been killed two steps later: steps after the checkpoint are repeated, and logged once.
        let log = std::fs::OpenOptions::new().append(true).open(parts.path().join("log.jsonl"));
        log.unwrap().write_all(b"{\"event\":\"resumed\",\"step\":7}\n{\"event\":\"st").unwrap();
        pool(2).install(|| train_until(&config, parts.path(), |_| false)).unwrap();

        let bytes = |folder: &tempfile::TempDir| std::fs::read(folder.path().join("checkpoint.safetensors")).unwrap();
        assert!(bytes(&whole) == bytes(&parts));
        let curve = |folder: &tempfile::TempDir| std::fs::read(folder.path().join("curve.svg")).unwrap();
        assert!(curve(&whole) == curve(&parts));
        assert_eq!(logged(whole.path()), logged(parts.path()));
    }
}

#[test]
fn a_run_that_ended_before_writing_its_weights_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    train_until(&config(3), folder.path(), |_| false).unwrap();
    let weights = folder.path().join("weights.safetensors");
    let whole = std::fs::read(&weights).unwrap();
    std::fs::remove_file(&weights).unwrap();
    let again = train_until(&config(3), folder.path(), |_| false).unwrap();
    assert!(std::fs::read(&weights).unwrap() == whole && again.dice.is_some());
}

#[test]
fn a_run_that_exported_over_its_initial_weights_is_resumed() {
    let (never, folder) = (AtomicBool::new(false), tempfile::tempdir().unwrap());
    let config = TrainingConfig { start_from: Some(StartFrom::One("weights.safetensors".into())), ..config(3) };
    let run = |start: &Model| train(&config, Some(start), &Balls(1), &Balls(2), folder.path(), &never, &mut |_| {});
    let start = untrained(config.network.clone(), 4);
    run(&start).unwrap();
    let end = Model::load(folder.path()).unwrap();
    assert_eq!(run(&end).unwrap().steps, 3);
    // The checkpoint remembers its initial weights.
    run(&start).unwrap();
    assert!(run(&untrained(config.network.clone(), 5)).unwrap_err().to_string().contains("other initial weights"));
}

#[test]
fn the_log_of_a_run_without_a_checkpoint_is_started_over() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("log.jsonl"), "{\"event\":\"checkpoint\",\"step\":1}\n").unwrap();
    train_until(&config(3), folder.path(), |_| false).unwrap();
    let text = std::fs::read_to_string(folder.path().join("log.jsonl")).unwrap();
    assert_eq!(text.lines().filter(|line| line.contains("checkpoint")).count(), 1, "{text}");
}

#[test]
fn a_locked_folder_and_a_damaged_checkpoint_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    train_until(&config(3), folder.path(), |_| false).unwrap();
    let lock = std::fs::File::open(folder.path().join("lock")).unwrap();
    lock.try_lock().unwrap();
    let refused = train_until(&config(3), folder.path(), |_| false).unwrap_err().to_string();
    assert!(refused.contains("another training"), "{refused}");
    drop(lock);

    let path = folder.path().join("checkpoint.safetensors");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let refused = train_until(&config(3), folder.path(), |_| false).unwrap_err().to_string();
    assert!(refused.contains("do not match their hash"), "{refused}");
}

#[test]
fn a_checkpoint_of_other_examples_or_initial_weights_is_refused() {
    let (never, folder) = (AtomicBool::new(false), tempfile::tempdir().unwrap());
    train_until(&config(3), folder.path(), |_| false).unwrap();
    let before = std::fs::read(folder.path().join("checkpoint.safetensors")).unwrap();
    let start = untrained(config(1).network, 4);
    for (start, source, expected) in
        [(None, Balls(8), "other examples"), (Some(&start), Balls(1), "other initial weights")]
    {
        let refused = train(&config(3), start, &source, &Balls(2), folder.path(), &never, &mut |_| {});
        let message = refused.unwrap_err().to_string();
        assert!(message.contains(expected), "{message}");
    }
    assert!(std::fs::read(folder.path().join("checkpoint.safetensors")).unwrap() == before);
}

#[test]
fn zero_steps_write_the_initial_weights() {
    let (never, folder) = (AtomicBool::new(false), tempfile::tempdir().unwrap());
    let named =
        |steps| TrainingConfig { start_from: Some(StartFrom::One("start.safetensors".into())), ..config(steps) };
    let start = untrained(config(1).network, 4);
    let summary = train(&named(0), Some(&start), &Balls(1), &Balls(2), folder.path(), &never, &mut |_| {}).unwrap();
    assert_eq!((summary.steps, summary.stopped, summary.dice.is_some()), (0, false, true));
    let image = Balls(3).example(0).image;
    assert_eq!(Model::load(folder.path()).unwrap().logits(&image), start.logits(&image));
    // Whatever an earlier run left.
    let other = untrained(config(1).network, 5);
    train(&named(0), Some(&other), &Balls(1), &Balls(2), folder.path(), &never, &mut |_| {}).unwrap();
    assert_eq!(Model::load(folder.path()).unwrap().logits(&image), other.logits(&image));
    // But another training's result is not overwritten.
    let begun = tempfile::tempdir().unwrap();
    train_until(&config(3), begun.path(), |_| false).unwrap();
    let before = std::fs::read(begun.path().join("weights.safetensors")).unwrap();
    let over = train(&named(0), Some(&other), &Balls(1), &Balls(2), begun.path(), &never, &mut |_| {});
    assert!(over.unwrap_err().to_string().contains("other configuration"));
    assert!(std::fs::read(begun.path().join("weights.safetensors")).unwrap() == before);
    let refused = train(&config(0), None, &Balls(1), &Balls(2), folder.path(), &never, &mut |_| {});
    assert!(refused.unwrap_err().to_string().contains("steps: found 0"));
}

fn untrained(network: NetworkShape, seed: u64) -> Model {
    let parameters = network.initial(Stream::from_seed(seed));
    let (image, provenance) = (vnet::ImageContract::default(), vnet::Provenance::default());
    Model::from_weights(vnet::Weights { network, image, provenance, parameters }).unwrap()
}
