//! What is kept of a case to look at: one sheet of pictures, and its images as DICOM where asked for.

use std::fs;
use std::path::Path;

use geometry::{Disc, Orientation, Plane, Point, SliceGroup, SliceTarget, Vector, Vertebra, Volume};
use imaging_io::Scanned;
use imaging_io::picture::{Picture, SliceView, Stroke, Window, montage, palette};
use planner::ScanPlan;

use crate::CaseOutcome;
use crate::case::Seen;
use crate::dicom::{Study, distinct_file_names, study_day};
use results::Identity;
use run_store::StoreError;
use run_store::files::{sheet_path, write_whole};
use scenario::ScenarioSetup;

/// Folder of the images in a run directory.
const DICOM: &str = "dicom";

/// What a planned slice looks like.
const PLANNED: Stroke = Stroke { colour: palette::YELLOW, width: 1.4, dash: None };
/// The same, where every slice of a group is drawn.
const PLANNED_THIN: Stroke = Stroke { colour: palette::YELLOW, width: 0.9, dash: None };
/// What the truth looks like.
const TRUE: Stroke = Stroke { colour: palette::SKY, width: 1.4, dash: Some(6.0) };
/// Part of a sagittal or coronal picture that is shown, mm wide and high.
const REGION_MM: [f64; 2] = [180.0, 290.0];
/// The spine's middle lies this far before the pictures' middle, mm: captions stand behind it.
const BEHIND_MM: f64 = 22.0;
/// Part of an axial picture that is shown, mm.
const AXIAL_MM: [f64; 2] = [150.0, 142.0];
/// Pixels a millimetre, sagittal and coronal.
const SCALE: f64 = 1.35;
/// Part of a group's field of view that is drawn, mm: whole, the lines would cover the picture.
const SHOWN_MM: [f64; 2] = [90.0, 90.0];
/// Half length of a true disc's line, mm: longer than a planned slice's, which may lie upon it.
const DISC_HALF_MM: f64 = 56.0;
/// From a disc's middle to its caption, mm: within the picture for a spine a few centimetres off as well.
const CAPTION_MM: f64 = 60.0;

/// Draws and writes the sheet; a case without a localizer has none.
pub(super) fn write(folder: &Path, scenario: &str, case: u64, outcome: &CaseOutcome) -> Result<(), StoreError> {
    let Some(sheet) = outcome.seen.as_ref().and_then(sheet) else { return Ok(()) };
    let path = sheet_path(folder, scenario, case);
    let parent = path.parent().expect("the path was made with folders");
    fs::create_dir_all(parent).map_err(StoreError::io("create", parent))?;
    write_whole(&path, &sheet.encode_png())
}

/// Writes localizer and scanned series of the case that a seed drew. Cases are examined day by day. The same run has the
/// same identifiers; what decides its figures, the planner included, is part of them.
pub(super) fn write_dicom(
    folder: &Path,
    setup: &ScenarioSetup,
    identity: &Identity,
    (seed, case): (u64, u64),
    outcome: &CaseOutcome,
) -> Result<(), StoreError> {
    let Some(seen) = &outcome.seen else { return Ok(()) };
    let (scenario, protocol) = (&setup.scenario.name, &setup.protocol);
    let folder = folder.join(DICOM).join(scenario).join(format!("case-{case:06}"));
    let study = Study {
        protocol,
        registration: &seen.registration,
        scanned: Scanned::LumbarSpine,
        date: study_day(case),
        key: format!("{scenario} {seed} {case} {identity:?}"),
    };
    let localizers = scanner::localizer(protocol);
    let localizer = localizers.iter().zip(&seen.localizer);
    let localizer = localizer.map(|(group, (_, images))| (&protocol.localizer.series, group, images));
    let planned = seen.series.iter().map(|(group, images)| (protocol.series_for(&group.target), group, images));
    let series: Vec<_> = localizer.chain(planned).collect();
    let names = distinct_file_names(series.iter().map(|(_, group, _)| group.name.as_str()));
    for (number, ((parameters, group, images), name)) in series.into_iter().zip(names).enumerate() {
        study
            .write(&folder.join(name), number as u32 + 1, parameters, group, images)
            .map_err(|error| StoreError::Encoding { what: "a DICOM series", reason: error.to_string() })?;
    }
    Ok(())
}

fn sheet(seen: &Seen) -> Option<Picture> {
    let stack =
        |wanted| seen.localizer.iter().find(|(orientation, _)| *orientation == wanted).map(|(_, images)| images);
    let sagittal = stack(Orientation::Sagittal)?;
    let disc = seen.truth.disc(Disc::between(Vertebra::L3, Vertebra::L4))?.labelled.plane.centre;
    let middle = disc + Vector::y() * BEHIND_MM;
    let plan = seen.plan.clone().unwrap_or_default();

    let coronal = stack(Orientation::Coronal);
    let (mut pictures, scanned) = rayon::join(
        || {
            let mut pictures = vec![
                ("localizer, plan and truth", planned_on_localizer(sagittal, seen, &plan, &middle)),
                (
                    if seen.segmentation.is_some() { "segmentation" } else { "no segmentation given" },
                    segmented(sagittal, seen, &middle),
                ),
            ];
            pictures.extend(
                coronal.map(|images| ("coronal, sagittal stack", stack_on_coronal(images, seen, &plan, &disc))),
            );
            pictures
        },
        || scanned(seen, &plan, &middle),
    );
    pictures.extend(scanned);
    let named: Vec<(&str, &Picture)> = pictures.iter().map(|(name, picture)| (*name, picture)).collect();
    Some(montage(&named, named.len()))
}

/// What the planned series show.
fn scanned(seen: &Seen, plan: &ScanPlan, middle: &Point) -> Vec<(&'static str, Picture)> {
    let mut pictures = Vec::new();
    if let Some((group, images)) = seen.series.iter().find(|(group, _)| group.target == SliceTarget::Sagittal) {
        pictures.push(("sagittal T2, axial slices", scanned_sagittal(group, images, plan, middle)));
    }
    // The two lowest discs, whatever they are called.
    let groups: Vec<_> = seen.series.iter().filter(|(group, _)| group.target.disc().is_some()).collect();
    let lowest = &groups[groups.len().saturating_sub(2)..];
    let axial: Vec<(&str, Picture)> =
        lowest.iter().map(|(group, images)| (group.name.as_str(), scanned_axial(group, images))).collect();
    if !axial.is_empty() {
        let named: Vec<(&str, &Picture)> = axial.iter().map(|(name, picture)| (*name, picture)).collect();
        pictures.push(("", montage(&named, 1)));
    }
    pictures
}

/// The slice of a stack that is nearest to a point.
fn slice_at(images: &Volume<f32>, point: &Point) -> usize {
    images.grid.index(point)[2].round().clamp(0.0, images.grid.shape[2] as f64 - 1.0) as usize
}

fn planned_on_localizer(images: &Volume<f32>, seen: &Seen, plan: &ScanPlan, middle: &Point) -> Picture {
    let mut view = SliceView::of(images, slice_at(images, middle), Window::of(images), SCALE);
    for group in plan.disc_groups() {
        let middle_only = SliceGroup { slices: 1, fov_mm: SHOWN_MM, ..group.clone() };
        view.draw_group(&middle_only, PLANNED);
    }
    for disc in seen.truth.labelled().discs.iter().filter(|disc| disc.label.upper >= Vertebra::L1) {
        view.draw_plane(&disc.plane, DISC_HALF_MM, TRUE);
    }
    for level in plan.levels.iter().filter(|level| level.label.upper >= Vertebra::T12) {
        let back = level.normal.cross(&Vector::x());
        view.draw_caption(&(level.centre + back * CAPTION_MM), &level.label.to_string(), palette::YELLOW);
    }
    view.around(middle, REGION_MM)
}

fn segmented(images: &Volume<f32>, seen: &Seen, middle: &Point) -> Picture {
    let view = SliceView::of(images, slice_at(images, middle), Window::of(images), SCALE);
    match &seen.segmentation {
        Some(labels) => view.with_labels(labels, 0.45).around(middle, REGION_MM),
        None => view.around(middle, REGION_MM),
    }
}

fn stack_on_coronal(images: &Volume<f32>, seen: &Seen, plan: &ScanPlan, middle: &Point) -> Picture {
    let mut view = SliceView::of(images, slice_at(images, middle), Window::of(images), SCALE);
    for group in plan.groups_of(Orientation::Sagittal) {
        view.draw_group(group, PLANNED_THIN);
    }
    let midline: &Plane = &seen.truth.midsagittal;
    view.draw_plane(midline, 120.0, TRUE);
    view.around(middle, REGION_MM)
}

fn scanned_sagittal(group: &SliceGroup, images: &Volume<f32>, plan: &ScanPlan, middle: &Point) -> Picture {
    let mut view = SliceView::of(images, group.slices / 2, Window::of(images), SCALE);
    for group in plan.disc_groups() {
        let short = SliceGroup { fov_mm: SHOWN_MM, ..group.clone() };
        view.draw_group(&short, PLANNED_THIN);
    }
    view.around(middle, REGION_MM)
}

fn scanned_axial(group: &SliceGroup, images: &Volume<f32>) -> Picture {
    let view = SliceView::of(images, group.slices / 2, Window::of(images), 1.25);
    view.around(&group.centre, AXIAL_MM)
}
