//! `plumbline phantom show`: pictures and grades of a phantom.

use std::path::Path;

use geometry::{Direction, Disc, Grid, Point, SliceGroup, SliceTarget, Vector, Vertebra, Volume};
use imaging_io::picture::{SliceView, Window, montage, palette, surface_view};
use phantom::{LevelTruth, PatientOnTable, SpineTruth};
use planner::ScanPlan;
use randomness::Stream;
use scanner::{Protocol, Saturation, SeriesProtocol};

use crate::exit_status::ExitStatus;
use crate::failure::Failure;
use crate::{output, resources};

/// Pixels per mm of sagittal, coronal and axial pictures, chosen so that a row of them fits a screen.
const SAGITTAL_SCALE: f64 = 1.3;
const CORONAL_SCALE: f64 = 0.87;
const AXIAL_SCALE: f64 = 2.15;

/// Voxels of the surface's labels, mm.
const SURFACE_MM: f64 = 1.1;

/// A sheet: sagittal T2, T1, STIR and labels; axial T2 and T1 through the lesion, coronal T2, 3-D surface.
pub fn show(name: &str, seed: u64, out: &Path) -> Result<ExitStatus, Failure> {
    let individual = resources::individual(name)?;
    let patient = resources::patient(name, seed)?;
    let protocol = resources::protocol("lumbar-1.5t")?;
    let truth = patient.truth();
    let shown = individual.as_ref().and_then(|individual| individual.shows);
    let [below_mm, left_mm] =
        individual.as_ref().map_or([0.0; 2], |individual| [individual.shows_below_mm, individual.shows_left_mm]);
    let disc = shown.or_else(|| worst(&truth)).unwrap_or(Disc::between(Vertebra::L4, Vertebra::L5));
    let sheet = Sheet { patient: &patient, protocol: &protocol, truth: &truth, disc, below_mm, left_mm, seed };
    let pictures = sheet.pictures();
    let named: Vec<_> = pictures.iter().map(|(title, picture)| (title.as_str(), picture)).collect();
    resources::write(out, &montage(&named, 4).encode_png())?;

    let m = &truth.measurements;
    output::result(format!(
        "{name}: lordosis {:.0}°, pelvic incidence {:.0}°, sacral slope {:.0}°, Cobb {:.0}°",
        m.lumbar_lordosis_deg, m.pelvic_incidence_deg, m.sacral_slope_deg, m.cobb_deg
    ));
    truth.levels.iter().filter(|level| level.disc.upper >= Vertebra::L1).for_each(|level| output::result(line(level)));
    output::result(out.display());
    Ok(ExitStatus::Success)
}

/// The lumbar disc with the smallest thecal sac.
fn worst(truth: &SpineTruth) -> Option<Disc> {
    let lumbar = truth.levels.iter().filter(|level| level.disc.upper >= Vertebra::L3);
    lumbar.min_by(|a, b| a.sac_area_mm2.total_cmp(&b.sac_area_mm2)).map(|level| level.disc)
}

/// One level's grades.
fn line(level: &LevelTruth) -> String {
    let mut text = format!(
        "  {:<6} Pfirrmann {}, sac {:>3.0} mm² (Schizas {:?}), canal {:>4.1} mm, recesses {:.1}/{:.1} mm (Bartynski {}/{}), foramina {:.1}/{:.1} mm",
        level.disc.to_string(),
        level.pfirrmann,
        level.sac_area_mm2,
        level.schizas,
        level.canal_ap_mm,
        level.recess_mm[0],
        level.recess_mm[1],
        level.bartynski[0],
        level.bartynski[1],
        level.foramen_mm[0],
        level.foramen_mm[1],
    );
    if level.meyerding > 0 {
        text += &format!(", slip {:.0} mm (Meyerding {})", level.slip_mm, level.meyerding);
    }
    for h in &level.herniations {
        text += &format!(", {:?} {:?} {:?} (MSU {}-{})", h.kind, h.zone, h.side, h.msu_size, h.msu_zone).to_lowercase();
    }
    text
}

struct Sheet<'a> {
    patient: &'a PatientOnTable,
    protocol: &'a Protocol,
    truth: &'a SpineTruth,
    disc: Disc,
    /// Where the axial picture is put, mm below the disc.
    below_mm: f64,
    /// Where the sagittal pictures are put, mm to the left of the midline.
    left_mm: f64,
    seed: u64,
}

impl Sheet<'_> {
    fn pictures(&self) -> Vec<(String, imaging_io::picture::Picture)> {
        let plan = assessment::true_plan(self.truth, &self.protocol.prescription());
        let mut pictures = Vec::new();
        if let Some(sagittal) = plan.groups.iter().find(|group| group.target == SliceTarget::Sagittal) {
            let slices = self.through_the_finding(sagittal);
            pictures.extend(self.sagittal(&slices));
        }
        pictures.extend(self.axial(&plan));
        pictures.push(self.coronal());
        pictures.push(("surface".to_owned(), self.surface()));
        pictures
    }

    /// Three slices of the sagittal stack about the midline, or about what lies beside it.
    fn through_the_finding(&self, group: &SliceGroup) -> SliceGroup {
        let normal = group.normal();
        let left = if normal.x < 0.0 { -normal } else { normal };
        SliceGroup {
            slices: 3,
            centre: self.truth.midsagittal.centre + left.into_inner() * self.left_mm,
            ..group.clone()
        }
    }

    fn scan(&self, series: &SeriesProtocol, group: &SliceGroup) -> Volume<f32> {
        let stream = Stream::from_seed(self.seed).child(&series.name, 0);
        scanner::acquire(self.patient, &self.protocol.scanner(), series, group, &Saturation::default(), &stream)
    }

    fn sagittal(&self, group: &SliceGroup) -> Vec<(String, imaging_io::picture::Picture)> {
        let t2 = self.scan(&self.protocol.sagittal_t2, group);
        let mut view = SliceView::of(&t2, 1, Window::of(&t2), SAGITTAL_SCALE);
        for disc in self.truth.discs.iter().filter(|disc| disc.labelled.label.upper >= Vertebra::L1) {
            let beside = disc.posterior + Vector::y() * 24.0;
            view.draw_caption(&beside, &disc.labelled.label.to_string(), palette::YELLOW);
        }
        let place = match self.left_mm {
            0.0 => String::new(),
            mm if mm > 0.0 => format!(", {mm:.0} mm left"),
            mm => format!(", {:.0} mm right", -mm),
        };
        let mut pictures = vec![(format!("sagittal T2{place}"), view.whole())];
        for (title, name) in [("sagittal T1", "T1 TSE sagittal"), ("sagittal STIR", "STIR sagittal")] {
            if let Some(further) = self.protocol.further(name) {
                let images = self.scan(&further.series, group);
                let view = SliceView::of(&images, 1, Window::of(&images), SAGITTAL_SCALE);
                pictures.push((title.to_owned(), view.whole()));
            }
        }
        let labels = self.patient.structures(&t2.grid);
        let view = SliceView::of(&t2, 1, Window::of(&t2), SAGITTAL_SCALE).with_labels(&labels, 0.5);
        pictures.push(("structures".to_owned(), view.whole()));
        pictures
    }

    fn axial(&self, plan: &ScanPlan) -> Vec<(String, imaging_io::picture::Picture)> {
        let Some(disc) = self.truth.disc(self.disc).map(|disc| disc.labelled) else { return Vec::new() };
        // The plan may leave this disc out; the group is then put as the plan puts the others.
        let planned = plan.disc_group(self.disc).cloned();
        let group = planned.unwrap_or_else(|| {
            let normal = disc.plane.normal;
            let row = Direction::new_normalize((Vector::y().cross(&normal)).normalize());
            let column = Direction::new_normalize(normal.cross(&row));
            self.protocol.axial_stack.at("axial", SliceTarget::Disc(self.disc), disc.canal, row, column)
        });
        let centre = group.centre - disc.plane.normal.into_inner() * self.below_mm;
        let one = SliceGroup { slices: 1, centre, ..group };
        let place = match self.below_mm {
            0.0 => self.disc.to_string(),
            mm if mm > 0.0 => format!("{mm:.0} mm below {}", self.disc),
            mm => format!("{:.0} mm above {}", -mm, self.disc),
        };
        let mut pictures = Vec::new();
        let t1 = self.protocol.further("T1 TSE axial").map(|further| &further.series);
        for (weighting, series) in [("T2", Some(&self.protocol.axial_t2)), ("T1", t1)] {
            let Some(series) = series else { continue };
            let images = self.scan(series, &one);
            let view = SliceView::of(&images, 0, Window::of(&images), AXIAL_SCALE);
            pictures.push((format!("axial {weighting}, {place}"), view.whole()));
        }
        pictures
    }

    /// Coronal T2 through the middle of the lumbar bodies.
    fn coronal(&self) -> (String, imaging_io::picture::Picture) {
        let [_, coronal, _] = scanner::localizer(self.protocol);
        let middle = self.truth.vertebra(Vertebra::L3).map_or(Point::origin(), |v| v.centre);
        let group = SliceGroup { slices: 1, centre: Point::new(0.0, middle.y, 0.0), thickness_mm: 4.0, ..coronal };
        let images = self.scan(&self.protocol.sagittal_t2, &group);
        let view = SliceView::of(&images, 0, Window::of(&images), CORONAL_SCALE);
        ("coronal T2".to_owned(), view.whole())
    }

    /// Bones and discs from behind the left shoulder.
    fn surface(&self) -> imaging_io::picture::Picture {
        let extent = [150.0, 130.0, 330.0].map(|mm: f64| (mm / SURFACE_MM) as usize);
        let l3 = self.truth.vertebra(Vertebra::L3).map_or(Point::origin(), |v| v.centre);
        let centre = l3 + Vector::new(0.0, 25.0, -25.0);
        let grid = Grid::centred(centre, nalgebra::Matrix3::identity(), [SURFACE_MM; 3], extent);
        surface_view(&self.patient.structures(&grid), &Vector::new(-0.75, -0.62, -0.22), SAGITTAL_SCALE)
    }
}
