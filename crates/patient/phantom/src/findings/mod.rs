//! What a radiologist would report: everything that makes a spine other than healthy and ordinary.
//!
//! Findings are parameters like sizes are: each names its level, side and extent, and the build turns it
//! into geometry and tissue, from which every measurement and grade is then taken.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`disc`] | degeneration, herniation, fissures |
//! | [`bone`] | endplates, osteophytes, slips, fractures, lesions |
//! | [`canal`] | thickened ligament and facets, cysts |
//! | [`surgery`] | screws and rods, prostheses, laminectomies |
//! | [`variant`] | transitional vertebrae, four or six lumbar vertebrae, the whole spine's scale |

pub mod bone;
pub mod canal;
pub mod disc;
pub mod surgery;
pub mod variant;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::parameters::SpineParameters;

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
    /// Discs whose degeneration differs from what age and chance gave them.
    pub degenerations: Vec<Degeneration>,
    /// Protrusions, extrusions, sequestra.
    pub herniations: Vec<Herniation>,
    /// Tears of the annulus.
    pub fissures: Vec<AnnularFissure>,
    /// Modic changes.
    pub endplate_changes: Vec<EndplateChange>,
    /// Disc pressed through an endplate.
    pub schmorl_nodes: Vec<SchmorlNode>,
    /// Bony beaks of the rims.
    pub osteophytes: Vec<Osteophytes>,
    /// Thickened ligamenta flava and facets.
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
    /// Laminae taken away.
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

impl SpineParameters {
    /// The parameters with those findings worked in that change sizes rather than add parts: degenerated
    /// discs lose height, fractured bodies collapse, transitional segments are rudimentary.
    pub(crate) fn with_findings_applied(&self) -> Self {
        let mut applied = self.clone();
        for degeneration in &self.findings.degenerations {
            degeneration.apply(&mut applied.discs);
        }
        for fracture in &self.findings.fractures {
            fracture.apply(&mut applied.vertebrae);
        }
        if let Some(transition) = self.findings.transition {
            transition.apply(&mut applied);
        }
        applied
    }
}
