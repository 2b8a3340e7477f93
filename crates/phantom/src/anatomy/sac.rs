//! The course of the bony canal and of the thecal sac, from the head down into the sacrum.

use geometry::{Point, Vector};

use crate::column::Column;
use crate::parameters::SpineParameters;
use crate::solid::Part;

/// A cross-section on the way down.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Station {
    /// Middle of the sac.
    pub centre: Point,
    /// Radii of the sac to the side and front to back, mm.
    pub radii_mm: [f64; 2],
    /// Directions to the left and to the back.
    pub left: Vector,
    /// See `left`.
    pub back: Vector,
    /// Place in the column: vertebrae below the upper endplate of L1 (5 is the sacral endplate).
    pub level: f64,
}

impl Station {
    /// A point at parts of the radii from the middle.
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

/// Further distance behind L5/S1, where epidural fat fills the gap, mm (choice).
const LUMBOSACRAL_GAP_MM: f64 = 2.2;

/// Width and depth of the sacral canal at S1…S4 against those at S1 (choice).
const SACRAL_TAPER: [f64; 4] = [0.95, 0.80, 0.60, 0.42];

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
            // Behind a disc the sac is a little indented.
            let radii_mm = [radii_mm[0], 0.94 * radii_mm[1]];
            let gap = 0.8 * ANTERIOR_GAP_MM + if last { LUMBOSACRAL_GAP_MM } else { 0.0 };
            let centre = disc.point(0.0, disc.depth_mm / 2.0 + disc.size.bulge_mm.max(0.0) + gap + radii_mm[1], 0.0);
            let [left, back] = [Vector::x(), Vector::y()].map(|axis| disc.pose.rotation * axis);
            stations.push(Station { centre, radii_mm, left, back, level: level + 0.9 });
            at_discs.push(centre);
        }
        let sacral_canal_radii_mm = SACRAL_TAPER
            .map(|f| [f * parameters.sacrum.canal_width_mm / 2.0, f * parameters.sacrum.canal_depth_mm / 2.0]);
        let mut sac = Self { stations, bony, at_discs, sacral_canal: Vec::new(), sacral_canal_radii_mm };
        sac.follow_sacrum(column, ratio.sac_end_level);
        sac
    }

    fn follow_sacrum(&mut self, column: &Column, end_level: f64) {
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
                    level: 5.0 + number as f64 + 1.0 - along,
                });
            }
        }
        let left = column.sacrum[0].pose.rotation * Vector::x();
        self.sacral_canal = crate::solid::tube(&self.bony[first_sacral..], left);

        // The sac tapers to nothing at its end, which lies between two stations of the sacral canal.
        let end = 5.0 + end_level.max(0.25);
        let taper = |level: f64| 1.0 - 0.85 * ((level - lowest.level) / (end - lowest.level)).clamp(0.0, 1.0);
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
