//! The first examples of a training file as a sheet of pictures, images above, labels below.
//!
//! ```text
//! cargo run --release -p plumbline-training-data --example training_examples -- TRAINING.toml SHEET.png [COUNT]
//! ```

use std::error::Error;
use std::path::Path;

use geometry::{Grid, Point, Volume};
use imaging_io::picture::montage;
use imaging_io::{Picture, SliceView, Window};
use scenario::Library;
use training_data::{PhantomExamples, TrainingSetup};
use vnet_train::TrainingSource as _;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, sheet, ..] = arguments.as_slice() else { return Err("expected TRAINING.toml and SHEET.png".into()) };
    let count = arguments.get(2).map_or(Ok(8), |count| count.parse())?;
    let setup = TrainingSetup::load(Path::new(file), &Library::near(Path::new(".")))?;
    let views: Vec<(String, Picture)> = (0..count).flat_map(|index| pictures_of(&setup.examples, index)).collect();
    let named: Vec<_> = views.iter().map(|(title, picture)| (title.as_str(), picture)).collect();
    std::fs::write(sheet, montage(&named, 8).encode_png())?;
    Ok(())
}

/// The middle slice of an example, without and with its labels.
fn pictures_of(source: &PhantomExamples, index: u64) -> [(String, Picture); 2] {
    let example = source.example(index);
    let (slices, rows, columns) = example.image.dim();
    let grid = Grid::axis_aligned(Point::origin(), [1.75, 1.75, 1.0], [columns, rows, slices]);
    let image = Volume::new(grid.clone(), example.image);
    let view = SliceView::of(&image, slices / 2, Window::of(&image), 1.0);
    let labelled = view.clone().with_labels(&Volume::new(grid, example.labels), 0.5);
    [(format!("{index}: {slices} slices"), view.picture), (String::new(), labelled.picture)]
}
