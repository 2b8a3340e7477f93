//! Metal and the field shift around it.

use geometry::Point;

/// A piece of metal, modelled as a sphere of the same volume.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Implant {
    /// Its centre, LPS mm.
    pub centre: Point,
    /// Radius of the sphere, mm.
    pub radius_mm: f64,
    /// Volume susceptibility relative to tissue, ppm (SI).
    pub susceptibility_ppm: f64,
}

impl Implant {
    /// Titanium relative to tissue, ppm (Schenck, Med Phys 1996;23:815: 182 and −9).
    pub const TITANIUM_PPM: f64 = 191.0;

    /// Field shift at a point, ppm: the dipole field outside a magnetized sphere,
    /// Δχ/3 · (a/r)³ · (3 cos²θ − 1), with θ the angle to the field, along z (Schenck 1996). Inside: 0.
    pub fn shift_ppm(&self, place: &Point) -> f64 {
        let away = place - self.centre;
        let r2 = away.norm_squared();
        if r2 <= self.radius_mm * self.radius_mm {
            return 0.0;
        }
        let cos2 = away.z * away.z / r2;
        self.susceptibility_ppm / 3.0 * (self.radius_mm * self.radius_mm / r2).powf(1.5) * (3.0 * cos2 - 1.0)
    }

    /// Distance beyond which the shift is below 0.1 ppm on the axis, mm.
    pub fn reach_mm(&self) -> f64 {
        self.radius_mm * (2.0 * self.susceptibility_ppm.abs() / 3.0 / 0.1).cbrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dipole_is_twice_as_strong_and_opposite_on_its_axis() {
        let ball = Implant { centre: Point::origin(), radius_mm: 3.0, susceptibility_ppm: Implant::TITANIUM_PPM };
        let (axis, equator) = (ball.shift_ppm(&Point::new(0.0, 0.0, 9.0)), ball.shift_ppm(&Point::new(9.0, 0.0, 0.0)));
        assert!((axis + 2.0 * equator).abs() < 1e-12 && axis > 4.0);
        assert!(ball.shift_ppm(&Point::new(0.0, 0.0, ball.reach_mm() * 1.01)) < 0.1);
    }
}
