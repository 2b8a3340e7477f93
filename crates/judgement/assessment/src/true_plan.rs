//! The plan that a spine's truth asks for: what `plumbline scan` scans, and the mark that others are held against.

use phantom::SpineTruth;
use planner::{LabelledDisc, LabelledSpine, PrescriptionRules, ScanPlan, StackRule, prescribe};
use scanner::{Protocol, StackGeometry};

/// The prescription of the true spine.
pub fn true_plan(truth: &SpineTruth, rules: &PrescriptionRules) -> ScanPlan {
    let discs: Vec<LabelledDisc> = truth
        .discs
        .iter()
        .map(|disc| LabelledDisc {
            label: disc.label,
            plane: disc.plane,
            canal: disc.canal,
            depth_mm: disc.depth_mm,
            width_mm: disc.width_mm,
            confidence: 1.0,
        })
        .collect();
    let spine = LabelledSpine {
        midsagittal: truth.midsagittal,
        anterior_wall: truth.vertebrae.iter().map(|vertebra| vertebra.anterior_wall).collect(),
        discs,
    };
    let prescription = prescribe(&spine, rules);
    ScanPlan {
        levels: spine.discs.iter().map(LabelledDisc::level).collect(),
        groups: prescription.groups,
        sat_bands: prescription.sat_bands,
        flags: prescription.flags,
        ..ScanPlan::default()
    }
}

/// Rules that prescribe a protocol's stacks.
pub fn rules_of(protocol: &Protocol) -> PrescriptionRules {
    let rule = |stack: &StackGeometry| StackRule {
        slices: stack.slices,
        thickness_mm: stack.thickness_mm,
        gap_mm: stack.gap_mm,
        fov_mm: stack.fov_mm,
        matrix: stack.matrix,
    };
    PrescriptionRules {
        sagittal: rule(&protocol.sagittal_stack),
        axial: rule(&protocol.axial_stack),
        ..PrescriptionRules::default()
    }
}
