//! Who planned.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Who planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Arm {
    /// The planner alone.
    Automated,
    /// A technologist who starts from the planner's proposal.
    Collaborative,
    /// A technologist alone.
    Manual,
}

impl Arm {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Automated, Self::Collaborative, Self::Manual];

    /// The name in tables and metric names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Automated => "automated",
            Self::Collaborative => "collaborative",
            Self::Manual => "manual",
        }
    }
}

/// A word that names no arm.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no arm: expected automated, collaborative or manual")]
pub struct UnknownArm(String);

impl FromStr for Arm {
    type Err = UnknownArm;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|arm| arm.name() == text).ok_or_else(|| UnknownArm(text.to_owned()))
    }
}
