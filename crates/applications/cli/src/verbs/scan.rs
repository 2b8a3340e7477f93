//! `plumbline scan`: localizer and planned series of one phantom, or a QA phantom.

use std::path::Path;

use diagnosis::Diagnosis;
use exam::Registration;
use geometry::{PatientPosition, SliceGroup, Volume};
use imaging_io::picture::{SliceView, Window, montage};
use imaging_io::{Scanned, write_nifti};
use randomness::Stream;
use runner::dicom::{Study, file_name, study_day};
use scanner::faults::FaultsError;
use scanner::{Faults, Protocol, Saturation, Scanner, SeriesProtocol, Subject};
use test_object::{AcrLargePhantom, Ball, acr_axial, acr_t1, qa_scanner};

use crate::arguments::{ImageFormat, ScanArguments};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::{output, resources};

/// Scans the QA phantom or patient of this name.
pub fn scan(arguments: &ScanArguments) -> Result<ExitStatus, Failure> {
    let mut protocol = resources::protocol(&arguments.protocol)?;
    if let Some(path) = &arguments.faults {
        protocol.faults = faults(path)?;
    }
    match arguments.spec.as_str() {
        "acr-large" => scan_object(arguments, &protocol, &AcrLargePhantom),
        "ball" => scan_object(arguments, &protocol, &Ball::default()),
        _ => scan_patient(arguments, &protocol),
    }
}

/// Scanner faults from a TOML file.
fn faults(path: &Path) -> Result<Faults, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::wrong(format!("cannot read {}: {error}", path.display())))?;
    Faults::from_toml(&text).map_err(|error| {
        Failure::from(&match &error {
            FaultsError::Syntax(error) => Diagnosis::of_toml(path, &text, error),
            FaultsError::OutOfRange { field, .. } => Diagnosis::at(path, &text, field, error.to_string(), ""),
        })
    })
}

/// A QA phantom with the ACR's axial series.
fn scan_object(arguments: &ScanArguments, protocol: &Protocol, object: &impl Subject) -> Result<ExitStatus, Failure> {
    let (series, group) = (acr_t1(), acr_axial());
    let registration = Registration {
        patient_id: arguments.spec.to_uppercase(),
        age_years: 0.0,
        weight_kg: 5.0,
        height_cm: 20.0,
        position: PatientPosition::HeadFirstSupine,
    };
    let session = Session::open(arguments, protocol, &registration, Scanned::QaPhantom)?;
    let scanner = qa_scanner(protocol.field_t, protocol.faults.clone());
    session.scan(object, &scanner, 1, &series, &group, &Saturation::default())?;
    Ok(ExitStatus::Success)
}

/// The localizer and, prescribed from the truth, the planned and the further series.
fn scan_patient(arguments: &ScanArguments, protocol: &Protocol) -> Result<ExitStatus, Failure> {
    let lying = resources::patient(&arguments.spec, arguments.seed)?;
    let positioning = phantom::Positioning { position: arguments.position, ..lying.positioning };
    let patient = phantom::PatientOnTable::new(lying.spine, positioning);
    let registration = scenario::registration_of(&patient, arguments.seed);
    let session = Session::open(arguments, protocol, &registration, Scanned::LumbarSpine)?;
    let plan = assessment::true_plan(&patient.truth(), &protocol.prescription());

    let mut queue: Vec<(&SeriesProtocol, SliceGroup)> =
        scanner::localizer(protocol).into_iter().map(|group| (&protocol.localizer.series, group)).collect();
    queue.extend(plan.groups.iter().map(|group| (protocol.series_for(&group.target), group.clone())));
    for further in protocol.further.iter().filter(|_| arguments.all) {
        for group in plan.groups_of(further.stack) {
            // "T1 TSE axial L4/L5", "T1 TSE sagittal".
            let place = group.target.disc().map(|disc| format!(" {disc}")).unwrap_or_default();
            let name = format!("{}{place}", further.series.name);
            queue.push((&further.series, SliceGroup { name, ..group.clone() }));
        }
    }

    let mut scan_time_s = 0.0;
    for (number, (series, group)) in queue.iter().enumerate() {
        let bands: &[_] = if group.name.starts_with("localizer") { &[] } else { &plan.sat_bands };
        session.scan(&patient, &protocol.scanner(), number as u32 + 1, series, group, &Saturation::by(bands))?;
        scan_time_s += series.scan_time_s(group);
    }
    output::result(format!("{scan_time_s:.0} s of scan time in all"));
    Ok(ExitStatus::Success)
}

/// One examination and the folder of its images.
struct Session<'a> {
    arguments: &'a ScanArguments,
    protocol: &'a Protocol,
    study: Study<'a>,
}

impl<'a> Session<'a> {
    fn open(
        arguments: &'a ScanArguments,
        protocol: &'a Protocol,
        registration: &'a Registration,
        scanned: Scanned,
    ) -> Result<Self, Failure> {
        resources::make_folder(&arguments.out)?;
        let date = arguments.date.unwrap_or_else(|| study_day(arguments.seed));
        // Position, day and protocol with the scanner's faults make another examination of the same phantom.
        let position = arguments.position.code();
        let key = format!("{} {} {position} {date} {protocol:?}", arguments.spec, arguments.seed);
        Ok(Self { arguments, protocol, study: Study { protocol, registration, scanned, date, key } })
    }

    /// Scans and writes one slice group, and prints its acquisition parameters.
    fn scan(
        &self,
        subject: &impl Subject,
        scanner: &Scanner,
        number: u32,
        series: &SeriesProtocol,
        group: &SliceGroup,
        saturation: &Saturation<'_>,
    ) -> Result<(), Failure> {
        series.check(group).map_err(Failure::input)?;
        let stream = Stream::from_seed(self.arguments.seed).child("acquisition", u64::from(number) - 1);
        let images = scanner::acquire(subject, scanner, series, group, saturation, &stream);
        let written = self.write(number, series, group, &images)?;
        let [phase, read, through] = series.voxel_mm(group);
        output::result(format!(
            "{:<34} {:>3} slices, {:>5.1} s, {phase:.2} × {read:.2} × {through:.1} mm, relative SNR {:>5.2}, SAR {:.1} W/kg  {written}",
            group.name,
            group.slices,
            series.scan_time_s(group),
            series.relative_snr(group, self.protocol.field_t),
            series.sar_w_per_kg(group, self.protocol.field_t),
        ));
        Ok(())
    }

    fn write(
        &self,
        number: u32,
        series: &SeriesProtocol,
        group: &SliceGroup,
        images: &Volume<f32>,
    ) -> Result<String, Failure> {
        let (name, out) = (file_name(&group.name), &self.arguments.out);
        let path = match self.arguments.format {
            ImageFormat::Nifti => {
                let path = out.join(format!("{name}.nii.gz"));
                write_nifti(&path, images).map_err(Failure::unfinished)?;
                path
            }
            ImageFormat::Dicom => {
                let folder = out.join(name);
                self.study.write(&folder, number, series, group, images).map_err(Failure::unfinished)?;
                folder
            }
            ImageFormat::DicomEnhanced => {
                let path = out.join(format!("{name}.dcm"));
                self.study.write_enhanced(&path, number, series, group, images).map_err(Failure::unfinished)?;
                path
            }
            ImageFormat::Png => {
                let path = out.join(format!("{name}.png"));
                let window = Window::of(images);
                let views: Vec<_> = (0..group.slices)
                    .map(|k| (format!("{}", k + 1), SliceView::of(images, k, window, 1.0).whole()))
                    .collect();
                let named: Vec<_> = views.iter().map(|(title, picture)| (title.as_str(), picture)).collect();
                resources::write(&path, &montage(&named, 5).encode_png())?;
                path
            }
        };
        Ok(path.display().to_string())
    }
}
