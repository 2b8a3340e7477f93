//! `plumbline check`.

use std::path::Path;

use diagnosis::Diagnosis;
use planner::ScanPlan;
use results::compare::{Margins, MarginsError};
use scenario::{Findings, ScenarioSetup};

use crate::arguments::CheckArguments;
use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::output;

/// Tells all mistakes of the files at once, and what is allowed and hardly meant.
pub fn check(arguments: &CheckArguments) -> Result<ExitStatus, Failure> {
    let mut wrong = 0;
    for file in &arguments.files {
        let Findings { mistakes, warnings } = look_at(file)?;
        for mistake in &mistakes {
            output::result(format!("error: {mistake}"));
        }
        for warning in &warnings {
            output::result(format!("warning: {warning}"));
        }
        if mistakes.is_empty() && warnings.is_empty() {
            output::result(format!("{}: nothing to report", file.display()));
        }
        wrong += mistakes.len();
    }
    Ok(if wrong == 0 { ExitStatus::Success } else { ExitStatus::WrongInput })
}

fn look_at(file: &Path) -> Result<Findings, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::wrong(format!("cannot read {}: {error}", file.display())))?;
    let only = |mistake: Option<Diagnosis>| Findings { mistakes: mistake.into_iter().collect(), warnings: Vec::new() };
    if file.extension().is_some_and(|end| end == "json") {
        let read = ScanPlan::from_json(text.as_bytes());
        return Ok(only(read.err().map(|error| Diagnosis::at(file, &text, "", error.to_string(), ""))));
    }
    // A file of margins has that table and no patients.
    if text.lines().any(|line| line.trim() == "[margins]") {
        return match Margins::load(file) {
            Ok(_) => Ok(only(None)),
            Err(MarginsError::Wrong(mistake)) => Ok(only(Some(*mistake))),
            Err(error) => Err(Failure::input(error)),
        };
    }
    Ok(ScenarioSetup::lint(file)?)
}
