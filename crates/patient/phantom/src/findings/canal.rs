//! Findings of the canal.

use geometry::Disc;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::disc::Side;

/// Hypertrophy of ligamenta flava and facets at a disc.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Overgrowth {
    /// At which disc.
    pub disc: Disc,
    /// Excess thickness of the ligamenta flava, mm (normal: 3.2 to 3.7 mm, `lumbar-numbers.md` §6a).
    #[serde(default)]
    pub flavum_mm: f64,
    /// Growth of the facets medially and forwards, left and right, mm.
    #[serde(default)]
    pub facet_mm: [f64; 2],
}

/// A cyst of a sacral root's sheath.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TarlovCyst {
    /// Sacral segment, 1 to 3.
    pub segment: u8,
    /// Its side.
    pub side: Side,
    /// Radius, mm.
    pub radius_mm: f64,
}
