//! Groups and a view that the tests share.

use geometry::{Disc, PhaseEncoding, Point, SatBand, SliceGroup, SliceTarget, Vector, Vertebra};

use crate::view::ViewPlane;

/// Five level slices of 4 mm about z = −20, 180 mm wide and deep about y = 10.
pub fn axial() -> SliceGroup {
    SliceGroup {
        name: "axial L4/L5".into(),
        target: SliceTarget::Disc(Disc::between(Vertebra::L4, Vertebra::L5)),
        centre: Point::new(0.0, 10.0, -20.0),
        row: Vector::x_axis(),
        column: Vector::y_axis(),
        slices: 5,
        thickness_mm: 4.0,
        gap_mm: 0.4,
        fov_mm: [180.0, 180.0],
        matrix: [256, 256],
        phase_encoding: PhaseEncoding::Row,
    }
}

/// The middle one of them.
pub fn single_slice() -> SliceGroup {
    SliceGroup { slices: 1, ..axial() }
}

/// In front of the spine, 40 mm thick.
pub fn anterior_band() -> SatBand {
    SatBand {
        name: "anterior".into(),
        centre: Point::new(0.0, -60.0, 0.0),
        normal: -Vector::y_axis(),
        thickness_mm: 40.0,
    }
}

/// Seen from the patient's left: front to the left, head at the top, 300 mm about the isocentre.
pub fn sagittal_view() -> ViewPlane {
    ViewPlane { centre: Point::origin(), right: Vector::y_axis(), down: -Vector::z_axis(), extent_mm: [300.0, 300.0] }
}
