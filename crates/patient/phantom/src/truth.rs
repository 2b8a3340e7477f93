//! The truth of one spine: poses, planes and measurements from its parameters, never from voxels.

use std::collections::BTreeMap;

use geometry::{Disc, LabelledDisc, LabelledSpine, Plane, Point, Pose, Vector, Vertebra};
use nalgebra::{Matrix3, SymmetricEigen};
use serde::{Deserialize, Serialize};

use crate::anatomy::Sac;
use crate::column::{Column, PlacedDisc, PlacedVertebra};
use crate::grading::{LevelTruth, levels};
use crate::parameters::SpineParameters;

/// The truth of one spine, in the frame of its owner (LPS mm for a patient on the table).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpineTruth {
    /// T10 to the lowest lumbar vertebra, from the head downwards.
    pub vertebrae: Vec<VertebraTruth>,
    /// The discs from T10/T11 down to the sacrum.
    pub discs: Vec<DiscTruth>,
    /// Upper endplate of S1, normal to the head.
    pub sacral_endplate: Plane,
    /// Best fit of the lumbar body centres, the sacral endplate and the canal from L1 to S1; the normal
    /// points to the patient's left.
    pub midsagittal: Plane,
    /// Middle of the thecal sac from the head down to its end.
    pub canal_centreline: Vec<Point>,
    /// Angles and distances, independent of the frame.
    pub measurements: Measurements,
    /// Radiological measurements and grades, disc by disc.
    pub levels: Vec<LevelTruth>,
}

/// One vertebra.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VertebraTruth {
    /// Which vertebra.
    pub label: Vertebra,
    /// Centre of the body.
    pub centre: Point,
    /// Plane of the upper endplate's rim, normal to the head.
    pub superior_endplate: Plane,
    /// Plane of the lower endplate's rim, normal to the head.
    pub inferior_endplate: Plane,
    /// Antero-posterior extent of the body, mean of both rims, mm.
    pub depth_mm: f64,
    /// Left–right extent of the body, mean of both rims, mm.
    pub width_mm: f64,
    /// Height of the body, anterior, middle (between the concavities) and posterior, mm.
    pub height_mm: [f64; 3],
    /// Middle of the anterior wall, at the waist.
    pub anterior_wall: Point,
    /// Middle of the posterior wall, at the waist.
    pub posterior_wall: Point,
}

/// One disc.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiscTruth {
    /// Label, plane and extent of the disc; depth and width are between the rims, without bulge, and the canal is the
    /// middle of the thecal sac.
    #[serde(flatten)]
    pub labelled: LabelledDisc,
    /// Height at the anterior rim, in the middle (between the concavities) and at the posterior rim, mm.
    pub height_mm: [f64; 3],
    /// Middle of the anterior edge.
    pub anterior: Point,
    /// Middle of the posterior edge.
    pub posterior: Point,
    /// The left edge.
    pub left: Point,
    /// The right edge.
    pub right: Point,
    /// Pfirrmann grade, 1 to 5.
    pub grade: u8,
}

/// Angles and distances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measurements {
    /// Supine lumbar lordosis: angle between the upper endplates of L1 and S1 in the sagittal plane, degrees.
    pub lumbar_lordosis_deg: f64,
    /// Pelvic incidence, degrees.
    pub pelvic_incidence_deg: f64,
    /// Supine slope of the sacral endplate, degrees.
    pub sacral_slope_deg: f64,
    /// Pelvic tilt: incidence minus slope, degrees.
    pub pelvic_tilt_deg: f64,
    /// Coronal angle between the most tilted lumbar endplates, degrees.
    pub cobb_deg: f64,
    /// Depth of the bony canal by vertebra, mm.
    pub canal_depth_mm: BTreeMap<Vertebra, f64>,
    /// Width of the bony canal by vertebra, mm.
    pub canal_width_mm: BTreeMap<Vertebra, f64>,
    /// Cross-sectional area of the thecal sac by disc, mm².
    pub sac_area_mm2: BTreeMap<Disc, f64>,
    /// Tip of the conus, vertebrae below the upper endplate of L1.
    pub conus_level: f64,
}

impl SpineTruth {
    pub(crate) fn of(column: &Column, sac: &Sac, parameters: &SpineParameters) -> Self {
        let named = column.vertebrae.iter().filter_map(|v| Some((v.label?, v)));
        let discs = column.discs.iter().zip(&sac.at_discs).filter_map(|(d, canal)| Some((d.label?, d, canal)));
        Self {
            vertebrae: named.map(|(label, v)| VertebraTruth::of(label, v)).collect(),
            discs: discs.map(|(label, d, canal)| DiscTruth::of(label, d, *canal)).collect(),
            sacral_endplate: column.sacral_endplate,
            midsagittal: midsagittal(column, sac),
            canal_centreline: sac.stations.iter().map(|s| s.centre).collect(),
            measurements: Measurements::of(column, sac, parameters),
            levels: levels(column, sac, &parameters.findings),
        }
    }

    /// True if a point lies behind the posterior wall of the nearest body: in the canal, in an arch, or further back.
    pub fn is_behind_the_bodies(&self, place: &Point) -> bool {
        let nearest = self.vertebrae.iter().min_by(|a, b| {
            let [a, b] = [a, b].map(|vertebra| (vertebra.centre - place).norm_squared());
            a.total_cmp(&b)
        });
        nearest.is_some_and(|v| (place - v.posterior_wall).dot(&(v.posterior_wall - v.anterior_wall)) > 0.0)
    }

    /// The truth in another frame.
    pub fn moved(&self, pose: &Pose) -> Self {
        Self {
            vertebrae: self.vertebrae.iter().map(|v| v.moved(pose)).collect(),
            discs: self.discs.iter().map(|d| d.moved(pose)).collect(),
            sacral_endplate: self.sacral_endplate.moved(pose),
            midsagittal: self.midsagittal.moved(pose),
            canal_centreline: self.canal_centreline.iter().map(|p| pose * p).collect(),
            measurements: self.measurements.clone(),
            levels: self.levels.clone(),
        }
    }

    /// Its discs and the lines that guide prescription, without measurements and grades.
    pub fn labelled(&self) -> LabelledSpine {
        LabelledSpine {
            discs: self.discs.iter().map(|disc| disc.labelled).collect(),
            midsagittal: self.midsagittal,
            anterior_wall: self.vertebrae.iter().map(|vertebra| vertebra.anterior_wall).collect(),
        }
    }

    /// The disc with a label.
    pub fn disc(&self, label: Disc) -> Option<&DiscTruth> {
        self.discs.iter().find(|d| d.labelled.label == label)
    }

    /// The vertebra with a label.
    pub fn vertebra(&self, label: Vertebra) -> Option<&VertebraTruth> {
        self.vertebrae.iter().find(|v| v.label == label)
    }
}

impl VertebraTruth {
    fn of(label: Vertebra, v: &PlacedVertebra) -> Self {
        let s = &v.size;
        let depth_mm = (s.superior_depth_mm + s.inferior_depth_mm) / 2.0;
        let rise = depth_mm * (s.lordotic_wedge_deg.to_radians() / 2.0).tan();
        Self {
            label,
            centre: v.point(0.0, 0.0, 0.0),
            superior_endplate: v.superior_endplate(),
            inferior_endplate: v.inferior_endplate(),
            depth_mm,
            width_mm: (s.superior_width_mm + s.inferior_width_mm) / 2.0,
            height_mm: [
                s.height_mm + rise,
                s.height_mm - s.superior_concavity_mm - s.inferior_concavity_mm,
                s.height_mm - rise,
            ],
            anterior_wall: v.point(0.0, -v.half_depth_mm(0.0), 0.0),
            posterior_wall: v.point(0.0, v.half_depth_mm(0.0), 0.0),
        }
    }

    fn moved(&self, pose: &Pose) -> Self {
        Self {
            centre: pose * self.centre,
            superior_endplate: self.superior_endplate.moved(pose),
            inferior_endplate: self.inferior_endplate.moved(pose),
            anterior_wall: pose * self.anterior_wall,
            posterior_wall: pose * self.posterior_wall,
            ..*self
        }
    }
}

impl DiscTruth {
    fn of(label: Disc, d: &PlacedDisc, canal: Point) -> Self {
        let (half_depth, half_width) = (d.depth_mm / 2.0, d.width_mm / 2.0);
        Self {
            labelled: LabelledDisc { label, plane: d.plane(), canal, depth_mm: d.depth_mm, width_mm: d.width_mm },
            height_mm: [
                d.rim_height_at_mm(0.0, -half_depth),
                d.rim_height_mm + d.concavity_mm[0] + d.concavity_mm[1],
                d.rim_height_at_mm(0.0, half_depth),
            ],
            anterior: d.point(0.0, -half_depth, 0.0),
            posterior: d.point(0.0, half_depth, 0.0),
            left: d.point(half_width, 0.0, 0.0),
            right: d.point(-half_width, 0.0, 0.0),
            grade: d.size.grade(),
        }
    }

    fn moved(&self, pose: &Pose) -> Self {
        Self {
            labelled: self.labelled.moved(pose),
            anterior: pose * self.anterior,
            posterior: pose * self.posterior,
            left: pose * self.left,
            right: pose * self.right,
            ..*self
        }
    }
}

impl Measurements {
    fn of(column: &Column, sac: &Sac, parameters: &SpineParameters) -> Self {
        let sagittal_deg = |plane: &Plane| (-plane.normal.y).atan2(plane.normal.z).to_degrees();
        let coronal_deg = |plane: &Plane| plane.normal.x.atan2(plane.normal.z).to_degrees();
        let lumbar = || column.vertebrae.iter().filter(|v| v.is_lumbar());
        let tilts = lumbar().flat_map(|v| [v.superior_endplate(), v.inferior_endplate()]).map(|p| coronal_deg(&p));
        let (low, high) = tilts.fold((f64::MAX, f64::MIN), |(low, high), t| (low.min(t), high.max(t)));
        let by_vertebra = |size: fn(&PlacedVertebra) -> f64| {
            column.vertebrae.iter().filter_map(|v| Some((v.label?, size(v)))).collect()
        };
        let incidence_deg = parameters.alignment.pelvic_incidence_deg;
        let l1 = column.vertebra(Vertebra::L1).superior_endplate();
        Self {
            lumbar_lordosis_deg: sagittal_deg(&column.sacral_endplate) - sagittal_deg(&l1),
            pelvic_incidence_deg: incidence_deg,
            sacral_slope_deg: column.sacral_slope_deg(),
            pelvic_tilt_deg: incidence_deg - column.sacral_slope_deg(),
            cobb_deg: high - low,
            canal_depth_mm: by_vertebra(|v| v.size.canal_depth_mm),
            canal_width_mm: by_vertebra(|v| v.size.canal_width_mm),
            sac_area_mm2: column
                .discs
                .iter()
                .zip(&sac.at_discs)
                .filter_map(|(d, centre)| {
                    let station = sac.stations.iter().find(|s| s.centre == *centre)?;
                    Some((d.label?, std::f64::consts::PI * station.radii_mm[0] * station.radii_mm[1]))
                })
                .collect(),
            conus_level: parameters.canal.conus_level,
        }
    }
}

/// The least-squares plane through the lumbar body centres, the sacral endplate and the canal.
fn midsagittal(column: &Column, sac: &Sac) -> Plane {
    let lumbar = column.vertebrae.iter().zip(&sac.at_discs).filter(|(v, _)| v.is_lumbar());
    let mut points: Vec<Point> = lumbar.flat_map(|(v, canal)| [v.point(0.0, 0.0, 0.0), *canal]).collect();
    points.push(column.sacral_endplate.centre);
    let number = points.len() as f64;
    let centre = Point::from(points.iter().fold(Vector::zeros(), |sum, p| sum + p.coords) / number);
    let scatter = points.iter().fold(Matrix3::zeros(), |sum, p| sum + (p - centre) * (p - centre).transpose());
    let eigen = SymmetricEigen::new(scatter);
    let normal = eigen.eigenvectors.column(eigen.eigenvalues.imin()).into_owned();
    Plane::new(centre, if normal.x < 0.0 { -normal } else { normal })
}
