//! `plumbline schema` and `plumbline explain`.

use std::process::ExitCode;

use diagnosis::did_you_mean;
use results::metrics;

use crate::schema;

use crate::arguments::{ExplainArguments, SchemaArguments, SchemaOf};
use crate::failure::Failure;
use crate::output;

/// Prints a JSON Schema.
pub fn schema(arguments: &SchemaArguments) -> Result<ExitCode, Failure> {
    output::json(&match arguments.file {
        SchemaOf::Scenario => schema::scenario(),
        SchemaOf::Phantom => schema::phantom(),
        SchemaOf::Plan => schema::plan(),
        SchemaOf::Attempt => schema::attempt(),
        SchemaOf::Training => schema::training(),
        SchemaOf::Run => schema::run(),
    });
    Ok(ExitCode::SUCCESS)
}

/// Explains one metric, or lists all.
pub fn explain(arguments: &ExplainArguments) -> Result<ExitCode, Failure> {
    let Some(name) = &arguments.metric else {
        for metric in metrics::all() {
            output::result(format!("{:<34} {}", metric.name, metric.title));
        }
        return Ok(ExitCode::SUCCESS);
    };
    match metrics::find(name) {
        Some(metric) => {
            output::result(metric.explanation());
            Ok(ExitCode::SUCCESS)
        }
        None => {
            let near = did_you_mean(name, metrics::all().iter().map(|metric| metric.name));
            Err(Failure::wrong(format!("unknown metric '{name}'; {near} `plumbline explain` lists all")))
        }
    }
}
