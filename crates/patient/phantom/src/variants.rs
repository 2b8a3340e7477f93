//! The same person with another number of lumbar vertebrae, or at another scale.

use geometry::{Disc, Vertebra};

use crate::parameters::{DiscParameters, SpineParameters, VertebraParameters};

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
