//! The labelled spine: discs and the lines that guide prescription, whether they are the truth, were read by a planner or
//! drawn by a person.

use serde::{Deserialize, Serialize};

use crate::{Disc, Plane, Point, Pose};

/// Labelled discs with what else prescription needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelledSpine {
    /// From the head downwards.
    pub discs: Vec<LabelledDisc>,
    /// The mid-sagittal plane; its normal points to the patient's left, its centre is the middle of the lumbar spine.
    pub midsagittal: Plane,
    /// Points on the anterior wall of the vertebral bodies, from the head downwards, LPS mm; the anterior saturation band
    /// keeps in front of them.
    pub anterior_wall: Vec<Point>,
}

/// One labelled disc.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelledDisc {
    /// Which disc.
    pub label: Disc,
    /// Centre of the disc and bisector of its endplates; the normal points to the head.
    pub plane: Plane,
    /// Middle of the spinal canal at the disc's level, LPS mm.
    pub canal: Point,
    /// Antero-posterior extent, mm.
    pub depth_mm: f64,
    /// Left–right extent, mm.
    pub width_mm: f64,
}

impl LabelledSpine {
    /// The spine moved by a rigid transform.
    pub fn moved(&self, pose: &Pose) -> Self {
        Self {
            discs: self.discs.iter().map(|disc| disc.moved(pose)).collect(),
            midsagittal: self.midsagittal.moved(pose),
            anterior_wall: self.anterior_wall.iter().map(|point| pose * point).collect(),
        }
    }
}

impl LabelledDisc {
    /// The disc moved by a rigid transform.
    pub fn moved(&self, pose: &Pose) -> Self {
        Self { plane: self.plane.moved(pose), canal: pose * self.canal, ..*self }
    }
}
