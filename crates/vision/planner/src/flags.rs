//! Short ways to raise a flag.

use crate::plan::{Flag, FlagCode, Severity};

impl Flag {
    /// Worth knowing.
    pub fn info(code: FlagCode, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Info, message: message.into() }
    }

    /// A person should look before scanning.
    pub fn warning(code: FlagCode, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Warning, message: message.into() }
    }

    /// The plan must not be used as it is.
    pub fn critical(code: FlagCode, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Critical, message: message.into() }
    }
}
