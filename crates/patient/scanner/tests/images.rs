//! What a medical physicist would measure on a test object.

use geometry::{Grid, PatientPosition, Point, SatBand, SliceGroup, SliceTarget, Vector, Volume};
use randomness::Stream;
use scanner::{Coil, Faults, Protocol, Saturation, Scanner, Sequence, SeriesProtocol, Subject, Substance, acquire};

/// A box of water, from corner to corner, in air.
struct Tank([Point; 2]);

impl Subject for Tank {
    fn substances(&self, _field_t: f64) -> Vec<Substance> {
        vec![Substance::AIR, Substance::water(800.0, 400.0, 1.0)]
    }
    fn rasterize(&self, grid: &Grid) -> Volume<u8> {
        let [low, high] = &self.0;
        Volume::from_fn(grid.clone(), |p| u8::from((0..3).all(|axis| (low[axis]..high[axis]).contains(&p[axis]))))
    }
    fn position(&self) -> PatientPosition {
        PatientPosition::HeadFirstSupine
    }
    fn texture_seed(&self) -> u64 {
        1
    }
}

fn full_tank() -> Tank {
    Tank([Point::new(-300.0, -300.0, -300.0), Point::new(300.0, 300.0, 300.0)])
}

/// A scanner with uniform sensitivity over the small groups used here.
fn uniform_scanner() -> Scanner {
    let coil = Coil { loop_radius_mm: 5000.0, upper_array: 0.0, half_length_mm: 5000.0, ..Coil::default() };
    Scanner { field_t: 1.5, coil, faults: Faults::default() }
}

fn series() -> SeriesProtocol {
    SeriesProtocol::plain("test", Sequence::SpinEcho { tr_ms: 500.0, te_ms: 15.0 }, 400.0)
}

fn group() -> SliceGroup {
    let protocol = Protocol::builtin("lumbar-1.5t").expect("ships");
    let small =
        geometry::StackGeometry { slices: 3, thickness_mm: 4.0, gap_mm: 0.0, fov_mm: [64.0, 64.0], matrix: [64, 64] };
    let [sagittal, ..] = scanner::localizer(&protocol);
    small.at("test", SliceTarget::Sagittal, Point::origin(), sagittal.row, sagittal.column)
}

fn scan(subject: &Tank, series: &SeriesProtocol, group: &SliceGroup, seed: u64) -> Volume<f32> {
    acquire(subject, &uniform_scanner(), series, group, &Saturation::default(), &Stream::from_seed(seed))
}

/// SNR of a uniform image: mean over the SD of the differences between neighbours / √2, which slow shading does not
/// affect. The filter correlates neighbours, by the same factor in every series compared here.
fn snr(series: &SeriesProtocol, group: &SliceGroup) -> f64 {
    snr_at(1.5, series, group)
}

fn snr_at(field_t: f64, series: &SeriesProtocol, group: &SliceGroup) -> f64 {
    let scanner = Scanner { field_t, ..uniform_scanner() };
    let images = acquire(&full_tank(), &scanner, series, group, &Saturation::default(), &Stream::from_seed(1));
    let mut sum = 0.0;
    let mut square = 0.0;
    let mut pairs = 0.0;
    for row in images.data.rows() {
        for pair in row.as_slice().expect("contiguous").chunks_exact(2) {
            sum += f64::from(pair[0] + pair[1]) / 2.0;
            square += f64::from(pair[0] - pair[1]).powi(2) / 2.0;
            pairs += 1.0;
        }
    }
    (sum / pairs) / (square / pairs).sqrt()
}

#[test]
fn snr_grows_with_voxel_volume_averages_and_field_and_falls_with_bandwidth() {
    let reference = snr(&series(), &group());
    let close = |found: f64, factor: f64, what: &str| {
        assert!((found / reference / factor - 1.0).abs() < 0.08, "{what}: {found} against {reference}");
    };
    close(snr(&series(), &SliceGroup { thickness_mm: 8.0, ..group() }), 2.0, "slices twice as thick");
    close(snr(&SeriesProtocol { averages: 4, ..series() }, &group()), 2.0, "four averages");
    close(snr(&SeriesProtocol { bandwidth_hz_per_px: 1600.0, ..series() }, &group()), 0.5, "four times the bandwidth");
    close(snr(&series(), &SliceGroup { fov_mm: [64.0, 128.0], ..group() }), 2.0, "pixels twice as wide");
    close(snr_at(3.0, &series(), &group()), 2.0, "twice the field");
}

#[test]
fn an_object_appears_at_its_position() {
    // A box in front of, above and to the left of the isocentre.
    let tank = Tank([Point::new(2.0, -20.0, 10.0), Point::new(6.0, -10.0, 15.0)]);
    let quiet = SeriesProtocol { averages: 100, ..series() };
    let images = scan(&tank, &quiet, &group(), 2);
    let bright: Vec<_> = images.data.indexed_iter().filter(|(_, v)| **v > 150.0).map(|(index, _)| index).collect();
    assert!(!bright.is_empty());
    for (k, j, i) in bright {
        let place = images.grid.point([i as f64, j as f64, k as f64]);
        let inside =
            (0.0..8.0).contains(&place.x) && (-22.0..-8.0).contains(&place.y) && (8.0..17.0).contains(&place.z);
        assert!(inside, "signal at {place}");
        // Slices advance to the right, rows to the feet, columns to the back.
        assert!(k == 0 && j < 32 && i < 32);
    }
}

#[test]
fn a_slice_half_in_water_has_half_the_signal() {
    // The middle slice reaches from −2 to 2 mm.
    let tank = |right| Tank([Point::new(right, -300.0, -30.0), Point::new(300.0, 300.0, 30.0)]);
    let quiet = SeriesProtocol { averages: 10_000, ..series() };
    let (whole, half) = (scan(&tank(-300.0), &quiet, &group(), 3), scan(&tank(0.0), &quiet, &group(), 3));
    let ratio = half.data[[1, 32, 32]] / whole.data[[1, 32, 32]];
    assert!((ratio - 0.5).abs() < 0.02, "ratio {ratio}");
}

#[test]
fn a_saturation_band_suppresses_what_it_covers() {
    let band = SatBand {
        name: "anterior".into(),
        centre: Point::new(0.0, -32.0, 0.0),
        normal: Vector::y_axis(),
        thickness_mm: 40.0,
    };
    let images =
        acquire(&full_tank(), &uniform_scanner(), &series(), &group(), &Saturation::by(&[band]), &Stream::from_seed(4));
    let mean = |columns: std::ops::Range<usize>| {
        let seen = images.data.slice(ndarray::s![1, .., columns]);
        seen.mean().expect("not empty")
    };
    assert!(mean(4..14) < 0.25 * mean(44..60), "{} {}", mean(4..14), mean(44..60));
}

#[test]
fn images_are_identical_on_one_thread_and_on_four() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| scan(&full_tank(), &series(), &group(), 5))
    };
    assert_eq!(on(1), on(4));
    assert_ne!(on(1), scan(&full_tank(), &series(), &group(), 6));
}
