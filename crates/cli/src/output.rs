//! The only place that prints: results to stdout, complaints to stderr. A reader that closed the pipe has seen enough.

use std::io::Write as _;

/// A line of the result.
pub fn result(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A line about the progress.
pub fn note(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Why the command gave up.
pub fn complain(report: &miette::Report) {
    let _ = writeln!(std::io::stderr(), "{report:?}");
}

/// A value as JSON for programs.
pub fn json(value: &impl serde::Serialize) {
    result(serde_json::to_string_pretty(value).expect("results have a JSON form"));
}
