//! A series of the queue.

use std::fmt;

use geometry::SliceGroup;
use planner::quality_check::QualityReport;
use scanner::SeriesProtocol;
use serde::{Deserialize, Serialize};

use crate::acquisition::Stack;

/// What a series is known by for the whole examination, whatever it is called; from 0 in the order in which series are
/// queued for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SeriesId(pub u32);

impl fmt::Display for SeriesId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How far a series is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeriesState {
    /// It waits to be scanned.
    Waiting,
    /// A job scans it.
    Scanning,
    /// It has images that nobody has accepted.
    Scanned,
    /// The check, or a person, accepted its images.
    Accepted,
    /// It was stopped, and waits to be scanned.
    Stopped,
}

/// A series of the queue.
#[derive(Clone, Debug)]
pub struct Series {
    /// What it is known by.
    pub id: SeriesId,
    /// Where it is to be scanned, in registered coordinates.
    pub group: SliceGroup,
    /// How it is to be scanned.
    pub protocol: SeriesProtocol,
    /// The latest images, with where and how they were scanned.
    pub scanned: Option<Stack>,
    /// How far the latest scan is.
    pub state: SeriesState,
    /// What the check found in the latest images.
    pub report: Option<QualityReport>,
    /// True if it was appended to the plan's series.
    pub appended: bool,
    /// How often it was ordered again.
    pub(crate) repeats: u32,
}

impl Series {
    /// A series that waits to be scanned.
    pub(crate) const fn waiting(id: SeriesId, group: SliceGroup, protocol: SeriesProtocol) -> Self {
        let state = SeriesState::Waiting;
        Self { id, group, protocol, scanned: None, state, report: None, appended: false, repeats: 0 }
    }

    /// The slice group's name.
    pub fn name(&self) -> &str {
        &self.group.name
    }

    /// How often it was ordered again.
    pub const fn repeats(&self) -> u32 {
        self.repeats
    }

    /// Duration, s.
    pub fn scan_time_s(&self) -> f64 {
        self.protocol.scan_time_s(&self.group)
    }

    /// True if its images were scanned with other slices or parameters than are prescribed now.
    pub fn is_outdated(&self) -> bool {
        let differs = |stack: &Stack| !stack.group.same_slices(&self.group) || stack.protocol != self.protocol;
        self.scanned.as_ref().is_some_and(differs)
    }

    /// True if it is to be scanned: it has no images, or outdated ones.
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, SeriesState::Waiting | SeriesState::Stopped) || self.is_outdated()
    }

    /// True if its present images were accepted.
    pub fn is_accepted(&self) -> bool {
        self.state == SeriesState::Accepted && !self.is_outdated()
    }

    /// Drops the images.
    pub(crate) fn drop_images(&mut self, state: SeriesState) {
        self.scanned = None;
        self.report = None;
        self.state = state;
    }
}
