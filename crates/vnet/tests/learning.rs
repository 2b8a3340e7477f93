//! A small network learns a toy spine in seconds, and a resumed run ends with the same bits.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicBool, Ordering};

use ndarray::Array3;
use randomness::Stream;
use randomness::rand::Rng;
use vnet::training::augmentation::Augmentation;
use vnet::{Example, Level, Model, NetworkShape, TrainingConfig, TrainingEvent, TrainingSource, train};

/// Four balls of different brightness, one a class, on a grey body.
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
fn a_small_network_learns_a_toy_spine() {
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

#[test]
fn a_resumed_run_ends_with_the_bits_of_an_uninterrupted_one() {
    let config = TrainingConfig { batch: 2, ..config(12) };
    let whole = tempfile::tempdir().unwrap();
    train(&config, None, &Balls(1), &Balls(2), whole.path(), &AtomicBool::new(false), &mut |_| {}).unwrap();

    let parts = tempfile::tempdir().unwrap();
    let stop = AtomicBool::new(false);
    let first = train(&config, None, &Balls(1), &Balls(2), parts.path(), &stop, &mut |event| {
        if matches!(event, TrainingEvent::Step { step: 5, .. }) {
            stop.store(true, Ordering::Relaxed);
        }
    })
    .unwrap();
    assert_eq!((first.steps, first.stopped), (5, true));
    train(&config, None, &Balls(1), &Balls(2), parts.path(), &AtomicBool::new(false), &mut |_| {}).unwrap();

    let bytes = |folder: &tempfile::TempDir| std::fs::read(folder.path().join("checkpoint.safetensors")).unwrap();
    assert!(bytes(&whole) == bytes(&parts));
}

#[test]
fn no_steps_leave_what_the_run_starts_from() {
    let (quiet, folder) = (AtomicBool::new(false), tempfile::tempdir().unwrap());
    let named =
        |steps| TrainingConfig { start_from: Some(vnet::StartFrom::One("start.safetensors".into())), ..config(steps) };
    let start = untrained(config(1).network);
    let summary = train(&named(0), Some(&start), &Balls(1), &Balls(2), folder.path(), &quiet, &mut |_| {}).unwrap();
    assert_eq!((summary.steps, summary.stopped, summary.dice.is_some()), (0, false, true));
    let image = Balls(3).example(0).image;
    assert_eq!(Model::load(folder.path()).unwrap().logits(&image), start.logits(&image));
    let refused = train(&config(0), None, &Balls(1), &Balls(2), folder.path(), &quiet, &mut |_| {});
    assert!(refused.unwrap_err().to_string().contains("steps: found 0"));
}

fn untrained(network: NetworkShape) -> Model {
    let parameters = network.initial(Stream::from_seed(4));
    let (image, provenance) = (vnet::ImageContract::default(), vnet::Provenance::default());
    Model::from_weights(vnet::Weights { network, image, provenance, parameters }).unwrap()
}

#[test]
fn threads_do_not_change_the_answer() {
    let model = untrained(NetworkShape::default());
    let image = Array3::from_shape_fn((4, 64, 48), |(k, j, i)| ((k * 7 + j * 3 + i * 5) % 11) as f32);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| model.probabilities(&image))
    };
    assert!(with(1) == with(2) && with(1) == with(5));
}
