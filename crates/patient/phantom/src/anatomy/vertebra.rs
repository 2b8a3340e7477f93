//! Vertebrae: body, arch and processes as one blended solid with a cortical shell, minus the canal.

use geometry::{Structure, Vector};

use crate::anatomy::{Atlas, SIDES};
use crate::column::PlacedVertebra;
use crate::findings::variant::Bridge;
use crate::material::Variation;
use crate::parameters::Proportions;
use crate::shape::{Body, Shape};
use crate::solid::{Part, Solid, round_tube};
use crate::tissue::Tissue;

/// Thickness of cortex and endplate, mm (choice: 0.5 to 1 in anatomy books).
const CORTEX_MM: f32 = 0.8;

/// Radius over which the creases between body, arch and processes are filled, mm.
const BLEND_MM: f32 = 2.0;

/// Adds every vertebra, the basivertebral veins first.
pub(super) fn add(atlas: &mut Atlas<'_>) {
    let column = atlas.column;
    for vertebra in &column.vertebrae {
        let (structure, instance) = (Structure::Vertebra, vertebra.instance_label);
        let vein = atlas.palette.add(Tissue::SlowBlood, structure, instance, Variation::NONE);
        let y = vertebra.posterior_wall_mm() - 4.5;
        atlas.solids.push(Solid::plain(vein, vec![Part::ellipsoid(&vertebra.pose, [0.0, y, 0.0], [4.0, 4.5, 1.4])]));
    }
    let cortex_mm = CORTEX_MM * atlas.parameters.proportions.cortex_thickness as f32;
    for (number, vertebra) in column.vertebrae.iter().enumerate() {
        let core = atlas.marrow(Structure::Vertebra, vertebra.instance_label, number);
        let cortex = atlas.cortex(Structure::Vertebra, vertebra.instance_label);
        let change = ArchChange::of(atlas, vertebra);
        let (last, proportions) = (number + 1 == column.vertebrae.len(), atlas.parameters.proportions);
        if proportions.arch_fat > 0.0 && !change.laminectomy {
            let marrow = atlas.arch_marrow(vertebra.instance_label);
            let inset_mm = f64::from(cortex_mm);
            let mut parts = SIDES.map(|side| lamina(vertebra, &proportions, side, inset_mm)).to_vec();
            parts.push(spinous_process(vertebra, &proportions, last, inset_mm));
            atlas.solids.push(Solid { carved: vec![canal(vertebra)], ..Solid::plain(marrow, parts) });
        }
        let mut parts = vec![body(vertebra)];
        parts.extend(arch(vertebra, &proportions, last, change));
        parts.extend(bridges(atlas, vertebra));
        parts.extend(osteophytes(atlas, number));
        let mut carved = vec![canal(vertebra)];
        if change.lysis {
            carved.extend(pars_gaps(vertebra));
        }
        atlas.solids.push(Solid { carved, parts, blend_mm: BLEND_MM, core, shell: Some((cortex_mm, cortex)) });
    }
}

pub(super) fn body(v: &PlacedVertebra) -> Part {
    let s = &v.size;
    let single = |x: f64| x as f32;
    Part::at(
        v.pose,
        Shape::Body(Body {
            half_height: single(s.height_mm / 2.0),
            inferior: [single(s.inferior_width_mm / 2.0), single(s.inferior_depth_mm / 2.0)],
            superior: [single(s.superior_width_mm / 2.0), single(s.superior_depth_mm / 2.0)],
            rim_slope: single((s.lordotic_wedge_deg.to_radians() / 2.0).tan()),
            concavity: [single(s.inferior_concavity_mm), single(s.superior_concavity_mm)],
            waist: single(s.waist),
        }),
    )
}

/// The bony canal at one vertebra.
fn canal(v: &PlacedVertebra) -> Part {
    let (y, half) = (v.canal_middle_mm(), v.size.height_mm / 2.0);
    let radii = [v.size.canal_width_mm / 2.0, v.size.canal_depth_mm / 2.0];
    Part::elliptic_cone(v.point(0.0, y, -half - 14.0), v.point(0.0, y, half + 10.0), v.left(), radii, radii)
}

/// Changes of an arch by findings.
#[derive(Clone, Copy)]
struct ArchChange {
    /// Laminae and spinous process are missing.
    laminectomy: bool,
    /// Spondylolysis of both pars.
    lysis: bool,
}

impl ArchChange {
    fn of(atlas: &Atlas<'_>, v: &PlacedVertebra) -> Self {
        let findings = &atlas.parameters.findings;
        Self {
            laminectomy: findings.laminectomies.iter().any(|l| Some(l.vertebra) == v.label),
            lysis: findings.slips.iter().any(|slip| slip.lysis && Some(slip.vertebra) == v.label),
        }
    }
}

/// Gaps through the pars interarticularis of both sides.
fn pars_gaps(v: &PlacedVertebra) -> [Part; 2] {
    let (h, roof) = (v.size.height_mm, v.posterior_wall_mm() + v.size.canal_depth_mm);
    SIDES.map(|side| {
        let centre = [side * (v.size.canal_width_mm / 2.0 + 0.5), roof, -0.05 * h];
        Part::ellipsoid(&v.pose, centre, [9.0, 9.0, 1.4])
    })
}

/// The bridges between a transitional vertebra and the alae of the sacrum.
fn bridges(atlas: &Atlas<'_>, v: &PlacedVertebra) -> Vec<Part> {
    let lowest = atlas.column.vertebrae.last().is_some_and(|last| last.label == v.label);
    let Some(transition) = atlas.parameters.findings.transition.filter(|_| lowest) else { return Vec::new() };
    let ala = &atlas.column.sacrum[0];
    let [x, y] = ala.superior_mm;
    let from = v.size.canal_width_mm / 2.0 + v.size.pedicle_width_mm;
    let sides = SIDES.into_iter().zip(transition.bridges());
    sides
        .filter_map(|(side, bridge)| {
            let (root, target) = (v.point(side * from, v.posterior_wall_mm() + 2.0, -0.05 * v.size.height_mm), {
                ala.point(side * 1.25 * x, 0.15 * y, 0.25 * ala.height_mm)
            });
            // A joint leaves a gap; a broad process ends halfway (Castellvi: 19 mm tall or more).
            let reach = match bridge {
                Bridge::Free => return None,
                Bridge::Broad => 0.55,
                Bridge::Joint => 0.80,
                Bridge::Fused => 1.0,
            };
            Some(Part::round_cone(root, root + (target - root) * reach, 8.0, 9.5))
        })
        .collect()
}

/// Osteophytes of the lower rim for the disc below, and of the upper rim for the disc above.
fn osteophytes(atlas: &Atlas<'_>, number: usize) -> Vec<Part> {
    let v = &atlas.column.vertebrae[number];
    let at = |disc: Option<&crate::column::PlacedDisc>| {
        let label = disc.and_then(|disc| disc.label);
        atlas.parameters.findings.osteophytes.iter().find(|o| Some(o.disc) == label).map_or(0.0, |o| o.length_mm)
    };
    let below = at(atlas.column.discs.get(number));
    let above = at(number.checked_sub(1).and_then(|n| atlas.column.discs.get(n)));
    let beaks = |up: f64, length: f64| {
        let (a, b) = (v.half_width_mm(up), v.half_depth_mm(up));
        let z = up * (v.size.height_mm / 2.0 - 2.2);
        // Around the front and the sides; posterior ones would encroach on the canal.
        (-4..=4).map(move |n| f64::from(n) * 25.0).map(move |deg| {
            let (sin, cos) = deg.to_radians().sin_cos();
            let beak = |out: f64, z: f64| v.point((a + out) * sin, -(b + out) * cos, z);
            // Longest in front.
            let length = length * (0.55 + 0.45 * cos.max(0.0));
            Part::round_cone(beak(-3.5, z), beak(length, z + up * 0.35 * length), 2.4, 1.0)
        })
    };
    let mut parts = Vec::new();
    for (up, length) in [(-1.0, below), (1.0, above)] {
        if length > 0.0 {
            parts.extend(beaks(up, length));
        }
    }
    parts
}

/// Pedicles, laminae and processes. Positions and thicknesses without a parameter are choices by visual comparison with
/// real images, scaled with the height of the body.
fn arch(v: &PlacedVertebra, person: &Proportions, last: bool, change: ArchChange) -> Vec<Part> {
    let s = &v.size;
    let (h, wall) = (s.height_mm, v.posterior_wall_mm());
    let (half_canal, depth) = (s.canal_width_mm / 2.0, s.canal_depth_mm);
    let (half_pedicle, scale) = (s.pedicle_width_mm / 2.0, h / 26.0);
    let roof = wall + depth;

    let mut parts = Vec::with_capacity(12);
    for side in SIDES {
        let p = |x: f64, y: f64, z: f64| v.point(side * x, y, z);
        let cone = |a, b, radius_a: f64, radius_b: f64| Part::round_cone(a, b, radius_a * scale, radius_b * scale);

        // The pedicle keeps a distance from the endplate: blended into it, it would indent the disc.
        let half_height = (s.pedicle_height_mm / 2.0).min(0.36 * h - 2.2);
        parts.push(Part::elliptic_cone(
            p(half_canal + half_pedicle - 1.5, wall - 4.0, 0.14 * h),
            p(half_canal + half_pedicle, wall + 0.6 * depth, 0.14 * h),
            v.left(),
            [half_pedicle, half_height],
            [half_pedicle * 0.8, half_height - 0.5],
        ));
        if !change.laminectomy {
            parts.push(lamina(v, person, side, 0.0));
        }

        let upper_facet = p(half_canal + 5.5, wall + 0.72 * depth, 0.5 * h + 6.5 * scale);
        parts.push(cone(
            p(half_canal + 3.5, wall + 0.8 * depth, 0.15 * h),
            upper_facet,
            5.0 * person.facet_radius,
            4.2 * person.facet_radius,
        ));
        let lower_facet = p(half_canal - 0.5, roof + 3.6, -0.5 * h - 8.5 * scale);
        parts.push(cone(
            p(half_canal - 1.5, roof + 3.5, -0.25 * h),
            lower_facet,
            5.4 * person.facet_radius,
            4.4 * person.facet_radius,
        ));

        let transverse_root = p(half_canal + 1.2 * half_pedicle, wall + 0.5 * depth, 0.1 * h);
        if v.is_lumbar() {
            let tip = p(s.superior_width_mm / 2.0 + 17.0 * scale, wall + 0.55 * depth + 5.0, 0.16 * h);
            let (root_radius, tip_radius) = if last { (6.0, 4.2) } else { (4.2, 2.8) };
            parts.push(cone(transverse_root, tip, root_radius, tip_radius));
        } else {
            let tip = p(s.superior_width_mm / 2.0 + 9.0 * scale, roof + 5.0, 0.25 * h);
            parts.push(cone(transverse_root, tip, 4.5, 4.2));
        }
    }

    if !change.laminectomy {
        parts.push(spinous_process(v, person, last, 0.0));
    }
    parts
}

/// The lamina of one side, reduced by `inset_mm` on all sides.
fn lamina(v: &PlacedVertebra, person: &Proportions, side: f64, inset_mm: f64) -> Part {
    let s = &v.size;
    let (h, scale, wall) = (s.height_mm, s.height_mm / 26.0, v.posterior_wall_mm());
    let half_height = 8.0 * person.lamina_height * scale;
    let (forward, up) = person.lamina_slope_deg.to_radians().sin_cos();
    // It slopes about its upper border, away from the canal in front.
    let back = forward * 0.8 * half_height;
    let outer = v.point(side * (s.canal_width_mm / 2.0 + 1.5), wall + 0.75 * s.canal_depth_mm + back, 0.0);
    let inner = v.point(0.0, wall + s.canal_depth_mm + 3.5 + back, -0.28 * h);
    let thickness = (inner - outer).cross(&(v.pose.rotation * Vector::new(0.0, -forward, up)));
    let radii = inset([3.0 * person.lamina_thickness * scale, half_height], inset_mm);
    Part::elliptic_cone(outer, inner, thickness, radii, radii)
}

/// The spinous process, reduced by `inset_mm` on all sides: a plate, taller than the gap to the next one; the lowest is
/// the smallest.
fn spinous_process(v: &PlacedVertebra, person: &Proportions, last: bool, inset_mm: f64) -> Part {
    let scale = v.size.height_mm / 26.0;
    let (root, tip) = spinous_axis(v);
    let tall = if last { 0.72 } else { 1.0 };
    let (start, end) = ([3.0 * scale, 8.5 * scale * tall], [4.0 * scale, 11.0 * scale * tall]);
    let end = if v.is_lumbar() { end } else { [2.8 * scale, 4.5 * scale] };
    let [start, end] = [start, end]
        .map(|[thick, high]| inset([thick * person.spinous_thickness, high * person.spinous_height], inset_mm));
    Part::elliptic_cone(root, tip, v.left(), start, end)
}

fn inset(radii: [f64; 2], inset_mm: f64) -> [f64; 2] {
    if inset_mm > 0.0 { radii.map(|radius| (radius - inset_mm).max(0.2)) } else { radii }
}

/// Root and tip of the spinous process.
pub(super) fn spinous_axis(v: &PlacedVertebra) -> (geometry::Point, geometry::Point) {
    let (h, roof) = (v.size.height_mm, v.posterior_wall_mm() + v.size.canal_depth_mm);
    let length = v.size.spinous_length_mm;
    let drop = if v.is_lumbar() { 0.14 } else { 0.75 };
    let root = v.point(0.0, roof + 5.0, -0.34 * h);
    (root, v.point(0.0, roof + 5.0 + (length - 4.0) / (1.0_f64 + drop * drop).sqrt(), -0.34 * h - drop * length))
}

/// Adds the proximal ribs, which a coronal view shows beside the thoracic vertebrae.
pub(super) fn add_ribs(atlas: &mut Atlas<'_>) {
    let core = atlas.palette.background(Tissue::Marrow);
    let cortex = atlas.palette.background(Tissue::CorticalBone);
    let column = atlas.column;
    for v in column.vertebrae.iter().filter(|v| !v.is_lumbar()) {
        let (a, wall, h) = (v.half_width_mm(0.5), v.posterior_wall_mm(), v.size.height_mm);
        let behind = wall + v.size.canal_depth_mm;
        let short = v.size.label == geometry::Vertebra::T12;
        for side in SIDES {
            let p = |x: f64, y: f64, z: f64| v.point(side * x, y, z);
            let mut points = vec![
                (p(a + 3.0, wall - 3.0, 0.45 * h), 4.0),
                (p(a + 18.0, behind + 1.0, 0.3 * h), 4.5),
                (p(a + 42.0, behind + 8.0, -0.3 * h), 5.0),
            ];
            if !short {
                points.push((p(a + 75.0, behind - 12.0, -1.2 * h), 5.0));
                points.push((p(a + 100.0, behind - 55.0, -2.4 * h), 4.5));
            }
            atlas.solids.push(Solid::plain(core, round_tube(&points)).with_shell(1.0, cortex));
        }
    }
}
