//! The three-plane localizer: fixed at the isocentre, independent of how the patient lies.

use geometry::{Point, SliceGroup, SliceTarget, Vector};

use crate::Protocol;

/// The sagittal, coronal and axial stacks, aligned with the patient axes.
///
/// | stack | row (to the right) | column (downwards) | slices advance |
/// | --- | --- | --- | --- |
/// | sagittal | +y: front on the left, back on the right | −z: head at the top | −x: left to right |
/// | coronal | +x: the patient's right on the left | −z: head at the top | +y: front to back |
/// | axial | +x: the patient's right on the left | +y: front at the top | +z: upwards |
pub fn localizer(protocol: &Protocol) -> [SliceGroup; 3] {
    let centre = Point::origin();
    let (x, y, head_down) = (Vector::x_axis(), Vector::y_axis(), -Vector::z_axis());
    let localizer = &protocol.localizer;
    [
        localizer.sagittal.at("localizer sagittal", SliceTarget::Sagittal, centre, y, head_down),
        localizer.coronal.at("localizer coronal", SliceTarget::Coronal, centre, x, head_down),
        localizer.axial.at("localizer axial", SliceTarget::Block(Vec::new()), centre, x, y),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_advance_as_documented_and_cover_the_lumbar_spine() {
        let [sagittal, coronal, axial] = localizer(&Protocol::builtin("lumbar-1.5t").expect("ships"));
        assert_eq!(sagittal.normal(), -Vector::x_axis());
        assert_eq!(coronal.normal(), Vector::y_axis());
        assert_eq!(axial.normal(), Vector::z_axis());
        assert!((sagittal.slab_mm() - 100.0).abs() < 1e-9);
        assert!(sagittal.contains(&Point::new(40.0, 80.0, -200.0)));
    }
}
