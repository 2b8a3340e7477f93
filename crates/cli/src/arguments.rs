//! The command line: verbs, options, and an example that works for each.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use geometry::PatientPosition;

/// A virtual MRI console and QA harness for lumbar spine positioning.
#[derive(Debug, Parser)]
#[command(
    name = "plumbline",
    version,
    arg_required_else_help = true,
    after_help = "\
Exit status:
  0  all criteria hold
  1  a criterion failed
  2  the input is wrong
  3  the run could not finish; what is done is kept

Example:
  plumbline run scenarios/lumbar-routine.toml"
)]
pub struct CommandLine {
    /// The verb.
    #[command(subcommand)]
    pub verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Examine a scenario's patients and judge the planner by its criteria
    Run(RunArguments),
    /// Sit at the virtual scanner: starts plumbline-console
    Console(ConsoleArguments),
    /// Compare a candidate run with a baseline, case by case
    Compare(CompareArguments),
    /// Join the shards of a run
    Merge(MergeArguments),
    /// Rebuild report.html from a run's stored results
    Report(ReportArguments),
    /// List, show or synthesize phantoms
    #[command(subcommand)]
    Phantom(PhantomVerb),
    /// Scan a phantom with a protocol
    Scan(ScanArguments),
    /// Segment an image with the V-Net
    Segment(SegmentArguments),
    /// Plan an examination from its localizer
    Plan(PlanArguments),
    /// Train the V-Net on phantoms
    Train(TrainArguments),
    /// Measure a model on a cohort that it never saw
    Eval(EvalArguments),
    /// Print the JSON Schema of a file that plumbline reads or writes
    Schema(SchemaArguments),
    /// Say what a metric measures, why it matters, and where its limit comes from
    Explain(ExplainArguments),
}

/// `plumbline run`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status: 0 all criteria hold, 1 one failed, 2 the input is wrong, 3 the run could not finish. A part of the
cases (--case, --shard) has no verdict and ends with 0; `plumbline merge` joins parts and judges them.

Example:
  plumbline run scenarios/smoke.toml --out reports/smoke")]
pub struct RunArguments {
    /// Scenario files, or folders of them
    #[arg(required = true, value_name = "SCENARIO|DIR")]
    pub scenarios: Vec<PathBuf>,
    /// Where to write the run [default: reports/NAME, for a part reports/NAME-case-K or reports/NAME-shard-K-of-N]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The planner under test, in place of the scenario's: builtin, or 'cmd:PROGRAM ARGUMENTS' for a child process
    #[arg(long, value_name = "PLANNER")]
    pub planner: Option<String>,
    /// Where the network runs
    #[arg(long, value_enum, default_value_t = Device::Auto)]
    pub device: Device,
    /// Seed, in place of the scenario's
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Run this case alone
    #[arg(long, value_name = "K", allow_negative_numbers = true)]
    pub case: Option<u64>,
    /// Run part k of n of the cases
    #[arg(long, value_name = "K/N", allow_negative_numbers = true)]
    pub shard: Option<Shard>,
    /// Continue an interrupted run
    #[arg(long)]
    pub resume: bool,
    /// Cases at the same time [default: 1, so that latencies are those of a planner that has the machine to itself]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub jobs: Option<usize>,
    /// Also write the images of every case as DICOM
    #[arg(long)]
    pub dicom: bool,
    /// File of plans that people made at the console, a line of JSON each, scored beside the simulated technologists'
    #[arg(long, value_name = "FILE.jsonl")]
    pub attempts: Vec<PathBuf>,
    /// Print run.json on stdout in place of the table
    #[arg(long)]
    pub json: bool,
}

/// `plumbline console`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  plumbline console --scenario scenarios/smoke.toml")]
pub struct ConsoleArguments {
    /// Scenario to be examined
    #[arg(long, value_name = "SCENARIO")]
    pub scenario: Option<PathBuf>,
    /// Further arguments, passed on to plumbline-console
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    pub arguments: Vec<OsString>,
}

/// Where the network runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Device {
    /// A hardware GPU if there is one, else the CPU
    Auto,
    /// The CPU; the same bytes on every machine
    Cpu,
    /// The CPU in bf16: half the time for a forward pass where it has AMX; labels differ in few voxels
    CpuBf16,
    /// Any GPU, a software rasterizer included
    Gpu,
}

impl std::fmt::Display for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
    }
}

/// Where a vertebra ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutlineChoice {
    /// With cortex and endplates, as the phantoms' labels have it
    Anatomy,
    /// At the marrow of its body, as people outline it
    Readers,
}

/// Part `index` of `count`, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 0.
    pub index: u64,
    /// How many parts.
    pub count: u64,
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = || format!("'{text}' is no shard: expected K/N with K below N, such as 0/4");
        let (index, count) = text.split_once('/').ok_or_else(expected)?;
        let shard =
            Self { index: index.parse().map_err(|_| expected())?, count: count.parse().map_err(|_| expected())? };
        if shard.index < shard.count { Ok(shard) } else { Err(expected()) }
    }
}

/// `plumbline compare`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status: 0 not worse by more than the margins, 1 worse or inconclusive, 2 the input is wrong. A candidate that lacks
cases of the baseline is inconclusive at best.

A file of margins, in each metric's unit (`plumbline explain METRIC` prints the usual one):
  format-version = 1
  [margins]
  \"plan.disc_angle_deg\" = 0.25

Example:
  plumbline compare reports/yesterday reports/today")]
pub struct CompareArguments {
    /// The run to compare with
    pub baseline: PathBuf,
    /// The run to judge
    pub candidate: PathBuf,
    /// Non-inferiority margins by metric (TOML)
    #[arg(long, value_name = "FILE")]
    pub margin: Option<PathBuf>,
    /// Where to write compare.json
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print JSON on stdout in place of the table: figures by metric, of several cohorts by cohort first
    #[arg(long)]
    pub json: bool,
}

/// `plumbline merge`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  plumbline merge reports/part-0 reports/part-1 --out reports/whole")]
pub struct MergeArguments {
    /// The shards' run folders
    #[arg(required = true)]
    pub runs: Vec<PathBuf>,
    /// Where to write the joined run
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// `plumbline report`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  plumbline report reports/lumbar-routine")]
pub struct ReportArguments {
    /// The run folder
    pub run: PathBuf,
}

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
        /// Which individual of a population; a named phantom is always the same
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
        /// Which individual of a population; a named phantom is always the same
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
    /// Which individual of a population, and which noise
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    pub seed: u64,
    /// Protocol: a built-in name or a TOML file
    #[arg(long, value_name = "NAME", default_value = "lumbar-1.5t")]
    pub protocol: String,
    /// What is wrong with the machine: a TOML file such as `ghost = 0.05`
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
    /// Scan the protocol's further series, too (T1, STIR)
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
    /// MR Image Storage, one file a slice
    Dicom,
    /// Enhanced MR Image Storage, one file a series
    DicomEnhanced,
    /// One .nii.gz a series
    Nifti,
    /// One picture a series
    Png,
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
    /// Where vertebrae end [default: readers in images with pixels of at most 1.25 mm, else anatomy]
    #[arg(long, value_enum)]
    pub outline: Option<OutlineChoice>,
    /// Also write a picture with the labels drawn over the image
    #[arg(long, value_name = "FILE")]
    pub picture: Option<PathBuf>,
}

/// `plumbline plan`.
#[derive(Debug, Args)]
#[command(after_help = "\
Without --coronal five lumbar vertebrae are assumed, and the plan is flagged: four or six look the same from the side.
Exit status: 0 the plan can be used, 1 a critical flag forbids it (the plan is written all the same), 2 the input is wrong.

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
mean is taken. With steps = 0 that mean is the result. Ctrl-C keeps what is learned; the same command continues.

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

/// `plumbline schema`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  plumbline schema scenario")]
pub struct SchemaArguments {
    /// Which file
    #[arg(value_enum)]
    pub file: SchemaOf,
}

/// A file that plumbline reads or writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// Scenario files
    Scenario,
    /// Phantom and population files
    Phantom,
    /// plan.json
    Plan,
    /// Training files
    Training,
    /// A line of a file of attempts
    Attempt,
    /// run.json
    Run,
}

/// `plumbline explain`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  plumbline explain plan.disc_angle_deg")]
pub struct ExplainArguments {
    /// The metric; left out, all are listed
    pub metric: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn shards_are_read_and_refused() {
        assert_eq!("2/4".parse(), Ok(Shard { index: 2, count: 4 }));
        for wrong in ["4/4", "x/4", "1", "-1/2", "0/0"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
