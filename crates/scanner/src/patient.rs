//! The virtual patient as a scanner's subject.

use geometry::{Grid, PatientPosition, Volume};
use phantom::PatientOnTable;

use crate::{Subject, Substance};

impl Subject for PatientOnTable {
    fn substances(&self, field_t: f64) -> Vec<Substance> {
        // The atlas knows two fields; between them the nearer one holds.
        let strong = field_t > 2.25;
        self.materials()
            .iter()
            .map(|material| {
                let relaxation = if strong { material.relaxation_3t } else { material.relaxation_1_5t };
                Substance {
                    t1_ms: relaxation.t1_ms,
                    t2_ms: relaxation.t2_ms,
                    proton_density: relaxation.proton_density,
                    flows: material.tissue.flows(),
                    is_fat: material.is_fat,
                    texture_sd: material.texture_sd,
                    texture_scale_mm: material.texture_scale_mm,
                }
            })
            .collect()
    }

    fn rasterize(&self, grid: &Grid) -> Volume<u8> {
        self.rasterize(grid)
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
}
