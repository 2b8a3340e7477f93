//! The ACR large MRI phantom (American College of Radiology, Large and Medium Phantom Test Guidance), with its
//! axis along z and slice 1 at the foot end.
//!
//! | slice | insert |
//! | --- | --- |
//! | 1 | hole arrays of 1.1, 1.0 and 0.9 mm, two crossed ramps of 1:10, two crossed wedges of 45° |
//! | 5 | a grid |
//! | 7 | none: uniform solution |
//! | 8 to 11 | spokes of low-contrast discs, 1.4 to 5.1 % |
//! | 11 | two crossed wedges of 45° |

use geometry::{Grid, PatientPosition, PhaseEncoding, Point, SliceGroup, SliceTarget, Vector, Volume};
use scanner::{Sequence, SeriesProtocol, Subject, Substance};

/// 10 mmol/l nickel chloride and 75 mmol/l sodium chloride in water: relaxation times at 1.5 T, order of magnitude
/// from nickel's relaxivities (0.6 and 0.7 s⁻¹ per mmol/l).
pub const SOLUTION: Substance = Substance::water(155.0, 130.0, 1.0);

/// Inner radius and half the inner length, mm.
const RADIUS_MM: f64 = 95.0;
const HALF_LENGTH_MM: f64 = 74.0;

/// Distance between the centres of neighbouring slices, mm.
const STEP_MM: f64 = 10.0;

/// Half the extent of a slice's insert along z, mm.
const REACH_MM: f64 = 4.9;

/// Indices of the substances.
const AIR: u8 = 0;
const WATER: u8 = 1;
const ACRYLIC: u8 = 2;
const FIRST_CONTRAST: u8 = 3;

/// Signal loss in the low-contrast discs of slices 8 to 11.
const CONTRASTS: [f64; 4] = [0.014, 0.025, 0.036, 0.051];

/// Diameters of the low-contrast discs by spoke, mm, and their distances from the centre, mm.
const SPOKE_MM: [f64; 10] = [7.0, 6.4, 5.8, 5.2, 4.6, 3.9, 3.3, 2.7, 2.1, 1.5];
const SPOKE_AT_MM: [f64; 3] = [12.75, 25.5, 38.25];

/// Centres of the hole arrays (upper left, lower right of each pair) on slice 1 and diameters of their holes, mm.
const ARRAYS: [([f64; 2], f64); 6] = [
    ([-17.5, 36.0], 1.1),
    ([-10.6, 42.7], 1.1),
    ([5.6, 35.6], 1.0),
    ([12.1, 42.3], 1.0),
    ([28.3, 36.2], 0.9),
    ([34.6, 42.7], 0.9),
];

/// The virtual ACR large phantom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AcrLargePhantom;

impl AcrLargePhantom {
    /// True if a point lies in the solution.
    pub fn is_solution(place: &Point) -> bool {
        material(place) == WATER
    }
}

/// The eleven axial slices of the ACR protocol.
pub fn acr_axial() -> SliceGroup {
    SliceGroup {
        name: "ACR axial T1".into(),
        target: SliceTarget::Block(Vec::new()),
        centre: Point::origin(),
        row: Vector::x_axis(),
        column: Vector::y_axis(),
        slices: 11,
        thickness_mm: 5.0,
        gap_mm: 5.0,
        fov_mm: [250.0, 250.0],
        matrix: [256, 256],
        phase_encoding: PhaseEncoding::Column,
    }
}

/// The ACR's T1-weighted spin echo.
pub fn acr_t1() -> SeriesProtocol {
    let series = SeriesProtocol::plain("ACR axial T1", Sequence::SpinEcho { tr_ms: 500.0, te_ms: 20.0 }, 122.0);
    SeriesProtocol { averages: 2, ..series }
}

impl Subject for AcrLargePhantom {
    fn substances(&self, _field_t: f64) -> Vec<Substance> {
        let dimmed = CONTRASTS.map(|loss| Substance { proton_density: 1.0 - loss, ..SOLUTION });
        [Substance::AIR, SOLUTION, Substance::AIR].into_iter().chain(dimmed).collect()
    }

    fn rasterize(&self, grid: &Grid) -> Volume<u8> {
        Volume::from_fn(grid.clone(), |place| material(&place))
    }

    fn position(&self) -> PatientPosition {
        PatientPosition::HeadFirstSupine
    }

    fn texture_seed(&self) -> u64 {
        0
    }

    /// The ramps are half a millimetre thick: a slice of 5 mm needs many samples to show them evenly.
    fn samples_per_voxel(&self) -> usize {
        32
    }
}

fn material(place: &Point) -> u8 {
    let (x, y) = (place.x, place.y);
    if x.hypot(y) > RADIUS_MM || place.z.abs() > HALF_LENGTH_MM {
        return AIR;
    }
    let slice = (place.z / STEP_MM).round() + 6.0;
    let z = place.z - (slice - 6.0) * STEP_MM;
    // The wedges extend beyond the slice along z: a shifted slice lengthens one and shortens the other.
    match slice as i32 {
        1 if wedge(x, y, z) => ACRYLIC,
        1 => resolution_and_ramps(x, y, z),
        5 if z.abs() < REACH_MM && grid(x, y) => ACRYLIC,
        slice @ 8..=11 if z.abs() < REACH_MM => match slice {
            11 if wedge(x, y, z) => ACRYLIC,
            _ => spokes(x, y, (slice - 8) as usize),
        },
        _ => WATER,
    }
}

/// Two bars at the top, one of which lengthens and one shortens along z.
fn wedge(x: f64, y: f64, z: f64) -> bool {
    let from_top = -y - 65.0;
    match x {
        x if (-6.0..0.0).contains(&x) => from_top > z,
        x if (0.0..6.0).contains(&x) => from_top > -z,
        _ => false,
    }
}

/// The inserts of slice 1.
fn resolution_and_ramps(x: f64, y: f64, z: f64) -> u8 {
    // The peg at the upper left.
    if (x + 45.0).hypot(y + 45.0) < 20.0 {
        return ACRYLIC;
    }
    // The block with the two ramps: slots in acrylic with slopes of 1:10 in opposite directions.
    if x.abs() < 60.0 && y.abs() < 7.0 {
        let direction = if y < 0.0 { 1.0 } else { -1.0 };
        let slot = (z - direction * x / 10.0).abs() < 0.25;
        return if slot && (0.8..5.5).contains(&y.abs()) { WATER } else { ACRYLIC };
    }
    if (-26.0..44.0).contains(&x) && (29.0..50.0).contains(&y) && z.abs() < REACH_MM {
        let hole = ARRAYS.iter().any(|(middle, diameter)| in_array(x - middle[0], y - middle[1], *diameter));
        return if hole { WATER } else { ACRYLIC };
    }
    WATER
}

/// Four by four holes; their centres are two diameters apart.
fn in_array(x: f64, y: f64, diameter: f64) -> bool {
    let pitch = 2.0 * diameter;
    let nearest = |v: f64| ((v / pitch - 0.5).round().clamp(-2.0, 1.0) + 0.5) * pitch;
    (x - nearest(x)).hypot(y - nearest(y)) < diameter / 2.0
}

/// Lines of 1.5 mm, 14.5 mm apart, within a square.
fn grid(x: f64, y: f64) -> bool {
    let line = |v: f64| (v - (v / 14.5).round() * 14.5).abs() < 0.75;
    x.abs() < 66.0 && y.abs() < 66.0 && (line(x) || line(y))
}

/// Discs on ten spokes within a rim, the largest at the top of slice 8; each further slice is rotated by 9°.
fn spokes(x: f64, y: f64, contrast: usize) -> u8 {
    // The insert's rim.
    if (41.0..43.0).contains(&x.hypot(y)) {
        return ACRYLIC;
    }
    for (spoke, diameter) in SPOKE_MM.into_iter().enumerate() {
        let angle = (-90.0 + 36.0 * spoke as f64 + 9.0 * contrast as f64).to_radians();
        for distance in SPOKE_AT_MM {
            if (x - distance * angle.cos()).hypot(y - distance * angle.sin()) < diameter / 2.0 {
                return FIRST_CONTRAST + contrast as u8;
            }
        }
    }
    WATER
}

#[cfg(test)]
mod tests {
    use super::*;
    use randomness::Stream;
    use scanner::{Faults, Saturation, acquire};

    fn scan(faults: Faults) -> Volume<f32> {
        let scanner = crate::qa_scanner(1.5, faults);
        acquire(&AcrLargePhantom, &scanner, &acr_t1(), &acr_axial(), &Saturation::default(), &Stream::from_seed(1))
    }

    /// Extent of the solution along a line through the centre of slice 7, mm.
    fn diameter(images: &Volume<f32>, along: Vector) -> f64 {
        let middle = acr_axial().slice_plane(6).centre;
        let at = |mm: f64| images.trilinear(&(middle + along * mm)).unwrap_or(0.0);
        let half = at(40.0) / 2.0;
        let edge = |sign: f64| (0..1200).map(|n| 0.1 * f64::from(n)).find(|mm| at(sign * mm) < half).unwrap_or(120.0);
        edge(1.0) + edge(-1.0)
    }

    #[test]
    fn the_diameter_is_190_mm_and_grows_with_a_gradient_error() {
        let images = scan(Faults::default());
        for along in [Vector::x(), Vector::y(), (Vector::x() + Vector::y()).normalize()] {
            let found = diameter(&images, along);
            assert!((found - 190.0).abs() < 1.0, "{found} mm along {along:?}");
        }
        let large = scan(Faults { gradient_error: [0.02, 0.0, 0.0], ..Faults::default() });
        assert!((diameter(&large, Vector::x()) - 193.8).abs() < 1.0);
        assert!((diameter(&large, Vector::y()) - 190.0).abs() < 1.0);
    }

    #[test]
    fn the_ramps_measure_the_slice_thickness() {
        let length = |faults: Faults| {
            let images = scan(faults);
            let middle = acr_axial().slice_plane(0).centre;
            let at = |x: f64| images.trilinear(&(middle + Vector::new(x, -3.0, 0.0))).unwrap_or(0.0);
            let peak = at(0.0);
            (-600..600).filter(|n| at(0.1 * f64::from(*n)) > peak / 2.0).count() as f64 * 0.1
        };
        assert!((length(Faults::default()) - 50.0).abs() < 3.0);
        assert!((length(Faults { slice_thickness_error: 0.4, ..Faults::default() }) - 70.0).abs() < 4.0);
    }
}
