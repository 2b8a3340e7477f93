//! Each artefact appears where physics predicts it, grows with its size, and is absent when it is off.

use geometry::{Direction, Grid, PatientPosition, PhaseEncoding, Point, SliceGroup, SliceTarget, Vector, Volume};
use phantom::Motion;
use randomness::Stream;
use scanner::{
    Coil, DixonImage, Faults, Implant, Saturation, Scanner, Sequence, SeriesProtocol, Subject, Substance, acquire,
};

/// Boxes in air; where boxes overlap, the first counts.
#[derive(Default)]
struct Boxes {
    boxes: Vec<([Point; 2], Substance)>,
    motion: Motion,
    implants: Vec<Implant>,
}

impl Subject for Boxes {
    fn substances(&self, _field_t: f64) -> Vec<Substance> {
        std::iter::once(Substance::AIR).chain(self.boxes.iter().map(|(_, substance)| *substance)).collect()
    }
    fn rasterize(&self, grid: &Grid) -> Volume<u8> {
        let inside = |p: Point, [low, high]: &[Point; 2]| (0..3).all(|axis| (low[axis]..high[axis]).contains(&p[axis]));
        Volume::from_fn(grid.clone(), |p| {
            self.boxes.iter().position(|(corners, _)| inside(p, corners)).map_or(0, |n| n as u8 + 1)
        })
    }
    fn position(&self) -> PatientPosition {
        PatientPosition::HeadFirstSupine
    }
    fn texture_seed(&self) -> u64 {
        3
    }
    fn motion(&self) -> Motion {
        self.motion
    }
    fn implants(&self) -> Vec<Implant> {
        self.implants.clone()
    }
}

const WATER: Substance = Substance::water(800.0, 400.0, 1.0);
const FAT: Substance = Substance::fat(250.0, 120.0, 1.0);

fn cube(low: [f64; 3], high: [f64; 3], substance: Substance) -> Boxes {
    Boxes { boxes: vec![([Point::from(low), Point::from(high)], substance)], ..Boxes::default() }
}

/// A sagittal stack: rows along y (readout), columns along −z (phase encoding), 2 mm pixels, 128 mm.
fn stack() -> SliceGroup {
    SliceGroup {
        name: "test".into(),
        target: SliceTarget::Sagittal,
        centre: Point::origin(),
        row: Vector::y_axis(),
        column: Direction::new_normalize(-Vector::z()),
        slices: 1,
        thickness_mm: 4.0,
        gap_mm: 0.0,
        fov_mm: [128.0, 128.0],
        matrix: [64, 64],
        phase_encoding: PhaseEncoding::Column,
    }
}

fn spin_echo() -> SeriesProtocol {
    let series = SeriesProtocol::plain("test", Sequence::SpinEcho { tr_ms: 1000.0, te_ms: 15.0 }, 220.0);
    SeriesProtocol { averages: 100, ..series }
}

fn machine(faults: Faults) -> Scanner {
    let coil = Coil { loop_radius_mm: 5000.0, upper_array: 0.0, half_length_mm: 5000.0, ..Coil::default() };
    Scanner { field_t: 1.5, coil, faults }
}

fn image_with(subject: &Boxes, faults: Faults, series: &SeriesProtocol) -> Volume<f32> {
    acquire(subject, &machine(faults), series, &stack(), &Saturation::default(), &Stream::from_seed(2))
}

fn image_of(subject: &Boxes, series: &SeriesProtocol) -> Volume<f32> {
    image_with(subject, Faults::default(), series)
}

/// Signal at a point (y, z), in plane x = 0.
fn at(images: &Volume<f32>, y: f64, z: f64) -> f32 {
    images.trilinear(&Point::new(0.0, y, z)).expect("within the image")
}

/// Where the signal along a line of y falls through half of `full`, from inside a box outwards, mm.
fn edge_y(images: &Volume<f32>, z: f64, from: f64, full: f32) -> f64 {
    (0..600).map(|n| from + 0.1 * f64::from(n)).find(|&y| at(images, y, z) < full / 2.0).expect("an edge")
}

#[test]
fn signal_outside_the_field_of_view_wraps_and_oversampling_removes_it() {
    // 128 mm of view; the box lies 80 to 100 mm to the head, so it wraps to −48 … −28.
    let subject = cube([-20.0, -20.0, 80.0], [20.0, 20.0, 100.0], WATER);
    let wrapped = image_of(&subject, &spin_echo());
    let full = at(&wrapped, 0.0, -38.0);
    assert!(full > 200.0 && at(&wrapped, 0.0, 20.0) < 0.05 * full);
    let oversampled = image_of(&subject, &SeriesProtocol { phase_oversampling: 1.0, ..spin_echo() });
    assert!(at(&oversampled, 0.0, -38.0) < 0.05 * full);
    // The readout filter removes signal from beyond the field of view.
    let beside = image_of(&cube([-20.0, 80.0, -10.0], [20.0, 100.0, 10.0], WATER), &spin_echo());
    assert!(at(&beside, -38.0, 0.0) < 0.05 * full);
}

#[test]
fn fat_is_displaced_along_the_readout_by_its_shift_over_the_bandwidth() {
    let displaced = |bandwidth: f64| {
        let series = SeriesProtocol { bandwidth_hz_per_px: bandwidth, ..spin_echo() };
        let edge = |substance| {
            let images = image_of(&cube([-20.0, -30.0, -20.0], [20.0, 20.0, 20.0], substance), &series);
            edge_y(&images, 0.0, 0.0, at(&images, 0.0, 0.0))
        };
        edge(FAT) - edge(WATER)
    };
    // −3.4 ppm at 1.5 T are −217 Hz: one pixel of 2 mm at 217 Hz per pixel.
    for bandwidth in [110.0, 217.0, 434.0] {
        let (found, expected) = (displaced(bandwidth), -217.15 / bandwidth * 2.0);
        assert!((found - expected).abs() < 0.25, "{bandwidth} Hz/px: {found} mm, expected {expected}");
    }
}

#[test]
fn opposed_phase_has_black_boundaries_and_dixon_separates_water_and_fat() {
    let mut subject = cube([-20.0, -40.0, -30.0], [20.0, 1.0, 30.0], WATER);
    subject.boxes.push(([Point::new(-20.0, 1.0, -30.0), Point::new(20.0, 40.0, 30.0)], FAT));
    let image = |dixon| {
        let series = SeriesProtocol { dixon: Some(dixon), bandwidth_hz_per_px: 2000.0, ..spin_echo() };
        image_of(&subject, &series)
    };
    let (in_phase, opposed) = (image(DixonImage::InPhase), image(DixonImage::OpposedPhase));
    let least = |images: &Volume<f32>| (-20..20).map(|n| at(images, 0.2 * f64::from(n), 0.0)).fold(f32::MAX, f32::min);
    assert!(least(&opposed) < 0.35 * least(&in_phase), "{} against {}", least(&opposed), least(&in_phase));
    let (water, fat) = (image(DixonImage::Water), image(DixonImage::Fat));
    assert!(at(&water, 20.0, 0.0) < 0.05 * at(&water, -20.0, 0.0));
    assert!(at(&fat, -20.0, 0.0) < 0.05 * at(&fat, 20.0, 0.0));
}

#[test]
fn fat_saturation_and_stir_suppress_only_fat() {
    let mut subject = cube([-20.0, -40.0, -30.0], [20.0, 0.0, 30.0], WATER);
    subject.boxes.push(([Point::new(-20.0, 0.0, -30.0), Point::new(20.0, 40.0, 30.0)], FAT));
    let plain = image_of(&subject, &spin_echo());
    let saturated = image_of(&subject, &SeriesProtocol { fat_saturation: true, ..spin_echo() });
    assert!(at(&saturated, 20.0, 0.0) < 0.1 * at(&plain, 20.0, 0.0));
    assert!((at(&saturated, -20.0, 0.0) / at(&plain, -20.0, 0.0) - 1.0).abs() < 0.05);
    let stir = Sequence::InversionRecovery {
        tr_ms: 4500.0,
        te_ms: 20.0,
        ti_ms: 173.0,
        echo_train_length: 4,
        echo_spacing_ms: 10.0,
    };
    let stir = image_of(&subject, &SeriesProtocol { sequence: stir, ..spin_echo() });
    assert!(at(&stir, 20.0, 0.0) < 0.08 * at(&stir, -20.0, 0.0));
}

#[test]
fn a_gradient_error_of_two_percent_enlarges_the_object_by_two_percent() {
    let size = |error: f64| {
        let faults = Faults { gradient_error: [0.0, error, 0.0], ..Faults::default() };
        let images = image_with(&cube([-20.0, -50.0, -20.0], [20.0, 50.0, 20.0], WATER), faults, &spin_echo());
        edge_y(&images, 0.0, 20.0, at(&images, 0.0, 0.0))
    };
    assert!((size(0.02) / size(0.0) - 1.02).abs() < 0.004, "{} against {}", size(0.02), size(0.0));
}

#[test]
fn a_slice_twice_as_thick_halves_the_signal_of_a_thin_sheet() {
    let sheet = cube([-1.0, -30.0, -30.0], [1.0, 30.0, 30.0], WATER);
    let signal = |error: f64| {
        let faults = Faults { slice_thickness_error: error, ..Faults::default() };
        at(&image_with(&sheet, faults, &spin_echo()), 0.0, 0.0)
    };
    // Two of four millimetres, then two of eight.
    assert!((signal(1.0) / signal(0.0) - 0.5).abs() < 0.05, "{}", signal(1.0) / signal(0.0));
}

#[test]
fn the_n_half_ghost_has_its_amplitude_half_a_field_of_view_away() {
    let subject = cube([-20.0, -20.0, 20.0], [20.0, 20.0, 44.0], WATER);
    let faults = Faults { ghost: 0.1, ..Faults::default() };
    let images = image_with(&subject, faults, &SeriesProtocol { averages: 10_000, ..spin_echo() });
    let ratio = at(&images, 0.0, 32.0 - 64.0) / at(&images, 0.0, 32.0);
    assert!((ratio - 0.1).abs() < 0.01, "ratio {ratio}");
}

/// Mean signal above and below a box that stands for the abdomen, in air.
fn beside(images: &Volume<f32>) -> f32 {
    let columns = || (-29..=-11).map(|n| 2.0 * f64::from(n));
    let rows = || (13..=30).flat_map(|n| [2.0 * f64::from(n), -2.0 * f64::from(n)]);
    let places: Vec<f32> = columns().flat_map(|y| rows().map(move |z| (y, z))).map(|(y, z)| at(images, y, z)).collect();
    places.iter().sum::<f32>() / places.len() as f32
}

#[test]
fn breathing_pulsation_and_movement_cause_ghosts_along_phase_encoding() {
    let belly = |motion| Boxes { motion, ..cube([-20.0, -60.0, -20.0], [20.0, -20.0, 20.0], WATER) };
    let single = SeriesProtocol { averages: 1, bandwidth_hz_per_px: 40.0, ..spin_echo() };
    let still = beside(&image_of(&belly(Motion::STILL), &single));
    let calm = beside(&image_of(&belly(Motion { breathing_mm: 4.0, ..Motion::STILL }), &single));
    let deep = beside(&image_of(&belly(Motion { breathing_mm: 14.0, ..Motion::STILL }), &single));
    assert!(calm > 1.05 * still && deep > 1.2 * calm, "{still}, {calm}, {deep}");

    let mut sac = belly(Motion { pulsation: 2.0, ..Motion::STILL });
    // With TR at three quarters of a heartbeat the ghosts lie far from the object.
    let sequence = Sequence::SpinEcho { tr_ms: 690.0, te_ms: 15.0 };
    let quick = SeriesProtocol { sequence, ..single.clone() };
    let quiet = beside(&image_of(&sac, &quick));
    sac.boxes[0].1.pulsates = true;
    let beating = beside(&image_of(&sac, &quick));
    assert!(beating > 1.1 * quiet, "{beating} against {quiet}");

    // A movement during the series doubles the edges.
    let (rest, moved) =
        (image_of(&belly(Motion::STILL), &single), Motion { bulk_mm: 6.0, bulk_deg: 3.0, ..Motion::STILL });
    let moved = image_of(&belly(moved), &single);
    let (difference, sum) = rest
        .data
        .iter()
        .zip(&moved.data)
        .fold((0.0, 0.0), |(difference, sum), (a, b)| (difference + (a - b).abs(), sum + a));
    assert!(difference > 0.1 * sum, "{difference} of {sum}");
}

#[test]
fn crossing_slices_darken_fluid_more_than_tissue() {
    let left = |t1: f64| {
        let subject = cube([-20.0, -50.0, -50.0], [20.0, 50.0, 50.0], Substance::water(t1, 400.0, 1.0));
        let other = SliceGroup { row: Vector::x_axis(), column: Vector::y_axis(), ..stack() };
        let crossing = [other];
        let saturation = Saturation { bands: &[], crossing: &crossing };
        let images = acquire(
            &subject,
            &machine(Faults::default()),
            &SeriesProtocol { sequence: Sequence::SpinEcho { tr_ms: 3000.0, te_ms: 15.0 }, ..spin_echo() },
            &stack(),
            &saturation,
            &Stream::from_seed(2),
        );
        at(&images, 0.0, 0.0) / at(&images, 0.0, 30.0)
    };
    let (tissue, fluid) = (left(600.0), left(4000.0));
    assert!(fluid < 0.75 && tissue > 0.88 && tissue < 1.0, "fluid {fluid}, tissue {tissue}");
}

#[test]
fn metal_causes_voids_and_pile_up_that_shrink_at_high_bandwidth() {
    let disturbed = |bandwidth: f64| {
        let series = SeriesProtocol { bandwidth_hz_per_px: bandwidth, ..spin_echo() };
        let mut subject = cube([-30.0, -50.0, -50.0], [30.0, 50.0, 50.0], WATER);
        let clean = image_of(&subject, &series);
        subject.implants =
            vec![Implant { centre: Point::origin(), radius_mm: 5.0, susceptibility_ppm: Implant::TITANIUM_PPM }];
        let metal = image_of(&subject, &series);
        let pairs = clean.data.iter().zip(&metal.data).filter(|(clean, _)| **clean > 100.0);
        let (mut dark, mut bright) = (0, 0);
        for (clean, metal) in pairs {
            dark += usize::from(*metal < 0.5 * clean);
            bright += usize::from(*metal > 1.5 * clean);
        }
        (dark, bright)
    };
    let ((dark, bright), (less_dark, less_bright)) = (disturbed(110.0), disturbed(880.0));
    assert!(dark > 20 && bright > 10, "{dark} dark and {bright} bright pixels");
    assert!(2 * less_dark < dark && 2 * less_bright < bright, "{less_dark} dark and {less_bright} bright pixels");
}

#[test]
fn spikes_dead_elements_and_transmit_loss_change_the_image_where_they_should() {
    let subject = cube([-30.0, -50.0, -50.0], [30.0, 50.0, 50.0], WATER);
    let clean = image_of(&subject, &spin_echo());
    let spiky = image_with(&subject, Faults { spikes: 3.0, ..Faults::default() }, &spin_echo());
    let difference = |a: &Volume<f32>, b: &Volume<f32>| {
        let squares: f32 = a.data.iter().zip(&b.data).map(|(a, b)| (a - b).powi(2)).sum();
        (squares / a.data.len() as f32).sqrt()
    };
    assert!(difference(&clean, &spiky) > 5.0, "{}", difference(&clean, &spiky));

    let coil = Coil { upper_array: 0.0, ..Coil::default() };
    let with = |faults: Faults| {
        let scanner = Scanner { field_t: 1.5, coil, faults };
        let long = SliceGroup { fov_mm: [448.0, 128.0], matrix: [112, 64], ..stack() };
        let subject = cube([-30.0, -50.0, -210.0], [30.0, 50.0, 210.0], WATER);
        acquire(&subject, &scanner, &spin_echo(), &long, &Saturation::default(), &Stream::from_seed(2))
    };
    let (whole, dead) = (with(Faults::default()), with(Faults { dead_elements: vec![1], ..Faults::default() }));
    // Element 1 lies 153 to 77 mm to the head.
    let left = |z: f64| at(&dead, 0.0, z) / at(&whole, 0.0, z);
    assert!(left(115.0) < 0.5 && left(-115.0) > 0.97, "{} and {}", left(115.0), left(-115.0));
    let weak = with(Faults { transmit_loss: 0.3, ..Faults::default() });
    let kept = |z: f64| at(&weak, 0.0, z) / at(&whole, 0.0, z);
    assert!(kept(0.0) > 0.99 && kept(190.0) < 0.8, "{} and {}", kept(0.0), kept(190.0));
}

#[test]
fn a_long_echo_train_blurs_short_t2_more_than_long_t2() {
    let steepest = |t2: f64| {
        let tse = Sequence::TurboSpinEcho {
            tr_ms: 3000.0,
            te_ms: 10.0,
            echo_train_length: 16,
            echo_spacing_ms: 10.0,
            restore: false,
            three_d: false,
        };
        let series = SeriesProtocol { sequence: tse, ..spin_echo() };
        let images =
            image_of(&cube([-20.0, -30.0, -20.0], [20.0, 30.0, 20.0], Substance::water(800.0, t2, 1.0)), &series);
        let profile: Vec<f32> = (-20..=20).map(|n| at(&images, 0.0, 20.0 + 0.5 * f64::from(n))).collect();
        let steps = profile.windows(2).map(|pair| (pair[0] - pair[1]).abs()).fold(0.0, f32::max);
        steps / at(&images, 0.0, 0.0)
    };
    assert!(steepest(30.0) < 0.8 * steepest(1000.0), "{} against {}", steepest(30.0), steepest(1000.0));
}
