//! Prints the seconds of each training step of a model's network on a crop of noise, one per line:
//! `cargo run --release -p plumbline-vnet-train --example training_step -- MODEL SLICES ROWS COLUMNS STEPS`.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use ndarray::Array3;
use randomness::rand::Rng;
use randomness::{Stream, normal};
use vnet::Model;
use vnet_train::{Augmentation, Example, TrainingConfig, TrainingEvent, TrainingSource, train};

/// As in the `plumbline` program.
#[global_allocator]
static ALLOCATOR: memory::Allocator = memory::Allocator;

/// Always the same example, so that making examples takes no time.
struct Noise(Example);

impl TrainingSource for Noise {
    fn example(&self, _index: u64) -> Example {
        self.0.clone()
    }

    fn identity(&self) -> String {
        "noise".to_owned()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    memory::keep_pages();
    let mut arguments = std::env::args().skip(1);
    let model = Model::load(Path::new(&arguments.next().unwrap_or_default()))?;
    let numbers: Vec<usize> = arguments.map(|text| text.parse()).collect::<Result<_, _>>()?;
    let [slices, rows, columns, steps] = numbers[..] else {
        return Err("expected MODEL SLICES ROWS COLUMNS STEPS".into());
    };
    let mut rng = Stream::from_seed(1).rng();
    let image = Array3::from_shape_simple_fn((slices, rows, columns), || normal(&mut rng, 1.0, 0.5).abs() as f32);
    let labels = Array3::from_shape_simple_fn((slices, rows, columns), || rng.random_range(0..5));
    let source = Noise(Example { image, labels });
    let plain = Augmentation { mirror: false, noise: 0.0, blur: 0.0, ..Augmentation::default() };
    let config = TrainingConfig {
        steps: steps as u64,
        crop: [slices, rows, columns],
        crops_per_example: steps as u64,
        checkpoint_every: u64::MAX,
        validate_every: u64::MAX,
        validation_examples: 1,
        augmentation: plain,
        network: model.network().clone(),
        ..TrainingConfig::default()
    };
    let folder = tempfile::tempdir()?;
    let mut seconds = Vec::new();
    train(&config, None, &source, &source, folder.path(), &AtomicBool::new(false), &mut |event| {
        if let TrainingEvent::Step { wall_ms, wall_waiting_ms, .. } = event {
            seconds.push((wall_ms - wall_waiting_ms) / 1e3);
        }
    })?;
    let mut out = std::io::stdout().lock();
    for seconds in seconds {
        writeln!(out, "{seconds:.4}")?;
    }
    Ok(())
}
