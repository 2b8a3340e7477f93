//! Why a text or a planner's answer is no plan.

use geometry::Disc;
use geometry::slice_group::SliceGroupError;

/// Why a text or a planner's answer is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// No JSON, or not these fields; the error knows line and column.
    #[error(transparent)]
    Syntax(#[from] serde_json::Error),
    /// A group that no scanner could acquire, or that does not say what it is for.
    #[error("group '{name}': {source}")]
    Group {
        /// Its name.
        name: String,
        /// What is wrong with it.
        source: SliceGroupError,
    },
    /// A place that lies in no scanner.
    #[error("{what}: the centre is {found_mm:?} mm, expected coordinates within 10000 mm")]
    Unreachable {
        /// Which group, level or band.
        what: String,
        /// Its centre, mm.
        found_mm: [f64; 3],
    },
    /// A level's normal that is no direction.
    #[error("level {label}: the normal's length is {length}, expected 1")]
    LevelNormal {
        /// Which disc.
        label: Disc,
        /// The length found.
        length: f64,
    },
    /// A probability beyond 0 to 1.
    #[error("level {label}: confidence is {found}, expected 0 to 1")]
    Confidence {
        /// Which disc.
        label: Disc,
        /// What was found.
        found: f64,
    },
    /// A saturation band's normal that is no direction.
    #[error("saturation band '{name}': the normal's length is {length}, expected 1")]
    BandNormal {
        /// The band's name.
        name: String,
        /// The length found.
        length: f64,
    },
}
