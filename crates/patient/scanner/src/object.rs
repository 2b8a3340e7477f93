//! The subject sampled for one series: materials at several points of every voxel, and their signals.

use geometry::{Grid, Point, Pose, SliceGroup, Vector};
use nalgebra::Matrix3;
use ndarray::Array3;
use rayon::prelude::*;
use rustfft::num_complex::{Complex32, Complex64};

use crate::encoding::Encoding;
use crate::fat_suppression::{PoolFactors, pool_factors};
use crate::motion::{Course, breathing_fraction};
use crate::saturation::remaining_where_crossed;
use crate::sequence::FAT_SHIFT_HZ_PER_T;
use crate::slot::{MotionType, Slot};
use crate::texture::Texture;
use crate::{Scanner, SeriesProtocol, Subject, Substance};

/// What one substance contributes to a voxel.
struct Contribution {
    water: PoolSignal,
    fat: PoolSignal,
    texture_sd: f32,
    texture_scale_mm: f32,
    /// Fraction of the signal that remains where another group's slice crosses.
    crossed: f32,
    /// True if it gives no signal.
    dark: bool,
}

/// One pool's signal.
struct PoolSignal {
    value: Complex32,
    slot: usize,
    /// Factor on the signal by off-resonance, in steps of [`STEP_HZ`] about 0; empty if there is no effect.
    by_shift: Vec<Complex32>,
}

/// Resolution and half the range of the tables of signal by off-resonance, Hz.
const STEP_HZ: f64 = 4.0;
const RANGE_HZ: f64 = 2400.0;

impl PoolSignal {
    /// The signal at an off-resonance.
    fn at(&self, shift_hz: f64) -> Complex32 {
        if self.by_shift.is_empty() || shift_hz == 0.0 {
            return self.value;
        }
        let step = ((shift_hz.clamp(-RANGE_HZ, RANGE_HZ) + RANGE_HZ) / STEP_HZ).round() as usize;
        self.value * self.by_shift[step]
    }
}

/// A region of the encoded field of view with the materials at its samples.
struct Patch {
    /// Pixel centres.
    grid: Grid,
    /// Substances, `[slice · number + sample, row, column]`.
    samples: Array3<u8>,
    /// Number of samples per voxel.
    number: usize,
    /// Row and column of its first pixel, relative to the image's first pixel.
    first: [isize; 2],
}

/// Computes one value for each pixel of a slice of a patch.
type SliceFunction<'a> = &'a (dyn Fn(&Grid, usize) -> Vec<f32> + Sync);

/// What modifies a pixel's signal besides the subject itself.
pub(crate) struct Conditions<'a> {
    /// Factor of coil, shading and saturation bands.
    pub factor: SliceFunction<'a>,
    /// Off-resonance of the residual shim, Hz; `None` in a homogeneous field.
    pub shim_hz: Option<SliceFunction<'a>>,
    /// Off-resonance by metal at a point, Hz; `None` without metal nearby.
    pub metal_hz: Option<&'a (dyn Fn(&Point) -> f64 + Sync)>,
    /// True where another group's slice crosses; `None` without such groups.
    pub crossed: Option<&'a (dyn Fn(&Point) -> bool + Sync)>,
}

/// The subject sampled for one group, in every pose that it takes.
pub(crate) struct Object {
    poses: Vec<Vec<Patch>>,
    contributions: Vec<Contribution>,
    /// Every line weighting that occurs.
    pub slots: Vec<Slot>,
    texture: Texture,
    encoding: Encoding,
    /// Displacement along the readout, pixels per Hz.
    pixels_per_hz: f64,
    fat_hz: f64,
    breathing_slot: Option<usize>,
}

impl Object {
    pub fn sample(
        subject: &impl Subject,
        scanner: &Scanner,
        series: &SeriesProtocol,
        group: &SliceGroup,
        encoding: Encoding,
        course: &Course,
        field_is_homogeneous: bool,
    ) -> Self {
        let mut slots = Vec::new();
        let substances = subject.substances(scanner.field_t);
        let contributions = substances
            .iter()
            .map(|s| Contribution::of(s, series, scanner, course, field_is_homogeneous, &mut slots))
            .collect();
        let breathing_slot = course.breathes().then(|| slot_index(&mut slots, Slot::breathing(&series.sequence)));
        let poses = course.poses().iter().map(|pose| patches(subject, scanner, group, encoding, pose)).collect();
        Self {
            poses,
            contributions,
            slots,
            texture: Texture::new(subject.texture_seed()),
            encoding,
            pixels_per_hz: 1.0 / series.bandwidth_hz_per_px,
            fat_hz: FAT_SHIFT_HZ_PER_T * scanner.field_t,
            breathing_slot,
        }
    }

    /// True if a slot moves with the abdominal wall.
    pub fn breathes(&self, slot: usize) -> bool {
        self.slots[slot].motion == MotionType::Breathing
    }

    /// Number of poses.
    pub fn poses(&self) -> usize {
        self.poses.len()
    }

    /// Transverse magnetization of slice `k` in one pose, by slot: images of the encoded field of view.
    pub fn magnetization(&self, pose: usize, k: usize, conditions: &Conditions<'_>) -> Vec<Option<Vec<Complex32>>> {
        let mut images: Vec<Option<Vec<Complex32>>> = vec![None; self.slots.len()];
        for patch in &self.poses[pose] {
            self.add_patch(patch, k, conditions, &mut images);
        }
        images
    }

    fn add_patch(&self, patch: &Patch, k: usize, conditions: &Conditions<'_>, images: &mut [Option<Vec<Complex32>>]) {
        let size = self.encoding.encoded * self.encoding.read;
        let [columns, rows, _] = patch.grid.shape;
        let factor = (conditions.factor)(&patch.grid, k);
        let shim = conditions.shim_hz.map(|shim| shim(&patch.grid, k));
        let steps = patch.grid.steps();
        let (along_row, along_column) = (steps.column(0).into_owned(), steps.column(1).into_owned());
        let corner = patch.grid.point([0.0, 0.0, k as f64]);
        let share = 1.0 / patch.number as f32;
        let samples = patch.samples.as_slice().expect("arrays are contiguous");
        let slice = &samples[k * patch.number * rows * columns..(k + 1) * patch.number * rows * columns];
        let layers: Vec<&[u8]> = slice.chunks_exact((rows * columns).max(1)).collect();
        let needs_place =
            conditions.metal_hz.is_some() || conditions.crossed.is_some() || self.breathing_slot.is_some();

        for n in 0..rows * columns {
            let first = layers[0][n];
            let uniform = layers[1..].iter().all(|layer| layer[n] == first);
            if uniform && self.contributions.get(usize::from(first)).is_none_or(|contribution| contribution.dark) {
                continue;
            }
            let (row, column) = (n / columns, n % columns);
            let place = corner + along_row * column as f64 + along_column * row as f64;
            let (crossed, breathes) = if needs_place {
                let breathes = if self.breathing_slot.is_some() { breathing_fraction(&place) } else { 0.0 };
                (conditions.crossed.is_some_and(|crossed| crossed(&place)), breathes)
            } else {
                (false, 0.0)
            };
            let hz = shim.as_ref().map_or(0.0, |shim| f64::from(shim[n]))
                + conditions.metal_hz.map_or(0.0, |metal| metal(&place));
            let target = Target { row: patch.first[0] + row as isize, column: patch.first[1] + column as isize };

            let mut add = |index: u8, weight: f32| {
                let Some(contribution) =
                    self.contributions.get(usize::from(index)).filter(|contribution| !contribution.dark)
                else {
                    return;
                };
                let variation = if contribution.texture_sd > 0.0 {
                    contribution.texture_sd * self.texture.at(&place, contribution.texture_scale_mm)
                } else {
                    0.0
                };
                let remaining = if crossed { contribution.crossed } else { 1.0 };
                let weight = weight * factor[n] * remaining * (1.0 + variation).max(0.0);
                for (signal, chemical_hz) in [(&contribution.water, 0.0), (&contribution.fat, self.fat_hz)] {
                    if signal.value == Complex32::ZERO {
                        continue;
                    }
                    let value = signal.at(hz) * weight;
                    let shift = ((hz + chemical_hz) * self.pixels_per_hz) as f32;
                    match self.breathing_slot {
                        Some(slot) if breathes > 0.0 => {
                            add_displaced(
                                &self.encoding,
                                images[slot].get_or_insert_with(|| vec![Complex32::ZERO; size]),
                                target,
                                shift,
                                value * breathes,
                            );
                            add_displaced(
                                &self.encoding,
                                images[signal.slot].get_or_insert_with(|| vec![Complex32::ZERO; size]),
                                target,
                                shift,
                                value * (1.0 - breathes),
                            );
                        }
                        _ => add_displaced(
                            &self.encoding,
                            images[signal.slot].get_or_insert_with(|| vec![Complex32::ZERO; size]),
                            target,
                            shift,
                            value,
                        ),
                    }
                }
            };
            if uniform {
                add(first, 1.0);
            } else {
                layers.iter().for_each(|layer| add(layer[n], share));
            }
        }
    }
}

/// A pixel, relative to the image's first row and column.
#[derive(Clone, Copy)]
struct Target {
    row: isize,
    column: isize,
}

/// Adds a value to the encoded field of view, displaced along the readout.
fn add_displaced(encoding: &Encoding, image: &mut [Complex32], target: Target, shift: f32, value: Complex32) {
    let (place, along) = if encoding.along_row { (target.column, target.row) } else { (target.row, target.column) };
    let phase = encoding.wrapped(place);
    let mut put = |along: isize, value: Complex32| {
        if (0..encoding.read as isize).contains(&along) {
            let along = along as usize;
            let (row, column) = if encoding.along_row { (along, phase) } else { (phase, along) };
            image[row * encoding.columns() + column] += value;
        }
    };
    if shift == 0.0 {
        put(along, value);
        return;
    }
    let (whole, part) = (shift.floor(), shift - shift.floor());
    put(along + whole as isize, value * (1.0 - part));
    put(along + whole as isize + 1, value * part);
}

impl Contribution {
    fn of(
        substance: &Substance,
        series: &SeriesProtocol,
        scanner: &Scanner,
        course: &Course,
        field_is_homogeneous: bool,
        slots: &mut Vec<Slot>,
    ) -> Self {
        let PoolFactors { water: water_factor, fat: fat_factor } = pool_factors(series);
        let fat_hz = FAT_SHIFT_HZ_PER_T * scanner.field_t;
        let mut signal = |pool: Substance, factor: f64, hz: f64| {
            // A Dixon reconstruction has already corrected the phase of fat.
            let phase = |shift: f64| {
                let chemical = if series.dixon.is_some() { 0.0 } else { hz };
                series.sequence.off_resonance(&pool, chemical + shift)
            };
            let magnitude = series.sequence.signal(&pool) * factor;
            let value = phase(0.0) * magnitude;
            let single = |c: Complex64| Complex32::new(c.re as f32, c.im as f32);
            let steps = (2.0 * RANGE_HZ / STEP_HZ) as usize;
            let by_shift = if field_is_homogeneous || magnitude == 0.0 || !series.sequence.is_gradient_echo() {
                Vec::new()
            } else {
                (0..=steps).map(|n| single(phase(n as f64 * STEP_HZ - RANGE_HZ) / phase(0.0))).collect()
            };
            PoolSignal {
                value: single(value),
                slot: slot_index(slots, Slot::of(&pool, &series.sequence, course)),
                by_shift,
            }
        };
        let (water, fat) = (substance.water_pool(), substance.fat_pool());
        let water = signal(water, if water.proton_density > 0.0 { water_factor } else { 0.0 }, 0.0);
        let fat = signal(fat, if fat.proton_density > 0.0 { fat_factor } else { 0.0 }, fat_hz);
        Self {
            dark: water.value == Complex32::ZERO && fat.value == Complex32::ZERO,
            water,
            fat,
            texture_sd: substance.texture_sd as f32,
            texture_scale_mm: substance.texture_scale_mm.max(0.1) as f32,
            crossed: remaining_where_crossed(&series.sequence, substance),
        }
    }
}

fn slot_index(slots: &mut Vec<Slot>, slot: Slot) -> usize {
    slots.iter().position(|known| *known == slot).unwrap_or_else(|| {
        slots.push(slot);
        slots.len() - 1
    })
}

/// The image's field of view, sampled at several points per voxel, and the margins beyond it that wrap or ghost into
/// it, sampled at one.
fn patches(
    subject: &impl Subject,
    scanner: &Scanner,
    group: &SliceGroup,
    encoding: Encoding,
    pose: &Pose,
) -> Vec<Patch> {
    let image = group.grid();
    let thickness_mm = group.thickness_mm * (1.0 + scanner.faults.slice_thickness_error);
    let axis = usize::from(!encoding.along_row);
    let margin = |start: isize| {
        let mut grid = image.clone();
        grid.shape[axis] = encoding.margin;
        let mut index = [0.0; 3];
        index[axis] = start as f64;
        grid.origin = image.point(index);
        let mut first = [0, 0];
        first[1 - axis] = start;
        (grid, first, vec![[0.0; 3]])
    };
    let mut plans = vec![(image.clone(), [0, 0], offsets(subject.samples_per_voxel()))];
    if encoding.margin > 0 {
        plans.push(margin(-(encoding.margin as isize)));
        plans.push(margin(encoding.phase as isize));
    }
    plans
        .into_par_iter()
        .map(|(grid, first, offsets)| {
            // Depths are fractions of the slice thickness, not of the step from slice to slice.
            let depth = thickness_mm / grid.spacing_mm[2];
            let offsets: Vec<_> = offsets.into_iter().map(|[i, j, k]| [i, j, k * depth]).collect();
            let samples = subject.rasterize_samples(&subject_grid(&grid, scanner, pose), &offsets);
            Patch { grid, samples, number: offsets.len(), first }
        })
        .collect()
}

/// Where a grid's pixels lie in the subject: scaled by the gradient error, and transformed back to the pose of the
/// truth.
fn subject_grid(grid: &Grid, scanner: &Scanner, pose: &Pose) -> Grid {
    let shrink = Matrix3::from_diagonal(&Vector::from(scanner.faults.gradient_error.map(|e| 1.0 / (1.0 + e))));
    let back = pose.inverse();
    Grid {
        origin: back * Point::from(shrink * grid.origin.coords),
        axes: back.rotation.to_rotation_matrix().matrix() * shrink * grid.axes,
        ..grid.clone()
    }
}

/// Sample points within a voxel as fractions of its width, height and thickness, in ascending depth. Four points: no two
/// share a row, a column or a depth (rotated-grid supersampling). Other numbers: evenly through the slice, spread over its
/// face by the R2 sequence (Roberts 2018).
fn offsets(number: usize) -> Vec<[f64; 3]> {
    if number == 4 {
        return vec![[-0.375, -0.125, -0.375], [0.375, 0.125, -0.125], [0.125, -0.375, 0.125], [-0.125, 0.375, 0.375]];
    }
    (0..number.max(1))
        .map(|n| {
            let spread = |ratio: f64| (0.5 + ratio * n as f64).fract() - 0.5;
            [spread(0.754_877_666), spread(0.569_840_291), (n as f64 + 0.5) / number.max(1) as f64 - 0.5]
        })
        .collect()
}
