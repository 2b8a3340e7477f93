//! A scenario's `[prescription]`: what it changes in the prescription of its protocol.

use geometry::{PrescriptionRules, StackGeometry};
use scanner::series::{MAX_MATRIX, MAX_SLICES};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mistake::{Mistake, mistake};

/// What a scenario changes in the prescription of its protocol; what is left out stays as the protocol has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PrescriptionPatch {
    /// Size of the sagittal stack.
    pub sagittal: StackPatch,
    /// Size of the group through each disc.
    pub axial: StackPatch,
    /// Thickness of the anterior saturation band, mm; 0 leaves it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sat_band_thickness_mm: Option<f64>,
    /// Least distance between the saturation band and the vertebral bodies, mm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sat_band_clearance_mm: Option<f64>,
}

/// What a scenario changes in the size of a stack of slices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct StackPatch {
    /// Number of slices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slices: Option<usize>,
    /// Slice thickness, mm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thickness_mm: Option<f64>,
    /// Gap between slices, mm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap_mm: Option<f64>,
    /// Field of view: extent of the rows' stack and of a row, mm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fov_mm: Option<[f64; 2]>,
    /// Number of rows and columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matrix: Option<[usize; 2]>,
}

impl PrescriptionPatch {
    /// The prescription in effect with a protocol that has this one.
    pub fn applied_to(&self, protocol: &PrescriptionRules) -> PrescriptionRules {
        PrescriptionRules {
            sagittal: self.sagittal.applied_to(&protocol.sagittal),
            axial: self.axial.applied_to(&protocol.axial),
            sat_band_thickness_mm: self.sat_band_thickness_mm.unwrap_or(protocol.sat_band_thickness_mm),
            sat_band_clearance_mm: self.sat_band_clearance_mm.unwrap_or(protocol.sat_band_clearance_mm),
        }
    }

    /// True if the protocol's prescription stays as it is.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn check(&self) -> Result<(), Mistake> {
        self.sagittal.check("prescription.sagittal")?;
        self.axial.check("prescription.axial")?;
        from_zero("prescription.sat-band-thickness-mm", self.sat_band_thickness_mm)?;
        from_zero("prescription.sat-band-clearance-mm", self.sat_band_clearance_mm)
    }
}

impl StackPatch {
    fn applied_to(&self, protocol: &StackGeometry) -> StackGeometry {
        StackGeometry {
            slices: self.slices.unwrap_or(protocol.slices),
            thickness_mm: self.thickness_mm.unwrap_or(protocol.thickness_mm),
            gap_mm: self.gap_mm.unwrap_or(protocol.gap_mm),
            fov_mm: self.fov_mm.unwrap_or(protocol.fov_mm),
            matrix: self.matrix.unwrap_or(protocol.matrix),
        }
    }

    fn check(&self, at: &str) -> Result<(), Mistake> {
        let count = |field: &str, found: Option<usize>, most: usize| match found {
            Some(found) if !(1..=most).contains(&found) => {
                mistake(format!("{at}.{field}"), format!("{field} is {found}"), format!("expected 1 to {most}"))
            }
            _ => Ok(()),
        };
        count("slices", self.slices, MAX_SLICES)?;
        count("matrix.0", self.matrix.map(|matrix| matrix[0]), MAX_MATRIX)?;
        count("matrix.1", self.matrix.map(|matrix| matrix[1]), MAX_MATRIX)?;
        let length = |field: &str, found: Option<f64>, most: f64| match found {
            Some(found) if !(found > 0.0 && found <= most) => mistake(
                format!("{at}.{field}"),
                format!("{field} is {found}"),
                format!("expected millimetres above 0, up to {most}"),
            ),
            _ => Ok(()),
        };
        length("thickness-mm", self.thickness_mm, 100.0)?;
        length("fov-mm.0", self.fov_mm.map(|fov_mm| fov_mm[0]), 600.0)?;
        length("fov-mm.1", self.fov_mm.map(|fov_mm| fov_mm[1]), 600.0)?;
        from_zero(&format!("{at}.gap-mm"), self.gap_mm)
    }
}

fn from_zero(at: &str, found: Option<f64>) -> Result<(), Mistake> {
    match found {
        Some(found) if !(found.is_finite() && found >= 0.0) => {
            let field = at.rsplit('.').next().unwrap_or(at);
            mistake(at, format!("{field} is {found}"), "expected millimetres from 0")
        }
        _ => Ok(()),
    }
}
