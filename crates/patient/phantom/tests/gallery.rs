//! The truth of the named phantoms agrees with their titles, and every population gives spines that can be built.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::sync::Arc;

use geometry::{Disc, Grid, Point, Structure, Vertebra};
use phantom::grading::Schizas;
use phantom::{Individual, LevelTruth, PatientOnTable, Population, Positioning, Spine, SpineTruth, Tissue};
use randomness::Stream;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../phantoms").join(name)
}

fn spine(name: &str) -> Spine {
    let text = std::fs::read_to_string(folder("gallery").join(format!("{name}.toml"))).unwrap();
    let individual = Individual::from_toml(&text).unwrap();
    Spine::build(&individual.parameters(&Population::adult_lumbar()), true).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn level(truth: &SpineTruth, upper: Vertebra, lower: Vertebra) -> LevelTruth {
    truth.levels.iter().find(|level| level.disc == Disc::between(upper, lower)).unwrap().clone()
}

const L4_L5: (Vertebra, Vertebra) = (Vertebra::L4, Vertebra::L5);

fn files(name: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    files.sort();
    files
}

#[test]
fn every_named_phantom_can_be_built_and_has_every_class() {
    let files = files("gallery");
    assert!(files.len() >= 24, "{} phantoms", files.len());
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let patient = PatientOnTable::new(Arc::new(spine(&name)), Positioning::default());
        let grid = Grid::centred(Point::new(0.0, 30.0, -20.0), nalgebra::Matrix3::identity(), [4.0; 3], [60, 40, 90]);
        let labels = patient.structures(&grid);
        for structure in Structure::FOREGROUND {
            assert!(labels.data.iter().any(|label| *label == structure.label()), "{name} has no {structure:?}");
        }
    }
}

#[test]
fn grades_follow_from_the_geometry() {
    let truth = |name: &str| spine(name).truth().clone();
    let healthy = level(&truth("healthy-young"), L4_L5.0, L4_L5.1);
    assert_eq!((healthy.pfirrmann, healthy.schizas, healthy.bartynski), (1, Schizas::A, [0, 0]));

    let extrusion = level(&truth("l4-l5-extrusion"), L4_L5.0, L4_L5.1);
    assert_eq!((extrusion.herniations[0].msu_size, extrusion.herniations[0].msu_zone), (2, 'B'));
    assert!(extrusion.recess_mm[0] + 2.0 < extrusion.recess_mm[1], "the left recess is the narrower one");

    let stenosis = level(&truth("central-stenosis"), L4_L5.0, L4_L5.1);
    assert!(stenosis.schizas >= Schizas::B && stenosis.sac_area_mm2 < 0.6 * healthy.sac_area_mm2, "{stenosis:?}");
    let recess = level(&truth("recess-stenosis"), L4_L5.0, L4_L5.1);
    assert!(recess.bartynski[1] >= 2 && recess.bartynski[0] <= 1, "{recess:?}");

    let slip = level(&truth("degenerative-slip"), L4_L5.0, L4_L5.1);
    assert_eq!((slip.meyerding, slip.slip_mm), (1, 7.0));
    let isthmic = level(&truth("isthmic-slip"), Vertebra::L5, Vertebra::S1);
    assert_eq!(isthmic.meyerding, 2);
    assert!(isthmic.sac_area_mm2 > 2.0 * slip.sac_area_mm2, "spondylolysis leaves the canal wide");

    let fracture = truth("compression-fracture");
    let [anterior, _, posterior] = fracture.vertebra(Vertebra::L1).unwrap().height_mm;
    assert!(anterior < 0.7 * posterior, "{anterior} against {posterior}");
    assert!((truth("scoliosis").measurements.cobb_deg - 38.0).abs() < 8.0);
}

#[test]
fn a_slip_moves_the_vertebra_forward_by_its_size() {
    let text = std::fs::read_to_string(folder("gallery/degenerative-slip.toml")).unwrap();
    let mut parameters = Individual::from_toml(&text).unwrap().parameters(&Population::adult_lumbar());
    let slipped = Spine::build(&parameters, true).unwrap().truth().clone();
    parameters.findings.slips.clear();
    let straight = Spine::build(&parameters, true).unwrap().truth().clone();
    let forward = |truth: &SpineTruth| {
        let (l4, l5) = (truth.vertebra(Vertebra::L4).unwrap(), truth.vertebra(Vertebra::L5).unwrap());
        let back = l4.superior_endplate.normal.cross(&geometry::Vector::x());
        (l4.centre - l5.centre).dot(&back.normalize())
    };
    let travel = (forward(&slipped) - forward(&straight)).abs();
    assert!((travel - 7.0).abs() < 0.2, "{travel} mm");
}

#[test]
fn vertebrae_are_numbered_from_the_thoracic_spine_downwards() {
    let labels =
        |name: &str| -> Vec<Disc> { spine(name).truth().labelled().discs.iter().map(|disc| disc.label).collect() };
    assert_eq!(labels("six-lumbar").last(), Some(&Disc::between(Vertebra::L6, Vertebra::S1)));
    assert_eq!(labels("four-lumbar").last(), Some(&Disc::between(Vertebra::L4, Vertebra::S1)));
    assert_eq!((labels("six-lumbar").len(), labels("four-lumbar").len()), (9, 7));
}

#[test]
fn the_metal_of_screws_lies_in_the_screws() {
    let patient = PatientOnTable::new(Arc::new(spine("pedicle-screws")), Positioning::default());
    let metal = patient.metal();
    assert!(metal.len() > 20);
    for (centre, _) in metal {
        let index = patient.rasterize(&Grid::axis_aligned(centre, [1.0; 3], [1, 1, 1])).data[[0, 0, 0]];
        assert_eq!(patient.materials()[usize::from(index)].tissue, Tissue::Metal);
    }
}

#[test]
fn every_population_gives_spines_that_can_be_built() {
    for path in files("") {
        let population = Population::from_toml(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let draws = (0..60).map(|seed| Spine::build(&population.sample(&Stream::from_seed(seed)), seed % 2 == 0));
        let (built, refused): (Vec<_>, Vec<_>) = draws.partition(Result::is_ok);
        // A few combinations of findings are impossible; the caller draws again.
        assert!(
            refused.len() <= 3,
            "{}: {:?}",
            population.name(),
            refused.iter().map(Result::as_ref).collect::<Vec<_>>()
        );
        let most = built.into_iter().map(|spine| spine.unwrap().materials().len()).max();
        assert!(most < Some(250), "{}: {most:?} materials", population.name());
    }
}

#[test]
fn impossible_findings_are_refused_with_the_reason() {
    let refused = |findings: &str| {
        let text = format!("format-version = 1\ntitle = \"x\"\npopulation = \"adult-lumbar\"\nseed = 1\n{findings}");
        let individual = Individual::from_toml(&text).unwrap();
        Spine::build(&individual.parameters(&Population::adult_lumbar()), true).unwrap_err().to_string()
    };
    let herniation = |disc: &str, depth: f64| {
        format!(
            "[[findings.herniations]]\ndisc = \"{disc}\"\nkind = \"extrusion\"\nzone = \"central\"\nside = \"left\"\ndepth-mm = {depth:.1}\nwidth-mm = 12.0"
        )
    };
    let message = refused(&herniation("L4/L5", 30.0));
    assert!(message.contains("the herniation at L4/L5 is 30 mm deep, but the canal has room for"), "{message}");
    assert!(refused(&herniation("L6/S1", 5.0)).contains("this spine has no L6/S1"));
    let fusion = "[[findings.fusions]]\nfrom = \"L5\"\nto = \"L3\"";
    assert!(refused(fusion).contains("expected the upper vertebra first"));
    let slip = "[[findings.slips]]\nvertebra = \"L5\"\nslip-mm = 60.0";
    assert!(refused(slip).contains("slip-mm of L5 is 60, expected"));
    let typo = Individual::from_toml(
        "format-version = 1\ntitle = \"x\"\npopulation = \"a\"\nseed = 1\n[findings]\nherniation = []",
    );
    assert!(typo.unwrap_err().to_string().contains("unknown field `herniation`"));
    let base = Population::from_toml("base = \"nobody\"\nformat-version = 1\nname = \"x\"");
    assert!(base.unwrap_err().to_string().contains("base is"));
}
