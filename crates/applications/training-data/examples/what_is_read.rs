//! Distance of the spine from the borders of the network's input region in a sagittal localizer: per population, the least
//! distance from a voxel of a vertebra, disc, sacrum or canal to the first and to the last column, mm, and the number of
//! voxels outside. The patients of the scenarios are drawn with SEED, not with the scenarios' seeds.
//!
//! ```text
//! cargo run --release -p plumbline-training-data --example what_is_read -- MODEL CASES SEED SCENARIO.toml…
//! ```

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use geometry::{Grid, Structure, Volume};
use randomness::Stream;
use scanner::Saturation;
use scenario::ScenarioSetup;
use scenario::patient_of;
use vnet::Model;

#[global_allocator]
static ALLOCATOR: memory::Allocator = memory::Allocator;

/// The result for one population.
struct Margins {
    front_mm: f64,
    back_mm: f64,
    lost: usize,
    widest: usize,
}

impl Margins {
    fn add(&mut self, read: &Grid, truth: &Volume<u8>) {
        self.widest = self.widest.max(read.shape[0]);
        for ((k, j, i), label) in truth.data.indexed_iter() {
            if *label != Structure::Background.label() {
                let column = read.index(&truth.grid.point([i as f64, j as f64, k as f64]))[0];
                self.front_mm = self.front_mm.min(column * read.spacing_mm[0]);
                self.back_mm = self.back_mm.min((read.shape[0] as f64 - 1.0 - column) * read.spacing_mm[0]);
                self.lost += usize::from(!(-0.5..read.shape[0] as f64 - 0.5).contains(&column));
            }
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    memory::keep_pages();
    let mut arguments = std::env::args().skip(1);
    let (Some(model), Some(cases), Some(seed)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("expected MODEL CASES SEED SCENARIO.toml…".into());
    };
    let model = Model::load(Path::new(&model))?;
    let (cases, seed): (u64, u64) = (cases.parse()?, seed.parse()?);
    let paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<20} front mm  back mm  voxels lost  most columns", "population")?;
    for setup in ScenarioSetup::load_all(&paths).map_err(|error| format!("{error:?}"))? {
        let mut margins = Margins { front_mm: f64::INFINITY, back_mm: f64::INFINITY, lost: 0, widest: 0 };
        for case in 0..cases {
            let stream = Stream::from_seed(seed).child("case", case);
            let patient = patient_of(&setup.population, &setup.scenario.patients.positioning, &stream);
            let [group, ..] = scanner::localizer(&setup.protocol);
            let (series, machine) = (&setup.protocol.localizer.series, setup.protocol.scanner());
            let noise = stream.child("localizer", 0);
            let image = scanner::acquire(&patient, &machine, series, &group, &Saturation::by(&[]), &noise);
            let read = vnet::prepare(&image, model.contract())?;
            margins.add(&read.grid, &patient.structures(&image.grid));
        }
        let Margins { front_mm, back_mm, lost, widest } = margins;
        writeln!(out, "{:<20} {front_mm:8.1} {back_mm:8.1} {lost:12} {widest:13}", setup.scenario.name)?;
    }
    Ok(())
}
