//! A series of the queue.

use geometry::{SliceGroup, Volume};
use scanner::SeriesProtocol;

/// A series of the queue.
#[derive(Clone, Debug)]
pub struct Series {
    /// Where it is scanned, in registered coordinates.
    pub group: SliceGroup,
    /// How it is scanned.
    pub protocol: SeriesProtocol,
    /// The images, once scanned.
    pub images: Option<Volume<f32>>,
    /// True once the check, or a person, accepted it.
    pub accepted: bool,
    /// True if it was appended to the plan's series.
    pub appended: bool,
    /// How often it was ordered again.
    pub(super) repeats: u32,
    /// What its images cost of the examination's scan time, s.
    pub(super) counted_s: f64,
}

impl Series {
    /// A series that waits to be scanned.
    pub(super) fn waiting(group: SliceGroup, protocol: SeriesProtocol) -> Self {
        Self { group, protocol, images: None, accepted: false, appended: false, repeats: 0, counted_s: 0.0 }
    }

    /// How often it was ordered again.
    pub fn repeats(&self) -> u32 {
        self.repeats
    }

    /// Duration, s.
    pub fn scan_time_s(&self) -> f64 {
        self.protocol.scan_time_s(&self.group)
    }

    /// True if it has neither images nor an acceptance.
    pub fn is_waiting(&self) -> bool {
        self.images.is_none() && !self.accepted
    }

    /// Takes the images away; it waits again.
    pub(super) fn drop_images(&mut self) {
        self.images = None;
        self.accepted = false;
    }
}
