//! Slices as pictures, and what is drawn on them: pure functions, in millimetres.
//!
//! | module | what it holds |
//! | --- | --- |
//! | `view_plane` | the rectangle of the patient that a view shows |
//! | `slice_image` | a volume's grey values there |
//! | `label_overlay` | a segmentation's colours there |
//! | `cross_lines` | where other slices and saturation bands cross it |
//! | `sampling` | from the pixels of a picture to the voxels of a volume |
//! | `measure` | distances, angles and areas |
//! | `orientation` | the letters at its edges |
//! | `polygon` | cutting lines and polygons in a view |

pub(crate) mod cross_lines;
mod label_overlay;
mod measure;
mod orientation;
pub(crate) mod polygon;
mod sampling;
mod slice_image;
mod view_plane;

pub use cross_lines::crossing;
pub use label_overlay::label_overlay;
pub use measure::{angle_deg, distance_mm, polygon_area_mm2};
pub use orientation::orientation_letters;
pub use slice_image::slice_image;
pub use view_plane::ViewPlane;
