//! `plumbline schema` and `plumbline explain`.

use results::metrics;

use crate::schema;

use crate::arguments::{ExplainArguments, SchemaArguments, SchemaOf};
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::output;
use crate::table::{Align, Table};

/// Prints a JSON Schema.
pub fn schema(arguments: &SchemaArguments) -> Result<ExitStatus, Failure> {
    output::json(&match arguments.file {
        SchemaOf::Scenario => schema::scenario(),
        SchemaOf::Phantom => schema::phantom(),
        SchemaOf::Plan => schema::plan(),
        SchemaOf::Attempt => schema::attempt(),
        SchemaOf::Training => schema::training(),
        SchemaOf::Run => schema::run(),
        SchemaOf::Margins => schema::margins(),
        SchemaOf::Panel => schema::panel(),
        SchemaOf::Protocol => schema::protocol(),
        SchemaOf::Faults => schema::faults(),
    });
    Ok(ExitStatus::Success)
}

/// In place of a metric's name: the columns of `cases.parquet`.
const COLUMNS: &str = "columns";

/// Explains one metric or the columns of `cases.parquet`, or lists all metrics.
pub fn explain(arguments: &ExplainArguments) -> Result<ExitStatus, Failure> {
    let Some(name) = &arguments.metric else {
        let mut table = Table::new([Align::Left; 2]);
        metrics::all().iter().for_each(|metric| table.push([metric.name, metric.title]));
        table.lines().iter().for_each(output::result);
        return Ok(ExitStatus::Success);
    };
    if name == COLUMNS {
        output::result(run_store::row::dictionary().trim_end());
        return Ok(ExitStatus::Success);
    }
    match metrics::find_at(name) {
        Ok(at) => {
            output::result(at.explanation());
            Ok(ExitStatus::Success)
        }
        Err(unknown) => {
            let help = if unknown.help.is_empty() { String::new() } else { format!("{} ", unknown.help) };
            Err(Failure::wrong(format!("{unknown}; {help}`plumbline explain` lists all")))
        }
    }
}
