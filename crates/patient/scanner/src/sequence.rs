//! Pulse sequences and their signal equations.

use std::f64::consts::{PI, TAU};

use rustfft::num_complex::Complex64;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Substance;

/// Resonance frequency of fat relative to water, Hz per tesla: −3.4 ppm of 42.577 MHz/T.
pub const FAT_SHIFT_HZ_PER_T: f64 = -3.4 * HZ_PER_PPM_AND_T;

/// Precession frequency of protons, Hz per ppm of a tesla.
pub const HZ_PER_PPM_AND_T: f64 = 42.577;

/// Residual fraction of the blood signal in a spin echo after outflow from the slice.
const FLOW_VOID: f64 = 0.03;

/// A pulse sequence with its timing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Sequence {
    /// Spoiled gradient echo (FLASH, SPGR, T1-FFE).
    SpoiledGradientEcho {
        /// Repetition time, ms.
        tr_ms: f64,
        /// Echo time, ms.
        te_ms: f64,
        /// Flip angle, degrees.
        flip_deg: f64,
    },
    /// Balanced steady-state free precession (TrueFISP, FIESTA, bTFE), echo in the middle of TR.
    Bssfp {
        /// Repetition time, ms.
        tr_ms: f64,
        /// Flip angle, degrees.
        flip_deg: f64,
    },
    /// Spin echo.
    SpinEcho {
        /// Repetition time, ms.
        tr_ms: f64,
        /// Echo time, ms.
        te_ms: f64,
    },
    /// Turbo (fast) spin echo.
    TurboSpinEcho {
        /// Repetition time, ms.
        tr_ms: f64,
        /// Effective echo time, ms: that of the echo in the centre of k-space.
        te_ms: f64,
        /// Number of echoes per train.
        echo_train_length: usize,
        /// Echo spacing, ms.
        echo_spacing_ms: f64,
        /// True if a flip-back pulse restores the magnetization after the train (RESTORE, FRFSE, DRIVE).
        #[serde(default)]
        restore: bool,
        /// True if the whole stack is excited as one slab and also phase-encoded along the slices (SPACE, CUBE, VISTA).
        #[serde(default)]
        three_d: bool,
    },
    /// Inversion recovery with a turbo spin echo readout (STIR).
    InversionRecovery {
        /// Repetition time, ms.
        tr_ms: f64,
        /// Effective echo time, ms.
        te_ms: f64,
        /// Inversion time, ms.
        ti_ms: f64,
        /// Number of echoes per train.
        echo_train_length: usize,
        /// Echo spacing, ms.
        echo_spacing_ms: f64,
    },
}

impl Sequence {
    /// Repetition time, ms.
    pub const fn tr_ms(&self) -> f64 {
        match *self {
            Self::SpoiledGradientEcho { tr_ms, .. }
            | Self::Bssfp { tr_ms, .. }
            | Self::SpinEcho { tr_ms, .. }
            | Self::TurboSpinEcho { tr_ms, .. }
            | Self::InversionRecovery { tr_ms, .. } => tr_ms,
        }
    }

    /// (Effective) echo time, ms.
    pub const fn te_ms(&self) -> f64 {
        match *self {
            Self::Bssfp { tr_ms, .. } => tr_ms / 2.0,
            Self::SpoiledGradientEcho { te_ms, .. }
            | Self::SpinEcho { te_ms, .. }
            | Self::TurboSpinEcho { te_ms, .. }
            | Self::InversionRecovery { te_ms, .. } => te_ms,
        }
    }

    /// Number of echoes per train and echo spacing, ms; one echo at TE without a train.
    pub const fn echo_train(&self) -> (usize, f64) {
        match *self {
            Self::TurboSpinEcho { echo_train_length, echo_spacing_ms, .. }
            | Self::InversionRecovery { echo_train_length, echo_spacing_ms, .. } => {
                (echo_train_length, echo_spacing_ms)
            }
            _ => (1, self.te_ms()),
        }
    }

    /// Flip angle of the excitation, degrees.
    pub const fn flip_deg(&self) -> f64 {
        match *self {
            Self::SpoiledGradientEcho { flip_deg, .. } | Self::Bssfp { flip_deg, .. } => flip_deg,
            Self::SpinEcho { .. } | Self::TurboSpinEcho { .. } | Self::InversionRecovery { .. } => 90.0,
        }
    }

    /// True if echoes are formed by gradients, without a refocusing pulse.
    pub const fn is_gradient_echo(&self) -> bool {
        matches!(self, Self::SpoiledGradientEcho { .. } | Self::Bssfp { .. })
    }

    /// True if the stack is one slab, also phase-encoded along the slices.
    pub const fn is_three_d(&self) -> bool {
        matches!(self, Self::TurboSpinEcho { three_d: true, .. })
    }

    /// Inversion time, ms, of an inversion recovery.
    pub const fn inversion_time_ms(&self) -> Option<f64> {
        match *self {
            Self::InversionRecovery { ti_ms, .. } => Some(ti_ms),
            _ => None,
        }
    }

    /// Flip angles of one repetition, degrees: inversion, excitation, refocusing.
    pub fn pulses_deg(&self) -> Vec<f64> {
        let refocusing = if self.is_gradient_echo() { 0 } else { self.echo_train().0 };
        let inversion = self.inversion_time_ms().map(|_| 180.0);
        inversion.into_iter().chain([self.flip_deg()]).chain(std::iter::repeat_n(180.0, refocusing)).collect()
    }

    /// Transverse magnetization at the echo relative to the equilibrium magnetization of cerebrospinal
    /// fluid; signed after an inversion. Only the water's relaxation times are used: the signal of a mixture is the
    /// sum over its pools.
    ///
    /// | sequence | formula | source |
    /// | --- | --- | --- |
    /// | spoiled gradient echo | sin α (1−E₁)/(1−E₁ cos α) e^(−TE/T₂) | Ernst & Anderson 1966 |
    /// | bSSFP | sin α (1−E₁)/(1−(E₁−E₂) cos α−E₁E₂) e^(−TE/T₂) | Scheffler & Lehnhardt, Eur Radiol 2003;13:2409 |
    /// | spin echo | (1−2e^(−(TR−TE/2)/T₁)+E₁) e^(−TE/T₂) | Bernstein, King & Zhou, Handbook of MRI Pulse Sequences |
    /// | turbo spin echo | (1−E_d) e^(−TE/T₂), E_d = e^(−(TR−ESP·ETL)/T₁) | same |
    /// | turbo spin echo with restore | (1−E_d)/(1−E_d e^(−ESP·ETL/T₂)) e^(−TE/T₂) | steady state of the flip-back pulse |
    /// | inversion recovery | (1−2e^(−TI/T₁)+E_d) e^(−TE/T₂) | same |
    pub fn signal(&self, substance: &Substance) -> f64 {
        let Substance { t1_ms: t1, t2_ms: t2, proton_density, .. } = *substance;
        if proton_density <= 0.0 {
            return 0.0;
        }
        let decay = (-self.te_ms() / t2).exp();
        let (echoes, spacing_ms) = self.echo_train();
        let train_ms = echoes as f64 * spacing_ms;
        let excited = match *self {
            // Inflowing blood is fully magnetized: bright vessels in gradient echoes.
            Self::SpoiledGradientEcho { flip_deg, .. } | Self::Bssfp { flip_deg, .. } if substance.flows => {
                flip_deg.to_radians().sin()
            }
            Self::SpoiledGradientEcho { tr_ms, flip_deg, .. } => {
                let (sin, cos) = flip_deg.to_radians().sin_cos();
                let e1 = (-tr_ms / t1).exp();
                sin * (1.0 - e1) / (1.0 - e1 * cos)
            }
            Self::Bssfp { tr_ms, flip_deg } => {
                let (sin, cos) = flip_deg.to_radians().sin_cos();
                let (e1, e2) = ((-tr_ms / t1).exp(), (-tr_ms / t2).exp());
                sin * (1.0 - e1) / (1.0 - (e1 - e2) * cos - e1 * e2)
            }
            Self::SpinEcho { tr_ms, te_ms } => 1.0 - 2.0 * (-(tr_ms - te_ms / 2.0) / t1).exp() + (-tr_ms / t1).exp(),
            Self::TurboSpinEcho { tr_ms, restore, .. } => {
                let recovery = (-(tr_ms - train_ms) / t1).exp();
                let kept = if restore { (-train_ms / t2).exp() } else { 0.0 };
                (1.0 - recovery) / (1.0 - recovery * kept)
            }
            Self::InversionRecovery { tr_ms, ti_ms, .. } => {
                1.0 - 2.0 * (-ti_ms / t1).exp() + (-(tr_ms - train_ms) / t1).exp()
            }
        };
        let flow = if substance.flows && !self.is_gradient_echo() { FLOW_VOID } else { 1.0 };
        proton_density * excited * decay * flow
    }

    /// Factor on the signal of protons that are `shift_hz` off resonance. Spin echoes refocus the phase; a spoiled
    /// gradient echo has the accumulated phase; bSSFP has bands: full signal of alternating sign around multiples of
    /// 1/TR, none halfway between
    /// (Freeman & Hill, J Magn Reson 1971;4:366; Scheffler & Lehnhardt, Eur Radiol 2003;13:2409).
    pub fn off_resonance(&self, substance: &Substance, shift_hz: f64) -> Complex64 {
        match *self {
            Self::SpoiledGradientEcho { te_ms, .. } => Complex64::from_polar(1.0, TAU * shift_hz * te_ms * 1e-3),
            Self::Bssfp { tr_ms, flip_deg } => {
                let (e1, e2) = ((-tr_ms / substance.t1_ms).exp(), (-tr_ms / substance.t2_ms).exp());
                let cos = flip_deg.to_radians().cos();
                // Pulses of alternating sign: on resonance the magnetization precesses by π between them.
                let steady = |phase: f64| {
                    let denominator =
                        1.0 - e1 * cos - (e1 - cos) * e2 * e2 + e2 * (e1 - 1.0) * (1.0 + cos) * phase.cos();
                    (Complex64::ONE - e2 * Complex64::from_polar(1.0, -phase)) / denominator
                };
                let phase = TAU * shift_hz * tr_ms * 1e-3;
                steady(phase + PI) / steady(PI).norm() * Complex64::from_polar(1.0, phase / 2.0)
            }
            _ => Complex64::ONE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_relative_eq;

    const CSF: Substance = Substance::water(4273.0, 1578.0, 1.0);
    const NUCLEUS_I: Substance = Substance::water(1165.0, 210.0, 0.85);
    const FAT: Substance = Substance::water(250.0, 120.0, 0.95);
    const MARROW: Substance = Substance::water(530.0, 80.0, 0.85);
    const ANNULUS: Substance = Substance::water(750.0, 50.0, 0.55);
    const MUSCLE: Substance = Substance::water(856.0, 32.0, 0.72);
    const LIGAMENT: Substance = Substance::water(600.0, 8.0, 0.5);

    fn assert_descending(sequence: &Sequence, substances: &[Substance]) {
        let signals: Vec<f64> = substances.iter().map(|s| sequence.signal(s)).collect();
        assert!(signals.windows(2).all(|pair| pair[0] > pair[1]), "{sequence:?}: {signals:?}");
    }

    #[test]
    fn t2_weighting_gives_the_order_of_tissues_that_radiologists_know() {
        for restore in [false, true] {
            let t2 = Sequence::TurboSpinEcho {
                tr_ms: 3500.0,
                te_ms: 105.0,
                echo_train_length: 17,
                echo_spacing_ms: 10.5,
                restore,
                three_d: false,
            };
            assert_descending(&t2, &[CSF, NUCLEUS_I, FAT, MARROW, ANNULUS, MUSCLE, LIGAMENT]);
        }
    }

    #[test]
    fn t1_weighting_reverses_the_order() {
        let t1 = Sequence::SpinEcho { tr_ms: 550.0, te_ms: 10.0 };
        let disc = Substance::water(950.0, 70.0, 0.7);
        assert_descending(&t1, &[FAT, MARROW, disc, CSF]);
        let ratio = t1.signal(&disc) / t1.signal(&MUSCLE);
        assert!((0.8..1.4).contains(&ratio), "disc to muscle {ratio}");
    }

    #[test]
    fn the_spoiled_signal_peaks_at_the_ernst_angle() {
        // cos α = e^(−TR/T1) = 0.88250, so 28.055° for TR 100 ms and T1 800 ms.
        let at = |flip_deg| {
            Sequence::SpoiledGradientEcho { tr_ms: 100.0, te_ms: 0.0, flip_deg }
                .signal(&Substance::water(800.0, 50.0, 1.0))
        };
        let ernst = (-100.0f64 / 800.0).exp().acos().to_degrees();
        assert_relative_eq!(ernst, 28.055, epsilon = 0.001);
        assert!(at(ernst) > at(ernst - 1.0) && at(ernst) > at(ernst + 1.0));
    }

    #[test]
    fn bssfp_reaches_half_the_magnetization_of_water() {
        // For TR ≪ T1 = T2 and 90° the steady state is M0/2 (Scheffler & Lehnhardt, eq. 4).
        let bssfp = Sequence::Bssfp { tr_ms: 1.0, flip_deg: 90.0 };
        assert_relative_eq!(bssfp.signal(&Substance::water(1000.0, 1000.0, 1.0)), 0.5, epsilon = 1e-3);
    }

    #[test]
    fn stir_nulls_fat_at_its_inversion_time() {
        // TI = T1 ln 2 after full recovery: 173 ms for fat of T1 250 ms.
        let stir = Sequence::InversionRecovery {
            tr_ms: 20_000.0,
            te_ms: 50.0,
            ti_ms: 173.3,
            echo_train_length: 10,
            echo_spacing_ms: 10.0,
        };
        assert!(stir.signal(&FAT).abs() < 1e-3);
        assert!(stir.signal(&CSF).abs() > 0.5);
    }

    #[test]
    fn blood_is_void_in_spin_echoes_and_bright_in_gradient_echoes() {
        let still = Substance::water(1440.0, 250.0, 0.9);
        let flowing = Substance { flows: true, ..still };
        let spin = Sequence::SpinEcho { tr_ms: 3000.0, te_ms: 80.0 };
        assert!(spin.signal(&flowing) < 0.1 * spin.signal(&still));
        let gradient = Sequence::SpoiledGradientEcho { tr_ms: 8.0, te_ms: 3.0, flip_deg: 30.0 };
        assert!(gradient.signal(&flowing) > 3.0 * gradient.signal(&still));
    }

    #[test]
    fn fat_is_opposed_to_water_at_2_3_ms_and_1_5_tesla() {
        let gre = Sequence::SpoiledGradientEcho { tr_ms: 8.0, te_ms: 2.3, flip_deg: 30.0 };
        let phase = |sequence: Sequence, field_t| sequence.off_resonance(&FAT, FAT_SHIFT_HZ_PER_T * field_t);
        assert!(phase(gre, 1.5).re < -0.99);
        assert!(phase(gre, 3.0).re > 0.99);
        assert_eq!(phase(Sequence::SpinEcho { tr_ms: 500.0, te_ms: 10.0 }, 1.5), Complex64::ONE);
    }

    #[test]
    fn bssfp_has_dark_bands_half_way_between_pass_bands_of_opposite_sign() {
        let bssfp = Sequence::Bssfp { tr_ms: 5.0, flip_deg: 50.0 };
        let at = |hz| bssfp.off_resonance(&CSF, hz);
        assert!((at(0.0).norm() - 1.0).abs() < 1e-9 && at(0.0).re > 0.99);
        assert!((at(200.0) + at(0.0)).norm() < 1e-6, "the sign alternates every 1/TR");
        assert!(at(100.0).norm() < 0.1, "{}", at(100.0));
    }
}
