//! Slice groups, saturation bands and images at their places in the patient.

use bevy::asset::RenderAssetUsages;
use bevy::math::Vec3;
use bevy::mesh::{Indices, Mesh, PrimitiveTopology};
use geometry::{PatientPosition, Point, SatBand, SliceGroup, Vector};

use super::frames::patient_to_room;
use super::lines::Lines;
use super::model::{RoomModel, ShownPicture};
use super::surface::{Surface, paint, sheer};

/// Half the side of the square that stands for a saturation band's endless slab, mm (choice).
const BAND_HALF_MM: f64 = 130.0;
const BAND: [u8; 3] = [206, 140, 222];

/// The four corners of slice `k`'s middle plane, LPS mm.
pub fn slice_corners(group: &SliceGroup, k: usize) -> [Point; 4] {
    let centre = group.slice_plane(k).centre;
    let row = group.row.into_inner() * (group.fov_mm[1] / 2.0);
    let column = group.column.into_inner() * (group.fov_mm[0] / 2.0);
    [centre - row - column, centre + row - column, centre + row + column, centre - row + column]
}

/// All groups and bands of a model: translucent faces, and outlines.
pub fn prescription(model: &RoomModel) -> (Surface, Lines) {
    let (mut faces, mut lines) = (Surface::default(), Lines::default());
    for shown in &model.groups {
        let colour = paint(shown.colour);
        let opacity = if shown.selected { 0.16 } else { 0.06 };
        add_box(&mut faces, model.position, &shown.group.corners(), sheer(colour, opacity));
        let weak = sheer(colour, if shown.selected { 0.55 } else { 0.35 });
        for k in 0..shown.group.slices {
            lines.outline(&slice_corners(&shown.group, k).map(|p| patient_to_room(model.position, &p)), weak);
        }
        for [a, b] in box_edges(&shown.group.corners()) {
            let strong = sheer(colour, if shown.selected { 1.0 } else { 0.7 });
            lines.line(patient_to_room(model.position, &a), patient_to_room(model.position, &b), strong);
        }
    }
    for band in &model.sat_bands {
        add_band(&mut faces, &mut lines, model.position, band);
    }
    (faces, lines)
}

/// The edges of a box whose corners are numbered by bits: those that differ in one bit.
fn box_edges(corners: &[Point; 8]) -> impl Iterator<Item = [Point; 2]> {
    (0..8_usize).flat_map(move |a| {
        [1, 2, 4].into_iter().filter(move |bit| a & bit == 0).map(move |bit| [corners[a], corners[a | bit]])
    })
}

fn add_box(faces: &mut Surface, position: PatientPosition, corners: &[Point; 8], colour: [f32; 4]) {
    for bit in [1_usize, 2, 4] {
        let [other, third] = if bit == 1 {
            [2, 4]
        } else if bit == 2 {
            [4, 1]
        } else {
            [1, 2]
        };
        for side in [0, bit] {
            let quad = [side, side | other, side | other | third, side | third];
            faces.quad(quad.map(|corner| patient_to_room(position, &corners[corner])), colour);
        }
    }
}

/// A band's two directions within its slab: one as much along the head as it can be.
fn band_axes(band: &SatBand) -> [Vector; 2] {
    let normal = band.normal.into_inner();
    let reference = if normal.z.abs() < 0.9 { Vector::z() } else { Vector::y() };
    let u = (reference - normal * reference.dot(&normal)).normalize();
    [u, normal.cross(&u)]
}

/// A saturation band as a hatched slab.
fn add_band(faces: &mut Surface, lines: &mut Lines, position: PatientPosition, band: &SatBand) {
    let [u, v] = band_axes(band);
    let normal = band.normal.into_inner() * (band.thickness_mm / 2.0);
    let at = |a: f64, b: f64, side: f64| band.centre + (u * a + v * b) * BAND_HALF_MM + normal * side;
    let corners: [Point; 8] = std::array::from_fn(|corner| {
        let sign = |bit: usize| if corner >> bit & 1 == 1 { 1.0 } else { -1.0 };
        at(sign(0), sign(1), sign(2))
    });
    let colour = paint(BAND);
    add_box(faces, position, &corners, sheer(colour, 0.12));
    let mut draw = |a: Point, b: Point, opacity: f32| {
        lines.line(patient_to_room(position, &a), patient_to_room(position, &b), sheer(colour, opacity));
    };
    for [a, b] in box_edges(&corners) {
        draw(a, b, 0.9);
    }
    // Diagonals a + b = constant, on both faces.
    const HATCHES: i32 = 14;
    for side in [-1.0, 1.0] {
        for k in 1..HATCHES {
            let sum = f64::from(k) / f64::from(HATCHES) * 4.0 - 2.0;
            let (low, high) = ((sum - 1.0).max(-1.0), (sum + 1.0).min(1.0));
            draw(at(low, sum - low, side), at(high, sum - high, side), 0.5);
        }
    }
}

/// An image's quadrangle in the room.
pub fn picture_mesh(position: PatientPosition, picture: &ShownPicture) -> Mesh {
    let corners: Vec<Vec3> = picture.corners.iter().map(|p| patient_to_room(position, p)).collect();
    Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default())
        .with_inserted_attribute(Mesh::ATTRIBUTE_POSITION, corners)
        .with_inserted_attribute(Mesh::ATTRIBUTE_UV_0, vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
        .with_inserted_indices(Indices::U32(vec![0, 1, 2, 0, 2, 3]))
}

#[cfg(test)]
mod tests {
    use geometry::{Direction, PhaseEncoding, SliceTarget};

    use super::*;
    use crate::room::model::ShownGroup;

    fn sagittal() -> SliceGroup {
        SliceGroup {
            name: "sagittal".into(),
            target: SliceTarget::Sagittal,
            centre: Point::new(5.0, 20.0, -10.0),
            row: Vector::y_axis(),
            column: -Vector::z_axis(),
            slices: 15,
            thickness_mm: 4.0,
            gap_mm: 0.4,
            fov_mm: [300.0, 280.0],
            matrix: [320, 320],
            phase_encoding: PhaseEncoding::Column,
        }
    }

    #[test]
    fn a_group_is_drawn_where_the_patient_has_it() {
        for position in PatientPosition::ALL {
            let shown = ShownGroup { group: sagittal(), colour: [255, 200, 0], selected: true };
            let model = RoomModel { position, groups: vec![shown], ..Default::default() };
            let (faces, lines) = prescription(&model);
            assert_eq!(faces.triangles.len(), 12);
            assert_eq!(lines.positions.len(), 2 * (15 * 4 + 12));
            let middle = faces.positions.iter().sum::<Vec3>() / faces.positions.len() as f32;
            assert!(middle.distance(patient_to_room(position, &Point::new(5.0, 20.0, -10.0))) < 1e-5);
            // Slices lie within the box.
            let reach = |points: &[Vec3]| points.iter().map(|p| p.distance(middle)).fold(0.0, f32::max);
            assert!(reach(&lines.positions) <= reach(&faces.positions) + 1e-5);
        }
    }

    #[test]
    fn a_band_is_as_thick_as_it_says() {
        let band = SatBand {
            name: "anterior".into(),
            centre: Point::new(0.0, -60.0, 0.0),
            normal: Direction::new_normalize(Vector::new(0.0, 1.0, 0.2)),
            thickness_mm: 40.0,
        };
        let model = RoomModel { sat_bands: vec![band.clone()], ..Default::default() };
        let (faces, lines) = prescription(&model);
        let normal = patient_to_room(model.position, &Point::from(band.normal.into_inner() * 1000.0));
        let centre = patient_to_room(model.position, &band.centre);
        for p in faces.positions.iter().chain(&lines.positions) {
            assert!(((*p - centre).dot(normal).abs() - 0.020).abs() < 1e-5);
        }
    }
}
