//! Surgery: fusions, disc prostheses, laminectomies.

use geometry::{Disc, Vertebra};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Pedicle screws and rods of titanium.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fusion {
    /// The uppermost vertebra with screws.
    pub from: Vertebra,
    /// The lowest one; S1 for the sacrum.
    pub to: Vertebra,
    /// True with a plastic cage in each disc space between.
    #[serde(default)]
    pub cage: bool,
}

/// A disc prosthesis of metal and plastic.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Prosthesis {
    /// Which disc it replaces.
    pub disc: Disc,
}

/// Laminae and spinous process removed, replaced by scar.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Laminectomy {
    /// Of which vertebra.
    pub vertebra: Vertebra,
}
