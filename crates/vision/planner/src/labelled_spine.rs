//! The spine as a planner or a technologist sees it: labelled discs and the lines that guide prescription.

use geometry::{Disc, Plane, Point};

use crate::plan::PlannedLevel;

/// Labelled discs with what else prescription needs.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledSpine {
    /// From the head downwards.
    pub discs: Vec<LabelledDisc>,
    /// The mid-sagittal plane: best fit of body centres and canal from L1 to S1; its normal points to
    /// the patient's left, its centre is the middle of the lumbar spine.
    pub midsagittal: Plane,
    /// Points on the anterior wall of the vertebral bodies, from the head downwards; the anterior
    /// saturation band keeps in front of them.
    pub anterior_wall: Vec<Point>,
}

/// One disc as it was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LabelledDisc {
    /// Which disc.
    pub label: Disc,
    /// Centre of the disc and bisector of its endplates; the normal points to the head.
    pub plane: Plane,
    /// Middle of the spinal canal at the disc's level.
    pub canal: Point,
    /// Antero-posterior extent of the disc, mm.
    pub depth_mm: f64,
    /// Left–right extent of the disc, mm.
    pub width_mm: f64,
    /// Probability that level and plane are right, 0…1.
    pub confidence: f64,
}

impl LabelledDisc {
    /// The disc as the plan records it.
    pub fn level(&self) -> PlannedLevel {
        PlannedLevel {
            label: self.label,
            centre: self.plane.centre,
            normal: self.plane.normal,
            confidence: self.confidence,
        }
    }
}
