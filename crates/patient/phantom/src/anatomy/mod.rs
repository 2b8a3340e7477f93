//! The anatomy, region by region: each module builds solids from the frames of the column.
//!
//! Solids are added in order of priority: where two overlap, the one added first counts. Air and skin come
//! first, so that nothing protrudes from the body; then the contents of the canal, so that nothing narrows the sac; the
//! cavity of the trunk comes last and fills the rest.

mod canal;
mod disc;
pub(crate) mod encroachment;
mod endplates;
mod hardware;
mod lesions;
mod ligaments;
mod muscles;
mod organs;
mod pelvis;
mod sac;
mod sacrum;
mod trunk;
mod vertebra;

use geometry::{Point, Structure};
use randomness::{Stream, truncated_normal};

use crate::column::Column;
use crate::material::{Palette, Variation};
use crate::parameters::SpineParameters;
use crate::solid::{Part, Solid};
use crate::tissue::Tissue;

use encroachment::Encroachment;

pub(crate) use sac::Sac;
pub(crate) use trunk::TrunkPlace;

/// The solids of one patient while they are collected.
pub(crate) struct Atlas<'a> {
    pub parameters: &'a SpineParameters,
    pub column: &'a Column,
    pub sac: &'a Sac,
    pub trunk: TrunkPlace,
    pub palette: Palette,
    pub solids: Vec<Solid>,
    /// What encroaches on the canal, until it is added.
    pub encroachments: Vec<Encroachment>,
    /// Metal as spheres: centres and radii, mm.
    pub metal: Vec<(Point, f64)>,
    detail: Stream,
}

impl<'a> Atlas<'a> {
    /// Collects the solids of every region in order of priority.
    pub fn collect(parameters: &'a SpineParameters, column: &'a Column, sac: &'a Sac) -> Self {
        let mut atlas = Self {
            parameters,
            column,
            sac,
            trunk: TrunkPlace::new(parameters, column),
            palette: Palette::new(),
            solids: Vec::with_capacity(256),
            encroachments: encroachment::encroachments(column, &parameters.findings),
            metal: Vec::new(),
            detail: Stream::from_seed(parameters.detail_seed),
        };
        trunk::add_coat(&mut atlas);
        canal::add_contents(&mut atlas);
        encroachment::add(&mut atlas);
        lesions::add_cysts(&mut atlas);
        hardware::add(&mut atlas);
        endplates::add(&mut atlas);
        lesions::add(&mut atlas);
        vertebra::add(&mut atlas);
        sacrum::add(&mut atlas);
        disc::add(&mut atlas);
        ligaments::add(&mut atlas);
        lesions::add_scars(&mut atlas);
        canal::add_surroundings(&mut atlas);
        organs::add_vessels(&mut atlas);
        pelvis::add_bones(&mut atlas);
        vertebra::add_ribs(&mut atlas);
        muscles::add(&mut atlas);
        organs::add(&mut atlas);
        pelvis::add_soft_tissue(&mut atlas);
        trunk::add_cavity(&mut atlas);
        atlas
    }

    /// A standard normal draw for a detail that has no parameter.
    fn z(&self, name: &str, number: usize) -> f64 {
        truncated_normal(&mut self.detail.child(name, number as u64).rng(), 0.0, 1.0, 2.5)
    }

    /// Adds parts of one background tissue.
    fn add_background(&mut self, tissue: Tissue, parts: Vec<Part>) {
        let material = self.palette.background(tissue);
        self.solids.push(Solid::plain(material, parts));
    }

    /// Marrow of one bone, varied by patient and slightly by bone.
    fn marrow(&mut self, structure: Structure, instance_label: u8, number: usize) -> u8 {
        let variation = Variation {
            t1: self.parameters.marrow_t1 * (1.0 + 0.03 * self.z("marrow t1", number)),
            t2: self.parameters.marrow_t2 * (1.0 + 0.03 * self.z("marrow t2", number)),
            proton_density: 1.0 + 0.02 * self.z("marrow density", number),
            fat_fraction: Some(self.parameters.marrow_fat),
        };
        self.palette.add(Tissue::Marrow, structure, instance_label, variation)
    }

    /// Marrow of one vertebra's arch, with more fat than its body's.
    fn arch_marrow(&mut self, instance_label: u8) -> u8 {
        let p = &self.parameters;
        let fat_fraction = Some((p.marrow_fat + p.proportions.arch_fat).min(0.95));
        let variation = Variation { t1: p.marrow_t1, t2: p.marrow_t2, proton_density: 1.0, fat_fraction };
        self.palette.add(Tissue::Marrow, Structure::Vertebra, instance_label, variation)
    }

    /// Cortex of one bone.
    fn cortex(&mut self, structure: Structure, instance_label: u8) -> u8 {
        self.palette.add(Tissue::CorticalBone, structure, instance_label, Variation::NONE)
    }
}

/// Both sides of the body: left (+1) and right (−1).
const SIDES: [f64; 2] = [1.0, -1.0];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::Population;

    fn depth_in(part: &Part, p: &Point) -> f32 {
        let own = part.pose.inverse() * p;
        -part.shape.signed(own.coords.cast::<f32>())
    }

    /// The sac has the highest priority: if it reached into a body, it would replace bone.
    #[test]
    fn the_sac_lies_behind_every_body() {
        for seed in 0..150 {
            let parameters = Population::adult_lumbar().sample(&Stream::from_seed(seed));
            let column = Column::build(&parameters, seed % 2 == 0);
            let sac = Sac::along(&column, &parameters);
            let mut bodies: Vec<Part> = column.vertebrae.iter().map(vertebra::body).collect();
            bodies.extend(column.sacrum.iter().enumerate().map(|(number, segment)| sacrum::body(segment, number)));
            let (first, last) = (sac.stations[0].level, sac.end_level());
            for n in 0..=400 {
                let station = sac.at(first + (last - first) * f64::from(n) / 400.0);
                let front = station.inside(0.0, -1.0);
                let deepest = bodies.iter().map(|body| depth_in(body, &front)).fold(f32::MIN, f32::max);
                assert!(deepest < 0.3, "seed {seed}, level {:.2}: {deepest:.2} mm inside a body", station.level);
            }
        }
    }
}
