//! One example: draw a spine, position the patient, scan, label.

use std::sync::Arc;

use geometry::{CoronalStructure, Grid, Orientation, PatientPosition, Structure, Volume};
use ndarray::Array3;
use phantom::{Material, Motion, PatientOnTable, Population, PositioningDistribution, Spine, Tissue};
use randomness::rand::Rng;
use randomness::{Stream, normal};
use scanner::{FatPool, Implant, Protocol, Saturation, Scanner, Sequence, SeriesProtocol, Subject, Substance};
use vnet::{BODY_CORTEX, ImageContract};
use vnet_train::{Example, TrainingSource};

use super::fault_mix::FaultMix;
use super::out_of_protocol::{OutOfProtocolSeries, add_anatomical_variation, sagittal_stack_on_spine};
use super::recipe::{ContrastMix, SeriesKind};

/// An infinite sequence of scanned phantoms; example n is always the same.
pub struct PhantomExamples {
    /// The patients.
    pub population: Population,
    /// How they lie.
    pub positioning: PositioningDistribution,
    /// Scanners and sequences, drawn uniformly.
    pub protocols: Vec<Protocol>,
    /// Kinds of series, by weight.
    pub contrasts: ContrastMix,
    /// Faults of the scanners.
    pub faults: FaultMix,
    /// The network's grid.
    pub image: ImageContract,
    /// True if the network has a class for the cortex of vertebral bodies.
    pub body_cortex: bool,
    /// Hash of the recipe.
    pub recipe_hash: String,
    /// Root of the examples' random draws.
    pub stream: Stream,
}

impl TrainingSource for PhantomExamples {
    fn example(&self, index: u64) -> Example {
        // A draw outside the anatomical limits, or with an empty image, is repeated.
        (0..)
            .find_map(|attempt| self.draw(&self.stream.child("example", index).child("attempt", attempt)))
            .expect("the number of attempts is unlimited")
    }

    fn identity(&self) -> String {
        self.recipe_hash.clone()
    }
}

impl PhantomExamples {
    fn draw(&self, stream: &Stream) -> Option<Example> {
        let positioning = self.positioning.sample(&stream.child("positioning", 0));
        let mut parameters = self.population.sample(&stream.child("phantom", 0));
        let mut rng = stream.child("series", 0).rng();
        let protocol = &self.protocols[rng.random_range(0..self.protocols.len())];
        let kind = self.contrasts.draw(&mut rng);
        if kind == SeriesKind::OutOfProtocol {
            add_anatomical_variation(&mut parameters, &mut rng);
        }
        let spine = Spine::build(&parameters, positioning.knee_cushion).ok()?;
        let patient = PatientOnTable::new(Arc::new(spine), positioning);
        let OutOfProtocolSeries { series, group, bands, coil } = self.series(kind, protocol, &patient, &mut rng);
        series.check(&group).ok()?;
        let contrast = if rng.random_bool(self.contrasts.random) { Contrast::Random } else { Contrast::Varied };
        let varied = VariedTissue { patient: &patient, contrast, stream: stream.child("tissue", 0) };
        let faults = self.faults.draw(&mut stream.child("faults", 0).rng());
        let (scanner, saturation) = (Scanner { faults, coil, ..protocol.scanner() }, Saturation::by(&bands));
        let images = scanner::acquire(&varied, &scanner, &series, &group, &saturation, &stream.child("noise", 0));

        let prepared = vnet::prepare(&images, &self.image).ok()?;
        let mut labels = truth_within(&patient, &prepared.grid, &images.grid, self.image.plane);
        if self.body_cortex {
            label_body_cortex(&mut labels, &patient, &prepared.grid);
        }
        Some(Example { image: prepared.data, labels })
    }

    fn series(
        &self,
        kind: SeriesKind,
        protocol: &Protocol,
        patient: &PatientOnTable,
        rng: &mut impl Rng,
    ) -> OutOfProtocolSeries {
        let [sagittal, coronal, axial] = scanner::localizer(protocol);
        let localizer = match self.image.plane {
            Orientation::Sagittal => sagittal,
            Orientation::Coronal => coronal,
            Orientation::Axial => axial,
        };
        let (series, group) = match kind {
            SeriesKind::Localizer => (protocol.localizer.series.clone(), localizer),
            SeriesKind::SagittalT2 => {
                let offset_sd_mm = [4.0, 8.0, 15.0];
                let group =
                    sagittal_stack_on_spine(&protocol.sagittal_stack, "sagittal", patient, offset_sd_mm, 0.03, rng);
                (protocol.sagittal_t2.clone(), group)
            }
            SeriesKind::Free => {
                let sequence = free_sequence(rng);
                let averages = if sequence.is_gradient_echo() { 1 } else { 2 };
                (SeriesProtocol { sequence, averages, ..protocol.localizer.series.clone() }, localizer)
            }
            SeriesKind::OutOfProtocol => return OutOfProtocolSeries::draw(patient, rng),
        };
        OutOfProtocolSeries { series, group, bands: Vec::new(), coil: protocol.coil }
    }
}

/// Timings from proton density to heavy T2, from T1 to bSSFP.
fn free_sequence(rng: &mut impl Rng) -> Sequence {
    match rng.random_range(0..4) {
        0 => Sequence::SpoiledGradientEcho {
            tr_ms: rng.random_range(6.0..200.0),
            te_ms: rng.random_range(1.8..4.5),
            flip_deg: rng.random_range(8.0..70.0),
        },
        1 => Sequence::Bssfp { tr_ms: rng.random_range(4.0..6.5), flip_deg: rng.random_range(25.0..75.0) },
        2 => Sequence::SpinEcho { tr_ms: rng.random_range(400.0..900.0), te_ms: rng.random_range(8.0..20.0) },
        _ => Sequence::SpinEcho { tr_ms: rng.random_range(1500.0..5000.0), te_ms: rng.random_range(30.0..140.0) },
    }
}

/// How a patient's tissues deviate from the tabulated values.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Contrast {
    /// Slightly different relaxation times and densities.
    Varied,
    /// A random signal for each tissue, so that the network learns shape instead of contrast.
    Random,
}

/// A patient whose tissues deviate from the tabulated values.
struct VariedTissue<'a> {
    patient: &'a PatientOnTable,
    contrast: Contrast,
    stream: Stream,
}

impl VariedTissue<'_> {
    /// Varies a tissue; all substances of one tissue vary in the same way.
    fn vary(&self, tissue: Tissue, substance: &mut Substance) {
        let mut rng = self.stream.child(&format!("{tissue:?}"), 0).rng();
        let [t1, t2, density] = [(); 3].map(|()| normal(&mut rng, 0.0, TISSUE_LOG_SD).exp());
        substance.t1_ms *= t1;
        substance.t2_ms *= t2;
        substance.proton_density *= density;
        // Texture, and the fatty infiltration of muscles.
        substance.texture_sd *= rng.random_range(0.5..2.0);
        substance.texture_scale_mm *= rng.random_range(0.6..2.0);
        let fatty = rng.random_range(0.0f64..1.0).powi(2) * 0.6;
        if matches!(tissue, Tissue::Muscle | Tissue::InterspinousTissue) {
            substance.fat.fraction = substance.fat.fraction.max(fatty);
            substance.texture_sd = substance.texture_sd.max(0.8 * fatty);
        }
        // Interspinous tissue is dark ligament in some people, fat in others.
        let fibrous = if rng.random_bool(0.5) { rng.random_range(0.05..0.4) } else { rng.random_range(0.4..1.6) };
        if tissue == Tissue::InterspinousTissue && fibrous < 1.0 {
            substance.t2_ms *= fibrous;
            substance.proton_density *= 0.4 + 0.6 * fibrous;
            substance.fat.fraction *= fibrous;
        }
        if tissue == Tissue::InterspinousTissue {
            substance.texture_sd = substance.texture_sd.max(rng.random_range(0.0..0.8));
        }
        let signal = rng.random_range(0.0f64..1.0).powi(2);
        // Cortical bone, metal and gas give no signal in any sequence.
        if self.contrast == Contrast::Random && substance.proton_density > 0.3 && substance.t2_ms > 5.0 {
            // With equal relaxation times only density distinguishes tissues; a material's own deviation is kept.
            let own = (substance.t2_ms / tissue.relaxation_1_5t().t2_ms).clamp(0.3, 3.0).sqrt();
            substance.proton_density = signal * own;
            (substance.t1_ms, substance.t2_ms) = (400.0, 150.0);
            substance.fat = FatPool { t1_ms: 400.0, t2_ms: 150.0, ..substance.fat };
        }
    }
}

/// SD of ln T1, ln T2 and ln density between people beyond what the population draws: a project choice.
const TISSUE_LOG_SD: f64 = 0.15;

impl Subject for VariedTissue<'_> {
    fn substances(&self, field_t: f64) -> Vec<Substance> {
        let mut substances = self.patient.substances(field_t);
        for (substance, material) in substances.iter_mut().zip(self.patient.materials()) {
            self.vary(material.tissue, substance);
        }
        substances
    }

    fn rasterize(&self, grid: &Grid) -> Volume<u8> {
        self.patient.rasterize(grid)
    }

    fn rasterize_samples(&self, grid: &Grid, offsets: &[[f64; 3]]) -> Array3<u8> {
        self.patient.rasterize_samples(grid, offsets)
    }

    fn position(&self) -> PatientPosition {
        self.patient.positioning.position
    }

    fn texture_seed(&self) -> u64 {
        Subject::texture_seed(self.patient)
    }

    fn motion(&self) -> Motion {
        self.patient.motion()
    }

    fn implants(&self) -> Vec<Implant> {
        self.patient.implants()
    }
}

/// Class labels on the network's grid, background where the scanned images do not reach.
fn truth_within(patient: &PatientOnTable, grid: &Grid, scanned: &Grid, plane: Orientation) -> Array3<u8> {
    let mut labels = patient.structures(grid).data;
    if plane == Orientation::Coronal {
        labels.zip_mut_with(&patient.instances(grid).data, |label, instance| {
            let structure = Structure::from_label(*label).expect("phantoms are made of structures");
            *label = CoronalStructure::of(structure, *instance).label();
        });
    }
    for ((k, j, i), label) in labels.indexed_iter_mut() {
        if *label != 0 && scanned.voxel(&grid.point([i as f64, j as f64, k as f64])).is_none() {
            *label = 0;
        }
    }
    labels
}

/// Gives cortex and endplates of the vertebral bodies their own class: readers who outline bones on real images leave them
/// out, because they are as dark as the adjacent ligaments, but include the cortex of arches. (Observed in four images of
/// the SPIDER data set.)
fn label_body_cortex(labels: &mut Array3<u8>, patient: &PatientOnTable, grid: &Grid) {
    let is_cortex =
        |material: &Material| material.tissue == Tissue::CorticalBone && material.structure == Structure::Vertebra;
    let is_cortex: Vec<bool> = patient.materials().iter().map(is_cortex).collect();
    let truth = patient.truth();
    let materials = patient.rasterize(grid).data;
    for ((k, j, i), label) in labels.indexed_iter_mut() {
        let vertebra = *label == Structure::Vertebra.label() && is_cortex[usize::from(materials[[k, j, i]])];
        if vertebra && !truth.is_behind_the_bodies(&grid.point([i as f64, j as f64, k as f64])) {
            *label = BODY_CORTEX;
        }
    }
}

#[cfg(test)]
mod tests {
    use phantom::Positioning;

    use super::*;

    #[test]
    fn varied_tissue_keeps_motion_and_implants() {
        let parameters = Population::adult_lumbar().sample(&Stream::from_seed(4));
        let spine = Spine::build(&parameters, true).expect("a draw is a spine");
        let motion = Motion { bulk_mm: 2.0, breathing_mm: 8.0, ..Motion::STILL };
        let patient = PatientOnTable::new(Arc::new(spine), Positioning { motion, ..Positioning::default() });
        let stream = Stream::from_seed(5);
        let varied = VariedTissue { patient: &patient, contrast: Contrast::Varied, stream };
        assert_eq!(varied.motion(), motion);
        assert_eq!(varied.implants().len(), patient.metal().len());
        assert_ne!(varied.substances(1.5)[1].t1_ms, patient.substances(1.5)[1].t1_ms);
    }

    #[test]
    fn body_cortex_is_a_thin_shell_in_front_of_the_posterior_walls() {
        let parameters = Population::adult_lumbar().sample(&Stream::from_seed(4));
        let spine = Spine::build(&parameters, true).expect("a draw is a spine");
        let patient = PatientOnTable::new(Arc::new(spine), Positioning::default());
        let centre = patient.truth().midsagittal.centre;
        let grid = Grid::axis_aligned(centre - geometry::Vector::new(20.0, 40.0, 80.0), [1.0; 3], [40, 100, 160]);
        let whole = truth_within(&patient, &grid, &grid, Orientation::Sagittal);
        let mut apart = whole.clone();
        label_body_cortex(&mut apart, &patient, &grid);
        let count = |labels: &Array3<u8>, class: u8| labels.iter().filter(|label| **label == class).count() as f64;
        let vertebra = Structure::Vertebra.label();
        let shell = count(&apart, BODY_CORTEX) / count(&whole, vertebra);
        assert!((0.05..0.2).contains(&shell), "{shell} of the vertebrae are the bodies' cortex");
        for ((k, j, i), class) in apart.indexed_iter() {
            let behind = patient.truth().is_behind_the_bodies(&grid.point([i as f64, j as f64, k as f64]));
            assert!(*class != BODY_CORTEX || whole[[k, j, i]] == vertebra && !behind);
            assert!(*class == BODY_CORTEX || *class == whole[[k, j, i]]);
        }
    }

    #[test]
    fn interspinous_tissue_is_ligament_in_some_people_and_fat_in_others() {
        let parameters = Population::adult_lumbar().sample(&Stream::from_seed(4));
        let spine = Spine::build(&parameters, true).expect("a draw is a spine");
        let patient = PatientOnTable::new(Arc::new(spine), Positioning::default());
        let between = patient.materials().iter().position(|m| m.tissue == Tissue::InterspinousTissue);
        let between = between.expect("there is tissue between spinous processes");
        let usual = patient.substances(1.5)[between];
        let drawn: Vec<Substance> = (0..60)
            .map(|n| {
                let stream = Stream::from_seed(n);
                let varied = VariedTissue { patient: &patient, contrast: Contrast::Varied, stream };
                varied.substances(1.5)[between]
            })
            .collect();
        let dark = drawn.iter().filter(|s| s.t2_ms < 0.5 * usual.t2_ms && s.fat.fraction < 0.3).count();
        let fatty = drawn.iter().filter(|s| s.fat.fraction > 0.3).count();
        assert!(dark > 5 && fatty > 5, "{dark} of 60 are dark, {fatty} fatty");
    }
}
