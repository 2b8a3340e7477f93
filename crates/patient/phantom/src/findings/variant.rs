//! Anatomical variants: transitional vertebrae, number of lumbar vertebrae, scale.

use geometry::{Disc, Vertebra};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::parameters::{DiscParameters, SpineParameters, VertebraParameters};

/// Type of a transitional vertebra (Castellvi, Spine 1984;9:493).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "Castellvi's types: a is unilateral, b bilateral")]
pub enum Castellvi {
    /// Broad transverse processes.
    Ia,
    Ib,
    /// A joint with the sacrum's ala.
    IIa,
    IIb,
    /// Fused with it.
    IIIa,
    IIIb,
    /// A joint on the right, fused on the left.
    IV,
}

/// A lumbosacral transitional vertebra (sacralization or lumbarization).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Transition {
    /// Its type.
    pub castellvi: Castellvi,
}

/// Height of a transitional disc relative to a normal one (choice: rudimentary, as in Castellvi III and IV).
const RUDIMENTARY: f64 = 0.45;

impl Transition {
    /// The bridge between transverse process and ala on the left and on the right.
    pub(crate) fn bridges(self) -> [Bridge; 2] {
        use Bridge::{Broad, Free, Fused, Joint};
        match self.castellvi {
            Castellvi::Ia => [Broad, Free],
            Castellvi::Ib => [Broad, Broad],
            Castellvi::IIa => [Joint, Free],
            Castellvi::IIb => [Joint, Joint],
            Castellvi::IIIa => [Fused, Free],
            Castellvi::IIIb => [Fused, Fused],
            Castellvi::IV => [Fused, Joint],
        }
    }

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

/// One side of a transitional vertebra.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bridge {
    Free,
    Broad,
    Joint,
    Fused,
}

impl SpineParameters {
    /// Number of lumbar vertebrae.
    pub fn lumbar_vertebrae(&self) -> usize {
        self.vertebrae.iter().filter(|v| v.label >= Vertebra::L1).count()
    }

    /// The same person with four or six lumbar vertebrae instead of five. The lowest vertebra keeps its shape; the
    /// lordosis is redistributed. Any other number changes nothing.
    #[must_use]
    pub fn with_lumbar_vertebrae(mut self, number: usize) -> Self {
        if self.lumbar_vertebrae() != 5 || !(number == 4 || number == 6) {
            return self;
        }
        let last = self.vertebrae.len() - 1;
        if number == 6 {
            let between = VertebraParameters { label: Vertebra::L5, ..self.vertebrae[last - 1] };
            self.vertebrae.insert(last, between);
            self.vertebrae[last + 1].label = Vertebra::L6;
            let above = DiscParameters { label: Disc::between(Vertebra::L5, Vertebra::L6), ..self.discs[last - 1] };
            self.discs.insert(last, above);
            self.discs[last + 1].label = Disc::between(Vertebra::L6, Vertebra::S1);
            self.vertebrae[last].lordotic_wedge_deg =
                0.5 * (self.vertebrae[last - 1].lordotic_wedge_deg + self.vertebrae[last + 1].lordotic_wedge_deg);
        } else {
            self.vertebrae.remove(last - 1);
            self.vertebrae[last - 1].label = Vertebra::L4;
            self.discs.remove(last - 1);
            self.discs[last - 1].label = Disc::between(Vertebra::L4, Vertebra::S1);
        }
        let lumbar = self.discs.len() - number;
        let share = 5.0 / number as f64;
        for disc in &mut self.discs[lumbar..] {
            disc.segment_lordosis_deg *= share;
        }
        self
    }

    /// The same person at another scale: every length times `factor`, angles unchanged.
    #[must_use]
    pub fn scaled(mut self, factor: f64) -> Self {
        for v in &mut self.vertebrae {
            for length in [
                &mut v.superior_width_mm,
                &mut v.superior_depth_mm,
                &mut v.inferior_width_mm,
                &mut v.inferior_depth_mm,
                &mut v.height_mm,
                &mut v.canal_width_mm,
                &mut v.canal_depth_mm,
                &mut v.pedicle_width_mm,
                &mut v.pedicle_height_mm,
                &mut v.spinous_length_mm,
                &mut v.superior_concavity_mm,
                &mut v.inferior_concavity_mm,
            ] {
                *length *= factor;
            }
        }
        for disc in &mut self.discs {
            disc.middle_height_mm *= factor;
            disc.bulge_mm *= factor;
        }
        let sacrum = &mut self.sacrum;
        sacrum.segment_heights_mm.iter_mut().for_each(|height| *height *= factor);
        for length in
            [&mut sacrum.width_mm, &mut sacrum.depth_mm, &mut sacrum.canal_width_mm, &mut sacrum.canal_depth_mm]
        {
            *length *= factor;
        }
        let trunk = &mut self.trunk;
        for length in [&mut trunk.depth_mm, &mut trunk.width_mm, &mut trunk.back_fat_mm, &mut trunk.belly_fat_mm] {
            *length *= factor;
        }
        trunk.muscle *= factor;
        self.person.height_cm *= factor;
        self.person.weight_kg *= factor.powi(3);
        self
    }
}
