//! Out-of-protocol series: parameters, stacks and coils as other scanners and other departments use them.
//!
//! Every limit is a project choice, wide enough for clinical practice (Billot et al., SynthSeg, Medical Image
//! Analysis 2023;86:102789: a network trained on every contrast and resolution needs no retraining for the next).

use geometry::{Direction, PhaseEncoding, SatBand, SliceGroup, SliceTarget, StackGeometry, Vector};
use nalgebra::Rotation3;
use phantom::{PatientOnTable, SpineParameters};
use randomness::normal;
use randomness::rand::Rng;
use scanner::{Coil, Sequence, SeriesProtocol};

/// A series with its stack, saturation bands and coils.
pub(super) struct OutOfProtocolSeries {
    pub series: SeriesProtocol,
    pub group: SliceGroup,
    pub bands: Vec<SatBand>,
    pub coil: Coil,
}

impl OutOfProtocolSeries {
    /// Draws one for a patient.
    pub fn draw(patient: &PatientOnTable, rng: &mut impl Rng) -> Self {
        let sequence = draw_sequence(rng);
        let series = SeriesProtocol {
            averages: rng.random_range(1..=3),
            phase_resolution: rng.random_range(0.6..1.0),
            phase_oversampling: rng.random_range(0.0..0.6),
            fat_saturation: rng.random_bool(0.1) && !sequence.is_gradient_echo(),
            ..SeriesProtocol::plain("out of protocol", sequence, rng.random_range(180.0..700.0))
        };
        let group = draw_stack(patient, rng);
        let bands = if rng.random_bool(0.5) { vec![anterior_band(&group, patient, rng)] } else { Vec::new() };
        Self { series, group, bands, coil: draw_coil(rng) }
    }
}

/// Adds variation of real patients that the populations lack: cartilaginous endplates, which are dark and which readers
/// leave out when they outline discs (anatomy: 0.6 to 1 mm, Roberts et al., Spine 1989;14:166; wider limits by choice);
/// sacs that fill the canal and are not elliptic; bundles of roots at the back of the sac; sloping laminae; sacra of many
/// shapes, with thick remnants of the S1/S2 disc between endplates (a network trained on one shape took S1 of real images
/// for a vertebra).
pub(super) fn add_anatomical_variation(parameters: &mut SpineParameters, rng: &mut impl Rng) {
    let proportions = &mut parameters.proportions;
    proportions.cartilage_mm = rng.random_range(0.2..1.4);
    proportions.sac_squareness = [rng.random_range(0.0..1.0), rng.random_range(0.0..1.0)];
    proportions.root_radius = normal(rng, 0.0, 0.4).clamp(-1.0, 1.0).exp();
    proportions.root_settling = rng.random_range(0.0..1.0);
    proportions.lamina_slope_deg = rng.random_range(0.0..40.0);
    proportions.interspinous_thickness = rng.random_range(1.0..2.2);
    proportions.sacral_taper = rng.random_range(0.3..1.15);
    proportions.remnant_extent = rng.random_range(0.8..1.25);
    proportions.remnant_endplate_mm = if rng.random_bool(0.5) { rng.random_range(0.4..1.2) } else { 0.0 };
    parameters.sacrum.remnant_mm = rng.random_range(1.0..8.0);
    for height_mm in &mut parameters.sacrum.segment_heights_mm {
        *height_mm *= normal(rng, 0.0, 0.1).clamp(-0.25, 0.25).exp();
    }
    for tilt_deg in &mut parameters.sacrum.segment_tilts_deg {
        *tilt_deg += normal(rng, 0.0, 5.0).clamp(-12.0, 12.0);
    }
    let canal = &mut parameters.canal;
    for (ratio, most) in [(&mut canal.sac_depth_ratio, 1.15), (&mut canal.sac_width_ratio, 1.3)] {
        *ratio = (*ratio * rng.random_range(1.0..most)).min(WIDEST_SAC);
    }
}

/// Width and depth of the widest sac relative to the canal (choice).
const WIDEST_SAC: f64 = 0.98;

/// Spine arrays of large and small loops, with or without a body array, and with any degree of normalization.
fn draw_coil(rng: &mut impl Rng) -> Coil {
    Coil {
        loop_radius_mm: rng.random_range(60.0..140.0),
        table_below_isocentre_mm: rng.random_range(100.0..140.0),
        upper_array: if rng.random_bool(0.5) { rng.random_range(0.0..0.5) } else { 0.0 },
        normalization: rng.random_range(0.0..1.0),
        ..Coil::default()
    }
}

/// Mostly T2, as most lumbar series are; also T1, STIR and gradient echoes.
fn draw_sequence(rng: &mut impl Rng) -> Sequence {
    let echo_spacing_ms = rng.random_range(9.0..13.0);
    match rng.random_range(0..10) {
        0..=5 => Sequence::TurboSpinEcho {
            tr_ms: rng.random_range(1500.0..5500.0),
            te_ms: rng.random_range(60.0..140.0),
            echo_train_length: rng.random_range(12..26),
            echo_spacing_ms,
            restore: rng.random_bool(0.5),
            three_d: false,
        },
        6 => Sequence::TurboSpinEcho {
            tr_ms: rng.random_range(450.0..900.0),
            te_ms: echo_spacing_ms,
            echo_train_length: 3,
            echo_spacing_ms,
            restore: false,
            three_d: false,
        },
        7 => Sequence::InversionRecovery {
            tr_ms: rng.random_range(3000.0..6000.0),
            te_ms: rng.random_range(30.0..80.0),
            ti_ms: rng.random_range(130.0..230.0),
            echo_train_length: 12,
            echo_spacing_ms,
        },
        8 => Sequence::SpinEcho { tr_ms: rng.random_range(1500.0..5000.0), te_ms: rng.random_range(12.0..120.0) },
        _ => Sequence::SpoiledGradientEcho {
            tr_ms: rng.random_range(6.0..300.0),
            te_ms: rng.random_range(3.6..5.0),
            flip_deg: rng.random_range(8.0..70.0),
        },
    }
}

/// Thin slabs and thick stacks, placed on the spine as a technologist would.
fn draw_stack(patient: &PatientOnTable, rng: &mut impl Rng) -> SliceGroup {
    let step_mm = log_uniform(rng, 0.8, 6.0);
    let slab_mm: f64 = rng.random_range(16.0..100.0);
    let thickness_mm = step_mm * rng.random_range(0.8..1.0);
    let fov_mm: f64 = rng.random_range(220.0..420.0);
    let pixel_mm = log_uniform(rng, 0.6, 1.5);
    let stack = StackGeometry {
        slices: ((slab_mm / step_mm).round() as usize).clamp(4, 24),
        thickness_mm,
        gap_mm: step_mm - thickness_mm,
        fov_mm: [fov_mm; 2],
        matrix: [((fov_mm / pixel_mm / 2.0).round() as usize * 2).clamp(128, 448); 2],
    };
    let group = sagittal_stack_on_spine(&stack, "out of protocol", patient, [4.0, 18.0, 35.0], 0.05, rng);
    let phase_encoding = if rng.random_bool(0.7) { PhaseEncoding::Column } else { PhaseEncoding::Row };
    SliceGroup { phase_encoding, ..group }
}

/// A sagittal stack on the spine with random errors of position (SD to the left, back and head, mm) and of rotation (SD,
/// radians).
pub(super) fn sagittal_stack_on_spine(
    stack: &StackGeometry,
    name: &str,
    patient: &PatientOnTable,
    offset_sd_mm: [f64; 3],
    rotation_sd_rad: f64,
    rng: &mut impl Rng,
) -> SliceGroup {
    let plane = patient.truth().midsagittal;
    let rotation =
        Rotation3::from_euler_angles(0.0, normal(rng, 0.0, rotation_sd_rad), normal(rng, 0.0, rotation_sd_rad));
    let normal_left = rotation * plane.normal.into_inner();
    let down = (-Vector::z() + normal_left * normal_left.z).normalize();
    let row = down.cross(&-normal_left);
    let shift = Vector::from_fn(|axis, _| normal(rng, 0.0, offset_sd_mm[axis]));
    stack.at(
        name,
        SliceTarget::Sagittal,
        plane.centre + shift,
        Direction::new_normalize(row),
        Direction::new_normalize(down),
    )
}

/// A saturation band over abdomen and great vessels; its posterior edge lies in front of the vertebrae or overlaps them.
fn anterior_band(group: &SliceGroup, patient: &PatientOnTable, rng: &mut impl Rng) -> SatBand {
    let thickness_mm = rng.random_range(40.0..120.0);
    let edge_mm = rng.random_range(22.0..65.0);
    let tilt = Rotation3::from_axis_angle(&group.normal(), normal(rng, 0.0, 0.12));
    let front = tilt * -group.row.into_inner();
    let middle = patient.truth().midsagittal.centre;
    SatBand {
        name: "anterior".into(),
        centre: middle + front * (edge_mm + thickness_mm / 2.0),
        normal: Direction::new_normalize(front),
        thickness_mm,
    }
}

fn log_uniform(rng: &mut impl Rng, low: f64, high: f64) -> f64 {
    rng.random_range(low.ln()..high.ln()).exp()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use geometry::Vertebra;
    use phantom::{Population, Positioning, Spine};
    use randomness::Stream;

    use super::*;

    #[test]
    fn out_of_protocol_series_can_be_scanned_and_show_the_lumbar_spine() {
        let parameters = Population::adult_lumbar().sample(&Stream::from_seed(4));
        let spine = Spine::build(&parameters, true).expect("a draw is a spine");
        let patient = PatientOnTable::new(Arc::new(spine), Positioning::default());
        let middle = patient.truth().vertebrae.iter().find(|v| v.label == Vertebra::L3).expect("L3").centre;
        let mut rng = Stream::from_seed(5).rng();
        let drawn: Vec<_> = (0..200).map(|_| OutOfProtocolSeries::draw(&patient, &mut rng)).collect();
        let possible = drawn.iter().filter(|series| series.series.check(&series.group).is_ok()).count();
        assert!(possible > 150, "{possible} of 200 can be scanned");
        let shown = drawn.iter().filter(|series| series.group.contains(&middle)).count();
        assert!(shown > 170, "{shown} of 200 show L3");
        let thin = drawn.iter().filter(|series| series.group.slice_step_mm() < 2.0).count();
        assert!((50..150).contains(&thin), "{thin} of 200 have thin slices");
        let without = drawn.iter().filter(|series| series.coil.upper_array == 0.0).count();
        assert!((60..140).contains(&without), "{without} of 200 have no body array");
        let near = drawn.iter().filter(|series| series.coil.normalization < 0.5).count();
        assert!((60..140).contains(&near), "{near} of 200 keep most of the sensitivity fall-off");
        assert!(drawn.iter().any(|series| series.bands.is_empty()) && drawn.iter().any(|f| !f.bands.is_empty()));
    }

    #[test]
    fn anatomical_variation_adds_cartilage_and_never_makes_sacs_smaller() {
        let mut rng = Stream::from_seed(6).rng();
        for seed in 0..40 {
            let usual = Population::adult_lumbar().sample(&Stream::from_seed(seed));
            let mut varied = usual.clone();
            add_anatomical_variation(&mut varied, &mut rng);
            assert!((0.2..1.4).contains(&varied.proportions.cartilage_mm));
            assert!((0.0..40.0).contains(&varied.proportions.lamina_slope_deg));
            assert_ne!(usual.sacrum.remnant_mm, varied.sacrum.remnant_mm);
            let [was, is] = [&usual, &varied].map(|person| person.sacrum.segment_heights_mm);
            assert!(was.iter().zip(is).all(|(was, is)| *was != is && (0.75..1.3).contains(&(is / was))));
            for (was, is) in [
                (usual.canal.sac_width_ratio, varied.canal.sac_width_ratio),
                (usual.canal.sac_depth_ratio, varied.canal.sac_depth_ratio),
            ] {
                assert!((was..=WIDEST_SAC).contains(&is), "seed {seed}: {was} became {is}");
            }
            Spine::build(&varied, true).expect("still a spine");
        }
    }
}
