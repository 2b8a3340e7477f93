//! Lines with colours: outlines and beams.

use bevy::asset::RenderAssetUsages;
use bevy::math::Vec3;
use bevy::mesh::{Mesh, PrimitiveTopology};

use super::surface::Paint;

/// Pairs of points with colours, m.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    /// Ends: two for each line, m.
    pub positions: Vec<Vec3>,
    /// A colour for each end.
    pub colours: Vec<Paint>,
}

impl Lines {
    /// Adds a line.
    pub fn line(&mut self, from: Vec3, to: Vec3, colour: Paint) {
        self.positions.extend([from, to]);
        self.colours.extend([colour; 2]);
    }

    /// Adds a closed outline.
    pub fn outline(&mut self, corners: &[Vec3], colour: Paint) {
        for k in 0..corners.len() {
            self.line(corners[k], corners[(k + 1) % corners.len()], colour);
        }
    }

    /// For the graphics card.
    pub fn mesh(&self) -> Mesh {
        Mesh::new(PrimitiveTopology::LineList, RenderAssetUsages::default())
            .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, self.positions.clone())
            .with_inserted_attribute(Mesh::ATTRIBUTE_COLOR, self.colours.clone())
    }
}
