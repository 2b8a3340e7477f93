//! Why a scenario is refused.

use std::io;
use std::path::PathBuf;

use diagnosis::Diagnosis;

/// Why a scenario is refused.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A folder holds no scenario.
    #[error("{} holds no scenario; expected files that end in .toml", .0.display())]
    NoScenario(PathBuf),
    /// Two scenarios of one run have the same name.
    #[error("{} and {} are both named '{name}'; expected names that differ", a.display(), b.display())]
    SameName {
        /// The name.
        name: String,
        /// One file.
        a: PathBuf,
        /// The other.
        b: PathBuf,
    },
    /// A file is wrong.
    #[error(transparent)]
    Wrong(#[from] Box<Diagnosis>),
}

impl ScenarioError {
    /// The mistake with its place, if it has one.
    pub fn diagnosis(&self) -> Option<&Diagnosis> {
        match self {
            Self::Wrong(diagnosis) => Some(diagnosis),
            _ => None,
        }
    }
}
