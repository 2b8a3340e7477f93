//! Inhomogeneity of the main field (residual shim and metal) and of the transmit field.

use geometry::Point;
use randomness::{Stream, normal};

use crate::sequence::HZ_PER_PPM_AND_T;
use crate::{Faults, Implant, Scanner, Sequence};

/// Distance from the isocentre at which a fault's value holds, mm.
const REACH_MM: f64 = 200.0;

/// Off-resonance by place.
pub(crate) struct MainField {
    /// Hz at [`REACH_MM`]: the residual terms x, y, z and z² − (x² + y²)/2.
    shim_hz: [f64; 4],
    hz_per_ppm: f64,
    implants: Vec<Implant>,
}

impl MainField {
    pub fn new(scanner: &Scanner, implants: Vec<Implant>, stream: &Stream) -> Self {
        let hz_per_ppm = HZ_PER_PPM_AND_T * scanner.field_t;
        let mut rng = stream.rng();
        let mut terms: [f64; 4] = std::array::from_fn(|_| normal(&mut rng, 0.0, 1.0));
        let norm = terms.iter().map(|t| t * t).sum::<f64>().sqrt().max(1e-6);
        terms.iter_mut().for_each(|term| *term *= scanner.faults.shim_ppm * hz_per_ppm / norm);
        Self { shim_hz: terms, hz_per_ppm, implants }
    }

    /// True if it is the same everywhere.
    pub fn is_homogeneous(&self) -> bool {
        self.shim_hz == [0.0; 4] && self.implants.is_empty()
    }

    /// Off-resonance of the residual shim at a point, Hz.
    pub fn shim_hz(&self, place: &Point) -> f64 {
        let [x, y, z] = [place.x, place.y, place.z].map(|mm| mm / REACH_MM);
        let [a, b, c, d] = self.shim_hz;
        a * x + b * y + c * z + d * (z * z - 0.5 * (x * x + y * y))
    }

    /// The implants that shift the field within `radius_mm` of a point.
    pub fn implants_near(&self, place: &Point, radius_mm: f64) -> Vec<Implant> {
        let near = |implant: &&Implant| (implant.centre - place).norm() < radius_mm + implant.reach_mm();
        self.implants.iter().filter(near).copied().collect()
    }

    /// Off-resonance by the given implants at a point, Hz.
    pub fn shift_hz(&self, implants: &[Implant], place: &Point) -> f64 {
        self.hz_per_ppm * implants.iter().map(|implant| implant.shift_ppm(place)).sum::<f64>()
    }
}

/// Factor on the signal where the flip angle deviates from its nominal value: sin α for a gradient echo,
/// sin³ α for a spin echo (excitation sin α, refocusing sin² α/2 with twice the angle; Hennig 1991).
pub(crate) fn transmit_factor(faults: &Faults, sequence: &Sequence, place: &Point) -> f32 {
    if faults.transmit_loss == 0.0 {
        return 1.0;
    }
    let away = (place.coords.norm() / REACH_MM).min(2.0);
    let reached = (1.0 - faults.transmit_loss * away * away).clamp(0.05, 1.9);
    let flip = sequence.flip_deg().to_radians();
    let excited = (flip * reached).sin() / flip.sin();
    let refocused =
        if sequence.is_gradient_echo() { 1.0 } else { (std::f64::consts::FRAC_PI_2 * reached).sin().powi(2) };
    (excited * refocused).max(0.0) as f32
}
