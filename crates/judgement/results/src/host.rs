//! The machine and the build that examined cases: for the record, and no part of what decides a figure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A machine with the program that ran on it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Its name in the network.
    pub name: String,
    /// Operating system and architecture, such as "Debian GNU/Linux 13, x86_64".
    pub os: String,
    /// Model of the processor.
    pub cpu: String,
    /// Logical processors that the program may use.
    pub cores: usize,
    /// BLAKE3 of the plumbline executable; none if it could not be read.
    pub executable: Option<String>,
    /// Version of the program.
    pub version: String,
    /// Commit that it was built from, if whoever built it said so (`PLUMBLINE_COMMIT`).
    pub commit: Option<String>,
}

impl Host {
    /// Several lists as one: each host once, in order.
    pub fn union<'a>(lists: impl IntoIterator<Item = &'a [Self]>) -> Vec<Self> {
        let mut hosts: Vec<Self> = lists.into_iter().flatten().cloned().collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }
}
