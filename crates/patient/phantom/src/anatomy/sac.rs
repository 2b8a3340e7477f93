//! The course of the bony canal and of the thecal sac, from the head down into the sacrum.

use geometry::{Point, Vector};

use crate::column::{Column, PlacedDisc, PlacedVertebra};
use crate::findings::{Findings, Herniation, Zone};
use crate::parameters::SpineParameters;
use crate::solid::Part;

/// A cross-section of the sac.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Station {
    /// Middle of the sac.
    pub centre: Point,
    /// Lateral and antero-posterior radii of the sac, mm.
    pub radii_mm: [f64; 2],
    /// Directions to the left and to the back.
    pub left: Vector,
    /// See `left`.
    pub back: Vector,
    /// Level along the column: vertebrae below the upper endplate of L1 (5 is the sacral endplate with five lumbar
    /// vertebrae).
    pub level: f64,
}

impl Station {
    /// A point at the given fractions of the radii from the centre.
    pub fn inside(&self, left: f64, back: f64) -> Point {
        self.centre + self.left * (left * self.radii_mm[0]) + self.back * (back * self.radii_mm[1])
    }
}

/// Sac and canal.
#[derive(Clone, Debug)]
pub(crate) struct Sac {
    /// From the head down to the sac's end.
    pub stations: Vec<Station>,
    /// Middle of the bony canal with its radii, from the head down to S4.
    pub bony: Vec<(Point, [f64; 2])>,
    /// The sac's middle at each disc.
    pub at_discs: Vec<Point>,
    /// The canal through the sacrum.
    pub sacral_canal: Vec<Part>,
    /// Radii of that canal at S1…S4, mm.
    pub sacral_canal_radii_mm: [[f64; 2]; 4],
}

/// Distance between the back of a body or a disc and the sac, mm (choice; veins and fat lie there).
const ANTERIOR_GAP_MM: f64 = 1.0;

/// Additional distance behind L5/S1, where epidural fat fills the gap, mm (choice).
const LUMBOSACRAL_GAP_MM: f64 = 2.2;

/// Width and depth of the sacral canal at S1…S4 relative to the parameters (choice).
const SACRAL_TAPER: [f64; 4] = [0.95, 0.80, 0.60, 0.42];

/// The space for the sac at a disc, mm in the disc's frame.
struct Room {
    /// Its anterior limit, behind the disc.
    front_mm: f64,
    /// Its posterior limit, in front of ligament and laminae.
    back_mm: f64,
    /// Half its width between the facets.
    half_width_mm: f64,
}

impl Room {
    fn behind(disc: &PlacedDisc, above: &PlacedVertebra, gap_mm: f64, findings: &Findings) -> Self {
        let edge = disc.depth_mm / 2.0;
        let half_canal = above.size.canal_width_mm / 2.0;
        // A central herniation displaces the whole sac, a lateral one only indents it.
        let displaced = |herniation: &&Herniation| match herniation.zone {
            Zone::Central => 0.35 * herniation.depth_mm,
            Zone::Subarticular => 0.15 * herniation.depth_mm,
            Zone::Foraminal | Zone::Extraforaminal => 0.0,
        };
        let herniations =
            findings.herniations.iter().filter(|h| Some(h.disc) == disc.label && h.migration_mm.abs() < 6.0);
        let displaced_mm = herniations.map(|h| displaced(&h)).fold(0.0, f64::max);
        let overgrown = findings.overgrowths.iter().find(|overgrowth| Some(overgrowth.disc) == disc.label);
        let (flavum_mm, facet_mm) =
            overgrown.map_or((0.0, 0.0), |o| (o.flavum_mm, (o.facet_mm[0] + o.facet_mm[1]) / 2.0));
        let slip = findings.slips.iter().find(|slip| Some(slip.vertebra) == above.label);
        let (slip_mm, arch_mm) = slip.map_or((0.0, 0.0), |s| (s.slip_mm, if s.lysis { s.slip_mm } else { -s.slip_mm }));
        Self {
            front_mm: edge + disc.size.bulge_mm.max(0.0) + gap_mm + displaced_mm + 0.5 * slip_mm.max(0.0),
            back_mm: edge + above.size.canal_depth_mm - flavum_mm - 0.3 * facet_mm + 0.5 * arch_mm,
            half_width_mm: half_canal - 0.7 * facet_mm - 0.4 * flavum_mm,
        }
    }

    /// `radii_mm` limited to the available space; at least a slit remains.
    fn fitted(&self, radii_mm: [f64; 2]) -> [f64; 2] {
        let deepest = ((self.back_mm - self.front_mm) / 2.0).max(1.0);
        [radii_mm[0].min(self.half_width_mm.max(3.0)), radii_mm[1].min(deepest)]
    }
}

impl Sac {
    /// Follows the column down.
    pub fn along(column: &Column, parameters: &SpineParameters) -> Self {
        let ratio = &parameters.canal;
        let (mut stations, mut bony, mut at_discs) = (Vec::new(), Vec::new(), Vec::new());
        let first_lumbar = column.vertebrae.iter().position(|v| v.is_lumbar()).unwrap_or(0) as f64;
        for (index, (v, disc)) in column.vertebrae.iter().zip(&column.discs).enumerate() {
            let level = index as f64 - first_lumbar;
            let size = &v.size;
            let radii_mm =
                [ratio.sac_width_ratio * size.canal_width_mm / 2.0, ratio.sac_depth_ratio * size.canal_depth_mm / 2.0];
            let last = index + 1 == column.vertebrae.len();
            // Below L4 the sac narrows towards its end.
            let narrow = if last { 0.90 } else { 1.0 };
            let radii_mm = radii_mm.map(|r| r * narrow);
            for t in [0.8, 0.0, -0.8] {
                let along = level + (1.0 - t) * 0.39;
                let gap = ANTERIOR_GAP_MM + if last && t < 0.0 { 0.5 * LUMBOSACRAL_GAP_MM } else { 0.0 };
                let y = v.posterior_wall_mm() + gap + radii_mm[1];
                stations.push(Station {
                    centre: v.point(0.0, y, t * size.height_mm / 2.0),
                    radii_mm,
                    left: v.left(),
                    back: v.pose.rotation * Vector::y(),
                    level: along,
                });
                let radii = [size.canal_width_mm / 2.0, size.canal_depth_mm / 2.0];
                bony.push((v.point(0.0, v.canal_middle_mm(), t * size.height_mm / 2.0), radii));
            }
            // Behind a disc the sac is slightly indented, and narrowed by what encroaches on the canal.
            let gap = 0.8 * ANTERIOR_GAP_MM + if last { LUMBOSACRAL_GAP_MM } else { 0.0 };
            let room = Room::behind(disc, v, gap, &parameters.findings);
            let radii_mm = room.fitted([radii_mm[0], 0.94 * radii_mm[1]]);
            let centre = disc.point(0.0, room.front_mm + radii_mm[1], 0.0);
            let [left, back] = [Vector::x(), Vector::y()].map(|axis| disc.pose.rotation * axis);
            stations.push(Station { centre, radii_mm, left, back, level: level + 0.9 });
            at_discs.push(centre);
        }
        let sacral_canal_radii_mm = SACRAL_TAPER
            .map(|f| [f * parameters.sacrum.canal_width_mm / 2.0, f * parameters.sacrum.canal_depth_mm / 2.0]);
        let mut sac = Self { stations, bony, at_discs, sacral_canal: Vec::new(), sacral_canal_radii_mm };
        sac.follow_sacrum(column, column.lumbar_vertebrae() as f64, ratio.sac_end_level);
        sac
    }

    fn follow_sacrum(&mut self, column: &Column, sacral_level: f64, end_level: f64) {
        let lowest = *self.stations.last().expect("the column has vertebrae");
        let first_sacral = self.bony.len() - 1;
        let mut course = Vec::new();
        for (number, segment) in column.sacrum.iter().take(4).enumerate() {
            let radii = self.sacral_canal_radii_mm[number];
            for t in [0.7, -0.7] {
                let along = (t + 1.0) / 2.0;
                let wall = segment.inferior_mm[1] + (segment.superior_mm[1] - segment.inferior_mm[1]) * along;
                let bony = segment.point(0.0, wall + radii[1], t * segment.height_mm / 2.0);
                self.bony.push((bony, radii));
                let [left, back] = [Vector::x(), Vector::y()].map(|axis| segment.pose.rotation * axis);
                course.push(Station {
                    centre: bony,
                    radii_mm: radii,
                    left,
                    back,
                    level: sacral_level + number as f64 + 1.0 - along,
                });
            }
        }
        let left = column.sacrum[0].pose.rotation * Vector::x();
        self.sacral_canal = crate::solid::tube(&self.bony[first_sacral..], left);

        // The sac tapers to nothing at its end, which lies between two stations of the sacral canal.
        let end = sacral_level + end_level.max(0.25);
        let along = |level: f64| ((level - lowest.level) / (end - lowest.level)).clamp(0.0, 1.0);
        // Blunt: most of the width remains until shortly before the end.
        let taper = |level: f64| 1.0 - 0.8 * along(level).powf(2.5);
        let sized = |station: &Station| {
            let fit = |axis: usize| (lowest.radii_mm[axis] * taper(station.level)).min(0.85 * station.radii_mm[axis]);
            Station { radii_mm: [fit(0), fit(1)], ..*station }
        };
        let mut before = lowest;
        for station in course {
            if station.level >= end {
                let part = ((end - before.level) / (station.level - before.level)).clamp(0.0, 1.0);
                let centre = before.centre + (station.centre - before.centre) * part;
                self.stations.push(sized(&Station { centre, level: end, ..station }));
                return;
            }
            self.stations.push(sized(&station));
            before = station;
        }
    }

    /// The station at a level, interpolated between neighbours.
    pub fn at(&self, level: f64) -> Station {
        let after = self.stations.iter().position(|s| s.level > level).unwrap_or(self.stations.len() - 1).max(1);
        let (a, b) = (&self.stations[after - 1], &self.stations[after]);
        let part = ((level - a.level) / (b.level - a.level)).clamp(0.0, 1.0);
        let mix = |x: f64, y: f64| x + (y - x) * part;
        Station {
            centre: a.centre + (b.centre - a.centre) * part,
            radii_mm: [mix(a.radii_mm[0], b.radii_mm[0]), mix(a.radii_mm[1], b.radii_mm[1])],
            level,
            ..*a
        }
    }

    /// The level at which the sac ends.
    pub fn end_level(&self) -> f64 {
        self.stations.last().map_or(5.0, |s| s.level)
    }
}
