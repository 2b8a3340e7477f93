//! The command line: verbs, options, and an example that works for each.
//!
//! | module | whose options it holds |
//! | --- | --- |
//! | `runs` | `run`, commands on finished runs, `console` |
//! | `phantoms` | `phantom`, `scan` |
//! | `networks` | `segment`, `plan`, `train`, `eval` |
//! | `faults` | `fault`, `check` |
//! | `help` | `schema`, `explain` |

mod faults;
mod help;
mod networks;
mod phantoms;
mod runs;

use clap::{Parser, Subcommand, ValueEnum};

use crate::exit_status::ExitStatus;

pub use faults::{CheckArguments, FaultVerb, SuiteArguments};
pub use help::{ExplainArguments, SchemaArguments, SchemaOf};
pub use networks::{EvalArguments, OutlineChoice, PlanArguments, SegmentArguments, TrainArguments};
pub use phantoms::{ImageFormat, PhantomVerb, ScanArguments};
pub use runs::{CompareArguments, ConsoleArguments, MergeArguments, ReportArguments, RunArguments, Shard};

/// A virtual MRI console and QA harness for lumbar spine positioning.
#[derive(Debug, Parser)]
#[command(
    name = "plumbline",
    version,
    arg_required_else_help = true,
    after_help = format!("{}\n\nExample:\n  plumbline run scenarios/lumbar-routine.toml", ExitStatus::HELP)
)]
pub struct CommandLine {
    /// The verb.
    #[command(subcommand)]
    pub verb: Verb,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Examine the patients of a scenario and test the planner against its criteria
    Run(RunArguments),
    /// Find all mistakes of scenario and margin files, and requirements that no criterion watches
    Check(CheckArguments),
    /// List the known faults, or plant them all and see whether each is found and named
    #[command(subcommand)]
    Fault(FaultVerb),
    /// Start the virtual scanner console (plumbline-console)
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
    /// Measure a model on held-out cohorts
    Eval(EvalArguments),
    /// Print the JSON Schema of a file that plumbline reads or writes
    Schema(SchemaArguments),
    /// Explain a metric: what it measures, why it matters, and the source of its limit
    Explain(ExplainArguments),
}

/// Where the network runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Device {
    /// A hardware GPU if there is one, else the CPU
    Auto,
    /// The CPU; the same bytes on every machine
    Cpu,
    /// The CPU in bf16: with AMX, half the time of a forward pass; labels differ in a few voxels
    CpuBf16,
    /// Any GPU, a software rasterizer included
    Gpu,
}

impl std::fmt::Display for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.write_str(value.get_name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        CommandLine::command().debug_assert();
    }
}
