//! From the table's frame and from the patient to the room.
//!
//! The room's frame is Bevy's: metres, the isocentre as origin, x to the right of somebody who stands at the table's
//! foot and looks into the bore, y up, z out of the bore towards that person. The table's frame
//! ([`PatientPosition::table_to_patient`]) is the same turned by half a turn about x.

use bevy::math::{Mat3, Vec3};
/// From the laser's plane at the bore's mouth to the isocentre, mm.
pub use coach::table::LASER_TO_ISOCENTRE_MM;
use geometry::{PatientPosition, Point, Vector};

/// The cradle's leading edge lies this far outside the isocentre with the table fully out, mm (choice: its edge at the
/// bore's mouth, the patient's leading end a hand's breadth behind it).
pub const CRADLE_EDGE_MM: f64 = 890.0;

/// A displacement in the table's frame, mm, in the room, m.
pub fn table_to_room(displacement_mm: Vector) -> Vec3 {
    Vec3::new(displacement_mm.x as f32, -displacement_mm.y as f32, -displacement_mm.z as f32) / 1000.0
}

/// A point of the patient, LPS mm with the isocentre as origin, in the room, m.
pub fn patient_to_room(position: PatientPosition, point: &Point) -> Vec3 {
    table_to_room(position.table_to_patient().transpose() * point.coords)
}

/// Where the patient's left, back and head point to in the room: the columns.
pub fn patient_axes(position: PatientPosition) -> Mat3 {
    let unit = |axis: usize| {
        let mut direction = Vector::zeros();
        direction[axis] = 1000.0;
        table_to_room(position.table_to_patient().transpose() * direction)
    };
    Mat3::from_cols(unit(0), unit(1), unit(2))
}

/// Where the L3 body lies along the table's z, from the isocentre towards the bore's far end, mm, when the laser's plane
/// meets the patient at `laser_mm` from the L3 body towards the head.
pub fn l3_in_table_mm(position: PatientPosition, laser_mm: f64) -> f64 {
    let towards_head = if position.head_first() { 1.0 } else { -1.0 };
    -LASER_TO_ISOCENTRE_MM - towards_head * laser_mm
}

/// Where the cradle's leading edge lies along the table's z, mm.
pub fn cradle_edge_in_table_mm(table_mm: f64) -> f64 {
    table_mm - CRADLE_EDGE_MM
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_side_is_down_and_the_right_end_goes_first() {
        for position in PatientPosition::ALL {
            let axes = patient_axes(position);
            assert!((axes.determinant() - 1.0).abs() < 1e-6, "{}: no mirror", position.code());
            let down = position.down().into_inner();
            let down = axes * Vec3::new(down.x as f32, down.y as f32, down.z as f32);
            assert!((down - Vec3::NEG_Y).length() < 1e-6, "{}", position.code());
            let head = axes * Vec3::Z;
            let into_the_bore = if position.code().starts_with("HF") { Vec3::NEG_Z } else { Vec3::Z };
            assert!((head - into_the_bore).length() < 1e-6, "{}", position.code());
        }
        // Somebody at the table's foot sees the left hand of a supine, head-first patient on the right.
        assert_eq!(patient_axes(PatientPosition::HeadFirstSupine) * Vec3::X, Vec3::X);
        assert_eq!(patient_axes(PatientPosition::FeetFirstSupine) * Vec3::X, Vec3::NEG_X);
        // On the right side, head first: the back is to the right of somebody at the foot.
        assert_eq!(patient_axes(PatientPosition::HeadFirstDecubitusRight) * Vec3::Y, Vec3::X);
    }

    #[test]
    fn travel_by_the_lasers_distance_brings_the_landmark_to_the_isocentre() {
        for position in PatientPosition::ALL {
            for landmark_mm in [-40.0, 0.0, 75.0] {
                // Moving in by 850 mm moves the laser's plane 850 mm along the patient, away from the leading end.
                let away = if position.head_first() { -LASER_TO_ISOCENTRE_MM } else { LASER_TO_ISOCENTRE_MM };
                let l3 = l3_in_table_mm(position, landmark_mm + away);
                let towards_head = if position.head_first() { 1.0 } else { -1.0 };
                assert!((l3 + towards_head * landmark_mm).abs() < 1e-9, "{}", position.code());
                let before = l3_in_table_mm(position, landmark_mm);
                let cradle = cradle_edge_in_table_mm(900.0 + LASER_TO_ISOCENTRE_MM) - cradle_edge_in_table_mm(900.0);
                assert!((l3 - before - cradle).abs() < 1e-9, "patient and cradle move together");
            }
        }
    }

    #[test]
    fn a_slice_group_left_of_the_spine_stays_on_the_patients_left() {
        let left = Point::new(80.0, 0.0, 10.0);
        for position in PatientPosition::ALL {
            let room = patient_to_room(position, &left);
            let axes = patient_axes(position);
            assert!(room.distance(axes * Vec3::new(0.080, 0.0, 0.010)) < 1e-6);
        }
        let supine = patient_to_room(PatientPosition::HeadFirstSupine, &Point::new(80.0, 30.0, 10.0));
        assert!(supine.distance(Vec3::new(0.080, -0.030, -0.010)) < 1e-6);
    }
}
