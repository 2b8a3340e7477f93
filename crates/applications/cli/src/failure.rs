//! How a verb ends when it does not end well.

use std::process::ExitCode;

use diagnosis::Diagnosis;
use miette::{LabeledSpan, MietteDiagnostic, NamedSource};
use scenario::ScenarioError;

/// Why a verb gave up, by exit status.
#[derive(Debug)]
pub enum Failure {
    /// The input is wrong: exit 2.
    Input(miette::Report),
    /// The run could not finish; what is done is kept: exit 3.
    Unfinished(miette::Report),
}

impl Failure {
    /// Wrong input, with the cause's whole chain.
    pub fn input(cause: impl std::error::Error) -> Self {
        Self::Input(miette::Report::msg(chain(&cause)))
    }

    /// A run that could not finish.
    pub fn unfinished(cause: impl std::error::Error) -> Self {
        Self::Unfinished(miette::Report::msg(chain(&cause)))
    }

    /// Wrong input, told in one sentence.
    pub fn wrong(message: impl Into<String>) -> Self {
        Self::Input(miette::Report::msg(message.into()))
    }

    /// A mistake in a file, shown in its place.
    pub fn diagnosis(mistake: &Diagnosis) -> Self {
        let label = LabeledSpan::new_with_span(None, mistake.span.clone());
        let (line, column) = mistake.line_and_column();
        let mut shown =
            MietteDiagnostic::new(format!("{}:{line}:{column}: {}", mistake.file.display(), mistake.message))
                .with_label(label);
        if !mistake.help.is_empty() {
            shown = shown.with_help(&mistake.help);
        }
        let source = NamedSource::new(mistake.file.display().to_string(), mistake.text.clone());
        Self::Input(miette::Report::new(shown).with_source_code(source))
    }

    /// A scenario that is refused.
    pub fn scenario(error: &ScenarioError) -> Self {
        match error.diagnosis() {
            Some(mistake) => Self::diagnosis(mistake),
            None => Self::input(error),
        }
    }

    /// The status that the process ends with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Input(_) => ExitCode::from(2),
            Self::Unfinished(_) => ExitCode::from(3),
        }
    }

    /// What to tell the user.
    pub fn report(&self) -> &miette::Report {
        match self {
            Self::Input(report) | Self::Unfinished(report) => report,
        }
    }
}

/// An error's message followed by those of its causes that it does not already repeat.
fn chain(cause: &dyn std::error::Error) -> String {
    let mut message = cause.to_string();
    let mut source = cause.source();
    while let Some(next) = source {
        let text = next.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        source = next.source();
    }
    message
}
