//! `plumbline phantom`: populations and individuals.

use std::path::Path;
use std::process::ExitCode;

use geometry::{Disc, Grid, Point, Structure, Vertebra, Volume};
use imaging_io::picture::{SliceView, Stroke, Window, montage, palette};
use imaging_io::write_nifti;
use randomness::Stream;
use scanner::Protocol;

use crate::arguments::PhantomVerb;
use crate::failure::Failure;
use crate::{output, resources};

/// Lists, shows or synthesizes.
pub fn phantom(verb: &PhantomVerb) -> Result<ExitCode, Failure> {
    match verb {
        PhantomVerb::List => list(),
        PhantomVerb::Show { name, seed, out } => show(name, *seed, out),
        PhantomVerb::Synth { spec, seed, out, voxel_mm } => synth(spec, *seed, out, *voxel_mm),
    }
}

fn list() -> Result<ExitCode, Failure> {
    for name in resources::library().populations() {
        let population = resources::population(&name)?;
        let person = population.sample(&Stream::from_seed(1)).person;
        output::result(format!(
            "{name:<18} population; individual 1: {:?}, {:.0} years, {:.0} cm, {:.0} kg",
            person.sex, person.age_years, person.height_cm, person.weight_kg
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// A sheet: sagittal T2, labels, coronal and axial localizer slices through the middle of the spine.
fn show(name: &str, seed: u64, out: &Path) -> Result<ExitCode, Failure> {
    let patient = resources::patient(name, seed)?;
    let protocol = Protocol::builtin("lumbar-1.5t").expect("it ships with the program");
    let stream = Stream::from_seed(seed);
    let truth = patient.truth();
    let plan = harness::runner::true_plan(&truth, &harness::runner::rules_of(&protocol));
    let disc = truth.disc(Disc::between(Vertebra::L4, Vertebra::L5)).expect("every spine has it").plane;

    let mut pictures = Vec::new();
    let scanned = |series, group: &geometry::SliceGroup| {
        scanner::acquire(&patient, &protocol.scanner(), series, group, &scanner::Saturation::default(), &stream)
    };
    if let Some(group) = plan.groups.first() {
        let images = scanned(&protocol.sagittal_t2, group);
        let mut view = SliceView::of(&images, group.slices / 2, Window::of(&images), 1.3);
        for disc in truth.discs.iter().filter(|disc| disc.label.upper >= Vertebra::L1) {
            view.draw_caption(
                &(disc.posterior + nalgebra::Vector3::y() * 22.0),
                &disc.label.to_string(),
                palette::YELLOW,
            );
        }
        pictures.push(("sagittal T2", view.picture.clone()));
        let labels = patient.structures(&images.grid);
        pictures.push((
            "structures",
            SliceView::of(&images, group.slices / 2, Window::of(&images), 1.3).with_labels(&labels, 0.5).picture,
        ));
    }
    let [_, coronal, _] = scanner::localizer(&protocol);
    let images = scanned(&protocol.localizer.series, &coronal);
    let slice = images.grid.index(&disc.centre)[2].round().max(0.0) as usize;
    let mut view = SliceView::of(&images, slice, Window::of(&images), 0.9);
    view.draw_plane(&truth.midsagittal, 150.0, Stroke { colour: palette::SKY, width: 1.2, dash: Some(6.0) });
    pictures.push(("coronal localizer", view.picture));
    if let Some(group) = plan.disc_group(Disc::between(Vertebra::L4, Vertebra::L5)) {
        let images = scanned(&protocol.axial_t2, group);
        pictures.push(("axial T2, L4/L5", SliceView::of(&images, group.slices / 2, Window::of(&images), 2.0).picture));
    }
    let named: Vec<_> = pictures.iter().map(|(title, picture)| (*title, picture)).collect();
    resources::write(out, &montage(&named, named.len()).encode_png())?;
    let m = &truth.measurements;
    output::result(format!(
        "{name} {seed}: lordosis {:.0}°, pelvic incidence {:.0}°, sacral slope {:.0}°, Cobb {:.0}°",
        m.lumbar_lordosis_deg, m.pelvic_incidence_deg, m.sacral_slope_deg, m.cobb_deg
    ));
    output::result(out.display());
    Ok(ExitCode::SUCCESS)
}

/// Tissue, labels, instances and truth.
fn synth(spec: &str, seed: u64, out: &Path, voxel_mm: f64) -> Result<ExitCode, Failure> {
    if !(0.3..=10.0).contains(&voxel_mm) {
        return Err(Failure::wrong(format!("--voxel-mm is {voxel_mm}: expected 0.3 to 10 mm")));
    }
    let patient = resources::patient(spec, seed)?;
    resources::folder(out)?;
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
    Ok(ExitCode::SUCCESS)
}
