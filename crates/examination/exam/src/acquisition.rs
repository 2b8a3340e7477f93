//! The acquisition of one stack: registered coordinates in, images on the group's own grid out.

use std::sync::Arc;

use geometry::{PatientPosition, Pose, SatBand, SliceGroup, Volume};
use phantom::PatientOnTable;
use randomness::Stream;
use scanner::{Scanner, SeriesProtocol};

/// One stack of images with how it was scanned.
#[derive(Clone, Debug)]
pub struct Stack {
    /// The slices, in registered coordinates.
    pub group: SliceGroup,
    /// How they were scanned.
    pub protocol: SeriesProtocol,
    /// The saturation bands that were in force, in registered coordinates.
    pub bands: Vec<SatBand>,
    /// The truth of what spoiled the images: the patient's pose after a movement during the series, relative to the pose
    /// before. For a scorer; neither planner nor trainee is told.
    pub movement: Option<Pose>,
    /// The images, on the group's grid.
    pub images: Arc<Volume<f32>>,
}

impl Stack {
    /// Simulated scan time, s.
    pub fn scan_time_s(&self) -> f64 {
        self.protocol.scan_time_s(&self.group)
    }
}

/// All that one acquisition needs; coordinates are those of the registered position.
#[derive(Clone, Debug)]
pub(crate) struct Acquisition {
    pub patient: PatientOnTable,
    pub registered: PatientPosition,
    pub scanner: Scanner,
    pub protocol: SeriesProtocol,
    pub group: SliceGroup,
    /// Saturation bands of the plan.
    pub bands: Vec<SatBand>,
    /// Other groups that are excited within the same repetition time.
    pub crossing: Vec<SliceGroup>,
    /// Noise, motion and shim of this acquisition alone.
    pub stream: Stream,
}

impl Acquisition {
    /// Scans. The slices lie where the registered coordinates lead to in the true patient, and the images keep the
    /// console's labels.
    pub fn run(self) -> Stack {
        let actual = self.patient.positioning.position;
        let movement = scanner::movement(self.patient.positioning.motion, &self.stream);
        let scan = |group: &SliceGroup, bands: &[SatBand], crossing: &[SliceGroup]| {
            let saturation = scanner::Saturation { bands, crossing };
            scanner::acquire(&self.patient, &self.scanner, &self.protocol, group, &saturation, &self.stream)
        };
        let images = if self.registered == actual {
            scan(&self.group, &self.bands, &self.crossing)
        } else {
            let to_patient = crate::registered_to_patient(self.registered, actual);
            let bands: Vec<_> = self.bands.iter().map(|band| band.moved(&to_patient)).collect();
            let crossing: Vec<_> = self.crossing.iter().map(|other| other.moved(&to_patient)).collect();
            scan(&self.group.moved(&to_patient), &bands, &crossing).on(self.group.grid())
        };
        Stack { group: self.group, protocol: self.protocol, bands: self.bands, movement, images: Arc::new(images) }
    }
}
