//! What sizes a spine may have before it is built.

use crate::parameters::SpineParameters;
use crate::population::{VERTEBRAE, disc_below};

/// Why parameters make no column.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AnatomyError {
    /// Levels are missing, doubled or out of order.
    #[error(
        "vertebrae and discs must run from T10 to L5 and T10/T11 to L5/S1; found {vertebrae} vertebrae and {discs} discs, first mismatch at {found}"
    )]
    Levels {
        /// Number of vertebrae.
        vertebrae: usize,
        /// Number of discs.
        discs: usize,
        /// The first entry out of place.
        found: String,
    },
    /// A size that no anatomy has.
    #[error("{field} of {level} is {value}, expected {low} to {high}")]
    Size {
        /// The level.
        level: String,
        /// The field.
        field: &'static str,
        /// What it was.
        value: f64,
        /// The least it may be.
        low: f64,
        /// The most it may be.
        high: f64,
    },
}

/// Refuses parameters that make no column.
pub(crate) fn check(parameters: &SpineParameters) -> Result<(), AnatomyError> {
    let expected = VERTEBRAE.len();
    let stray_vertebra =
        VERTEBRAE.iter().zip(&parameters.vertebrae).find(|(e, v)| **e != v.label).map(|(_, v)| v.label.to_string());
    let stray_disc = (0..expected)
        .zip(&parameters.discs)
        .find(|(index, d)| disc_below(*index) != d.label)
        .map(|(_, d)| d.label.to_string());
    let short = parameters.vertebrae.len() != expected || parameters.discs.len() != expected;
    if let Some(found) = stray_vertebra.or(stray_disc).or(short.then(|| "the end".to_owned())) {
        let (vertebrae, discs) = (parameters.vertebrae.len(), parameters.discs.len());
        return Err(AnatomyError::Levels { vertebrae, discs, found });
    }

    let within = |level: String, field, value: f64, low: f64, high: f64| {
        let inside = (low..=high).contains(&value);
        if inside { Ok(()) } else { Err(AnatomyError::Size { level, field, value, low, high }) }
    };
    for v in &parameters.vertebrae {
        for (field, value, low, high) in [
            ("superior_width_mm", v.superior_width_mm, 10.0, 90.0),
            ("superior_depth_mm", v.superior_depth_mm, 10.0, 70.0),
            ("inferior_width_mm", v.inferior_width_mm, 10.0, 90.0),
            ("inferior_depth_mm", v.inferior_depth_mm, 10.0, 70.0),
            ("height_mm", v.height_mm, 8.0, 50.0),
            ("lordotic_wedge_deg", v.lordotic_wedge_deg, -30.0, 30.0),
            ("canal_width_mm", v.canal_width_mm, 6.0, 50.0),
            ("canal_depth_mm", v.canal_depth_mm, 5.0, 40.0),
            ("pedicle_width_mm", v.pedicle_width_mm, 2.0, 40.0),
            ("pedicle_height_mm", v.pedicle_height_mm, 4.0, 40.0),
            ("spinous_length_mm", v.spinous_length_mm, 5.0, 60.0),
            ("superior_concavity_mm", v.superior_concavity_mm, 0.0, 4.0),
            ("inferior_concavity_mm", v.inferior_concavity_mm, 0.0, 4.0),
            ("waist", v.waist, 0.0, 0.25),
        ] {
            within(v.label.to_string(), field, value, low, high)?;
        }
    }
    for d in &parameters.discs {
        within(d.label.to_string(), "middle_height_mm", d.middle_height_mm, 1.0, 30.0)?;
        within(d.label.to_string(), "segment_lordosis_deg", d.segment_lordosis_deg, -40.0, 60.0)?;
        within(d.label.to_string(), "degeneration", d.degeneration, 0.5, 5.5)?;
        within(d.label.to_string(), "bulge_mm", d.bulge_mm, -1.0, 6.0)?;
    }
    let s = &parameters.sacrum;
    for (field, value, low, high) in [
        ("width_mm", s.width_mm, 20.0, 90.0),
        ("depth_mm", s.depth_mm, 15.0, 60.0),
        ("canal_width_mm", s.canal_width_mm, 8.0, 50.0),
        ("canal_depth_mm", s.canal_depth_mm, 5.0, 40.0),
        ("remnant_mm", s.remnant_mm, 0.1, 8.0),
        ("least segment_heights_mm", s.segment_heights_mm.into_iter().fold(f64::INFINITY, f64::min), 4.0, 60.0),
        ("largest segment_heights_mm", s.segment_heights_mm.into_iter().fold(0.0, f64::max), 4.0, 60.0),
    ] {
        within("S1".into(), field, value, low, high)?;
    }
    let (a, c, t) = (&parameters.alignment, &parameters.canal, &parameters.trunk);
    for (field, value, low, high) in [
        ("sacral_slope_deg", a.sacral_slope_deg, 0.0, 85.0),
        ("pelvic_incidence_deg", a.pelvic_incidence_deg, 0.0, 120.0),
        ("recumbent_factor", a.recumbent_factor, 0.0, 1.5),
        ("knee_cushion_factor", a.knee_cushion_factor, 0.0, 1.5),
        ("cobb_deg", a.cobb_deg, -45.0, 45.0),
        ("apex_level", a.apex_level, -3.0, 5.0),
        ("apex_rotation_deg", a.apex_rotation_deg, -30.0, 30.0),
        ("sac_depth_ratio", c.sac_depth_ratio, 0.1, 1.0),
        ("sac_width_ratio", c.sac_width_ratio, 0.1, 1.0),
        ("conus_level", c.conus_level, -3.0, 5.0),
        ("sac_end_level", c.sac_end_level, 0.0, 4.0),
        ("trunk depth_mm", t.depth_mm, 140.0, 500.0),
        ("trunk width_mm", t.width_mm, 200.0, 700.0),
        ("back_fat_mm", t.back_fat_mm, 1.0, 120.0),
        ("belly_fat_mm", t.belly_fat_mm, 1.0, 120.0),
        ("muscle", t.muscle, 0.3, 2.0),
        ("marrow_t1", parameters.marrow_t1, 0.3, 3.0),
        ("marrow_t2", parameters.marrow_t2, 0.3, 3.0),
    ] {
        within("the spine".into(), field, value, low, high)?;
    }
    Ok(())
}
