//! Options of `fault` and `check`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Device;

/// `plumbline fault`.
#[derive(Debug, Subcommand)]
pub enum FaultVerb {
    /// List the faults that can be planted, with their usual sizes
    #[command(after_help = "Example:\n  plumbline fault list")]
    List,
    /// Plant every fault in a planner's answers: each must be found and named
    Suite(SuiteArguments),
}

/// `plumbline fault suite`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status: 0 every fault is named, and none in the planner as it is; 1 otherwise.

Example:
  plumbline fault suite")]
pub struct SuiteArguments {
    /// Scenario whose patients are planned
    #[arg(default_value = "scenarios/instrument/planted-faults.toml", value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// The planner whose answers are spoiled: reference for the plan that the truth asks for, so that sizes are exact; builtin,
    /// or 'cmd:PROGRAM ARGUMENTS'
    #[arg(long, value_name = "PLANNER", default_value = "reference")]
    pub planner: String,
    /// Number of patients [default: the scenario's]
    #[arg(long, value_name = "N")]
    pub cases: Option<u64>,
    /// Where the network runs
    #[arg(long, value_enum, default_value_t = Device::Auto)]
    pub device: Device,
    /// Print JSON on stdout in place of the table
    #[arg(long)]
    pub json: bool,
}

/// `plumbline check`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status: 0 no mistake (warnings do not count), 2 a file is wrong.

Example:
  plumbline check scenarios/smoke.toml")]
pub struct CheckArguments {
    /// Scenario files, files of margins, or plan.json
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}
