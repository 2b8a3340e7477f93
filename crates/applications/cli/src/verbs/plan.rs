//! `plumbline plan`: slices for images of one's own.

use std::path::Path;
use std::process::ExitCode;

use geometry::{Orientation, PatientPosition};
use imaging_io::{Image, SourceSeries, read_image};
use planner::{Networks, Planner as _, PlannerError, PlanningRequest, ScanPlan, Severity};

use crate::arguments::PlanArguments;
use crate::derived_dicom;
use crate::failure::Failure;
use crate::{output, resources};

/// Writes the plan; status 1 if a flag forbids its use.
pub fn plan(arguments: &PlanArguments) -> Result<ExitCode, Failure> {
    if let Some(report) = &arguments.report {
        resources::ending(report, &[".dcm"])?;
    }
    let written = pair(&arguments.out, arguments.report.as_deref());
    let read = pair(&arguments.image, arguments.coronal.as_deref());
    // A protocol's name may be a file's, too.
    resources::spares(&written, &[&read[..], &[Path::new(&arguments.protocol)]].concat())?;
    let networks = resources::networks(arguments.model.as_deref(), arguments.device)?;
    let protocol = resources::protocol(&arguments.protocol)?;
    let Image { volume, position } = read_image(&arguments.image).map_err(Failure::input)?;
    let coronal = arguments.coronal.as_deref().map(|path| coronal(path, &networks, arguments, position)).transpose()?;
    let source = arguments.report.as_ref().map(|_| derived_dicom::source(&arguments.image)).transpose()?;

    let rules = protocol.prescription();
    let images: Vec<_> = std::iter::once((Orientation::Sagittal, &volume))
        .chain(coronal.iter().map(|image| (Orientation::Coronal, &image.volume)))
        .collect();
    let registered = position.or_else(|| coronal.as_ref().and_then(|image| image.position));
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
    if let (Some(path), Some(source)) = (&arguments.report, &source) {
        resources::room_for(path)?;
        derived_dicom::write_levels(path, source, &planned.plan, &planner.name())?;
    }
    print(&planned.plan);
    output::result(format!("by {} on {}", planner.name(), networks.sagittal.processor()));
    written.iter().for_each(|path| output::result(path.display()));
    let usable = planned.plan.flags.iter().all(|flag| flag.severity < Severity::Critical);
    Ok(if usable { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn pair<'a>(first: &'a Path, second: Option<&'a Path>) -> Vec<&'a Path> {
    std::iter::once(first).chain(second).collect()
}

/// The coronal slices, if they can serve to count the levels of the sagittal ones.
fn coronal(
    path: &Path,
    networks: &Networks,
    arguments: &PlanArguments,
    position: Option<PatientPosition>,
) -> Result<Image, Failure> {
    let image = read_image(path).map_err(Failure::input)?;
    networks.reads_ribs(&image.volume).map_err(|reason| Failure::wrong(format!("{}: {reason}", path.display())))?;
    let unlike = |what: &str| {
        let sagittal = arguments.image.display();
        Failure::wrong(format!("{}: its {what} is not that of {sagittal}; expected one examination", path.display()))
    };
    if let (Some(here), Some(there)) = (image.position, position)
        && here != there
    {
        return Err(unlike("patient position"));
    }
    // Images that are no DICOM, or without these identifiers, are taken at their word.
    let frame = |path: &Path| SourceSeries::read(path).ok().map(|series| series.frame_of_reference_uid);
    match (frame(path), frame(&arguments.image)) {
        (Some(here), Some(there)) if here != there => Err(unlike("frame of reference")),
        _ => Ok(image),
    }
}

fn print(plan: &ScanPlan) {
    output::result(
        "disc     middle (left, back, head: DICOM patient coordinates), tilt from the axial plane in the sagittal one",
    );
    for level in &plan.levels {
        let tilt = scoring::positioning::sagittal_tilt_deg(&level.plane());
        let c = level.centre;
        output::result(format!(
            "{:<8} at ({:>6.1}, {:>6.1}, {:>6.1}) mm, tilt {tilt:>5.1}°, confidence {:.2}",
            level.label.to_string(),
            c.x,
            c.y,
            c.z,
            level.confidence
        ));
    }
    for flag in &plan.flags {
        let severity = format!("{:?}", flag.severity).to_lowercase();
        output::result(format!("{severity}: {}", flag.message));
    }
}

fn write(path: &Path, plan: &ScanPlan) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(plan).expect("a plan has a JSON form");
    resources::write(path, text.as_bytes())
}
