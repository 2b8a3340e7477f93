//! A uniform sphere of solution.

use geometry::{Grid, PatientPosition, Volume};
use scanner::{Subject, Substance};

/// A uniform sphere at the isocentre.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ball {
    /// Radius, mm.
    pub radius_mm: f64,
}

impl Default for Ball {
    /// 17 cm in diameter, as vendors' spherical phantoms.
    fn default() -> Self {
        Self { radius_mm: 85.0 }
    }
}

impl Subject for Ball {
    fn substances(&self, _field_t: f64) -> Vec<Substance> {
        vec![Substance::AIR, crate::acr_large::SOLUTION]
    }

    fn rasterize(&self, grid: &Grid) -> Volume<u8> {
        Volume::from_fn(grid.clone(), |p| u8::from(p.coords.norm() < self.radius_mm))
    }

    fn position(&self) -> PatientPosition {
        PatientPosition::HeadFirstSupine
    }

    fn texture_seed(&self) -> u64 {
        0
    }
}
