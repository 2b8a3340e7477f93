//! Options of `phantom` and `scan`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use geometry::PatientPosition;

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
    /// How the patient lies: head or feet first; supine, prone, decubitus right or left
    #[arg(long, value_name = "CODE", default_value = "HFS", value_parser = position_parser())]
    pub position: PatientPosition,
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
