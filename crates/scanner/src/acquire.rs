//! One series: from the subject to magnitude images.

use geometry::{Grid, Point, SatBand, SliceGroup, Vector, Volume};
use ndarray::Array3;
use randomness::Stream;
use randomness::rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use rustfft::num_complex::{Complex32, Complex64};

use crate::bias::Bias;
use crate::coil::PlacedCoil;
use crate::k_space::KSpace;
use crate::texture::Texture;
use crate::{Scanner, SeriesProtocol, Subject, Substance, saturation};

/// Where a voxel is sampled, as fractions of its width, height and thickness: four places, no two of which
/// share a row, a column or a depth (rotated-grid supersampling). Four sub-slices average the signal
/// through the slice, and edges within the slice are smooth at no further cost.
const SAMPLES: [[f64; 3]; 4] =
    [[-0.375, -0.125, -0.375], [0.125, -0.375, 0.125], [0.375, 0.125, -0.125], [-0.125, 0.375, 0.375]];

/// Stored intensity of the equilibrium magnetization of cerebrospinal fluid at the spine array.
const FULL_SCALE: f32 = 2000.0;

/// Scans a group of slices: magnitude images in arbitrary units on `group.grid()`.
///
/// Signal equations, partial volume, coil sensitivity, saturation bands, Rician noise, k-space and
/// receive normalization. The noise of each slice has its own child of `stream`, so that the result does
/// not depend on the number of threads. Call [`SeriesProtocol::check`] first: what it refuses gives
/// meaningless images here.
pub fn acquire(
    subject: &impl Subject,
    scanner: &Scanner,
    series: &SeriesProtocol,
    group: &SliceGroup,
    sat_bands: &[SatBand],
    stream: &Stream,
) -> Volume<f32> {
    let grid = group.grid();
    let object = Object {
        sub_slices: SAMPLES.map(|sample| subject.rasterize(&shifted(&grid, group.thickness_mm, sample))),
        glows: subject.substances(scanner.field_t).iter().map(|s| Glow::of(s, series, scanner)).collect(),
        texture: Texture::new(subject.texture_seed()),
    };
    let coil = scanner.coil.under(subject.position());
    let bias = Bias::draw(scanner.field_t, &stream.child("bias", 0));
    let k_space = KSpace::new(series, group);
    let noise_sd = noise_sd(scanner, series, group);

    let slices: Vec<Vec<f32>> = (0..group.slices)
        .into_par_iter()
        .map(|k| {
            let places: Vec<Point> = places(&grid, k).collect();
            let sensitivity: Vec<f32> = places.iter().map(|place| coil.sensitivity(place)).collect();
            let mut slice = object.magnetization(k);
            for ((value, place), sensitivity) in slice.iter_mut().zip(&places).zip(&sensitivity) {
                *value *= sensitivity * bias.at(place) * saturation::left_by(sat_bands, place);
            }
            add_noise(&mut slice, noise_sd, &stream.child("noise", k as u64));
            magnitude(&k_space.pass(slice), &sensitivity, &coil)
        })
        .collect();

    let data = Array3::from_shape_vec(grid.array_shape(), slices.concat()).expect("one value a voxel");
    Volume::new(grid, data)
}

/// Noise SD of real and imaginary part before k-space is truncated and filtered.
fn noise_sd(scanner: &Scanner, series: &SeriesProtocol, group: &SliceGroup) -> f32 {
    // Truncation itself takes the noise of the missing lines away, so the full k-space counts here.
    let full = SeriesProtocol { phase_resolution: 1.0, ..series.clone() };
    (Scanner::UNIT_NOISE / full.relative_snr(group, scanner.field_t)) as f32
}

/// The grid of one of the samples of every voxel.
fn shifted(grid: &Grid, thickness_mm: f64, sample: [f64; 3]) -> Grid {
    let step = Vector::new(sample[0] * grid.spacing_mm[0], sample[1] * grid.spacing_mm[1], sample[2] * thickness_mm);
    Grid { origin: grid.origin + grid.axes * step, ..grid.clone() }
}

/// Voxel centres of slice `k`, row by row.
fn places(grid: &Grid, k: usize) -> impl Iterator<Item = Point> {
    let steps = grid.steps();
    let (along_row, along_column) = (steps.column(0).into_owned(), steps.column(1).into_owned());
    let first = grid.point([0.0, 0.0, k as f64]);
    let [columns, rows, _] = grid.shape;
    (0..rows * columns).map(move |n| first + along_row * (n % columns) as f64 + along_column * (n / columns) as f64)
}

/// What one substance contributes to a voxel.
struct Glow {
    signal: Complex32,
    texture_sd: f32,
    texture_scale_mm: f32,
}

impl Glow {
    fn of(substance: &Substance, series: &SeriesProtocol, scanner: &Scanner) -> Self {
        let phase = if substance.is_fat { series.sequence.fat_phase_rad(scanner.field_t) } else { 0.0 };
        let signal = Complex64::from_polar(1.0, phase) * series.sequence.signal(substance);
        Self {
            signal: Complex32::new(signal.re as f32, signal.im as f32),
            texture_sd: substance.texture_sd as f32,
            texture_scale_mm: substance.texture_scale_mm.max(0.1) as f32,
        }
    }
}

/// The subject as sampled for one group.
struct Object {
    sub_slices: [Volume<u8>; SAMPLES.len()],
    glows: Vec<Glow>,
    texture: Texture,
}

impl Object {
    /// Transverse magnetization of slice `k` at the echo, averaged over each voxel's samples.
    fn magnetization(&self, k: usize) -> Vec<Complex32> {
        let [columns, rows, _] = self.sub_slices[0].grid.shape;
        let mut slice = vec![Complex32::ZERO; rows * columns];
        for sub_slice in &self.sub_slices {
            let indices = sub_slice.data.index_axis(ndarray::Axis(0), k);
            for ((value, &index), place) in slice.iter_mut().zip(indices).zip(places(&sub_slice.grid, k)) {
                let Some(glow) = self.glows.get(usize::from(index)) else { continue };
                if glow.signal == Complex32::ZERO {
                    continue;
                }
                let variation = glow.texture_sd * self.texture.at(&place, glow.texture_scale_mm);
                *value += glow.signal * ((1.0 + variation).max(0.0) / SAMPLES.len() as f32);
            }
        }
        slice
    }
}

fn add_noise(slice: &mut [Complex32], sd: f32, stream: &Stream) {
    let mut rng = stream.rng();
    for value in slice {
        let (re, im): (f32, f32) = (StandardNormal.sample(&mut rng), StandardNormal.sample(&mut rng));
        *value += Complex32::new(re, im) * sd;
    }
}

fn magnitude(slice: &[Complex32], sensitivity: &[f32], coil: &PlacedCoil) -> Vec<f32> {
    let brightened = slice.iter().zip(sensitivity);
    brightened.map(|(value, &s)| FULL_SCALE * value.norm_sqr().sqrt() * coil.normalization(s)).collect()
}
