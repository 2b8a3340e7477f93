//! The only place that prints: results to stdout, progress and errors to stderr. EPIPE is ignored: a reader such as
//! `head` may close the pipe.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};

/// A line of the result.
pub fn result(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A line about the progress.
pub fn note(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// An error; lines are not wrapped unless stderr is a terminal.
pub fn error(report: &miette::Report) {
    let mut text = String::new();
    let unwrapped = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor())
        .with_width(usize::MAX >> 1);
    let shown = if std::io::stderr().is_terminal() {
        write!(text, "{report:?}")
    } else {
        unwrapped.render_report(&mut text, report.as_ref())
    };
    let _ = shown.map(|()| writeln!(std::io::stderr(), "{text}"));
}

/// A value as JSON for programs.
pub fn json(value: &impl serde::Serialize) {
    result(serde_json::to_string_pretty(value).expect("results have a JSON form"));
}
