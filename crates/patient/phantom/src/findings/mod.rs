//! Findings: everything that a radiologist would report.
//!
//! Findings are parameters, as sizes are: each has a level, a side and an extent. The build turns it into geometry and
//! tissue, from which all measurements and grades are then taken.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`disc`] | degeneration, herniation, fissures |
//! | [`bone`] | endplates, osteophytes, slips, fractures, lesions |
//! | [`canal`] | hypertrophy of ligamenta flava and facets, cysts |
//! | [`surgery`] | screws and rods, prostheses, laminectomies |
//! | [`variant`] | transitional vertebrae |

pub mod bone;
pub mod canal;
pub mod disc;
pub mod surgery;
pub mod variant;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use bone::{
    BoneLesion, BoneLesionKind, Endplate, EndplateChange, Fracture, FractureKind, Osteophytes, SchmorlNode, Slip,
};
pub use canal::{Overgrowth, TarlovCyst};
pub use disc::{AnnularFissure, Degeneration, Herniation, HerniationKind, Side, Zone};
pub use surgery::{Fusion, Laminectomy, Prosthesis};
pub use variant::{Castellvi, Transition};

/// All findings of one person. None by default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Findings {
    /// Discs with a set degeneration in place of the drawn one.
    pub degenerations: Vec<Degeneration>,
    /// Protrusions, extrusions, sequestra.
    pub herniations: Vec<Herniation>,
    /// Tears of the annulus.
    pub fissures: Vec<AnnularFissure>,
    /// Modic changes.
    pub endplate_changes: Vec<EndplateChange>,
    /// Schmorl's nodes.
    pub schmorl_nodes: Vec<SchmorlNode>,
    /// Osteophytes of the rims.
    pub osteophytes: Vec<Osteophytes>,
    /// Hypertrophy of ligamenta flava and facets.
    pub overgrowths: Vec<Overgrowth>,
    /// Spondylolistheses.
    pub slips: Vec<Slip>,
    /// Vertebral fractures.
    pub fractures: Vec<Fracture>,
    /// Haemangiomas and metastases.
    pub lesions: Vec<BoneLesion>,
    /// Tarlov cysts.
    pub tarlov_cysts: Vec<TarlovCyst>,
    /// Pedicle screws and rods.
    pub fusions: Vec<Fusion>,
    /// Disc prostheses.
    pub prostheses: Vec<Prosthesis>,
    /// Laminectomies.
    pub laminectomies: Vec<Laminectomy>,
    /// A transitional lumbosacral vertebra.
    pub transition: Option<Transition>,
}

impl Findings {
    /// True if there is nothing to report.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
