//! Which planner was under test: a program by its content, not only by its name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A planner under test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum PlannerIdentity {
    /// The built-in planner.
    Builtin {
        /// Hash of its networks' weights.
        model: Option<String>,
    },
    /// A program of others that answers with a plan.
    Command {
        /// Its command line.
        command: String,
        /// The program, and every argument that names a file: `python planner.py` is known by both. Runs of earlier
        /// versions did not say.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<ProgramFile>,
    },
    /// The plan that the truth asks for.
    Reference,
}

/// A file that a planner's command line names, as it was when the run began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProgramFile {
    /// The word of the command line.
    pub name: String,
    /// BLAKE3 of the file's content.
    pub blake3: String,
}

/// Characters of a hash that people are shown.
const SHOWN: usize = 12;

/// A hash's beginning, for people.
pub(crate) fn short(hash: &str) -> &str {
    hash.get(..SHOWN).unwrap_or(hash)
}

impl PlannerIdentity {
    /// True if the planner answers with what it saw in the images, and not with the plan alone.
    pub const fn segments(&self) -> bool {
        matches!(self, Self::Builtin { .. })
    }

    /// What its program consists of, for people: `planner.py 0123456789ab`; `None` for the built-in planner, whose program
    /// is Plumbline.
    pub fn program(&self) -> Option<String> {
        match self {
            Self::Builtin { .. } | Self::Reference => None,
            Self::Command { files, .. } if files.is_empty() => {
                Some("not recorded (an earlier version's run)".to_owned())
            }
            Self::Command { files, .. } => {
                let each = files.iter().map(|file| format!("{} {}", file.name, short(&file.blake3)));
                Some(each.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// As `--planner` takes it.
impl std::fmt::Display for PlannerIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Builtin { .. } => f.write_str("builtin"),
            Self::Command { command, .. } => write!(f, "cmd:{command}"),
            Self::Reference => f.write_str("reference"),
        }
    }
}
