//! Simulated series as DICOM: what a scanner would write of them.

use std::collections::BTreeSet;
use std::path::Path;

use exam::Registration;
use geometry::{SliceGroup, Volume};
use imaging_io::{FileError, Scanned, SequenceParameters, SeriesHeader, write_enhanced, write_series};
use jiff::Span;
use jiff::civil::Date;
use scanner::{Protocol, Sequence, SeriesProtocol};

/// The first day of the virtual scanner. Dates count from it, so that files do not depend on when they were made.
const FIRST_DAY: Date = Date::constant(2026, 1, 1);
/// The time of every examination.
const STUDY_TIME: &str = "080000";
/// Days after which the calendar begins anew: 27 years, so that every number is a date that archives accept.
const CALENDAR_DAYS: u64 = 10_000;

/// The day of an examination by its number: a run's case 0 is examined on 2026-01-01, case 1 on 2026-01-02.
pub fn study_day(number: u64) -> Date {
    FIRST_DAY.saturating_add(Span::new().days((number % CALENDAR_DAYS) as i64))
}

/// A study: one patient in one examination.
pub struct Study<'a> {
    /// The protocol.
    pub protocol: &'a Protocol,
    /// The patient.
    pub registration: &'a Registration,
    /// Who or what is scanned.
    pub scanned: Scanned,
    /// The day of the examination.
    pub date: Date,
    /// What makes the examination what it is. UIDs follow from it and from what is written, so that other images never
    /// have the same.
    pub key: String,
}

impl Study<'_> {
    /// Writes a series, one file a slice, into a folder, which is made.
    ///
    /// # Errors
    /// [`FileError`] with the file and the system's reason.
    pub fn write(
        &self,
        folder: &Path,
        number: u32,
        series: &SeriesProtocol,
        group: &SliceGroup,
        images: &Volume<f32>,
    ) -> Result<(), FileError> {
        std::fs::create_dir_all(folder).map_err(FileError::unreadable(folder))?;
        write_series(folder, &self.header(number, series, group), images)?;
        Ok(())
    }

    /// Writes a series as one Enhanced MR file.
    ///
    /// # Errors
    /// [`FileError`] with the file and the system's reason.
    pub fn write_enhanced(
        &self,
        path: &Path,
        number: u32,
        series: &SeriesProtocol,
        group: &SliceGroup,
        images: &Volume<f32>,
    ) -> Result<(), FileError> {
        write_enhanced(path, &self.header(number, series, group), images)
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
            study_date: self.date.strftime("%Y%m%d").to_string(),
            study_time: STUDY_TIME.into(),
            study_key: self.key.clone(),
            series_number: number,
            description: group.name.clone(),
            protocol: self.protocol.name.clone(),
            sequence: sequence_of(series, self.protocol.field_t, group),
        }
    }
}

/// The longest name of a file or folder that is made of a series' name, bytes; file systems allow 255.
const MAX_NAME_BYTES: usize = 100;

/// A series' name as a file name: "axial L4/L5" → "axial-L4-L5". Whatever a planner calls its groups, the name leads to no
/// other folder and is short enough for every file system.
pub fn file_name(series: &str) -> String {
    let kept: String = series.chars().map(|c| if c.is_alphanumeric() || c == '.' { c } else { '-' }).collect();
    let mut name = kept.trim_matches('.').to_owned();
    while name.len() > MAX_NAME_BYTES {
        name.pop();
    }
    if name.is_empty() { "series".to_owned() } else { name }
}

/// [`file_name`] for several series: one that is taken, in upper or lower case, gets a number.
pub fn distinct_file_names<'a>(series: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let distinct = |series: &str| {
        let name = file_name(series);
        let numbered = (2..).map(|number: u32| format!("{name}-{number}"));
        let free = std::iter::once(name.clone()).chain(numbered).find(|name| taken.insert(name.to_lowercase()));
        free.expect("there are more numbers than series")
    };
    series.into_iter().map(distinct).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_series_leads_out_of_its_folder() {
        for (series, name) in [
            ("axial L4/L5", "axial-L4-L5"),
            ("T1 1.5 mm", "T1-1.5-mm"),
            ("..", "series"),
            (".", "series"),
            ("", "series"),
            ("../../etc", "-..-etc"),
            (".hidden", "hidden"),
        ] {
            assert_eq!(file_name(series), name);
        }
        assert_eq!(file_name(&"a".repeat(300)).len(), MAX_NAME_BYTES);
        assert!(file_name(&"ß".repeat(300)).len() <= MAX_NAME_BYTES);
    }

    #[test]
    fn series_of_one_name_have_folders_of_their_own() {
        assert_eq!(
            distinct_file_names(["T2", "axial", "t2", "..", "."]),
            ["T2", "axial", "t2-2", "series", "series-2"]
        );
    }

    #[test]
    fn days_advance_and_stay_dates() {
        assert_eq!(study_day(0).to_string(), "2026-01-01");
        assert_eq!(study_day(31).to_string(), "2026-02-01");
        assert!(study_day(u64::MAX) < Date::constant(2054, 1, 1));
    }
}
