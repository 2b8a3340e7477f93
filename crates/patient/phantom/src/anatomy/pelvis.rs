//! The pelvis beside and below the sacrum, so that coronal and caudal slices look realistic.
//! Nothing here is labelled. Positions and sizes are choices by visual comparison.

use geometry::Vector;
use nalgebra::{Rotation3, UnitQuaternion};

use crate::anatomy::{Atlas, SIDES};
use crate::shape::Shape;
use crate::solid::{Part, Solid, local};
use crate::tissue::Tissue;

/// Adds iliac bones and femoral heads.
pub(super) fn add_bones(atlas: &mut Atlas<'_>) {
    let core = atlas.palette.background(Tissue::Marrow);
    let cortex = atlas.palette.background(Tissue::CorticalBone);
    let s1 = &atlas.column.sacrum[0];
    let middle = s1.point(0.0, 0.0, 0.0);
    let half_sacrum = 2.3 * s1.superior_mm[0];
    for side in SIDES {
        let at = |x: f64, y: f64, z: f64, turn_deg: f64, semi: [f64; 3]| {
            let turn = UnitQuaternion::from_rotation_matrix(&Rotation3::from_axis_angle(
                &Vector::z_axis(),
                (side * turn_deg).to_radians(),
            ));
            let place = middle + Vector::new(side * x, y, z);
            let pose = geometry::Pose::from_parts(place.coords.into(), turn);
            Part::at(pose, Shape::Ellipsoid { semi: local(semi[0], semi[1], semi[2]) })
        };
        // The iliac wing runs from the sacroiliac joint laterally and forwards; its crest reaches L4/L5.
        let wing = at(half_sacrum + 28.0, -8.0, 4.0, 48.0, [7.0, 62.0, 50.0]);
        let joint = at(half_sacrum + 3.0, 22.0, -12.0, 25.0, [8.0, 26.0, 30.0]);
        let column = at(half_sacrum + 32.0, -18.0, -58.0, 30.0, [16.0, 28.0, 45.0]);
        atlas.solids.push(Solid {
            carved: Vec::new(),
            parts: vec![wing, joint, column],
            blend_mm: 6.0,
            core,
            shell: Some((1.2, cortex)),
        });
        let head = at(half_sacrum + 35.0, -38.0, -112.0, 0.0, [24.0, 24.0, 24.0]);
        atlas.solids.push(Solid::plain(core, vec![head]).with_shell(1.2, cortex));
    }
}

/// Adds iliacus and gluteal muscles, bladder and rectum.
pub(super) fn add_soft_tissue(atlas: &mut Atlas<'_>) {
    let s1 = &atlas.column.sacrum[0];
    let middle = s1.point(0.0, 0.0, 0.0);
    let half_sacrum = 2.3 * s1.superior_mm[0];
    let ellipsoid = |x: f64, y: f64, z: f64, semi: [f64; 3]| {
        let place = middle + Vector::new(x, y, z);
        Part::at(
            nalgebra::Translation3::from(place.coords).into(),
            Shape::Ellipsoid { semi: local(semi[0], semi[1], semi[2]) },
        )
    };
    let s4 = atlas.column.sacrum[3].point(0.0, 0.0, 0.0) - middle;
    let mut muscles = Vec::new();
    for side in SIDES {
        muscles.push(ellipsoid(side * (half_sacrum + 14.0), -28.0, -6.0, [22.0, 34.0, 42.0]));
        muscles.push(ellipsoid(side * (half_sacrum + 22.0), 34.0, -62.0, [52.0, 30.0, 62.0]));
        muscles.push(ellipsoid(side * (half_sacrum + 48.0), 2.0, -48.0, [30.0, 40.0, 50.0]));
    }
    let filling = 1.0 + 0.25 * atlas.z("bladder", 0);
    let bladder = ellipsoid(0.0, -78.0, -118.0, [36.0 * filling, 28.0 * filling, 26.0 * filling]);
    let rectum = ellipsoid(4.0, s4.y - 26.0, s4.z + 2.0, [16.0, 13.0, 34.0]);
    atlas.add_background(Tissue::Muscle, muscles);
    let wall = atlas.palette.background(Tissue::BowelWall);
    let urine = atlas.palette.background(Tissue::Urine);
    let stool = atlas.palette.background(Tissue::BowelStool);
    atlas.solids.push(Solid::plain(urine, vec![bladder]).with_shell(3.0, wall));
    atlas.solids.push(Solid::plain(stool, vec![rectum]).with_shell(2.5, wall));
}
