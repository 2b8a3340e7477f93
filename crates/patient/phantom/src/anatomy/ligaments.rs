//! Ligaments and facet joints.

use crate::anatomy::vertebra::spinous_axis;
use crate::anatomy::{Atlas, SIDES};
use crate::shape::Shape;
use crate::solid::{Part, frame, local, round_tube, tube};
use crate::tissue::Tissue;

/// Adds the longitudinal ligaments, ligamenta flava, interspinous and supraspinous ligaments, and the facet joints.
/// Thicknesses are choices within the anatomical range, ligamenta flava from `lumbar-numbers.md` §6a (3.2 to 3.7 mm).
pub(super) fn add(atlas: &mut Atlas<'_>) {
    let column = atlas.column;
    let (mut anterior, mut posterior) = (Vec::new(), Vec::new());
    for (v, disc) in column.vertebrae.iter().zip(&column.discs) {
        for t in [0.85, 0.0, -0.85] {
            let z = t * v.size.height_mm / 2.0;
            anterior.push((v.point(0.0, -v.half_depth_mm(t) - 0.5, z), [9.0, 1.3]));
            posterior.push((v.point(0.0, v.half_depth_mm(t) + 0.1, z), [5.0, 0.8]));
        }
        let edge = disc.depth_mm / 2.0 + disc.size.bulge_mm;
        anterior.push((disc.point(0.0, -edge - 0.3, 0.0), [10.0, 1.2]));
        posterior.push((disc.point(0.0, edge + 0.1, 0.0), [8.0, 0.8]));
    }
    let left = column.vertebrae[0].left();
    let half_thickness = 2.2 * atlas.parameters.proportions.interspinous_thickness;
    let mut longitudinal = tube(&anterior, left);
    longitudinal.extend(tube(&posterior, left));

    let (mut joints, mut capsules, mut flava, mut between, mut tips) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for pair in column.vertebrae.windows(2) {
        let [upper, lower] = pair else { continue };
        let (half_canal, roof) =
            (upper.size.canal_width_mm / 2.0, upper.posterior_wall_mm() + upper.size.canal_depth_mm);
        let lower_roof = lower.posterior_wall_mm() + lower.size.canal_depth_mm;
        let (h, lower_h) = (upper.size.height_mm, lower.size.height_mm);
        for side in SIDES {
            let process_above = upper.point(side * (half_canal - 0.5), roof + 3.6, -0.5 * h - 4.0);
            let lower_half = lower.size.canal_width_mm / 2.0;
            let process_below = lower.point(
                side * (lower_half + 5.5),
                lower_roof - 0.28 * lower.size.canal_depth_mm,
                0.5 * lower_h + 3.0,
            );
            let middle = nalgebra::center(&process_above, &process_below);
            let across = process_below - process_above;
            let joint = frame(middle, across, upper.pose.rotation * geometry::Vector::z());
            joints.push(Part::at(joint, Shape::Ellipsoid { semi: local(0.9, 5.5, 6.5) }));
            capsules.push(Part::at(joint, Shape::Ellipsoid { semi: local(5.0, 7.0, 9.0) }));
            flava.push(Part::elliptic_cone(
                upper.point(side * 5.5, roof + 1.2, -0.30 * h),
                lower.point(side * 6.0, lower_roof + 1.6, 0.10 * lower_h),
                upper.left(),
                [6.0, 1.7],
                [6.5, 1.8],
            ));
        }
        let (upper_axis, lower_axis) = (spinous_axis(upper), spinous_axis(lower));
        let middle = |(root, tip): (geometry::Point, geometry::Point)| root + (tip - root) * 0.4;
        let half_length = |v: &crate::column::PlacedVertebra| 0.45 * v.size.spinous_length_mm;
        between.push(Part::elliptic_cone(
            middle(upper_axis),
            middle(lower_axis),
            upper.left(),
            [half_thickness, half_length(upper)],
            [half_thickness, half_length(lower)],
        ));
        let behind = |v: &crate::column::PlacedVertebra, (_, tip): (geometry::Point, geometry::Point)| {
            tip + v.pose.rotation * geometry::Vector::new(0.0, 3.5, 0.0)
        };
        tips.extend(round_tube(&[(behind(upper, upper_axis), 1.6), (behind(lower, lower_axis), 1.6)]));
    }
    atlas.add_background(Tissue::SynovialFluid, joints);
    longitudinal.extend(tips);
    atlas.add_background(Tissue::Ligament, longitudinal);
    atlas.add_background(Tissue::LigamentumFlavum, flava);
    atlas.add_background(Tissue::Ligament, capsules);
    atlas.add_background(Tissue::InterspinousTissue, between);
}
