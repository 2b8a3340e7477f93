//! The only place that prints: results to stdout, complaints to stderr.
#![expect(clippy::print_stderr, reason = "this is where the command prints")]

use std::io::Write as _;

/// A line of the result.
pub fn result(line: impl std::fmt::Display) {
    // A reader that closed the pipe has seen enough.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A line about the progress.
pub fn note(line: impl std::fmt::Display) {
    eprintln!("{line}");
}

/// Why the command gave up.
pub fn complain(report: &miette::Report) {
    eprintln!("{report:?}");
}

/// A value as JSON for programs.
pub fn json(value: &impl serde::Serialize) {
    result(serde_json::to_string_pretty(value).expect("results have a JSON form"));
}
