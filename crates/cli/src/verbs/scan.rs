//! `plumbline scan`: localizer and planned series of one phantom.

use std::process::ExitCode;

use geometry::SliceGroup;
use harness::dicom::{Study, file_name};
use imaging_io::picture::{SliceView, Window, montage};
use imaging_io::write_nifti;
use randomness::Stream;

use crate::arguments::{ImageFormat, ScanArguments};
use crate::failure::Failure;
use crate::{output, resources};

/// Scans the localizer and, prescribed from the truth, the sagittal and axial series.
pub fn scan(arguments: &ScanArguments) -> Result<ExitCode, Failure> {
    let protocol = resources::protocol(&arguments.protocol)?;
    let mut patient = resources::patient(&arguments.spec, arguments.seed)?;
    patient.positioning.position = arguments.position;
    resources::folder(&arguments.out)?;
    let registration = harness::runner::registration_of(&patient, arguments.seed);
    let study = Study {
        protocol: &protocol,
        registration: &registration,
        key: format!("{} {} {}", arguments.spec, arguments.seed, arguments.protocol),
    };
    let plan = harness::runner::true_plan(&patient.truth(), &harness::runner::rules_of(&protocol));
    let localizer = scanner::localizer(&protocol).into_iter().map(|group| (&protocol.localizer.series, group, &[][..]));
    let planned = plan.groups.iter().map(|group| {
        let axial = group.role == geometry::SliceRole::AxialDisc;
        (if axial { &protocol.axial_t2 } else { &protocol.sagittal_t2 }, group.clone(), &plan.sat_bands[..])
    });
    let mut scan_time_s = 0.0;
    for (number, (series, group, bands)) in localizer.chain(planned).enumerate() {
        series.check(&group).map_err(Failure::input)?;
        let stream = Stream::from_seed(arguments.seed).child("acquisition", number as u64);
        let images = scanner::acquire(&patient, &protocol.scanner(), series, &group, bands, &stream);
        let seconds = series.scan_time_s(&group);
        scan_time_s += seconds;
        let written = write(arguments, &study, number as u32 + 1, &group, &images)?;
        output::result(format!(
            "{:<20} {:>3} slices, {seconds:>5.1} s of scan time  {written}",
            group.name, group.slices
        ));
    }
    output::result(format!("{scan_time_s:.0} s of scan time in all"));
    Ok(ExitCode::SUCCESS)
}

fn write(
    arguments: &ScanArguments,
    study: &Study<'_>,
    number: u32,
    group: &SliceGroup,
    images: &geometry::Volume<f32>,
) -> Result<String, Failure> {
    let name = file_name(&group.name);
    let path = match arguments.format {
        ImageFormat::Nifti => {
            let path = arguments.out.join(format!("{name}.nii.gz"));
            write_nifti(&path, images).map_err(Failure::unfinished)?;
            path
        }
        ImageFormat::Dicom => {
            study.write(&arguments.out, number, group, images).map_err(Failure::unfinished)?;
            arguments.out.join(name)
        }
        ImageFormat::DicomEnhanced => {
            study.write_enhanced(&arguments.out, number, group, images).map_err(Failure::unfinished)?
        }
        ImageFormat::Png => {
            let path = arguments.out.join(format!("{name}.png"));
            let window = Window::of(images);
            let views: Vec<_> = (0..group.slices)
                .map(|k| (format!("{}", k + 1), SliceView::of(images, k, window, 1.0).picture))
                .collect();
            let named: Vec<_> = views.iter().map(|(title, picture)| (title.as_str(), picture)).collect();
            resources::write(&path, &montage(&named, 5).encode_png())?;
            path
        }
    };
    Ok(path.display().to_string())
}
