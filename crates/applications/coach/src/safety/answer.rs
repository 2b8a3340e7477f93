//! What is true of the patient.

use serde::{Deserialize, Serialize};

use crate::safety::text;

/// What a device may do in a scanner (ASTM F2503, IEC 62570), as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceStatus {
    /// No danger in any scanner, or no device at all.
    #[default]
    Safe,
    /// No danger under stated conditions.
    Conditional,
    /// Not known.
    Unknown,
    /// A danger in every scanner.
    Unsafe,
}

impl DeviceStatus {
    /// What the device's card says.
    pub const fn card(self) -> &'static str {
        text::card(self)
    }
}

/// The true answer to one question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Answer {
    /// Yes or no.
    pub yes: bool,
    /// The patient's words: what, where, since when.
    pub detail: String,
    /// For implants, what they may do in a scanner.
    pub status: DeviceStatus,
}

impl Answer {
    /// No, nothing.
    pub fn no() -> Self {
        Self::default()
    }

    /// Yes, this.
    pub fn yes(detail: &str, status: DeviceStatus) -> Self {
        Self { yes: true, detail: detail.to_owned(), status }
    }

    /// The patient's words.
    pub fn words(&self) -> &str {
        match (self.yes, self.detail.is_empty()) {
            (_, false) => &self.detail,
            (true, true) => "yes",
            (false, true) => "no",
        }
    }

    /// True if the radiologist will not have the patient scanned.
    pub fn forbids(&self) -> bool {
        self.yes && self.status >= DeviceStatus::Unknown
    }

    /// Both, with the graver status.
    pub(super) fn and(self, other: Self) -> Self {
        let details = [self.detail, other.detail].into_iter().filter(|detail| !detail.is_empty());
        Self {
            yes: self.yes || other.yes,
            detail: details.collect::<Vec<_>>().join("; "),
            status: self.status.max(other.status),
        }
    }
}
