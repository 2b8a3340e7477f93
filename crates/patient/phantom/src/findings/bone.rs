//! Findings of the vertebrae.

use geometry::{Disc, Vertebra};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One of a vertebra's endplates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Endplate {
    Superior,
    Inferior,
}

impl Endplate {
    /// +1 for the upper, −1 for the lower endplate.
    pub(crate) const fn sign(self) -> f64 {
        match self {
            Self::Superior => 1.0,
            Self::Inferior => -1.0,
        }
    }
}

/// Modic change of the marrow beside an endplate (Modic, Radiology 1988;166:193).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EndplateChange {
    /// Which vertebra.
    pub vertebra: Vertebra,
    /// Which endplate.
    pub endplate: Endplate,
    /// 1: oedema; 2: fat; 3: sclerosis.
    pub modic: u8,
    /// Extent into the body, mm.
    pub extent_mm: f64,
}

/// Disc material herniated through an endplate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SchmorlNode {
    /// Which vertebra.
    pub vertebra: Vertebra,
    /// Through which endplate.
    pub endplate: Endplate,
    /// Radius along the endplate, mm.
    pub radius_mm: f64,
    /// Depth into the body, mm.
    pub depth_mm: f64,
}

/// Osteophytes of the rims on both sides of a disc.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Osteophytes {
    /// Which disc's rims.
    pub disc: Disc,
    /// Length of the anterior and lateral osteophytes, mm.
    pub length_mm: f64,
}

/// A vertebra that has slipped forward on the one below (spondylolisthesis).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Slip {
    /// Which vertebra.
    pub vertebra: Vertebra,
    /// Slip forward, mm; negative backward.
    pub slip_mm: f64,
    /// True with spondylolysis (isthmic slip): the arch stays behind, and the canal is wide. Otherwise
    /// (degenerative slip) the arch moves with the body, and the canal is narrow.
    #[serde(default)]
    pub lysis: bool,
}

/// Type of a vertebral fracture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FractureKind {
    /// The anterior column collapsed.
    Compression,
    /// The posterior wall is fractured as well, and a fragment encroaches on the canal.
    Burst,
}

/// A vertebral fracture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fracture {
    /// Which vertebra.
    pub vertebra: Vertebra,
    /// Its type.
    pub kind: FractureKind,
    /// Lost fraction of the anterior height, 0…0.8 (Genant: mild from 0.20, moderate 0.25, severe 0.40).
    pub height_loss: f64,
    /// Retropulsion of the fragment of a burst fracture into the canal, mm.
    #[serde(default)]
    pub retropulsion_mm: f64,
    /// True while the marrow is oedematous.
    #[serde(default)]
    pub acute: bool,
}

/// Type of a bone lesion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BoneLesionKind {
    /// Fatty and vascular: bright on T1 and T2.
    Haemangioma,
    /// Replaces the marrow: dark on T1, bright on STIR.
    Metastasis,
}

/// A round lesion in a body.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BoneLesion {
    /// Which vertebra.
    pub vertebra: Vertebra,
    /// Its type.
    pub kind: BoneLesionKind,
    /// Radius, mm, limited by the extent of the body.
    pub radius_mm: f64,
    /// Its centre in the body, as fractions of the half width (to the left), half depth (to the back) and half
    /// height (to the head), −1…1.
    #[serde(default)]
    pub place: [f64; 3],
}
