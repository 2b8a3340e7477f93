//! A spine as it was read or drawn: the labelled spine with how sure each level is.

use geometry::{LabelledDisc, LabelledSpine, PrescriptionRules};

use crate::plan::{PlannedLevel, ScanPlan};
use crate::prescription::prescribe;

/// A labelled spine with how sure each level is.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadSpine {
    /// Where the discs are, and which.
    pub spine: LabelledSpine,
    /// For each of its discs the probability that level and plane are right, 0…1.
    pub confidence: Vec<f64>,
}

impl ReadSpine {
    /// A spine without doubt: the truth, or what a person has drawn and stands by.
    pub fn certain(spine: LabelledSpine) -> Self {
        let confidence = vec![1.0; spine.discs.len()];
        Self { spine, confidence }
    }

    /// Each disc with its confidence, from the head downwards.
    pub fn discs(&self) -> impl Iterator<Item = (&LabelledDisc, f64)> {
        self.spine.discs.iter().zip(self.confidence.iter().copied())
    }

    /// Its levels with what `rules` prescribe for them.
    pub fn plan(&self, rules: &PrescriptionRules) -> ScanPlan {
        let prescription = prescribe(&self.spine, rules);
        ScanPlan {
            levels: self.discs().map(|(disc, confidence)| PlannedLevel::of(disc, confidence)).collect(),
            groups: prescription.groups,
            sat_bands: prescription.sat_bands,
            flags: prescription.flags,
            ..ScanPlan::default()
        }
    }
}
