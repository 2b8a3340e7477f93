//! Slices as pictures, and what is drawn on them: pure functions, in millimetres.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`view_plane`] | the rectangle of the patient that a view shows |
//! | [`mod@slice_image`] | a volume's grey values there |
//! | [`mod@label_overlay`] | a segmentation's colours there |
//! | [`mod@cross_lines`] | where other slices and saturation bands cross it |
//! | [`measure`] | distances, angles and areas |
//! | [`orientation`] | the letters at its edges |
//! | [`polygon`] | cutting lines and polygons in a view |

pub mod cross_lines;
pub mod label_overlay;
pub mod measure;
pub mod orientation;
pub mod polygon;
mod sampling;
pub mod slice_image;
pub mod view_plane;

pub use cross_lines::{BandCrossing, CrossLine, cross_lines, crossing, intersection_of_band};
pub use label_overlay::label_overlay;
pub use measure::{angle_deg, distance_mm, ellipse_area_mm2, polygon_area_mm2};
pub use orientation::orientation_letters;
pub use slice_image::slice_image;
pub use view_plane::ViewPlane;
