//! Dice and surface distance of a network's segmentation, split by cause: the definition of a voxel's true label (the class
//! at its centre, or the class that fills most of it), vertebral bodies, arches, and the tissues of the arches. For scale,
//! the truth is also compared with itself, shifted in the plane of the slices.
//!
//! ```text
//! cargo run --release -p plumbline-training-data --example where_dice_is_lost -- MODEL CASES SCENARIO.toml…
//! ```

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use geometry::{Grid, Structure, Volume};
use phantom::{PatientOnTable, SpineTruth, Tissue};
use randomness::Stream;
use scanner::Saturation;
use scenario::ScenarioSetup;
use scenario::patient_of;
use scoring::overlap::{SurfaceDistance, dice_by_class};
use vnet::Model;

#[global_allocator]
static ALLOCATOR: memory::Allocator = memory::Allocator;

/// A comparison, and sums over patients by class: Dice, ASSD in mm, number of patients.
struct Column {
    title: String,
    sums: [[f64; 3]; Structure::COUNT],
}

impl Column {
    fn add(&mut self, found: &Volume<u8>, truth: &Volume<u8>) -> Result<(), Box<dyn Error>> {
        let dice = dice_by_class(found, truth)?;
        for structure in Structure::FOREGROUND {
            let class = usize::from(structure.label());
            if let (Some(dice), Some(surface)) = (dice[class], SurfaceDistance::of(found, truth, structure)?) {
                for (sum, value) in self.sums[class].iter_mut().zip([dice, surface.mean_mm, 1.0]) {
                    *sum += value;
                }
            }
        }
        Ok(())
    }
}

/// The tissues of arches.
const BONE: [Tissue; 2] = [Tissue::CorticalBone, Tissue::Marrow];

/// By tissue: voxels of the arches, and how many of them the network missed.
type Missed = [[u64; 2]; BONE.len()];

fn add_missed(missed: &mut Missed, patient: &PatientOnTable, [found, truth]: [&Volume<u8>; 2]) {
    let (materials, tissues) = (patient.materials(), patient.rasterize(&truth.grid));
    let vertebra = Structure::Vertebra.label();
    let voxels = tissues.data.iter().zip(&found.data).zip(&truth.data).filter(|(_, truth)| **truth == vertebra);
    for ((material, found), _) in voxels {
        let tissue = materials[usize::from(*material)].tissue;
        if let Some(number) = BONE.iter().position(|bone| *bone == tissue) {
            missed[number][0] += 1;
            missed[number][1] += u64::from(*found != vertebra);
        }
    }
}

/// Shifts of the truth that is compared with itself, mm.
const MOVED_MM: [f64; 2] = [0.5, 1.0];

/// The grid moved along the diagonal of its pixels.
fn moved(grid: &Grid, by_mm: f64) -> Grid {
    let diagonal = (grid.axes.column(0) + grid.axes.column(1)).normalize();
    Grid { origin: grid.origin + diagonal * by_mm, ..grid.clone() }
}

/// Labels in front of the posterior walls of the bodies, or behind them; background elsewhere.
fn part(labels: &Volume<u8>, truth: &SpineTruth, behind: bool) -> Volume<u8> {
    let mut part = labels.clone();
    for ((k, j, i), label) in part.data.indexed_iter_mut() {
        let place = labels.grid.point([i as f64, j as f64, k as f64]);
        if truth.is_behind_the_bodies(&place) != behind {
            *label = Structure::Background.label();
        }
    }
    part
}

fn main() -> Result<(), Box<dyn Error>> {
    memory::keep_pages();
    let mut arguments = std::env::args().skip(1);
    let (Some(model), Some(cases)) = (arguments.next(), arguments.next()) else {
        return Err("expected MODEL CASES SCENARIO.toml…".into());
    };
    let model = Model::load(Path::new(&model))?;
    let cases: u64 = cases.parse()?;
    let paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{:<20} {:<20} Dice, ASSD mm: vertebra, disc, sacrum, canal", "population", "compared")?;
    for setup in ScenarioSetup::load_all(&paths).map_err(|error| format!("{error:?}"))? {
        let titles = ["centre/volume", "network/centre", "network/volume", "bodies/centre", "arches/centre"];
        let titles = titles.map(String::from).into_iter().chain(MOVED_MM.map(|mm| format!("moved {mm} mm/centre")));
        let mut columns: Vec<_> = titles.map(|title| Column { title, sums: [[0.0; 3]; Structure::COUNT] }).collect();
        let mut missed = Missed::default();
        for case in 0..cases {
            let stream = Stream::from_seed(setup.scenario.seed).child("case", case);
            let patient = patient_of(&setup.population, &setup.scenario.patients.positioning, &stream);
            let [group, ..] = scanner::localizer(&setup.protocol);
            let (series, machine) = (&setup.protocol.localizer.series, setup.protocol.scanner());
            let bands = Saturation::by(&[]);
            let image = scanner::acquire(&patient, &machine, series, &group, &bands, &stream.child("localizer", 0));
            let mut found = model.segment(&image)?;
            planner::remove_islands(&mut found);
            planner::restore_sacrum(&mut found);
            let found = found.labels;
            let centre = patient.structures(&image.grid);
            let volume = patient.structures_by_volume(&image.grid, group.thickness_mm);
            let truth = patient.truth();
            let [bodies, arches] =
                [false, true].map(|behind| [&found, &centre].map(|labels| part(labels, &truth, behind)));
            let [bodies, arches] = [bodies.each_ref(), arches.each_ref()];
            let moved = MOVED_MM.map(|mm| patient.structures(&moved(&image.grid, mm)));
            let moved = moved.each_ref().map(|moved| [moved, &centre]);
            let pairs = [[&centre, &volume], [&found, &centre], [&found, &volume], bodies, arches];
            add_missed(&mut missed, &patient, arches);
            for (column, [a, b]) in columns.iter_mut().zip(pairs.into_iter().chain(moved)) {
                column.add(a, b)?;
            }
        }
        for Column { title, sums } in columns {
            write!(out, "{:<20} {title:<20}", setup.scenario.name)?;
            for [dice, mean_mm, n] in &sums[1..] {
                write!(out, " {:.3} {:5.2} ", dice / n, mean_mm / n)?;
            }
            writeln!(out)?;
        }
        for (tissue, [voxels, lost]) in BONE.iter().zip(missed) {
            let fraction = lost as f64 / voxels as f64;
            writeln!(
                out,
                "{:<20} missed in arches     {fraction:.3} of {voxels} voxels of {tissue:?}",
                setup.scenario.name
            )?;
        }
    }
    Ok(())
}
