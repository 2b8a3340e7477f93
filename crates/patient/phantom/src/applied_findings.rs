//! Findings that change sizes rather than add parts, applied to a spine's parameters.

use crate::findings::bone::{Fracture, FractureKind};
use crate::findings::disc::{Degeneration, relative_height};
use crate::findings::variant::{Bridge, Transition};
use crate::parameters::{DiscParameters, SpineParameters, VertebraParameters};

/// Height of a transitional disc relative to a normal one (choice: rudimentary, as in Castellvi III and IV).
const RUDIMENTARY: f64 = 0.45;

impl SpineParameters {
    /// The parameters after the findings that change sizes rather than add parts: degenerated discs lose height,
    /// fractured bodies collapse, transitional segments are rudimentary.
    pub(crate) fn with_findings_applied(&self) -> Self {
        let mut applied = self.clone();
        for degeneration in &self.findings.degenerations {
            degeneration.apply(&mut applied.discs);
        }
        for fracture in &self.findings.fractures {
            fracture.apply(&mut applied.vertebrae);
        }
        if let Some(transition) = self.findings.transition {
            transition.apply(&mut applied);
        }
        applied
    }
}

impl Degeneration {
    pub(crate) fn apply(&self, discs: &mut [DiscParameters]) {
        for disc in discs.iter_mut().filter(|disc| disc.label == self.disc) {
            disc.middle_height_mm *= relative_height(self.pfirrmann) / relative_height(disc.degeneration);
            disc.degeneration = self.pfirrmann;
            disc.bulge_mm = self.bulge_mm.unwrap_or(0.6 + 0.35 * (self.pfirrmann - 1.0));
        }
    }
}

impl Fracture {
    pub(crate) fn apply(&self, vertebrae: &mut [VertebraParameters]) {
        // A burst fracture loses posterior height as well.
        let posterior_loss = match self.kind {
            FractureKind::Compression => 0.15 * self.height_loss,
            FractureKind::Burst => 0.5 * self.height_loss,
        };
        for v in vertebrae.iter_mut().filter(|v| v.label == self.vertebra) {
            let depth_mm = (v.superior_depth_mm + v.inferior_depth_mm) / 2.0;
            let rise = depth_mm * (v.lordotic_wedge_deg.to_radians() / 2.0).tan();
            let anterior = (v.height_mm + rise) * (1.0 - self.height_loss);
            let posterior = (v.height_mm - rise) * (1.0 - posterior_loss);
            v.height_mm = (anterior + posterior) / 2.0;
            v.lordotic_wedge_deg = 2.0 * ((anterior - posterior) / 2.0 / depth_mm).atan().to_degrees();
            v.superior_concavity_mm = (v.superior_concavity_mm + 3.0 * self.height_loss).min(3.9);
        }
    }
}

impl Transition {
    pub(crate) fn apply(self, parameters: &mut SpineParameters) {
        let firm = self.bridges().iter().any(|bridge| matches!(bridge, Bridge::Joint | Bridge::Fused));
        if let Some(disc) = parameters.discs.last_mut().filter(|_| firm) {
            disc.middle_height_mm *= RUDIMENTARY;
            disc.segment_lordosis_deg *= 0.5;
            disc.bulge_mm = disc.bulge_mm.min(0.5);
        }
        if let Some(vertebra) = parameters.vertebrae.last_mut() {
            // Squaring: a transitional vertebra is less wedged than a normal lowest one.
            vertebra.lordotic_wedge_deg *= 0.4;
        }
    }
}
