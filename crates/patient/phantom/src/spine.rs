//! One spine with the surrounding trunk, as solids in the anatomical frame.

use geometry::Point;

use crate::anatomy::{Atlas, Sac};
use crate::column::Column;
use crate::limits::{AnatomyError, check};
use crate::material::Material;
use crate::parameters::SpineParameters;
use crate::solid::Solid;
use crate::truth::SpineTruth;

/// A spine as solids. Its anatomical frame has the LPS axes of a supine patient who lies straight, and
/// its origin at the centre of the L3 body.
#[derive(Clone, Debug)]
pub struct Spine {
    pub(crate) solids: Vec<Solid>,
    pub(crate) materials: Vec<Material>,
    truth: SpineTruth,
    parameters: SpineParameters,
    trunk_centre_mm: f64,
    metal: Vec<(Point, f64)>,
}

impl Spine {
    /// Builds the solids and the truth. A cushion under the knees flattens the lordosis.
    ///
    /// # Errors
    /// If a level is missing or a value is outside its anatomical limits.
    pub fn build(parameters: &SpineParameters, knee_cushion: bool) -> Result<Self, AnatomyError> {
        check(parameters)?;
        let applied = parameters.with_findings_applied();
        check(&applied)?;
        let column = Column::build(&applied, knee_cushion);
        let sac = Sac::along(&column, &applied);
        let truth = SpineTruth::of(&column, &sac, &applied);
        let atlas = Atlas::collect(&applied, &column, &sac);
        Ok(Self {
            trunk_centre_mm: atlas.trunk.centre_mm(),
            metal: atlas.metal,
            solids: atlas.solids,
            materials: atlas.palette.into_materials(),
            truth,
            parameters: parameters.clone(),
        })
    }

    /// The truth in the anatomical frame, mm.
    pub fn truth(&self) -> &SpineTruth {
        &self.truth
    }

    /// The parameters from which it was built.
    pub fn parameters(&self) -> &SpineParameters {
        &self.parameters
    }

    /// The meaning of the indices of a rasterized volume; index 0 is air.
    pub fn materials(&self) -> &[Material] {
        &self.materials
    }

    /// Metal as spheres: centres in the anatomical frame and radii, mm.
    pub fn metal(&self) -> &[(Point, f64)] {
        &self.metal
    }

    /// Position of the middle of the trunk behind the L3 body, mm along y (negative: in front).
    pub fn trunk_centre_mm(&self) -> f64 {
        self.trunk_centre_mm
    }
}
