//! Receive coils: sensitivity and normalization.

use geometry::{PatientPosition, Point};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::faults::COIL_ELEMENTS;

/// The spine array in the table, with an optional body array on top.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Coil {
    /// Radius of the array's loops, mm: about the depth that it is sensitive to.
    pub loop_radius_mm: f64,
    /// Distance of the spine array below the isocentre, mm.
    pub table_below_isocentre_mm: f64,
    /// Half the length of the array along the table, mm.
    pub half_length_mm: f64,
    /// Centre of the arrays relative to the isocentre, towards the patient's head, mm.
    pub centre_mm: f64,
    /// Sensitivity of the body array on top of the patient relative to the spine array, 0…1; 0: no body array.
    pub upper_array: f64,
    /// Fraction of the sensitivity fall-off that receive normalization removes from the images, 0…1.
    pub normalization: f64,
}

impl Default for Coil {
    /// Loops of 12 cm and a table 12 cm below the isocentre are usual; the rest are project choices, by visual comparison.
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
    /// The first value outside its limits, with these.
    pub(crate) fn check(&self) -> Result<(), (&'static str, f64, [f64; 2])> {
        for (field, value, low, high) in [
            ("loop-radius-mm", self.loop_radius_mm, 1.0, 1e4),
            ("table-below-isocentre-mm", self.table_below_isocentre_mm, 0.0, 1e4),
            ("half-length-mm", self.half_length_mm, 1.0, 1e4),
            ("centre-mm", self.centre_mm, -1e4, 1e4),
            ("upper-array", self.upper_array, 0.0, 1.0),
            ("normalization", self.normalization, 0.0, 1.0),
        ] {
            if !(low..=high).contains(&value) {
                return Err((field, value, [low, high]));
            }
        }
        Ok(())
    }

    /// The coil in the coordinates of a patient in `position`, with dead elements of the spine array.
    pub(crate) fn placed(&self, position: PatientPosition, dead_elements: &[usize]) -> PlacedCoil {
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
    /// Sensitivity at a point with the dead elements missing.
    pub fn received(&self, point: &Point) -> f32 {
        if self.dead.is_empty() {
            return self.sensitivity(point);
        }
        let pitch = (2.0 * self.coil.half_length_mm / COIL_ELEMENTS as f64) as f32;
        // Elements overlap: each adds a bell two pitches wide to the sum of squares; together they add up to 1.
        let share = |element: usize| {
            let middle = self.coil.half_length_mm as f32 - (element as f32 + 0.5) * pitch;
            let away = ((self.along(point) - middle) / pitch).abs().min(1.0);
            0.5 + 0.5 * (std::f32::consts::PI * away).cos()
        };
        let lost: f32 = self.dead.iter().map(|&element| share(element)).sum();
        // Neighbours and the body array receive a little of what a dead element would have received.
        self.sensitivity(point) * (1.0 - lost).max(0.02).sqrt()
    }

    /// Distance from the centre of the arrays towards the head, mm.
    fn along(&self, point: &Point) -> f32 {
        (point.z - self.coil.centre_mm) as f32
    }

    /// Sensitivity of the whole array at a point, 1 at the centre of the spine array. On the axis of a loop of radius a, at
    /// distance d, the field is (1 + d²/a²)^(−3/2) (Biot–Savart; by reciprocity the sensitivity). The arrays combine as
    /// sum of squares, and fall off over about a loop's radius at their ends.
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

    /// Factor by which normalization brightens a point of the given sensitivity.
    pub fn normalization(&self, sensitivity: f32) -> f32 {
        // The gain is limited where there is almost no signal.
        sensitivity.max(0.02).powf(-(self.coil.normalization as f32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spine_array_is_most_sensitive_on_the_table_side() {
        let (front, back) = (Point::new(0.0, -80.0, 0.0), Point::new(0.0, 80.0, 0.0));
        let supine = Coil::default().placed(PatientPosition::HeadFirstSupine, &[]);
        assert!(supine.sensitivity(&back) > 2.0 * supine.sensitivity(&front));
        let prone = Coil::default().placed(PatientPosition::HeadFirstProne, &[]);
        assert!((prone.sensitivity(&front) - supine.sensitivity(&back)).abs() < 1e-6);
    }

    #[test]
    fn sensitivity_moves_with_the_centre_of_the_arrays() {
        let moved = Coil { centre_mm: 150.0, ..Coil::default() }.placed(PatientPosition::HeadFirstSupine, &[0]);
        let still = Coil::default().placed(PatientPosition::HeadFirstSupine, &[0]);
        for z in [-300.0, -100.0, 0.0, 180.0, 400.0] {
            let [shifted, point] = [150.0, 0.0].map(|shift| Point::new(5.0, 60.0, z + shift));
            assert!((moved.received(&shifted) - still.received(&point)).abs() < 1e-6, "at {z} mm");
        }
    }

    #[test]
    fn normalization_removes_most_of_the_fall_off() {
        let coil = Coil::default().placed(PatientPosition::HeadFirstSupine, &[]);
        let signal = |y| {
            let s = coil.sensitivity(&Point::new(0.0, y, 0.0));
            (s, s * coil.normalization(s))
        };
        let (near, deep) = (signal(90.0), signal(-40.0));
        assert!(near.1 / deep.1 < 0.6 * near.0 / deep.0 && near.1 > deep.1);
    }
}
