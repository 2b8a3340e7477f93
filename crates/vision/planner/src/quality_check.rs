//! The check of a scanned series: does it show what it was prescribed for, and well enough?

use geometry::{Orientation, SliceGroup, Vector, Vertebra, Volume};
use serde::{Deserialize, Serialize};

use crate::plan::{PlannedLevel, ScanPlan};

/// Repeat below this signal-to-noise ratio (project choice: CSF and disc can no longer be told apart).
pub const LEAST_SNR: f64 = 5.0;
/// Re-plan above this tilt of a disc against its slices, degrees (lumbar-numbers §2c, ideal).
const MOST_TILT_DEG: f64 = 3.0;
/// Re-plan above this distance of a disc's centre from its middle slice, mm (lumbar-numbers §2c, ideal).
const MOST_OFFSET_MM: f64 = 2.0;
/// Re-plan below this part of the anatomy in the slab, 0…1.
const LEAST_COVERAGE: f64 = 0.95;
/// Levels with the same label further apart than this were counted differently, mm.
const RECOUNTED_MM: f64 = 15.0;
/// From the midline to the outer border of the foramen, mm (lumbar-numbers §5b: cover ± 22 … 25 mm).
pub const FORAMEN_MM: f64 = 22.0;

/// What the check measured and found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QualityReport {
    /// Signal of the spine's region over the noise.
    pub snr: f64,
    /// Part of what the series must show that lies in its slab, 0…1.
    pub coverage: f64,
    /// Greatest tilt of a disc, as the series shows it, against its prescribed slices, degrees.
    pub tilt_deg: Option<f64>,
    /// Greatest distance of a disc's centre, as the series shows it, from its middle slice, mm.
    pub offset_mm: Option<f64>,
    /// What to do.
    pub verdict: QualityVerdict,
}

/// What to do with a series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QualityVerdict {
    /// Go on.
    Accept,
    /// Scan it again, and why.
    Repeat(String),
    /// Re-plan what remains, and why.
    Replan(String),
}

/// Checks one series of a plan. `seen` is what the planner makes of the new images, if it was asked.
pub fn check_series(
    plan: &ScanPlan,
    group: &SliceGroup,
    images: &Volume<f32>,
    seen: Option<&ScanPlan>,
) -> QualityReport {
    // A planner that cannot read the new images says nothing about the old plan.
    let seen = seen.filter(|seen| seen.can_be_used());
    let levels = seen.map_or(&plan.levels, |seen| &seen.levels);
    let snr = signal_to_noise(images);
    let coverage = coverage(group, levels);
    let deviations: Vec<Deviation> = seen.map(|seen| deviations(plan, seen)).unwrap_or_default();
    let greatest = |value: fn(&Deviation) -> f64| deviations.iter().map(value).max_by(f64::total_cmp);
    let (tilt_deg, offset_mm) = (greatest(|d| d.tilt_deg), greatest(|d| d.offset_mm));

    let verdict = if snr < LEAST_SNR {
        QualityVerdict::Repeat(format!("signal-to-noise ratio {snr:.1}, expected at least {LEAST_SNR}"))
    } else if let Some(recounted) = deviations.iter().find(|d| d.offset_mm > RECOUNTED_MM) {
        QualityVerdict::Replan(format!("{} was counted elsewhere in the localizer", recounted.name))
    } else if let Some(off) = worst(&deviations) {
        QualityVerdict::Replan(format!(
            "'{}' is {:.1}° and {:.1} mm off its disc",
            off.name, off.tilt_deg, off.offset_mm
        ))
    } else if coverage < LEAST_COVERAGE {
        QualityVerdict::Replan(format!("'{}' shows {:.0} % of what it should", group.name, coverage * 100.0))
    } else {
        QualityVerdict::Accept
    };
    QualityReport { snr, coverage, tilt_deg, offset_mm, verdict }
}

/// How far an axial group lies from its disc as it is seen now.
struct Deviation {
    name: String,
    tilt_deg: f64,
    offset_mm: f64,
}

impl Deviation {
    /// Size in multiples of what is tolerated.
    fn excess(&self) -> f64 {
        (self.tilt_deg / MOST_TILT_DEG).max(self.offset_mm / MOST_OFFSET_MM)
    }
}

/// The group that is furthest beyond what is tolerated, if one is.
fn worst(deviations: &[Deviation]) -> Option<&Deviation> {
    let worst = deviations.iter().max_by(|a, b| a.excess().total_cmp(&b.excess()))?;
    (worst.excess() > 1.0).then_some(worst)
}

fn deviations(plan: &ScanPlan, seen: &ScanPlan) -> Vec<Deviation> {
    let deviation = |level: &PlannedLevel| {
        let group = plan.disc_group(level.label)?;
        Some(Deviation {
            name: group.name.clone(),
            tilt_deg: group.plane().angle_deg(&level.plane()),
            offset_mm: group.plane().distance_mm(&level.centre).abs(),
        })
    };
    seen.levels.iter().filter_map(deviation).collect()
}

/// Part of the points a group must show that lie in it: for a sagittal stack the foramina of every lumbar
/// level, for axial slices the middle of each of their discs from front to back.
fn coverage(group: &SliceGroup, levels: &[PlannedLevel]) -> f64 {
    let is_sagittal = group.target.orientation() == Orientation::Sagittal;
    let left = if is_sagittal { group.normal().into_inner() } else { group.row.into_inner() };
    let lumbar = levels.iter().filter(|level| level.label.upper >= Vertebra::L1);
    let mut points = Vec::new();
    for level in lumbar {
        let back = level.normal.cross(&left).try_normalize(1e-6).unwrap_or_else(Vector::y);
        if is_sagittal {
            points.extend([-FORAMEN_MM, 0.0, FORAMEN_MM].map(|side| level.centre + left * side));
        } else if group.target.discs().contains(&level.label) {
            points.extend([-15.0, -7.5, 0.0, 7.5, 15.0].map(|u| level.centre + back * u));
        }
    }
    if points.is_empty() {
        return 1.0;
    }
    points.iter().filter(|point| group.contains(point)).count() as f64 / points.len() as f64
}

/// Signal (90th percentile of the middle third of the pixels) over noise.
fn signal_to_noise(images: &Volume<f32>) -> f64 {
    let mut signal: Vec<f32> =
        middle(images).map(|voxel| images.data[voxel]).filter(|value| value.is_finite()).collect();
    let signal = quantile(&mut signal, 0.9);
    let noise = noise_sd(images);
    match noise > 0.0 {
        true => signal / noise,
        false if signal > 0.0 => f64::INFINITY,
        false => 0.0,
    }
}

/// Standard deviation of the noise in the middle third of the pixels, from second differences along rows,
/// whose median edges move little; in the images' unit.
pub fn noise_sd(images: &Volume<f32>) -> f64 {
    let last = images.grid.shape[0].saturating_sub(1);
    let inner = middle(images).filter(|[_, _, i]| (1..last).contains(i));
    let second = inner.map(|[k, j, i]| {
        let row = [i - 1, i, i + 1].map(|i| images.data[[k, j, i]]);
        (row[0] - 2.0 * row[1] + row[2]).abs()
    });
    let mut second: Vec<f32> = second.filter(|difference| difference.is_finite()).collect();
    // The median of |x| of a Gaussian is 0.6745 SD; second differences have √6 times the pixels' SD.
    quantile(&mut second, 0.5) / (0.6745 * 6.0_f64.sqrt())
}

/// The middle third of the pixels of every slice.
fn middle(images: &Volume<f32>) -> impl Iterator<Item = [usize; 3]> {
    let [slices, rows, columns] = images.grid.array_shape();
    let third = |n: usize| n / 3..n - n / 3;
    (0..slices).flat_map(move |k| third(rows).flat_map(move |j| third(columns).map(move |i| [k, j, i])))
}

/// A quantile of values, 0 of none; puts them in another order.
fn quantile(values: &mut [f32], share: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return 0.0 };
    let at = (last as f64 * share) as usize;
    f64::from(*values.select_nth_unstable_by(at, f32::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read_spine::ReadSpine;
    use geometry::{Disc, Grid, LabelledDisc, LabelledSpine, Plane, Point, PrescriptionRules};

    fn spine(tilt_deg: f64) -> LabelledSpine {
        let tilt = tilt_deg.to_radians();
        let discs =
            [(Vertebra::L4, Vertebra::L5, 0.0), (Vertebra::L5, Vertebra::S1, -36.0)].map(|(upper, lower, z)| {
                LabelledDisc {
                    label: Disc::between(upper, lower),
                    plane: Plane::new(Point::new(0.0, 0.0, z), Vector::new(0.0, -tilt.sin(), tilt.cos())),
                    canal: Point::new(0.0, 26.0, z),
                    depth_mm: 35.0,
                    width_mm: 48.0,
                }
            });
        LabelledSpine {
            midsagittal: Plane::new(Point::new(0.0, 0.0, -18.0), Vector::x()),
            anterior_wall: discs.map(|disc| disc.plane.centre - Vector::y() * 17.0).to_vec(),
            discs: discs.to_vec(),
        }
    }

    fn plan(tilt_deg: f64) -> ScanPlan {
        ReadSpine::certain(spine(tilt_deg)).plan(&PrescriptionRules::default())
    }

    /// Stripes of tissue with a known uniform noise.
    fn images(noise: f32) -> Volume<f32> {
        let grid = Grid::axis_aligned(Point::origin(), [1.0; 3], [60, 60, 4]);
        let mut state = 1u64;
        Volume {
            data: ndarray::Array3::from_shape_fn(grid.array_shape(), |_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                100.0 + noise * ((state >> 33) as f32 / (1u64 << 31) as f32 - 0.5)
            }),
            grid,
        }
    }

    #[test]
    fn a_good_series_is_accepted_and_its_noise_measured() {
        let plan = plan(10.0);
        let report = check_series(&plan, &plan.groups[0], &images(20.0), Some(&plan));
        assert_eq!(report.verdict, QualityVerdict::Accept);
        // Uniform noise of width 20 has an SD of 5.8.
        assert!((12.0..24.0).contains(&report.snr), "{}", report.snr);
        assert!(report.tilt_deg.is_some_and(|deg| deg < 1e-6) && report.coverage == 1.0);
    }

    #[test]
    fn noise_is_repeated_and_a_turned_disc_replanned() {
        let before = plan(10.0);
        let noisy = check_series(&before, &before.groups[0], &images(200.0), None);
        assert!(matches!(noisy.verdict, QualityVerdict::Repeat(_)), "{noisy:?}");
        let turned = check_series(&before, &before.groups[0], &images(20.0), Some(&plan(14.0)));
        assert!(matches!(turned.verdict, QualityVerdict::Replan(_)), "{turned:?}");
        assert!(turned.tilt_deg.is_some_and(|deg| (deg - 4.0).abs() < 1e-6));
    }

    #[test]
    fn of_several_groups_that_are_off_the_worst_is_named() {
        let mut before = plan(10.0);
        let moved = |plan: &mut ScanPlan, at: usize, mm: f64| plan.groups[at].centre.z += mm;
        moved(&mut before, 1, 2.6);
        moved(&mut before, 2, 11.0);
        let report = check_series(&before, &before.groups[0], &images(20.0), Some(&plan(10.0)));
        let QualityVerdict::Replan(why) = &report.verdict else { panic!("{report:?}") };
        assert!(why.contains("axial L5/S1") && why.contains("10.") && !why.contains("L4/L5"), "{why}");
    }

    #[test]
    fn images_without_signal_or_numbers_do_no_harm() {
        let plan = plan(0.0);
        let mut dark = images(0.0);
        dark.data.fill(0.0);
        assert!(matches!(check_series(&plan, &plan.groups[0], &dark, None).verdict, QualityVerdict::Repeat(_)));
        dark.data.fill(f32::NAN);
        assert!(matches!(check_series(&plan, &plan.groups[0], &dark, None).verdict, QualityVerdict::Repeat(_)));
    }
}
