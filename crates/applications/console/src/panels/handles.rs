//! The prescription in a view: slices, handles, and what a drag does.

use coach::intent::Intent;
use egui::{CursorIcon, PointerButton, Pos2, Shape, Stroke, Ui};
use geometry::{SatBand, SliceGroup};
use planner::ScanPlan;
use slice_editor::{Draft, Edit, Handle, Outline, Selected, band_outline, drag, drag_band, group_outline, hit};

use super::tile::Placed;
use crate::theme;

/// How near a handle must be to be grabbed, points.
const GRAB: f32 = 9.0;

/// Cosine of the angle between a view and slices that are seen from the front rather than from their edge: 20°. Nearer
/// than that their lines say nothing.
const NEARLY_PARALLEL: f64 = 0.94;

/// A handle that is being dragged, and what it belonged to when the drag began.
#[derive(Clone, Debug)]
struct Grabbed {
    what: Grabbable,
    handle: Handle,
    from_mm: [f64; 2],
}

#[derive(Clone, Debug)]
enum Grabbable {
    Group(usize, SliceGroup),
    Band(usize, SatBand),
}

/// Draws the draft's groups and bands; the selected one gets its handles.
pub fn draw(ui: &Ui, placed: &Placed, draft: &Draft) {
    for (at, band) in draft.sat_bands().iter().enumerate() {
        let selected = draft.selected() == Some(Selected::Band(at));
        if let Some(outline) = band_outline(&placed.plane, band) {
            let colour = if selected { theme::CHOSEN } else { theme::BAND };
            fill(ui, placed, &outline, colour.gamma_multiply(0.18), colour);
            if selected {
                grips(ui, placed, &outline);
            }
        }
    }
    for (at, group) in draft.groups().iter().enumerate() {
        let selected = draft.selected() == Some(Selected::Group(at));
        let colour = if selected { theme::CHOSEN } else { theme::PLANNED };
        slices(ui, placed, group, colour, None);
        if selected && let Some(outline) = group_outline(&placed.plane, group) {
            fill(ui, placed, &outline, colour.gamma_multiply(0.10), colour.gamma_multiply(0.6));
            grips(ui, placed, &outline);
            phase_arrow(ui, placed, group, colour);
        }
    }
}

/// A plan that is only shown: the AI's proposal, the truth.
pub fn draw_plan(ui: &Ui, placed: &Placed, groups: &[SliceGroup], colour: egui::Color32) {
    for group in groups {
        slices(ui, placed, group, colour, Some(6.0));
    }
}

/// The proposal's groups while the trainee has not decided.
pub fn draw_proposal(ui: &Ui, placed: &Placed, plan: &ScanPlan) {
    draw_plan(ui, placed, &plan.groups, theme::PROPOSED);
}

/// The lines of a group's slices, or only the middle one of a dashed group.
fn slices(ui: &Ui, placed: &Placed, group: &SliceGroup, colour: egui::Color32, dash: Option<f32>) {
    let painter = ui.painter_at(placed.rect);
    let Some(outline) = group_outline(&placed.plane, group) else { return };
    if placed.plane.normal().dot(&group.normal()).abs() > NEARLY_PARALLEL {
        // Seen from the front: the field of view is what there is to be seen.
        if dash.is_none() {
            let corners: Vec<Pos2> = outline.slab.iter().map(|corner| placed.pos(*corner)).collect();
            painter.add(Shape::closed_line(corners, Stroke::new(0.8, colour.gamma_multiply(0.6))));
        }
        return;
    }
    let line = |ends: [[f64; 2]; 2]| ends.map(|end| placed.pos(end));
    if let Some(length) = dash {
        if let Some(middle) = outline.middle {
            painter.extend(Shape::dashed_line(&line(middle), Stroke::new(1.6, colour), length, length * 0.7));
        }
        return;
    }
    for slice in &outline.slices {
        if let Some(middle) = slice.middle {
            let is_middle = slice.slice == group.slices / 2;
            let stroke = Stroke::new(if is_middle { 1.6 } else { 0.8 }, colour);
            painter.line_segment(line(middle), stroke);
        }
    }
}

fn fill(ui: &Ui, placed: &Placed, outline: &Outline, inside: egui::Color32, edge: egui::Color32) {
    let corners: Vec<Pos2> = outline.slab.iter().map(|corner| placed.pos(*corner)).collect();
    ui.painter_at(placed.rect).add(Shape::convex_polygon(corners, inside, Stroke::new(0.8, edge)));
}

fn grips(ui: &Ui, placed: &Placed, outline: &Outline) {
    let painter = ui.painter_at(placed.rect);
    for (handle, place) in &outline.handles {
        let pos = placed.pos(*place);
        let stroke = Stroke::new(1.5, egui::Color32::BLACK);
        match handle {
            Handle::Centre => {
                painter.circle(pos, 5.0, theme::CHOSEN, stroke);
            }
            Handle::Rotate(_) => {
                painter.circle(pos, 5.0, theme::ACCENT, stroke);
            }
            Handle::FovRow(_) | Handle::FovColumn(_) | Handle::Slices(_) | Handle::Thickness(_) => {
                let square = egui::Rect::from_center_size(pos, egui::Vec2::splat(7.0));
                painter.rect(square, 0.0, theme::TEXT, stroke, egui::StrokeKind::Middle);
            }
        }
    }
}

/// The direction of phase encoding, as far as the view shows it.
fn phase_arrow(ui: &Ui, placed: &Placed, group: &SliceGroup, colour: egui::Color32) {
    let direction = match group.phase_encoding {
        geometry::PhaseEncoding::Row => group.row,
        geometry::PhaseEncoding::Column => group.column,
    };
    let [x, y] = placed.plane.seen(&direction);
    let centre = placed.plane.to_view(&group.centre);
    let length_mm = 28.0;
    if x.hypot(y) > 0.3 {
        let tip = placed.pos([centre[0] + x * length_mm, centre[1] + y * length_mm]);
        let from = placed.pos(centre);
        ui.painter_at(placed.rect).arrow(from, tip - from, Stroke::new(1.6, colour));
    }
}

/// What the primary button does: grabs a handle, selects what is clicked, drags.
pub fn act(ui: &Ui, placed: &Placed, draft: &Draft, intents: &mut Vec<Intent>) {
    let response = &placed.response;
    let id = response.id.with("grabbed");
    let tolerance_mm = f64::from(GRAB) / placed.points_per_mm();
    if let Some(pos) = response.hover_pos()
        && grabbed(placed, draft, placed.at_mm(pos), tolerance_mm).is_some()
    {
        ui.ctx().set_cursor_icon(CursorIcon::Grab);
    }
    if response.drag_started_by(PointerButton::Primary)
        && let Some(pos) = ui.input(|input| input.pointer.press_origin())
    {
        let at_mm = placed.at_mm(pos);
        let held = grabbed(placed, draft, at_mm, tolerance_mm).or_else(|| {
            under(placed, draft, at_mm).map(|what| Grabbed { what, handle: Handle::Centre, from_mm: at_mm })
        });
        if let Some(held) = held {
            intents.push(Intent::Draw(Edit::Select(Some(held.what.selected()))));
            intents.push(Intent::BeginGesture);
            ui.data_mut(|data| data.insert_temp(id, held));
        }
    } else if response.clicked()
        && let Some(pos) = response.interact_pointer_pos()
    {
        let what = under(placed, draft, placed.at_mm(pos)).map(|what| what.selected());
        intents.push(Intent::Draw(Edit::Select(what)));
    }
    let Some(held) = ui.data(|data| data.get_temp::<Grabbed>(id)) else { return };
    if let Some(pos) = response.interact_pointer_pos() {
        ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        let to_mm = placed.at_mm(pos);
        intents.push(Intent::Draw(match &held.what {
            Grabbable::Group(_, group) => Edit::Replace(drag(group, &placed.plane, held.handle, held.from_mm, to_mm)),
            Grabbable::Band(_, band) => {
                Edit::ReplaceBand(drag_band(band, &placed.plane, held.handle, held.from_mm, to_mm))
            }
        }));
    }
    if response.drag_stopped() || !ui.input(|input| input.pointer.primary_down()) {
        intents.push(Intent::EndGesture);
        ui.data_mut(|data| data.remove::<Grabbed>(id));
    }
}

impl Grabbable {
    const fn selected(&self) -> Selected {
        match self {
            Self::Group(at, _) => Selected::Group(*at),
            Self::Band(at, _) => Selected::Band(*at),
        }
    }
}

/// A handle of what is selected.
fn grabbed(placed: &Placed, draft: &Draft, at_mm: [f64; 2], tolerance_mm: f64) -> Option<Grabbed> {
    let (outline, what) = match draft.selected()? {
        Selected::Group(at) => {
            let group = draft.groups().get(at)?;
            (group_outline(&placed.plane, group)?, Grabbable::Group(at, group.clone()))
        }
        Selected::Band(at) => {
            let band = draft.sat_bands().get(at)?;
            (band_outline(&placed.plane, band)?, Grabbable::Band(at, band.clone()))
        }
    };
    hit(&outline, at_mm, tolerance_mm).map(|handle| Grabbed { what, handle, from_mm: at_mm })
}

/// The smallest thing under the pointer: disc groups lie inside the sagittal stack.
fn under(placed: &Placed, draft: &Draft, at_mm: [f64; 2]) -> Option<Grabbable> {
    let groups = draft.groups().iter().enumerate().filter_map(|(at, group)| {
        let outline = group_outline(&placed.plane, group)?;
        outline.contains(at_mm).then(|| (area(&outline), Grabbable::Group(at, group.clone())))
    });
    let bands = draft.sat_bands().iter().enumerate().filter_map(|(at, band)| {
        let outline = band_outline(&placed.plane, band)?;
        outline.contains(at_mm).then(|| (area(&outline), Grabbable::Band(at, band.clone())))
    });
    groups.chain(bands).min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, what)| what)
}

fn area(outline: &Outline) -> f64 {
    let corners = &outline.slab;
    let cross = |n: usize| {
        let (a, b) = (corners[n], corners[(n + 1) % corners.len()]);
        a[0] * b[1] - b[0] * a[1]
    };
    (0..corners.len()).map(cross).sum::<f64>().abs() / 2.0
}
