//! The tables of a population file. Field names end in their units; the file that ships gives the source of
//! each value.

use schemars::JsonSchema;
use serde::Deserialize;

/// A normal distribution, optionally clamped.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Spread {
    pub mean: f64,
    pub sd: f64,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

impl Spread {
    /// The value `z` standard deviations from the mean, clamped to the limits.
    pub fn at(&self, z: f64) -> f64 {
        (self.mean + self.sd * z).clamp(self.low.unwrap_or(f64::NEG_INFINITY), self.high.unwrap_or(f64::INFINITY))
    }
}

/// Demographics: age, height, weight, and the correlation of sizes.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PersonStatistics {
    pub women: f64,
    pub age_years: Spread,
    pub height_women_cm: Spread,
    pub height_men_cm: Spread,
    pub body_mass_index: Spread,
    pub sex_size_effect: f64,
    pub size_correlation: f64,
}

/// Mean sizes of one vertebra.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct VertebraStatistics {
    pub superior_width_mm: f64,
    pub superior_depth_mm: f64,
    pub inferior_width_mm: f64,
    pub inferior_depth_mm: f64,
    pub posterior_height_mm: f64,
    pub canal_width_mm: f64,
    pub canal_depth_mm: f64,
    pub wedge_women_deg: f64,
    pub wedge_men_deg: f64,
    pub pedicle_width_mm: f64,
    pub pedicle_height_mm: f64,
    pub spinous_length_mm: f64,
}

impl VertebraStatistics {
    /// Every field with its name and range, in mm or degrees.
    pub fn ranges(&self) -> [(&'static str, f64, f64, f64, &'static str); 12] {
        let size = |field, value| (field, value, 10.0, 80.0, "10 to 80 mm");
        let small = |field, value| (field, value, 3.0, 60.0, "3 to 60 mm");
        let angle = |field, value| (field, value, -20.0, 20.0, "-20° to 20°");
        [
            size("superior-width-mm", self.superior_width_mm),
            size("superior-depth-mm", self.superior_depth_mm),
            size("inferior-width-mm", self.inferior_width_mm),
            size("inferior-depth-mm", self.inferior_depth_mm),
            size("posterior-height-mm", self.posterior_height_mm),
            size("canal-width-mm", self.canal_width_mm),
            size("canal-depth-mm", self.canal_depth_mm),
            angle("wedge-women-deg", self.wedge_women_deg),
            angle("wedge-men-deg", self.wedge_men_deg),
            small("pedicle-width-mm", self.pedicle_width_mm),
            small("pedicle-height-mm", self.pedicle_height_mm),
            small("spinous-length-mm", self.spinous_length_mm),
        ]
    }
}

/// Standard deviations of the vertebrae's sizes between people of one sex.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct VertebraSpread {
    pub width_mm: f64,
    pub depth_mm: f64,
    pub height_mm: f64,
    pub canal_width_mm: f64,
    pub canal_depth_mm: f64,
    pub wedge_deg: f64,
    /// SD of ln of the arch's proportions.
    #[serde(default)]
    pub proportions_log: f64,
    /// Largest excess height of the spinous processes as a fraction of their height; drawn uniformly from 0.
    #[serde(default)]
    pub spinous_taller: f64,
    /// SD of ln of the thickness of cortex and endplates.
    #[serde(default)]
    pub cortex_log: f64,
    /// Largest excess of the fat fraction in the marrow of the arches over the bodies; drawn uniformly from 0.
    #[serde(default)]
    pub arch_fat: f64,
}

/// Mean sizes of the sacrum.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SacrumStatistics {
    pub width_mm: f64,
    pub depth_mm: f64,
    pub segment_heights_mm: [f64; 5],
    pub segment_tilts_deg: [f64; 5],
    pub canal_width_mm: f64,
    pub canal_depth_mm: f64,
    pub kyphosis_sd_deg: f64,
}

/// One disc.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct DiscStatistics {
    pub middle_height_mm: Spread,
    pub segment_lordosis_deg: Spread,
}

/// Alignment of the segments.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct AlignmentStatistics {
    pub pelvic_incidence_deg: Spread,
    pub sacral_slope_per_incidence: f64,
    pub sacral_slope_intercept_deg: f64,
    pub sacral_slope_sd_deg: f64,
    pub lordosis_per_sacral_slope: f64,
    pub lordosis_sd_deg: f64,
    pub recumbent_factor: Spread,
    pub knee_cushion_factor: f64,
    pub cobb_deg: Spread,
    pub axial_rotation_per_cobb: f64,
}

/// Contents of the canal.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct CanalStatistics {
    pub sac_depth_ratio: Spread,
    pub sac_width_ratio: Spread,
    pub sac_area_loss_per_decade: f64,
    pub conus_level: Spread,
    pub sac_end_level: Spread,
}

/// Degeneration of the discs with age and level.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct DegenerationStatistics {
    pub grade_at_45: f64,
    pub grade_per_decade: f64,
    pub person_sd: f64,
    pub disc_sd: f64,
    pub level_effect: [f64; 8],
}

/// Relaxation of the marrow with age.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct MarrowStatistics {
    pub t1_per_decade: f64,
    pub t2_per_decade: f64,
    pub person_sd: f64,
}

/// The trunk, by body mass index.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TrunkStatistics {
    pub depth_mm: Spread,
    pub depth_per_index_mm: f64,
    pub width_mm: Spread,
    pub width_per_index_mm: f64,
    pub back_fat_mm: Spread,
    pub back_fat_per_index_mm: f64,
    pub belly_fat_mm: Spread,
    pub belly_fat_per_index_mm: f64,
    pub muscle_sd: f64,
}
