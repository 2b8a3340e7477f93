//! Everything that makes one spine: sizes, angles, tissue variation. The build is a pure function of it.

use geometry::Disc;
use geometry::Vertebra;
use serde::{Deserialize, Serialize};

use crate::findings::Findings;

/// One person's spine and trunk, as drawn from a [`crate::Population`] or written by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpineParameters {
    /// Who it is.
    pub person: Person,
    /// T10 to L5, from the head downwards.
    pub vertebrae: Vec<VertebraParameters>,
    /// The disc below each vertebra, in the same order.
    pub discs: Vec<DiscParameters>,
    /// How the build departs from the usual.
    #[serde(default, skip_serializing_if = "Proportions::is_usual")]
    pub proportions: Proportions,
    /// The sacrum.
    pub sacrum: SacrumParameters,
    /// How the segments stand to each other.
    pub alignment: AlignmentParameters,
    /// The canal's contents.
    pub canal: CanalParameters,
    /// The trunk around the spine.
    pub trunk: TrunkParameters,
    /// Fat fraction of the marrow, 0…1: it grows with age and as bone is lost.
    #[serde(default = "usual_marrow_fat")]
    pub marrow_fat: f64,
    /// Factor of marrow T1.
    pub marrow_t1: f64,
    /// Factor of marrow T2.
    pub marrow_t2: f64,
    /// Seed of what no parameter names: loops of bowel, courses of roots.
    pub detail_seed: u64,
    /// What a radiologist would report.
    #[serde(default, skip_serializing_if = "Findings::is_empty")]
    pub findings: Findings,
}

fn usual_marrow_fat() -> f64 {
    crate::Tissue::Marrow.fat_fraction()
}

/// Who it is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Sex.
    pub sex: Sex,
    /// Age, years.
    pub age_years: f64,
    /// Body height, cm.
    pub height_cm: f64,
    /// Body weight, kg.
    pub weight_kg: f64,
    /// The body-size factor, in standard deviations.
    pub size_sd: f64,
}

/// Sex, as far as the sizes of bones depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Sex {
    Female,
    Male,
}

/// One vertebra.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VertebraParameters {
    /// Which vertebra.
    pub label: Vertebra,
    /// Left–right extent of the upper endplate, mm.
    pub superior_width_mm: f64,
    /// Antero-posterior extent of the upper endplate, mm.
    pub superior_depth_mm: f64,
    /// Left–right extent of the lower endplate, mm.
    pub inferior_width_mm: f64,
    /// Antero-posterior extent of the lower endplate, mm.
    pub inferior_depth_mm: f64,
    /// Height of the body halfway between its anterior and posterior walls, rim to rim, mm.
    pub height_mm: f64,
    /// Angle between the endplates, degrees; positive is taller in front (lordotic).
    pub lordotic_wedge_deg: f64,
    /// Left–right extent of the bony canal, mm.
    pub canal_width_mm: f64,
    /// Antero-posterior extent of the bony canal, mm.
    pub canal_depth_mm: f64,
    /// Left–right extent of the pedicle, mm.
    pub pedicle_width_mm: f64,
    /// Cranio-caudal extent of the pedicle, mm.
    pub pedicle_height_mm: f64,
    /// Length of the spinous process behind the laminae, mm.
    pub spinous_length_mm: f64,
    /// Depth of the upper endplate's hollow, mm.
    pub superior_concavity_mm: f64,
    /// Depth of the lower endplate's hollow, mm.
    pub inferior_concavity_mm: f64,
    /// Part of the radius by which the body's walls are drawn in at mid-height, 0…1.
    pub waist: f64,
}

/// How one person's vertebrae depart from the usual proportions: factors on all levels alike, and a
/// difference of fat.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proportions {
    /// Thickness of the laminae.
    pub lamina_thickness: f64,
    /// Cranio-caudal extent of the laminae.
    pub lamina_height: f64,
    /// How far the laminae lean forward with their upper border, degrees: no factor.
    pub lamina_slope_deg: f64,
    /// Radius of the articular processes.
    pub facet_radius: f64,
    /// Left–right extent of the spinous processes.
    pub spinous_thickness: f64,
    /// Cranio-caudal extent of the spinous processes.
    pub spinous_height: f64,
    /// Left–right extent of the tissue between the spinous processes.
    pub interspinous_thickness: f64,
    /// Thickness of cortex and endplates.
    pub cortex_thickness: f64,
    /// What the fat fraction of the arches' marrow exceeds the bodies' by: no factor, 0…1.
    pub arch_fat: f64,
    /// How far the cross-section of the sac's front and back half departs from an ellipse (0) towards a square with
    /// round corners (1, the quartic superellipse).
    pub sac_squareness: [f64; 2],
    /// Radius of the roots within the sac.
    pub root_radius: f64,
    /// How far the roots have sunk to the back of the sac, as they do in people on their backs: no factor, 0…1.
    pub root_settling: f64,
    /// Thickness of the cartilage between endplate and disc, mm: dark, and labelled as neither.
    pub cartilage_mm: f64,
    /// How much the sacral segments narrow downwards: 0 would leave S5 as wide as the endplate.
    pub sacral_taper: f64,
    /// Left–right and antero-posterior extent of the remnants of sacral discs.
    pub remnant_extent: f64,
    /// Thickness of the endplates beside the remnants of sacral discs, mm.
    pub remnant_endplate_mm: f64,
}

impl Proportions {
    /// Nothing departs.
    pub const USUAL: Self = Self {
        lamina_thickness: 1.0,
        lamina_height: 1.0,
        lamina_slope_deg: 0.0,
        facet_radius: 1.0,
        spinous_thickness: 1.0,
        spinous_height: 1.0,
        interspinous_thickness: 1.0,
        cortex_thickness: 1.0,
        arch_fat: 0.0,
        sac_squareness: [0.0; 2],
        root_radius: 1.0,
        root_settling: 0.0,
        cartilage_mm: 0.0,
        sacral_taper: 1.0,
        remnant_extent: 1.0,
        remnant_endplate_mm: 0.0,
    };

    fn is_usual(&self) -> bool {
        *self == Self::USUAL
    }
}

impl Default for Proportions {
    fn default() -> Self {
        Self::USUAL
    }
}

/// One disc.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscParameters {
    /// Which disc.
    pub label: Disc,
    /// Height in the middle, between the hollows of the endplates, mm.
    pub middle_height_mm: f64,
    /// Lordosis of the segment standing, from the upper endplate above to the upper endplate below, degrees.
    pub segment_lordosis_deg: f64,
    /// Degeneration on Pfirrmann's scale, 1 to 5, continuous.
    pub degeneration: f64,
    /// How far the annulus stands out beyond the rims, mm.
    pub bulge_mm: f64,
}

impl DiscParameters {
    /// Pfirrmann grade, 1 to 5.
    pub fn grade(&self) -> u8 {
        self.degeneration.round().clamp(1.0, 5.0) as u8
    }
}

/// The sacrum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SacrumParameters {
    /// Left–right extent of the endplate, mm.
    pub width_mm: f64,
    /// Antero-posterior extent of the endplate, mm.
    pub depth_mm: f64,
    /// Heights of S1…S5, mm.
    pub segment_heights_mm: [f64; 5],
    /// Axes of S1…S5 against the endplate's normal, degrees; negative turns forward.
    pub segment_tilts_deg: [f64; 5],
    /// Left–right extent of the canal at S1, mm.
    pub canal_width_mm: f64,
    /// Antero-posterior extent of the canal at S1, mm.
    pub canal_depth_mm: f64,
    /// Thickness of the remnant of the S1/S2 disc, mm.
    pub remnant_mm: f64,
}

/// How the segments stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlignmentParameters {
    /// Pelvic incidence, degrees.
    pub pelvic_incidence_deg: f64,
    /// Sacral slope lying with straight legs, degrees.
    pub sacral_slope_deg: f64,
    /// Lying with straight legs: part of the standing lordosis that is left, 0…1.
    pub recumbent_factor: f64,
    /// Further factor with a cushion under the knees, 0…1.
    pub knee_cushion_factor: f64,
    /// Cobb angle of the lumbar curve, degrees; positive is convex to the left.
    pub cobb_deg: f64,
    /// The curve's apex, vertebrae below L1 (1 is L2).
    pub apex_level: f64,
    /// Axial rotation at the apex, degrees.
    pub apex_rotation_deg: f64,
}

/// The canal's contents.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CanalParameters {
    /// Depth of the thecal sac as part of the bony canal's.
    pub sac_depth_ratio: f64,
    /// Width of the thecal sac as part of the bony canal's.
    pub sac_width_ratio: f64,
    /// Tip of the conus, in vertebrae below the upper endplate of L1.
    pub conus_level: f64,
    /// End of the sac, in sacral segments below the sacral endplate.
    pub sac_end_level: f64,
}

/// The trunk around the spine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrunkParameters {
    /// Antero-posterior extent at the waist, mm.
    pub depth_mm: f64,
    /// Left–right extent at the waist, mm.
    pub width_mm: f64,
    /// Subcutaneous fat behind the spinous processes, mm.
    pub back_fat_mm: f64,
    /// Subcutaneous fat in front, mm.
    pub belly_fat_mm: f64,
    /// Factor of the muscles' radii.
    pub muscle: f64,
}
