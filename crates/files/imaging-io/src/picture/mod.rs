//! Slices as pictures: windowed grey values, labels in colour, planes as lines, captions.

mod canvas;
mod montage;
mod slice_view;
mod surface;
mod text;

pub use canvas::{Colour, Picture};
pub use montage::montage;
pub use slice_view::{SliceView, Stroke, Window, line_on_slice};
pub use surface::surface_view;

use geometry::Structure;

/// Colours that are distinguishable with any colour vision (Okabe and Ito 2008).
pub mod palette {
    use super::Colour;

    /// Orange.
    pub const ORANGE: Colour = [230, 159, 0];
    /// Sky blue.
    pub const SKY: Colour = [86, 180, 233];
    /// Bluish green.
    pub const GREEN: Colour = [0, 158, 115];
    /// Yellow.
    pub const YELLOW: Colour = [240, 228, 66];
    /// Vermilion.
    pub const VERMILION: Colour = [213, 94, 0];
    /// Reddish purple.
    pub const PURPLE: Colour = [204, 121, 167];
    /// White.
    pub const WHITE: Colour = [255, 255, 255];
    /// Black, the background of pictures.
    pub const BLACK: Colour = [0, 0, 0];
}

/// The colour of a structure in overlays; background has none.
pub fn structure_colour(structure: Structure) -> Option<Colour> {
    match structure {
        Structure::Background => None,
        Structure::Vertebra => Some(palette::SKY),
        Structure::Disc => Some(palette::ORANGE),
        Structure::Sacrum => Some(palette::GREEN),
        Structure::Canal => Some(palette::PURPLE),
    }
}
