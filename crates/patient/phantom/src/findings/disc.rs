//! Findings of the discs.

use geometry::Disc;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::parameters::DiscParameters;

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
    /// How far the annulus bulges all around, mm; as the grade brings with it if left out.
    #[serde(default)]
    pub bulge_mm: Option<f64>,
}

/// Part of a healthy disc's height that is left at a Pfirrmann grade: hardly less up to grade IV, collapsed
/// at V (`lumbar-numbers.md` §6b, Salamat 2016).
pub(crate) fn height_left(pfirrmann: f64) -> f64 {
    1.0 - 0.08 * (pfirrmann - 3.0).clamp(0.0, 1.0) - 0.42 * (pfirrmann - 4.0).clamp(0.0, 1.0)
}

impl Degeneration {
    pub(crate) fn apply(&self, discs: &mut [DiscParameters]) {
        for disc in discs.iter_mut().filter(|disc| disc.label == self.disc) {
            disc.middle_height_mm *= height_left(self.pfirrmann) / height_left(disc.degeneration);
            disc.degeneration = self.pfirrmann;
            disc.bulge_mm = self.bulge_mm.unwrap_or(0.6 + 0.35 * (self.pfirrmann - 1.0));
        }
    }
}

/// How displaced disc material hangs together with its disc (Fardon et al., Spine J 2014;14:2525).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HerniationKind {
    /// Its base is wider than it is deep.
    Protrusion,
    /// Deeper than its neck is wide, or migrated along the canal.
    Extrusion,
    /// An extrusion that has lost its disc.
    Sequestration,
}

/// Where in the axial plane (Fardon 2014; MSU zones A, B, C).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Zone {
    /// In the middle third of the canal.
    Central,
    /// Before the lateral recess.
    Subarticular,
    /// Between the pedicles.
    Foraminal,
    /// Beyond the pedicles.
    Extraforaminal,
}

/// Displaced disc material.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Herniation {
    /// From which disc.
    pub disc: Disc,
    /// How it hangs together with it.
    pub kind: HerniationKind,
    /// Where.
    pub zone: Zone,
    /// On which side; a central one leans a little to it.
    pub side: Side,
    /// How far it reaches behind the disc's rim, mm.
    pub depth_mm: f64,
    /// Width of its base, mm.
    pub width_mm: f64,
    /// How far it has migrated along the canal, mm; positive to the head.
    #[serde(default)]
    pub migration_mm: f64,
}

impl Herniation {
    /// Distance of its middle from the midline to its side, mm, in a canal of that half width.
    pub(crate) fn lateral_mm(&self, half_canal_mm: f64) -> f64 {
        match self.zone {
            Zone::Central => 0.12 * half_canal_mm,
            Zone::Subarticular => 0.55 * half_canal_mm,
            Zone::Foraminal => half_canal_mm + 3.0,
            Zone::Extraforaminal => half_canal_mm + 11.0,
        }
    }
}

/// A tear of the annulus: a bright line behind (high-intensity zone, Aprill & Bogduk 1992).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AnnularFissure {
    /// Which disc.
    pub disc: Disc,
    /// On which side.
    pub side: Side,
    /// Length along the annulus, mm.
    pub length_mm: f64,
}
