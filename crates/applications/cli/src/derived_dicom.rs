//! Results as DICOM objects of the images' study: labels as a segmentation, levels as a structured report.

use std::path::Path;

use geometry::Volume;
use imaging_io::{
    Algorithm, Code, Image, Measurement, MeasurementGroup, MeasurementReport, Segment, Segmentation, SourceSeries,
    write_report, write_segmentation,
};
use planner::{PlannedLevel, ScanPlan};

use crate::failure::Failure;

/// Angle between the disc plane and the axial plane in the sagittal plane.
const TILT: Code = Code::own("SAGITTAL-TILT", "Sagittal tilt of the disc plane");
/// Probability that level and plane are correct.
const CONFIDENCE: Code = Code::dicom("122157", "Probability");
/// The disc's centre in DICOM patient coordinates.
const CENTRE: [Code; 3] = [
    Code::own("DISC-CENTRE-X", "Disc centre, patient coordinate x (left)"),
    Code::own("DISC-CENTRE-Y", "Disc centre, patient coordinate y (back)"),
    Code::own("DISC-CENTRE-Z", "Disc centre, patient coordinate z (head)"),
];

/// True if the name is that of a DICOM file.
pub fn named_dicom(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("dcm"))
}

/// The series that a DICOM file made from the image refers to.
pub fn source(image: &Image) -> Result<&SourceSeries, Failure> {
    image.source.as_ref().map_err(|error| {
        Failure::wrong(format!(
            "{error}. A .dcm refers to the DICOM images it was made from; .nii.gz can be written for any image"
        ))
    })
}

/// Writes the class map as a segmentation; the model's hash is its version.
pub fn write_labels(path: &Path, source: &SourceSeries, labels: &Volume<u8>, hash: &str) -> Result<(), Failure> {
    let algorithm = Algorithm { name: "Plumbline V-Net".into(), version: hash.get(..12).unwrap_or(hash).to_owned() };
    let segments = Segment::of_class_map();
    let description = "Lumbar spine, segmented";
    let segmentation = Segmentation { labels, segments: &segments, algorithm: &algorithm, description };
    write_segmentation(path, source, &segmentation).map_err(Failure::unfinished)
}

/// Writes the levels of a plan as a report.
pub fn write_levels(path: &Path, source: &SourceSeries, plan: &ScanPlan, planner: &str) -> Result<(), Failure> {
    let groups = plan.levels.iter().map(group).collect();
    let report =
        MeasurementReport { observer: format!("Plumbline {planner}"), description: "Lumbar discs".into(), groups };
    write_report(path, source, &report).map_err(Failure::unfinished)
}

fn group(level: &PlannedLevel) -> MeasurementGroup {
    let tilt = Measurement::degrees(TILT, scoring::positioning::sagittal_tilt_deg(&level.plane()));
    let centre = CENTRE.into_iter().zip(level.centre.iter()).map(|(name, mm)| Measurement::mm(name, *mm));
    let confidence = Measurement::fraction(CONFIDENCE, level.confidence);
    MeasurementGroup::of_disc(level.label, std::iter::once(tilt).chain(centre).chain([confidence]).collect())
}
