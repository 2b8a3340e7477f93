//! At the table: position, cushion, coils, laser, landmark, and the way into the bore.

use coach::intent::{Intent, Phase};
use coach::record::Mode;
use coach::session::Session;
use coach::table::{CREST_BELOW_L3_MM, TABLE_TRAVEL_MM};
use egui::{ComboBox, Grid, RichText, Slider, Ui};
use exam::CoilChoice;
use geometry::PatientPosition;

use crate::{text, theme};

/// The panel beside the room.
pub fn show(ui: &mut Ui, session: &Session, intents: &mut Vec<Intent>) {
    let table = &session.table;
    ui.heading(text::AT_THE_TABLE);
    ui.label(
        RichText::new(format!("{} {}", text::ORDERED_POSITION, session.exercise.order.position.code()))
            .color(theme::FAINT),
    );
    theme::card().show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(text::LYING).strong());
        for head_first in [true, false] {
            ui.horizontal_wrapped(|ui| {
                for position in PatientPosition::ALL.into_iter().filter(|p| p.head_first() == head_first) {
                    let chosen = table.position == position;
                    let button = ui.selectable_label(chosen, position.code()).on_hover_text(text::position(position));
                    if button.clicked() && !chosen {
                        intents.push(Intent::Lay(position));
                    }
                }
            });
        }
        ui.label(RichText::new(text::position(table.position)).color(theme::FAINT));
        let mut cushion = table.knee_cushion;
        if ui.checkbox(&mut cushion, text::CUSHION).changed() {
            intents.push(Intent::Cushion(cushion));
        }
    });
    theme::card().show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.label(RichText::new(text::COIL).strong());
        ComboBox::from_id_salt("coil")
            .selected_text(text::coil(table.coil))
            .width(ui.available_width() - 12.0)
            .show_ui(ui, |ui| {
                for coil in [CoilChoice::SpineArray, CoilChoice::SpineAndBodyArray, CoilChoice::BodyCoil] {
                    if ui.selectable_label(table.coil == coil, text::coil(coil)).clicked() {
                        intents.push(Intent::Plug { coil, centre_mm: table.coil_centre_mm });
                    }
                }
            });
        if table.coil != CoilChoice::BodyCoil {
            let mut centre_mm = table.coil_centre_mm;
            let slider = Slider::new(&mut centre_mm, -300.0..=300.0).suffix(" mm").step_by(10.0).text(text::ELEMENTS);
            if ui.add(slider).changed() {
                intents.push(Intent::Plug { coil: table.coil, centre_mm });
            }
        }
    });
    theme::card().show(ui, |ui| {
        ui.set_width(ui.available_width());
        landmark(ui, session, intents);
    });
    ui.add_space(6.0);
    let ready = table.patient_setup().is_ok();
    let scan =
        ui.add_enabled(ready && !session.is_busy(), egui::Button::new(RichText::new(text::SCAN_LOCALIZER).strong()));
    if scan.on_disabled_hover_text(text::NOT_READY).clicked() {
        intents.push(Intent::ScanLocalizer);
    }
    if ui.button(text::BACK_TO_REGISTRATION).clicked() {
        intents.push(Intent::Go(Phase::Registration));
    }
}

fn landmark(ui: &mut Ui, session: &Session, intents: &mut Vec<Intent>) {
    let table = &session.table;
    ui.label(RichText::new(text::LANDMARK).strong());
    if session.exercise.mode == Mode::Practice {
        let hint = format!("{} {:.0} mm {}", text::LANDMARK_HINT, CREST_BELOW_L3_MM, text::LANDMARK_HINT_END);
        ui.label(RichText::new(hint).small().color(theme::FAINT));
    }
    let mut laser = table.laser_on;
    if ui.checkbox(&mut laser, text::LASER).changed() {
        intents.push(Intent::Laser(laser));
    }
    let mut travel_mm = table.travel_mm;
    ui.spacing_mut().slider_width = ui.available_width() - 110.0;
    let slider = Slider::new(&mut travel_mm, 0.0..=TABLE_TRAVEL_MM).suffix(" mm").step_by(1.0);
    let moved = ui.add(slider).on_hover_text(text::TABLE_HINT);
    if moved.changed() {
        intents.push(Intent::MoveTable(travel_mm));
    }
    ui.horizontal_wrapped(|ui| {
        for step in [-100.0, -10.0, -1.0, 1.0, 10.0, 100.0] {
            if ui.button(format!("{step:+.0}")).clicked() {
                intents.push(Intent::MoveTable((table.travel_mm + step).clamp(0.0, TABLE_TRAVEL_MM)));
            }
        }
    });
    ui.horizontal(|ui| {
        if ui.button(text::SET_LANDMARK).clicked() {
            intents.push(Intent::SetLandmark);
        }
        if ui.button(text::TO_ISOCENTRE).clicked() {
            intents.push(Intent::ToIsocentre);
        }
        if ui.button(text::TABLE_OUT).clicked() {
            intents.push(Intent::MoveTable(0.0));
        }
    });
    Grid::new("table state").num_columns(2).spacing([16.0, 2.0]).show(ui, |ui| {
        ui.label(RichText::new(text::LANDMARK_AT).color(theme::FAINT));
        ui.label(table.landmark_mm.map_or_else(|| text::NONE.to_owned(), |mm| format!("{mm:.0} mm")));
        ui.end_row();
        ui.label(RichText::new(text::PATIENT_IS).color(theme::FAINT));
        let inside = table.patient_setup().is_ok();
        let colour = if inside { theme::GOOD } else { theme::TEXT };
        ui.label(RichText::new(if inside { text::AT_ISOCENTRE } else { text::OUTSIDE }).color(colour));
        ui.end_row();
    });
}
