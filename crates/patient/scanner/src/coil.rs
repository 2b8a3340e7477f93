//! Receive coils: where the image is bright, and where it is noisy.

use geometry::{PatientPosition, Point};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::faults::COIL_ELEMENTS;

/// The spine array in the table, with an optional body array on top.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Coil {
    /// Radius of the array's loops, mm: sensitivity reaches about that deep.
    pub loop_radius_mm: f64,
    /// Distance of the spine array below the isocentre, mm.
    pub table_below_isocentre_mm: f64,
    /// Half the length of the array along the table, mm.
    pub half_length_mm: f64,
    /// Middle of the arrays, from the isocentre towards the patient's head, mm.
    pub centre_mm: f64,
    /// Sensitivity of the array on the patient's upper side relative to the spine array, 0…1; 0: none.
    pub upper_array: f64,
    /// Part of the fall-off that receive normalization takes out of the images, 0…1.
    pub normalization: f64,
}

impl Default for Coil {
    /// Loops of 12 cm and a table 12 cm below the isocentre are usual; the rest by eye, project choices.
    fn default() -> Self {
        Self {
            loop_radius_mm: 120.0,
            table_below_isocentre_mm: 120.0,
            half_length_mm: 230.0,
            centre_mm: 0.0,
            upper_array: 0.35,
            normalization: 0.75,
        }
    }
}

impl Coil {
    /// The first value that no coil can have.
    pub(crate) fn check(&self) -> Result<(), (&'static str, f64)> {
        for (field, value, low, high) in [
            ("loop-radius-mm", self.loop_radius_mm, 1.0, 1e4),
            ("table-below-isocentre-mm", self.table_below_isocentre_mm, 0.0, 1e4),
            ("half-length-mm", self.half_length_mm, 1.0, 1e4),
            ("centre-mm", self.centre_mm, -1e4, 1e4),
            ("upper-array", self.upper_array, 0.0, 1.0),
            ("normalization", self.normalization, 0.0, 1.0),
        ] {
            if !(low..=high).contains(&value) {
                return Err((field, value));
            }
        }
        Ok(())
    }

    /// The coil as a patient who lies in `position` meets it; of the spine array some elements may be dead.
    pub(crate) fn under(&self, position: PatientPosition, dead_elements: &[usize]) -> PlacedCoil {
        PlacedCoil {
            coil: *self,
            down: position.down().into_inner().map(|x| x as f32).into(),
            dead: dead_elements.to_vec(),
        }
    }
}

/// A coil in patient coordinates.
pub(crate) struct PlacedCoil {
    coil: Coil,
    down: [f32; 3],
    dead: Vec<usize>,
}

impl PlacedCoil {
    /// Sensitivity at a place with the elements that live.
    pub fn received(&self, point: &Point) -> f32 {
        if self.dead.is_empty() {
            return self.sensitivity(point);
        }
        let pitch = (2.0 * self.coil.half_length_mm / COIL_ELEMENTS as f64) as f32;
        // Elements overlap: each adds a bell two pitches wide to the sum of squares, all of them 1.
        let share = |element: usize| {
            let middle = self.coil.half_length_mm as f32 - (element as f32 + 0.5) * pitch;
            let away = ((self.along(point) - middle) / pitch).abs().min(1.0);
            0.5 + 0.5 * (std::f32::consts::PI * away).cos()
        };
        let lost: f32 = self.dead.iter().map(|&element| share(element)).sum();
        // Neighbours and the upper array see a little of what a dead element would have seen.
        self.sensitivity(point) * (1.0 - lost).max(0.02).sqrt()
    }

    /// Distance from the middle of the arrays towards the head, mm.
    fn along(&self, point: &Point) -> f32 {
        (point.z - self.coil.centre_mm) as f32
    }

    /// Sensitivity of the whole array at a place, 1 at the centre of the spine array. A loop of radius a has on its axis, at
    /// the distance d, the field (1 + d²/a²)^(−3/2) (Biot–Savart, by reciprocity the sensitivity); the
    /// arrays add as sum of squares, and fade over about a loop's radius at their ends.
    pub fn sensitivity(&self, point: &Point) -> f32 {
        let coil = &self.coil;
        let (radius, table) = (coil.loop_radius_mm as f32, coil.table_below_isocentre_mm as f32);
        let [x, y, z] = [point.x as f32, point.y as f32, point.z as f32];
        let depth = x * self.down[0] + y * self.down[1] + z * self.down[2];
        let loop_field = |distance: f32| {
            let s = 1.0 + (distance / radius).powi(2);
            1.0 / (s * s.sqrt())
        };
        let (spine, upper) = (loop_field(table - depth), coil.upper_array as f32 * loop_field(table + depth));
        let beyond = ((self.along(point).abs() - coil.half_length_mm as f32) / (0.25 * radius)).exp();
        (spine * spine + upper * upper).sqrt() / (1.0 + beyond)
    }

    /// Factor by which normalization brightens a place of the given sensitivity.
    pub fn normalization(&self, sensitivity: f32) -> f32 {
        // Scanners stop amplifying where there is next to nothing to amplify.
        sensitivity.max(0.02).powf(-(self.coil.normalization as f32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_array_sees_the_side_that_lies_on_the_table() {
        let (front, back) = (Point::new(0.0, -80.0, 0.0), Point::new(0.0, 80.0, 0.0));
        let supine = Coil::default().under(PatientPosition::HeadFirstSupine, &[]);
        assert!(supine.sensitivity(&back) > 2.0 * supine.sensitivity(&front));
        let prone = Coil::default().under(PatientPosition::HeadFirstProne, &[]);
        assert!((prone.sensitivity(&front) - supine.sensitivity(&back)).abs() < 1e-6);
    }

    #[test]
    fn the_arrays_are_bright_where_they_are_switched_on() {
        let moved = Coil { centre_mm: 150.0, ..Coil::default() }.under(PatientPosition::HeadFirstSupine, &[0]);
        let still = Coil::default().under(PatientPosition::HeadFirstSupine, &[0]);
        for z in [-300.0, -100.0, 0.0, 180.0, 400.0] {
            let (there, here) = (Point::new(5.0, 60.0, z + 150.0), Point::new(5.0, 60.0, z));
            assert!((moved.received(&there) - still.received(&here)).abs() < 1e-6, "at {z} mm");
        }
    }

    #[test]
    fn normalization_evens_out_most_of_the_fall_off() {
        let coil = Coil::default().under(PatientPosition::HeadFirstSupine, &[]);
        let seen = |y| {
            let s = coil.sensitivity(&Point::new(0.0, y, 0.0));
            (s, s * coil.normalization(s))
        };
        let (near, deep) = (seen(90.0), seen(-40.0));
        assert!(near.1 / deep.1 < 0.6 * near.0 / deep.0 && near.1 > deep.1);
    }
}
