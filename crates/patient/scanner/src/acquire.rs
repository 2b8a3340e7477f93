//! One series: from the subject to magnitude images.

use geometry::{Grid, Point, Pose, SliceGroup, Volume};
use ndarray::Array3;
use phantom::Motion;
use randomness::Stream;
use randomness::rand::Rng;
use randomness::rand_distr::{Distribution, Poisson, StandardNormal};
use rayon::prelude::*;
use rustfft::num_complex::Complex32;

use crate::bias::Bias;
use crate::coil::PlacedCoil;
use crate::encoding::Encoding;
use crate::fat_suppression::noise_factor;
use crate::field::{MainField, transmit_factor};
use crate::k_space::Transforms;
use crate::motion::Course;
use crate::object::{Conditions, Object};
use crate::ordering::Ordering;
use crate::saturation::Saturation;
use crate::shading::smooth_over;
use crate::{Scanner, SeriesProtocol, Subject};

/// Stored intensity of the equilibrium magnetization of cerebrospinal fluid at the spine array.
const FULL_SCALE: f32 = 2000.0;

/// Amplitude of a spike, relative to the summed magnetization of a slice full of cerebrospinal fluid
/// (choice: clearly visible stripes).
const SPIKE: f32 = 0.03;

/// Scans a group of slices: magnitude images in arbitrary units on `group.grid()`.
///
/// Signal equations, partial volume, chemical shift, coil sensitivity, saturation, motion from line to line,
/// wrap-around, echo-train decay, noise, the scanner's faults, and receive normalization, reconstructed from
/// each slice's k-space. Each slice has its own random streams, so that the result does not depend on the
/// number of threads. Call [`SeriesProtocol::check`] first: a series that it refuses gives meaningless images.
pub fn acquire(
    subject: &impl Subject,
    scanner: &Scanner,
    series: &SeriesProtocol,
    group: &SliceGroup,
    saturation: &Saturation<'_>,
    stream: &Stream,
) -> Volume<f32> {
    let ordering = Ordering::new(series, group);
    let duration_s = series.scan_time_s(group).max(ordering.duration_s());
    let course = course(subject.motion(), duration_s, stream);
    let field = MainField::new(scanner, subject.implants(), &stream.child("shim", 0));
    let encoding = Encoding::new(series, group);
    let acquisition = Acquisition {
        object: Object::sample(subject, scanner, series, group, encoding, &course, field.is_homogeneous()),
        transforms: Transforms::new(encoding, series.phase_resolution, series.read_resolution),
        coil: scanner.coil.placed(subject.position(), &scanner.faults.dead_elements),
        bias: Bias::draw(scanner.field_t, &stream.child("bias", 0)),
        noise_sd: noise_sd(scanner, series, group) * (encoding.encoded as f32).sqrt(),
        scanner,
        series,
        group,
        saturation,
        stream,
        ordering,
        course,
        field,
    };
    let slices: Vec<Vec<f32>> = (0..group.slices).into_par_iter().map(|k| acquisition.slice(k)).collect();
    let grid = group.grid();
    let data = Array3::from_shape_vec(grid.array_shape(), slices.concat()).expect("one value per voxel");
    Volume::new(grid, data)
}

/// The movement of the whole patient that spoils an acquisition with this stream, if there is one: the patient's pose
/// after it, relative to the pose before. What [`acquire`] draws, as the truth of what its images suffer from.
pub fn movement(motion: Motion, stream: &Stream) -> Option<Pose> {
    // The duration decides when the patient moves, not how far.
    course(motion, 1.0, stream).movement()
}

fn course(motion: Motion, duration_s: f64, stream: &Stream) -> Course {
    Course::draw(motion, duration_s, &stream.child("motion", 0))
}

/// Noise SD of the real and the imaginary part of an image before k-space is truncated and filtered.
fn noise_sd(scanner: &Scanner, series: &SeriesProtocol, group: &SliceGroup) -> f32 {
    // Truncation itself removes the noise of the missing samples, so this is the noise of the full k-space. Fewer
    // samples in the same readout time have less noise.
    let full = SeriesProtocol { phase_resolution: 1.0, read_resolution: 1.0, ..series.clone() };
    let sd = Scanner::UNIT_NOISE / full.relative_snr(group, scanner.field_t) * series.read_resolution.sqrt();
    (sd * noise_factor(series) * (1.0 + scanner.faults.excess_noise)) as f32
}

/// What all slices of one series share.
struct Acquisition<'a> {
    scanner: &'a Scanner,
    series: &'a SeriesProtocol,
    group: &'a SliceGroup,
    saturation: &'a Saturation<'a>,
    stream: &'a Stream,
    ordering: Ordering,
    course: Course,
    field: MainField,
    object: Object,
    transforms: Transforms,
    coil: PlacedCoil,
    bias: Bias,
    /// Noise SD of the real and the imaginary part of a sample that is transformed along phase encoding.
    noise_sd: f32,
}

impl Acquisition<'_> {
    /// One slice's image, row by row.
    fn slice(&self, k: usize) -> Vec<f32> {
        let mut k_space = self.transforms.empty();
        for pose in 0..self.object.poses() {
            let images = self.magnetization(pose, k);
            for (slot, image) in images.into_iter().enumerate() {
                let Some(image) = image else { continue };
                let te_ms = self.series.sequence.te_ms();
                let start_s = self.start_s(k);
                let weights = self.object.slots[slot].weights(&self.ordering, te_ms, &self.course, pose, start_s);
                if self.object.breathes(slot) {
                    k_space.add_moving(image, &weights, &self.shifts(start_s));
                } else {
                    k_space.add(image, &weights);
                }
            }
        }
        if self.scanner.faults.ghost > 0.0 {
            k_space.add_n_half_ghost(self.scanner.faults.ghost as f32);
        }
        let mut rng = self.stream.child("noise", k as u64).rng();
        let acquired: Vec<bool> = self.ordering.lines.iter().map(Option::is_some).collect();
        k_space.add_noise(&acquired, || {
            let (re, im): (f32, f32) = (StandardNormal.sample(&mut rng), StandardNormal.sample(&mut rng));
            Complex32::new(re, im) * self.noise_sd
        });
        let image = k_space.reconstruct(&self.spikes(k));

        let grid = self.group.grid();
        let normalization = smooth_over(&grid, k, |place| self.coil.normalization(self.coil.sensitivity(place)));
        image.iter().zip(normalization).map(|(value, factor)| FULL_SCALE * value.norm_sqr().sqrt() * factor).collect()
    }

    fn magnetization(&self, pose: usize, k: usize) -> Vec<Option<Vec<Complex32>>> {
        let factor = |grid: &Grid, k: usize| {
            let mut factor = smooth_over(grid, k, |place| {
                let transmit = transmit_factor(&self.scanner.faults, &self.series.sequence, place);
                self.coil.received(place) * self.bias.at(place) * transmit
            });
            if !self.saturation.bands.is_empty() {
                let columns = grid.shape[0];
                for (n, factor) in factor.iter_mut().enumerate() {
                    let place = grid.point([(n % columns) as f64, (n / columns) as f64, k as f64]);
                    *factor *= self.saturation.remaining_after_bands(&place);
                }
            }
            factor
        };
        let shim = |grid: &Grid, k: usize| smooth_over(grid, k, |place| self.field.shim_hz(place) as f32);
        let plane = self.group.slice_plane(k);
        let [height, width] = self.group.fov_mm;
        let near = self.field.implants_near(&plane.centre, 0.5 * height.hypot(width) + self.group.thickness_mm);
        let metal = |place: &Point| self.field.shift_hz(&near, place);
        let crossed = |place: &Point| self.saturation.is_crossed(place);
        let conditions = Conditions {
            factor: &factor,
            shim_hz: (!self.field.is_homogeneous()).then_some(&shim),
            metal_hz: (!near.is_empty()).then_some(&metal),
            crossed: (!self.saturation.crossing.is_empty()).then_some(&crossed),
        };
        self.object.magnetization(pose, k, &conditions)
    }

    /// Time of a slice's first excitation, s: the slices of a spin echo are interleaved within each repetition, those of a
    /// gradient echo are acquired one after the other.
    fn start_s(&self, k: usize) -> f64 {
        if self.series.sequence.is_gradient_echo() {
            k as f64 * self.series.scan_time_s(self.group) / self.group.slices as f64
        } else {
            k as f64 / self.group.slices as f64 * self.series.sequence.tr_ms() * 1e-3
        }
    }

    /// Shift of the abdominal wall along phase encoding and readout, pixels, by line and average.
    fn shifts(&self, start_s: f64) -> Vec<Vec<[f32; 2]>> {
        let grid = self.group.grid();
        // Towards the front, in image axes.
        let along = [0, 1].map(|axis| -grid.axes.column(axis).y / grid.spacing_mm[axis]);
        let [phase, read] = if self.transforms.encoding.along_row { along } else { [along[1], along[0]] };
        let shift = |time_s: &f64| {
            let travel_mm = self.course.breath_mm(start_s + time_s);
            [(travel_mm * phase) as f32, (travel_mm * read) as f32]
        };
        let lines = self.ordering.lines.iter();
        lines.map(|line| line.as_ref().map_or(Vec::new(), |line| line.times_s.iter().map(shift).collect())).collect()
    }

    fn spikes(&self, k: usize) -> Vec<([usize; 2], Complex32)> {
        let rate = self.scanner.faults.spikes;
        if rate <= 0.0 {
            return Vec::new();
        }
        let mut rng = self.stream.child("spikes", k as u64).rng();
        let number = Poisson::new(rate).map_or(0.0, |poisson| poisson.sample(&mut rng));
        let Encoding { encoded, read, .. } = self.transforms.encoding;
        let strength = SPIKE * (encoded * read) as f32;
        (0..number as usize)
            .map(|_| {
                let place = [rng.random_range(0..encoded), rng.random_range(0..read)];
                let phase = rng.random_range(0.0..std::f32::consts::TAU);
                (place, Complex32::from_polar(strength * rng.random_range(0.3..1.0), phase))
            })
            .collect()
    }
}
