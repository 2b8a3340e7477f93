//! `plumbline phantom`: populations and individuals.

use std::path::Path;

use geometry::{Grid, Point, Structure, Volume};
use imaging_io::write_nifti;

use crate::arguments::PhantomVerb;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::phantom_sheet;
use crate::table::{Align, Table};
use crate::{output, resources};

/// Lists, shows or synthesizes.
pub fn phantom(verb: &PhantomVerb) -> Result<ExitStatus, Failure> {
    match verb {
        PhantomVerb::List => list(),
        PhantomVerb::Show { name, seed, out } => phantom_sheet::show(name, *seed, out),
        PhantomVerb::Synth { spec, seed, out, voxel_mm } => synth(spec, *seed, out, *voxel_mm),
    }
}

fn list() -> Result<ExitStatus, Failure> {
    let mut populations = Table::new([Align::Left; 2]);
    for name in resources::library().populations() {
        populations.push([&format!("  {name}"), resources::population(&name)?.title()]);
    }
    let mut individuals = Table::new([Align::Left; 2]);
    for name in resources::library().individuals() {
        if let Some(individual) = resources::individual(&name)? {
            individuals.push([format!("  {name}"), individual.title]);
        }
    }
    output::result("populations (draw an individual with --seed):");
    populations.lines().iter().for_each(output::result);
    output::result("named phantoms:");
    individuals.lines().iter().for_each(output::result);
    Ok(ExitStatus::Success)
}

/// Tissue, labels, instances and truth.
fn synth(spec: &str, seed: u64, out: &Path, voxel_mm: f64) -> Result<ExitStatus, Failure> {
    if !(0.3..=10.0).contains(&voxel_mm) {
        return Err(Failure::wrong(format!("--voxel-mm is {voxel_mm}: expected 0.3 to 10 mm")));
    }
    let patient = resources::patient(spec, seed)?;
    resources::make_folder(out)?;
    let extent = [440.0, 320.0, 400.0].map(|mm: f64| (mm / voxel_mm).round() as usize);
    let grid = Grid::centred(Point::origin(), nalgebra::Matrix3::identity(), [voxel_mm; 3], extent);
    let volumes: [(&str, Volume<u8>); 3] = [
        ("tissue.nii.gz", patient.rasterize(&grid)),
        ("labels.nii.gz", patient.structures(&grid)),
        ("instances.nii.gz", patient.instances(&grid)),
    ];
    for (name, volume) in &volumes {
        write_nifti(&out.join(name), volume).map_err(Failure::unfinished)?;
    }
    let materials: Vec<_> = patient.materials().iter().map(|material| format!("{:?}", material.tissue)).collect();
    let truth = serde_json::json!({
        "frame": "patient-lps-mm",
        "population": spec,
        "seed": seed,
        "parameters": patient.spine.parameters(),
        "positioning": patient.positioning,
        "tissues": materials,
        "truth": patient.truth(),
    });
    let text = serde_json::to_string_pretty(&truth).expect("a truth has a JSON form");
    resources::write(&out.join("truth.json"), text.as_bytes())?;
    let discs = volumes[1].1.data.iter().filter(|label| **label == Structure::Disc.label()).count();
    output::result(format!(
        "{}: {:.0} ml of disc in {} voxels",
        out.display(),
        discs as f64 * grid.voxel_mm3() / 1000.0,
        grid.len()
    ));
    Ok(ExitStatus::Success)
}
