//! Options of the commands that use the network: `segment`, `plan`, `train`, `eval`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Device;

/// Where a vertebra ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutlineChoice {
    /// Including cortex and endplates, as in the labels of the phantoms
    Anatomy,
    /// At the marrow of the body, as human readers outline it
    Readers,
}

/// `plumbline segment`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  plumbline segment reports/scan-7/localizer-sagittal.nii.gz --out seg.nii.gz")]
pub struct SegmentArguments {
    /// A NIfTI file, a DICOM file or a DICOM folder, sagittal slices
    pub image: PathBuf,
    /// Where to write the labels (1 vertebra, 2 disc, 3 sacrum, 4 canal): NIfTI or, named .dcm, a DICOM segmentation of the
    /// DICOM images
    #[arg(long, value_name = "SEG.nii.gz|SEG.dcm")]
    pub out: PathBuf,
    /// The model's folder [default: models/lumbar-vnet]
    #[arg(long, value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// Where the network runs
    #[arg(long, value_enum, default_value_t = Device::Auto)]
    pub device: Device,
    /// Outline of the vertebrae [default: readers in images with pixels of at most 1.25 mm, else anatomy]
    #[arg(long, value_enum)]
    pub outline: Option<OutlineChoice>,
    /// Also write a picture of the image with labels
    #[arg(long, value_name = "FILE")]
    pub picture: Option<PathBuf>,
}

/// `plumbline plan`.
#[derive(Debug, Args)]
#[command(after_help = "\
Without --coronal five lumbar vertebrae are assumed, and the plan is flagged: four or six look the same from the side.
Exit status: 0 the plan can be used, 1 it has a critical flag and must not be used (the plan is written nevertheless), 2 the input is wrong.

Example:
  plumbline plan reports/scan-7/localizer-sagittal.nii.gz --coronal reports/scan-7/localizer-coronal.nii.gz --out plan.json")]
pub struct PlanArguments {
    /// A NIfTI file, a DICOM file or a DICOM folder, sagittal slices
    pub image: PathBuf,
    /// Coronal slices of the same examination: lumbar vertebrae are counted by the ribs on them
    #[arg(long, value_name = "IMAGE")]
    pub coronal: Option<PathBuf>,
    /// Where to write the plan
    #[arg(long, value_name = "plan.json")]
    pub out: PathBuf,
    /// Also write the discs as a DICOM report (TID 1500) on the DICOM images
    #[arg(long, value_name = "REPORT.dcm")]
    pub report: Option<PathBuf>,
    /// The model's folder [default: models/lumbar-vnet]
    #[arg(long, value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// Where the network runs
    #[arg(long, value_enum, default_value_t = Device::Auto)]
    pub device: Device,
    /// Protocol whose slices are prescribed: a built-in name or a TOML file
    #[arg(long, value_name = "NAME", default_value = "lumbar-1.5t")]
    pub protocol: String,
}

/// `plumbline train`.
#[derive(Debug, Args)]
#[command(after_help = "\
A training starts from random weights, or from those that the file's start-from names: one file, or a list of them, whose
mean is taken. With steps = 0 that mean is the result. After Ctrl-C, the same command continues.

Example:
  plumbline train models/lumbar-vnet/training.toml --out reports/training")]
pub struct TrainArguments {
    /// Training configuration (TOML; `plumbline schema training` describes it)
    pub config: PathBuf,
    /// Where checkpoints, log and curve go; an interrupted training there is continued
    #[arg(long, value_name = "DIR", default_value = "reports/training")]
    pub out: PathBuf,
    /// Where to export the weights when training ends
    #[arg(long, value_name = "DIR")]
    pub export: Option<PathBuf>,
}

/// `plumbline eval`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  plumbline eval models/lumbar-vnet scenarios/lumbar-routine.toml")]
pub struct EvalArguments {
    /// The model's folder
    pub model: PathBuf,
    /// Scenario files, or folders of them: their patients are the cohorts
    #[arg(required = true, value_name = "COHORT")]
    pub cohorts: Vec<PathBuf>,
    /// Model card whose figures are replaced by these
    #[arg(long, value_name = "README.md")]
    pub card: Option<PathBuf>,
    /// Where the network runs
    #[arg(long, value_enum, default_value_t = Device::Auto)]
    pub device: Device,
    /// Number of patients, in place of the scenario's
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub cases: Option<u64>,
    /// Print JSON on stdout in place of the table: figures by metric, of several cohorts by cohort first
    #[arg(long)]
    pub json: bool,
}
