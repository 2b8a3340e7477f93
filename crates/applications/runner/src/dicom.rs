//! Simulated series as DICOM: what a scanner would write of them.

use std::path::{Path, PathBuf};

use exam::Registration;
use geometry::{SliceGroup, Volume};
use imaging_io::{FileError, Scanned, SequenceParameters, SeriesHeader, write_enhanced, write_series};
use scanner::{Protocol, Sequence, SeriesProtocol};

/// The day on which all simulated patients are scanned: files must not depend on when they were made.
const STUDY_DATE: &str = "20260101";
/// Its time.
const STUDY_TIME: &str = "080000";

/// A study: one patient in one examination.
pub struct Study<'a> {
    /// The protocol.
    pub protocol: &'a Protocol,
    /// The patient.
    pub registration: &'a Registration,
    /// Who or what is scanned.
    pub scanned: Scanned,
    /// What makes the study's UIDs; the same key, the same UIDs.
    pub key: String,
}

impl Study<'_> {
    /// Writes a series into a folder named after it, which is made.
    ///
    /// # Errors
    /// [`FileError`] with the file and the system's reason.
    pub fn write(&self, folder: &Path, number: u32, group: &SliceGroup, images: &Volume<f32>) -> Result<(), FileError> {
        self.write_as(folder, number, series_of(self.protocol, group), group, images)
    }

    /// The same for a series that is none of the protocol's planned ones.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn write_as(
        &self,
        folder: &Path,
        number: u32,
        series: &SeriesProtocol,
        group: &SliceGroup,
        images: &Volume<f32>,
    ) -> Result<(), FileError> {
        let folder = folder.join(file_name(&group.name));
        std::fs::create_dir_all(&folder).map_err(FileError::unreadable(&folder))?;
        write_series(&folder, &self.header(number, series, group), images)?;
        Ok(())
    }

    /// Writes a series as one Enhanced MR file named after it.
    ///
    /// # Errors
    /// [`FileError`] with the file and the system's reason.
    pub fn write_enhanced(
        &self,
        folder: &Path,
        number: u32,
        series: &SeriesProtocol,
        group: &SliceGroup,
        images: &Volume<f32>,
    ) -> Result<PathBuf, FileError> {
        let path = folder.join(format!("{}.dcm", file_name(&group.name)));
        write_enhanced(&path, &self.header(number, series, group), images)?;
        Ok(path)
    }

    fn header(&self, number: u32, series: &SeriesProtocol, group: &SliceGroup) -> SeriesHeader {
        let person = self.registration;
        SeriesHeader {
            scanned: self.scanned,
            patient_name: format!("Phantom^{}", person.patient_id),
            patient_id: person.patient_id.clone(),
            birth_date: String::new(),
            sex: String::new(),
            age_years: person.age_years,
            height_m: (person.height_cm / 100.0 * 1e4).round() / 1e4,
            weight_kg: (person.weight_kg * 10.0).round() / 10.0,
            position: person.position,
            study_date: STUDY_DATE.into(),
            study_time: STUDY_TIME.into(),
            study_key: self.key.clone(),
            series_number: number,
            description: group.name.clone(),
            protocol: self.protocol.name.clone(),
            sequence: sequence_of(series, self.protocol.field_t, group),
        }
    }
}

/// A series' name as a file name: "axial L4/L5" → "axial-L4-L5".
pub fn file_name(series: &str) -> String {
    series.chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '-' }).collect()
}

/// The series of the protocol that a group was scanned with.
fn series_of<'a>(protocol: &'a Protocol, group: &SliceGroup) -> &'a SeriesProtocol {
    if group.name.starts_with("localizer") { &protocol.localizer.series } else { protocol.series_for(&group.target) }
}

fn sequence_of(series: &SeriesProtocol, field_t: f64, group: &SliceGroup) -> SequenceParameters {
    let sequence = &series.sequence;
    let (scanning_sequence, variant) = match sequence {
        Sequence::SpoiledGradientEcho { .. } => ("GR", "SP"),
        Sequence::Bssfp { .. } => ("GR", "SS"),
        Sequence::SpinEcho { .. } => ("SE", "NONE"),
        Sequence::TurboSpinEcho { .. } => ("SE", "SK"),
        Sequence::InversionRecovery { .. } => ("IR", "SK"),
    };
    SequenceParameters {
        scanning_sequence: scanning_sequence.into(),
        variant: variant.into(),
        repetition_time_ms: sequence.tr_ms(),
        echo_time_ms: sequence.te_ms(),
        inversion_time_ms: match sequence {
            Sequence::InversionRecovery { ti_ms, .. } => Some(*ti_ms),
            _ => None,
        },
        flip_deg: sequence.flip_deg(),
        echo_train_length: sequence.echo_train().0 as u32,
        averages: series.averages as f64,
        bandwidth_hz_per_px: series.bandwidth_hz_per_px,
        // Hundredths: more than anybody reads, and few enough digits for a decimal string.
        sar_w_per_kg: (series.sar_w_per_kg(group, field_t) * 100.0).round() / 100.0,
        phase_encoding: group.phase_encoding,
        field_t,
        thickness_mm: group.thickness_mm,
    }
}
