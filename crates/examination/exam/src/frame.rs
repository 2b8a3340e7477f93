//! The registered frame against the true one: what a wrong entry at the console does to every coordinate.

use geometry::{PatientPosition, Pose};
use nalgebra::{Rotation3, Translation3, UnitQuaternion};

/// From patient coordinates as they are labelled by the registered position to true patient coordinates. Both share
/// the table: M = R(actual) · R(registered)ᵀ with R from the table's frame to the patient's
/// ([`PatientPosition::table_to_patient`]). Exactly the identity where both are equal.
pub fn registered_to_patient(registered: PatientPosition, actual: PatientPosition) -> Pose {
    if registered == actual {
        return Pose::identity();
    }
    let rotation = actual.table_to_patient() * registered.table_to_patient().transpose();
    let rotation = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(rotation));
    Pose::from_parts(Translation3::identity(), rotation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geometry::{Point, Vector};

    #[test]
    fn feet_first_for_head_first_turns_about_the_front_back_axis() {
        let turned = registered_to_patient(PatientPosition::FeetFirstSupine, PatientPosition::HeadFirstSupine);
        let seen = turned * Point::new(10.0, 20.0, 30.0);
        assert!((seen - Point::new(-10.0, 20.0, -30.0)).norm() < 1e-12, "{seen}");
    }

    #[test]
    fn every_pair_keeps_the_place_on_the_table() {
        let place = Vector::new(3.0, -5.0, 7.0);
        for registered in PatientPosition::ALL {
            for actual in PatientPosition::ALL {
                let there =
                    registered_to_patient(registered, actual).rotation * (registered.table_to_patient() * place);
                let truly = actual.table_to_patient() * place;
                assert!((there - truly).norm() < 1e-9, "{} for {}", registered.code(), actual.code());
            }
        }
    }
}
