//! What was scanned: the images' own slices, as they were at the time, and what spoiled them. A plan that was moved
//! afterwards has no images.

use exam::{Series, Stack};
use geometry::{Pose, SatBand, SliceGroup, Vertebra};
use phantom::SpineTruth;
use planner::ScanPlan;
use planner::quality_check::{LEAST_SNR, check_series};

/// A movement of a lumbar disc during a series that doubles its contours, mm: two pixels of the sagittal series (choice).
const SPOILS_FROM_MM: f64 = 1.5;

/// One series that has images.
#[derive(Clone, Debug, PartialEq)]
pub struct ScannedSeries {
    /// The protocol's name for it.
    pub protocol: String,
    /// The slices of its images, in true patient coordinates.
    pub group: SliceGroup,
    /// The saturation bands that were in force, in true patient coordinates.
    pub bands: Vec<SatBand>,
    /// What spoiled its images.
    pub spoiled: Option<Spoiled>,
    /// How often it was scanned again.
    pub repeats: u32,
}

/// What spoils images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spoiled {
    /// The patient moved while they were acquired.
    Moved {
        /// By how much the lumbar disc that moved most, mm.
        mm: f64,
    },
    /// Noise hides the anatomy.
    Noisy {
        /// Signal over noise.
        snr: f64,
    },
}

impl ScannedSeries {
    /// A series of the queue; `None` if it has no images. `to_patient` leads from registered to true coordinates.
    pub fn of(series: &Series, truth: &SpineTruth, to_patient: &Pose) -> Option<Self> {
        let stack = series.scanned.as_ref()?;
        let snr = series.report.as_ref().map(|report| report.snr);
        Some(Self {
            protocol: stack.protocol.name.clone(),
            group: stack.group.moved(to_patient),
            bands: stack.bands.iter().map(|band| band.moved(to_patient)).collect(),
            spoiled: Spoiled::of(stack, snr, truth),
            repeats: series.repeats(),
        })
    }
}

impl Spoiled {
    /// What spoiled a stack, if anything did. `checked_snr` is what the image check found, if it was made.
    pub fn of(stack: &Stack, checked_snr: Option<f64>, truth: &SpineTruth) -> Option<Self> {
        let mm = stack.movement.map_or(0.0, |movement| moved_mm(&movement, truth));
        if mm >= SPOILS_FROM_MM {
            return Some(Self::Moved { mm });
        }
        let check = || check_series(&ScanPlan::default(), &stack.group, &stack.images, None).snr;
        let snr = checked_snr.unwrap_or_else(check);
        (snr < LEAST_SNR).then_some(Self::Noisy { snr })
    }
}

/// How far the lumbar disc that moves most is moved, mm.
fn moved_mm(movement: &Pose, truth: &SpineTruth) -> f64 {
    let lumbar = truth.discs.iter().filter(|disc| disc.labelled.label.upper >= Vertebra::L1);
    let moved = lumbar.map(|disc| disc.labelled.plane.centre).map(|centre| (movement * centre - centre).norm());
    moved.fold(0.0, f64::max)
}
