//! All parameters of one spine: sizes, angles, tissue variation. The build is a pure function of them.

use geometry::Disc;
use geometry::Vertebra;
use serde::{Deserialize, Serialize};

use crate::findings::Findings;

/// One person's spine and trunk, as drawn from a [`crate::Population`] or written by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpineParameters {
    /// Demographics.
    pub person: Person,
    /// T10 to L5, from the head downwards.
    pub vertebrae: Vec<VertebraParameters>,
    /// The disc below each vertebra, in the same order.
    pub discs: Vec<DiscParameters>,
    /// Deviations from the usual proportions.
    #[serde(default, skip_serializing_if = "Proportions::is_usual")]
    pub proportions: Proportions,
    /// The sacrum.
    pub sacrum: SacrumParameters,
    /// Alignment of the segments.
    pub alignment: AlignmentParameters,
    /// Contents of the canal.
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
    /// Seed of details without parameters, such as bowel loops and courses of roots.
    pub detail_seed: u64,
    /// Findings that a radiologist would report.
    #[serde(default, skip_serializing_if = "Findings::is_empty")]
    pub findings: Findings,
}

fn usual_marrow_fat() -> f64 {
    crate::Tissue::Marrow.fat_fraction()
}

/// Demographics.
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

/// Sex, on which the sizes of bones depend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Sex {
    Female,
    Male,
}

impl Sex {
    /// Lower-case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
        }
    }
}

impl std::str::FromStr for Sex {
    type Err = UnknownSex;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Female, Self::Male].into_iter().find(|sex| sex.name() == text).ok_or_else(|| UnknownSex(text.to_owned()))
    }
}

/// A word that names no sex.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is neither female nor male")]
pub struct UnknownSex(String);

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
    /// Depth of the upper endplate's concavity, mm.
    pub superior_concavity_mm: f64,
    /// Depth of the lower endplate's concavity, mm.
    pub inferior_concavity_mm: f64,
    /// Narrowing of the body at mid-height as a fraction of its radius, 0…1.
    pub waist: f64,
}

/// One person's deviations from the usual proportions: factors that hold at all levels, unless a field says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proportions {
    /// Thickness of the laminae.
    pub lamina_thickness: f64,
    /// Cranio-caudal extent of the laminae.
    pub lamina_height: f64,
    /// Forward slope of the laminae's upper border, degrees (not a factor).
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
    /// Excess of the fat fraction in the marrow of the arches over that of the bodies, 0…1 (not a factor).
    pub arch_fat: f64,
    /// Cross-section of the front and back half of the sac, between an ellipse (0) and a rounded square (1, the quartic
    /// superellipse).
    pub sac_squareness: [f64; 2],
    /// Radius of the roots within the sac.
    pub root_radius: f64,
    /// Sedimentation of the roots to the back of the sac in a supine patient, 0…1 (not a factor).
    pub root_settling: f64,
    /// Thickness of the cartilage between endplate and disc, mm: dark, and labelled as neither.
    pub cartilage_mm: f64,
    /// Narrowing of the sacral segments downwards: with 0, S5 is as wide as the endplate.
    pub sacral_taper: f64,
    /// Left–right and antero-posterior extent of the remnants of sacral discs.
    pub remnant_extent: f64,
    /// Thickness of the endplates beside the remnants of sacral discs, mm.
    pub remnant_endplate_mm: f64,
}

impl Proportions {
    /// No deviation.
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
    /// Height in the middle, between the concavities of the endplates, mm.
    pub middle_height_mm: f64,
    /// Standing lordosis of the segment, from the upper endplate above to the upper endplate below, degrees.
    pub segment_lordosis_deg: f64,
    /// Degeneration on Pfirrmann's scale, 1 to 5, continuous.
    pub degeneration: f64,
    /// Bulge of the annulus beyond the rims, mm.
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
    /// Angles between the axes of S1…S5 and the endplate's normal, degrees; negative is forward.
    pub segment_tilts_deg: [f64; 5],
    /// Left–right extent of the canal at S1, mm.
    pub canal_width_mm: f64,
    /// Antero-posterior extent of the canal at S1, mm.
    pub canal_depth_mm: f64,
    /// Thickness of the remnant of the S1/S2 disc, mm.
    pub remnant_mm: f64,
}

/// Alignment of the segments.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlignmentParameters {
    /// Pelvic incidence, degrees.
    pub pelvic_incidence_deg: f64,
    /// Sacral slope, supine with straight legs, degrees.
    pub sacral_slope_deg: f64,
    /// Supine lordosis with straight legs relative to the standing lordosis, 0…1.
    pub recumbent_factor: f64,
    /// Additional factor with a cushion under the knees, 0…1.
    pub knee_cushion_factor: f64,
    /// Cobb angle of the lumbar curve, degrees; positive is convex to the left.
    pub cobb_deg: f64,
    /// The curve's apex, vertebrae below L1 (1 is L2).
    pub apex_level: f64,
    /// Axial rotation at the apex, degrees.
    pub apex_rotation_deg: f64,
}

/// Contents of the canal.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CanalParameters {
    /// Depth of the thecal sac relative to that of the bony canal.
    pub sac_depth_ratio: f64,
    /// Width of the thecal sac relative to that of the bony canal.
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
    /// Factor on the radii of the muscles.
    pub muscle: f64,
}
