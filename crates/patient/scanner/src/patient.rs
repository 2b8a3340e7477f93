//! The virtual patient as a subject of the scanner.

use geometry::{Grid, PatientPosition, Volume};
use ndarray::Array3;
use phantom::{Motion, PatientOnTable, Tissue};

use crate::{FatPool, Subject, Substance};

impl Subject for PatientOnTable {
    fn substances(&self, field_t: f64) -> Vec<Substance> {
        // Relaxation times are tabulated at 1.5 T and 3 T; the nearer field is used.
        let strong = field_t > 2.25;
        let fat = Tissue::SubcutaneousFat;
        let (fat_t1, fat_t2) = if strong { (fat.t1_factor_3t(), fat.t2_factor_3t()) } else { (1.0, 1.0) };
        let reference = fat.relaxation_1_5t();
        self.materials()
            .iter()
            .map(|material| {
                let relaxation = if strong { material.relaxation_3t } else { material.relaxation_1_5t };
                // Fatty tissue has its own relaxation times; fat within marrow has those of subcutaneous fat.
                let (fat_t1_ms, fat_t2_ms) = if material.fat_fraction >= 1.0 {
                    (relaxation.t1_ms, relaxation.t2_ms)
                } else {
                    (reference.t1_ms * fat_t1, reference.t2_ms * fat_t2)
                };
                Substance {
                    t1_ms: relaxation.t1_ms,
                    t2_ms: relaxation.t2_ms,
                    proton_density: relaxation.proton_density,
                    fat: FatPool { fraction: material.fat_fraction, t1_ms: fat_t1_ms, t2_ms: fat_t2_ms },
                    flows: material.tissue.flows(),
                    pulsates: material.tissue.pulsates(),
                    texture_sd: material.texture_sd,
                    texture_scale_mm: material.texture_scale_mm,
                }
            })
            .collect()
    }

    fn rasterize(&self, grid: &Grid) -> Volume<u8> {
        self.rasterize(grid)
    }

    fn rasterize_samples(&self, grid: &Grid, offsets: &[[f64; 3]]) -> Array3<u8> {
        self.rasterize_samples(grid, offsets)
    }

    fn position(&self) -> PatientPosition {
        self.positioning.position
    }

    fn texture_seed(&self) -> u64 {
        // No two patients share all their relaxation times.
        self.materials().iter().fold(0, |seed: u64, material| {
            let relaxation = material.relaxation_1_5t;
            seed.rotate_left(7) ^ relaxation.t1_ms.to_bits() ^ relaxation.t2_ms.to_bits().rotate_left(31)
        })
    }

    fn motion(&self) -> Motion {
        self.positioning.motion
    }

    fn implants(&self) -> Vec<crate::Implant> {
        self.metal()
            .into_iter()
            .map(|(centre, radius_mm)| crate::Implant {
                centre,
                radius_mm,
                susceptibility_ppm: crate::Implant::TITANIUM_PPM,
            })
            .collect()
    }
}
