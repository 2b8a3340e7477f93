//! Discs: nucleus in the middle, annulus around it; their signal falls with degeneration.

use geometry::Structure;

use crate::anatomy::Atlas;
use crate::column::PlacedDisc;
use crate::material::Variation;
use crate::shape::{DiscShape, Shape};
use crate::solid::{Part, Solid, local};
use crate::tissue::Tissue;

/// Overlap of the disc with the endplates, which have priority, so that there is no gap between them, mm.
const OVERLAP_MM: f64 = 0.4;

/// T2 of the nucleus at grades I…V, ms (V: choice, the rest `lumbar-numbers.md` §6e, ESR poster).
const NUCLEUS_T2_MS: [f64; 5] = [210.0, 129.0, 84.0, 51.0, 38.0];

/// T2 of the annulus at grades I…V, ms (same; mean of anterior and posterior).
const ANNULUS_T2_MS: [f64; 5] = [58.0, 52.0, 46.5, 38.5, 34.0];

/// T1 and proton density of the whole disc at grades I…V (V: choice; Drake-Perez: normal, intermediate, desiccated).
const DISC_T1_MS: [f64; 5] = [1165.0, 1100.0, 723.0, 554.0, 520.0];
const DISC_PROTON_DENSITY: [f64; 5] = [0.79, 0.73, 0.57, 0.46, 0.40];

/// Adds every disc, the innermost tissue first.
pub(super) fn add(atlas: &mut Atlas<'_>) {
    let column = atlas.column;
    for (number, disc) in column.discs.iter().enumerate() {
        let grade = disc.size.degeneration;
        let vary = |tissue: Tissue, t2_ms: f64, density: f64| {
            let base = tissue.relaxation_1_5t();
            Variation {
                t1: by_grade(&DISC_T1_MS, grade) / DISC_T1_MS[0],
                t2: t2_ms / base.t2_ms,
                proton_density: density / base.proton_density,
                fat_fraction: None,
            }
        };
        let density = by_grade(&DISC_PROTON_DENSITY, grade);
        let annulus_ms = by_grade(&ANNULUS_T2_MS, grade);
        let nucleus_ms = by_grade(&NUCLEUS_T2_MS, grade) * (1.0 + 0.05 * atlas.z("nucleus", number));
        let mut material = |tissue, t2_ms, density| {
            atlas.palette.add(tissue, Structure::Disc, disc.instance_label, vary(tissue, t2_ms, density))
        };
        let nucleus = material(Tissue::Nucleus, nucleus_ms, density);
        let inner = material(Tissue::InnerAnnulus, 0.5 * (annulus_ms + nucleus_ms.min(110.0)), 0.9 * density);
        let border = material(Tissue::Nucleus, 0.65 * nucleus_ms + 0.35 * annulus_ms, 0.95 * density);
        let outer = material(Tissue::OuterAnnulus, 0.75 * annulus_ms, 0.7 * density);
        // From grade II on, a dark horizontal band (intranuclear cleft) divides the nucleus.
        let cleft = material(Tissue::InnerAnnulus, 0.8 * annulus_ms.max(0.55 * nucleus_ms), 0.85 * density);

        if (1.6..3.4).contains(&grade) {
            let semi = [0.48 * disc.width_mm / 2.0, 0.48 * disc.depth_mm / 2.0, 0.6];
            let band = Part::ellipsoid(&disc.pose, [0.0, 1.0, 0.0], semi);
            atlas.solids.push(Solid::plain(cleft, vec![band]));
        }
        for fissure in atlas.parameters.findings.fissures.iter().filter(|f| Some(f.disc) == disc.label) {
            let bright =
                atlas.palette.add(Tissue::SynovialFluid, Structure::Disc, disc.instance_label, Variation::NONE);
            let x = fissure.side.sign() * 0.15 * disc.width_mm;
            let centre = [x, posterior_edge_mm(disc, x) - 2.0, 0.0];
            let tear = Part::ellipsoid(&disc.pose, centre, [fissure.length_mm / 2.0, 1.1, 1.3]);
            atlas.solids.push(Solid::plain(bright, vec![tear]));
        }
        // Hyaline cartilage is as dark as a ligament at all echo times used here.
        let cartilage_mm = atlas.parameters.proportions.cartilage_mm;
        // With degeneration the nucleus shrinks and its border with the inner annulus blurs.
        let nucleus_extent = 0.66 - 0.03 * grade;
        atlas.solids.push(Solid::plain(nucleus, vec![layer(disc, 0.8 * nucleus_extent, -1.5 - cartilage_mm)]));
        atlas.solids.push(Solid::plain(border, vec![layer(disc, nucleus_extent, -0.8 - cartilage_mm)]));
        atlas.solids.push(Solid::plain(inner, vec![layer(disc, 0.82, -0.35 - cartilage_mm)]));
        let lined = cartilage_mm > 0.0;
        let to_endplates_mm = if lined { -cartilage_mm } else { OVERLAP_MM };
        atlas.solids.push(Solid::plain(outer, vec![layer(disc, 1.0, to_endplates_mm)]));
        if lined {
            atlas.add_background(Tissue::Ligament, vec![layer(disc, 0.97, OVERLAP_MM)]);
        }
    }
}

/// Position of the disc's posterior edge with its bulge, `x` mm to the left of its middle, mm along its y.
pub(super) fn posterior_edge_mm(disc: &PlacedDisc, x: f64) -> f64 {
    let outline = layer(disc, 1.0, 0.0);
    let inside = |y: f64| outline.shape.signed(local(x, y, 0.0)) < 0.0;
    let furthest = disc.depth_mm / 2.0 + disc.size.bulge_mm.max(0.0);
    (0..400).map(|n| furthest - 0.1 * f64::from(n)).find(|&y| inside(y)).unwrap_or(0.0)
}

/// A layer of a disc: its outline scaled, its surfaces moved outwards by `margin_mm`.
fn layer(disc: &PlacedDisc, extent: f64, margin_mm: f64) -> Part {
    let single = |x: f64| x as f32;
    let semi = |size_mm: f64| single((size_mm / 2.0 + disc.size.bulge_mm) * extent);
    let shape = DiscShape {
        half_height: single((disc.rim_height_mm / 2.0 + margin_mm).max(0.4)),
        semi: [semi(disc.width_mm), semi(disc.depth_mm)],
        lower_slope: disc.lower_slope.map(single),
        upper_slope: disc.upper_slope.map(single),
        concavity: disc.concavity_mm.map(single),
    };
    // The nucleus lies a little behind the middle.
    let behind = 0.18 * (1.0 - extent) * disc.depth_mm / 2.0;
    Part::at(disc.pose * nalgebra::Translation3::new(0.0, behind, 0.0), Shape::Disc(shape))
}

/// A value tabulated at grades I…V, interpolated.
fn by_grade(values: &[f64; 5], grade: f64) -> f64 {
    let place = (grade - 1.0).clamp(0.0, 4.0);
    let below = (place.floor() as usize).min(3);
    values[below] + (values[below + 1] - values[below]) * (place - below as f64)
}
