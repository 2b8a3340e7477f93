//! One spine drawn from a population.

use geometry::Vertebra;
use rand::Rng;
use randomness::{Stream, truncated_normal};

use crate::findings::Findings;
use crate::parameters::{
    AlignmentParameters, CanalParameters, DiscParameters, Person, Proportions, SacrumParameters, Sex, SpineParameters,
    TrunkParameters, VertebraParameters,
};
use crate::population::{Population, VERTEBRAE, disc_below};
use crate::statistics::Spread;

/// Draws beyond this are rejected: a vertebra four standard deviations from the mean is not realistic.
const LIMIT_SD: f64 = 2.5;

/// Fraction of a size's own variance that all levels share, so that neighbouring levels are correlated (choice).
const SHARED_BETWEEN_LEVELS: f64 = 0.7;

/// Named standard normal draws: adding one does not change the others.
struct Draws(Stream);

impl Draws {
    fn z(&self, name: &str, number: usize) -> f64 {
        truncated_normal(&mut self.0.child(name, number as u64).rng(), 0.0, 1.0, LIMIT_SD)
    }

    fn uniform(&self, name: &str) -> f64 {
        self.0.child(name, 0).rng().random()
    }

    /// A level's deviation, partly shared by all levels of the person.
    fn level_z(&self, name: &str, level: usize) -> f64 {
        let shared = SHARED_BETWEEN_LEVELS;
        shared.sqrt() * self.z(name, usize::MAX) + (1.0 - shared).sqrt() * self.z(name, level)
    }
}

impl Population {
    /// One person's spine. Bony sizes share a body-size factor and a sex effect. Sacral slope depends on pelvic
    /// incidence, lordosis on sacral slope, degeneration and marrow on age.
    pub fn sample(&self, stream: &Stream) -> SpineParameters {
        let draws = Draws(*stream);
        let person = self.sample_person(&draws);
        let vertebrae: Vec<_> =
            (0..VERTEBRAE.len()).map(|level| self.sample_vertebra(&draws, &person, level)).collect();
        let (alignment, lordosis_deg) = self.sample_alignment(&draws);
        let decades = (person.age_years - 45.0) / 10.0;
        let marrow = |per_decade: f64, name| {
            (1.0 + per_decade * decades + self.marrow.person_sd * draws.z(name, 0)).clamp(0.6, 1.5)
        };

        let parameters = SpineParameters {
            person,
            discs: self.sample_discs(&draws, &person, lordosis_deg),
            proportions: self.sample_proportions(&draws),
            sacrum: self.sample_sacrum(&draws, &person),
            alignment,
            canal: self.sample_canal(&draws, &person),
            trunk: self.sample_trunk(&draws, &person),
            marrow_fat: (0.30 + 0.045 * (person.age_years - 25.0) / 10.0 + 0.05 * draws.z("marrow fat", 0))
                .clamp(0.15, 0.75),
            findings: Findings::default(),
            marrow_t1: marrow(self.marrow.t1_per_decade, "marrow t1"),
            marrow_t2: marrow(self.marrow.t2_per_decade, "marrow t2"),
            detail_seed: stream.child("detail", 0).rng().random(),
            vertebrae,
        };
        self.findings.draw_into(parameters, &stream.child("findings", 0))
    }

    fn sample_person(&self, draws: &Draws) -> Person {
        let sex = if draws.uniform("sex") < self.person.women { Sex::Female } else { Sex::Male };
        let size_sd = draws.z("body size", 0);
        let height = match sex {
            Sex::Female => self.person.height_women_cm,
            Sex::Male => self.person.height_men_cm,
        };
        let rho = self.person.size_correlation;
        let height_cm = height.at(rho * size_sd + (1.0 - rho * rho).sqrt() * draws.z("height", 0));
        let index = self.person.body_mass_index.at(draws.z("body mass index", 0));
        Person {
            sex,
            age_years: self.person.age_years.at(draws.z("age", 0)),
            height_cm,
            weight_kg: index * (height_cm / 100.0).powi(2),
            size_sd,
        }
    }

    /// A bony size: the mean, shifted by sex, plus a deviation that is correlated with body size.
    fn size_mm(&self, person: &Person, mean: f64, sd: f64, own_z: f64) -> f64 {
        let rho = self.person.size_correlation;
        let sign = if person.sex == Sex::Male { 1.0 } else { -1.0 };
        let size = mean * (1.0 + sign * self.person.sex_size_effect)
            + sd * (rho * person.size_sd + (1.0 - rho * rho).sqrt() * own_z);
        // Whatever the combination of draws, a bone has more than half its mean size.
        size.max(0.55 * mean)
    }

    fn sample_vertebra(&self, draws: &Draws, person: &Person, level: usize) -> VertebraParameters {
        let label = VERTEBRAE[level];
        let mean = &self.vertebrae[&label];
        let spread = &self.vertebra_spread;
        let size = |mean, sd, name| self.size_mm(person, mean, sd, draws.level_z(name, level));
        let wedge_deg = match person.sex {
            Sex::Female => mean.wedge_women_deg,
            Sex::Male => mean.wedge_men_deg,
        } + spread.wedge_deg * draws.z("wedge", level);

        // The tables give the posterior height; an anterior wedge lowers the middle by half its rise.
        let posterior_height_mm = size(mean.posterior_height_mm, spread.height_mm, "height");
        let depth_mm = (mean.superior_depth_mm + mean.inferior_depth_mm) / 2.0;
        let height_mm = posterior_height_mm - depth_mm * (wedge_deg.to_radians() / 2.0).tan();

        // Thoracic endplates are flatter (choice).
        let concavity = if label >= Vertebra::L1 { 1.0 } else { 0.6 };

        VertebraParameters {
            label,
            superior_width_mm: size(mean.superior_width_mm, spread.width_mm, "width"),
            superior_depth_mm: size(mean.superior_depth_mm, spread.depth_mm, "depth"),
            inferior_width_mm: size(mean.inferior_width_mm, spread.width_mm, "width"),
            inferior_depth_mm: size(mean.inferior_depth_mm, spread.depth_mm, "depth"),
            height_mm: height_mm.max(0.55 * mean.posterior_height_mm),
            lordotic_wedge_deg: -wedge_deg,
            canal_width_mm: size(mean.canal_width_mm, spread.canal_width_mm, "canal width"),
            canal_depth_mm: size(mean.canal_depth_mm, spread.canal_depth_mm, "canal depth"),
            pedicle_width_mm: size(mean.pedicle_width_mm, 0.1 * mean.pedicle_width_mm, "pedicle"),
            pedicle_height_mm: size(mean.pedicle_height_mm, 0.08 * mean.pedicle_height_mm, "pedicle"),
            spinous_length_mm: size(mean.spinous_length_mm, 0.1 * mean.spinous_length_mm, "spinous process"),
            superior_concavity_mm: (concavity * (0.9 + 0.35 * draws.z("superior concavity", level))).max(0.1),
            inferior_concavity_mm: (concavity * (1.4 + 0.45 * draws.z("inferior concavity", level))).max(0.2),
            waist: (0.085 + 0.02 * draws.level_z("waist", level)).clamp(0.02, 0.15),
        }
    }

    fn sample_proportions(&self, draws: &Draws) -> Proportions {
        let spread = &self.vertebra_spread;
        let factor = |name| (spread.proportions_log * draws.z(name, 0)).exp();
        Proportions {
            lamina_thickness: factor("lamina thickness"),
            lamina_height: factor("lamina height"),
            facet_radius: factor("facet radius"),
            spinous_thickness: factor("spinous thickness"),
            spinous_height: factor("spinous height") * (1.0 + spread.spinous_taller * draws.uniform("spinous taller")),
            arch_fat: spread.arch_fat * draws.uniform("arch fat"),
            cortex_thickness: (spread.cortex_log * draws.z("cortex thickness", 0)).exp(),
            ..Proportions::USUAL
        }
    }

    fn sample_discs(&self, draws: &Draws, person: &Person, lordosis_deg: f64) -> Vec<DiscParameters> {
        let d = &self.degeneration;
        let decades = (person.age_years - 45.0) / 10.0;
        let lumbar = |level: usize| VERTEBRAE[level] >= Vertebra::L1;
        let mean_deg = |level| self.discs[&disc_below(level)].segment_lordosis_deg.mean;
        let mean_total_deg: f64 = (0..VERTEBRAE.len()).filter(|&level| lumbar(level)).map(mean_deg).sum();

        // The person's lordosis is distributed over the segments in proportion to the population's means, each with its
        // own deviation. The deviations cancel in the sum, so that the person's lordosis stays as drawn.
        let own: Vec<f64> = (0..VERTEBRAE.len())
            .map(|level| {
                0.6 * self.discs[&disc_below(level)].segment_lordosis_deg.sd * draws.z("segment lordosis", level)
            })
            .collect();
        let lumbar_levels = (0..VERTEBRAE.len()).filter(|&level| lumbar(level)).count() as f64;
        let own_mean: f64 = (0..VERTEBRAE.len()).filter(|&l| lumbar(l)).map(|l| own[l]).sum::<f64>() / lumbar_levels;

        (0..VERTEBRAE.len())
            .map(|level| {
                let label = disc_below(level);
                let statistics = &self.discs[&label];
                let degeneration = d.grade_at_45
                    + d.grade_per_decade * decades
                    + d.level_effect[level]
                    + d.person_sd * draws.z("degeneration", usize::MAX)
                    + d.disc_sd * draws.z("degeneration", level);
                let degeneration = degeneration.clamp(1.0, 4.4);
                let height = statistics.middle_height_mm;
                let height_mm = self.size_mm(person, height.mean, height.sd, draws.level_z("disc height", level));
                DiscParameters {
                    label,
                    // Height hardly falls before grade V (`lumbar-numbers.md` §6b): 8 % at grade IV.
                    middle_height_mm: height_mm * (1.0 - 0.08 * (degeneration - 3.0).max(0.0)),
                    segment_lordosis_deg: if lumbar(level) {
                        mean_deg(level) * lordosis_deg / mean_total_deg + own[level] - own_mean
                    } else {
                        mean_deg(level) + own[level]
                    },
                    degeneration,
                    bulge_mm: 0.6 + 0.35 * (degeneration - 1.0) + 0.2 * draws.z("bulge", level),
                }
            })
            .collect()
    }

    fn sample_sacrum(&self, draws: &Draws, person: &Person) -> SacrumParameters {
        let s = &self.sacrum;
        let spread = &self.vertebra_spread;
        let size = |mean, sd, name| self.size_mm(person, mean, sd, draws.z(name, 99));
        let turn_deg = s.kyphosis_sd_deg * draws.z("sacral kyphosis", 0);
        SacrumParameters {
            width_mm: size(s.width_mm, spread.width_mm, "width"),
            depth_mm: size(s.depth_mm, spread.depth_mm, "depth"),
            segment_heights_mm: s.segment_heights_mm.map(|height| size(height, 0.07 * height, "sacral height")),
            segment_tilts_deg: std::array::from_fn(|segment| {
                s.segment_tilts_deg[segment] - turn_deg * segment as f64 / 4.0
            }),
            canal_width_mm: size(s.canal_width_mm, spread.canal_width_mm, "canal width"),
            canal_depth_mm: size(s.canal_depth_mm, spread.canal_depth_mm, "canal depth"),
            remnant_mm: (2.6 + 0.9 * draws.z("remnant", 0)).max(0.6),
        }
    }

    /// The alignment and the standing lordosis L1–S1, degrees.
    fn sample_alignment(&self, draws: &Draws) -> (AlignmentParameters, f64) {
        let a = &self.alignment;
        let incidence_deg = a.pelvic_incidence_deg.at(draws.z("pelvic incidence", 0));
        let mean_slope_deg = a.sacral_slope_per_incidence * a.pelvic_incidence_deg.mean + a.sacral_slope_intercept_deg;
        let slope_deg = (a.sacral_slope_per_incidence * incidence_deg
            + a.sacral_slope_intercept_deg
            + a.sacral_slope_sd_deg * draws.z("sacral slope", 0))
        .clamp(15.0, 68.0);
        let mean_lordosis_deg: f64 = (0..VERTEBRAE.len())
            .filter(|&level| VERTEBRAE[level] >= Vertebra::L1)
            .map(|level| self.discs[&disc_below(level)].segment_lordosis_deg.mean)
            .sum();
        let lordosis_deg = mean_lordosis_deg
            + a.lordosis_per_sacral_slope * (slope_deg - mean_slope_deg)
            + a.lordosis_sd_deg * draws.z("lordosis", 0);
        let cobb_deg = a.cobb_deg.at(draws.z("cobb", 0));
        let alignment = AlignmentParameters {
            pelvic_incidence_deg: incidence_deg,
            sacral_slope_deg: slope_deg,
            recumbent_factor: a.recumbent_factor.at(draws.z("recumbent factor", 0)),
            knee_cushion_factor: a.knee_cushion_factor,
            cobb_deg,
            apex_level: 1.0 + 0.5 * draws.z("apex", 0),
            apex_rotation_deg: a.axial_rotation_per_cobb * cobb_deg + 0.7 * draws.z("apex rotation", 0),
        };
        (alignment, lordosis_deg.clamp(15.0, 90.0))
    }

    fn sample_canal(&self, draws: &Draws, person: &Person) -> CanalParameters {
        let c = &self.canal;
        // Area falls with age: each diameter by the square root.
        let ageing = (1.0 - c.sac_area_loss_per_decade * (person.age_years - 45.0) / 10.0).max(0.5).sqrt();
        CanalParameters {
            sac_depth_ratio: (c.sac_depth_ratio.at(draws.z("sac depth", 0)) * ageing).clamp(0.3, 0.95),
            sac_width_ratio: (c.sac_width_ratio.at(draws.z("sac width", 0)) * ageing).clamp(0.3, 0.95),
            conus_level: c.conus_level.at(draws.z("conus", 0)),
            sac_end_level: c.sac_end_level.at(draws.z("sac end", 0)),
        }
    }

    fn sample_trunk(&self, draws: &Draws, person: &Person) -> TrunkParameters {
        let t = &self.trunk;
        let index = person.weight_kg / (person.height_cm / 100.0).powi(2) - self.person.body_mass_index.mean;
        let sized = |spread: &Spread, per_index: f64, name| {
            let shifted = Spread { mean: spread.mean + per_index * index, ..*spread };
            shifted.at(draws.z(name, 0))
        };
        TrunkParameters {
            depth_mm: sized(&t.depth_mm, t.depth_per_index_mm, "trunk depth"),
            width_mm: sized(&t.width_mm, t.width_per_index_mm, "trunk width"),
            back_fat_mm: sized(&t.back_fat_mm, t.back_fat_per_index_mm, "back fat"),
            belly_fat_mm: sized(&t.belly_fat_mm, t.belly_fat_per_index_mm, "belly fat"),
            muscle: (1.0 + t.muscle_sd * draws.z("muscle", 0)).clamp(0.6, 1.4),
        }
    }
}
