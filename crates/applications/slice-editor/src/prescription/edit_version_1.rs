//! Edits as journals and scripts wrote them before slice groups had targets: such files are still read.

use geometry::{Direction, Disc, LabelledDisc, Plane, Point, SliceRole, SliceTarget, Vertebra};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::level::{MEAN_DISC_DEPTH_MM, MEAN_DISC_WIDTH_MM};

/// What such a journal means by an axial block.
const LUMBAR_DISCS: [Disc; 5] = [
    Disc::between(Vertebra::L1, Vertebra::L2),
    Disc::between(Vertebra::L2, Vertebra::L3),
    Disc::between(Vertebra::L3, Vertebra::L4),
    Disc::between(Vertebra::L4, Vertebra::L5),
    Disc::between(Vertebra::L5, Vertebra::S1),
];

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct WrittenGroup {
    target: Option<SliceTarget>,
    role: Option<SliceRole>,
    name: Option<String>,
    centre: Point,
}

/// Target, name and centre of a new group; an older one has a role and a name in place of the target.
pub(super) fn add_group<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<(SliceTarget, Option<String>, Point), D::Error> {
    let WrittenGroup { target, role, name, centre } = WrittenGroup::deserialize(deserializer)?;
    let target = match (target, role) {
        (Some(target), None) => target,
        (None, Some(SliceRole::AxialBlock)) => SliceTarget::Block(LUMBAR_DISCS.to_vec()),
        (None, Some(role)) => SliceTarget::of_version_1(role, name.as_deref().unwrap_or_default()),
        (Some(_), Some(_)) => {
            return Err(D::Error::custom("both target and role are given, expected the target alone"));
        }
        (None, None) => return Err(D::Error::missing_field("target")),
    };
    Ok((target, name, centre))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenDisc {
    label: Disc,
    canal: Point,
    plane: Option<Plane>,
    centre: Option<Point>,
    normal: Option<Direction>,
    #[serde(alias = "depth-mm")]
    depth_mm: Option<f64>,
    width_mm: Option<f64>,
}

/// A disc; an older one has centre and normal side by side, and perhaps no extent: it is then a mean one.
pub(super) fn disc<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LabelledDisc, D::Error> {
    let written = WrittenDisc::deserialize(deserializer)?;
    let plane = match (written.plane, written.centre, written.normal) {
        (Some(plane), None, None) => plane,
        (None, Some(centre), Some(normal)) => Plane { centre, normal },
        _ => return Err(D::Error::missing_field("plane")),
    };
    Ok(LabelledDisc {
        label: written.label,
        plane,
        canal: written.canal,
        depth_mm: written.depth_mm.unwrap_or(MEAN_DISC_DEPTH_MM),
        width_mm: written.width_mm.unwrap_or(MEAN_DISC_WIDTH_MM),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Edit;
    use super::*;

    #[test]
    fn journals_from_before_targets_are_read() {
        let add = |text: &str| match serde_json::from_str(text).expect("an older edit") {
            Edit::AddGroup { target, .. } => target,
            other => panic!("{other:?}"),
        };
        let named = r#"{"add-group": {"role": "axial-disc", "name": "axial L4/L5", "centre": [0, 0, -20]}}"#;
        assert_eq!(add(named), SliceTarget::Disc(LUMBAR_DISCS[3]));
        assert_eq!(
            add(r#"{"add-group": {"role": "axial-disc", "centre": [0, 0, 0]}}"#),
            SliceTarget::Block(Vec::new())
        );
        let block = add(r#"{"add-group": {"role": "axial-block", "centre": [0, 0, 0]}}"#);
        assert_eq!(block, SliceTarget::Block(LUMBAR_DISCS.to_vec()));

        let snap =
            r#"{"snap-to-disc": {"label": "L4/L5", "centre": [0, 0, 5], "normal": [0, 0, 1], "canal": [0, 27, 0]}}"#;
        let Edit::SnapToDisc(disc) = serde_json::from_str(snap).expect("an older edit") else { panic!("{snap}") };
        assert_eq!((disc.plane.centre.z, disc.depth_mm), (5.0, MEAN_DISC_DEPTH_MM), "nobody measured its depth");
        for wrong in
            [r#"{"add-group": {"centre": [0, 0, 0]}}"#, r#"{"snap-to-disc": {"label": "L4/L5", "canal": [0, 0, 0]}}"#]
        {
            assert!(serde_json::from_str::<Edit>(wrong).is_err(), "{wrong}");
        }
    }
}
