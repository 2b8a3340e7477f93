//! What a slice group is for. This, and not the group's name, says which disc its slices are to show.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Disc, Orientation};

/// What a slice group is for; in JSON `"sagittal"`, `"coronal"`, `{"disc": "L4/L5"}` or `{"block": ["L3/L4", "L4/L5"]}`.
///
/// ```
/// use geometry::{Orientation, SliceTarget};
///
/// let target: SliceTarget = serde_json::from_str(r#"{"disc": "L4/L5"}"#)?;
/// assert_eq!(target.orientation(), Orientation::Axial);
/// assert_eq!(target.to_string(), "axial L4/L5");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SliceTarget {
    /// The sagittal stack, parallel to the vertebral line.
    Sagittal,
    /// A coronal stack.
    Coronal,
    /// Axial slices parallel to one disc.
    Disc(Disc),
    /// A contiguous axial block over several discs, from the head downwards; an empty list states none.
    Block(Vec<Disc>),
}

impl SliceTarget {
    /// How the slices lie.
    pub const fn orientation(&self) -> Orientation {
        match self {
            Self::Sagittal => Orientation::Sagittal,
            Self::Coronal => Orientation::Coronal,
            Self::Disc(_) | Self::Block(_) => Orientation::Axial,
        }
    }

    /// The one disc that the slices are parallel to.
    pub const fn disc(&self) -> Option<Disc> {
        match self {
            Self::Disc(disc) => Some(*disc),
            Self::Sagittal | Self::Coronal | Self::Block(_) => None,
        }
    }

    /// The discs that axial slices are to show; none for the other orientations, whose stacks show the whole spine.
    pub fn discs(&self) -> &[Disc] {
        match self {
            Self::Disc(disc) => std::slice::from_ref(disc),
            Self::Block(discs) => discs,
            Self::Sagittal | Self::Coronal => &[],
        }
    }

    /// The word by which version 1 of `plan.json` says the same.
    pub const fn role(&self) -> SliceRole {
        match self {
            Self::Sagittal => SliceRole::Sagittal,
            Self::Coronal => SliceRole::Coronal,
            Self::Disc(_) => SliceRole::AxialDisc,
            Self::Block(_) => SliceRole::AxialBlock,
        }
    }

    /// What version 1 of `plan.json` says by role and name: an axial group is for the disc that it is named after
    /// ("axial L4/L5"). One that is named after none is a block that states no disc.
    pub fn of_version_1(role: SliceRole, name: &str) -> Self {
        match role {
            SliceRole::Sagittal => Self::Sagittal,
            SliceRole::Coronal => Self::Coronal,
            SliceRole::AxialDisc => {
                let disc = name.strip_prefix("axial ").and_then(|disc| disc.parse().ok());
                disc.map_or(Self::Block(Vec::new()), Self::Disc)
            }
            SliceRole::AxialBlock => Self::Block(Vec::new()),
        }
    }
}

/// The usual name of such a group: "sagittal", "axial L4/L5", "axial block".
impl fmt::Display for SliceTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sagittal => f.write_str("sagittal"),
            Self::Coronal => f.write_str("coronal"),
            Self::Disc(disc) => write!(f, "axial {disc}"),
            Self::Block(_) => f.write_str("axial block"),
        }
    }
}

/// What version 1 of `plan.json` calls a group's target, without its discs; later versions write it for readers of
/// version 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SliceRole {
    /// The sagittal stack.
    Sagittal,
    /// A coronal stack.
    Coronal,
    /// Axial slices parallel to one disc.
    AxialDisc,
    /// A contiguous axial block.
    AxialBlock,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Vertebra;

    const L4_L5: Disc = Disc::between(Vertebra::L4, Vertebra::L5);

    #[test]
    fn json_round_trips() {
        for (target, json) in [
            (SliceTarget::Sagittal, r#""sagittal""#),
            (SliceTarget::Coronal, r#""coronal""#),
            (SliceTarget::Disc(L4_L5), r#"{"disc":"L4/L5"}"#),
            (SliceTarget::Block(vec![L4_L5]), r#"{"block":["L4/L5"]}"#),
        ] {
            assert_eq!(serde_json::to_string(&target).expect("serialises"), json);
            assert_eq!(serde_json::from_str::<SliceTarget>(json).expect("reads back"), target);
        }
    }

    #[test]
    fn version_1_names_the_disc_in_the_groups_name() {
        let read = SliceTarget::of_version_1;
        assert_eq!(read(SliceRole::AxialDisc, "axial L4/L5"), SliceTarget::Disc(L4_L5));
        assert_eq!(read(SliceRole::AxialDisc, "T2 L4/L5"), SliceTarget::Block(Vec::new()));
        assert_eq!(read(SliceRole::AxialBlock, "axial L4/L5"), SliceTarget::Block(Vec::new()));
        assert_eq!(read(SliceRole::Sagittal, "axial L4/L5"), SliceTarget::Sagittal);
    }
}
