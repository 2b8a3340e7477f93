//! Reading the images: four views, windowing, measuring, reference lines.

use coach::intent::{Intent, Look, Shows};
use coach::session::{Session, VIEWS};
use egui::{Align2, FontId, PointerButton, Pos2, RichText, Shape, Stroke, Ui, Vec2};
use slice_editor::{ViewPlane, angle_deg, crossing, distance_mm, polygon_area_mm2};

use super::tile::{self, Placed};
use crate::screen::{Screen, Tool};
use crate::{text, theme};

/// The four views.
pub fn show(ui: &mut Ui, session: &Session, screen: &mut Screen, intents: &mut Vec<Intent>) {
    let rects = super::quarters(ui.max_rect());
    let mut tiles = std::mem::take(&mut screen.tiles);
    for (at, rect) in rects.into_iter().enumerate() {
        let Some(placed) = tile::show(ui, rect, session, at, &mut tiles, None) else { continue };
        screen.shown.insert(at, (placed.rect, placed.plane));
        reference_lines(ui, session, at, &placed);
        measurements(ui, session, screen, at, &placed);
        tile::look(ui, &placed, session, at, intents);
        point(ui, session, screen, at, &placed, intents);
    }
    screen.tiles = tiles;
}

/// Images to choose from, tools, the end.
pub fn tools(ui: &mut Ui, session: &Session, screen: &mut Screen, intents: &mut Vec<Intent>) {
    ui.heading(text::TOOLS);
    ui.horizontal_wrapped(|ui| {
        for (tool, label) in [
            (Tool::Window, text::TOOL_WINDOW),
            (Tool::Pan, text::TOOL_PAN),
            (Tool::Distance, text::TOOL_DISTANCE),
            (Tool::Angle, text::TOOL_ANGLE),
            (Tool::Area, text::TOOL_AREA),
        ] {
            if ui.selectable_label(screen.tool == tool, label).clicked() {
                screen.tool = tool;
                screen.measuring = None;
            }
        }
        if ui.button(text::WIPE).clicked() {
            intents.extend((0..VIEWS).map(|view| Intent::Look(view, Look::Wipe)));
        }
    });
    ui.separator();
    ui.heading(text::SERIES);
    let localizer = session.exam().localizer().iter().map(|(orientation, _)| {
        (Shows::Localizer(*orientation), format!("{} {}", text::LOCALIZER, text::orientation(*orientation)))
    });
    let scanned = session.exam().queue().iter().filter(|series| series.scanned.is_some());
    let series = scanned.map(|series| (Shows::Series(series.id.into()), series.name().to_owned()));
    for (shows, name) in localizer.chain(series) {
        ui.horizontal(|ui| {
            for view in 0..VIEWS {
                let chosen = session.views[view].shows == shows;
                if ui.selectable_label(chosen, format!("{}", view + 1)).clicked() {
                    intents.push(Intent::Look(view, Look::Show(shows.clone())));
                }
            }
            ui.label(RichText::new(&name));
        });
    }
    ui.separator();
    if ui.add_enabled(!session.is_busy(), egui::Button::new(RichText::new(text::FINISH).strong())).clicked() {
        intents.push(Intent::Finish);
    }
}

/// Where the slices of the other views cross this one.
fn reference_lines(ui: &Ui, session: &Session, at: usize, placed: &Placed) {
    let painter = ui.painter_at(placed.rect);
    for (other, view) in session.views.iter().enumerate() {
        let Some((stack, slice)) = session.stack(&view.shows).zip(session.slice_of(view)) else { continue };
        if other == at || view.shows == session.views[at].shows {
            continue;
        }
        let plane = ViewPlane::of_group(&stack.group, slice);
        if let Some(ends) = crossing(&placed.plane, &plane) {
            painter.line_segment(ends.map(|end| placed.pos(end)), Stroke::new(1.0, theme::PLANNED));
        }
    }
}

/// Image mm from the upper left corner, which zooming and panning leave alone, and mm in the view.
fn image_plane(session: &Session, at: usize) -> Option<ViewPlane> {
    let view = &session.views[at];
    let stack = session.stack(&view.shows)?;
    Some(ViewPlane::of_slice(&stack.images.grid, session.slice_of(view)?))
}

fn measurements(ui: &Ui, session: &Session, screen: &Screen, at: usize, placed: &Placed) {
    let Some(image) = image_plane(session, at) else { return };
    let unfinished = screen.measuring.iter().filter(|(view, _)| *view == at).map(|(_, points)| points);
    let painter = ui.painter_at(placed.rect);
    for points in session.views[at].measured.iter().chain(unfinished) {
        let in_patient: Vec<geometry::Point> =
            points.iter().map(|point| image.point(from_corner(&image, *point))).collect();
        let places: Vec<Pos2> = in_patient.iter().map(|point| placed.pos(placed.plane.to_view(point))).collect();
        let stroke = Stroke::new(1.5, theme::GOOD);
        match in_patient.as_slice() {
            [_, _, _, ..] if places.len() > 3 => painter.add(Shape::closed_line(places.clone(), stroke)),
            _ => painter.add(Shape::line(places.clone(), stroke)),
        };
        let words = match in_patient.as_slice() {
            [] | [_] => continue,
            [a, b] => format!("{:.1} mm", distance_mm(a, b)),
            [a, b, c] => format!("{:.1}°", angle_deg(a, b, c)),
            corners => format!("{:.0} mm²", polygon_area_mm2(corners)),
        };
        let last = places[places.len() - 1] + Vec2::new(8.0, 0.0);
        painter.text(last, Align2::LEFT_CENTER, words, FontId::proportional(13.0), theme::GOOD);
    }
}

fn from_corner(image: &ViewPlane, at_mm: [f64; 2]) -> [f64; 2] {
    [at_mm[0] - image.extent_mm[0] / 2.0, at_mm[1] - image.extent_mm[1] / 2.0]
}

/// What the primary button does with the tool at hand.
fn point(ui: &Ui, session: &Session, screen: &mut Screen, at: usize, placed: &Placed, intents: &mut Vec<Intent>) {
    let response = &placed.response;
    let view = &session.views[at];
    let delta = response.drag_delta();
    match screen.tool {
        Tool::Window if response.dragged_by(PointerButton::Primary) => {
            intents.push(Intent::Look(at, tile::windowed(view, delta)));
        }
        Tool::Pan if response.dragged_by(PointerButton::Primary) => {
            let scale = placed.points_per_mm();
            let pan = [view.pan_mm[0] - f64::from(delta.x) / scale, view.pan_mm[1] - f64::from(delta.y) / scale];
            intents.push(Intent::Look(at, Look::Pan(pan)));
        }
        Tool::Distance | Tool::Angle | Tool::Area if response.clicked() || response.double_clicked() => {
            let Some((image, pos)) = image_plane(session, at).zip(response.interact_pointer_pos()) else { return };
            let seen = image.to_view(&placed.plane.point(placed.at_mm(pos)));
            let corner = [seen[0] + image.extent_mm[0] / 2.0, seen[1] + image.extent_mm[1] / 2.0];
            let mut points = match screen.measuring.take() {
                Some((view, points)) if view == at => points,
                _ => Vec::new(),
            };
            if !response.double_clicked() {
                points.push(corner);
            }
            let complete = match screen.tool {
                Tool::Distance => points.len() == 2,
                Tool::Angle => points.len() == 3,
                _ => points.len() >= 4 && response.double_clicked(),
            };
            if complete {
                intents.push(Intent::Look(at, Look::Measure(points)));
            } else {
                screen.measuring = Some((at, points));
                ui.ctx().request_repaint();
            }
        }
        _ => {}
    }
}
