//! Findings of the discs.

use geometry::Disc;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A side of the patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Side {
    Left,
    Right,
}

impl Side {
    /// +1 to the left, −1 to the right: the sign of LPS x.
    pub const fn sign(self) -> f64 {
        match self {
            Self::Left => 1.0,
            Self::Right => -1.0,
        }
    }
}

/// The state of one disc.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Degeneration {
    /// Which disc.
    pub disc: Disc,
    /// Pfirrmann grade, 1 to 5; fractions lie between two grades.
    pub pfirrmann: f64,
    /// Circumferential bulge of the annulus, mm; if omitted, it follows from the grade.
    #[serde(default)]
    pub bulge_mm: Option<f64>,
}

/// Height at a Pfirrmann grade relative to a healthy disc: hardly reduced up to grade IV, collapsed
/// at V (`lumbar-numbers.md` §6b, Salamat 2016).
pub(crate) fn relative_height(pfirrmann: f64) -> f64 {
    1.0 - 0.08 * (pfirrmann - 3.0).clamp(0.0, 1.0) - 0.42 * (pfirrmann - 4.0).clamp(0.0, 1.0)
}

/// Type of herniation (Fardon et al., Spine J 2014;14:2525).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HerniationKind {
    /// Its base is wider than it is deep.
    Protrusion,
    /// Deeper than its neck is wide, or migrated along the canal.
    Extrusion,
    /// An extrusion without continuity with its disc.
    Sequestration,
}

/// Zone in the axial plane (Fardon 2014; MSU zones A, B, C).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Zone {
    /// In the middle third of the canal.
    Central,
    /// In front of the lateral recess.
    Subarticular,
    /// Between the pedicles.
    Foraminal,
    /// Beyond the pedicles.
    Extraforaminal,
}

/// A disc herniation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Herniation {
    /// Which disc.
    pub disc: Disc,
    /// Its type.
    pub kind: HerniationKind,
    /// Its zone.
    pub zone: Zone,
    /// Its side; a central one is slightly to this side.
    pub side: Side,
    /// Depth behind the rim of the disc, mm.
    pub depth_mm: f64,
    /// Width of its base, mm.
    pub width_mm: f64,
    /// Migration along the canal, mm; positive to the head.
    #[serde(default)]
    pub migration_mm: f64,
}

impl Herniation {
    /// Lateral distance of its centre from the midline, mm, in a canal of the given half width.
    pub(crate) fn lateral_mm(&self, half_canal_mm: f64) -> f64 {
        match self.zone {
            Zone::Central => 0.12 * half_canal_mm,
            Zone::Subarticular => 0.55 * half_canal_mm,
            Zone::Foraminal => half_canal_mm + 3.0,
            Zone::Extraforaminal => half_canal_mm + 11.0,
        }
    }
}

/// A posterior tear of the annulus: a bright line on T2 (high-intensity zone, Aprill & Bogduk 1992).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AnnularFissure {
    /// Which disc.
    pub disc: Disc,
    /// Its side.
    pub side: Side,
    /// Length along the annulus, mm.
    pub length_mm: f64,
}
