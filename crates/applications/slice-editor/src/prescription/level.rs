//! Which disc an axial group is for, and where the plan says that disc is.

use geometry::{Direction, Disc, SliceGroup, SliceRole, Vertebra};
use planner::plan::disc_group_name;
use planner::{LabelledDisc, LabelledSpine, PlannedLevel, PrescriptionRules, prescribe};

use super::edit::DiscPlace;
use super::refused::EditRefused;

/// Extent of a lumbar disc from front to back, mm: the endplates' mean depth is 34 (Panjabi 1992; lumbar-numbers §6a).
pub(crate) const MEAN_DISC_DEPTH_MM: f64 = 34.0;

/// The disc that a group is for: an axial group that is named after one, "axial L4/L5".
pub fn level_of(group: &SliceGroup) -> Option<Disc> {
    let disc: Disc = group.name.split_whitespace().last()?.parse().ok()?;
    (group.role == SliceRole::AxialDisc && group.name == disc_group_name(disc)).then_some(disc)
}

/// The level that an axial group claims. Axial groups are centred on the disc's posterior margin (as
/// [`prescribe`] does), so the disc's centre lies half a mean disc in front of the group's.
pub(crate) fn planned_level(group: &SliceGroup) -> Option<PlannedLevel> {
    let label = level_of(group)?;
    let normal = group.normal();
    // Whichever way the image was turned, one of its axes runs from back to front.
    let axes = [group.row, -group.row, group.column, -group.column];
    let forwards = axes.into_iter().min_by(|a, b| a.y.total_cmp(&b.y))?;
    Some(PlannedLevel {
        label,
        centre: group.centre + forwards.into_inner() * (MEAN_DISC_DEPTH_MM / 2.0),
        normal: if normal.z < 0.0 { -normal } else { normal },
        confidence: 1.0,
    })
}

/// A group of the same size laid on a disc as [`prescribe`] lays one.
///
/// # Errors
/// If the place has no orientation.
pub(super) fn laid_on(
    group: &SliceGroup,
    place: &DiscPlace,
    rules: &PrescriptionRules,
) -> Result<SliceGroup, EditRefused> {
    let length = place.normal.norm();
    if length.is_nan() || (length - 1.0).abs() > 1e-3 {
        return Err(EditRefused::NoDirection("the disc's normal"));
    }
    if !place.depth_mm.is_finite() {
        return Err(EditRefused::NotFinite("the disc's depth"));
    }
    let backwards = place.canal - place.centre;
    let left = Direction::try_new(backwards.cross(&place.normal), 1e-3)
        .ok_or(EditRefused::NoDirection("from the disc to the canal"))?;
    let plane = geometry::Plane { centre: place.centre, normal: place.normal };
    let disc = LabelledDisc {
        // Only lumbar discs get a group by rule; a technologist may want one at any.
        label: Disc::between(Vertebra::L4, Vertebra::L5),
        plane,
        canal: place.canal,
        depth_mm: place.depth_mm,
        width_mm: 0.0,
        confidence: 1.0,
    };
    let midsagittal = geometry::Plane { centre: place.centre, normal: left };
    let spine = LabelledSpine { discs: vec![disc], midsagittal, anterior_wall: Vec::new() };
    let prescribed = prescribe(&spine, rules);
    let laid = prescribed.groups.iter().find(|group| group.role == SliceRole::AxialDisc);
    let laid = laid.expect("a lumbar disc gets its group");
    Ok(SliceGroup { centre: laid.centre, row: laid.row, column: laid.column, ..group.clone() })
}

#[cfg(test)]
mod tests {
    use super::super::example_groups::axial;
    use super::*;
    use geometry::{Point, Vector};

    #[test]
    fn only_an_axial_group_with_a_discs_name_is_for_a_disc() {
        let l4_l5 = Disc::between(Vertebra::L4, Vertebra::L5);
        assert_eq!(level_of(&axial()), Some(l4_l5));
        assert_eq!(level_of(&SliceGroup { role: SliceRole::AxialBlock, ..axial() }), None);
        assert_eq!(level_of(&SliceGroup { name: "L4/L5".into(), ..axial() }), None);
        assert_eq!(level_of(&SliceGroup { name: String::new(), ..axial() }), None);
    }

    #[test]
    fn a_level_lies_in_front_of_its_group_however_the_image_is_turned() {
        let upright = planned_level(&axial()).expect("named after a disc");
        assert_eq!(upright.centre, Point::new(0.0, -7.0, -20.0));
        assert_eq!(upright.normal, Vector::z_axis());
        let turned = SliceGroup { row: -Vector::y_axis(), column: Vector::x_axis(), ..axial() };
        assert_eq!(planned_level(&turned), Some(upright));
        let turned_over = SliceGroup { column: -Vector::y_axis(), ..axial() };
        assert_eq!(planned_level(&turned_over), Some(upright));
    }

    #[test]
    fn a_group_lies_on_a_disc_as_the_rules_lay_it() {
        let tilt = 0.4f64;
        let place = DiscPlace {
            label: Disc::between(Vertebra::T12, Vertebra::L1),
            centre: Point::new(2.0, 5.0, 60.0),
            normal: Direction::new_normalize(Vector::new(0.0, -tilt.sin(), tilt.cos())),
            canal: Point::new(2.0, 5.0, 60.0) + Vector::new(0.0, tilt.cos(), tilt.sin()) * 27.0 + Vector::z() * 3.0,
            depth_mm: 36.0,
        };
        let small = SliceGroup { slices: 3, ..axial() };
        let laid = laid_on(&small, &place, &PrescriptionRules::default()).expect("it has an orientation");
        assert!((laid.normal().into_inner() - place.normal.into_inner()).norm() < 1e-9);
        assert!((laid.row.into_inner() - Vector::x()).norm() < 1e-9);
        let margin = place.centre + Vector::new(0.0, tilt.cos(), tilt.sin()) * 18.0;
        assert!((laid.centre - margin).norm() < 1e-9);
        assert_eq!((laid.slices, laid.name.as_str()), (3, "axial L4/L5"));
        let above = DiscPlace { canal: place.centre + place.normal.into_inner() * 9.0, ..place };
        assert!(laid_on(&small, &above, &PrescriptionRules::default()).is_err());
    }
}
