//! Prescription: three linked views and the room, the tools, and numbers for those who prefer them.

use bevy::input::keyboard::KeyCode;
use coach::intent::{Intent, Phase};
use coach::record::Mode;
use coach::session::{ProposalDecision, Session};
use egui::{ComboBox, DragValue, Grid, Rect, RichText, Ui};
use geometry::{Disc, LabelledDisc, Orientation, SliceGroup, SliceTarget, Vertebra};
use slice_editor::{Edit, Selected, disc_of_level};

use super::{handles, tile};
use crate::screen::Screen;
use crate::{text, theme};

/// A key and what it does.
pub type Shortcut = (KeyCode, fn() -> Edit);

/// Keys that change what is selected: arrows along the table and from front to back by 1 mm, Q and E turn by 1° in the
/// sagittal view, Delete removes.
pub const KEYS: &[Shortcut] = &[
    (KeyCode::ArrowUp, || Edit::Move { by_mm: [0.0, 0.0, 1.0] }),
    (KeyCode::ArrowDown, || Edit::Move { by_mm: [0.0, 0.0, -1.0] }),
    (KeyCode::ArrowLeft, || Edit::Move { by_mm: [0.0, -1.0, 0.0] }),
    (KeyCode::ArrowRight, || Edit::Move { by_mm: [0.0, 1.0, 0.0] }),
    (KeyCode::KeyQ, || Edit::Rotate { axis: [1.0, 0.0, 0.0], deg: 1.0 }),
    (KeyCode::KeyE, || Edit::Rotate { axis: [1.0, 0.0, 0.0], deg: -1.0 }),
    (KeyCode::Delete, || Edit::Remove),
];

/// Three localizer views and the room; what arrives takes the room's place while it is scanned.
pub fn show(ui: &mut Ui, session: &Session, screen: &mut Screen, intents: &mut Vec<Intent>) {
    let rects = super::quarters(ui.max_rect());
    let labels = session.proposal().filter(|_| screen.overlay).and_then(|proposal| proposal.labels.cloned());
    let editable = session.phase == Phase::Planning && session.has_localizer();
    let finished = session.finished.as_ref().filter(|_| !screen.truth_hidden);
    let mut tiles = std::mem::take(&mut screen.tiles);
    for (at, rect) in rects[..3].iter().enumerate() {
        let Some(placed) = tile::show(ui, *rect, session, at, &mut tiles, labels.as_ref()) else { continue };
        screen.shown.insert(at, (placed.rect, placed.plane));
        handles::draw(ui, &placed, &session.draft);
        if let Some(proposal) = session.proposal().filter(|proposal| proposal.decision == ProposalDecision::Open) {
            handles::draw_proposal(ui, &placed, proposal.plan);
        }
        if let Some(finished) = finished {
            handles::draw_plan(ui, &placed, &finished.true_plan.groups, theme::TRUTH);
        }
        if editable {
            handles::act(ui, &placed, &session.draft, intents);
        }
        tile::look(ui, &placed, session, at, intents);
    }
    let series_arrives = session.running().is_some_and(|run| matches!(run.shows, coach::intent::Shows::Series(_)));
    if series_arrives {
        let last = session.views.len() - 1;
        if let Some(placed) = tile::show(ui, rects[3], session, last, &mut tiles, None) {
            tile::look(ui, &placed, session, last, intents);
        }
    } else {
        room(ui, rects[3], screen);
    }
    screen.tiles = tiles;
}

/// The room's picture in a rectangle.
pub fn room(ui: &mut Ui, rect: Rect, screen: &mut Screen) {
    ui.painter().rect_filled(rect, 0.0, theme::BLACK);
    screen.room_rect = Some(rect);
    let response = ui.interact(rect, ui.id().with("room"), egui::Sense::click_and_drag());
    screen.room_drag =
        (response.drag_delta(), if response.hovered() { ui.input(|i| i.smooth_scroll_delta().y) } else { 0.0 });
    if let Some(texture) = screen.room {
        let uv = Rect::from_min_max(egui::Pos2::ZERO, egui::Pos2::new(1.0, 1.0));
        ui.painter().image(texture, rect, uv, egui::Color32::WHITE);
    }
}

/// Buttons and numbers for what is selected.
pub fn tools(ui: &mut Ui, session: &Session, screen: &mut Screen, intents: &mut Vec<Intent>) {
    ui.separator();
    ui.heading(text::PRESCRIPTION);
    ui.label(RichText::new(format!("{} {}", text::ORDERED, session.exercise.ordered())).small());
    let ready = session.has_localizer();
    ui.add_enabled_ui(ready, |ui| {
        ui.horizontal_wrapped(|ui| {
            let centre = looked_at(session);
            let mut draw = |edit| intents.push(Intent::Draw(edit));
            if ui.button(text::ADD_SAGITTAL).clicked() {
                draw(Edit::AddGroup { target: SliceTarget::Sagittal, name: None, centre });
            }
            if ui.button(text::ADD_AXIAL).clicked() {
                let target = next_level(session).map_or(SliceTarget::Block(Vec::new()), SliceTarget::Disc);
                draw(Edit::AddGroup { target, name: None, centre });
            }
            if ui.button(text::ADD_BAND).clicked() {
                let front = geometry::Point::new(centre.x, centre.y - 70.0, centre.z);
                draw(Edit::AddBand { name: None, centre: front });
            }
            if ui.add_enabled(session.draft.can_undo(), egui::Button::new(text::UNDO)).clicked() {
                intents.push(Intent::Undo);
            }
            if ui.add_enabled(session.draft.can_redo(), egui::Button::new(text::REDO)).clicked() {
                intents.push(Intent::Redo);
            }
        });
    });
    match session.draft.selected() {
        Some(Selected::Group(at)) => {
            if let Some(group) = session.draft.groups().get(at) {
                group_tools(ui, session, group, intents);
                numbers(ui, group, intents);
            }
        }
        Some(Selected::Band(at)) => {
            if let Some(band) = session.draft.sat_bands().get(at) {
                let mut thickness = band.thickness_mm;
                let drag = DragValue::new(&mut thickness).range(5.0..=200.0).suffix(" mm");
                ui.label(&band.name);
                if ui.add(drag).changed() {
                    intents.push(Intent::Draw(Edit::SetBandThickness(thickness)));
                }
            }
        }
        None => {}
    }
    screen.series = match session.draft.selected() {
        Some(Selected::Group(_)) => session.selected_series().map(|series| series.id),
        _ => screen.series.take(),
    };
}

/// Where a new group is put: the middle of what the sagittal view shows.
fn looked_at(session: &Session) -> geometry::Point {
    let view = &session.views[0];
    let Some((stack, slice)) = session.stack(&view.shows).zip(session.slice_of(view)) else {
        return geometry::Point::origin();
    };
    stack.group.slice_plane(slice).centre
}

const DISCS: [Disc; 5] = [
    Disc::between(Vertebra::L1, Vertebra::L2),
    Disc::between(Vertebra::L2, Vertebra::L3),
    Disc::between(Vertebra::L3, Vertebra::L4),
    Disc::between(Vertebra::L4, Vertebra::L5),
    Disc::between(Vertebra::L5, Vertebra::S1),
];

/// Discs that a group can be for: the usual five, and those of spines with four or six lumbar vertebrae.
const ALL_DISCS: [Disc; 8] = [
    DISCS[0],
    DISCS[1],
    DISCS[2],
    DISCS[3],
    DISCS[4],
    Disc::between(Vertebra::L5, Vertebra::L6),
    Disc::between(Vertebra::L6, Vertebra::S1),
    Disc::between(Vertebra::L4, Vertebra::S1),
];

/// The lowest disc that has no group yet.
fn next_level(session: &Session) -> Option<Disc> {
    let taken = |disc: &Disc| session.draft.groups().iter().any(|group| group.target.disc() == Some(*disc));
    DISCS.into_iter().rev().find(|disc| !taken(disc))
}

fn group_tools(ui: &mut Ui, session: &Session, group: &SliceGroup, intents: &mut Vec<Intent>) {
    ui.horizontal_wrapped(|ui| {
        if group.target.orientation() == Orientation::Axial {
            let level = group.target.disc();
            let shown = level.map_or_else(|| text::LEVEL.to_owned(), |disc| disc.to_string());
            ComboBox::from_id_salt("level").selected_text(shown).width(74.0).show_ui(ui, |ui| {
                for disc in ALL_DISCS {
                    if ui.selectable_label(level == Some(disc), disc.to_string()).clicked() {
                        intents.push(Intent::Draw(Edit::SetLevel(disc)));
                    }
                }
            });
            if session.exercise.mode == Mode::Practice
                && let Some(place) = disc_for(session, group)
                && ui.button(text::SNAP).on_hover_text(text::SNAP_HINT).clicked()
            {
                intents.push(Intent::Draw(Edit::SnapToDisc(place)));
            }
        }
        if ui.button(text::FLIP_PHASE).clicked() {
            intents.push(Intent::Draw(Edit::FlipPhaseEncoding));
        }
        ui.menu_button(text::COPY_FROM, |ui| {
            let scanned = session.exam().queue().iter().filter_map(|series| series.scanned.as_ref());
            let scanned = scanned.map(|stack| &stack.group);
            for other in session.draft.groups().iter().chain(scanned).filter(|other| *other != group) {
                if ui.button(&other.name).clicked() {
                    intents.push(Intent::Draw(Edit::CopyPosition { from: other.clone() }));
                    ui.close();
                }
            }
        });
    });
}

/// The AI's level of the disc that the group is for, else the one nearest to it.
fn disc_for(session: &Session, group: &SliceGroup) -> Option<LabelledDisc> {
    let levels = &session.proposal()?.plan.levels;
    let away = |level: &planner::PlannedLevel| (level.centre - group.centre).norm();
    let its_own = group.target.disc().and_then(|disc| levels.iter().find(|level| level.label == disc));
    let level = its_own.or_else(|| levels.iter().min_by(|a, b| away(a).total_cmp(&away(b))))?;
    // The canal runs behind the disc: half a mean disc and half a canal further back.
    let back = level.normal.cross(&geometry::Vector::x()).normalize();
    Some(disc_of_level(level, level.centre + back * 27.0))
}

/// Numeric entry.
fn numbers(ui: &mut Ui, group: &SliceGroup, intents: &mut Vec<Intent>) {
    Grid::new("numbers").num_columns(4).spacing([6.0, 3.0]).show(ui, |ui| {
        ui.label(RichText::new(text::CENTRE).small());
        let mut centre = group.centre;
        let mut moved = false;
        for (axis, prefix) in ["L ", "P ", "H "].into_iter().enumerate() {
            let drag = DragValue::new(&mut centre[axis]).prefix(prefix).max_decimals(1).speed(0.5);
            moved |= ui.add(drag.update_while_editing(false)).changed();
        }
        if moved {
            intents.push(Intent::Draw(Edit::MoveTo { centre }));
        }
        ui.end_row();
        ui.label(RichText::new(text::TILT).small());
        let turns = turned_deg(group);
        for (at, (prefix, axis)) in
            [("sag ", [1.0, 0.0, 0.0]), ("cor ", [0.0, 1.0, 0.0]), ("ax ", [0.0, 0.0, 1.0])].into_iter().enumerate()
        {
            let mut deg = turns[at];
            let drag = DragValue::new(&mut deg).prefix(prefix).suffix("°").max_decimals(1).speed(0.25);
            if ui.add(drag.update_while_editing(false)).changed() && (deg - turns[at]).abs() > 1e-6 {
                intents.push(Intent::Draw(Edit::Rotate { axis, deg: deg - turns[at] }));
            }
        }
        ui.end_row();
    });
}

/// How far a group is turned from its upright place, as the sagittal, coronal and axial view show it, degrees: by
/// the right-hand rule about the patient's left, back and head.
fn turned_deg(group: &SliceGroup) -> [f64; 3] {
    let orientation = group.target.orientation();
    let up = match orientation {
        Orientation::Axial => group.normal().into_inner(),
        Orientation::Sagittal | Orientation::Coronal => -group.column.into_inner(),
    };
    let up = if up.z < 0.0 { -up } else { up };
    let across = match orientation {
        Orientation::Sagittal => (-group.row.x).atan2(group.row.y),
        _ => group.row.y.atan2(group.row.x),
    };
    [(-up.y).atan2(up.z).to_degrees(), up.x.atan2(up.z).to_degrees(), across.to_degrees()]
}
