//! `plumbline plan`: a scan plan for localizer images from files.

use std::path::Path;

use geometry::{Orientation, PatientPosition};
use imaging_io::{Image, read_image};
use planner::{Networks, Planner as _, PlannerError, PlanningRequest, ScanPlan, Severity};

use crate::arguments::PlanArguments;
use crate::derived_dicom;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::table::Align::{Left, Right};
use crate::table::Table;
use crate::{output, resources};

/// Writes the plan; status 1 if it has a critical flag.
pub fn plan(arguments: &PlanArguments) -> Result<ExitStatus, Failure> {
    if let Some(report) = &arguments.report {
        resources::ensure_ending(report, &[".dcm"])?;
    }
    let written = pair(&arguments.out, arguments.report.as_deref());
    let read = pair(&arguments.image, arguments.coronal.as_deref());
    // The protocol may be a file, too.
    resources::ensure_outputs_safe(&written, &[&read[..], &[Path::new(&arguments.protocol)]].concat())?;
    let networks = resources::networks(arguments.model.as_deref(), arguments.device)?;
    let protocol = resources::protocol(&arguments.protocol)?;
    let sagittal = read_image(&arguments.image).map_err(Failure::input)?;
    let coronal =
        arguments.coronal.as_deref().map(|path| coronal(path, &networks, arguments, &sagittal)).transpose()?;
    let source = arguments.report.as_ref().map(|_| derived_dicom::source(&sagittal)).transpose()?;

    let rules = protocol.prescription();
    let images: Vec<_> = std::iter::once((Orientation::Sagittal, &sagittal.volume))
        .chain(coronal.iter().map(|image| (Orientation::Coronal, &image.volume)))
        .collect();
    let registered = sagittal.position.or_else(|| coronal.as_ref().and_then(|image| image.position));
    let request = PlanningRequest {
        images: &images,
        position: registered.unwrap_or(PatientPosition::HeadFirstSupine),
        rules: &rules,
    };
    let mut planner = networks.planner();
    let planned = planner.plan(&request).map_err(|error| match error {
        PlannerError::Segmentation(_) => Failure::wrong(format!("{}: {error}", arguments.image.display())),
        error => Failure::unfinished(error),
    })?;

    planned.warnings.iter().for_each(output::note);
    write(&arguments.out, &planned.plan)?;
    if let (Some(path), Some(source)) = (&arguments.report, source) {
        resources::make_folder_of(path)?;
        derived_dicom::write_levels(path, source, &planned.plan, &planner.name())?;
    }
    print(&planned.plan);
    output::result(format!("by {} on {}", planner.name(), networks.sagittal.processor()));
    written.iter().for_each(|path| output::result(path.display()));
    let usable = planned.plan.flags.iter().all(|flag| flag.severity < Severity::Critical);
    Ok(if usable { ExitStatus::Success } else { ExitStatus::CriterionFailed })
}

fn pair<'a>(first: &'a Path, second: Option<&'a Path>) -> Vec<&'a Path> {
    std::iter::once(first).chain(second).collect()
}

/// The coronal slices, checked to belong to the sagittal ones and to be usable for counting ribs.
fn coronal(path: &Path, networks: &Networks, arguments: &PlanArguments, sagittal: &Image) -> Result<Image, Failure> {
    let image = read_image(path).map_err(Failure::input)?;
    networks.reads_ribs(&image.volume).map_err(|reason| Failure::wrong(format!("{}: {reason}", path.display())))?;
    let unlike = |what: &str| {
        let other = arguments.image.display();
        Failure::wrong(format!(
            "{}: its {what} differs from that of {other}, expected images of one examination",
            path.display()
        ))
    };
    if let (Some(here), Some(there)) = (image.position, sagittal.position)
        && here != there
    {
        return Err(unlike("patient position"));
    }
    // Without DICOM identifiers the two images are assumed to be of one examination.
    if let (Ok(here), Ok(there)) = (&image.source, &sagittal.source)
        && here.frame_of_reference_uid != there.frame_of_reference_uid
    {
        return Err(unlike("frame of reference"));
    }
    Ok(image)
}

/// The discs by centre (DICOM patient coordinates) and by tilt from the axial plane, and the flags.
fn print(plan: &ScanPlan) {
    let mut table = Table::new([Left, Right, Right, Right, Right, Right]).with_header([
        "disc",
        "left, mm",
        "back, mm",
        "head, mm",
        "sagittal tilt, °",
        "confidence",
    ]);
    for level in &plan.levels {
        let tilt_deg = scoring::positioning::sagittal_tilt_deg(&level.plane());
        table.push([
            level.label.to_string(),
            format!("{:.1}", level.centre.x),
            format!("{:.1}", level.centre.y),
            format!("{:.1}", level.centre.z),
            format!("{tilt_deg:.1}"),
            format!("{:.2}", level.confidence),
        ]);
    }
    table.lines().iter().for_each(output::result);
    for flag in &plan.flags {
        let severity = format!("{:?}", flag.severity).to_lowercase();
        output::result(format!("{severity}: {}", flag.message));
    }
}

fn write(path: &Path, plan: &ScanPlan) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(plan).expect("a plan has a JSON form");
    resources::write(path, text.as_bytes())
}
