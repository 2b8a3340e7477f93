//! What a scanner sees of a tissue.

/// Proton density, relaxation and behaviour of one material at the scanner's field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Substance {
    /// Longitudinal relaxation time, ms.
    pub t1_ms: f64,
    /// Transverse relaxation time, ms.
    pub t2_ms: f64,
    /// Proton density relative to cerebrospinal fluid.
    pub proton_density: f64,
    /// True if it leaves the slice between excitation and echo.
    pub flows: bool,
    /// True if the protons resonate at fat's frequency, −3.4 ppm from water.
    pub is_fat: bool,
    /// Relative SD of the signal's fine variation, 0…1.
    pub texture_sd: f64,
    /// Correlation length of that variation, mm.
    pub texture_scale_mm: f64,
}

impl Substance {
    /// A motionless, even, watery substance.
    pub const fn water(t1_ms: f64, t2_ms: f64, proton_density: f64) -> Self {
        Self { t1_ms, t2_ms, proton_density, flows: false, is_fat: false, texture_sd: 0.0, texture_scale_mm: 1.0 }
    }

    /// Nothing that gives signal.
    pub const AIR: Self = Self::water(1000.0, 1.0, 0.0);
}
