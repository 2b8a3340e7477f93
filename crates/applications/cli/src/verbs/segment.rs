//! `plumbline segment`: labels of an image file.

use std::path::{Path, PathBuf};

use geometry::{Structure, Volume};
use imaging_io::picture::{Picture, SliceView, Window, montage, structure_colour};
use imaging_io::{read_image, write_nifti};
use vnet::Outline;

use crate::arguments::{OutlineChoice, SegmentArguments};
use crate::derived_dicom;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::{output, resources};

/// Writes the labels on the grid of the image.
pub fn segment(arguments: &SegmentArguments) -> Result<ExitStatus, Failure> {
    resources::ensure_ending(&arguments.out, &[".nii", ".nii.gz", ".dcm"])?;
    if let Some(picture) = &arguments.picture {
        resources::ensure_ending(picture, &[".png"])?;
    }
    let written: Vec<&Path> = std::iter::once(&arguments.out).chain(&arguments.picture).map(PathBuf::as_path).collect();
    resources::ensure_outputs_safe(&written, &[&arguments.image])?;
    let named = resources::model(arguments.model.as_deref())?;
    let model = resources::networks(Some(&named), arguments.device)?.sagittal;
    let image = read_image(&arguments.image).map_err(Failure::input)?;
    let source = derived_dicom::named_dicom(&arguments.out).then(|| derived_dicom::source(&image)).transpose()?;
    let volume = &image.volume;
    let refused = |error| Failure::wrong(format!("{}: {error}", arguments.image.display()));
    let outline = arguments.outline.map(|choice| match choice {
        OutlineChoice::Anatomy => Outline::Anatomy,
        OutlineChoice::Readers => Outline::Readers,
    });
    let mut segmentation = model.segment_outlined(volume, outline).map_err(refused)?;
    planner::remove_islands(&mut segmentation);
    let (found, is_restored) = planner::restore_sacrum(&mut segmentation);
    if is_restored {
        output::note("a segment above the sacrum that looked like a vertebra is labelled as S1");
    }
    if let Some(fault) = &segmentation.device_fault {
        output::note(format!("{fault}; repeated on the CPU"));
    }
    written.iter().try_for_each(|path| resources::make_folder_of(path))?;
    match source {
        Some(source) => derived_dicom::write_labels(&arguments.out, source, &segmentation.labels, model.hash())?,
        None => write_nifti(&arguments.out, &segmentation.labels).map_err(Failure::unfinished)?,
    }
    if let Some(path) = &arguments.picture {
        resources::write(path, &picture(volume, &segmentation.prepared_labels))?;
    }
    let (step_mm, most_mm) = (volume.grid.spacing_mm[volume.grid.sideways()], model.contract().native_step_mm[1]);
    if step_mm > most_mm {
        output::note(format!(
            "sagittal slices lie {step_mm:.1} mm apart: the network was trained on at most {most_mm} mm"
        ));
    }
    if segmentation.labels.data.iter().all(|label| *label == Structure::Background.label()) {
        output::note(format!("no spine was found in {}", arguments.image.display()));
    } else if found.discs.is_empty() {
        output::note("no label has the shape of a disc: the image may not show a spine");
    }
    for structure in Structure::FOREGROUND {
        let voxels = segmentation.labels.data.iter().filter(|label| **label == structure.label()).count();
        let ml = voxels as f64 * volume.grid.voxel_mm3() / 1000.0;
        output::result(format!("{:<9} {ml:>7.1} ml", structure.name()));
    }
    if outline.is_some_and(|outline| outline != segmentation.outline) {
        output::note("this network has no class for the cortex: outlines include it (anatomy)");
    }
    output::result(match segmentation.outline {
        Outline::Anatomy => "vertebrae with their cortex, as in anatomy (--outline readers: without)",
        Outline::Readers => "bodies without their cortex, as readers outline them (--outline anatomy: with it)",
    });
    let by = named.display();
    output::result(format!("by {by} (weights {}) on {}", &model.hash()[..12], model.processor()));
    written.iter().for_each(|path| output::result(path.display()));
    Ok(ExitStatus::Success)
}

/// The middle sagittal slices without labels and with them, which the first one names; the labels' grid is sagittal, however the image lies.
fn picture(image: &Volume<f32>, labels: &Volume<u8>) -> Vec<u8> {
    let sagittal = Volume::from_fn(labels.grid.clone(), |point| image.trilinear(&point).unwrap_or(0.0));
    let window = Window::of(&sagittal);
    let middle = sagittal.grid.shape[2] / 2;
    let slices = [middle.saturating_sub(2), middle, middle + 2];
    let plain = slices.map(|slice| SliceView::of(&sagittal, slice, window, 1.2));
    let labelled = plain.clone().map(|view| view.with_labels(labels, 0.5));
    let mut pictures: Vec<_> = plain.iter().chain(&labelled).map(SliceView::whole).collect();
    name_the_colours(&mut pictures[plain.len()]);
    let all: Vec<_> = pictures.iter().map(|picture| ("", picture)).collect();
    montage(&all, 3).encode_png()
}

/// Each structure's name in its colour, one below the other.
fn name_the_colours(picture: &mut Picture) {
    for (row, structure) in Structure::FOREGROUND.into_iter().enumerate() {
        if let Some(colour) = structure_colour(structure) {
            picture.label(4, 30 + 14 * row as i64, structure.name(), colour);
        }
    }
}
