//! Materials: one tissue of one structure of a patient, addressed by the indices of a rasterized volume.

use geometry::Structure;

use crate::tissue::{Relaxation, Tissue};

/// The meaning of one index of a rasterized volume.
#[derive(Clone, Debug, PartialEq)]
pub struct Material {
    /// What it is made of.
    pub tissue: Tissue,
    /// The class it is labelled as.
    pub structure: Structure,
    /// The value in instance label volumes, 0 for background.
    pub instance_label: u8,
    /// Relaxation at 1.5 T, with this patient's variation.
    pub relaxation_1_5t: Relaxation,
    /// Relaxation at 3 T, with this patient's variation.
    pub relaxation_3t: Relaxation,
    /// Fat fraction of the protons, 0…1.
    pub fat_fraction: f64,
    /// Relative SD of the signal's texture within the tissue, 0…1.
    pub texture_sd: f64,
    /// Correlation length of the texture, mm.
    pub texture_scale_mm: f64,
}

/// Factors on a tissue's reference relaxation times and density.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Variation {
    /// Factor of T1.
    pub t1: f64,
    /// Factor of T2.
    pub t2: f64,
    /// Factor of the proton density.
    pub proton_density: f64,
    /// Fat fraction, if it differs from the tissue's usual one.
    pub fat_fraction: Option<f64>,
}

impl Variation {
    /// The reference itself.
    pub const NONE: Self = Self { t1: 1.0, t2: 1.0, proton_density: 1.0, fat_fraction: None };
}

/// The materials of one patient while they are collected; index 0 is air.
#[derive(Clone, Debug)]
pub(crate) struct Palette {
    materials: Vec<Material>,
}

impl Palette {
    pub fn new() -> Self {
        let mut palette = Self { materials: Vec::with_capacity(160) };
        palette.background(Tissue::Air);
        palette
    }

    /// A tissue outside the labelled structures.
    pub fn background(&mut self, tissue: Tissue) -> u8 {
        self.add(tissue, Structure::Background, 0, Variation::NONE)
    }

    /// A tissue of a labelled structure; equal materials share an index.
    pub fn add(&mut self, tissue: Tissue, structure: Structure, instance_label: u8, variation: Variation) -> u8 {
        let base = tissue.relaxation_1_5t();
        let at = |t1_field: f64, t2_field: f64| Relaxation {
            t1_ms: base.t1_ms * variation.t1 * t1_field,
            t2_ms: base.t2_ms * variation.t2 * t2_field,
            proton_density: base.proton_density * variation.proton_density,
        };
        let (texture_sd, texture_scale_mm) = texture(tissue);
        let material = Material {
            tissue,
            structure,
            instance_label,
            relaxation_1_5t: at(1.0, 1.0),
            relaxation_3t: at(tissue.t1_factor_3t(), tissue.t2_factor_3t()),
            fat_fraction: variation.fat_fraction.unwrap_or(tissue.fat_fraction()),
            texture_sd,
            texture_scale_mm,
        };
        let index = self.materials.iter().position(|m| *m == material).unwrap_or_else(|| {
            self.materials.push(material);
            self.materials.len() - 1
        });
        u8::try_from(index).expect("the atlas names fewer than 256 materials")
    }

    pub fn into_materials(self) -> Vec<Material> {
        self.materials
    }
}

/// Relative SD and correlation length (mm) of the signal within a tissue; project choices, by visual comparison
/// with real T2-weighted images.
const fn texture(tissue: Tissue) -> (f64, f64) {
    match tissue {
        Tissue::Marrow => (0.08, 2.5),
        Tissue::Muscle => (0.30, 3.0),
        Tissue::SubcutaneousFat | Tissue::VisceralFat => (0.04, 6.0),
        Tissue::EpiduralFat => (0.06, 2.0),
        Tissue::Nucleus | Tissue::InnerAnnulus | Tissue::OuterAnnulus => (0.10, 2.0),
        Tissue::InterspinousTissue => (0.35, 2.5),
        Tissue::BowelStool | Tissue::BowelFluid => (0.20, 4.0),
        Tissue::Liver | Tissue::Spleen | Tissue::RenalCortex | Tissue::RenalMedulla | Tissue::Heart => (0.08, 4.0),
        Tissue::CerebrospinalFluid => (0.03, 4.0),
        _ => (0.05, 3.0),
    }
}
