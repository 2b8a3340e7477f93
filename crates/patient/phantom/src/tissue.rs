//! Tissues and their relaxation times, for the scanner's signal equations.

use serde::{Deserialize, Serialize};

/// What a voxel is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names are the anatomy's own")]
pub enum Tissue {
    Air,
    Skin,
    SubcutaneousFat,
    VisceralFat,
    EpiduralFat,
    Muscle,
    Marrow,
    CorticalBone,
    Nucleus,
    InnerAnnulus,
    OuterAnnulus,
    CerebrospinalFluid,
    SpinalCord,
    NerveRoot,
    Dura,
    Ligament,
    LigamentumFlavum,
    InterspinousTissue,
    SynovialFluid,
    /// Arteries and great veins: a flow void in spin echoes, bright in gradient echoes.
    FlowingBlood,
    /// Slow venous blood (basivertebral and epidural veins): no flow void.
    SlowBlood,
    RenalCortex,
    RenalMedulla,
    Liver,
    Spleen,
    BowelWall,
    BowelFluid,
    BowelStool,
    /// Bowel gas: almost no protons.
    Gas,
    Lung,
    Heart,
    Urine,
    /// Titanium of screws, rods and plates: no signal, disturbs the main field.
    Metal,
    /// Granulation tissue and fibrosis after surgery.
    Scar,
    /// Polyethylene and PEEK of prostheses and cages: T2 too short for any signal.
    Plastic,
}

/// Longitudinal and transverse relaxation times with the proton density.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Relaxation {
    /// T1, ms.
    pub t1_ms: f64,
    /// T2, ms: the effective value in an echo train, where fat's J-coupling matters.
    pub t2_ms: f64,
    /// Proton density relative to cerebrospinal fluid.
    pub proton_density: f64,
}

impl Tissue {
    /// True if blood moves fast enough to leave a slice between excitation and echo.
    pub const fn flows(self) -> bool {
        matches!(self, Self::FlowingBlood)
    }

    /// Fat fraction of the protons, 0…1. Lumbar marrow: 30 to 50 % in middle age (order of magnitude
    /// from the literature on Dixon and spectroscopy; the population varies it by patient).
    pub const fn fat_fraction(self) -> f64 {
        match self {
            Self::SubcutaneousFat | Self::VisceralFat | Self::EpiduralFat => 1.0,
            Self::Marrow => 0.40,
            _ => 0.0,
        }
    }

    /// True if it moves back and forth with the heartbeat.
    pub const fn pulsates(self) -> bool {
        matches!(self, Self::CerebrospinalFluid)
    }

    /// Reference relaxation at 1.5 T (`lumbar-numbers.md` §6e; marrow, fat and discs are then varied
    /// by patient). Values without a line there are textbook orders of magnitude, a project choice.
    pub const fn relaxation_1_5t(self) -> Relaxation {
        let (t1_ms, t2_ms, proton_density) = match self {
            Self::Air | Self::Gas | Self::Metal | Self::Plastic => (1000.0, 1.0, 0.0),
            Self::Skin => (600.0, 30.0, 0.6),
            // T1 250 keeps clinical STIR inversion times; T2 135 is the echo train's effective value.
            Self::SubcutaneousFat => (250.0, 135.0, 0.97),
            Self::VisceralFat | Self::EpiduralFat => (260.0, 115.0, 0.92),
            Self::Muscle => (856.0, 32.0, 0.72),
            // Its water alone; with the fat of `fat_fraction` the whole has the published T1 of marrow (530 ms).
            Self::Marrow => (850.0, 55.0, 0.88),
            Self::CorticalBone => (500.0, 0.8, 0.15),
            Self::Nucleus => (1165.0, 129.0, 0.79),
            Self::InnerAnnulus => (950.0, 72.0, 0.66),
            Self::OuterAnnulus => (750.0, 40.0, 0.50),
            Self::CerebrospinalFluid => (4273.0, 1578.0, 1.0),
            Self::SpinalCord => (780.0, 90.0, 0.65),
            Self::NerveRoot => (800.0, 85.0, 0.60),
            Self::Dura => (700.0, 12.0, 0.45),
            Self::Ligament => (600.0, 8.0, 0.5),
            // Elastic, 80 % elastin: brighter than collagenous ligament.
            Self::LigamentumFlavum => (650.0, 28.0, 0.55),
            Self::InterspinousTissue => (450.0, 65.0, 0.75),
            Self::SynovialFluid => (2500.0, 600.0, 0.95),
            Self::FlowingBlood => (1440.0, 250.0, 0.9),
            Self::SlowBlood => (1000.0, 120.0, 0.85),
            Self::RenalCortex => (970.0, 87.0, 0.8),
            Self::RenalMedulla => (1410.0, 110.0, 0.85),
            Self::Liver => (586.0, 46.0, 0.75),
            Self::Spleen => (1057.0, 79.0, 0.8),
            Self::BowelWall => (800.0, 45.0, 0.7),
            Self::BowelFluid => (2000.0, 180.0, 0.9),
            Self::BowelStool => (600.0, 50.0, 0.6),
            Self::Scar => (800.0, 60.0, 0.7),
            Self::Lung => (1000.0, 25.0, 0.12),
            Self::Heart => (1030.0, 45.0, 0.75),
            Self::Urine => (3500.0, 1200.0, 1.0),
        };
        Relaxation { t1_ms, t2_ms, proton_density }
    }

    /// Factor of T1 from 1.5 to 3 T: +21 % on average (de Bazelaire, `lumbar-numbers.md` §6e), fluids less.
    pub const fn t1_factor_3t(self) -> f64 {
        match self {
            Self::CerebrospinalFluid | Self::Urine | Self::SynovialFluid => 0.95,
            Self::SpinalCord => 1.27,
            Self::Marrow => 1.08,
            Self::Muscle => 1.05,
            Self::Nucleus | Self::InnerAnnulus => 1.08,
            _ => 1.21,
        }
    }

    /// Factor of T2 from 1.5 to 3 T: mostly unchanged or slightly shorter (`lumbar-numbers.md` §6e).
    pub const fn t2_factor_3t(self) -> f64 {
        match self {
            Self::CerebrospinalFluid | Self::Urine => 1.0,
            Self::FlowingBlood | Self::SlowBlood => 0.7,
            _ => 0.93,
        }
    }
}
