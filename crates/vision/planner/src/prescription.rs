//! From labelled discs to slice groups and saturation bands, by the rules of the protocol.

use geometry::{
    Direction, LabelledDisc, LabelledSpine, Point, PrescriptionRules, SatBand, SliceGroup, SliceTarget, StackGeometry,
    Vector, Vertebra,
};

use crate::flags::{Flag, FlagCode};

/// What prescription yields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prescription {
    /// The sagittal stack first, then a group a disc from the head downwards.
    pub groups: Vec<SliceGroup>,
    /// The anterior saturation band.
    pub sat_bands: Vec<SatBand>,
    /// Compromises that were made (shortened groups, crossing slices).
    pub flags: Vec<Flag>,
}

/// Prescribes the sagittal stack, a group for every disc from L1/L2 to the sacrum, and the saturation band
/// (lumbar-numbers §5b).
pub fn prescribe(spine: &LabelledSpine, rules: &PrescriptionRules) -> Prescription {
    if spine.discs.is_empty() {
        return Prescription::default();
    }
    let lumbar: Vec<&LabelledDisc> = spine.discs.iter().filter(|disc| disc.label.upper >= Vertebra::L1).collect();
    let mut axial: Vec<SliceGroup> = lumbar.iter().map(|disc| axial_group(disc, spine, &rules.axial)).collect();
    let flags = uncrossed(&mut axial, &lumbar, spine);
    let mut groups = vec![sagittal_stack(spine, &rules.sagittal)];
    groups.append(&mut axial);
    Prescription { groups, sat_bands: anterior_band(spine, rules).into_iter().collect(), flags }
}

/// Parallel to the mid-sagittal plane, its columns along the spine as far as the scanner's z allows; from
/// T11/T12 to S2, so its middle lies between the uppermost and the lowest disc seen and a little lower.
fn sagittal_stack(spine: &LabelledSpine, size: &StackGeometry) -> SliceGroup {
    let left = spine.midsagittal.normal;
    let down = Direction::new_normalize(across(&-Vector::z(), &left));
    let row = Direction::new_normalize(down.cross(&-left.into_inner()));
    let lumbar: Vec<&LabelledDisc> = spine.discs.iter().filter(|disc| disc.label.upper >= Vertebra::T12).collect();
    let discs = if lumbar.is_empty() { spine.discs.iter().collect() } else { lumbar };
    let (first, last) = (discs[0], discs[discs.len() - 1]);
    let middle = first.plane.centre + (last.plane.centre - first.plane.centre) * 0.5;
    // The canal lies behind the discs; both are to be in the middle of the picture.
    let behind = discs.iter().map(|disc| row.dot(&(disc.canal - middle))).sum::<f64>() / discs.len() as f64;
    let centre = middle + row.into_inner() * (behind / 2.0);
    let centre = centre - left.into_inner() * spine.midsagittal.distance_mm(&centre);
    let target = SliceTarget::Sagittal;
    size.at(target.to_string(), target, centre, row, down)
}

/// Parallel to the disc, centred from front to back on the disc's posterior margin, so that disc and canal
/// are both in the picture.
fn axial_group(disc: &LabelledDisc, spine: &LabelledSpine, size: &StackGeometry) -> SliceGroup {
    let head = disc.plane.normal;
    let row = Direction::new_normalize(across(&spine.midsagittal.normal, &head));
    let column = Direction::new_normalize(head.cross(&row));
    let centre = disc.plane.centre + column.into_inner() * (disc.depth_mm / 2.0);
    let target = SliceTarget::Disc(disc.label);
    size.at(target.to_string(), target, centre, row, column)
}

/// Half the canal from front to back, with a margin, mm (sac 13 mm; lumbar-numbers §6d).
const CANAL_HALF_MM: f64 = 8.0;
/// Fewer slices than this do not cover a disc.
const FEWEST_SLICES: usize = 3;

/// Takes slices from neighbouring groups until none cross inside the canal; what could not be helped is flagged.
fn uncrossed(groups: &mut [SliceGroup], discs: &[&LabelledDisc], spine: &LabelledSpine) -> Vec<Flag> {
    let mut flags = Vec::new();
    for upper in 0..groups.len().saturating_sub(1) {
        let lower = upper + 1;
        while cross_in_canal(&groups[upper], &groups[lower], discs[upper], discs[lower], spine) {
            let larger = if groups[upper].slices > groups[lower].slices { upper } else { lower };
            if groups[larger].slices <= FEWEST_SLICES {
                let message = format!("'{}' and '{}' cross inside the canal", groups[upper].name, groups[lower].name);
                let labels = [discs[upper].label, discs[lower].label];
                flags.push(Flag::info(FlagCode::CrossingGroups, message).about(labels));
                break;
            }
            groups[larger].slices -= 1;
        }
    }
    flags
}

/// True if some point of the canal between two discs lies in both slabs: its signal would be saturated.
fn cross_in_canal(
    upper: &SliceGroup,
    lower: &SliceGroup,
    above: &LabelledDisc,
    below: &LabelledDisc,
    spine: &LabelledSpine,
) -> bool {
    let along = below.canal - above.canal;
    let back = (-along).cross(&spine.midsagittal.normal).try_normalize(1e-6).unwrap_or_else(Vector::y);
    let inside = |group: &SliceGroup, point: &Point| group.plane().distance_mm(point).abs() <= group.slab_mm() / 2.0;
    (0..=40).any(|step| {
        [-CANAL_HALF_MM, 0.0, CANAL_HALF_MM].into_iter().any(|aside| {
            let point = above.canal + along * (f64::from(step) / 40.0) + back * aside;
            inside(upper, &point) && inside(lower, &point)
        })
    })
}

/// In front of the vertebral bodies, parallel to the line along their anterior walls.
fn anterior_band(spine: &LabelledSpine, rules: &PrescriptionRules) -> Option<SatBand> {
    let (first, last) = (spine.anterior_wall.first()?, spine.anterior_wall.last()?);
    if rules.sat_band_thickness_mm <= 0.0 {
        return None;
    }
    let head = (first - last).try_normalize(1.0).unwrap_or_else(Vector::z);
    let front = spine.midsagittal.normal.cross(&head).try_normalize(1e-6)?;
    let foremost = spine.anterior_wall.iter().map(|point| front.dot(&(point - last))).fold(f64::NEG_INFINITY, f64::max);
    let middle = last + (first - last) * 0.5;
    let ahead =
        foremost - front.dot(&(middle - last)) + rules.sat_band_clearance_mm + rules.sat_band_thickness_mm / 2.0;
    Some(SatBand {
        name: "anterior".into(),
        centre: middle + front * ahead,
        normal: Direction::new_normalize(front),
        thickness_mm: rules.sat_band_thickness_mm,
    })
}

/// The part of a vector that is perpendicular to a direction; some perpendicular if there is none.
fn across(v: &Vector, direction: &Direction) -> Vector {
    let part = v - direction.into_inner() * direction.dot(v);
    let any = if direction.x.abs() < 0.9 { Vector::x() } else { Vector::y() };
    part.try_normalize(1e-6).unwrap_or_else(|| direction.cross(&any).normalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::{Disc, Plane, Pose};
    use nalgebra::{Translation3, UnitQuaternion};
    use proptest::prelude::*;

    /// L1/L2 to L5/S1 with the usual tilts, upright in the scanner.
    fn spine(lowest_tilt_deg: f64) -> LabelledSpine {
        let mut z = 110.0;
        let names = [Vertebra::L1, Vertebra::L2, Vertebra::L3, Vertebra::L4, Vertebra::L5, Vertebra::S1];
        let tilts = [-6.0, -2.0, 4.0, 14.0, lowest_tilt_deg];
        let discs: Vec<LabelledDisc> = (0..5)
            .map(|n| {
                z -= 34.0;
                let tilt = f64::to_radians(tilts[n]);
                let plane = Plane::new(Point::new(0.0, 0.0, z), Vector::new(0.0, -tilt.sin(), tilt.cos()));
                LabelledDisc {
                    label: Disc::between(names[n], names[n + 1]),
                    plane,
                    canal: plane.centre + Vector::new(0.0, tilt.cos(), tilt.sin()) * 27.0,
                    depth_mm: 36.0,
                    width_mm: 50.0,
                }
            })
            .collect();
        LabelledSpine {
            midsagittal: Plane::new(Point::new(0.0, 0.0, 8.0), Vector::x()),
            anterior_wall: discs.iter().map(|disc| disc.plane.centre - Vector::y() * 18.0).collect(),
            discs,
        }
    }

    #[test]
    fn every_disc_gets_its_group_and_the_stack_shows_all_foramina() {
        let spine = spine(32.0);
        let prescribed = prescribe(&spine, &PrescriptionRules::default());
        assert_eq!(prescribed.groups.len(), 6);
        for (disc, group) in spine.discs.iter().zip(&prescribed.groups[1..]) {
            assert!(group.plane().angle_deg(&disc.plane) < 1e-9 && group.check().is_ok());
            assert!(group.contains(&disc.plane.centre) && group.contains(&disc.canal));
            for side in [-22.0, 22.0] {
                assert!(prescribed.groups[0].contains(&(disc.canal + Vector::x() * side)));
            }
            let band = &prescribed.sat_bands[0];
            assert!(!band.contains(&(disc.plane.centre - Vector::y() * 18.0)), "the band keeps off the bodies");
        }
        assert!(prescribed.sat_bands[0].centre.y < -18.0);
    }

    #[test]
    fn steep_junctions_lose_slices_before_they_cross_in_the_canal() {
        let prescribed = prescribe(&spine(45.0), &PrescriptionRules::default());
        let slices: Vec<usize> = prescribed.groups[1..].iter().map(|group| group.slices).collect();
        assert!(slices[4] < 5 || slices[3] < 5, "{slices:?}");
        assert_eq!(slices[..3], [5, 5, 5]);
        let spine = spine(45.0);
        let discs: Vec<&LabelledDisc> = spine.discs.iter().collect();
        let crossing = cross_in_canal(&prescribed.groups[4], &prescribed.groups[5], discs[3], discs[4], &spine);
        assert_eq!(crossing, !prescribed.flags.is_empty());
    }

    #[test]
    fn no_disc_no_prescription() {
        let empty = LabelledSpine { discs: Vec::new(), ..spine(30.0) };
        assert_eq!(prescribe(&empty, &PrescriptionRules::default()), Prescription::default());
    }

    proptest! {
        #[test]
        fn the_axial_groups_move_with_the_patient(roll in -0.4f64..0.4, pitch in -0.3f64..0.3, yaw in -0.3f64..0.3, x in -40.0f64..40.0) {
            let lying = Pose::from_parts(Translation3::new(x, 5.0, -20.0), UnitQuaternion::from_euler_angles(pitch, yaw, roll));
            let here = spine(30.0);
            let moved = here.moved(&lying);
            let (before, after) = (prescribe(&here, &PrescriptionRules::default()), prescribe(&moved, &PrescriptionRules::default()));
            for (before, after) in before.groups[1..].iter().zip(&after.groups[1..]) {
                let expected = before.moved(&lying);
                prop_assert!((expected.centre - after.centre).norm() < 1e-6);
                prop_assert!((expected.row.into_inner() - after.row.into_inner()).norm() < 1e-6);
                prop_assert_eq!(expected.slices, after.slices);
            }
            prop_assert!((before.sat_bands[0].moved(&lying).centre - after.sat_bands[0].centre).norm() < 1e-6);
        }
    }
}
