//! One mistake in a scenario, by the path of the value.

/// One mistake in a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// Where: a dotted TOML path.
    pub at: String,
    /// What was found.
    pub message: String,
    /// What was expected.
    pub help: String,
}

/// The mistake as the result of a check.
pub(crate) fn mistake(
    at: impl Into<String>,
    message: impl Into<String>,
    help: impl Into<String>,
) -> Result<(), Mistake> {
    Err(Mistake { at: at.into(), message: message.into(), help: help.into() })
}
