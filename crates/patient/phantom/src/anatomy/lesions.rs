//! Haemangiomas and metastases in the bodies, cysts in the sacrum, postoperative scar.

use geometry::Structure;

use crate::anatomy::Atlas;
use crate::findings::BoneLesionKind;
use crate::material::Variation;
use crate::solid::{Part, Solid, local};
use crate::tissue::Tissue;

/// Least distance of a lesion from the surface of the body, mm.
const MARGIN_MM: f64 = 1.5;

/// Adds the lesions of the bodies, before the vertebrae themselves.
pub(super) fn add(atlas: &mut Atlas<'_>) {
    let column = atlas.column;
    for lesion in &atlas.parameters.findings.lesions {
        let Some(v) = column.named(lesion.vertebra) else { continue };
        // Chosen from the contrast with marrow that defines them: a haemangioma is fat and slow blood, a metastasis has
        // water instead of fat.
        let variation = match lesion.kind {
            BoneLesionKind::Haemangioma => {
                Variation { t1: 1.0, t2: 2.6, proton_density: 1.1, fat_fraction: Some(0.62) }
            }
            BoneLesionKind::Metastasis => {
                Variation { t1: 1.35, t2: 1.9, proton_density: 1.0, fat_fraction: Some(0.02) }
            }
        };
        let material = atlas.palette.add(Tissue::Marrow, Structure::Vertebra, v.instance_label, variation);
        let size = &v.size;
        let half = [v.half_width_mm(0.0), v.half_depth_mm(0.0), size.height_mm / 2.0 - size.superior_concavity_mm];
        let centre = std::array::from_fn(|axis| lesion.place[axis].clamp(-0.85, 0.85) * half[axis]);
        let semi = std::array::from_fn(|axis| {
            (half[axis] - centre[axis].abs() - MARGIN_MM).clamp(1.0, lesion.radius_mm.max(1.0))
        });
        atlas.solids.push(Solid::plain(material, vec![Part::ellipsoid(&v.pose, centre, semi)]));
    }
}

/// Adds cysts of the sacral roots, before the sacrum.
pub(super) fn add_cysts(atlas: &mut Atlas<'_>) {
    for cyst in &atlas.parameters.findings.tarlov_cysts {
        let number = usize::from(cyst.segment.clamp(1, 3)) - 1;
        let segment = &atlas.column.sacrum[number];
        let [half_width, half_depth] = atlas.sac.sacral_canal_radii_mm[number];
        let wall = (segment.superior_mm[1] + segment.inferior_mm[1]) / 2.0;
        let centre = [cyst.side.sign() * 0.7 * half_width, wall + half_depth, -0.3 * segment.height_mm];
        let semi = [cyst.radius_mm, 0.8 * cyst.radius_mm, 1.2 * cyst.radius_mm];
        let fluid = atlas.palette.background(Tissue::CerebrospinalFluid);
        let wall_material = atlas.palette.background(Tissue::Dura);
        let part = Part::ellipsoid(&segment.pose, centre, semi);
        atlas.solids.push(Solid::plain(fluid, vec![part]).with_shell(0.35, wall_material));
    }
}

/// Adds scar where laminae were removed, after bone and ligaments.
pub(super) fn add_scars(atlas: &mut Atlas<'_>) {
    let column = atlas.column;
    let mut scars = Vec::new();
    for laminectomy in &atlas.parameters.findings.laminectomies {
        let Some(v) = column.named(laminectomy.vertebra) else { continue };
        let roof = v.posterior_wall_mm() + v.size.canal_depth_mm;
        let pose = v.pose * nalgebra::Translation3::new(0.0, roof + 9.0, -0.35 * v.size.height_mm);
        scars.push(Part::at(pose, crate::shape::Shape::Ellipsoid { semi: local(9.0, 11.0, 0.75 * v.size.height_mm) }));
    }
    atlas.add_background(Tissue::Scar, scars);
}
