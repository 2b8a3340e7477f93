//! Named phantoms: one fixed person of a population, with set parameters and findings.

use geometry::Disc;
use randomness::Stream;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::findings::Findings;
use crate::parameters::{Sex, SpineParameters};
use crate::population::Population;
use crate::statistics::Spread;

/// The format that this version reads.
const FORMAT_VERSION: u32 = 1;

/// A named phantom's file, `phantoms/gallery/NAME.toml`.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Individual {
    format_version: u32,
    /// Title, one line.
    pub title: String,
    /// Name of the population it is drawn from.
    pub population: String,
    /// Seed of that draw.
    pub seed: u64,
    /// The disc that an axial picture shows; L4/L5 or the last one if omitted.
    #[serde(default)]
    pub shows: Option<Disc>,
    /// Distance of the axial picture below that disc, mm; negative above it.
    #[serde(default)]
    pub shows_below_mm: f64,
    /// Distance of sagittal pictures to the left of the midline, mm; negative to the right.
    #[serde(default)]
    pub shows_left_mm: f64,
    /// Number of lumbar vertebrae: 4, 5 or 6.
    #[serde(default = "five")]
    pub lumbar_vertebrae: usize,
    /// Factor on every length.
    #[serde(default = "one")]
    pub scale: f64,
    /// Demographics that are set rather than drawn.
    #[serde(default)]
    pub person: PersonChange,
    /// Parameters that are set rather than drawn.
    #[serde(default)]
    pub change: Change,
    /// Findings that a radiologist would report.
    #[serde(default)]
    pub findings: Findings,
}

const fn five() -> usize {
    5
}

const fn one() -> f64 {
    1.0
}

/// Demographics that are set rather than drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PersonChange {
    /// Sex.
    pub sex: Option<Sex>,
    /// Age, years.
    pub age_years: Option<f64>,
    /// Body height, cm.
    pub height_cm: Option<f64>,
    /// Body mass index, kg/m².
    pub body_mass_index: Option<f64>,
}

impl PersonChange {
    /// The same population with sex, age, height or body mass index fixed where they are set.
    fn applied_to(&self, population: &Population) -> Population {
        let mut population = population.clone();
        let p = &mut population.person;
        let exactly = |mean: f64| Spread { mean, sd: 0.0, low: None, high: None };
        if let Some(sex) = self.sex {
            p.women = if sex == Sex::Female { 1.0 } else { 0.0 };
        }
        p.age_years = self.age_years.map_or(p.age_years, exactly);
        p.height_women_cm = self.height_cm.map_or(p.height_women_cm, exactly);
        p.height_men_cm = self.height_cm.map_or(p.height_men_cm, exactly);
        // The statistics of the trunk refer to the population's mean index, which therefore stays.
        if let Some(index) = self.body_mass_index {
            p.body_mass_index = Spread { mean: p.body_mass_index.mean, sd: 0.0, low: Some(index), high: Some(index) };
        }
        population
    }
}

/// Parameters that are set rather than drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Change {
    /// Cobb angle, degrees; positive is convex to the left.
    pub cobb_deg: Option<f64>,
    /// The curve's apex, vertebrae below L1.
    pub apex_level: Option<f64>,
    /// Axial rotation at the apex, degrees.
    pub apex_rotation_deg: Option<f64>,
    /// Sacral slope, supine with straight legs, degrees.
    pub sacral_slope_deg: Option<f64>,
    /// Factor on every segment's lordosis.
    pub lordosis_factor: Option<f64>,
    /// Factor on the bony canal's depth at every level (congenital stenosis).
    pub canal_depth_factor: Option<f64>,
    /// Depth of the thecal sac relative to that of the bony canal.
    pub sac_depth_ratio: Option<f64>,
    /// Width of the thecal sac relative to that of the bony canal.
    pub sac_width_ratio: Option<f64>,
    /// Tip of the conus, vertebrae below the upper endplate of L1.
    pub conus_level: Option<f64>,
    /// Fat fraction of the marrow, 0…1.
    pub marrow_fat: Option<f64>,
    /// Additional depth of every endplate's concavity, mm (low bone density: fish vertebrae).
    pub concavity_mm: Option<f64>,
    /// Thickness of the remnant of the S1/S2 disc, mm.
    pub remnant_mm: Option<f64>,
    /// Degeneration of every disc, 1 to 5.
    pub pfirrmann: Option<f64>,
}

/// Why a named phantom cannot be read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum IndividualError {
    /// Invalid TOML, or unknown or missing fields.
    #[error("the phantom cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A format version that this program does not read.
    #[error("format-version is {0}, expected {FORMAT_VERSION}")]
    Version(u32),
    /// A value outside its range.
    #[error("{field} is {value}, expected {low} to {high}")]
    OutOfRange {
        /// The field.
        field: &'static str,
        /// What it was.
        value: f64,
        /// The least it may be.
        low: f64,
        /// The most it may be.
        high: f64,
    },
}

impl Individual {
    /// Reads a named phantom's file.
    ///
    /// # Errors
    /// What is wrong and what was expected. Errors of the anatomy are reported by [`crate::Spine::build`].
    pub fn from_toml(text: &str) -> Result<Self, IndividualError> {
        let individual: Self = toml::from_str(text)?;
        if individual.format_version != FORMAT_VERSION {
            return Err(IndividualError::Version(individual.format_version));
        }
        let person = &individual.person;
        for (field, value, low, high) in [
            ("lumbar-vertebrae", Some(individual.lumbar_vertebrae as f64), 4.0, 6.0),
            ("scale", Some(individual.scale), 0.5, 1.4),
            ("person.age-years", person.age_years, 4.0, 110.0),
            ("person.height-cm", person.height_cm, 90.0, 230.0),
            ("person.body-mass-index", person.body_mass_index, 12.0, 70.0),
            ("change.lordosis-factor", individual.change.lordosis_factor, 0.0, 2.0),
            ("change.canal-depth-factor", individual.change.canal_depth_factor, 0.3, 1.5),
            ("change.concavity-mm", individual.change.concavity_mm, 0.0, 3.0),
            ("change.pfirrmann", individual.change.pfirrmann, 1.0, 5.0),
        ] {
            match value {
                Some(value) if !(low..=high).contains(&value) => {
                    return Err(IndividualError::OutOfRange { field, value, low, high });
                }
                _ => {}
            }
        }
        Ok(individual)
    }

    /// The person's parameters, drawn from the population that the file names.
    pub fn parameters(&self, population: &Population) -> SpineParameters {
        let population = self.person.applied_to(population);
        let mut p = population.sample(&Stream::from_seed(self.seed)).with_lumbar_vertebrae(self.lumbar_vertebrae);
        let change = &self.change;
        let set = |target: &mut f64, value: Option<f64>| *target = value.unwrap_or(*target);
        set(&mut p.alignment.cobb_deg, change.cobb_deg);
        set(&mut p.alignment.apex_level, change.apex_level);
        set(&mut p.alignment.apex_rotation_deg, change.apex_rotation_deg);
        set(&mut p.alignment.sacral_slope_deg, change.sacral_slope_deg);
        set(&mut p.canal.sac_depth_ratio, change.sac_depth_ratio);
        set(&mut p.canal.sac_width_ratio, change.sac_width_ratio);
        set(&mut p.canal.conus_level, change.conus_level);
        set(&mut p.marrow_fat, change.marrow_fat);
        set(&mut p.sacrum.remnant_mm, change.remnant_mm);
        for v in &mut p.vertebrae {
            v.canal_depth_mm *= change.canal_depth_factor.unwrap_or(1.0);
            v.superior_concavity_mm = (v.superior_concavity_mm + change.concavity_mm.unwrap_or(0.0)).min(4.0);
            v.inferior_concavity_mm = (v.inferior_concavity_mm + change.concavity_mm.unwrap_or(0.0)).min(4.0);
        }
        for disc in &mut p.discs {
            disc.segment_lordosis_deg *= change.lordosis_factor.unwrap_or(1.0);
            if let Some(pfirrmann) = change.pfirrmann {
                crate::findings::Degeneration { disc: disc.label, pfirrmann, bulge_mm: None }
                    .apply(std::slice::from_mut(disc));
            }
        }
        p.findings = self.findings.clone();
        p.scaled(self.scale)
    }
}
