//! Options of `phantom` and `scan`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use geometry::PatientPosition;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// `plumbline phantom`.
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Example:\n  plumbline phantom show l4-l5-extrusion --out reports/extrusion.png\n  plumbline phantom synth adult-lumbar --seed 7 --out reports/phantom-7"
)]
pub enum PhantomVerb {
    /// List the phantoms and populations, one line each
    #[command(after_help = "Example:\n  plumbline phantom list")]
    List,
    /// Draw a picture sheet of a phantom, and print every level's grades
    #[command(after_help = "Example:\n  plumbline phantom show l4-l5-extrusion --out reports/extrusion.png")]
    Show {
        /// Name in phantoms/, or a file
        name: String,
        /// Individual of a population; a named phantom does not depend on it
        #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
        seed: u64,
        /// Where to write the picture
        #[arg(long, value_name = "FILE", default_value = "phantom.png")]
        out: PathBuf,
    },
    /// Write a phantom's tissue and label volumes (NIfTI) and truth.json
    #[command(after_help = "Example:\n  plumbline phantom synth adult-lumbar --seed 7 --out reports/phantom-7")]
    Synth {
        /// Name in phantoms/, or a file
        spec: String,
        /// Individual of a population; a named phantom does not depend on it
        #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
        seed: u64,
        /// Where to write
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Voxel size, mm
        #[arg(long, value_name = "MM", default_value_t = 1.0)]
        voxel_mm: f64,
    },
}

/// `plumbline scan`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  plumbline scan adult-lumbar --seed 7 --protocol lumbar-1.5t --out reports/scan-7   # --format png: pictures"
)]
pub struct ScanArguments {
    /// Name in phantoms/, a file, or a QA phantom: acr-large, ball
    pub spec: String,
    /// Individual of a population, and noise realization
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    pub seed: u64,
    /// Protocol: a built-in name or a TOML file
    #[arg(long, value_name = "NAME", default_value = "lumbar-1.5t")]
    pub protocol: String,
    /// Scanner faults: a TOML file such as `ghost = 0.05`
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// Also scan the protocol's further series (T1, STIR)
    #[arg(long)]
    pub all: bool,
    /// Where to write
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// File format of the images
    #[arg(long, value_enum, default_value_t = ImageFormat::Nifti)]
    pub format: ImageFormat,
    /// Day of the examination in DICOM files: YYYY-MM-DD, or today [default: 2026-01-01 and as many days as --seed says]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub date: Option<Date>,
    /// How the patient lies: head or feet first; supine, prone, decubitus right or left
    #[arg(long, value_name = "CODE", default_value = "HFS", value_parser = position_parser())]
    pub position: PatientPosition,
}

/// A day as DICOM files state it.
fn day(text: &str) -> Result<Date, String> {
    if text == "today" {
        return Ok(TimeZone::UTC.to_datetime(Timestamp::now()).date());
    }
    let expected = || format!("'{text}' is no day, expected YYYY-MM-DD, such as 2026-03-31, or today");
    // The parser takes times as well, which are no part of a day.
    let day = if text.len() == 10 { text.parse().ok() } else { None };
    day.ok_or_else(expected)
}

/// The codes of DICOM Patient Position.
fn position_parser() -> impl TypedValueParser<Value = PatientPosition> {
    PossibleValuesParser::new(PatientPosition::ALL.map(PatientPosition::code)).map(|code| {
        let position = PatientPosition::ALL.into_iter().find(|position| position.code() == code);
        position.expect("only codes are possible")
    })
}

/// File format of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImageFormat {
    /// MR Image Storage, one file per slice
    Dicom,
    /// Enhanced MR Image Storage, one file per series
    DicomEnhanced,
    /// One .nii.gz per series
    Nifti,
    /// One picture per series
    Png,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_and_anything_else_refused_with_an_example() {
        assert_eq!(day("2026-03-31"), Ok(Date::constant(2026, 3, 31)));
        assert!(day("today").is_ok_and(|today| today > Date::constant(2026, 1, 1)));
        for wrong in ["2026-02-30", "31.3.2026", "2026-03-31T08:00", "", "tomorrow"] {
            assert!(day(wrong).is_err_and(|error| error.contains("2026-03-31, or today")), "{wrong}");
        }
    }
}
