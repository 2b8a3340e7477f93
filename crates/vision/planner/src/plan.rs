//! The scan plan: labelled levels, slice groups, saturation bands and flags, as `plan.json` writes it.

use std::collections::BTreeMap;

use geometry::{Direction, Disc, Plane, Point, Pose, SatBand, SliceGroup, SliceRole};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a planner answers: where the discs are, which slices to scan, and what it is unsure of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScanPlan {
    /// Always `patient-lps-mm`.
    pub frame: PlanFrame,
    /// The labelled discs, from the head downwards.
    pub levels: Vec<PlannedLevel>,
    /// The prescribed slice groups.
    pub groups: Vec<SliceGroup>,
    /// The prescribed saturation bands.
    #[serde(default)]
    pub sat_bands: Vec<SatBand>,
    /// What the planner is unsure of; an empty list claims that all is well.
    #[serde(default)]
    pub flags: Vec<Flag>,
    /// Wall-clock milliseconds by stage (`segment`, `label`, `count`, `plan`); not part of the deterministic output.
    #[serde(default)]
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
    /// The disc plane.
    pub fn plane(&self) -> Plane {
        Plane { centre: self.centre, normal: self.normal }
    }

    /// The level moved by a rigid transform.
    pub fn moved(&self, pose: &Pose) -> Self {
        Self { centre: pose * self.centre, normal: pose.rotation * self.normal, ..*self }
    }
}

/// One thing that the planner is unsure of or could not do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// What it is about.
    pub code: FlagCode,
    /// How much it matters.
    pub severity: Severity,
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

impl ScanPlan {
    /// Reads `plan.json` and checks what its types cannot: groups that can be scanned, directions of length 1,
    /// confidences from 0 to 1.
    ///
    /// # Errors
    /// What was found and where.
    pub fn from_json(text: &[u8]) -> Result<Self, String> {
        let plan: Self = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        plan.check()?;
        Ok(plan)
    }

    /// Refuses what the types allow and no scanner can do: groups that cannot be scanned, directions whose length is
    /// not 1, confidences beyond 0 to 1.
    ///
    /// # Errors
    /// What was found and where.
    pub fn check(&self) -> Result<(), String> {
        for group in &self.groups {
            group.check().map_err(|error| format!("group '{}': {error}", group.name))?;
        }
        let is_direction = |normal: &Direction| (normal.norm() - 1.0).abs() < 1e-3;
        for level in &self.levels {
            if !is_direction(&level.normal) {
                return Err(format!(
                    "level {}: the normal's length is {}, expected 1",
                    level.label,
                    level.normal.norm()
                ));
            }
            if !(0.0..=1.0).contains(&level.confidence) {
                return Err(format!("level {}: confidence is {}, expected 0 to 1", level.label, level.confidence));
            }
        }
        match self.sat_bands.iter().find(|band| !is_direction(&band.normal)) {
            Some(band) => Err(format!("saturation band '{}': the normal's length is not 1", band.name)),
            None => Ok(()),
        }
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

    /// The groups of one role.
    pub fn groups_of(&self, role: SliceRole) -> impl Iterator<Item = &SliceGroup> {
        self.groups.iter().filter(move |group| group.role == role)
    }

    /// The axial group prescribed for a disc: the one named after it.
    pub fn disc_group(&self, disc: Disc) -> Option<&SliceGroup> {
        self.groups_of(SliceRole::AxialDisc).find(|group| group.name == disc_group_name(disc))
    }

    /// The level with a label.
    pub fn level(&self, disc: Disc) -> Option<&PlannedLevel> {
        self.levels.iter().find(|level| level.label == disc)
    }
}

/// The name that the axial group of a disc carries.
pub fn disc_group_name(disc: Disc) -> String {
    format!("axial {disc}")
}
