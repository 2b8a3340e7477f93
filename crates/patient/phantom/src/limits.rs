//! Limits of the parameters, checked before a spine is built.

use geometry::{Disc, Vertebra};

use crate::findings::{Herniation, Zone};
use crate::parameters::SpineParameters;

/// Why a spine cannot be built from its parameters.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AnatomyError {
    /// Levels are missing, duplicated or out of order.
    #[error(
        "vertebrae and discs must run from T10 to L4, L5 or L6 and from T10/T11 to the sacrum; found {vertebrae} vertebrae and {discs} discs, first mismatch at {found}"
    )]
    Levels {
        /// Number of vertebrae.
        vertebrae: usize,
        /// Number of discs.
        discs: usize,
        /// The first entry that is out of order.
        found: String,
    },
    /// A finding at a level that this spine lacks.
    #[error("{finding} at {level}, but this spine has no {level}")]
    NoSuchLevel {
        /// The finding.
        finding: &'static str,
        /// The level.
        level: String,
    },
    /// More disc material than the canal can hold.
    #[error("the herniation at {disc} is {depth_mm} mm deep, but the canal has room for only {room_mm:.1} mm")]
    HerniationTooLarge {
        /// The disc.
        disc: Disc,
        /// Its depth, mm.
        depth_mm: f64,
        /// Available depth, mm.
        room_mm: f64,
    },
    /// A fusion with the lower vertebra first.
    #[error("the fusion runs from {from} to {to}, expected the upper vertebra first")]
    FusionUpsideDown {
        /// The first vertebra.
        from: Vertebra,
        /// The second vertebra.
        to: Vertebra,
    },
    /// A value outside its anatomical limits.
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

/// Refuses parameters from which no spine can be built.
pub(crate) fn check(parameters: &SpineParameters) -> Result<(), AnatomyError> {
    // Four, five or six lumbar vertebrae.
    let number = parameters.vertebrae.len().clamp(7, 9);
    let expected = &Vertebra::ALL[..number];
    let below = |index: usize| expected.get(index + 1).copied().unwrap_or(Vertebra::S1);
    let wrong_vertebra =
        expected.iter().zip(&parameters.vertebrae).find(|(e, v)| **e != v.label).map(|(_, v)| v.label.to_string());
    let wrong_disc = (0..number)
        .zip(&parameters.discs)
        .find(|(index, d)| Disc::between(expected[*index], below(*index)) != d.label)
        .map(|(_, d)| d.label.to_string());
    let short = parameters.vertebrae.len() != number || parameters.discs.len() != number;
    if let Some(found) = wrong_vertebra.or(wrong_disc).or(short.then(|| "the end".to_owned())) {
        let (vertebrae, discs) = (parameters.vertebrae.len(), parameters.discs.len());
        return Err(AnatomyError::Levels { vertebrae, discs, found });
    }

    let within = |level: String, field, value: f64, low: f64, high: f64| {
        let inside = (low..=high).contains(&value);
        if inside { Ok(()) } else { Err(AnatomyError::Size { level, field, value, low, high }) }
    };
    let proportions = &parameters.proportions;
    for (field, value) in [
        ("lamina_thickness", proportions.lamina_thickness),
        ("lamina_height", proportions.lamina_height),
        ("facet_radius", proportions.facet_radius),
        ("spinous_thickness", proportions.spinous_thickness),
        ("spinous_height", proportions.spinous_height),
        ("interspinous_thickness", proportions.interspinous_thickness),
        ("cortex_thickness", proportions.cortex_thickness),
        ("root_radius", proportions.root_radius),
        ("remnant_extent", proportions.remnant_extent),
    ] {
        within("proportions".into(), field, value, 0.3, 3.0)?;
    }
    for (field, value, high) in [
        ("lamina_slope_deg", proportions.lamina_slope_deg, 60.0),
        ("arch_fat", proportions.arch_fat, 1.0),
        ("sac_squareness", proportions.sac_squareness[0], 1.0),
        ("sac_squareness", proportions.sac_squareness[1], 1.0),
        ("root_settling", proportions.root_settling, 1.0),
        ("cartilage_mm", proportions.cartilage_mm, 2.0),
        ("sacral_taper", proportions.sacral_taper, 1.25),
        ("remnant_endplate_mm", proportions.remnant_endplate_mm, 3.0),
    ] {
        within("proportions".into(), field, value, 0.0, high)?;
    }
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
        ("cobb_deg", a.cobb_deg, -60.0, 60.0),
        ("apex_level", a.apex_level, -3.0, 5.0),
        ("apex_rotation_deg", a.apex_rotation_deg, -30.0, 30.0),
        ("sac_depth_ratio", c.sac_depth_ratio, 0.1, 1.0),
        ("sac_width_ratio", c.sac_width_ratio, 0.1, 1.0),
        ("conus_level", c.conus_level, -3.0, 5.0),
        ("sac_end_level", c.sac_end_level, 0.0, 4.0),
        ("trunk depth_mm", t.depth_mm, 100.0, 500.0),
        ("trunk width_mm", t.width_mm, 150.0, 700.0),
        ("back_fat_mm", t.back_fat_mm, 1.0, 120.0),
        ("belly_fat_mm", t.belly_fat_mm, 1.0, 120.0),
        ("muscle", t.muscle, 0.3, 2.0),
        ("marrow_fat", parameters.marrow_fat, 0.0, 1.0),
        ("marrow_t1", parameters.marrow_t1, 0.3, 3.0),
        ("marrow_t2", parameters.marrow_t2, 0.3, 3.0),
    ] {
        within("the spine".into(), field, value, low, high)?;
    }
    check_findings(parameters)
}

/// Refuses findings at levels that the spine lacks or of impossible size, and herniations that do not fit into the
/// canal.
fn check_findings(parameters: &SpineParameters) -> Result<(), AnatomyError> {
    let f = &parameters.findings;
    let vertebra = |finding, label: Vertebra| match parameters.vertebrae.iter().find(|v| v.label == label) {
        Some(found) => Ok(found),
        None => Err(AnatomyError::NoSuchLevel { finding, level: label.to_string() }),
    };
    let disc = |finding, label: Disc| match parameters.discs.iter().find(|d| d.label == label) {
        Some(found) => Ok(found),
        None => Err(AnatomyError::NoSuchLevel { finding, level: label.to_string() }),
    };
    let within = |level: &dyn std::fmt::Display, field, value: f64, low: f64, high: f64| {
        let inside = (low..=high).contains(&value);
        if inside { Ok(()) } else { Err(AnatomyError::Size { level: level.to_string(), field, value, low, high }) }
    };
    for d in &f.degenerations {
        disc("degeneration", d.disc)?;
        within(&d.disc, "pfirrmann", d.pfirrmann, 1.0, 5.0)?;
        within(&d.disc, "bulge-mm", d.bulge_mm.unwrap_or(0.0), -1.0, 6.0)?;
    }
    for h in &f.herniations {
        disc("herniation", h.disc)?;
        within(&h.disc, "herniation's depth-mm", h.depth_mm, 0.5, 40.0)?;
        within(&h.disc, "herniation's width-mm", h.width_mm, 2.0, 40.0)?;
        within(&h.disc, "herniation's migration-mm", h.migration_mm, -25.0, 25.0)?;
        check_room(parameters, h)?;
    }
    for fissure in &f.fissures {
        disc("fissure", fissure.disc)?;
        within(&fissure.disc, "fissure's length-mm", fissure.length_mm, 1.0, 30.0)?;
    }
    for change in &f.endplate_changes {
        let v = vertebra("endplate-change", change.vertebra)?;
        within(&change.vertebra, "modic", f64::from(change.modic), 1.0, 3.0)?;
        within(&change.vertebra, "endplate change's extent-mm", change.extent_mm, 1.0, v.height_mm)?;
    }
    for node in &f.schmorl_nodes {
        let v = vertebra("schmorl-node", node.vertebra)?;
        within(&node.vertebra, "schmorl node's radius-mm", node.radius_mm, 1.0, 0.4 * v.superior_depth_mm)?;
        within(&node.vertebra, "schmorl node's depth-mm", node.depth_mm, 1.0, 0.6 * v.height_mm)?;
    }
    for o in &f.osteophytes {
        disc("osteophytes", o.disc)?;
        within(&o.disc, "osteophytes' length-mm", o.length_mm, 0.5, 15.0)?;
    }
    for o in &f.overgrowths {
        disc("overgrowth", o.disc)?;
        within(&o.disc, "flavum-mm", o.flavum_mm, 0.0, 6.0)?;
        within(&o.disc, "facet-mm[0]", o.facet_mm[0], 0.0, 8.0)?;
        within(&o.disc, "facet-mm[1]", o.facet_mm[1], 0.0, 8.0)?;
    }
    for slip in &f.slips {
        let v = vertebra("slip", slip.vertebra)?;
        within(&slip.vertebra, "slip-mm", slip.slip_mm, -0.25 * v.inferior_depth_mm, 0.75 * v.inferior_depth_mm)?;
    }
    for fracture in &f.fractures {
        let v = vertebra("fracture", fracture.vertebra)?;
        within(&fracture.vertebra, "height-loss", fracture.height_loss, 0.0, 0.8)?;
        within(&fracture.vertebra, "retropulsion-mm", fracture.retropulsion_mm, 0.0, v.canal_depth_mm - 2.0)?;
    }
    for lesion in &f.lesions {
        vertebra("lesion", lesion.vertebra)?;
        within(&lesion.vertebra, "lesion's radius-mm", lesion.radius_mm, 1.0, 40.0)?;
        for (field, value) in ["place[0]", "place[1]", "place[2]"].into_iter().zip(lesion.place) {
            within(&lesion.vertebra, field, value, -1.0, 1.0)?;
        }
    }
    for cyst in &f.tarlov_cysts {
        within(&"the sacrum", "tarlov cyst's segment", f64::from(cyst.segment), 1.0, 3.0)?;
        within(&"the sacrum", "tarlov cyst's radius-mm", cyst.radius_mm, 2.0, 20.0)?;
    }
    for fusion in &f.fusions {
        vertebra("fusion", fusion.from)?;
        if fusion.to != Vertebra::S1 {
            vertebra("fusion", fusion.to)?;
        }
        if fusion.from >= fusion.to {
            return Err(AnatomyError::FusionUpsideDown { from: fusion.from, to: fusion.to });
        }
    }
    for prosthesis in &f.prostheses {
        disc("prosthesis", prosthesis.disc)?;
    }
    for laminectomy in &f.laminectomies {
        vertebra("laminectomy", laminectomy.vertebra)?;
    }
    Ok(())
}

/// Refuses a herniation that is deeper than the canal.
fn check_room(parameters: &SpineParameters, herniation: &Herniation) -> Result<(), AnatomyError> {
    let room_mm = match herniation.zone {
        Zone::Central | Zone::Subarticular => parameters
            .vertebrae
            .iter()
            .find(|v| v.label == herniation.disc.upper)
            .map_or(f64::INFINITY, |v| v.canal_depth_mm - 1.5),
        Zone::Foraminal | Zone::Extraforaminal => 14.0,
    };
    if herniation.depth_mm > room_mm {
        return Err(AnatomyError::HerniationTooLarge { disc: herniation.disc, depth_mm: herniation.depth_mm, room_mm });
    }
    Ok(())
}
