//! The scan plan: labelled levels, slice groups, saturation bands and flags.

use std::collections::BTreeMap;

use geometry::{Direction, Disc, LabelledDisc, Orientation, Plane, Point, Pose, SatBand, SliceGroup, SliceTarget};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::flags::{Flag, Severity};
use crate::plan_error::PlanError;

/// Coordinates beyond this are no place in a scanner, mm: what is measured of them would be infinite.
const REACH_MM: f64 = 10_000.0;

/// What a planner answers: where the discs are, which slices to scan, and what it is unsure of. Its JSON is `plan.json`
/// ([`crate::plan_file`]).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScanPlan {
    /// Always `patient-lps-mm`.
    pub frame: PlanFrame,
    /// The labelled discs, from the head downwards.
    pub levels: Vec<PlannedLevel>,
    /// The prescribed slice groups.
    pub groups: Vec<SliceGroup>,
    /// The prescribed saturation bands.
    pub sat_bands: Vec<SatBand>,
    /// What the planner is unsure of; an empty list claims that all is well.
    pub flags: Vec<Flag>,
    /// Wall-clock milliseconds by stage (`segment`, `label`, `count`, `plan`); not part of the deterministic output.
    pub latency_ms: BTreeMap<String, f64>,
}

/// The frame of every coordinate in a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PlanFrame {
    /// DICOM patient coordinates, LPS, mm.
    #[default]
    #[serde(rename = "patient-lps-mm")]
    PatientLpsMm,
}

/// One labelled disc.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("patternProperties" = { "^x-": {} }))]
pub struct PlannedLevel {
    /// Which disc.
    pub label: Disc,
    /// Its centre, LPS mm.
    #[schemars(with = "[f64; 3]")]
    pub centre: Point,
    /// The disc plane's unit normal, towards the head.
    #[schemars(with = "[f64; 3]")]
    pub normal: Direction,
    /// Probability that level and plane are right, 0…1.
    pub confidence: f64,
}

impl PlannedLevel {
    /// A labelled disc, as sure as `confidence` says.
    pub fn of(disc: &LabelledDisc, confidence: f64) -> Self {
        Self { label: disc.label, centre: disc.plane.centre, normal: disc.plane.normal, confidence }
    }

    /// The disc plane.
    pub fn plane(&self) -> Plane {
        Plane { centre: self.centre, normal: self.normal }
    }

    /// The level moved by a rigid transform.
    pub fn moved(&self, pose: &Pose) -> Self {
        Self { centre: pose * self.centre, normal: pose.rotation * self.normal, ..*self }
    }
}

impl ScanPlan {
    /// Refuses what the types allow and no scanner can do: groups that cannot be scanned, directions whose length is
    /// not 1, confidences beyond 0 to 1, places that no bore reaches.
    ///
    /// # Errors
    /// [`PlanError`]: what was found, and in which group, level or band.
    pub fn check(&self) -> Result<(), PlanError> {
        let within_reach = |what: &dyn Fn() -> String, centre: &Point| {
            // Not a number is within no reach.
            let reached = centre.iter().all(|mm| mm.abs() <= REACH_MM);
            let found_mm = [centre.x, centre.y, centre.z];
            if reached { Ok(()) } else { Err(PlanError::Unreachable { what: what(), found_mm }) }
        };
        for group in &self.groups {
            within_reach(&|| format!("group '{}'", group.name), &group.centre)?;
            group.check().map_err(|source| PlanError::Group { name: group.name.clone(), source })?;
        }
        let is_direction = |normal: &Direction| (normal.norm() - 1.0).abs() < 1e-3;
        for level in &self.levels {
            within_reach(&|| format!("level {}", level.label), &level.centre)?;
            if !is_direction(&level.normal) {
                return Err(PlanError::LevelNormal { label: level.label, length: level.normal.norm() });
            }
            if !(0.0..=1.0).contains(&level.confidence) {
                return Err(PlanError::Confidence { label: level.label, found: level.confidence });
            }
        }
        for band in &self.sat_bands {
            within_reach(&|| format!("saturation band '{}'", band.name), &band.centre)?;
            if !is_direction(&band.normal) {
                return Err(PlanError::BandNormal { name: band.name.clone(), length: band.normal.norm() });
            }
        }
        Ok(())
    }

    /// The plan moved by a rigid transform: levels, groups and saturation bands.
    pub fn moved(&self, pose: &Pose) -> Self {
        Self {
            levels: self.levels.iter().map(|level| level.moved(pose)).collect(),
            groups: self.groups.iter().map(|group| group.moved(pose)).collect(),
            sat_bands: self.sat_bands.iter().map(|band| band.moved(pose)).collect(),
            ..self.clone()
        }
    }

    /// True if a flag asks for a person (warning or worse).
    pub fn is_flagged(&self) -> bool {
        self.flags.iter().any(|flag| flag.severity >= Severity::Warning)
    }

    /// True if the plan names levels and carries no critical flag: a plan that says of itself that it must not be used
    /// neither judges a series nor takes another plan's place.
    pub fn can_be_used(&self) -> bool {
        !self.levels.is_empty() && self.flags.iter().all(|flag| flag.severity < Severity::Critical)
    }

    /// The groups of one orientation.
    pub fn groups_of(&self, orientation: Orientation) -> impl Iterator<Item = &SliceGroup> {
        self.groups.iter().filter(move |group| group.target.orientation() == orientation)
    }

    /// The groups that are each for one disc.
    pub fn disc_groups(&self) -> impl Iterator<Item = &SliceGroup> {
        self.groups.iter().filter(|group| group.target.disc().is_some())
    }

    /// The first group that is for a disc.
    pub fn disc_group(&self, disc: Disc) -> Option<&SliceGroup> {
        self.groups.iter().find(|group| group.target == SliceTarget::Disc(disc))
    }

    /// The level with a label.
    pub fn level(&self, disc: Disc) -> Option<&PlannedLevel> {
        self.levels.iter().find(|level| level.label == disc)
    }
}
