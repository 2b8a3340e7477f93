//! The MR properties of a material.

/// Proton density, relaxation, flow and texture of one material at the scanner's field.
///
/// The relaxation times are those of its water. Marrow and fatty tissues have a second pool, fat, that
/// resonates 3.4 ppm lower and has its own relaxation times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Substance {
    /// Longitudinal relaxation time of the water, ms.
    pub t1_ms: f64,
    /// Transverse relaxation time of the water, ms.
    pub t2_ms: f64,
    /// Density of all protons relative to cerebrospinal fluid.
    pub proton_density: f64,
    /// Its fat.
    pub fat: FatPool,
    /// True if it leaves the slice between excitation and echo.
    pub flows: bool,
    /// True if it moves back and forth with the heartbeat (cerebrospinal fluid).
    pub pulsates: bool,
    /// Relative SD of the signal's fine variation, 0…1.
    pub texture_sd: f64,
    /// Correlation length of that variation, mm.
    pub texture_scale_mm: f64,
}

/// Fat within a substance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FatPool {
    /// Fraction of the protons, 0…1.
    pub fraction: f64,
    /// Longitudinal relaxation time, ms.
    pub t1_ms: f64,
    /// Transverse relaxation time (effective in an echo train), ms.
    pub t2_ms: f64,
}

impl FatPool {
    /// No fat.
    pub const NONE: Self = Self { fraction: 0.0, t1_ms: 250.0, t2_ms: 120.0 };
}

impl Substance {
    /// A static, uniform substance of water.
    pub const fn water(t1_ms: f64, t2_ms: f64, proton_density: f64) -> Self {
        Self {
            t1_ms,
            t2_ms,
            proton_density,
            fat: FatPool::NONE,
            flows: false,
            pulsates: false,
            texture_sd: 0.0,
            texture_scale_mm: 1.0,
        }
    }

    /// A static, uniform substance of fat.
    pub const fn fat(t1_ms: f64, t2_ms: f64, proton_density: f64) -> Self {
        Self { fat: FatPool { fraction: 1.0, t1_ms, t2_ms }, ..Self::water(t1_ms, t2_ms, proton_density) }
    }

    /// No signal.
    pub const AIR: Self = Self::water(1000.0, 1.0, 0.0);

    /// Its water alone, with the proton density of the water.
    pub fn water_pool(&self) -> Self {
        let proton_density = self.proton_density * (1.0 - self.fat.fraction);
        Self { proton_density, fat: FatPool::NONE, ..*self }
    }

    /// Its fat alone, with the relaxation times and the proton density of the fat.
    pub fn fat_pool(&self) -> Self {
        let FatPool { fraction, t1_ms, t2_ms } = self.fat;
        Self { t1_ms, t2_ms, proton_density: self.proton_density * fraction, ..*self }
    }
}
