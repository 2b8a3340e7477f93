//! Why a command failed: its exit status, and what to tell the user.

use diagnosis::Diagnosis;
use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};
use run_store::StoreError;
use scenario::ScenarioError;

use crate::exit_status::ExitStatus;

/// Why a command failed. Every error of a library becomes one of these, and `main` alone prints it.
#[derive(Debug)]
pub struct Failure {
    status: ExitStatus,
    report: Report,
}

impl Failure {
    /// Wrong input, in one sentence: what was found and what was expected.
    pub fn wrong(message: impl Into<String>) -> Self {
        Self { status: ExitStatus::WrongInput, report: Report::msg(message.into()) }
    }

    /// Wrong input, with the messages of all causes.
    pub fn input(cause: impl std::error::Error) -> Self {
        Self::wrong(with_causes(&cause))
    }

    /// A command that could not finish, with the messages of all causes.
    pub fn unfinished(cause: impl std::error::Error) -> Self {
        Self { status: ExitStatus::Unfinished, report: Report::msg(with_causes(&cause)) }
    }

    /// A file that cannot be written: the command could not finish.
    pub fn unwritable(path: &std::path::Path, error: &std::io::Error) -> Self {
        let message = format!("cannot write {}: {error}", path.display());
        Self { status: ExitStatus::Unfinished, report: Report::msg(message) }
    }

    /// The status that the process ends with.
    pub fn status(&self) -> ExitStatus {
        self.status
    }

    /// What to tell the user.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// A run directory that is refused is wrong input; one that cannot be written leaves the command unfinished.
pub fn store_failure(error: StoreError) -> Failure {
    if error.is_wrong_input() { Failure::input(error) } else { Failure::unfinished(error) }
}

/// A mistake in a file, shown with the line it is on.
impl From<&Diagnosis> for Failure {
    fn from(mistake: &Diagnosis) -> Self {
        let (line, column) = mistake.line_and_column();
        let message = format!("{}:{line}:{column}: {}", mistake.file.display(), mistake.message);
        let label = LabeledSpan::new_with_span(None, mistake.span.clone());
        let mut shown = MietteDiagnostic::new(message).with_label(label);
        if !mistake.help.is_empty() {
            shown = shown.with_help(&mistake.help);
        }
        let source = NamedSource::new(mistake.file.display().to_string(), mistake.text.clone());
        Self { status: ExitStatus::WrongInput, report: Report::new(shown).with_source_code(source) }
    }
}

impl From<ScenarioError> for Failure {
    fn from(error: ScenarioError) -> Self {
        match error.diagnosis() {
            Some(mistake) => Self::from(mistake),
            None => Self::input(error),
        }
    }
}

/// An error's message followed by those of its causes that it does not already repeat.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        source = cause.source();
    }
    message
}
