//! Prevalence of findings in a population, and their draw for one person.

use geometry::{Disc, Vertebra};
use rand::Rng;
use randomness::{Stream, truncated_normal};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::findings::{
    AnnularFissure, BoneLesion, BoneLesionKind, Castellvi, Degeneration, Endplate, EndplateChange, Findings, Fracture,
    FractureKind, Fusion, Herniation, HerniationKind, Laminectomy, Osteophytes, Overgrowth, Prosthesis, SchmorlNode,
    Side, Slip, TarlovCyst, Transition, Zone,
};
use crate::parameters::SpineParameters;

/// Probabilities of findings, 0…1; a population without this table has no findings. "Per disc" and "per vertebra"
/// refer to lumbar ones.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct Prevalence {
    /// Four lumbar vertebrae, per person.
    pub four_lumbar_vertebrae: f64,
    /// Six lumbar vertebrae, per person.
    pub six_lumbar_vertebrae: f64,
    /// A transitional vertebra (Castellvi I to IV), per person.
    pub transition: f64,
    /// Pfirrmann grade V, per disc of grade IV.
    pub collapse: f64,
    /// A herniation, per disc below L3 of grade III or more.
    pub herniation: f64,
    /// Weights of protrusion, extrusion and sequestration among them.
    pub herniation_kinds: [f64; 3],
    /// An annular fissure, per disc of grade III or more.
    pub fissure: f64,
    /// A Modic change on both sides, per disc of grade IV or more.
    pub modic: f64,
    /// Weights of types I, II and III.
    pub modic_types: [f64; 3],
    /// A Schmorl's node, per vertebra.
    pub schmorl_node: f64,
    /// Osteophytes, per disc of grade III or more.
    pub osteophytes: f64,
    /// Hypertrophy of ligamenta flava and facets, per disc below L2 of grade III or more.
    pub overgrowth: f64,
    /// A slip of L4 or L5, per person.
    pub slip: f64,
    /// Fraction of the slips with spondylolysis.
    pub lysis: f64,
    /// A vertebral fracture, per person.
    pub fracture: f64,
    /// A haemangioma, per person.
    pub haemangioma: f64,
    /// Metastases, per person.
    pub metastases: f64,
    /// Screws and rods, per person.
    pub fusion: f64,
    /// A laminectomy, per person.
    pub laminectomy: f64,
    /// A disc prosthesis, per person.
    pub prosthesis: f64,
    /// A Tarlov cyst, per person.
    pub tarlov_cyst: f64,
}

impl Prevalence {
    /// Every probability with its name.
    pub fn probabilities(&self) -> [(&'static str, f64); 19] {
        [
            ("four-lumbar-vertebrae", self.four_lumbar_vertebrae),
            ("six-lumbar-vertebrae", self.six_lumbar_vertebrae),
            ("transition", self.transition),
            ("collapse", self.collapse),
            ("herniation", self.herniation),
            ("fissure", self.fissure),
            ("modic", self.modic),
            ("schmorl-node", self.schmorl_node),
            ("osteophytes", self.osteophytes),
            ("overgrowth", self.overgrowth),
            ("slip", self.slip),
            ("lysis", self.lysis),
            ("fracture", self.fracture),
            ("haemangioma", self.haemangioma),
            ("metastases", self.metastases),
            ("fusion", self.fusion),
            ("laminectomy", self.laminectomy),
            ("prosthesis", self.prosthesis),
            ("tarlov-cyst", self.tarlov_cyst),
        ]
    }

    /// Adds a person's drawn number of vertebrae and findings to their parameters. Every finding has its own stream,
    /// so that changing one probability does not change the other draws.
    pub fn draw_into(&self, mut p: SpineParameters, stream: &Stream) -> SpineParameters {
        if *self == Self::default() {
            return p;
        }
        let count = stream.child("lumbar vertebrae", 0).rng().random::<f64>();
        if count < self.four_lumbar_vertebrae {
            p = p.with_lumbar_vertebrae(4);
        } else if count < self.four_lumbar_vertebrae + self.six_lumbar_vertebrae {
            p = p.with_lumbar_vertebrae(6);
        }
        let mut findings = Findings::default();
        let draws = Draws(*stream);
        self.draw_discs(&p, &draws, &mut findings);
        self.draw_bones(&p, &draws, &mut findings);
        self.draw_surgery(&p, &draws, &mut findings);
        if draws.happens("transition", 0, self.transition) {
            use Castellvi::{IIIa, IIIb, IIa, IIb, IV, Ia, Ib};
            let castellvi =
                [Ia, Ib, IIa, IIb, IIIa, IIIb, IV][draws.choice("castellvi", &[3.0, 3.0, 3.0, 2.0, 1.0, 2.0, 1.0])];
            findings.transition = Some(Transition { castellvi });
        }
        p.findings = findings;
        p
    }

    fn draw_discs(&self, p: &SpineParameters, draws: &Draws, findings: &mut Findings) {
        let lumbar = p.discs.iter().enumerate().filter(|(_, disc)| disc.label.upper >= Vertebra::L1);
        for (n, disc) in lumbar {
            let (label, vertebra) = (disc.label, &p.vertebrae[n]);
            let mut grade = disc.degeneration;
            if grade >= 3.5 && draws.happens("collapse", n, self.collapse) {
                grade = 5.0;
                findings.degenerations.push(Degeneration { disc: label, pfirrmann: 5.0, bulge_mm: None });
            }
            let degenerated = grade >= 2.5;
            let low = n + 3 >= p.discs.len();
            if low && degenerated && draws.happens("herniation", n, self.herniation) {
                findings.herniations.push(self.herniation_of(label, vertebra.canal_depth_mm, draws, n));
            }
            if degenerated && draws.happens("fissure", n, self.fissure) {
                let length_mm = draws.between("fissure length", n, 5.0, 12.0);
                findings.fissures.push(AnnularFissure { disc: label, side: draws.side("fissure side", n), length_mm });
            }
            if grade >= 3.5 && draws.happens("modic", n, self.modic) {
                let modic = 1 + draws.choice_at("modic type", n, &self.modic_types) as u8;
                let extent_mm = draws.between("modic extent", n, 3.0, 9.0);
                findings.endplate_changes.push(EndplateChange {
                    vertebra: label.upper,
                    endplate: Endplate::Inferior,
                    modic,
                    extent_mm,
                });
                if label.lower != Vertebra::S1 {
                    let endplate = Endplate::Superior;
                    findings.endplate_changes.push(EndplateChange {
                        vertebra: label.lower,
                        endplate,
                        modic,
                        extent_mm,
                    });
                }
            }
            if degenerated && draws.happens("osteophytes", n, self.osteophytes) {
                let length_mm = draws.between("osteophyte length", n, 1.5, 6.0);
                findings.osteophytes.push(Osteophytes { disc: label, length_mm });
            }
            if label.upper >= Vertebra::L2 && degenerated && draws.happens("overgrowth", n, self.overgrowth) {
                findings.overgrowths.push(Overgrowth {
                    disc: label,
                    flavum_mm: draws.between("flavum", n, 0.3, 2.8),
                    facet_mm: [draws.between("facet left", n, 0.0, 4.5), draws.between("facet right", n, 0.0, 4.5)],
                });
            }
        }
    }

    fn herniation_of(&self, disc: Disc, canal_depth_mm: f64, draws: &Draws, n: usize) -> Herniation {
        let kinds = [HerniationKind::Protrusion, HerniationKind::Extrusion, HerniationKind::Sequestration];
        let kind = kinds[draws.choice_at("herniation kind", n, &self.herniation_kinds)];
        let zones = [Zone::Central, Zone::Subarticular, Zone::Foraminal, Zone::Extraforaminal];
        // Most are paramedian (weights: choice).
        let zone = zones[draws.choice_at("herniation zone", n, &[3.0, 5.0, 1.0, 0.4])];
        let depth_mm = match kind {
            HerniationKind::Protrusion => draws.between("herniation depth", n, 2.0, 5.0),
            _ => draws.between("herniation depth", n, 4.0, 9.0),
        };
        Herniation {
            disc,
            kind,
            zone,
            side: draws.side("herniation side", n),
            depth_mm: depth_mm.min(canal_depth_mm - 3.0),
            width_mm: draws.between("herniation width", n, 8.0, 16.0),
            migration_mm: match kind {
                HerniationKind::Protrusion => 0.0,
                // More often downwards.
                _ => draws.between("migration", n, -12.0, 7.0),
            },
        }
    }

    fn draw_bones(&self, p: &SpineParameters, draws: &Draws, findings: &mut Findings) {
        let lumbar: Vec<Vertebra> = p.vertebrae.iter().map(|v| v.label).filter(|v| *v >= Vertebra::L1).collect();
        for (n, vertebra) in lumbar.iter().enumerate() {
            if draws.happens("schmorl", n, self.schmorl_node) {
                let endplate =
                    if draws.happens("schmorl below", n, 0.6) { Endplate::Inferior } else { Endplate::Superior };
                let (radius_mm, depth_mm) =
                    (draws.between("schmorl radius", n, 3.0, 6.0), draws.between("schmorl depth", n, 3.0, 6.0));
                findings.schmorl_nodes.push(SchmorlNode { vertebra: *vertebra, endplate, radius_mm, depth_mm });
            }
        }
        if draws.happens("slip", 0, self.slip) {
            let lysis = draws.happens("lysis", 0, self.lysis);
            // Isthmic slips are most common at the last vertebra, degenerative slips at the one above it.
            let vertebra = lumbar[lumbar.len() - if lysis { 1 } else { 2 }];
            findings.slips.push(Slip {
                vertebra,
                slip_mm: draws.between("slip mm", 0, 3.0, if lysis { 14.0 } else { 8.0 }),
                lysis,
            });
        }
        let any =
            |name: &str| lumbar[(draws.between(name, 0, 0.0, lumbar.len() as f64) as usize).min(lumbar.len() - 1)];
        if draws.happens("fracture", 0, self.fracture) {
            // Most fractures are at the thoracolumbar junction.
            let vertebra = [Vertebra::T12, Vertebra::L1, Vertebra::L2, Vertebra::L3]
                [draws.choice("fractured", &[3.0, 4.0, 2.0, 1.0])];
            let burst = draws.happens("burst", 0, 0.2);
            findings.fractures.push(Fracture {
                vertebra,
                kind: if burst { FractureKind::Burst } else { FractureKind::Compression },
                height_loss: draws.between("height loss", 0, 0.2, 0.55),
                retropulsion_mm: if burst { draws.between("retropulsion", 0, 2.0, 6.0) } else { 0.0 },
                acute: draws.happens("acute", 0, 0.4),
            });
        }
        let place = |name: &str, n: usize| [0, 1, 2].map(|axis| draws.between(name, 3 * n + axis, -0.6, 0.6));
        if draws.happens("haemangioma", 0, self.haemangioma) {
            findings.lesions.push(BoneLesion {
                vertebra: any("haemangioma level"),
                kind: BoneLesionKind::Haemangioma,
                radius_mm: draws.between("haemangioma radius", 0, 4.0, 12.0),
                place: place("haemangioma place", 0),
            });
        }
        if draws.happens("metastases", 0, self.metastases) {
            for n in 0..4 {
                findings.lesions.push(BoneLesion {
                    vertebra: lumbar[(draws.between("metastasis level", n, 0.0, lumbar.len() as f64) as usize)
                        .min(lumbar.len() - 1)],
                    kind: BoneLesionKind::Metastasis,
                    radius_mm: draws.between("metastasis radius", n, 4.0, 12.0),
                    place: place("metastasis place", n),
                });
            }
        }
        if draws.happens("tarlov", 0, self.tarlov_cyst) {
            findings.tarlov_cysts.push(TarlovCyst {
                segment: 2,
                side: draws.side("tarlov side", 0),
                radius_mm: draws.between("tarlov radius", 0, 4.0, 10.0),
            });
        }
    }

    fn draw_surgery(&self, p: &SpineParameters, draws: &Draws, findings: &mut Findings) {
        let lowest: Vec<Vertebra> = p.vertebrae.iter().map(|v| v.label).rev().take(3).collect();
        if draws.happens("fusion", 0, self.fusion) {
            let spans =
                [(lowest[0], Vertebra::S1), (lowest[1], lowest[0]), (lowest[1], Vertebra::S1), (lowest[2], lowest[0])];
            let (from, to) = spans[draws.choice("fusion span", &[2.0, 4.0, 2.0, 1.0])];
            findings.fusions.push(Fusion { from, to, cage: draws.happens("cage", 0, 0.6) });
            if draws.happens("fusion with laminectomy", 0, 0.5) {
                findings.laminectomies.push(Laminectomy { vertebra: from });
            }
        } else if draws.happens("laminectomy", 0, self.laminectomy) {
            let vertebra = lowest[draws.choice("laminectomy level", &[2.0, 3.0, 1.0])];
            findings.laminectomies.push(Laminectomy { vertebra });
        } else if draws.happens("prosthesis", 0, self.prosthesis) {
            let disc = p.discs[p.discs.len() - 1 - draws.choice("prosthesis level", &[1.0, 1.0])].label;
            findings.prostheses.push(Prosthesis { disc });
        }
    }
}

/// Named random draws.
struct Draws(Stream);

impl Draws {
    fn happens(&self, name: &str, number: usize, probability: f64) -> bool {
        self.0.child(name, number as u64).rng().random::<f64>() < probability
    }

    fn side(&self, name: &str, number: usize) -> Side {
        if self.happens(name, number, 0.5) { Side::Left } else { Side::Right }
    }

    /// A value between two limits, more likely near the middle.
    fn between(&self, name: &str, number: usize, low: f64, high: f64) -> f64 {
        let middle = (low + high) / 2.0;
        truncated_normal(&mut self.0.child(name, number as u64).rng(), middle, (high - low) / 3.5, 1.75)
    }

    fn choice(&self, name: &str, weights: &[f64]) -> usize {
        self.choice_at(name, 0, weights)
    }

    /// An index with probability proportional to its weight; 0 if all weights are 0.
    fn choice_at(&self, name: &str, number: usize, weights: &[f64]) -> usize {
        let mut remaining = self.0.child(name, number as u64).rng().random::<f64>() * weights.iter().sum::<f64>();
        for (index, weight) in weights.iter().enumerate() {
            remaining -= weight;
            if remaining < 0.0 {
                return index;
            }
        }
        0
    }
}
