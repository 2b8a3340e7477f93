//! Runs a model on an image of noise, for other programs to compare with:
//!
//! ```text
//! cargo run --release -p plumbline-vnet --example forward_pass -- MODEL SLICES ROWS COLUMNS FOLDER REPEATS [bf16]
//! ```
//!
//! Writes `image.f32` `[slice, row, column]` and `logits.f32` `[slice, row, column, class]` (little endian) into the
//! folder and prints the seconds of each forward pass, one per line.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use ndarray::Array3;
use randomness::{Stream, normal};
use vnet::{Model, Processor};

/// As in the `plumbline` program.
#[global_allocator]
static ALLOCATOR: memory::Allocator = memory::Allocator;

fn main() -> Result<(), Box<dyn Error>> {
    memory::keep_pages();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, slices, rows, columns, folder, repeats, format @ ..] = arguments.as_slice() else {
        return Err("expected MODEL SLICES ROWS COLUMNS FOLDER REPEATS [bf16]".into());
    };
    let processor = if format.is_empty() { Processor::Cpu } else { Processor::cpu_bf16()? };
    let (model, folder) = (Model::load(Path::new(model))?.on(&processor)?, Path::new(folder));
    let mut rng = Stream::from_seed(1).rng();
    let shape = (slices.parse()?, rows.parse()?, columns.parse()?);
    let image = Array3::from_shape_simple_fn(shape, || normal(&mut rng, 1.0, 0.5).abs() as f32);
    let mut logits = Vec::new();
    let mut out = std::io::stdout().lock();
    for _ in 0..repeats.parse::<usize>()?.max(1) {
        let begun = Instant::now();
        logits = model.logits(&image);
        writeln!(out, "{:.4}", begun.elapsed().as_secs_f64())?;
    }
    let bytes = |values: &mut dyn Iterator<Item = f32>| values.flat_map(f32::to_le_bytes).collect::<Vec<u8>>();
    std::fs::write(folder.join("image.f32"), bytes(&mut image.iter().copied()))?;
    std::fs::write(folder.join("logits.f32"), bytes(&mut logits.iter().copied()))?;
    Ok(())
}
