//! Radiological measurements and grades of each level, derived from the geometry.

use geometry::Disc;
use serde::{Deserialize, Serialize};

use crate::anatomy::Sac;
use crate::anatomy::encroachment::{Encroachment, clearance_behind_mm, encroachments};
use crate::column::{Column, PlacedDisc, PlacedVertebra};
use crate::findings::{Findings, Herniation, HerniationKind, Side, Zone};
use crate::solid::local;

/// What a radiologist would measure and grade at one disc. Pairs are left, right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelTruth {
    /// Which disc.
    pub disc: Disc,
    /// Pfirrmann grade, 1 to 5.
    pub pfirrmann: u8,
    /// Midline distance from the posterior border of the disc, with bulge and herniation, to ligament or lamina, mm.
    pub canal_ap_mm: f64,
    /// Cross-sectional area of the thecal sac without what encroaches on it, mm².
    pub sac_area_mm2: f64,
    /// Schizas' grade of central stenosis, from the sac's area.
    pub schizas: Schizas,
    /// Lee's grade of central stenosis, 0 to 3, from the sac's area.
    pub lee: u8,
    /// Height of the lateral recess, from disc to facet, mm.
    pub recess_mm: [f64; 2],
    /// Bartynski's grade of recess stenosis, 0 to 3, from its height.
    pub bartynski: [u8; 2],
    /// Antero-posterior extent of the foramen behind the disc, mm.
    pub foramen_mm: [f64; 2],
    /// Grade of foraminal stenosis, 0 to 3, from that extent.
    pub foraminal: [u8; 2],
    /// Anterior slip of the vertebra above, mm.
    pub slip_mm: f64,
    /// Meyerding's grade of the slip, 0 to 4.
    pub meyerding: u8,
    /// Herniations of this disc.
    pub herniations: Vec<HerniationTruth>,
}

/// Schizas' grades (Spine 2010;35:1919).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the grades' own names")]
pub enum Schizas {
    A,
    B,
    C,
    D,
}

/// One herniation, as a radiologist would report it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HerniationTruth {
    /// Protrusion, extrusion or sequestrum.
    pub kind: HerniationKind,
    /// Location in the axial plane.
    pub zone: Zone,
    /// Side.
    pub side: Side,
    /// MSU size, 1 to 3: up to half the distance to the interfacet line, beyond half, beyond the line
    /// (Mysliwiec, Eur Spine J 2010;19:1087).
    pub msu_size: u8,
    /// MSU zone: A central, B lateral, C far lateral.
    pub msu_zone: char,
}

/// Areas of the sac below which Schizas' grade is B, C, D, mm². Schizas grades by the appearance of the rootlets; area
/// cut-offs replace it here (100 relative, 75 absolute stenosis: Schönström, `lumbar-numbers.md` §4b; grades and area
/// correlate with ρ = 0.85). 50 is a choice.
const SCHIZAS_MM2: [f64; 3] = [100.0, 75.0, 50.0];

/// Heights of the recess below which Bartynski's grade is 1, 2, 3, mm (`lumbar-numbers.md` §4b: above 5 normal,
/// below 3 stenosis, below 2 definite stenosis).
const RECESS_GRADES_MM: [f64; 3] = [5.0, 3.0, 2.0];

/// Antero-posterior extents of the foramen below which its grade is 1, 2, 3, mm (below 3 mm is stenosis,
/// `lumbar-numbers.md` §4b; 5 and 1.5 are choices).
const FORAMEN_GRADES_MM: [f64; 3] = [5.0, 3.0, 1.5];

/// Normal antero-posterior extent of a foramen behind the disc, mm (choice).
const FORAMEN_MM: f64 = 10.0;

/// Distance of the interfacet line behind the disc's border, as a fraction of the canal's depth (choice).
const FACET_LINE: f64 = 0.55;

/// Number of cut-offs that a value is below.
fn grade(value: f64, cut_offs: [f64; 3]) -> u8 {
    cut_offs.into_iter().filter(|cut_off| value < *cut_off).count() as u8
}

/// All named levels from the head downwards.
pub(crate) fn levels(column: &Column, sac: &Sac, findings: &Findings) -> Vec<LevelTruth> {
    let encroachments = encroachments(column, findings);
    let named = column.discs.iter().enumerate().filter_map(|(index, disc)| Some((index, disc, disc.label?)));
    named
        .map(|(index, disc, label)| {
            let above = &column.vertebrae[index];
            let half_canal = above.size.canal_width_mm / 2.0;
            let canal_mm = (above.size.canal_depth_mm - disc.size.bulge_mm.max(0.0)).max(0.0);
            let sac_area_mm2 = sac_area_mm2(sac, index, &encroachments);
            let sides = |at: f64, most: f64| {
                [1.0, -1.0].map(|side| {
                    let room = most - disc.size.bulge_mm.max(0.0);
                    clearance_behind_mm(&encroachments, disc, side * at, -1.0, room.max(0.0))
                })
            };
            let recess_mm = sides(0.75 * half_canal, crate::anatomy::encroachment::RECESS_MM);
            let foramen_mm = sides(half_canal + 3.0, FORAMEN_MM * narrowed(disc));
            let slip_mm = slip_mm(findings, above);
            LevelTruth {
                disc: label,
                pfirrmann: disc.size.grade(),
                canal_ap_mm: clearance_behind_mm(&encroachments, disc, 0.0, 0.0, canal_mm),
                sac_area_mm2,
                schizas: [Schizas::A, Schizas::B, Schizas::C, Schizas::D]
                    [usize::from(grade(sac_area_mm2, SCHIZAS_MM2))],
                lee: grade(sac_area_mm2, SCHIZAS_MM2),
                bartynski: recess_mm.map(|mm| grade(mm, RECESS_GRADES_MM)),
                recess_mm,
                foraminal: foramen_mm.map(|mm| grade(mm, FORAMEN_GRADES_MM)),
                foramen_mm,
                meyerding: ((4.0 * slip_mm.abs() / disc.depth_mm).ceil() as u8).min(4) * u8::from(slip_mm.abs() >= 2.0),
                slip_mm,
                herniations: findings
                    .herniations
                    .iter()
                    .filter(|h| h.disc == label)
                    .map(|h| HerniationTruth::of(h, above.size.canal_depth_mm))
                    .collect(),
            }
        })
        .collect()
}

/// Fraction of the foramen's extent that remains: with loss of disc height the facets move up into the foramen.
fn narrowed(disc: &PlacedDisc) -> f64 {
    (disc.rim_height_mm / 5.0).clamp(0.35, 1.0)
}

fn slip_mm(findings: &Findings, above: &PlacedVertebra) -> f64 {
    findings.slips.iter().find(|slip| Some(slip.vertebra) == above.label).map_or(0.0, |slip| slip.slip_mm)
}

/// Area of the sac's ellipse at a disc without what encroaches on it: a sum over a fine lattice in the sac's
/// cross-section.
fn sac_area_mm2(sac: &Sac, index: usize, encroachments: &[Encroachment]) -> f64 {
    let Some(station) = sac.stations.iter().find(|station| station.centre == sac.at_discs[index]) else { return 0.0 };
    let [a, b] = station.radii_mm;
    let whole = std::f64::consts::PI * a * b;
    if encroachments.is_empty() {
        return whole;
    }
    const STEPS: i32 = 60;
    let (mut inside, mut free) = (0u32, 0u32);
    for j in -STEPS..=STEPS {
        for i in -STEPS..=STEPS {
            let (u, v) = (f64::from(i) / f64::from(STEPS), f64::from(j) / f64::from(STEPS));
            if u * u + v * v > 1.0 {
                continue;
            }
            let place = station.inside(u, v);
            let taken = encroachments.iter().flat_map(|encroachment| &encroachment.parts).any(|part| {
                let own = part.pose.inverse() * place;
                part.shape.signed(local(own.x, own.y, own.z)) < 0.0
            });
            inside += 1;
            free += u32::from(!taken);
        }
    }
    whole * f64::from(free) / f64::from(inside)
}

impl HerniationTruth {
    fn of(herniation: &Herniation, canal_depth_mm: f64) -> Self {
        let to_line = herniation.depth_mm / (FACET_LINE * canal_depth_mm);
        Self {
            kind: herniation.kind,
            zone: herniation.zone,
            side: herniation.side,
            msu_size: if to_line > 1.0 {
                3
            } else if to_line > 0.5 {
                2
            } else {
                1
            },
            msu_zone: match herniation.zone {
                Zone::Central => 'A',
                Zone::Subarticular => 'B',
                Zone::Foraminal | Zone::Extraforaminal => 'C',
            },
        }
    }
}
