//! Options of `run` and of what is done with runs.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::Device;

/// `plumbline run`.
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status: 0 all criteria are shown to hold, 1 one failed or is not shown, 2 the input is wrong, 3 the run could not
finish. A limit is shown to hold if the whole 95 % interval keeps it. A part of the cases (--case, --shard) has no verdict
and ends with 0; `plumbline merge` joins the parts and evaluates the criteria.

Example:
  plumbline run scenarios/smoke.toml --out reports/smoke")]
pub struct RunArguments {
    /// Scenario files, or folders of them
    #[arg(required = true, value_name = "SCENARIO|DIR")]
    pub scenarios: Vec<PathBuf>,
    /// Where to write the run [default: reports/NAME, for a part reports/NAME-case-K or reports/NAME-shard-K-of-N; where
    /// that holds a run, the next free number, such as reports/NAME-2]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Let the run take the place of the finished one in --out, once it is whole
    #[arg(long, requires = "out")]
    pub replace: bool,
    /// The planner under test, in place of the scenario's: builtin, 'cmd:PROGRAM ARGUMENTS' for a child
    /// process, or reference for the plan that the truth asks for
    #[arg(long, value_name = "PLANNER")]
    pub planner: Option<String>,
    /// Plant a fault between the planner and the instrument (`plumbline fault list` shows them), such as tilted:5
    #[arg(long, value_name = "NAME[:SIZE]", allow_hyphen_values = true)]
    pub fault: Option<String>,
    /// Where the network runs
    #[arg(long, value_enum, default_value_t = Device::Auto)]
    pub device: Device,
    /// Seed, in place of the scenario's
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub seed: Option<u64>,
    /// Seed of the examinations' noise and motion: the same patients measured again, for `plumbline compare`
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub noise_seed: Option<u64>,
    /// Run this case alone
    #[arg(long, value_name = "K", allow_negative_numbers = true)]
    pub case: Option<u64>,
    /// Run part k of n of the cases
    #[arg(long, value_name = "K/N", allow_negative_numbers = true)]
    pub shard: Option<Shard>,
    /// Continue an interrupted run
    #[arg(long)]
    pub resume: bool,
    /// Number of concurrent cases [default: 1, so that latencies are not affected by other cases]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub jobs: Option<usize>,
    /// Also write the images of every case as DICOM
    #[arg(long)]
    pub dicom: bool,
    /// File of attempts made at the console (JSON lines), scored beside the simulated technologists
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
    /// Scenario to examine
    #[arg(long, value_name = "SCENARIO")]
    pub scenario: Option<PathBuf>,
    /// Further arguments, passed on to plumbline-console
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
    pub arguments: Vec<OsString>,
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
        let expected = || format!("'{text}' is not a shard, expected K/N with K below N, such as 0/4");
        let (index, count) = text.split_once('/').ok_or_else(expected)?;
        let shard =
            Self { index: index.parse().map_err(|_| expected())?, count: count.parse().map_err(|_| expected())? };
        if shard.index < shard.count { Ok(shard) } else { Err(expected()) }
    }
}

/// `plumbline compare`.
#[derive(Debug, Args)]
#[command(after_help = "\
The verdict is one of: better; not worse within the margin; worse; inconclusive, with the number of
cases that would settle it. A row is worse if the change exceeds its margin and is no chance (5 % for
all rows together, Holm). It is not worse if the 95 % interval of the change ends within the margin.
Every judged row must show that, at every disc level. What is shown for information decides nothing
unless a file of margins names it.

Exit status: 0 better, or not worse within the margins; 1 worse or inconclusive; 2 the input is
wrong. A candidate that lacks cases of the baseline is inconclusive at best.

A file of margins, in each metric's unit, at all levels or at one (`plumbline explain METRIC` prints
the usual margin):
  format-version = 1
  [margins]
  \"plan.disc_angle_deg\" = 0.25
  \"plan.disc_angle_deg@L5/S1\" = 0.5

Example:
  plumbline compare reports/sample reports/sample --out reports/compared")]
pub struct CompareArguments {
    /// The run to compare with
    pub baseline: PathBuf,
    /// The run to judge
    pub candidate: PathBuf,
    /// Non-inferiority margins by metric (TOML)
    #[arg(long, value_name = "FILE")]
    pub margin: Option<PathBuf>,
    /// Where to write compare.json, compare.html with pictures of the worst cases, and compare.md for a pull request
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print JSON on stdout in place of the table
    #[arg(long)]
    pub json: bool,
    /// Print Markdown for a pull request on stdout in place of the table
    #[arg(long, conflicts_with = "json")]
    pub markdown: bool,
}

/// `plumbline merge`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  plumbline merge reports/part-0 reports/part-1 --out reports/whole")]
pub struct MergeArguments {
    /// Run folders of the shards
    #[arg(required = true)]
    pub runs: Vec<PathBuf>,
    /// Where to write the joined run
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Let the joined run take the place of the finished one in --out, once it is whole
    #[arg(long)]
    pub replace: bool,
}

/// `plumbline report`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  plumbline report reports/lumbar-routine")]
pub struct ReportArguments {
    /// The run folder
    pub run: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_read_and_refused() {
        assert_eq!("2/4".parse(), Ok(Shard { index: 2, count: 4 }));
        for wrong in ["4/4", "x/4", "1", "-1/2", "0/0"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
