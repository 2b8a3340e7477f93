//! A slice group as JSON writes it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::slice_group::SliceGroupError;
use crate::{Direction, PhaseEncoding, Point, SliceGroup, SliceRole, SliceTarget, Vector};

/// A slice group as JSON writes it, in version 1 or 2 of `plan.json`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("patternProperties" = { "^x-": {} }))]
pub struct WrittenSliceGroup {
    /// A label for people; in version 1 the name of the disc that an axial group is for: "axial L4/L5".
    pub name: String,
    /// What it is for; version 2 needs it, version 1 does not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    target: Option<SliceTarget>,
    /// What version 1 has in place of the target; in version 2 it follows from the target and may be left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<SliceRole>,
    /// Middle of the stack, LPS mm.
    centre: [f64; 3],
    /// Unit vector along an image row, to the right on the screen, LPS.
    row: [f64; 3],
    /// Unit vector along an image column, downwards on the screen, perpendicular to `row`, LPS.
    column: [f64; 3],
    /// Unit vector row × column, in which the slices are numbered; may be left out.
    #[serde(default)]
    normal: Option<[f64; 3]>,
    /// Number of slices.
    slices: usize,
    /// Slice thickness, mm.
    thickness_mm: f64,
    /// Gap between slices, mm; negative gaps overlap.
    gap_mm: f64,
    /// Field of view: along `column`, then along `row`, mm.
    fov_mm: [f64; 2],
    /// Number of rows, then of columns.
    matrix: [usize; 2],
    /// Which image axis is phase-encoded.
    phase_encoding: PhaseEncoding,
}

impl WrittenSliceGroup {
    /// The group as version 1 means it (role and name say what it is for) or as version 2 does (its target).
    ///
    /// # Errors
    /// [`SliceGroupError`]: why no scanner could acquire it, or why nobody knows what it is for.
    pub fn read(self, version: u64) -> Result<SliceGroup, SliceGroupError> {
        let target = match (version, &self.target, self.role) {
            (1, Some(_), _) => return Err(SliceGroupError::TargetInVersion1),
            (1, None, role) => SliceTarget::of_version_1(role.ok_or(SliceGroupError::NoRole)?, &self.name),
            (_, None, _) => return Err(SliceGroupError::NoTarget),
            (_, Some(target), Some(found)) if found != target.role() => {
                return Err(SliceGroupError::Contradiction { found, expected: target.role() });
            }
            (_, Some(target), _) => target.clone(),
        };
        let group = SliceGroup {
            name: self.name,
            target,
            centre: Point::from(self.centre),
            row: direction("row", self.row)?,
            column: direction("column", self.column)?,
            slices: self.slices,
            thickness_mm: self.thickness_mm,
            gap_mm: self.gap_mm,
            fov_mm: self.fov_mm,
            matrix: self.matrix,
            phase_encoding: self.phase_encoding,
        };
        group.check()?;
        Ok(group)
    }
}

fn direction(name: &'static str, xyz: [f64; 3]) -> Result<Direction, SliceGroupError> {
    let vector = Vector::from(xyz);
    let length = vector.norm();
    if (length - 1.0).abs() < 1e-12 {
        // Written by this program: dividing again would change the last digit, and a replay must not.
        Ok(Direction::new_unchecked(vector))
    } else if (length - 1.0).abs() < 1e-2 {
        Ok(Direction::new_normalize(vector))
    } else {
        Err(SliceGroupError::NoDirection { name, length })
    }
}

/// A group that stands by itself, as in a journal: one with a target is of version 2.
impl<'de> Deserialize<'de> for SliceGroup {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = WrittenSliceGroup::deserialize(deserializer)?;
        let version = if written.target.is_some() { 2 } else { 1 };
        written.read(version).map_err(D::Error::custom)
    }
}

impl Serialize for SliceGroup {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WrittenSliceGroup::from(self.clone()).serialize(serializer)
    }
}

impl JsonSchema for SliceGroup {
    fn schema_name() -> Cow<'static, str> {
        "SliceGroup".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        WrittenSliceGroup::json_schema(generator)
    }
}

impl From<SliceGroup> for WrittenSliceGroup {
    fn from(group: SliceGroup) -> Self {
        let xyz = |d: Direction| [d.x, d.y, d.z];
        Self {
            normal: Some(xyz(group.normal())),
            centre: [group.centre.x, group.centre.y, group.centre.z],
            row: xyz(group.row),
            column: xyz(group.column),
            name: group.name,
            role: Some(group.target.role()),
            target: Some(group.target),
            slices: group.slices,
            thickness_mm: group.thickness_mm,
            gap_mm: group.gap_mm,
            fov_mm: group.fov_mm,
            matrix: group.matrix,
            phase_encoding: group.phase_encoding,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMON: &str = r#""name": "axial L4/L5", "centre": [0, 0, 0], "row": [1, 0, 0], "column": [0, 1, 0], "slices": 5,
        "thickness_mm": 4, "gap_mm": 0.4, "fov_mm": [180, 180], "matrix": [256, 256], "phase_encoding": "row""#;

    fn read(version: u64, what_it_is_for: &str) -> Result<SliceGroup, SliceGroupError> {
        let text = format!("{{{COMMON}{what_it_is_for}}}");
        serde_json::from_str::<WrittenSliceGroup>(&text).expect("JSON of a group").read(version)
    }

    #[test]
    fn version_2_goes_by_the_target_and_version_1_by_role_and_name() {
        let l4_l5 = SliceTarget::Disc("L4/L5".parse().expect("a disc"));
        let l3_l4 = SliceTarget::Disc("L3/L4".parse().expect("a disc"));
        assert_eq!(read(1, r#", "role": "axial-disc""#).expect("version 1").target, l4_l5);
        assert_eq!(read(2, r#", "target": {"disc": "L3/L4"}"#).expect("the name is a label").target, l3_l4);
        assert!(read(2, r#", "target": {"disc": "L3/L4"}, "role": "axial-disc""#).is_ok());
    }

    #[test]
    fn a_group_that_does_not_say_what_it_is_for_is_refused() {
        let contradiction = read(2, r#", "target": {"disc": "L4/L5"}, "role": "sagittal""#).expect_err("contradiction");
        let expected = SliceGroupError::Contradiction { found: SliceRole::Sagittal, expected: SliceRole::AxialDisc };
        assert_eq!(contradiction, expected);
        assert_eq!(read(2, r#", "role": "axial-disc""#), Err(SliceGroupError::NoTarget));
        assert_eq!(read(1, ""), Err(SliceGroupError::NoRole));
        assert_eq!(read(1, r#", "target": "sagittal""#), Err(SliceGroupError::TargetInVersion1));
    }
}
