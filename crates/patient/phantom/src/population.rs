//! Population files: means and standard deviations from which one spine is drawn.

use std::collections::BTreeMap;

use geometry::{Disc, Vertebra};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::prevalence::Prevalence;
use crate::statistics::{
    AlignmentStatistics, CanalStatistics, DegenerationStatistics, DiscStatistics, MarrowStatistics, PersonStatistics,
    SacrumStatistics, Spread, TrunkStatistics, VertebraSpread, VertebraStatistics,
};

/// The adult lumbar population, `phantoms/adult-lumbar.toml`.
const ADULT_LUMBAR: &str = include_str!("../../../../phantoms/adult-lumbar.toml");

/// The format that this version reads.
const FORMAT_VERSION: u32 = 1;

/// Means and standard deviations of a population of spines.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Population {
    format_version: u32,
    name: String,
    #[serde(default)]
    title: String,
    pub(crate) person: PersonStatistics,
    pub(crate) vertebrae: BTreeMap<Vertebra, VertebraStatistics>,
    pub(crate) vertebra_spread: VertebraSpread,
    pub(crate) sacrum: SacrumStatistics,
    pub(crate) discs: BTreeMap<Disc, DiscStatistics>,
    pub(crate) alignment: AlignmentStatistics,
    pub(crate) canal: CanalStatistics,
    pub(crate) degeneration: DegenerationStatistics,
    pub(crate) marrow: MarrowStatistics,
    pub(crate) trunk: TrunkStatistics,
    #[serde(default)]
    pub(crate) findings: Prevalence,
}

/// Why a population cannot be read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PopulationError {
    /// Invalid TOML, or unknown or missing fields; the source has line, column and span.
    #[error("the population cannot be read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// A format version that this program does not read.
    #[error("format-version is {found}, expected {FORMAT_VERSION}")]
    Version {
        /// The version found.
        found: u32,
    },
    /// An unknown base.
    #[error("base is \"{0}\", expected \"adult-lumbar\", the only population that can be a base")]
    UnknownBase(String),
    /// A level without statistics.
    #[error("{table} has no entry \"{level}\", expected every level from T10 to the sacrum")]
    MissingLevel {
        /// The table.
        table: &'static str,
        /// The level.
        level: String,
    },
    /// A level that this population cannot have.
    #[error("{table} has an entry \"{level}\", expected only T10 to L5 and the discs below them")]
    UnknownLevel {
        /// The table.
        table: &'static str,
        /// The level.
        level: String,
    },
    /// A number outside its range.
    #[error("{field} is {value}, expected {expected}")]
    OutOfRange {
        /// The field, with its table.
        field: String,
        /// What it was.
        value: f64,
        /// What it may be.
        expected: &'static str,
    },
}

/// The vertebrae of a spine from the head downwards.
pub(crate) const VERTEBRAE: [Vertebra; 8] =
    [Vertebra::T10, Vertebra::T11, Vertebra::T12, Vertebra::L1, Vertebra::L2, Vertebra::L3, Vertebra::L4, Vertebra::L5];

/// The disc below each of [`VERTEBRAE`].
pub(crate) fn disc_below(index: usize) -> Disc {
    Disc::between(VERTEBRAE[index], VERTEBRAE.get(index + 1).copied().unwrap_or(Vertebra::S1))
}

impl Population {
    /// Reads a population file.
    ///
    /// # Errors
    /// Which field is wrong and what was expected; syntax errors have their span.
    pub fn from_toml(text: &str) -> Result<Self, PopulationError> {
        // A file without a base is parsed directly, so that its errors keep their position.
        let population: Self = match text.parse::<toml::Table>() {
            Ok(table) if table.contains_key("base") => merged_with_base(table)?.try_into()?,
            _ => toml::from_str(text)?,
        };
        population.check()?;
        Ok(population)
    }

    /// The adult lumbar population that ships with the program.
    pub fn adult_lumbar() -> Self {
        Self::from_toml(ADULT_LUMBAR).expect("a test reads the embedded population")
    }

    /// Title, one line.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The population's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn check(&self) -> Result<(), PopulationError> {
        if self.format_version != FORMAT_VERSION {
            return Err(PopulationError::Version { found: self.format_version });
        }
        check_levels("vertebrae", &self.vertebrae, &VERTEBRAE)?;
        check_levels("discs", &self.discs, &std::array::from_fn::<_, 8, _>(disc_below))?;

        let probability = "a number from 0 to 1";
        for (field, value) in self.findings.probabilities() {
            in_range(&format!("findings.{field}"), value, 0.0, 1.0, probability)?;
        }
        for (field, weights) in [
            ("findings.herniation-kinds", self.findings.herniation_kinds),
            ("findings.modic-types", self.findings.modic_types),
        ] {
            for weight in weights {
                in_range(field, weight, 0.0, 1e6, "weights of 0 or more")?;
            }
        }
        in_range("person.women", self.person.women, 0.0, 1.0, probability)?;
        in_range("person.size-correlation", self.person.size_correlation, 0.0, 1.0, probability)?;
        in_range("person.sex-size-effect", self.person.sex_size_effect, -0.3, 0.3, "-0.3 to 0.3")?;
        for (label, v) in &self.vertebrae {
            let name = |field: &str| format!("vertebrae.{label}.{field}");
            for (field, value, low, high, expected) in v.ranges() {
                in_range(&name(field), value, low, high, expected)?;
            }
        }
        for (label, d) in &self.discs {
            spread_in_range(&format!("discs.{label}.middle-height-mm"), &d.middle_height_mm, 2.0, 25.0, "2 to 25 mm")?;
            let field = format!("discs.{label}.segment-lordosis-deg");
            spread_in_range(&field, &d.segment_lordosis_deg, -30.0, 45.0, "-30° to 45°")?;
        }
        self.check_spreads()
    }

    fn check_spreads(&self) -> Result<(), PopulationError> {
        let s = &self.vertebra_spread;
        for (field, sd) in [
            ("vertebra-spread.width-mm", s.width_mm),
            ("vertebra-spread.depth-mm", s.depth_mm),
            ("vertebra-spread.height-mm", s.height_mm),
            ("vertebra-spread.canal-width-mm", s.canal_width_mm),
            ("vertebra-spread.canal-depth-mm", s.canal_depth_mm),
            ("vertebra-spread.wedge-deg", s.wedge_deg),
            ("alignment.sacral-slope-sd-deg", self.alignment.sacral_slope_sd_deg),
            ("alignment.lordosis-sd-deg", self.alignment.lordosis_sd_deg),
            ("degeneration.person-sd", self.degeneration.person_sd),
            ("degeneration.disc-sd", self.degeneration.disc_sd),
            ("sacrum.kyphosis-sd-deg", self.sacrum.kyphosis_sd_deg),
            ("trunk.muscle-sd", self.trunk.muscle_sd),
        ] {
            in_range(field, sd, 0.0, 15.0, "a standard deviation from 0 to 15")?;
        }
        in_range("vertebra-spread.proportions-log", s.proportions_log, 0.0, 0.4, "0 to 0.4")?;
        in_range("vertebra-spread.cortex-log", s.cortex_log, 0.0, 0.4, "0 to 0.4")?;
        in_range("vertebra-spread.spinous-taller", s.spinous_taller, 0.0, 0.6, "0 to 0.6")?;
        in_range("vertebra-spread.arch-fat", s.arch_fat, 0.0, 0.6, "0 to 0.6")?;
        in_range("marrow.person-sd", self.marrow.person_sd, 0.0, 0.3, "0 to 0.3")?;
        let sacrum = &self.sacrum;
        in_range("sacrum.width-mm", sacrum.width_mm, 30.0, 80.0, "30 to 80 mm")?;
        in_range("sacrum.depth-mm", sacrum.depth_mm, 20.0, 50.0, "20 to 50 mm")?;
        in_range("sacrum.canal-width-mm", sacrum.canal_width_mm, 15.0, 45.0, "15 to 45 mm")?;
        in_range("sacrum.canal-depth-mm", sacrum.canal_depth_mm, 8.0, 30.0, "8 to 30 mm")?;
        for height in sacrum.segment_heights_mm {
            in_range("sacrum.segment-heights-mm", height, 8.0, 45.0, "8 to 45 mm each")?;
        }
        for tilt in sacrum.segment_tilts_deg {
            in_range("sacrum.segment-tilts-deg", tilt, -90.0, 40.0, "-90° to 40° each")?;
        }

        let a = &self.alignment;
        spread_in_range("alignment.pelvic-incidence-deg", &a.pelvic_incidence_deg, 15.0, 100.0, "15° to 100°")?;
        spread_in_range("alignment.recumbent-factor", &a.recumbent_factor, 0.3, 1.2, "0.3 to 1.2")?;
        in_range("alignment.knee-cushion-factor", a.knee_cushion_factor, 0.3, 1.2, "0.3 to 1.2")?;
        spread_in_range("alignment.cobb-deg", &a.cobb_deg, -55.0, 55.0, "-55° to 55°")?;
        spread_in_range("canal.sac-depth-ratio", &self.canal.sac_depth_ratio, 0.3, 0.95, "0.3 to 0.95")?;
        spread_in_range("canal.sac-width-ratio", &self.canal.sac_width_ratio, 0.3, 0.95, "0.3 to 0.95")?;
        spread_in_range("canal.conus-level", &self.canal.conus_level, -2.0, 4.0, "-2 to 4 vertebrae")?;
        spread_in_range("canal.sac-end-level", &self.canal.sac_end_level, 0.2, 3.5, "0.2 to 3.5 segments")?;
        let p = &self.person;
        spread_in_range("person.age-years", &p.age_years, 18.0, 110.0, "18 to 110 years")?;
        spread_in_range("person.height-women-cm", &p.height_women_cm, 120.0, 230.0, "120 to 230 cm")?;
        spread_in_range("person.height-men-cm", &p.height_men_cm, 120.0, 230.0, "120 to 230 cm")?;
        spread_in_range("person.body-mass-index", &p.body_mass_index, 13.0, 60.0, "13 to 60 kg/m²")?;
        let t = &self.trunk;
        spread_in_range("trunk.depth-mm", &t.depth_mm, 150.0, 400.0, "150 to 400 mm")?;
        spread_in_range("trunk.width-mm", &t.width_mm, 220.0, 600.0, "220 to 600 mm")?;
        spread_in_range("trunk.back-fat-mm", &t.back_fat_mm, 2.0, 90.0, "2 to 90 mm")?;
        spread_in_range("trunk.belly-fat-mm", &t.belly_fat_mm, 2.0, 90.0, "2 to 90 mm")
    }
}

/// The tables of the base with the file's values in place of the base's.
fn merged_with_base(mut table: toml::Table) -> Result<toml::Table, PopulationError> {
    match table.remove("base") {
        Some(toml::Value::String(base)) if base == "adult-lumbar" => {}
        other => return Err(PopulationError::UnknownBase(other.map_or(String::new(), |value| value.to_string()))),
    }
    let mut whole: toml::Table = ADULT_LUMBAR.parse().map_err(PopulationError::Syntax)?;
    overlay(&mut whole, table);
    Ok(whole)
}

fn overlay(below: &mut toml::Table, above: toml::Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(toml::Value::Table(below)), toml::Value::Table(above)) => overlay(below, above),
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}

fn check_levels<L: Ord + ToString, S>(
    table: &'static str,
    entries: &BTreeMap<L, S>,
    expected: &[L],
) -> Result<(), PopulationError> {
    if let Some(level) = expected.iter().find(|level| !entries.contains_key(level)) {
        return Err(PopulationError::MissingLevel { table, level: level.to_string() });
    }
    if let Some(level) = entries.keys().find(|level| !expected.contains(level)) {
        return Err(PopulationError::UnknownLevel { table, level: level.to_string() });
    }
    Ok(())
}

fn in_range(field: &str, value: f64, low: f64, high: f64, expected: &'static str) -> Result<(), PopulationError> {
    if (low..=high).contains(&value) {
        Ok(())
    } else {
        Err(PopulationError::OutOfRange { field: field.to_owned(), value, expected })
    }
}

fn spread_in_range(
    field: &str,
    spread: &Spread,
    low: f64,
    high: f64,
    expected: &'static str,
) -> Result<(), PopulationError> {
    in_range(field, spread.mean, low, high, expected)?;
    in_range(&format!("{field}.sd"), spread.sd, 0.0, high - low, "a standard deviation of 0 or more")?;
    in_range(&format!("{field}.low"), spread.low.unwrap_or(low), low, spread.mean, "at most the mean and in range")?;
    in_range(&format!("{field}.high"), spread.high.unwrap_or(high), spread.mean, high, "at least the mean and in range")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_population_is_valid() {
        assert_eq!(Population::adult_lumbar().name(), "adult-lumbar");
    }

    #[test]
    fn mistakes_are_reported_with_field_and_value() {
        let refused = |from: &str, to: &str| {
            assert!(ADULT_LUMBAR.contains(from), "the test's text '{from}' is in the file");
            Population::from_toml(&ADULT_LUMBAR.replacen(from, to, 1)).expect_err("refused").to_string()
        };
        assert!(refused("women = 0.52", "women = 52").contains("person.women is 52, expected a number from 0 to 1"));
        assert!(refused("women = 0.52", "womem = 0.52").contains("unknown field `womem`"));
        assert!(refused("[discs.\"L4/L5\"]", "[discs.\"L4/L6\"]").contains("no entry \"L4/L5\""));
        assert!(refused("[discs.\"L4/L5\"]", "[discs.\"L4-L5\"]").contains("line"));
        assert!(refused("format-version = 1", "format-version = 2").contains("expected 1"));
        assert!(
            refused("superior-width-mm = 46.6", "superior-width-mm = -46.6").contains("vertebrae.L4.superior-width")
        );
        assert!(refused("sd = 11.4", "sd = nan").contains("pelvic-incidence-deg.sd"));
    }
}
