//! Groups and bands turned about their centres.

use geometry::{Direction, SatBand, SliceGroup, Vector};
use nalgebra::Rotation3;

/// The group turned about an axis through its centre, by the right-hand rule, radians.
#[must_use]
pub(crate) fn turned_group(group: &SliceGroup, axis: &Direction, angle_rad: f64) -> SliceGroup {
    if angle_rad == 0.0 {
        return group.clone();
    }
    let turn = Rotation3::from_axis_angle(axis, angle_rad);
    let row = Direction::new_normalize(turn * group.row.into_inner());
    let column: Vector = turn * group.column.into_inner();
    // Many small turns must not add up to a skew.
    let column = Direction::new_normalize(column - row.into_inner() * row.dot(&column));
    SliceGroup { row, column, ..group.clone() }
}

/// The band turned about an axis through its centre, by the right-hand rule, radians.
#[must_use]
pub(crate) fn turned_band(band: &SatBand, axis: &Direction, angle_rad: f64) -> SatBand {
    if angle_rad == 0.0 {
        return band.clone();
    }
    let normal = Rotation3::from_axis_angle(axis, angle_rad) * band.normal.into_inner();
    SatBand { normal: Direction::new_normalize(normal), ..band.clone() }
}

#[cfg(test)]
mod tests {
    use super::super::example_groups::axial;
    use super::*;

    #[test]
    fn a_thousand_small_turns_are_a_large_one() {
        let axis = Direction::new_normalize(Vector::new(1.0, 0.3, -0.2));
        let steps = (0..1000).fold(axial(), |group, _| turned_group(&group, &axis, 1e-3));
        let once = turned_group(&axial(), &axis, 1.0);
        assert!((steps.row.into_inner() - once.row.into_inner()).norm() < 1e-10);
        assert!((steps.column.into_inner() - once.column.into_inner()).norm() < 1e-10);
        assert!(steps.row.dot(&steps.column).abs() < 1e-15);
    }
}
