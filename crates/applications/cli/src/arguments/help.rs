//! Options of `schema` and `explain`.

use clap::{Args, ValueEnum};

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
    /// Files of margins for `plumbline compare`
    Margins,
    /// Panels of simulated technologists
    Panel,
    /// Protocol files
    Protocol,
    /// What is wrong with a machine (`scan --faults`)
    Faults,
}

/// `plumbline explain`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  plumbline explain plan.disc_angle_deg\n  plumbline explain columns")]
pub struct ExplainArguments {
    /// The metric (METRIC, or METRIC@LEVEL at one disc level), or `columns` for the columns of cases.parquet; left out, all
    /// metrics are listed
    pub metric: Option<String>,
}
