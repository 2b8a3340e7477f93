//! Voxels agree with the truth, and both move with the patient.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use geometry::{Grid, Plane, Point, Pose, Structure, Vector, Vertebra};
use nalgebra::{Matrix3, SymmetricEigen};
use phantom::parameters::{Proportions, SpineParameters};
use phantom::{PatientOnTable, Population, Positioning, Spine, Tissue};
use randomness::Stream;

fn patient(seed: u64, positioning: Positioning) -> PatientOnTable {
    let parameters = Population::adult_lumbar().sample(&Stream::from_seed(seed));
    PatientOnTable::new(Arc::new(Spine::build(&parameters, positioning.knee_cushion).unwrap()), positioning)
}

fn straight(parameters: &SpineParameters) -> PatientOnTable {
    PatientOnTable::new(Arc::new(Spine::build(parameters, true).unwrap()), Positioning::default())
}

fn rotated_and_off_centre() -> Positioning {
    Positioning {
        roll_deg: 9.0,
        pitch_deg: -6.0,
        yaw_deg: 7.0,
        offset_mm: [12.0, -5.0, 20.0],
        landmark_error_mm: -15.0,
        ..Default::default()
    }
}

/// A grid around the middle of the spine.
fn around(patient: &PatientOnTable, spacing_mm: f64, half: [f64; 3]) -> Grid {
    let centre = patient.pose * Point::new(0.0, 20.0, -20.0);
    let shape = half.map(|h| (2.0 * h / spacing_mm).round() as usize);
    Grid::centred(centre, Matrix3::identity(), [spacing_mm; 3], shape)
}

/// The least-squares plane through points.
fn fitted(points: &[Point]) -> Plane {
    let n = points.len() as f64;
    let centre = Point::from(points.iter().fold(Vector::zeros(), |sum, p| sum + p.coords) / n);
    let scatter = points.iter().fold(Matrix3::zeros(), |s, p| s + (p - centre) * (p - centre).transpose());
    let eigen = SymmetricEigen::new(scatter);
    Plane::new(centre, eigen.eigenvectors.column(eigen.eigenvalues.imin()).into_owned())
}

/// Plane halfway between a disc's lower and upper surface near its middle, fitted to voxels. The grid is
/// aligned with the disc, so that no surface has steps.
fn middle_surface(patient: &PatientOnTable, disc: &phantom::DiscTruth) -> Plane {
    let plane = disc.labelled.plane;
    let left = (disc.left - plane.centre).normalize();
    let back = (disc.posterior - plane.centre).normalize();
    let axes = Matrix3::from_columns(&[left, back, plane.normal.into_inner()]);
    let volume = patient.instances(&Grid::centred(plane.centre, axes, [1.0, 1.0, 0.1], [33, 25, 260]));
    let lines = volume.data.lanes(ndarray::Axis(0));
    let mut middles = Vec::new();
    for (number, line) in lines.into_iter().enumerate() {
        let (j, i) = (number / 33, number % 33);
        let inside: Vec<usize> = (0..260).filter(|k| line[*k] == disc.labelled.label.instance_label()).collect();
        if let (Some(low), Some(high)) = (inside.first(), inside.last()) {
            middles.push(volume.grid.point([i as f64, j as f64, (low + high) as f64 / 2.0]));
        }
    }
    assert!(middles.len() > 700, "{}: the disc covers {} of 825 lines", disc.labelled.label, middles.len());
    fitted(&middles)
}

#[test]
fn disc_voxels_lie_in_the_true_disc_planes() {
    for seed in 0..12 {
        let patient = patient(seed, rotated_and_off_centre());
        for disc in patient.truth().discs {
            let plane = middle_surface(&patient, &disc);
            let disc = disc.labelled;
            let angle = plane.angle_deg(&disc.plane);
            assert!(angle < 0.4, "seed {seed} {}: voxels and truth differ by {angle:.2}°", disc.label);
            // The concavities above and below differ by half a millimetre on average.
            let offset = disc.plane.distance_mm(&plane.centre);
            assert!(offset.abs() < 0.6, "seed {seed} {}: voxels lie {offset:.2} mm off the plane", disc.label);
        }
    }
}

#[test]
fn extents_of_vertebrae_in_voxels_match_the_truth() {
    for seed in [3, 8] {
        let patient = patient(seed, Positioning::default());
        let truth = patient.truth();
        let volume = patient.instances(&around(&patient, 0.8, [60.0, 60.0, 120.0]));
        for vertebra in truth.vertebrae.iter().filter(|v| v.label >= geometry::Vertebra::L1) {
            // Along lines through the body's centre, the instance label spans the body's extents.
            let left = vertebra.superior_endplate.normal.cross(&(vertebra.anterior_wall - vertebra.centre)).normalize();
            let span = |direction: Vector| {
                let inside = |t: f64| {
                    volume.nearest(&(vertebra.centre + direction * t)) == Some(vertebra.label.instance_label())
                };
                (0..400).map(|n| f64::from(n) * 0.1).take_while(|t| inside(*t)).last().unwrap_or(0.0)
            };
            let forward = (vertebra.anterior_wall - vertebra.centre).normalize();
            let (front, expected) = (span(forward), (vertebra.anterior_wall - vertebra.centre).norm());
            assert!((front - expected).abs() < 1.2, "{}: front at {front:.1}, expected {expected:.1}", vertebra.label);
            let up = vertebra.superior_endplate.normal.into_inner();
            let (height, expected) = (span(up) + span(-up), vertebra.height_mm[1]);
            assert!((height - expected).abs() < 1.6, "{}: height {height:.1}, expected {expected:.1}", vertebra.label);
            let width = span(left) + span(-left);
            assert!(
                (width / vertebra.width_mm - 0.91).abs() < 0.08,
                "{}: waist {width:.1} of {:.1}",
                vertebra.label,
                vertebra.width_mm
            );
        }
    }
}

#[test]
fn the_canal_is_continuous_and_follows_the_true_centreline() {
    for seed in [1, 4, 9] {
        let patient = patient(seed, rotated_and_off_centre());
        let truth = patient.truth();
        let volume = patient.structures(&around(&patient, 1.0, [70.0, 70.0, 130.0]));
        for pair in truth.canal_centreline.windows(2) {
            for n in 0..10 {
                let p = pair[0] + (pair[1] - pair[0]) * (f64::from(n) / 10.0);
                if let Some(label) = volume.nearest(&p) {
                    assert_eq!(label, Structure::Canal.label(), "seed {seed}: the sac is interrupted at {p}");
                }
            }
        }
        for disc in truth.labelled().discs {
            let clearance = disc.plane.distance_mm(&disc.canal).abs();
            assert!(clearance < 1e-6, "{}: the canal point leaves the disc plane by {clearance}", disc.label);
        }
    }
}

#[test]
fn there_is_no_gap_between_vertebrae_and_discs() {
    let patient = patient(6, Positioning::default());
    let grid = around(&patient, 0.5, [20.0, 25.0, 110.0]);
    let volume = patient.structures(&grid);
    // On the line from one body centre to the next there is only bone or disc.
    let truth = patient.truth();
    for pair in truth.vertebrae.windows(2).filter(|pair| pair[0].label >= geometry::Vertebra::L1) {
        for n in 0..=100 {
            let p = pair[0].centre + (pair[1].centre - pair[0].centre) * (f64::from(n) / 100.0);
            let label = volume.nearest(&p).unwrap();
            let bone_or_disc = label == Structure::Vertebra.label() || label == Structure::Disc.label();
            assert!(bone_or_disc, "{} to {}: label {label} at {p}", pair[0].label, pair[1].label);
        }
    }
}

#[test]
fn labels_move_with_the_patient() {
    let parameters = Population::adult_lumbar().sample(&Stream::from_seed(11));
    let spine = Arc::new(Spine::build(&parameters, true).unwrap());
    let straight = PatientOnTable::new(spine.clone(), Positioning::default());
    let turned = PatientOnTable::new(spine, rotated_and_off_centre());
    let motion: Pose = turned.pose * straight.pose.inverse();

    let grid = around(&straight, 2.0, [60.0, 60.0, 100.0]);
    let (before, after) = (straight.rasterize(&grid), turned.rasterize(&grid.moved(&motion)));
    let differing = before.data.iter().zip(&after.data).filter(|(a, b)| a != b).count();
    // Single precision moves a surface by micrometres: almost no voxel centre lies that close to one.
    assert!(differing * 10_000 < before.data.len(), "{differing} of {} voxels differ", before.data.len());

    let (moved, truth) = (straight.truth().moved(&motion), turned.truth());
    for (a, b) in moved.labelled().discs.iter().zip(truth.labelled().discs) {
        assert!((a.plane.centre - b.plane.centre).norm() < 1e-9 && a.plane.angle_deg(&b.plane) < 1e-9);
    }
}

#[test]
fn rotations_have_the_documented_signs() {
    let turned = |positioning| patient(1, positioning).pose;
    let head = |pose: Pose| pose.rotation * Vector::z();
    assert!((turned(Positioning { roll_deg: 10.0, ..Default::default() }).rotation * Vector::x()).y > 0.1);
    assert!(head(turned(Positioning { pitch_deg: 10.0, ..Default::default() })).y < -0.1);
    assert!(head(turned(Positioning { yaw_deg: 10.0, ..Default::default() })).x > 0.1);
    let origin = turned(Positioning { landmark_error_mm: 7.0, ..Default::default() }) * Point::origin();
    assert!((origin.x.abs() + (origin.z - 7.0).abs()) < 1e-9);
}

#[test]
fn proportions_change_arches_but_not_discs_or_truth() {
    let usual = Population::adult_lumbar().sample(&Stream::from_seed(6));
    let mut sturdy = usual.clone();
    sturdy.proportions =
        Proportions { lamina_thickness: 1.5, spinous_thickness: 1.5, arch_fat: 0.4, ..usual.proportions };
    let [usual, sturdy] = [usual, sturdy].map(|parameters| straight(&parameters));
    assert_eq!(usual.truth(), sturdy.truth());

    let grid = around(&usual, 1.5, [20.0, 60.0, 90.0]);
    let volume = |patient: &PatientOnTable, structure: Structure| {
        patient.structures(&grid).data.iter().filter(|label| **label == structure.label()).count()
    };
    assert_eq!(volume(&usual, Structure::Disc), volume(&sturdy, Structure::Disc));
    let grown = volume(&sturdy, Structure::Vertebra) as f64 / volume(&usual, Structure::Vertebra) as f64;
    assert!((1.03..1.25).contains(&grown), "vertebrae are {grown} times as large");

    // Marrow with more fat lies only in the arches, not in the bodies.
    let parameters = sturdy.spine.parameters();
    let fatty: Vec<usize> = (0..sturdy.materials().len())
        .filter(|index| {
            let material = &sturdy.materials()[*index];
            material.structure == Structure::Vertebra
                && (material.fat_fraction - parameters.marrow_fat - parameters.proportions.arch_fat).abs() < 1e-9
        })
        .collect();
    let tissue = sturdy.rasterize(&grid);
    let truth = sturdy.truth();
    let (mut in_arches, mut in_bodies) = (0, 0);
    for ((k, j, i), index) in tissue.data.indexed_iter() {
        if fatty.contains(&usize::from(*index)) {
            let place = grid.point([i as f64, j as f64, k as f64]);
            let nearest = truth.vertebrae.iter().map(|v| (v.centre - place).norm()).fold(f64::INFINITY, f64::min);
            if nearest > 15.0 { in_arches += 1 } else { in_bodies += 1 }
        }
    }
    assert!(in_arches > 2000 && in_bodies == 0, "{in_arches} voxels of fatty marrow in arches, {in_bodies} in bodies");
}

#[test]
fn a_sac_with_a_square_front_gains_only_its_anterior_corners() {
    let ellipse = Population::adult_lumbar().sample(&Stream::from_seed(6));
    let mut square = ellipse.clone();
    square.proportions.sac_squareness = [1.0, 0.0];
    let [ellipse, square] = [ellipse, square].map(|parameters| straight(&parameters));
    assert_eq!(ellipse.truth(), square.truth());

    // Voxels that the square sac gains, in front of and behind the middle of the sac in their slice.
    let grid = around(&ellipse, 1.0, [20.0, 60.0, 60.0]);
    let canal = |patient: &PatientOnTable| patient.structures(&grid).data.mapv(|l| l == Structure::Canal.label());
    let (before, after) = (canal(&ellipse), canal(&square));
    let places = |mask: &ndarray::Array3<bool>| -> Vec<_> {
        mask.indexed_iter().filter(|(_, inside)| **inside).map(|((k, j, i), _)| [i, j, k].map(|n| n as f64)).collect()
    };
    let mut gained = before.clone();
    gained.zip_mut_with(&after, |was, is| *was = *is && !*was);
    let sac = places(&before);
    let (mut front, mut back) = (0, 0);
    for place in places(&gained) {
        let level: Vec<_> =
            sac.iter().filter(|other| (grid.point(**other).z - grid.point(place).z).abs() < 0.6).collect();
        let middle = level.iter().map(|other| grid.point(**other).y).sum::<f64>() / level.len() as f64;
        if grid.point(place).y < middle { front += 1 } else { back += 1 }
    }
    assert!(front > 300 && back < front / 10, "{front} voxels gained in front of the middle, {back} behind");
}

#[test]
fn laminae_slope_forward_by_their_angle() {
    let usual = Population::adult_lumbar().sample(&Stream::from_seed(6));
    let mut sloping = usual.clone();
    sloping.proportions.lamina_slope_deg = 30.0;
    // Anterior surface of the lamina 6 mm to the left of L3's midline: distance of its lower half behind its upper half.
    let [usual, sloping] = [usual, sloping].map(|parameters| {
        let patient = straight(&parameters);
        let truth = patient.truth();
        let l3 = truth.vertebrae.iter().find(|v| v.label == Vertebra::L3).expect("L3");
        let middle = l3.centre + Vector::new(6.0, 37.0, -4.0);
        let grid = Grid::centred(middle, Matrix3::identity(), [0.5; 3], [1, 40, 56]);
        let labels = patient.structures(&grid).data;
        let lowest_first: Vec<f64> = labels
            .outer_iter()
            .filter_map(|row| row.iter().position(|label| *label == Structure::Vertebra.label()))
            .map(|column| column as f64 * grid.spacing_mm[1])
            .collect();
        let (lower, upper) = lowest_first.split_at(lowest_first.len() / 2);
        let mean = |half: &[f64]| half.iter().sum::<f64>() / half.len() as f64;
        mean(lower) - mean(upper)
    });
    assert!(sloping > usual + 1.0, "{usual} mm without and {sloping} mm with slope");
}

#[test]
fn settled_roots_lie_at_the_back_of_an_unchanged_sac() {
    let usual = Population::adult_lumbar().sample(&Stream::from_seed(6));
    let mut settled = usual.clone();
    settled.proportions.root_settling = 1.0;
    let [usual, settled] = [usual, settled].map(|parameters| {
        let patient = straight(&parameters);
        let truth = patient.truth();
        let l3 = truth.vertebrae.iter().find(|v| v.label == Vertebra::L3).expect("L3");
        let grid =
            Grid::centred(l3.posterior_wall + Vector::new(0.0, 8.0, 0.0), Matrix3::identity(), [0.25; 3], [100, 80, 4]);
        let materials = patient.materials();
        let (mut roots, mut canal, mut roots_mm, mut canal_mm) = (0.0, 0.0, 0.0, 0.0);
        for ((_, j, _), material) in patient.rasterize(&grid).data.indexed_iter() {
            let material = &materials[usize::from(*material)];
            if material.structure == Structure::Canal {
                (canal, canal_mm) = (canal + 1.0, canal_mm + 0.25 * j as f64);
                if material.tissue == Tissue::NerveRoot {
                    (roots, roots_mm) = (roots + 1.0, roots_mm + 0.25 * j as f64);
                }
            }
        }
        (canal, roots_mm / roots - canal_mm / canal)
    });
    assert!((usual.0 - settled.0).abs() < 0.01 * usual.0, "sacs of {} and {} voxels", usual.0, settled.0);
    assert!(settled.1 > usual.1 + 1.0, "{} mm behind the middle, settled {} mm", usual.1, settled.1);
}

#[test]
fn cartilage_reduces_a_disc_by_its_thickness_on_both_sides() {
    let plain = Population::adult_lumbar().sample(&Stream::from_seed(6));
    let mut lined = plain.clone();
    lined.proportions.cartilage_mm = 1.0;
    let [plain, lined] = [plain, lined].map(|parameters| straight(&parameters));
    assert_eq!(plain.truth(), lined.truth());
    let truth = plain.truth();
    let disc = truth.discs.iter().find(|d| d.labelled.label.to_string() == "L3/L4").unwrap();
    let line = Grid::centred(disc.labelled.plane.centre, Matrix3::identity(), [0.05; 3], [1, 1, 600]);
    let thickness_mm = |patient: &PatientOnTable| {
        0.05 * patient.structures(&line).data.iter().filter(|l| **l == Structure::Disc.label()).count() as f64
    };
    let lost = thickness_mm(&plain) - thickness_mm(&lined);
    assert!((1.9..2.3).contains(&lost), "{lost} mm lost");
}

#[test]
fn a_sacrum_with_less_taper_is_larger_and_remnants_may_have_endplates() {
    let usual = Population::adult_lumbar().sample(&Stream::from_seed(6));
    let mut blunt = usual.clone();
    blunt.proportions.sacral_taper = 0.4;
    let mut lined = usual.clone();
    lined.proportions.remnant_endplate_mm = 1.0;
    let [usual, blunt, lined] = [usual, blunt, lined].map(|parameters| {
        let patient = straight(&parameters);
        let endplate = patient.truth().sacral_endplate;
        let middle = endplate.centre - endplate.normal.into_inner() * 32.0;
        let grid = Grid::centred(middle, Matrix3::identity(), [0.5; 3], [1, 110, 60]);
        let (mut sacrum, mut cortex) = (0.0f64, 0.0f64);
        for material in patient.rasterize(&grid).data {
            let material = &patient.materials()[usize::from(material)];
            if material.structure == Structure::Sacrum {
                sacrum += 0.25;
                cortex += if material.tissue == Tissue::CorticalBone { 0.25 } else { 0.0 };
            }
        }
        (endplate, sacrum, cortex)
    });
    assert_eq!(usual.0.normal, blunt.0.normal);
    assert_eq!(usual.0.normal, lined.0.normal);
    assert!(blunt.1 > usual.1 + 50.0, "{} and {} mm² of sacrum in the midline", usual.1, blunt.1);
    assert!((lined.1 - usual.1).abs() < 5.0 && lined.2 > usual.2 + 15.0, "{} and {} mm² of cortex", usual.2, lined.2);
}
