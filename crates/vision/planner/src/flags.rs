//! What a planner is unsure of.

use geometry::Disc;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One thing that the planner is unsure of or could not do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("patternProperties" = { "^x-": {} }))]
pub struct Flag {
    /// What it is about.
    pub code: FlagCode,
    /// How much it matters.
    pub severity: Severity,
    /// The discs that it is about; none if it is about the whole plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discs: Vec<Disc>,
    /// For the technologist: what was seen, what to do.
    pub message: String,
}

/// What a flag is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FlagCode {
    /// No spine could be found.
    NoSpine,
    /// The sacrum is out of view: levels cannot be counted from it.
    SacrumOutOfView,
    /// The number of lumbar vertebrae is unusual or the lumbosacral junction is transitional.
    AmbiguousCount,
    /// The number of lumbar vertebrae was not counted: five were assumed, and four or six look like five from the side.
    AssumedCount,
    /// A level's confidence is low.
    LowConfidence,
    /// A disc could not be found where one is expected.
    MissingDisc,
    /// A group leaves the scanner's field or the localizer's.
    OutOfField,
    /// Neighbouring groups cross inside the canal.
    CrossingGroups,
    /// The patient or the image quality calls for a look (motion, low signal).
    ImageQuality,
}

/// How much a flag matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// A person should look before scanning.
    Warning,
    /// The plan must not be used as it is.
    Critical,
}

impl FlagCode {
    /// What the code says of the discs or the plan that a flag is about.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::NoSpine => "no spine was found",
            Self::SacrumOutOfView => "the sacrum is out of view: levels cannot be counted",
            Self::AmbiguousCount => "the count of the levels is doubtful: confirm them",
            Self::AssumedCount => "the levels were not counted from the ribs: confirm them",
            Self::LowConfidence => "uncertain: check its plane",
            Self::MissingDisc => "not found: check the localizer",
            Self::OutOfField => "at the border of the field: check the localizer",
            Self::CrossingGroups => "slices cross inside the canal",
            Self::ImageQuality => "poor image quality: look at the images",
        }
    }
}

impl Flag {
    /// Worth knowing.
    pub fn info(code: FlagCode, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Info, discs: Vec::new(), message: message.into() }
    }

    /// A person should look before scanning.
    pub fn warning(code: FlagCode, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Warning, discs: Vec::new(), message: message.into() }
    }

    /// The plan must not be used as it is.
    pub fn critical(code: FlagCode, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Critical, discs: Vec::new(), message: message.into() }
    }

    /// The same about certain discs.
    pub fn about(self, discs: impl Into<Vec<Disc>>) -> Self {
        Self { discs: discs.into(), ..self }
    }

    /// The same flag raised for other discs, in the code's own words.
    pub fn raised_for(&self, discs: Vec<Disc>) -> Self {
        let names: Vec<String> = discs.iter().map(Disc::to_string).collect();
        Self { message: format!("{}: {}", names.join(", "), self.code.meaning()), discs, ..self.clone() }
    }
}
