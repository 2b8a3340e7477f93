//! The plumbline command: reads arguments, calls the harness, prints.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`arguments`] | the verbs and their options |
//! | [`exit_status`], [`failure`] | how a command ends, and why it failed |
//! | `verbs` | one file a verb |
//! | `model_card`, `derived_dicom`, `phantom_sheet`, `schema` | what some of them write |
//! | `resources` | models, populations, protocols and patients by name; files that may be written |
//! | `planner_under_test` | the planner that a run tests |
//! | `device` | where the network runs |
//! | `host` | the machine and the build, for the record |
//! | `run_folder` | where a run is written |
//! | `output`, `progress`, `table` | stdout, stderr while a command runs, aligned columns |
//! | `interrupt` | Ctrl-C |

pub mod arguments;
mod derived_dicom;
mod device;
pub mod exit_status;
pub mod failure;
mod host;
mod interrupt;
mod model_card;
mod output;
mod phantom_sheet;
mod planner_under_test;
mod progress;
mod resources;
mod run_folder;
mod schema;
mod table;
mod verbs;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{CommandLine, Verb};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;

/// Runs the command line and returns its exit status.
pub fn main() -> ExitCode {
    let command = match CommandLine::try_parse() {
        Ok(command) => command,
        Err(error) => error.exit(), // prints, with status 0 for --help and 2 for a mistake
    };
    match carry_out(command.verb) {
        Ok(status) => status,
        Err(failure) => {
            output::error(failure.report());
            failure.status().into()
        }
    }
}

fn carry_out(verb: Verb) -> Result<ExitCode, Failure> {
    let status: ExitStatus = match verb {
        Verb::Run(arguments) => verbs::run::run(&arguments),
        Verb::Check(arguments) => verbs::check::check(&arguments),
        Verb::Fault(verb) => verbs::fault::fault(&verb),
        Verb::Console(arguments) => return verbs::console::console(&arguments),
        Verb::Compare(arguments) => verbs::runs::compare(&arguments),
        Verb::Merge(arguments) => verbs::runs::merge(&arguments),
        Verb::Report(arguments) => verbs::runs::report(&arguments),
        Verb::Phantom(verb) => verbs::phantom::phantom(&verb),
        Verb::Scan(arguments) => verbs::scan::scan(&arguments),
        Verb::Segment(arguments) => verbs::segment::segment(&arguments),
        Verb::Plan(arguments) => verbs::plan::plan(&arguments),
        Verb::Train(arguments) => verbs::train::train(&arguments),
        Verb::Eval(arguments) => verbs::eval::eval(&arguments),
        Verb::Schema(arguments) => verbs::help::schema(&arguments),
        Verb::Explain(arguments) => verbs::help::explain(&arguments),
    }?;
    Ok(status.into())
}
