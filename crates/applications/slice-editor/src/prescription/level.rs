//! A disc for an axial group to be laid on.

use geometry::{
    Direction, Disc, LabelledDisc, LabelledSpine, Plane, Point, PrescriptionRules, SliceGroup, SliceTarget, Vertebra,
};
use planner::{PlannedLevel, prescribe};

use super::refused::EditRefused;

/// Extent of a lumbar disc from front to back, mm: the endplates' mean depth is 34 (Panjabi 1992; lumbar-numbers §6a).
pub(crate) const MEAN_DISC_DEPTH_MM: f64 = 34.0;
/// Extent of a lumbar disc from left to right, mm (Panjabi 1992: 45 to 54).
pub(crate) const MEAN_DISC_WIDTH_MM: f64 = 48.0;

/// The disc at a level of a plan, with a point of the canal behind it: of the mean size, as a plan does not say it.
pub fn disc_of_level(level: &PlannedLevel, canal: Point) -> LabelledDisc {
    let (depth_mm, width_mm) = (MEAN_DISC_DEPTH_MM, MEAN_DISC_WIDTH_MM);
    LabelledDisc { label: level.label, plane: level.plane(), canal, depth_mm, width_mm }
}

/// A group of the same size laid on a disc as [`prescribe`] lays one.
///
/// # Errors
/// If the place has no orientation.
pub(super) fn laid_on(
    group: &SliceGroup,
    disc: &LabelledDisc,
    rules: &PrescriptionRules,
) -> Result<SliceGroup, EditRefused> {
    let length = disc.plane.normal.norm();
    if length.is_nan() || (length - 1.0).abs() > 1e-3 {
        return Err(EditRefused::NoDirection("the disc's normal"));
    }
    if !disc.depth_mm.is_finite() {
        return Err(EditRefused::NotFinite("the disc's depth"));
    }
    let backwards = disc.canal - disc.plane.centre;
    let left = Direction::try_new(backwards.cross(&disc.plane.normal), 1e-3)
        .ok_or(EditRefused::NoDirection("from the disc to the canal"))?;
    // Only lumbar discs get a group by rule; a technologist may want one at any.
    let disc = LabelledDisc { label: Disc::between(Vertebra::L4, Vertebra::L5), ..*disc };
    let midsagittal = Plane { centre: disc.plane.centre, normal: left };
    let spine = LabelledSpine { discs: vec![disc], midsagittal, anterior_wall: Vec::new() };
    let prescribed = prescribe(&spine, rules);
    let laid = prescribed.groups.iter().find(|group| group.target == SliceTarget::Disc(disc.label));
    let laid = laid.expect("a lumbar disc gets its group");
    Ok(SliceGroup { centre: laid.centre, row: laid.row, column: laid.column, ..group.clone() })
}

#[cfg(test)]
mod tests {
    use super::super::example_groups::axial;
    use super::*;
    use geometry::Vector;

    #[test]
    fn a_group_lies_on_a_disc_as_the_rules_lay_it() {
        let tilt = 0.4f64;
        let plane = Plane::new(Point::new(2.0, 5.0, 60.0), Vector::new(0.0, -tilt.sin(), tilt.cos()));
        let disc = LabelledDisc {
            label: Disc::between(Vertebra::T12, Vertebra::L1),
            plane,
            canal: plane.centre + Vector::new(0.0, tilt.cos(), tilt.sin()) * 27.0 + Vector::z() * 3.0,
            depth_mm: 36.0,
            width_mm: 48.0,
        };
        let small = SliceGroup { slices: 3, ..axial() };
        let laid = laid_on(&small, &disc, &PrescriptionRules::default()).expect("it has an orientation");
        assert!((laid.normal().into_inner() - plane.normal.into_inner()).norm() < 1e-9);
        assert!((laid.row.into_inner() - Vector::x()).norm() < 1e-9);
        let margin = plane.centre + Vector::new(0.0, tilt.cos(), tilt.sin()) * 18.0;
        assert!((laid.centre - margin).norm() < 1e-9);
        assert_eq!((laid.slices, laid.name.as_str()), (3, "axial L4/L5"));
        let above = LabelledDisc { canal: plane.centre + plane.normal.into_inner() * 9.0, ..disc };
        assert!(laid_on(&small, &above, &PrescriptionRules::default()).is_err());
    }
}
